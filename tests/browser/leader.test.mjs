// SPDX-License-Identifier: EUPL-1.2
// The team leader's work in a browser: what lies where, how long it takes, many cases given to somebody else and taken
// back, who stands in for whom, and the dogs counted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apply, assess } from '../scenarios/lib/dogs.mjs';
import { startTown } from '../scenarios/lib/town.mjs';
import { openBrowser } from './lib/browser.mjs';
import { comesToSay, goOn, look, press, signedIn, tabTo, type, words } from './lib/story.mjs';

let town, browser;
before(async () => {
  town = await startTown();
  browser = await openBrowser();
  for (let i = 1; i <= 4; i++) await apply(town, { chip: `27609810000061${i}`, change: { person: { familienname: `Muster${'abcde'[i]}`, vornamen: 'Erika', geburtsdatum: '1985-04-25', email: 'erika@beispiel.example' } } });
  await assess(await town.staff('kurz', 'hundesteuer-kurz'), 1);
});
after(async () => { await browser?.close(); await town?.stop(); });

const leader = options => signedIn(browser, town, 'weber', 'hundesteuer-weber', options);
const german = days => new Date(Date.now() + days * 864e5).toLocaleDateString('de-DE', { timeZone: 'Europe/Berlin' });

test('the backlog, and how long it takes, as charts and as tables', { timeout: 120_000 }, async () => {
  const page = await leader();
  await page.goto(`${town.url}/desk/team`);
  assert.match(await words(page), /noch niemandem zugewiesen/);
  await look(page, 'leader-team');
  await press(page, 'Zahlen');
  assert.match(await words(page), /Vorgänge je Woche.*Hund anmelden 4 1/);
  assert.equal(await page.locator('svg.chart[role=img]').count() >= 2, true, 'charts with a name');
  await look(page, 'leader-figures');
  await tabTo(page, 'Als Tabelle');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('details[open] table').count(), 1, 'the chart’s numbers as a table');
  await look(page, 'leader-figures-table');
  await page.context().close();
});

test('many cases are given to somebody else by keyboard, with a preview, and taken back', { timeout: 120_000 }, async () => {
  const page = await leader();
  await page.goto(`${town.url}/desk/vorgaenge?ansicht=offen`);
  await look(page, 'leader-list');
  for (const key of ['j', 'x', 'ArrowDown', 'x']) await page.keyboard.press(key);
  await press(page, 'Ausgewählte bearbeiten');
  await look(page, 'leader-bulk');
  await tabTo(page, 'Zuweisen an');
  await page.keyboard.type('Jonas');
  await press(page, 'Vorschau: zuweisen');
  assert.match(await words(page), /Bei 2 von 2 Vorgängen geht das.*Noch ist nichts geschehen/);
  await look(page, 'leader-bulk-preview');
  await press(page, 'Bei 2 Vorgängen ausführen');
  await page.getByRole('button', { name: 'Alles rückgängig machen' }).waitFor({ timeout: 60_000 }); // the page reloads itself
  await look(page, 'leader-bulk-done');
  await page.goto(`${town.url}/desk/team`);
  assert.match(await words(page), /Jonas Adler 2/);
  await page.goBack();
  await press(page, 'Alles rückgängig machen');
  assert.match(await words(page), /2 zurückgenommen/);
  await look(page, 'leader-bulk-undone');
  await page.goto(`${town.url}/desk/team`);
  assert.doesNotMatch(await words(page), /Jonas Adler 2/);
  await page.context().close();
});

test('an absence with a deputy is entered, seen and taken back', { timeout: 120_000 }, async () => {
  const page = await leader();
  await page.goto(`${town.url}/desk/team`);
  await press(page, 'Abwesenheit eintragen');
  await look(page, 'leader-absence-empty');
  await type(page, 'Erster Tag', german(2));
  await type(page, 'Letzter Tag', german(0));
  await press(page, 'Abwesenheit eintragen');
  await look(page, 'leader-absence-error');
  await page.getByLabel('Wer ist abwesend?').selectOption({ label: 'Sabine Kurz' });
  await page.getByLabel('Erster Tag').fill(german(0));
  await page.getByLabel('Letzter Tag').fill(german(3));
  await page.getByLabel('Vertretung', { exact: false }).last().selectOption({ label: 'Jonas Adler' });
  await goOn(page, page.getByRole('button', { name: 'Abwesenheit eintragen' }));
  assert.match(await words(page), /Sabine Kurz zurzeit/);
  await look(page, 'leader-absence');
  await page.goto(`${town.url}/desk/team`);
  assert.match(await words(page), /Sabine Kurz .*abwesend bis/);
  await look(page, 'leader-team-away');
  await page.goto(`${town.url}/desk/abwesenheit`);
  await goOn(page, page.getByRole('button', { name: /Zurücknehmen/ }));
  assert.match(await words(page), /keine Abwesenheit/);
  await page.context().close();
});

test('the office’s statistics: dogs by breed', { timeout: 120_000 }, async () => {
  const page = await leader();
  await page.goto(`${town.url}/desk/register/hund/statistik?nach=rasse`);
  assert.match(await words(page), /Rasse/);
  await look(page, 'leader-statistics');
  await page.context().close();
});

test('the same without JavaScript: numbers, an absence, cases given to somebody else', { timeout: 120_000 }, async () => {
  const page = await leader({ javascript: false });
  await page.goto(`${town.url}/desk/zahlen?amt=steueramt`);
  assert.match(await words(page), /Hund anmelden 4 1/);
  await page.goto(`${town.url}/desk/vorgaenge?ansicht=offen`);
  for (const i of [0, 1, 2]) await page.locator('[data-mark]').nth(i).check();
  await goOn(page, page.getByRole('button', { name: 'Ausgewählte bearbeiten' }));
  await page.getByLabel('Zuweisen an').selectOption({ label: 'Jonas Adler' });
  await goOn(page, page.getByRole('button', { name: /zuweisen/ }));
  await goOn(page, page.getByRole('button', { name: 'Bei 3 Vorgängen ausführen' }));
  await comesToSay(page, /3 erledigt/);
  await goOn(page, page.getByRole('button', { name: 'Alles rückgängig machen' }));
  assert.match(await words(page), /3 zurückgenommen/);
  await page.context().close();
});
