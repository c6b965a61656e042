// SPDX-License-Identifier: EUPL-1.2
// Lists that have grown long: whatever is in them is reached, and nothing ends without a word.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply, dogApplication } from './lib/dogs.mjs';
import { startTown } from './lib/town.mjs';

let town;
before(async () => { town = await startTown(); });
after(() => town?.stop());

const sql = text => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), text], { encoding: 'utf8' }).trim();
/** SQL: a row for each n from 1 to `count`. */
const series = count => `WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${count})`;
/** What a list shows from a page on, however often it goes on. */
async function whole(page) {
  const seen = [page.words];
  while (page.links.some(one => /^(Nächste Seite|Next page)$/.test(one.text))) seen.push((page = await page.follow(/^(Nächste Seite|Next page)$/)).words);
  return seen.join(' ');
}
const numbers = (text, pattern) => new Set([...text.matchAll(pattern)].map(match => match[1])).size;

test('a citizen reaches every application and every letter', async () => {
  const { person } = await dogApplication(town);
  await apply(town, { chip: '276098100009001', change: { person: { ...person, email: 'viele@example.org' } } });
  const anna = await town.citizen('viele@example.org');
  const id = sql("SELECT MAX(id) FROM cases"), who = sql("SELECT id FROM citizen WHERE email = 'viele@example.org'");
  sql(`INSERT INTO cases (number, service, procedure_id, version, state, closed, status_token, citizen_id, applicant, lang, channel, submitted_at, submitted_on, assigned_to, data_version, vars, order_hash)
      ${series(250)} SELECT 'VIELE-' || n, service, procedure_id, version, CASE n WHEN 1 THEN 'nachforderung' ELSE state END, 0, 'viele-' || n, ${who}, '', 'de', channel, 0, '2020-01-01', 0, 0, '{}', '' FROM series, cases WHERE id = ${id};
    UPDATE cases SET citizen_id = ${who} WHERE id = ${id};
    INSERT INTO case_document (case_id, kind, title, sha256, type, size, for_citizen, created_at) ${series(250)} SELECT ${id}, 'letter', 'Schreiben ' || n, '${'0'.repeat(64)}', 'application/pdf', 1, 1, 0 FROM series`);
  const mine = await anna.get('/antraege');
  assert.match(mine.words, /Seite 1 von 3/);
  assert.equal(numbers(await whole(mine), /VIELE-(\d+)/g), 250);
  assert.match(mine.words, /Hier warten wir auf Sie .{1,200}VIELE-1 /, 'what waits for the citizen stands on the first page, however old it is');
  const box = await anna.get('/postfach');
  assert.match(box.words, /25\d Dokumente/);
  assert.equal(numbers(await whole(box), /Schreiben (\d+)/g), 250);
  assert.match((await anna.get('/postfach?seite=99')).words, /Seite 3 von 3/, 'the last page is the nearest');
});

test('the history of a case names every entry of registers and every mail', async () => {
  const { caseNumber } = await apply(town, { chip: '276098100009002' });
  const id = sql(`SELECT id FROM cases WHERE number = '${caseNumber}'`);
  sql(`INSERT INTO register_entry (register, entry_id, begins, valid_from, title, recorded_at, head, data, actor, case_id) ${series(510)} SELECT 'alt', 90000 + n, '2020-01-01', '2020-01-01', 'Zeile ' || n, 0, 0, '{}', 'import', ${id} FROM series;
    INSERT INTO effect (kind, key, subject, payload, status, attempts, next_at, created_at) ${series(510)} SELECT 'mail', 'lang/' || n, 'case/${id}', json_object('subject', 'Nachricht ' || n), 'done', 1, 0, 0 FROM series`);
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  assert.equal(numbers((await clerk.get(`/desk/vorgaenge/${id}/verlauf?art=register`)).words, /Zeile (\d+)/g), 510);
  assert.equal(numbers((await clerk.get(`/desk/vorgaenge/${id}/verlauf?art=post`)).words, /Nachricht (\d+)/g), 510);
});

