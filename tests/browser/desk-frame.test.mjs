// SPDX-License-Identifier: EUPL-1.2
// The desk's frame: navigation by permission, the keyboard, and that single letters can be
// switched off (WCAG 2.1.4).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTown } from '../scenarios/lib/town.mjs';
import { checkPage, openBrowser, screenshot, WIDTHS } from './lib/browser.mjs';

let town;
let browser;
before(async () => {
  town = await startTown();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await town?.stop();
});

/** Sign in with the name and password that the demonstration prints. */
async function signIn(login, options) {
  const password = town.output.match(new RegExp(`^  ${login} +(\\S+)`, 'm'))[1];
  const page = await browser.page(options);
  await page.goto(`${town.url}/desk/anmelden`);
  await page.locator('input[type=text]').fill(login);
  await page.locator('input[type=password]').fill(password);
  await page.locator('main button').first().click();
  return page;
}

const focusedText = page => page.evaluate(() => document.activeElement.textContent);

for (const width of WIDTHS) {
  test(`accounts at ${width} pixels`, async () => {
    const page = await signIn('admin', { width });
    for (const path of ['/desk/personal', '/desk/personal/neu', '/desk/konto']) {
      await page.goto(town.url + path);
      await checkPage(page, path);
    }
    await page.goto(`${town.url}/desk/personal`);
    await screenshot(page, `personal-${width}`);
    await page.context().close();
  });
}

test('the navigation shows what one may do', async () => {
  const admin = await signIn('admin');
  const navigation = admin.getByRole('navigation', { name: 'Hauptnavigation' });
  assert.equal(await navigation.getByRole('link', { name: 'Personal' }).count(), 1);
  assert.equal(await navigation.getByRole('link', { name: 'Kasse' }).count(), 0);
  const treasurer = await signIn('brandt');
  const hers = treasurer.getByRole('navigation', { name: 'Hauptnavigation' });
  assert.equal(await hers.getByRole('link', { name: 'Personal' }).count(), 0);
  assert.equal(await hers.getByRole('link', { name: 'Kasse' }).count(), 1);
  await admin.context().close();
  await treasurer.context().close();
});

test('j and k walk through a list, Enter opens', async () => {
  const page = await signIn('admin');
  await page.goto(`${town.url}/desk/personal`);
  const names = await page.locator('[data-row]').allTextContents();
  await page.keyboard.press('j');
  assert.equal(await focusedText(page), names[0]);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  assert.equal(await focusedText(page), names[1]);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/desk\/personal\/\d+$/);
  assert.equal(await page.locator('h1').textContent(), names[1]);
  await page.context().close();
});

test('the question mark shows the keys, and letters can be switched off there', async () => {
  const page = await signIn('admin');
  await page.goto(`${town.url}/desk/personal`);
  const dialog = page.getByRole('dialog', { name: 'Mit der Tastatur arbeiten' });
  await page.keyboard.press('?');
  assert.ok(await dialog.isVisible());
  await checkPage(page, 'keys');
  await dialog.getByLabel('Einzelne Buchstaben als Tasten benutzen').uncheck();
  await page.keyboard.press('Escape');
  assert.ok(!(await dialog.isVisible()));
  await page.reload();
  await page.keyboard.press('j');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BODY');
  await page.getByRole('button', { name: 'Tasten' }).click();
  await dialog.getByLabel('Einzelne Buchstaben als Tasten benutzen').check();
  await dialog.getByRole('button', { name: 'Schließen' }).click();
  await page.keyboard.press('j');
  assert.equal(await page.evaluate(() => document.activeElement.hasAttribute('data-row')), true);
  await page.context().close();
});
