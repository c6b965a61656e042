// SPDX-License-Identifier: EUPL-1.2
// The same on many cases: preview, rights, a machine that dies in the middle, and taking it back.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applications, apply, dogApplication } from './lib/dogs.mjs';
import { eventually, program, startTown } from './lib/town.mjs';

let town, kurz;
before(async () => {
  town = await startTown();
  await apply(town, { chip: '276098100007001' });
  await apply(town, { chip: '276098100007002' });
  await apply(town, { chip: '276098100007003', dog: { rasse: 'american_staffordshire_terrier' } });
  kurz = await town.staff('kurz', 'hundesteuer-kurz');
});
after(() => town?.stop());

/** Choose cases on the list ("alle", or ids); returns the page that asks what to do. */
async function choose(visitor, which, query = 'ansicht=offen') {
  const list = await visitor.get(`/desk/vorgaenge?${query}`);
  return list.submit(which === 'alle' ? { alle: 'ja' } : { vorgang: which }, { form: 'sammel' });
}
/** What is done: { was: 'notiz', text }; returns the preview. */
const look = (page, fields) => page.visitor.post(`${page.url}/vorschau`, { csrf: page.csrf, ...fields });
const run = page => page.submit({}, { form: 'ausfuehren' });
const finished = (visitor, url) => eventually(async () => {
  const page = await visitor.get(url);
  return /\d+ erledigt/.test(page.words) && !/Anhalten/.test(page.words) && page;
}, 'the job');
/** Cells of a column of the page's table. */
const column = (page, label) => [...page.text.matchAll(new RegExp(`data-label="${label}">(.*?)</td>`, 'gs'))].map(([, cell]) => cell.replace(/<[^>]*>/g, ' ').trim());

test('nothing chosen is said, and nothing happens', async () => {
  assert.match((await choose(kurz, [])).words, /wählen Sie zuerst einen Vorgang/);
});

test('a case that is sent twice is chosen once', async () => {
  assert.match((await choose(kurz, ['2', '1', '2', '2'])).words, /2 Vorgänge sind gewählt/);
});

test('the preview tells of each case what would happen, and changes nothing', async () => {
  const page = await choose(kurz, 'alle');
  assert.match(page.words, /3 Vorgänge sind gewählt/);
  const preview = await look(page, { was: 'entscheidung', entscheidung: 'in_pruefung_nehmen' });
  assert.match(preview.words, /Bei 3 von 3 Vorgängen geht das/);
  assert.equal(column(preview, 'Was geschieht')[0], 'In Prüfung nehmen, neuer Stand: In Prüfung');
  assert.match((await kurz.get('/desk/vorgaenge/1')).words, /Eingegangen/);
  const bad = await look(page, { was: 'wiedervorlage', wann: '31.2.2027', text: 'x' });
  assert.equal(bad.status, 422);
  assert.match(bad.words, /Bitte geben Sie den Tag so ein/);
  assert.match(bad.text, /id="wann"[^>]*value="31\.2\.2027"[^<]*<label for="woran">Woran\?<\/label><input id="woran"[^>]*value="x"/, 'what was typed is still there');
  const long = 'ä '.repeat(3000).trim(), refused = await look(page, { was: 'notiz', text: long });
  assert.match(refused.words, /Der Text der Notiz ist zu lang: höchstens 4000 Zeichen/);
  assert.ok(refused.text.includes(`${long}</textarea>`), 'the note is still there');
});

