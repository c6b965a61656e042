// SPDX-License-Identifier: EUPL-1.2
// The same thing done twice at once: it happens once.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { apply, applications, assess, dogApplication, readyToAssess, statement } from './lib/dogs.mjs';
import { eventually, program, startTown } from './lib/town.mjs';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
const times = (count, fn) => Promise.all(Array.from({ length: count }, (_, i) => fn(i)));
const send = (body, key) => town.visitor().json('POST', applications, body, { headers: key ? { 'idempotency-key': key } : {} });
const query = sql => execFileSync('sqlite3', ['-readonly', `${town.dataDir}/tenants/musterstadt/tenant.db`, sql], { encoding: 'utf8' }).trim();
const cases = () => Number(query('SELECT COUNT(*) FROM cases'));

let town, clerk;
before(async () => { town = await startTown(); clerk = await town.staff('kurz', 'hundesteuer-kurz'); });
after(() => town?.stop());

test('twenty requests with one key make one case', async () => {
  const before = cases();
  const body = await dogApplication(town, { chip: '276098100001001' });
  const answers = await times(20, () => send(body, 'one-key-for-twenty'));
  const made = answers.filter(answer => answer.status === 201);
  for (const answer of answers) assert.ok([201, 409].includes(answer.status), `${answer.status}: ${answer.text}`);
  assert.ok(made.length > 0);
  assert.equal(new Set(made.map(answer => answer.json().caseNumber)).size, 1);
  assert.equal(cases(), before + 1);
  const later = await send(body, 'one-key-for-twenty');
  assert.equal(later.status, 201);
  assert.equal(later.json().caseNumber, made[0].json().caseNumber);
});

test('a key is bound to what was sent with it', async () => {
  const before = cases();
  const body = await dogApplication(town, { chip: '276098100001002' });
  assert.equal((await send(body, 'bound-key')).status, 201);
  const other = await send({ ...body, weitere_hunde: 1 }, 'bound-key');
  assert.equal(other.status, 409, other.text);
  assert.doesNotMatch(other.text, /HUND-\d/);
  assert.equal(cases(), before + 1);
});

test('two applications for one chip at once: both arrive, the register takes the chip once', async () => {
  const [a, b] = await times(2, () => apply(town, { chip: '276098100001003' }));
  assert.notEqual(a.caseNumber, b.caseNumber);
  const ids = [a, b].map(one => Number(query(`SELECT id FROM cases WHERE number = '${one.caseNumber}'`)));
  const decide = await Promise.all(ids.map((id, i) => readyToAssess(clerk, id, 1100 + i)));
  const answers = await Promise.all(decide.map(one => one({ redirect: false })));
  assert.equal(answers.filter(answer => answer.status === 303).length, 1, answers.map(answer => answer.status).join(' '));
  assert.equal(query("SELECT COUNT(*) FROM register_key WHERE field = 'chip' AND value = '276098100001003'"), '1');
});

test('a case decided by two at once is decided once', async () => {
  const { caseNumber } = await apply(town, { chip: '276098100001004' });
  const id = Number(query(`SELECT id FROM cases WHERE number = '${caseNumber}'`));
  const clerks = await Promise.all([clerk, town.staff('adler', 'hundesteuer-adler')]);
  const decide = await Promise.all(clerks.map(one => readyToAssess(one, id, 1200)));
  const answers = await times(10, i => decide[i % 2]({ redirect: false }));
  assert.equal(answers.filter(answer => answer.status === 303).length, 1, answers.map(answer => answer.status).join(' '));
  for (const answer of answers.filter(answer => answer.status !== 303)) assert.equal(answer.status, 409);
  assert.equal(query(`SELECT COUNT(*) FROM event WHERE subject = 'case/${id}' AND type = 'case.action'`), '1');
  assert.equal(query("SELECT COUNT(*) FROM register_key WHERE field = 'chip' AND value = '276098100001004'"), '1');
});

test('a notice that reads otherwise than the clerk saw it is looked at again first', async () => {
  const made = [], { person } = await dogApplication(town);
  for (const chip of ['276098100001021', '276098100001022']) made.push(await apply(town, { chip, change: { person: { ...person, familienname: 'Zweihund' } } }));
  const [first, second] = made.map(one => Number(query(`SELECT id FROM cases WHERE number = '${one.caseNumber}'`)));
  const form = await clerk.get(`/desk/vorgaenge/${first}/entscheidung/festsetzen`);
  const seen = await form.submit({ marke_von: '1221' }, { button: 'Brief ansehen' });
  const amounts = page => page.words.match(/[\d.]+,\d\d €/g).join(' ');
  await assess(await town.staff('adler', 'hundesteuer-adler'), second, 1222); // the other dog is the first one now
  const button = 'festsetzen';
  const refused = await seen.submit({ marke_von: '1221' }, { button, redirect: false });
  assert.equal(refused.status, 409);
  assert.match(refused.words, /hat sich der Vorgang oder ein Register geändert/);
  assert.notEqual(amounts(refused), amounts(seen));
  assert.equal(query(`SELECT COUNT(*) FROM charge_subject WHERE subject = 'case/${first}'`), '0');
  assert.equal((await refused.submit({ marke_von: '1221' }, { button, redirect: false })).status, 303);
});

