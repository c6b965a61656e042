// SPDX-License-Identifier: EUPL-1.2
// Whose data it is: the person sees who looked, takes the data along; the officer controls; a tenant goes without a trace.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

test('once a day what is over its time goes, with a line of proof', async () => {
  const entry = 4711;
  sql(`INSERT INTO register_entry (row_id, register, entry_id, begins, valid_from, valid_to, title, recorded_at, head, data, actor)
      VALUES (${entry}, 'hund', ${entry}, '2001-01-01', '2001-01-01', '2010-12-31', 'Bello', 0, 1, '{}', 'import');
    UPDATE staff SET active = 0, left_at = 0 WHERE login = 'okafor';
    INSERT INTO register_export (at, staff_id, register, form, asked, sensitive) VALUES (0, 1, 'hund', 'csv', 'Suche: Muster', 0);
    UPDATE schedule_run SET last_at = 0 WHERE name = 'keep'`);
  appendFileSync(join(town.dataDir, 'tenants/musterstadt/tenant.yaml'), '\nretention: {register/hund: P12Y}\n');
  await town.restart();
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