test('cases that cannot say why, the others are done', async () => {
  const first = await choose(kurz, ['1']);
  await finished(kurz, (await run(await look(first, { was: 'entscheidung', entscheidung: 'in_pruefung_nehmen' }))).url);
  const all = await choose(kurz, 'alle');
  const preview = await look(all, { was: 'entscheidung', entscheidung: 'in_pruefung_nehmen' });
  assert.match(preview.words, /Bei 2 von 3 Vorgängen geht das/);
  const done = await finished(kurz, (await run(preview)).url);
  assert.match(done.words, /2 erledigt, 1 nicht möglich/);
  assert.match(column(done, 'Was geschieht').join('|'), /inzwischen einen anderen Stand/);
  assert.ok(!done.forms.some(form => form.action.endsWith('rueckgaengig')), 'a decision is not taken back');
  assert.match((await kurz.get('/desk/vorgaenge/2')).words, /In Prüfung/);
});

test('an account that does not exist is told in German, for many cases and for one', async () => {
  const preview = await look(await choose(kurz, ['3']), { was: 'zuweisen', konto: '4711' });
  assert.match(preview.words, /Bei 0 von 1 Vorgängen geht das/);
  assert.deepEqual(column(preview, 'Was geschieht'), ['Dieses Konto gibt es nicht. Bitte wählen Sie jemand anderen.']);
  const one = await kurz.post('/desk/vorgaenge/3/zustaendig', { csrf: preview.csrf, konto: '4711' });
  assert.match(one.words, /Dieses Konto gibt es nicht/);
});

test('an assignment is taken back, but not where somebody else has it since', async () => {
  const adlerId = (await choose(kurz, ['1'])).text.match(/<option value="(\d+)"[^>]*>Jonas Adler/)[1];
  const done = await finished(kurz, (await run(await look(await choose(kurz, 'alle'), { was: 'zuweisen', konto: adlerId }))).url);
  assert.match(done.words, /3 erledigt/);
  const adler = await town.staff('adler', 'hundesteuer-adler');
  assert.equal((await adler.get('/desk/vorgaenge?ansicht=meine')).text.match(/data-row/g).length, 3);
  await (await adler.get('/desk/vorgaenge/2')).submit({ konto: '0' }, { form: 'zustaendig' });
  const undone = await done.submit({}, { form: 'rueckgaengig' });
  assert.match(undone.words, /2 zurückgenommen, 1 nicht zurückgenommen/);
  assert.match(undone.words, /inzwischen anders geändert/);
  assert.doesNotMatch((await adler.get('/desk/vorgaenge?ansicht=meine')).text, /data-row/);
  assert.equal((await kurz.post(`${done.url}/rueckgaengig`, { csrf: undone.csrf })).status, 409, 'only once');
});

test('notes and reminders are written and taken back', async () => {
  const noted = await finished(kurz, (await run(await look(await choose(kurz, ['1', '2']), { was: 'notiz', text: 'Bitte Satzung beachten.' }))).url);
  assert.match((await kurz.get('/desk/vorgaenge/1')).words, /Bitte Satzung beachten/);
  await noted.submit({}, { form: 'rueckgaengig' });
  assert.match((await kurz.get('/desk/vorgaenge/1')).words, /Diese Notiz ist zurückgenommen/);
  const reminded = await finished(kurz, (await run(await look(await choose(kurz, ['1', '2']), { was: 'wiedervorlage', wann: '31.12.2099', text: 'Nachfassen' }))).url);
  assert.match((await kurz.get('/desk/vorgaenge/2')).words, /Nachfassen/);
  await reminded.submit({}, { form: 'rueckgaengig' });
  assert.doesNotMatch((await kurz.get('/desk/vorgaenge/2')).words, /Wiedervorlage Nachfassen/);
});

test('rights are each case’s: another office cannot, and sees nothing of it', async () => {
  const order = await town.staff('yildiz', 'ordnung-yildiz');
  const mine = await choose(kurz, ['1', '3']);
  assert.equal((await order.get(mine.url)).status, 404, 'somebody else’s');
  const page = await order.get('/desk/vorgaenge?ansicht=offen');
  assert.equal((await order.post('/desk/sammel', { csrf: page.csrf, abfrage: '', vorgang: '1' })).status, 403);
  const preview = await look(await choose(order, 'alle'), { was: 'entscheidung', entscheidung: 'in_pruefung_nehmen' });
  assert.match(preview.words, /Bei 0 von 1 Vorgängen geht das/);
});

