// SPDX-License-Identifier: EUPL-1.2
// What a form accepts can be printed, and what cannot be printed is not decided.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { apply, dogApplication, readyToAssess } from './lib/dogs.mjs';
import { eventually, startTown } from './lib/town.mjs';

const query = sql => execFileSync('sqlite3', ['-readonly', `${town.dataDir}/tenants/musterstadt/tenant.db`, sql], { encoding: 'utf8' }).trim();

let town, clerk, chip = 276098100005000;
before(async () => { town = await startTown(); clerk = await town.staff('kurz', 'hundesteuer-kurz'); });
after(() => town?.stop());

async function applyFrom(person, anschrift) {
  const body = await dogApplication(town);
  const change = { person: { ...body.person, ...person }, anschrift: { ...body.anschrift, ...anschrift } };
  const { caseNumber } = await apply(town, { chip: String(++chip), change });
  return Number(query(`SELECT id FROM cases WHERE number = '${caseNumber}'`));
}

test('the longest names and addresses of a form get their notice', async () => {
  const id = await applyFrom({ familienname: 'Ж'.repeat(60), vornamen: 'Щ'.repeat(60) }, { strasse: 'ü'.repeat(120), ort: 'ü'.repeat(120) });
  const page = await (await readyToAssess(clerk, id, 1301))();
  assert.equal(page.status, 200, page.words);
  await eventually(() => query(`SELECT COUNT(*) FROM case_document WHERE case_id = ${id} AND kind = 'letter' AND sha256 IS NOT NULL`) === '1', 'the notice');
});

test('a sign that no letter can print is seen before the decision', async () => {
  const id = await applyFrom({ vornamen: '李' }, {});
  const decide = await readyToAssess(clerk, id, 1303), page = await decide();
  assert.equal(page.status, 409, 'not yet');
  assert.match(page.words, /Kein Brief kann das Zeichen „李“ drucken; es steht in „Vornamen“\./);
  const done = await page.submit({ 'zeichen-gesehen': 'ja' }, { button: 'festsetzen' });
  assert.equal(done.status, 200, done.words);
  assert.notEqual(query(`SELECT state FROM cases WHERE id = ${id}`), 'eingegangen');
});

test('of many cases at once, one whose letter would show a box is left to a person', async () => {
  const { person, anschrift, halterart } = await dogApplication(town);
  const change = { was: 'hund', halterart, person: { ...person, vornamen: '李' }, anschrift, gemeint: { name: 'Bello', kennzeichen: 'chip', chip: String(chip) }, kastriert: true, richtig: true };
  const sent = await town.visitor().json('POST', '/api/v1/services/hund/aenderung/applications', change);
  assert.equal(sent.status, 201, sent.text);
  const id = query(`SELECT id FROM cases WHERE number = '${sent.json().caseNumber}'`);
  const list = await clerk.get('/desk/vorgaenge?ansicht=offen');
  const page = await list.submit({ vorgang: [id] }, { form: 'sammel' });
  const look = await clerk.post(`${page.url}/vorschau`, { csrf: page.csrf, was: 'entscheidung', entscheidung: 'uebernehmen' });
  assert.match(look.words, /Bei 0 von 1 Vorgängen geht das/);
  assert.match(look.words, /Kein Brief kann das Zeichen „李“ drucken; es steht in „Vornamen“\. Bitte entscheiden Sie über diesen Vorgang einzeln\./);
});

test('a letter that cannot be printed is refused before the decision, with the reason', async () => {
  const letters = `${town.dataDir}/tenants/musterstadt/services/hund/letters`;
  mkdirSync(letters, { recursive: true });
  const long = 'Bescheid '.repeat(70);
  writeFileSync(`${letters}/festsetzung.md`, `---\nsubject: {de: ${long}, en: ${long}, de-leicht: ${long}}\noffice: steueramt\ngiro: true\n---\nText.\n`);
  await town.kill();
  await town.start();
  clerk = await town.staff('kurz', 'hundesteuer-kurz');
  const id = await applyFrom({}, {});
  const form = await clerk.get(`/desk/vorgaenge/${id}/entscheidung/festsetzen`);
  const entry = { csrf: form.csrf, gezeigt: 'marke_von', marke_von: '1302', brief: '0' };
  const path = `/desk/vorgaenge/${id}/entscheidung/festsetzen`;
  for (const page of [await clerk.post(path, { ...entry, vorschau: '1' }), await clerk.post(`${path}/vorschau.pdf`, entry), await clerk.post(path, entry)]) {
    assert.equal(page.status, 409, page.words);
    assert.match(page.words, /Der Betreff des Briefs ist zu lang/);
  }
  assert.equal(query(`SELECT state FROM cases WHERE id = ${id}`), 'eingegangen');
});
