// SPDX-License-Identifier: EUPL-1.2
// What a citizen answers to a correction request arrives whole, or the page says what is missing.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { apply } from './lib/dogs.mjs';
import { startTown } from './lib/town.mjs';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
const proof = (bytes, name = 'nachweis.pdf') => [{ field: 'hunde[0].versicherung_nachweis', name, type: 'application/pdf', bytes }];
const query = sql => execFileSync('sqlite3', ['-readonly', `${town.dataDir}/tenants/musterstadt/tenant.db`, sql], { encoding: 'utf8' }).trim();
const stateOf = id => query(`SELECT state FROM cases WHERE id = ${id}`);
const documents = id => query(`SELECT COUNT(*) FROM case_document WHERE case_id = ${id} AND kind = 'upload'`);

let town, clerk, chip = 276098100004000;
before(async () => { town = await startTown(); clerk = await town.staff('kurz', 'hundesteuer-kurz'); });
after(() => town?.stop());

/** A case without the insurance's proof, for which the clerk asks. */
async function asked() {
  const { caseNumber, status } = await apply(town, { chip: String(++chip), complete: false });
  const id = Number(query(`SELECT id FROM cases WHERE number = '${caseNumber}'`));
  const page = await clerk.get(`/desk/vorgaenge/${id}`);
  await (await page.submit({}, { form: 'nachfordern' })).submit({}, { form: 'senden' });
  assert.equal(stateOf(id), 'nachforderung');
  return { id, status, caseNumber, form: await town.visitor().get(`${status}/korrektur`) };
}

test('an answer without what was asked for is sent back, and nothing changes', async () => {
  const { id, form } = await asked();
  const empty = await form.submit({}, { redirect: false });
  assert.equal(empty.status, 422);
  assert.match(empty.words, /Bitte laden Sie bei „Nachweis der Versicherung“ eine Datei hoch/);
  const hollow = await form.submit({}, { files: proof(Buffer.alloc(0)), redirect: false });
  assert.equal(hollow.status, 422);
  assert.match(hollow.words, /Die Datei „nachweis.pdf“ ist leer/);
  assert.equal(stateOf(id), 'nachforderung');
  assert.doesNotMatch((await clerk.get(`/desk/vorgaenge/${id}`)).words, /Antwort eingegangen/);
  const given = await hollow.submit({}, { files: proof(PDF), redirect: false });
  assert.equal(given.status, 303);
  assert.equal(documents(id), '1');
  assert.match((await clerk.get(`/desk/vorgaenge/${id}`)).words, /Antwort eingegangen\D+1 Angabe/);
});

test('who cannot give it says why, and the clerk reads that', async () => {
  const { id, form } = await asked();
  const sent = await form.submit({ 'statt-antwort': 'Die Versicherung schickt ihn erst im Mai.' });
  assert.match(sent.words, /Ihre Antwort ist bei uns angekommen/);
  const page = await clerk.get(`/desk/vorgaenge/${id}`);
  assert.match(page.words, /Die Versicherung schickt ihn erst im Mai/);
  assert.match(page.words, /Der Nachweis der Haftpflichtversicherung für \S+ fehlt/);
});

test('an answer after the answer is refused in words, or is the same answer', async () => {
  const { id, form, caseNumber } = await asked();
  assert.equal((await form.submit({}, { files: proof(PDF), redirect: false })).status, 303);
  assert.equal((await form.submit({}, { files: proof(PDF), redirect: false })).status, 303, 'the same again');
  const other = Buffer.concat([PDF, Buffer.from('% other\n')]);
  const late = await form.submit({}, { files: proof(other, 'anderer.pdf'), redirect: false });
  assert.equal(late.status, 409);
  assert.match(late.words, /haben wir deshalb nicht übernommen/);
  assert.ok(late.words.includes(caseNumber));
  const said = await form.submit({ 'statt-antwort': 'Noch etwas.' }, { files: proof(PDF), redirect: false });
  assert.equal(said.status, 409);
  assert.equal(documents(id), '1');
});

test('an empty file in the application is refused by its name', async () => {
  const anna = town.visitor();
  const start = await anna.get('/dienste/hund/abmeldung');
  const draft = await start.submit({}, { form: 'antrag' });
  const page = await anna.get(draft.url.replace(/[^/]*$/, 'grund'));
  const files = [{ field: 'nachweis', name: 'kaufvertrag.pdf', type: 'application/pdf', bytes: Buffer.alloc(0) }];
  const back = await page.submit({}, { files, redirect: false });
  assert.equal(back.status, 422, back.words);
  assert.match(back.words, /Die Datei „kaufvertrag.pdf“ ist leer/);
  const none = await page.submit({ ende: '' }, { files: [{ ...files[0], name: '' }], redirect: false });
  assert.doesNotMatch(none.words, /ist leer/);
});