test('killed in the middle, each case is done once', { timeout: 60_000 }, async () => {
  const before = (await kurz.get('/desk/vorgaenge?ansicht=offen')).text.match(/data-row/g).length;
  const body = await dogApplication(town);
  const visitor = town.visitor();
  for (let i = 0; i < 60; i++) {
    const one = structuredClone(body);
    one.hunde[0].chip = `2760981000${String(71000 + i)}`;
    assert.equal((await visitor.json('POST', applications, one)).status, 201);
  }
  // Again and again, until it died with some cases done and some not.
  const rounds = [];
  for (let middle = false; !middle && rounds.length < 8;) {
    const text = `Runde ${rounds.length + 1}.`;
    const page = await run(await look(await choose(kurz, 'alle', 'ansicht=offen&sortierung=eingang'), { was: 'notiz', text }));
    rounds.push({ text, url: page.url });
    await eventually(async () => /[1-9]\d* erledigt/.test((await kurz.get(page.url)).words), 'the first case');
    await town.kill();
    const left = execFileSync('sqlite3', [join(town.dataDir, 'tenants/musterstadt/tenant.db'), `SELECT count(*) FROM case_bulk_item WHERE status = 'chosen' AND bulk_id = ${page.url.match(/\d+$/)[0]}`]);
    middle = Number(left) > 0;
    await town.start(town.port);
  }
  assert.ok(rounds.length < 8, 'it was never killed in the middle');
  for (const { url } of rounds) assert.match((await finished(kurz, url)).words, new RegExp(`${before + 60} erledigt, 0 nicht möglich`), url);
  const database = join(town.dataDir, 'tenants/musterstadt/tenant.db');
  for (const id of [1, 30, before + 60])
    for (const { text } of rounds)
      assert.equal(String(execFileSync('sqlite3', [database, `SELECT count(*) FROM case_note WHERE case_id = ${id} AND text = '${text}'`])).trim(), '1', `case ${id}: one note "${text}"`);
});

const CHANGES = 40;
const person = i => ({ familienname: `Umzug${i}`, vornamen: 'Erika', geburtsdatum: '1985-08-12', email: `umzug${i}@example.org` });

