// SPDX-License-Identifier: EUPL-1.2
// The frame of the portal's pages: widths, dark mode, zoom, languages, keyboard, weight.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTown } from '../scenarios/lib/town.mjs';
import { checkPage, openBrowser, screenshot, sidewaysScroll, weight, WIDTHS } from './lib/browser.mjs';

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

const PAGES = ['impressum', 'datenschutz', 'barrierefreiheit', 'leichte-sprache', 'gebaerdensprache'];

for (const width of WIDTHS) {
  for (const dark of [false, true]) {
    test(`the town's pages at ${width} pixels${dark ? ', dark' : ''}`, async () => {
      const page = await browser.page({ width, dark });
      for (const name of PAGES) {
        await page.goto(`${town.url}/seite/${name}`);
        assert.equal(await page.locator('h1').count(), 1);
        await checkPage(page, name);
      }
      await screenshot(page, `seite-${width}${dark ? '-dunkel' : ''}`);
      await page.context().close();
    });
  }
}

test('320 pixels and 200 % zoom show everything without sideways scrolling', async () => {
  const narrow = await browser.page({ width: 320 });
  await narrow.goto(`${town.url}/seite/barrierefreiheit`);
  assert.equal(await sidewaysScroll(narrow), 0);
  await narrow.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  assert.equal(await sidewaysScroll(narrow), 0);
  await narrow.context().close();
});

test('a page weighs less than 150 kB', async () => {
  const page = await browser.page();
  const bytes = await weight(page, `${town.url}/seite/impressum`);
  assert.ok(bytes > 10_000 && bytes < 150_000, `${bytes} bytes`);
  await page.context().close();
});

test('the language changes in place, is remembered, and is announced', async () => {
  const page = await browser.page({ javascript: false });
  await page.goto(`${town.url}/seite/impressum`);
  await page.getByRole('link', { name: 'English' }).click();
  assert.match(page.url(), /\/seite\/impressum\?lang=en$/);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.goto(`${town.url}/seite/datenschutz`);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.getByRole('link', { name: 'Leichte Sprache' }).first().click();
  assert.equal(await page.locator('html').getAttribute('lang'), 'de-simple');
  await page.context().close();
});

test('the first stop of the keyboard leads past the head', async () => {
  const page = await browser.page();
  await page.goto(`${town.url}/seite/impressum`);
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Zum Inhalt springen' });
  assert.ok(await skip.evaluate(link => link === document.activeElement));
  assert.ok((await skip.boundingBox()).y >= 0);
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'inhalt');
  await page.context().close();
});

test('a page that is not there says so in the town’s frame', async () => {
  const page = await browser.page();
  const answer = await page.goto(`${town.url}/seite/gibt-es-nicht`);
  assert.equal(answer.status(), 404);
  assert.equal(await page.getByRole('link', { name: 'Musterstadt' }).count(), 1);
  assert.equal((await page.request.get(`${town.url}/seite/..%2f..%2ftenant`)).status() >= 400, true);
  await page.context().close();
});
