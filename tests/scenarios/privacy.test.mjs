// SPDX-License-Identifier: EUPL-1.2
// Whose data it is: the person sees who looked, takes the data along; the officer controls; a tenant goes without a trace.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyOverdue, overdueService } from './lib/bank.mjs';
import { apply } from './lib/dogs.mjs';
import { eventually, program, root, startTown } from './lib/town.mjs';

let town;
before(async () => { town = await startTown(); });
after(async () => { await town.stop(); });

test('a look at the desk is shown to the person, with the office and not the name', async () => {
  const { caseNumber, status } = await apply(town, { chip: '276098100000401' });
  assert.match((await town.visitor().get(status)).words, /Bisher hat niemand/);
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  await clerk.get('/desk/vorgaenge/1');
  const page = (await town.visitor().get(status)).words;
  assert.match(page, /Steueramt: Antrag geöffnet/);
  assert.doesNotMatch(page, /Kurz/);
  assert.match((await town.visitor({ headers: { 'accept-language': 'en' } }).get(status)).words, /Tax office: Application opened/);

  const answer = await town.visitor().get(`${status}/daten.json`);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.match(answer.headers['content-disposition'], new RegExp(`${caseNumber}\\.json`));
  const data = answer.json();
  assert.equal(data.caseNumber, caseNumber);
  assert.equal(data.versions[0].data.hunde[0].chip, '276098100000401');
  assert.ok(data.documents.some(document => document.kind === 'upload'));
  assert.equal(data.accesses.length, 1);
  assert.equal((await town.visitor().get('/status/falsch/daten.json')).status, 404);

  // The officer sees whose look it was; nobody else sees this page.
  const officer = await town.staff('datenschutz', 'rathaus-datenschutz');
  const found = await officer.get(`/desk/datenschutz?nummer=${caseNumber}`);
  assert.match(found.words, /Sabine Kurz: Vorgang angesehen/);
  assert.match((await officer.get('/desk/datenschutz?nummer=HUND-2020-000001-1')).words, /gibt es nicht/);
  assert.equal((await clerk.get('/desk/datenschutz')).status, 403);
});

const sql = text => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), text], { encoding: 'utf8' }).trim();

test('what is kept, why and how long is one list, and a file', async () => {
  const officer = await town.staff('datenschutz', 'rathaus-datenschutz');
  const page = await officer.get('/desk/datenschutz');
  assert.match(page.words, /Hund anmelden: .{1,40} 10 Jahre nach dem Abschluss/);
  assert.match(page.words, /Beendete Einträge: Hunderegister .*10 Jahre nach dem letzten Tag des Eintrags/);
  assert.match(page.words, /10 Jahre nach dem Jahr der letzten Buchung, wenn sie ausgeglichen ist § 147 Abs\. 1, 3 und 4 AO/);
  const record = (await officer.get('/desk/datenschutz/verzeichnis.json')).json();
  assert.ok(record.processing.length > 30);
  for (const kind of record.processing) for (const key of ['name', 'label', 'dataSubjects', 'data', 'purpose', 'legalBasis', 'retention', 'counted']) assert.ok(kind[key], `${kind.name}: ${key}`);
  assert.equal(new Set(record.processing.map(kind => kind.name)).size, record.processing.length);
  const table = await officer.get('/desk/datenschutz/verzeichnis.csv');
  assert.equal(table.text.trim().split('\r\n').length, record.processing.length + 1);
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  for (const kind of ['csv', 'json']) assert.equal((await clerk.get(`/desk/datenschutz/verzeichnis.${kind}`)).status, 403);
});

/** SQL that inserts a row for each n from 1 to `count`. */
const rows = (count, table, values) => `INSERT INTO ${table} WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${count}) SELECT ${values} FROM series`;
/** What a list shows from a page on, however often it goes on. */
async function whole(page, link) {
  const seen = [page.words];
  while (page.links.some(one => one.text === link)) seen.push((page = await page.follow(link)).words);
  return seen.join(' ');
}
const numbered = (text, pattern) => new Set([...text.matchAll(pattern)].map(match => match[1])).size;

