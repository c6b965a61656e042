// SPDX-License-Identifier: EUPL-1.2
// The annual run from outside: by the command, killed at any moment, at the desk with a second person, taken back.
// RATHAUS_KILLS tells at how many random moments it is killed (6; `make kill-runs` takes 100).
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { apply, assess, dogApplication } from './lib/dogs.mjs';
import { eventually, program, root, startTown } from './lib/town.mjs';

const folder = mkdtempSync(join(tmpdir(), 'rathaus-run-'));
const data = join(folder, 'data');
const KEEPERS = 30;
const kills = Number(process.env.RATHAUS_KILLS ?? 6);
const dieing = join(root, 'build/tests/tools/libtest_die.so');

const HEADINGS = 'schluessel;Hundemarke;name;rasse;mischling;chip;haltung_seit;steuer_ab;halter;halterart;halter_name;halter_strasse;halter_ort;gültig ab;IBAN;Mandatsreferenz;Mandat vom;Mandat zuletzt benutzt';
const dog = (i, keeper = i) => `A${i};${5000 + i};Hund ${i};Mops;nein;27609820${String(i).padStart(7, '0')};3.3.2020;1.4.2020;person/muster${keeper}/erika/1970-01-01;person;`
  + `Erika Muster${keeper};${keeper === 7 ? '' : `Lindenweg ${keeper}`};1234${keeper % 3} Musterstadt;3.3.2020${keeper < PAYERS ? `;DE02 1203 0000 0000 2020 51;ALT-${keeper};1.2.2019;15.2.2026` : ''}`;
const PAYERS = 5; // by direct debit; keeper 3 has two dogs

const command = (words, { at = data, env = {} } = {}) =>
  spawnSync(program, [...words, '--tenant', 'musterstadt', '--data', at], { encoding: 'utf8', env: { ...process.env, ...env } });

function run(words = [], options) {
  const ran = command(['run', 'hund/jahresveranlagung', '--year', '2027', '--json', ...words], options);
  assert.equal(ran.status, 0, ran.stderr);
  return JSON.parse(ran.stdout);
}

/** Everything that the first run leaves behind, and all charges, without the moments at which it did so. */
function leftBehind(at) {
  const all = sql => execFileSync('sqlite3', [join(at, 'tenants/musterstadt/tenant.db'), sql], { encoding: 'utf8' }).split('\n');
  return {
    charges: all('SELECT key, payment_reference, owed_cents, due, payer FROM charge ORDER BY key'),
    parts: all('SELECT charge_id, number, due, cents FROM charge_part ORDER BY 1, 2'),
    lines: all('SELECT account, charge_id, cents FROM ledger_line ORDER BY id'),
    items: all('SELECT run_id, position, key, outcome, guard, cents, before_cents FROM run_item WHERE run_id = 1 ORDER BY 1, 2'),
    letters: all('SELECT run_id, position, key, title, snapshot, sha256 FROM run_letter WHERE run_id = 1 ORDER BY 1, 2'),
    files: all("SELECT owner, name, sha256 FROM file_owner WHERE owner LIKE 'run/1%' ORDER BY 1, 2, 3"),
    collections: all('SELECT key, message_id, collect_on, status, count, cents FROM collection ORDER BY 1'),
    debits: all('SELECT collection_id, charge_id, part, cents, end_to_end, status FROM collection_item ORDER BY 1, 2, 3'),
    runs: all('SELECT id, year, status, position, totals FROM run WHERE id = 1'),
  };
}

const copyOf = name => { const to = join(folder, name); cpSync(data, to, { recursive: true }); return to; };

