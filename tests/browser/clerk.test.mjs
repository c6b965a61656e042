// SPDX-License-Identifier: EUPL-1.2
// The clerk's work in a browser: by keyboard alone, and without JavaScript.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apply, statement } from '../scenarios/lib/dogs.mjs';
import { startTown } from '../scenarios/lib/town.mjs';
import { openBrowser } from './lib/browser.mjs';
import { comesToSay, press, tabTo, type, words } from './lib/story.mjs';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
let town, browser;
before(async () => { town = await startTown(); browser = await openBrowser(); });
after(async () => { await browser?.close(); await town?.stop(); });


test('the whole decision by keyboard alone', { timeout: 120_000 }, async () => {
  const { caseNumber, status } = await apply(town, { chip: '276098100005001', complete: false });
  const page = await browser.page();
  await page.goto(`${town.url}/desk`);
  await type(page, 'Anmeldename', 'kurz');
  await type(page, 'Passwort', 'hundesteuer-kurz');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  // The list: j goes to the first row, Enter opens it.
  await page.keyboard.press('j');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(await words(page), new RegExp(caseNumber));
  // What is missing is asked for.
  await press(page, 'Nachfordern');
  assert.match(await words(page), /Bitte reichen Sie den Nachweis der Haftpflichtversicherung/);
  await press(page, 'Jetzt nachfordern');
  assert.match(await words(page), /Frist ruht/);
  // The citizen answers.
  const answer = await (await town.visitor().get(status)).follow('Jetzt antworten');
  await answer.submit({}, { files: [{ field: 'hunde[0].versicherung_nachweis', name: 'nachweis.pdf', type: 'application/pdf', bytes: PDF }] });
  await page.reload();
  await press(page, 'Steuer festsetzen');
  await type(page, 'Nummer der ersten Hundemarke', '2001');
  await press(page, 'Brief ansehen');
  assert.match(await words(page), /Hundesteuer/);
  const decide = await page.locator('main form button.kern-btn--primary').last().innerText();
  await press(page, decide.trim());
  assert.match(await words(page), /Abgeschlossen/);
  assert.equal(page.complaints.length, 0, page.complaints.join('\n'));
  await page.context().close();
});

test('many cases at once and the next one, by keyboard alone', { timeout: 120_000 }, async () => {
  for (const chip of ['276098100005011', '276098100005012']) await apply(town, { chip });
  const page = await browser.page();
  await page.goto(`${town.url}/desk/anmelden`);
  await type(page, 'Anmeldename', 'weber');
  await type(page, 'Passwort', 'hundesteuer-weber');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await page.goto(`${town.url}/desk/vorgaenge?ansicht=offen`);
  // Down to the rows, x marks them, arrows go on.
  for (const key of ['j', 'x', 'ArrowDown', 'x']) await page.keyboard.press(key);
  assert.equal(await page.locator('[data-mark]:checked').count(), 2);
  await press(page, 'Ausgewählte bearbeiten');
  await type(page, 'Notiz schreiben', 'Satzung geändert.');
  await press(page, 'Vorschau: Notiz');
  assert.match(await words(page), /Bei 2 von 2 Vorgängen geht das/);
  await press(page, 'Bei 2 Vorgängen ausführen');
  await comesToSay(page, /2 erledigt/);
  await press(page, 'Alles rückgängig machen');
  assert.match(await words(page), /2 zurückgenommen/);
  await page.goto(`${town.url}/desk/vorgaenge?ansicht=zutun`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('n')]);
  assert.match(await words(page), /Sie haben diesen Vorgang übernommen/);
  // Without single letters the arrows still walk, and Tab reaches everything.
  await page.evaluate(() => localStorage.setItem('rathaus-tasten', 'aus'));
  await page.goto(`${town.url}/desk/vorgaenge?ansicht=offen`);
  await page.keyboard.press('x');
  await page.keyboard.press('n');
  assert.equal(await page.locator('[data-mark]:checked').count(), 0);
  assert.match(page.url(), /ansicht=offen/);
  await press(page, 'Nächsten Vorgang übernehmen');
  assert.match(await words(page), /Sie haben diesen Vorgang übernommen/);
  assert.equal(page.complaints.length, 0, page.complaints.join('\n'));
  await page.context().close();
});

test('the team leader reassigns and keeps a view for the office, without JavaScript', { timeout: 120_000 }, async () => {
  const page = await browser.page({ javascript: false });
  const wholePage = async () => (await page.content()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  await page.goto(`${town.url}/desk/anmelden`);
  await page.getByLabel('Anmeldename').fill('weber');
  await page.getByLabel('Passwort', { exact: true }).fill('hundesteuer-weber');
  await page.locator('main form button').click();
  await page.goto(`${town.url}/desk/team`);
  await page.locator('form[action$="uebertragen"] select').first().selectOption({ label: 'Jonas Adler' });
  await page.locator('form[action$="uebertragen"] button').first().click();
  assert.match(await wholePage(), /Der Vorgang ist übertragen/);
  await page.getByRole('link', { name: 'Jonas Adler' }).click();
  await page.getByText('Diese Ansicht speichern').click();
  await page.getByLabel('Name', { exact: true }).fill('Bei Jonas');
  await page.getByLabel('für', { exact: true }).selectOption({ label: 'alle im Steueramt' });
  await page.getByRole('button', { name: 'Ansicht speichern' }).click();
  assert.equal(await page.locator('h1').innerText(), 'Bei Jonas');
  await page.context().close();
});

test('the same without JavaScript, and the payment', { timeout: 120_000 }, async () => {
  const { caseNumber } = await apply(town, { chip: '276098100005002' });
  const page = await browser.page({ javascript: false });
  const signIn = async (login, password) => {
    await page.goto(`${town.url}/desk/anmelden`);
    await page.getByLabel('Anmeldename').fill(login);
    await page.getByLabel('Passwort', { exact: true }).fill(password);
    await page.locator('main form button').click();
  };
  const wholePage = async () => (await page.content()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  await signIn('kurz', 'hundesteuer-kurz');
  await page.goto(`${town.url}/desk/vorgaenge?ansicht=offen`);
  await page.getByRole('link', { name: caseNumber }).click();
  await page.getByLabel('Notiz für Kolleginnen und Kollegen').fill('Am Telefon gefragt.');
  await page.getByRole('button', { name: 'Notiz speichern' }).click();
  assert.match(await wholePage(), /Am Telefon gefragt/);
  await page.getByRole('link', { name: 'Steuer festsetzen' }).click();
  await page.getByLabel('Nummer der ersten Hundemarke').fill('2002');
  await page.getByRole('button', { name: 'Brief ansehen' }).click();
  await page.locator('main form button.kern-btn--primary').last().click();
  assert.match(await wholePage(), /Abgeschlossen/);
  await page.getByRole('button', { name: 'Abmelden' }).click();
  await signIn('brandt', 'stadtkasse-brandt');
  await page.goto(`${town.url}/desk/kasse/forderungen`);
  const reference = (await wholePage()).match(/\b5\d{13}\b/)[0];
  await page.goto(`${town.url}/desk/kasse`);
  await page.locator('input[type=file]').setInputFiles({ name: 'auszug.xml', mimeType: 'application/xml', buffer: statement([{ amount: '1.00', text: `Hundesteuer ${reference}` }], 'browser') });
  await page.getByRole('button', { name: 'Kontoauszug einlesen' }).click();
  await comesToSay(page, /Fertig/);
  assert.match(await wholePage(), /gebucht nach Kassenzeichen 1/);
  await page.context().close();
});