/** As many keepers who moved: a dog in the register and an application each; their cases. */
async function moved() {
  const lines = ['marke;name;rasse;chip;haltung_seit;steuer_ab;familienname;vornamen;geburtsdatum;halter_strasse;halter_ort'];
  for (let i = 0; i < CHANGES; i++) {
    const { familienname, vornamen, geburtsdatum } = person(i);
    lines.push(`${900 + i};Hund ${i};Mops;2760981000${String(90000 + i)};3.3.2020;1.4.2020;${familienname};${vornamen};${geburtsdatum};Lindenweg ${i};12345 Musterstadt`);
  }
  const file = join(town.dataDir, 'bestand.csv');
  writeFileSync(file, lines.join('\r\n'));
  execFileSync(program, ['import', 'hund', file, '--data', town.dataDir, '--tenant', 'musterstadt'], { stdio: 'pipe' });
  const visitor = town.visitor(), numbers = [];
  for (let i = 0; i < CHANGES; i++) {
    const answer = await visitor.json('POST', '/api/v1/services/hund/aenderung/applications', {
      was: 'anschrift', ab: new Date().toISOString().slice(0, 10), halterart: 'person', person: person(i),
      anschrift: { strasse: 'Marktstraße', hausnummer: String(i + 1), plz: '12346', ort: 'Musterstadt' }, richtig: true });
    assert.equal(answer.status, 201, answer.text);
    numbers.push(answer.json().caseNumber);
  }
  return sql(`SELECT id FROM cases WHERE number IN (${numbers.map(number => `'${number}'`)})`).split('\n');
}
const sql = text => execFileSync('sqlite3', ['-readonly', '-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), text], { encoding: 'utf8' }).trim();

test('killed in the middle of decisions with letters, each case has its decision and its letter, once', { timeout: 240_000 }, async () => {
  const ids = await moved();
  assert.equal(ids.length, CHANGES);
  const preview = await look(await choose(kurz, ids), { was: 'entscheidung', entscheidung: 'uebernehmen' });
  assert.match(preview.words, new RegExp(`Bei ${CHANGES} von ${CHANGES} Vorgängen geht das`));
  const page = await run(preview);
  const of = status => Number(sql(`SELECT COUNT(*) FROM case_bulk_item WHERE status = '${status}' AND bulk_id = ${page.url.match(/\d+$/)[0]}`));
  const mine = `case_id IN (${ids})`;
  await eventually(() => of('done') > 0, 'the first case');
  await town.kill();
  const done = of('done');
  assert.ok(done < CHANGES, 'it was killed in the middle');
  assert.equal(Number(sql(`SELECT COUNT(*) FROM case_document WHERE kind = 'letter' AND ${mine}`)), done, 'no letter without its decision');
  await town.start(town.port);
  await eventually(() => of('chosen') === 0, 'the rest', 60_000);
  assert.match((await finished(kurz, page.url)).words, new RegExp(`${CHANGES} erledigt, 0 nicht möglich`));
  const subjects = `subject IN (${ids.map(id => `'case/${id}'`)})`;
  assert.equal(sql(`SELECT COUNT(*), COUNT(DISTINCT subject) FROM event WHERE type = 'case.action' AND ${subjects}`), `${CHANGES}|${CHANGES}`);
  assert.equal(sql(`SELECT COUNT(*), COUNT(DISTINCT case_id) FROM case_document WHERE kind = 'letter' AND ${mine}`), `${CHANGES}|${CHANGES}`);
  await eventually(() => sql(`SELECT COUNT(*) FROM case_document WHERE kind = 'letter' AND sha256 IS NOT NULL AND ${mine}`) === String(CHANGES), 'every letter is set', 60_000);
});

test('only what was looked at is done, and to each case as it was then', async () => {
  const page = await choose(kurz, ['1', '2']);
  const note = await look(page, { was: 'notiz', text: 'Aus dem einen Fenster.' });
  await look(page, { was: 'entscheidung', entscheidung: 'in_pruefung_nehmen' }); // in another window
  const refused = await run(note);
  assert.equal(refused.status, 409);
  assert.match(refused.words, /etwas anderes gewählt als das, was Sie sich angesehen haben/);
  const bare = await choose(kurz, ['3']);
  await look(bare, { was: 'entscheidung', entscheidung: 'in_pruefung_nehmen' });
  assert.equal((await kurz.post(`${bare.url}/ausfuehren`, { csrf: bare.csrf })).status, 409, 'nobody saw a preview');

  await apply(town, { chip: '276098100007004' });
  await apply(town, { chip: '276098100007005' });
  const sql = text => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), text], { encoding: 'utf8' }).trim();
  const [old, fresh] = sql("SELECT id FROM cases ORDER BY id DESC LIMIT 2").split('\n');
  const preview = await look(await choose(kurz, [old, fresh]), { was: 'entscheidung', entscheidung: 'in_pruefung_nehmen' });
  assert.match(preview.words, /Bei 2 von 2 Vorgängen geht das/);
  sql(`UPDATE cases SET vars = '{"neu":1}' WHERE id = ${old}`);
  const done = await finished(kurz, (await run(preview)).url);
  assert.match(done.words, /1 erledigt, 1 nicht möglich/);
  assert.match(column(done, 'Was geschieht').join('|'), /Seit der Vorschau hat sich der Vorgang oder ein Register geändert/);
  sql(`UPDATE cases SET vars = '{}' WHERE id = ${old}`);
});