test('whatever the officer asks for is shown to its end', async () => {
  const { caseNumber, status } = await apply(town, { chip: '276098100000402' });
  const id = sql(`SELECT id FROM cases WHERE number = '${caseNumber}'`);
  sql(`${rows(25, 'staff (login, name, email, must_change, active, totp_step, created_at)', "'muster-' || n, 'Ute Muster-Zugriff ' || n, '', 0, 1, 0, 0")};
    ${rows(1, 'register_entry (row_id, register, entry_id, begins, valid_from, title, recorded_at, head, data, actor)', "4700, 'katzen', 4700, '2020-01-01', '2020-01-01', 'Minka', 0, 1, '{}', 'import'")};
    INSERT INTO register_term VALUES ('katzen', 'eins', 4700), ('katzen', 'zwei', 4700), ('katzen', 'drei', 4700), ('katzen', 'vier', 4700), ('katzen', 'fuenf', 4700);
    INSERT INTO register_access (at, staff_id, register, entry_id, purpose) SELECT 0, id, 'katzen', 4700, name FROM staff WHERE login LIKE 'muster-%';
    ${rows(450, 'register_access (at, staff_id, register, entry_id, purpose)', "0, 1, 'katzen', 4700, 'Blick ' || n")};
    ${rows(510, 'case_access (at, staff_id, case_id, citizen_id, purpose)', `0, 1, ${id}, 0, 'Schau ' || n`)};
    ${rows(210, 'case_erasure (case_id, number, service, state, closed_on, erased_at, row_count, file_count, event_id)', "n, 'ALT-' || n, 'hund', 'erledigt', '2010-01-01', 0, 1, 1, 1")};
    ${rows(210, 'keep_erasure (name, cutoff, erased_at, entry_count, row_count, event_id)', "'art-' || n, '2010-01-01', 0, 1, 1, 1")};
    ${rows(210, 'cases (number, service, procedure_id, version, state, closed, status_token, citizen_id, applicant, lang, channel, submitted_at, submitted_on, assigned_to, data_version, vars, order_hash)', "'BLEIBT-' || n, service, procedure_id, version, state, 1, 'bleibt-' || n, 0, '', 'de', channel, 0, '2010-01-01', 0, 0, '{}', ''")}, cases WHERE id = ${id};
    INSERT INTO case_held SELECT id, 'Grund', '2020-01-0' || (1 + id % 3) FROM cases WHERE number LIKE 'BLEIBT-%'`);
  const officer = await town.staff('datenschutz', 'rathaus-datenschutz');
  const search = query => officer.get(`/desk/datenschutz?${query}`);

  assert.equal(numbered((await search('wer=Muster-Zugriff')).words, /katzen: Minka Ute Muster-Zugriff (\d+)/g), 25, 'each account of that name');
  assert.match((await search('eintrag=eins+zwei+drei+vier+fuenf&wer=Ute')).words, /katzen: Minka Ute Muster-Zugriff 25/);
  assert.match((await search('eintrag=eins+zwei+drei+vier+fuenf+sechs&wer=Ute')).words, /Solche Zugriffe gibt es nicht/, 'the sixth word counts');
  assert.match((await search(`eintrag=${Array.from({ length: 41 }, (_, n) => `wort${n}`).join('+')}`)).words, /Das sind 41 Wörter\. Suchen Sie bitte mit höchstens 40/);
  assert.match((await search('wer=-')).words, /Schreiben Sie einen Namen/);
  assert.match((await search('wer=Niemand')).words, /Solche Zugriffe gibt es nicht/);
  const looks = await whole(await search('eintrag=eins'), 'Ältere Zugriffe');
  assert.equal(numbered(looks, /Blick (\d+)/g), 450);
  assert.equal(numbered(looks, /Ute Muster-Zugriff (\d+)/g), 25);

  const start = await officer.get('/desk/datenschutz');
  assert.equal(numbered(await whole(start, 'Früher gelöschte Vorgänge'), /ALT-(\d+)/g), 210);
  assert.equal(numbered(await whole(start, 'Früher Gelöschtes'), /art-(\d+)/g), 210);
  assert.equal(numbered(await whole(start, 'Weitere zurückgehaltene Vorgänge'), /BLEIBT-(\d+)/g), 210);
  const ofCase = await search(`nummer=${caseNumber}`);
  assert.match(ofCase.words, /Seite 1 von 3/);
  assert.equal(numbered(await whole(ofCase, 'Nächste Seite'), /Schau (\d+)/g), 510);
  assert.equal((await town.visitor().get(`${status}/daten.json`)).json().accesses.length, 510, 'the person has all of them, too');
  sql("DELETE FROM case_held; DELETE FROM cases WHERE number LIKE 'BLEIBT-%'; DELETE FROM case_erasure WHERE number LIKE 'ALT-%'; DELETE FROM keep_erasure WHERE name LIKE 'art-%'");
});

