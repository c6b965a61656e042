// SPDX-License-Identifier: EUPL-1.2
// A point picked on the map of a form: by a click, by dragging, by keys, by where the device is; and typed where there is no map.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, startTown } from '../scenarios/lib/town.mjs';
import { checkPage, openBrowser } from './lib/browser.mjs';

let town, browser;
before(async () => {
  town = await startTown();
  browser = await openBrowser();
  await eventually(async () => (await town.visitor().get('/karten/stadt')).status === 200, 'the map of the town');
});
after(async () => {
  await browser.close();
  await town.stop();
});

const next = page => Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Weiter', exact: true }).last().click()]);

/** The form's page that asks where, with the answer "on the map". */
async function openWhere(options = {}, prepare = () => {}) {
  const page = await browser.page(options);
  await prepare(page);
  await page.goto(`${town.url}/dienste/ortsvorschlag/vorschlag`);
  await Promise.all([page.waitForNavigation(), page.locator('main form button, main a.kern-btn').first().click()]);
  await page.getByLabel('Wie heißt der Ort?').fill('Bank am Wehr');
  await page.locator('[name="kategorie"]').first().evaluate(field => {
    if (field.tagName === 'SELECT') field.value = [...field.options].find(option => option.value).value;
    else field.checked = true;
  });
  await next(page);
  await page.getByLabel('die Stelle auf der Karte').check();
  return page;
}

const values = page => page.evaluate(() => ['laenge', 'breite'].map(id => Number(document.getElementById(id).value.replace(',', '.'))));
const ready = page => page.waitForSelector('[data-pick][data-ready]');

test('a click marks the spot, arrow keys and what is typed move it, and it is sent as it stands', async () => {
  const page = await openWhere();
  await ready(page);
  await page.locator('.pick .maplibregl-canvas').click({ position: { x: 200, y: 150 } });
  const [x, y] = await values(page);
  assert.ok(x > 5 && x < 16 && y > 47 && y < 56, `${x} ${y}`);
  assert.match(await page.textContent('.pick [role=status]'), /^Markiert ist die Stelle bei \d+,\d+ Grad Ost/);
  const pin = page.locator('.pick__pin');
  const { width, height } = await pin.boundingBox();
  assert.ok(width >= 44 && height >= 44);
  await pin.focus();
  await pin.press('ArrowRight');
  await pin.press('ArrowUp');
  const [right, up] = await values(page);
  assert.ok(right > x && up > y);
  await checkPage(page, 'ort-auf-der-karte');
  await page.getByLabel('Länge (Grad Ost)').fill('9,96621');
  await page.getByLabel('Breite (Grad Nord)').fill('51,56203');
  await page.getByLabel('Breite (Grad Nord)').press('Tab');
  await page.waitForSelector('[data-picked="9,96621 51,56203"]');
  await next(page);
  await page.goBack();
  await page.waitForSelector('[data-picked="9,96621 51,56203"]');
  await page.context().close();
});

test('the pin is dragged, and set where the device is only when that is asked for', async () => {
  const page = await openWhere({ width: 390 }, async phone => {
    await phone.context().grantPermissions(['geolocation'], { origin: town.url });
    await phone.context().setGeolocation({ longitude: 9.9621, latitude: 51.5612 });
  });
  await ready(page);
  assert.deepEqual(await values(page), [0, 0]);
  await page.getByRole('button', { name: 'Meine Position nehmen' }).click();
  await page.waitForSelector('[data-picked="9,96210 51,56120"]');
  const box = await page.locator('.pick__pin').boundingBox();
  await page.mouse.move(box.x + 22, box.y + 22);
  await page.mouse.down();
  await page.mouse.move(box.x + 62, box.y + 52, { steps: 4 });
  await page.mouse.up();
  const [x, y] = await values(page);
  assert.ok(x > 9.9621 && y < 51.5612, `${x} ${y}`);
  await checkPage(page, 'ort-auf-der-karte-390');
  await page.context().close();
});

test('a part of the form that comes anew has a map of its own', async () => {
  const page = await openWhere();
  await ready(page);
  await page.getByLabel('die Anschrift oder eine Beschreibung').check();
  await page.waitForSelector('.pick', { state: 'detached' });
  await page.getByLabel('die Stelle auf der Karte').check();
  await ready(page);
  await page.getByRole('button', { name: 'Die Mitte der Karte markieren' }).click();
  assert.ok((await values(page))[0] > 5);
  assert.equal(await page.locator('.pick .maplibregl-canvas').count(), 1);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('where a place lies is corrected on the map, by keys alone and in the dark', async () => {
  const page = await browser.page({ dark: true, width: 390 });
  await page.goto(`${town.url}/dienste/ortsvorschlag/korrektur`);
  await Promise.all([page.waitForNavigation(), page.locator('main form button, main a.kern-btn').first().click()]);
  await page.getByLabel('Nummer des Ortes').fill('7');
  await page.getByLabel('Was stimmt nicht?').fill('Liegt weiter östlich.');
  await next(page);
  await ready(page);
  await page.getByRole('button', { name: 'Die Mitte der Karte markieren' }).press('Enter');
  const [x, y] = await values(page);
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('ArrowDown');
  const [left, down] = await values(page);
  assert.ok(left < x && down < y, `${left} ${down}`);
  await checkPage(page, 'ort-korrektur-dunkel');
  await page.context().close();
});

test('without JavaScript the fields are there, and no empty map', async () => {
  const page = await openWhere({ javascript: false });
  await page.getByRole('button', { name: 'Fragen anpassen' }).click();
  await page.getByLabel('Länge (Grad Ost)').waitFor();
  assert.equal(await page.locator('.pick').isVisible(), false);
  await page.context().close();
});