test('every proposal for a register reaches the second person', async () => {
  sql(`INSERT INTO register_act (register, entry_id, basis, kind, data, valid_from, reason, status, created_by, created_at) ${series(310)} SELECT 'hund', 0, 0, 'new', json_object('name', 'Hund'), '2027-01-01', 'Altakte', 'open', 4711, n FROM series`);
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  const pages = [];
  for (let page = await clerk.get('/desk/zustimmungen'); page; page = page.links.some(one => one.text === 'Nächste Seite') ? await page.follow('Nächste Seite') : null) pages.push(page);
  assert.match(pages[0].words, /Warten auf Sie \(310\)/);
  assert.equal(new Set(pages.flatMap(page => page.links.filter(one => /berichtigungen\/\d+$/.test(one.href)).map(one => one.href))).size, 310);
  const register = await clerk.get('/desk/register/hund');
  assert.match(register.words, /Wartet auf Zustimmung \(310\)/);
  assert.equal(new Set(register.links.filter(one => /berichtigungen\/\d+$/.test(one.href)).map(one => one.href)).size, 310);
});

test('a page of looks that there is not is the nearest one, also where nobody has looked', async () => {
  const { caseNumber } = await apply(town, { chip: '276098100009003' });
  const officer = await town.staff('datenschutz', 'rathaus-datenschutz');
  const page = await officer.get(`/desk/datenschutz?nummer=${caseNumber}&seite=5`);
  assert.equal(page.status, 200);
  assert.match(page.words, /Diesen Vorgang hat noch niemand angesehen/);
});

test('disturbances are counted to the end, and each mail in the spool can be opened', async () => {
  sql(`INSERT INTO effect (kind, key, subject, payload, status, attempts, next_at, created_at) ${series(410)} SELECT 'later', 'stoerung/' || n, 'Sache ' || n, '{}', 'failed', 9, 0, 0 FROM series`);
  const admin = await town.staff('admin', 'rathaus-admin');
  const page = await admin.get('/desk/stoerungen');
  assert.match(page.words, /410 Störungen/);
  assert.equal(numbers(await whole(page), /Sache (\d+)/g), 410);
  sql("DELETE FROM effect WHERE key LIKE 'stoerung/%'");
  const spool = join(town.dataDir, 'tenants/musterstadt/spool');
  const [name] = readdirSync(spool).filter(one => one.endsWith('.eml'));
  for (let n = 1; n <= 210; n++)
    writeFileSync(join(spool, name.replace(/\.eml$/, `-${n}.eml`)), readFileSync(join(spool, name), 'utf8').replace(/^Subject: .*$/m, `Subject: Sendung ${n}`));
  const mails = await admin.get('/desk/post');
  assert.equal(numbers(await whole(mails), /Sendung (\d+)/g), 210);
});

test('every report of an import can be fetched, and every own entry goes into a form', async () => {
  sql(`INSERT INTO file (sha256, size, type, added) ${series(30)} SELECT printf('%064x', n), 1, 'text/csv', 1 FROM series;
    INSERT INTO file_owner (sha256, owner, name) ${series(30)} SELECT printf('%064x', n), 'register-report/hund', 'bericht-' || n || '.csv' FROM series;
    INSERT INTO register_entry (row_id, register, entry_id, begins, valid_from, title, recorded_at, head, data, actor) ${series(60)} SELECT 80000 + n, 'hund', 80000 + n, '2020-01-01', '2020-01-01', 'Meute ' || n, 0, 1, json_object('halter_email', 'meute@example.org'), 'import' FROM series;
    INSERT INTO register_key ${series(60)} SELECT 'hund', 'halter_email', 'meute@example.org', 80000 + n FROM series`);
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  assert.equal(numbers((await clerk.get('/desk/register/hund/einlesen')).words, /bericht-(\d+)\.csv/g), 30);
  const owner = await town.citizen('meute@example.org');
  const first = await (await owner.get('/dienste/hund/abmeldung')).submit();
  assert.equal(numbers((await owner.get(first.url.replace(/[^/]+$/, 'hund'))).text, />Meute (\d+)</g), 60);
});
