// SPDX-License-Identifier: EUPL-1.2
// The dog service beyond registration: what only the office begins, and a form that a clerk enters for somebody.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { apply, assess } from './lib/dogs.mjs';
import { eventually, startTown } from './lib/town.mjs';

const KEEPER = { halterart: 'person', 'person.familienname': 'Mustermann', 'person.vornamen': 'Erika', 'person.geburtsdatum': '12.8.1985' };
const ADDRESS = { 'anschrift.strasse': 'Lindenweg', 'anschrift.hausnummer': '12', 'anschrift.plz': '12345', 'anschrift.ort': 'Musterstadt' };
let town, clerk, tag;
before(async () => {
  town = await startTown();
  clerk = await town.staff('kurz', 'hundesteuer-kurz');
  await apply(town, { change: { halterart: 'person', person: { familienname: 'Mustermann', vornamen: 'Erika', geburtsdatum: '1985-08-12' }, haushalt: false } });
  const page = await assess(clerk, 1);
  tag = page.words.match(/M-\d{5}/)?.[0] ?? (await clerk.get('/desk/register/hund')).words.match(/M-\d{5}/)[0];
});
after(() => town?.stop());

test('the first tag is the first of the series, as the town writes it', () => assert.equal(tag, 'M-10001'));

test('nobody but the office begins an assessment', async () => {
  const citizen = town.visitor();
  const list = await citizen.get('/dienste/hund');
  assert.match(list.words, /Ermäßigung der Hundesteuer beantragen/);
  assert.doesNotMatch(list.words, /Hundesteuer festsetzen/);
  assert.equal((await citizen.get('/dienste/hund/festsetzung')).status, 404);
  assert.equal((await citizen.post('/dienste/hund/festsetzung/antrag', { csrf: list.csrf ?? (await citizen.get('/dienste/hund/anmeldung')).csrf })).status, 404);
  assert.equal((await citizen.json('POST', '/api/v1/services/hund/festsetzung/applications', {})).status, 404);
  assert.doesNotMatch((await citizen.get('/api/openapi.json')).text, /hund\/festsetzung/);
  const treasury = await town.staff('brandt', 'stadtkasse-brandt');
  assert.equal((await treasury.get('/dienste/hund/festsetzung')).status, 404);
});

test('the tax office begins one at the desk; the case says that it came from there', async () => {
  const choice = await clerk.get('/desk/neu');
  assert.match(choice.words, /von Amts wegen.*Hundesteuer festsetzen.*für jemanden eingeben.*Hund anmelden/s);
  let page = await choice.submit({}, { button: 'Hundesteuer festsetzen' });
  assert.equal(page.h1, 'Für wen wird die Steuer festgesetzt?');
  page = await page.submit({ halterart: 'person' });
  page = await page.submit({ ...KEEPER, ...ADDRESS });
  assert.equal(page.h1, 'Für welche Jahre?');
  page = await page.submit({ anlass: 'berichtigung', jahr_von: String(new Date().getFullYear()), jahr_bis: String(new Date().getFullYear()), gruende: 'Der Steuersatz war falsch.' });
  assert.equal(page.h1, 'Prüfen Sie Ihre Angaben', page.words.slice(0, 300));
  page = await page.submit();
  assert.match(page.words, /HUND-\d{4}-000002-\d/);
  page = await clerk.get('/desk/vorgaenge/2');
  assert.match(page.words, /Hundesteuer festsetzen/);
  page = await clerk.get('/desk/vorgaenge/2/entscheidung/festsetzen');
  assert.match(page.words, /Der Steuersatz war falsch\./);
  assert.match(page.words, /M-10001/);
});

test('an exemption asks for its proof, and the keeper is reminded before its end', async () => {
  const citizen = town.visitor();
  let page = await (await citizen.get('/dienste/hund/befreiung')).submit();
  page = await page.submit({ halterart: 'person' });
  page = await page.submit({ ...KEEPER, ...ADDRESS });
  page = await page.submit({ 'gemeint.name': 'Bello', 'gemeint.kennzeichen': 'marke' });
  if (/Bitte korrigieren|Für welchen Hund/.test(page.words)) page = await page.submit({ 'gemeint.name': 'Bello', 'gemeint.kennzeichen': 'marke', 'gemeint.marke': tag });
  page = await page.submit({ grund: 'rettung' });
  page = await page.submit({ richtig: 'true' });
  page = await page.submit();
  assert.match(page.words, /HUND-\d{4}-000003-\d/, page.words.slice(0, 300));
  page = await clerk.get('/desk/vorgaenge/3');
  assert.match(page.words, /Der Nachweis fehlt\./);
  page = await (await clerk.get('/desk/vorgaenge/3/entscheidung/bewilligen')).submit({}, { button: 'Brief ansehen' });
  const button = page.forms.flatMap(form => form.buttons).find(b => b.text && !/Brief|Abmelden|Schließen/.test(b.text));
  page = await page.submit({}, { button: button.text });
  assert.equal(page.status, 200, page.words.slice(0, 300));
  page = await clerk.get('/desk/vorgaenge/3');
  assert.match(page.words, /Bewilligt/);
  await eventually(async () => /Geschieht von selbst \d+\. \p{L}+ \d{4}: An das Ende erinnern/u.test((await clerk.get('/desk/vorgaenge/3')).words), 'the day of the reminder stands at the case');
  assert.match((await clerk.get('/metrics')).text, /^rathaus_effects_planned 1$/m);
});
