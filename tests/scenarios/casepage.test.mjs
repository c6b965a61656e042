// SPDX-License-Identifier: EUPL-1.2
// The clerk's case page: notes and reminders, two people for one decision, letters, documents, duplicates.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apply } from './lib/dogs.mjs';
import { startTown } from './lib/town.mjs';

let town, kurz, adler;
before(async () => {
  town = await startTown();
  kurz = await town.staff('kurz', 'hundesteuer-kurz');
  adler = await town.staff('adler', 'hundesteuer-adler');
});
after(() => town?.stop());

let dog = 0;
/** A new case; returns its path at the desk and the applicant's status page. */
async function newCase(options = {}) {
  const { caseNumber, status } = await apply(town, { chip: `2760981000${String(70000 + ++dog).padStart(5, '0')}`, ...options });
  const found = await kurz.get(`/desk/suche?suche=${caseNumber}`);
  const path = found.url.match(/^\/desk\/vorgaenge\/\d+/)?.[0] ?? found.links.find(l => l.text.includes(caseNumber)).href.replace(/\?.*/, '');
  return { path, number: caseNumber, status };
}

test('a note mentions a colleague, who is reminded; its author puts it right', async () => {
  const { path } = await newCase();
  let page = await kurz.get(path);
  const options = page.text.match(/<select id="notiz-an".*?<\/select>/s)[0];
  const jonas = options.match(/value="(konto\/\d+)">Jonas Adler/)[1];
  page = await page.submit({ text: 'Bitte einmal ansehen.', an: jonas }, { form: '/notizen' });
  assert.match(page.words, /Ihre Notiz ist gespeichert/);
  const seen = await adler.get(path);
  assert.match(seen.words, /Wiedervorlagen heute Bitte einmal ansehen. für mich, von Sabine Kurz/);
  assert.ok(!seen.links.some(l => l.text.startsWith('Berichtigen')), 'only the author corrects a note');
  page = await (await page.follow('Berichtigen')).submit({ text: 'Bitte heute ansehen.' });
  assert.match(page.words, /Bitte heute ansehen\..*Vor der Berichtigung.*Bitte einmal ansehen\./);
  const done = await (await adler.get(path)).submit({}, { form: '/wiedervorlagen/', button: 'Erledigt' });
  assert.match(done.words, /Die Wiedervorlage ist erledigt/);
  assert.doesNotMatch(done.words, /Wiedervorlagen heute/);
});

test('a reminder is laid, moved and refused in the past; another deadline needs its reason', async () => {
  const { path } = await newCase();
  let page = await (await kurz.get(path)).follow('Wiedervorlage anlegen');
  page = await page.submit({ wann: '1.1.2020', text: 'Rückruf' });
  assert.match(page.words, /Der Tag liegt in der Vergangenheit/);
  page = await page.submit({ wann: '1.6.2031', text: 'Rückruf' });
  assert.match(page.words, /Die Wiedervorlage ist angelegt.*Rückruf/);
  page = await page.submit({ wann: '2.6.2031' }, { form: '/wiedervorlagen/', button: 'Verschieben' });
  assert.match(page.words, /Die Wiedervorlage ist verschoben/);
  page = await (await page.follow('Frist ändern')).submit({ wann: '1.7.2031' });
  assert.match(page.words, /Der Grund fehlt/);
  page = await page.submit({ wann: '1.7.2031', grund: 'Der Amtstierarzt ist krank.' });
  assert.match(page.words, /Die Frist ist geändert.*Frist geändert auf den 1. Juli 2031: Der Amtstierarzt ist krank\./);
});