test('an end that a newer version of a service does not know stays in the list while a case has it', async () => {
  const services = mkdtempSync(join(tmpdir(), 'rathaus-earlier-'));
  const probe = join(services, 'probe');
  overdueService(services);
  const other = await startTown({ args: ['--services', services] });
  const query = text => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(other.dataDir, 'tenants/musterstadt/tenant.db'), text], { encoding: 'utf8' }).trim();
  const labels = async () => Object.fromEntries((await (await other.staff('datenschutz', 'rathaus-datenschutz')).get('/desk/datenschutz/verzeichnis.json')).json().processing.map(kind => [kind.name, kind.label]));
  const rename = (from, to) => {
    for (const name of readdirSync(probe, { recursive: true }).filter(name => name.endsWith('.yaml')))
      writeFileSync(join(probe, name), readFileSync(join(probe, name), 'utf8').replaceAll(from, to));
  };
  const renewed = async () => { await other.restart(); return labels(); };
  try {
    await applyOverdue(other);
    assert.match((await labels())['case/probe/antrag/bewilligt'], /: Bewilligt$/);
    rename('bewilligt', 'zugesagt');
    assert.equal((await renewed())['case/probe/antrag/bewilligt'], undefined, 'no case ended so');
    query("UPDATE cases SET state = 'bewilligt', closed = 1; UPDATE case_desk SET state = 'bewilligt', open = 0");
    const now = await labels();
    assert.match(now['case/probe/antrag/bewilligt'], /: Bewilligt \(in einer früheren Fassung der Leistung\)$/);
    assert.match(now['case/probe/antrag/zugesagt'], /: Bewilligt$/);
    rename('zugesagt', 'bewilligt');
    assert.match((await renewed())['case/probe/antrag/bewilligt'], /: Bewilligt$/);
  } finally {
    await other.stop();
    rmSync(services, { recursive: true, force: true });
  }
});

test('a service that is offered no longer stays in the list while something of it is kept, and goes by its clock', async () => {
  const services = mkdtempSync(join(tmpdir(), 'rathaus-former-'));
  for (const [name, from] of [['hund', 'services/hund'], ['probe', 'tests/packages/base']]) cpSync(join(root, from), join(services, name), { recursive: true });
  const other = await startTown({ args: ['--services', services] });
  const query = text => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(other.dataDir, 'tenants/musterstadt/tenant.db'), text], { encoding: 'utf8' }).trim();
  const list = async () => (await (await other.staff('datenschutz', 'rathaus-datenschutz')).get('/desk/datenschutz/verzeichnis.json')).json().processing;
  try {
    await apply(other, { chip: '276098100000403' });
    const before = await list();
    rmSync(join(services, 'hund'), { recursive: true });
    await other.restart({ meanwhile: () => query(`INSERT INTO register_entry (row_id, register, entry_id, begins, valid_from, valid_to, title, recorded_at, head, data, actor)
        VALUES (4712, 'hund', 4712, '2001-01-01', '2001-01-01', '2010-12-31', 'Bello', 0, 1, '{}', 'import'),
        (4713, 'hund', 4713, '2001-01-01', '2001-01-01', NULL, 'Rex', 0, 1, '{}', 'import');
      UPDATE schedule_run SET last_at = 0 WHERE name = 'keep'`) });
    const after = await list();
    for (const name of before.map(kind => kind.name).filter(name => /^(case|register)\/hund/.test(name)))
      assert.match(after.find(kind => kind.name === name)?.label ?? `${name} is not there`, /\(wird nicht mehr angeboten\)$/);
    assert.equal(new Set(after.map(kind => kind.name)).size, after.length);
    assert.match(after.find(kind => kind.name.startsWith('case/probe/')).label, /[^)]$/);
    await eventually(() => query('SELECT COUNT(*) FROM register_entry WHERE entry_id = 4712') === '0', 'the end of an entry');
    assert.equal(query('SELECT COUNT(*) FROM register_entry WHERE entry_id = 4713'), '1');
  } finally {
    await other.stop();
    rmSync(services, { recursive: true, force: true });
  }
});

