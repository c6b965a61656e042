// SPDX-License-Identifier: EUPL-1.2
// The case page as the clerk uses it: documents beside data, two people for one decision, a letter edited, by keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apply, casePath, dearCase } from '../scenarios/lib/dogs.mjs';
import { startTown } from '../scenarios/lib/town.mjs';
import { checkPage, openBrowser, screenshot } from './lib/browser.mjs';

let town, browser;
before(async () => { town = await startTown(); browser = await openBrowser(); });
after(async () => { await browser?.close(); await town?.stop(); });

async function signedIn(login, password, options) {
  const page = await browser.page(options);
  await page.goto(`${town.url}/desk/anmelden`);
  await page.getByLabel('Anmeldename').fill(login);
  await page.getByLabel('Passwort', { exact: true }).fill(password);
  await page.locator('main form button').click();
  return page;
}
const words = async page => (await page.locator('main').innerText()).replace(/\s+/g, ' ');

test('a document stands in a column beside the data, and below it on a narrow screen', { timeout: 120_000 }, async () => {
  const { caseNumber } = await apply(town, { chip: '276098100091001' });
  const path = await casePath(town, caseNumber);
  for (const [width, beside] of [[1280, true], [390, false]]) {
    const page = await signedIn('kurz', 'hundesteuer-kurz', { width });
    await page.goto(town.url + path);
    await page.getByRole('link', { name: 'nachweis.pdf' }).first().click();
    const data = await page.locator('.desk-case').boundingBox();
    const viewer = await page.locator('.desk-viewer').boundingBox();
    assert.equal(viewer.x >= data.x + data.width, beside, `${width}: the document is beside the data`);
    assert.equal(viewer.y >= data.y + data.height, !beside, `${width}: the document is below the data`);
    await screenshot(page, `casepage-document-${width}`);
    await checkPage(page, 'a document beside the data');
    await page.context().close();
  }
});

test('proposing by keyboard with an edited letter, approving without JavaScript', { timeout: 120_000 }, async () => {
  const path = await dearCase(town, 276098100092001);
  const page = await signedIn('kurz', 'hundesteuer-kurz');
  await page.goto(town.url + path);
  await page.keyboard.press('m');
  assert.match(page.url(), /#notiz$/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'notiz', 'the field has the focus');
  await page.goto(town.url + path);
  await page.keyboard.press('d');
  await page.waitForURL(/dokument=/);
  await page.goto(town.url + path);
  await page.keyboard.press('e');
  await page.waitForURL(/entscheidung/);
  await page.goto(`${town.url}${path}/entscheidung/festsetzen`);
  await page.getByLabel('Nummer der ersten Hundemarke').fill('7001');
  await page.getByRole('button', { name: 'Brief ansehen' }).click();
  await page.getByText('Wortlaut ändern').focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Einleitung').fill('wie heute am Schalter besprochen, ergeht folgender Bescheid.');
  await page.getByRole('button', { name: 'Brief neu ansehen' }).press('Enter');
  await page.waitForLoadState();
  assert.match(await words(page), /wie heute am Schalter besprochen/);
  await screenshot(page, 'casepage-edited-letter');
  await checkPage(page, 'an edited letter');
  await page.getByRole('button', { name: 'Zur Zustimmung vorschlagen' }).press('Enter');
  await page.waitForURL(/getan=vorgeschlagen/);
  await checkPage(page, 'a case that waits for a second person');
  await page.context().close();
  const second = await signedIn('adler', 'hundesteuer-adler', { javascript: false });
  await second.goto(`${town.url}/desk/zustimmungen`);
  await second.locator('main table a').first().click();
  assert.match((await second.content()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '), /wie heute am Schalter besprochen/);
  await second.getByRole('button', { name: 'Zustimmen und entscheiden' }).click();
  assert.match((await second.content()).replace(/<[^>]*>/g, ' '), /Ihre Entscheidung ist gespeichert/);
  await second.context().close();
});
