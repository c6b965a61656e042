// SPDX-License-Identifier: EUPL-1.2
// A chart is looked at closer, with the mouse and with buttons; where it is stands in the address.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, startTown } from '../scenarios/lib/town.mjs';
import { checkPage, openBrowser } from './lib/browser.mjs';

let town, browser, address;
before(async () => {
  town = await startTown();
  browser = await openBrowser();
  const path = await eventually(async () => (await town.visitor().get('/stadtdaten')).links.find(link => link.href.includes('/stadtdaten/reihe/'))?.href, 'the first values');
  address = `${town.url}${path}?zeit=monat`;
});
after(async () => {
  await browser?.close();
  await town?.stop();
});

const open = async (url, options) => {
  const page = await browser.page(options);
  await page.goto(url);
  await page.waitForSelector('[data-ready]');
  return page;
};
const shown = page => page.locator('.figure [role=status]').textContent();

test('the line for other sites makes a frame in which the course, its source and its licence have room', async () => {
  const page = await browser.page();
  await page.goto(address);
  const line = await page.locator('details code').last().textContent();
  const [, height] = line.match(/width="100%" height="(\d+)"/);
  await page.setViewportSize({ width: 984, height: Number(height) });
  await page.goto(line.match(/src="([^"]*)"/)[1].replace(/^https?:\/\/[^/]*/, town.url));
  await page.waitForSelector('[data-ready]');
  assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight));
  await page.context().close();
});

test('dragging looks closer, buttons move, and the address shows the same to others', async () => {
  const page = await open(address);
  const whole = await shown(page);
  assert.equal(await page.locator('.plot').isVisible(), false);
  await page.locator('.chart-live').evaluate(chart => chart.scrollIntoView({ block: 'center' }));
  const box = await page.locator('.u-over').boundingBox();
  await page.mouse.move(box.x + box.width * 0.4, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 50, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction(() => location.hash.startsWith('#von='));
  const closer = await shown(page);
  assert.notEqual(closer, whole);
  const other = await open(page.url());
  assert.equal(await shown(other), closer);
  await page.getByRole('button', { name: 'Früher' }).click();
  await page.waitForFunction(text => document.querySelector('.figure [role=status]').textContent !== text, closer);
  await page.getByRole('button', { name: 'Anfang' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(text => document.querySelector('.figure [role=status]').textContent === text, whole);
  assert.equal(new URL(page.url()).hash, '');
  await page.getByRole('button', { name: 'Weiter' }).click(); // there is no more
  assert.equal(await shown(page), whole);
  await checkPage(page, 'chart');
});

test('without a script, and when the values do not come, the picture is there', async () => {
  const plain = await browser.page({ javascript: false });
  await plain.goto(address);
  assert.equal(await plain.locator('.plot').isVisible(), true);
  const page = await browser.page();
  await page.route('**/werte.json*', route => route.fulfill({ status: 503, body: '' }));
  await page.goto(address);
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(entry => entry.name.includes('werte.json')));
  assert.equal(await page.locator('.plot').isVisible(), true);
});

test('the frame for other sites shows the same on a phone at night', async () => {
  const page = await open(address.replace('?', '/einbetten?'), { width: 390, dark: true });
  await checkPage(page, 'chart-frame');
});