before(async () => {
  await (await startTown({ dataDir: data })).stop();
  const stock = join(folder, 'stock.csv');
  writeFileSync(stock, [HEADINGS, ...Array.from({ length: KEEPERS }, (_, i) => dog(i)), dog(99, 3)].join('\r\n'));
  const imported = command(['import', 'hund', stock, '--json']);
  assert.equal(imported.status, 0, imported.stdout + imported.stderr);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('a preview changes nothing and tells what the run then does', () => {
  const at = copyOf('preview');
  const before = leftBehind(at);
  const preview = run(['--preview'], { at });
  assert.deepEqual(leftBehind(at), before);
  const ran = run([], { at });
  assert.deepEqual(ran.totals, preview.totals);
  assert.deepEqual(ran.left_out, preview.left_out);
  assert.equal(ran.totals.items, KEEPERS - 1);
  assert.equal(ran.totals.entries, KEEPERS);
  assert.equal(ran.totals.cents, (KEEPERS - 2) * 12000 + (12000 + 16800), 'each dog by the town\'s table');
  assert.deepEqual(ran.left_out.map(l => [l.name, l.guard]), [['Erika Muster7', 'ohne_anschrift']]);
  assert.deepEqual(ran.files.map(f => f.name), ['ausgelassen.csv', 'druck-001-von-001.pdf', 'summen.csv']);
});

test('for each due date there is a SEPA file of those with a mandate, once, and what changes leaves it', () => {
  const at = copyOf('sepa'), files = join(folder, 'files');
  const ran = run(['--files', files], { at });
  const cents = (PAYERS - 1) * 12000 + (12000 + 16800);
  assert.deepEqual([ran.totals.debits, ran.totals.debit_cents], [PAYERS, cents]);
  assert.deepEqual(ran.collections.map(c => [c.due, c.count, c.sent]), ['02-15', '05-15', '08-15', '11-15'].map(day => [`2027-${day}`, PAYERS, false]));
  assert.equal(ran.collections[1].collect_on, '2027-05-17', 'not on Whit Saturday');
  assert.equal(ran.collections.reduce((sum, c) => sum + c.cents, 0), cents);
  const xml = readFileSync(join(files, ran.collections[1].name), 'utf8');
  assert.match(xml, /pain\.008\.001\.08.*<NbOfTxs>5<.*<ReqdColltnDt>2027-05-17<.*<MndtId>ALT-0<.*<DtOfSgntr>2019-02-01</s);
  const again = run(['--files', files], { at });
  assert.deepEqual(again.collections.map(c => [c.name, c.sha256]), ran.collections.map(c => [c.name, c.sha256]));
  // Killed between two of them, or with an amount that was changed since: nothing twice, nothing lost.
  execFileSync('sqlite3', [join(at, 'tenants/musterstadt/tenant.db'), "UPDATE mandate SET revoked_on = '2026-01-01' WHERE reference = 'ALT-0'"]);
  const changed = run(['--files', files], { at });
  assert.deepEqual(changed.collections.map(c => c.count), Array(4).fill(PAYERS - 1));
  assert.doesNotMatch(readFileSync(join(files, ran.collections[1].name), 'utf8'), /ALT-0</);
  assert.equal(spawnSync(program, ['verify', '--data', at]).status, 0);
});

test('who was imported and never had a case is dunned by a letter to the register\'s address', async () => {
  const at = copyOf('dunned');
  run([], { at });
  const db = sql => execFileSync('sqlite3', [join(at, 'tenants/musterstadt/tenant.db'), sql], { encoding: 'utf8' }).trim();
  db("UPDATE charge_part SET due = '2026-01-15', assessed = '2025-12-15' WHERE number = 1 AND charge_id = (SELECT id FROM charge WHERE payer LIKE 'person/muster9/%')");
  const town = await startTown({ dataDir: at });
  try {
    const treasury = await town.staff('brandt', 'stadtkasse-brandt'), kurz = await town.staff('kurz', 'hundesteuer-kurz');
    const preview = await treasury.get('/desk/kasse/mahnen/vorschau');
    assert.match(preview.words, /Mahnungen 1/);
    assert.doesNotMatch(preview.words, /Die Anschrift fehlt/);
    const job = await preview.submit({}, { button: '1 Mahnung schreiben' });
    await eventually(async () => (await treasury.get(job.url)).words.includes('Fertig'), 'the dunning');
    const snapshot = JSON.parse(db("SELECT snapshot FROM run_letter WHERE title LIKE 'Zahlungserinnerung%'"));
    assert.deepEqual(snapshot.recipient, ['Erika Muster9', 'Lindenweg 9', '12340 Musterstadt']);
    const entry = (await kurz.get('/desk/register/hund?suche=muster9')).links.find(l => /register\/hund\/\d+/.test(l.href)).href;
    const letter = await eventually(async () => (await kurz.get(entry)).links.find(l => /Zahlungserinnerung/.test(l.text)), 'the letter at the entry', 240000);
    assert.match((await kurz.get(letter.href)).text.slice(0, 5), /%PDF-/);
    // Nobody reads it in a mailbox: it is printed and posted, once.
    const post = await (await treasury.get('/desk/kasse/mahnen')).follow('Briefe für die Post');
    assert.match(post.words, /1 Brief wartet auf den Druck/);
    const printed = await post.submit({}, { button: 'Druckdatei erzeugen' });
    assert.match(printed.words, /Kein Brief wartet.*druck-nachtrag-[-\d]+\.pdf \(1 Brief\)/);
    const file = await printed.follow(/druck-nachtrag/);
    assert.equal(file.headers['content-type'], 'application/pdf');
    writeFileSync(join(folder, 'nachtrag.pdf'), file.bytes);
    const text = execFileSync('pdftotext', [join(folder, 'nachtrag.pdf'), '-'], { encoding: 'utf8' });
    assert.match(text, /Deckblatt für den Druck.*spätere Briefe.*Erika Muster9\s+Lindenweg 9\s+12340 Musterstadt.*Zahlungserinnerung/s);
    assert.equal(db('SELECT COUNT(*) FROM run_letter WHERE later = 1 AND printed IS NULL'), '0');
    assert.equal((await kurz.get('/desk/briefe')).status, 403);
  } finally {
    await town.stop();
  }
});

test('the same run again, and the next year, are told beside the year before', () => {
  const at = copyOf('again');
  const first = run([], { at });
  const again = run([], { at });
  assert.equal(again.totals.charges_unchanged, first.totals.charges_new);
  assert.equal(again.totals.letters, 0);
  const next = JSON.parse(command(['run', 'hund/jahresveranlagung', '--year', '2028', '--json', '--preview'], { at }).stdout);
  assert.equal(next.totals.last_cents, first.totals.cents);
  assert.equal(next.totals.same, first.totals.items);
});

test('killed at any moment and started again it ends in the same charges, letters and files', () => {
  const tell = join(folder, 'count');
  const whole = copyOf('whole');
  run([], { at: whole, env: { LD_PRELOAD: dieing, DIE_TELL: tell } });
  const expected = leftBehind(whole);
  const writes = Number(readFileSync(tell, 'utf8'));
  assert.ok(writes > 50, `${writes} writes and syncs`);
  let cut = 0;
  for (let i = 0; i < kills; i++) {
    const at = copyOf('killed');
    // Evenly over the whole run; every third time it is cut off once more when it goes on.
    for (const part of i % 3 === 2 ? [(i + Math.random()) / kills, Math.random() / 4] : [(i + Math.random()) / kills]) {
      const killed = command(['run', 'hund/jahresveranlagung', '--year', '2027', '--json'],
        { at, env: { LD_PRELOAD: dieing, DIE_AT: String(1 + Math.floor(part * writes * 0.9)) } });
      cut += killed.signal === 'SIGKILL';
    }
    run([], { at }); // goes on; when it was cut off behind its end, nothing is left to do
    assert.deepEqual(leftBehind(at), expected);
    rmSync(at, { recursive: true });
  }
  assert.ok(cut >= kills / 2, `${cut} times it was cut off`);
});

test('at the desk: preview, a second person, letters by post and in the mailbox, and all taken back', async () => {
  const at = copyOf('desk');
  const settings = join(at, 'tenants/musterstadt/tenant.yaml');
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}\nruns: {four_eyes: true}\n`);
  const town = await startTown({ dataDir: at });
  try {
    const anna = await signIn(town, 'anna@example.org');
    const body = await dogApplication(town);
    const { caseNumber } = await apply(town, { change: { person: { ...body.person, email: 'anna@example.org' } } });
    const db = sql => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(at, 'tenants/musterstadt/tenant.db'), sql], { encoding: 'utf8' }).trim();
    db(`UPDATE cases SET citizen_id = (SELECT id FROM citizen WHERE email = 'anna@example.org') WHERE number = '${caseNumber}'`); // as if signed in
    const kurz = await town.staff('kurz', 'hundesteuer-kurz'), adler = await town.staff('adler', 'hundesteuer-adler');

    const wrong = await (await kurz.get('/desk/laeufe')).submit({ jahr: 'nächstes' }, { form: 'laeufe' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.words, /vier Ziffern/);
    const open = await ended(kurz, await (await kurz.get('/desk/laeufe')).submit({ jahr: '2027' }, { form: 'laeufe' }), /Vorschau/);
    assert.match(open.words, new RegExp(`Ausgelassen \\(1\\)`));
    await assess(kurz, 1);
    const preview = await ended(kurz, await (await kurz.get('/desk/laeufe')).submit({ jahr: '2027' }, { form: 'laeufe' }), /Vorschau/);
    assert.match(preview.words, /Forderungen neu 30 Forderungen geändert 0/, 'the keepers of the stock and Anna');
    assert.match(preview.words, /Straße oder Ort fehlt/);
    assert.equal(db('SELECT COUNT(*) FROM charge WHERE key LIKE \'hundesteuer/2027/%\''), '0');

    const proposed = await preview.submit({}, { form: 'ausfuehren' });
    assert.match(proposed.words, /Wartet auf Freigabe/);
    assert.doesNotMatch(proposed.text, /\/freigeben"/, 'not by the one who proposed it');
    assert.equal((await kurz.post(proposed.url + '/freigeben', { csrf: proposed.csrf }))?.status ?? 403, 403);
    assert.doesNotMatch(proposed.text, /Nicht freigeben/, 'who proposed it can only take it back');
    const before = await adler.get(proposed.url);
    assert.doesNotMatch(before.words, /Seit der Vorschau/);
    // An entry is written anew: its row stands for nothing more here, and is no other amount.
    db(`INSERT INTO register_entry (register, entry_id, begins, valid_from, valid_to, title, recorded_at, superseded_at, head, data, actor)
      SELECT register, entry_id, begins, valid_from, valid_to, 'Bello (neu)', recorded_at, recorded_at, 0, data, actor FROM register_entry WHERE row_id = 1`);
    const stale = await before.submit({}, { form: 'freigeben' });
    assert.equal(stale.status, 409);
    assert.match(stale.words, /Seit Sie diese Seite geöffnet haben, hat sich etwas geändert.*Seit der Vorschau hat sich etwas geändert.* Bello \(neu\)/s, 'who releases sees by name what the figures do not have');
    assert.equal((await adler.post(`${proposed.url}/freigeben`, { csrf: before.csrf })).status, 409, 'nor without having looked');
    assert.equal(db("SELECT COUNT(*) FROM charge WHERE key LIKE 'hundesteuer/2027/%'"), '0');

    const fresh = await ended(adler, await stale.submit({}, { button: 'Neue Vorschau berechnen' }), /Vorschau/);
    assert.notEqual(fresh.url, proposed.url);
    assert.doesNotMatch(fresh.words, /Seit der Vorschau/);

    const unsaid = await stale.submit({ grund: ' ' }, { form: 'zurueckgeben' });
    assert.equal(unsaid.status, 422);
    assert.match(unsaid.words, /warum Sie den Lauf zurückgeben/);
    const returned = await unsaid.submit({ grund: 'Bello zahlt <nichts> mehr.' }, { form: 'zurueckgeben' });
    assert.match(returned.words, /Nicht freigegeben von .*Grund: Bello zahlt <nichts> mehr\./s);
    assert.equal((await adler.post(`${proposed.url}/zurueckgeben`, { csrf: returned.csrf, grund: 'noch einmal' })).status, 409);
    const taken = await (await (await kurz.get(proposed.url)).submit({}, { form: 'ausfuehren' })).submit({}, { form: 'zurueckgeben' });
    assert.match(taken.words, /Vorschau .*Zurückgezogen von/s);
    assert.match((await taken.submit({}, { form: 'ausfuehren' })).words, /Wartet auf Freigabe/);
    const done = await ended(adler, await (await adler.get(proposed.url)).submit({}, { form: 'freigeben' }), /Fertig/);
    assert.doesNotMatch(done.words, /Anders als in der Vorschau/);
    assert.match(done.words, /1 Briefe? liegen in den Postfächern|1 Briefe liegen/);
    assert.match(done.words, /Lastschriften Für jede Fälligkeit des Jahres.*15\. Februar 2027/);
    const print = done.links.find(l => l.text.startsWith('Druckdatei'));
    assert.match((await adler.get(print.href)).text.slice(0, 8), /%PDF-1\.7/);
    const list = await adler.get(done.links.find(l => /ausgelassen/.test(l.href)).href);
    assert.match(list.text, /Erika Muster7,ohne_anschrift/);

    const entry = (await kurz.get('/desk/register/hund')).links.find(l => /register\/hund\/\d+/.test(l.href)).href;
    const kept = (await kurz.get(entry)).links.find(l => /\/briefe\//.test(l.href));
    assert.match((await kurz.get(kept.href)).text.slice(0, 8), /%PDF-1\.7/, 'the letter lies at the keeper\'s entry');
    assert.equal((await kurz.get(kept.href.replace(/\d+$/, '999999'))).status, 404);

    const box = await anna.get('/postfach');
    const letter = box.links.find(l => l.text.includes('Bescheid über die Hundesteuer 2027'));
    assert.match((await anna.get(letter.href)).text.slice(0, 8), /%PDF-1\.7/);
    assert.equal((await (await signIn(town, 'bert@example.org')).get(letter.href)).status, 404, 'nobody else\'s');
    await eventually(() => town.mails().some(m => m.includes('anna@example.org') && /liegt in Ihrem Postfach/.test(m.replace(/=\r?\n/g, ''))), 'the mail');

    const asked = await done.submit({ sicher: 'ja' }, { form: 'rueckgaengig' });
    assert.match(asked.words, /Wartet auf Freigabe/, 'taking back is as weighty as doing');
    assert.doesNotMatch(asked.text, /\/freigeben"/);
    assert.match((await adler.get(done.url)).words, /soll rückgängig gemacht werden/);
    assert.notEqual(db('SELECT SUM(owed_cents) FROM charge WHERE key LIKE \'hundesteuer/2027/%\''), '0');
    const refused = await (await kurz.get(asked.url)).submit({ grund: 'Der Lauf ist richtig.' }, { form: 'zurueckgeben' });
    assert.match(refused.words, /Nicht freigegeben .*Grund: Der Lauf ist richtig\./s);
    assert.doesNotMatch((await adler.get(done.url)).words, /soll rückgängig gemacht werden/);
    const again = await (await adler.get(done.url)).submit({ sicher: 'ja' }, { form: 'rueckgaengig' });
    assert.notEqual(again.url, asked.url);
    const undone = await ended(kurz, await (await kurz.get(again.url)).submit({}, { form: 'freigeben' }), /Fertig/);
    assert.match(undone.words, /Forderungen zurückgesetzt 30/);
    assert.equal(db("SELECT COUNT(*) FROM collection WHERE status <> 'withdrawn'"), '0', 'nothing of it goes to the bank');
    assert.equal(db('SELECT SUM(owed_cents) FROM charge WHERE key LIKE \'hundesteuer/2027/%\''), '0');
    assert.ok((await anna.get('/postfach')).links.some(l => l.text.includes('Aufhebung')));
    assert.match((await adler.get(done.url)).words, /rückgängig gemacht/);
  } finally {
    await town.stop();
  }
  const sound = spawnSync(program, ['verify', '--data', at], { encoding: 'utf8' });
  assert.equal(sound.status, 0, sound.stdout);
});

async function signIn(town, email) {
  const visitor = town.visitor();
  await (await visitor.get('/anmelden')).submit({ email });
  const mail = await eventually(() => town.mails().find(m => m.includes(`To: ${email}`) || m.includes(`<${email}>`)), 'the mail');
  const link = mail.replace(/=\r?\n/g, '').replace(/=3D/g, '=').match(/\/anmelden\/link\/[\w-]+/)[0];
  await (await visitor.get(link)).submit();
  return visitor;
}

/** Look at the page of a run until it says so. */
const ended = (staff, page, words) => eventually(async () => {
  const now = await staff.get(page.url);
  return words.test(now.words) && !/wird berechnet|Wartet auf seinen Beginn|werden erstellt|Wird festgesetzt/.test(now.words) && now;
}, String(words), 60000);