test('nobody decides without having seen what happens then', async () => {
  const { caseNumber } = await apply(town, { chip: '276098100001031' });
  const id = query(`SELECT id FROM cases WHERE number = '${caseNumber}'`);
  const path = `/desk/vorgaenge/${id}/entscheidung/festsetzen`;
  const { csrf } = await clerk.get(path);
  const shown = await clerk.post(path, { csrf, gezeigt: 'marke_von', marke_von: '1231' });
  assert.match(shown.words, /So geht der Brief hinaus/);
  assert.equal(query(`SELECT COUNT(*) FROM event WHERE subject = 'case/${id}' AND type = 'case.action'`), '0');
  assert.equal((await shown.submit({ marke_von: '1231' }, { button: 'festsetzen', redirect: false })).status, 303);
});

test('an answer sent twice at once is taken once', async () => {
  const { caseNumber, status } = await apply(town, { chip: '276098100001005', complete: false });
  const id = Number(query(`SELECT id FROM cases WHERE number = '${caseNumber}'`));
  const page = await clerk.get(`/desk/vorgaenge/${id}`);
  await (await page.submit({}, { form: 'nachfordern' })).submit({}, { form: 'senden' });
  const form = await town.visitor().get(`${status}/korrektur`);
  const files = [{ field: 'hunde[0].versicherung_nachweis', name: 'nachweis.pdf', type: 'application/pdf', bytes: PDF }];
  const answers = await times(6, () => form.submit({ 'statt-antwort': 'Die Zahl der Hunde stimmt.' }, { files, redirect: false }));
  assert.ok(answers.some(answer => answer.status === 303));
  for (const answer of answers) assert.ok(answer.status < 500, `${answer.status}: ${answer.words}`);
  assert.equal(query(`SELECT COUNT(*) FROM case_document WHERE case_id = ${id} AND title = 'nachweis.pdf'`), '1');
  assert.doesNotMatch((await clerk.get(`/desk/vorgaenge/${id}`)).words, /Frist ruht/);
});

test('a statement read in by two at once is booked once', async () => {
  const clerks = await times(2, () => town.staff('brandt', 'stadtkasse-brandt'));
  const file = { field: 'auszug', name: 'auszug.xml', type: 'application/xml', bytes: statement([{ amount: '7.77' }], 'race') };
  const pages = await Promise.all(clerks.map(one => one.get('/desk/kasse')));
  const jobs = await Promise.all(pages.map(page => page.submit({}, { form: 'kontoauszug', files: [file] })));
  for (const [i, job] of jobs.entries())
    await eventually(async () => (await clerks[i].get(job.url)).words.includes('Fertig'), 'the import');
  assert.equal(query('SELECT COUNT(*) FROM bank_item WHERE cents = 777'), '1');
  assert.match((await clerks[0].get('/desk/kasse/offen')).words, /7,77 €/);
});

test('the records are sound afterwards', () => {
  assert.equal(JSON.parse(execFileSync(program, ['verify', '--data', town.dataDir, '--json'], { encoding: 'utf8' })).ok, true);
});

test('a double click writes one note, and proposes one correction', async () => {
  await apply(town, { chip: '276098100001777' });
  const id = query('SELECT MAX(id) FROM cases');
  const page = await clerk.get(`/desk/vorgaenge/${id}`);
  for (const answer of await times(3, () => page.submit({ text: 'Doppelt geklickt' }, { form: '/notizen' }))) assert.equal(answer.status, 200);
  const notes = () => query(`SELECT COUNT(*) FROM case_note WHERE case_id = ${id}`);
  assert.equal(notes(), '1');
  await page.submit({ text: 'Eine andere' }, { form: '/notizen' });
  assert.equal(notes(), '2', 'the same page, another note');
  await (await readyToAssess(clerk, id, 1777))();
  const entry = await eventually(() => query('SELECT MAX(entry_id) FROM register_entry'), 'the entry');
  const form = await clerk.get(`/desk/register/hund/${entry}/berichtigen`);
  const preview = await form.submit({ name: 'Neu', 'eintrag-art': 'wrong', 'eintrag-grund': 'Schreibfehler' }, { button: 'Vorschau' });
  for (const answer of await times(2, () => preview.submit({}, { button: 'Zur Zustimmung' }))) assert.equal(answer.status, 200, answer.words);
  assert.equal(query(`SELECT COUNT(*) FROM register_act WHERE entry_id = ${entry}`), '1');
});