test('once a day what is over its time goes, with a line of proof', async () => {
  const entry = 4711;
  appendFileSync(join(town.dataDir, 'tenants/musterstadt/tenant.yaml'), '\nretention: {register/hund: P12Y}\n');
  await town.restart({ meanwhile: () => sql(`INSERT INTO register_entry (row_id, register, entry_id, begins, valid_from, valid_to, title, recorded_at, head, data, actor)
      VALUES (${entry}, 'hund', ${entry}, '2001-01-01', '2001-01-01', '2010-12-31', 'Bello', 0, 1, '{}', 'import');
    UPDATE staff SET active = 0, left_at = 0 WHERE login = 'okafor';
    INSERT INTO register_export (at, staff_id, register, form, asked, sensitive) VALUES (0, 1, 'hund', 'csv', 'Suche: Muster', 0);
    UPDATE schedule_run SET last_at = 0 WHERE name = 'keep'`) });
  await eventually(() => sql(`SELECT COUNT(*) FROM register_entry WHERE entry_id = ${entry}`) === '0', 'the entry');
  await eventually(() => sql("SELECT COUNT(*) FROM schedule_run WHERE name = 'keep' AND last_at > 0") === '1', 'the run');
  assert.equal(sql("SELECT COUNT(*) FROM keep_state WHERE problem IS NOT NULL"), '0', 'whatever is declared can be asked');
  assert.equal(sql("SELECT COUNT(*) FROM register_export WHERE at = 0"), '0');
  assert.equal(sql("SELECT name || login || email FROM staff WHERE name LIKE 'Früheres Konto%'").includes('kafor'), false);
  const page = (await (await town.staff('datenschutz', 'rathaus-datenschutz')).get('/desk/datenschutz')).words;
  assert.match(page, /Zuletzt gelöscht .*Beendete Einträge: Hunderegister/);
  assert.match(page, /Beendete Einträge: Hunderegister \(register\/hund\) .{1,160} 12 Jahre nach dem letzten Tag des Eintrags \(eigene Frist\)/);
  const sound = spawnSync(program, ['verify', '--data', town.dataDir], { encoding: 'utf8' });
  assert.equal(sound.status, 0, sound.stdout + sound.stderr);
});

test('a tenant is erased by its name said twice, key and all, and a proof stays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rathaus-erase-'));
  const run = (...words) => spawnSync(program, ['tenant', ...words], { encoding: 'utf8', timeout: 60000 });
  try {
    const data = join(folder, 'data'), proof = join(folder, 'proof.json');
    for (const name of ['dorf', 'weiler']) execFileSync(program, ['tenant', 'create', '--data', data, '--from', join(root, 'tenants/demo'), name], { stdio: 'pipe' });
    assert.equal(run('erase', '--data', data, 'dorf').status, 2);
    assert.equal(run('erase', '--data', data, '--confirm', 'weiler', 'dorf').status, 2);
    assert.equal(run('erase', '--data', data, '--confirm', '../dorf', '../dorf').status, 1);
    assert.ok(existsSync(join(data, 'tenants/dorf')));
    const done = run('erase', '--data', data, '--confirm', 'dorf', '--proof', proof, 'dorf');
    assert.equal(done.status, 0, done.stderr);
    assert.ok(!existsSync(join(data, 'tenants/dorf')) && !existsSync(join(data, 'keys/dorf.key')));
    assert.ok(existsSync(join(data, 'tenants/weiler')));
    assert.equal(JSON.parse(readFileSync(proof, 'utf8')).tenant, 'dorf');
    assert.equal(run('erase', '--data', data, '--confirm', 'dorf', 'dorf').status, 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a tenant that is served is not erased', () => {
  const refused = spawnSync(program, ['tenant', 'erase', '--data', town.dataDir, '--confirm', 'musterstadt', 'musterstadt'], { encoding: 'utf8' });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /in use/);
  assert.ok(existsSync(join(town.dataDir, 'tenants/musterstadt/tenant.db')));
});
