// SPDX-License-Identifier: EUPL-1.2
// The planner's work in a browser: order a simulation, watch it, look at the water on the map, change the
// city, compare, publish; and what citizens see of it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, startTown } from '../scenarios/lib/town.mjs';
import { writeModel } from '../scenarios/lib/valley.mjs';
import { checkPage, openBrowser } from './lib/browser.mjs';
import { download, goOn, look, press, signedIn, tabTo, type, words } from './lib/story.mjs';

let town, browser, page;
const MAP = '[data-map][data-ready]';

before(async () => {
  town = await startTown();
  writeModel(join(town.dataDir, 'tenants/musterstadt/twin/models/musterstadt'));
  browser = await openBrowser();
  page = await signedIn(browser, town, 'planung', 'rathaus-planung');
});
after(async () => { await browser?.close(); await town?.stop(); });

/** How many pixels of the map in the viewport have this colour, with what shines through from below. */
const pixels = (on, is) => on.evaluate(test => {
  const canvas = document.querySelector('[data-map] canvas');
  const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
  const context = copy.getContext('2d');
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, copy.width, copy.height);
  const matches = new Function('r', 'g', 'b', `return ${test}`);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) if (matches(data[i], data[i + 1], data[i + 2])) count++;
  return count;
}, is);
const WATER = 'b > r + 40 && b > g + 15';
const LESS = 'g > r + 30 && b > r + 20'; // the difference's green-blue
const FAST = 'r > b + 60 && r > g + 25'; // the speed's orange

/** The map is there, with tiles. */
async function mapped(on) {
  await on.locator(MAP).waitFor({ timeout: 60_000 });
  await on.locator('.map-picture').waitFor({ state: 'hidden' }); // it makes room for the map
}
const shows = (on, what, name) => eventually(async () => (await pixels(on, what)) > 200, name, 60_000);

const submit = () => goOn(page, page.getByRole('button', { name: 'Simulation berechnen' }));
async function finished() {
  await page.getByText('fertig', { exact: true }).waitFor({ timeout: 60_000 }); // the page reloads itself
}

test('order by keyboard, see progress, stop', { timeout: 180_000 }, async () => {
  await press(page, 'Zwilling');
  assert.match(await words(page), /Es gibt noch keine Simulation/);
  await press(page, 'Neue Simulation');
  await type(page, 'Name', 'Ein ganzer Tag');
  await page.getByLabel('Wie lange soll danach weitergerechnet werden?').fill('1440');
  await submit();
  await eventually(async () => /[1-9]\d* von 1500 Minuten der Überflutung/.test(await words(page)), 'progress', 60_000);
  await checkPage(page, 'progress');
  await press(page, 'Berechnung anhalten');
  await page.getByText('angehalten', { exact: true }).waitFor({ timeout: 60_000 });
  await mapped(page);
  assert.match(page.url(), /zwilling\/1(#|$)/);
});

test('the map shows the water, the time slider moves it', { timeout: 180_000 }, async () => {
  await page.goto(`${town.url}/desk/zwilling/neu`);
  await page.getByLabel('Name').fill('Tal heute');
  await page.getByLabel('Index', { exact: true }).selectOption('12');
  await page.getByLabel('Wie lange regnet es?').fill('20');
  await page.getByLabel('Wie lange soll danach weitergerechnet werden?').fill('10');
  await page.getByLabel('Schnell rechnen').check();
  await submit();
  await finished();
  assert.match(await words(page), /schnell gerechnet/);
  await mapped(page);
  await shows(page, WATER, 'water');
  await look(page, 'planner-map');

  await page.getByLabel('Wassertiefe im Lauf der Zeit').check({ force: true });
  const time = page.getByRole('slider', { name: /Zeit nach Beginn/ });
  await eventually(async () => (await pixels(page, WATER)) < 50, 'a dry town before the rain', 60_000);
  await tabTo(page, 'Zeit nach Beginn');
  for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowRight');
  assert.match(await time.getAttribute('aria-valuetext'), /8 Minuten/);
  await shows(page, WATER, 'water after eight minutes');
  await checkPage(page, 'the time slider');
  await press_here('Abspielen');
  await eventually(async () => Number(await time.inputValue()) > 9, 'the play', 60_000);
  assert.equal(await page.locator(':focus').innerText(), 'Anhalten', 'the button that plays is the one that stops');
  await page.keyboard.press('Enter');
  const stopped = await time.inputValue();
  assert.match(page.url(), new RegExp(`ebene=zeit&zeit=${stopped}`), 'the address tells layer and time');

  await page.reload();
  await mapped(page);
  assert.equal(await page.getByLabel('Wassertiefe im Lauf der Zeit').isChecked(), true, 'the address leads back');
  assert.equal(await time.inputValue(), stopped);
  const arrows = page.waitForResponse(/\/pfeile\?/);
  await page.getByLabel('Größte Fließgeschwindigkeit').check({ force: true });
  const directions = (await (await arrows).json()).features.map(arrow => arrow.properties.d);
  assert.ok(directions.length > 5, `${directions.length} arrows`);
  assert.ok(directions.filter(d => d > 0 && d < 180).length > directions.length * 0.7, 'the valley falls to the east');
  await shows(page, FAST, 'speeds');
  await eventually(async () => (await pixels(page, 'r < 45 && g < 45 && b < 45')) > 100, 'arrows', 20_000);
  await checkPage(page, 'the speeds');
  await look(page, 'planner-speeds');
});

test('the water under the pointer is told, and by keyboard in the middle of the map, aloud', { timeout: 180_000 }, async () => {
  const value = page.locator('[data-map-value]'), said = page.locator('[data-map-said]');
  await page.getByLabel('Größte Wassertiefe').check({ force: true });
  const box = await page.locator('[data-map] canvas').boundingBox();
  await page.mouse.move(box.x + box.width * 0.62, box.y + box.height * 0.55); // in the hollow
  await eventually(async () => /^höchstens \d+.* tief, \d+,\d m\/s nach (Nord|Ost|Süd|West)/.test(await value.innerText()), 'the depth', 20_000);
  assert.equal(await said.textContent(), '', 'a pointer is not read aloud');
  await page.mouse.move(box.x + 5, box.y + 5);
  await eventually(async () => (await value.innerText()) === 'kein Wasser', 'none outside', 20_000);
  await page.locator('[data-map] canvas').focus();
  await page.keyboard.press('ArrowRight');
  await eventually(async () => /Wasser|tief/.test(await said.textContent()), 'words for a screen reader', 20_000);
  await page.getByLabel('Wassertiefe im Lauf der Zeit').check({ force: true });
  await page.getByRole('slider', { name: /Zeit nach Beginn/ }).fill('0');
  await eventually(async () => /kein Wasser|weniger als 1 cm/.test(await value.innerText()), 'dry at first', 20_000);
  await page.getByRole('button', { name: 'Ganze Stadt' }).click();
});

/** Tab to a button that leads to no other page, and press it. */
async function press_here(name) {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** The valley fills the map's width or height; the house stands 250 of 400 m and 152 of 300 m along. */
async function clickHouse() {
  const box = await page.locator('[data-map] canvas').boundingBox();
  const [west, south, east, north] = (await page.locator('[data-map]').getAttribute('data-bounds')).split(',').map(Number);
  const scale = Math.min(box.width / (east - west), box.height * 0.62 / (north - south));
  await page.mouse.click(box.x + box.width / 2 + (0.625 - 0.5) * (east - west) * scale, box.y + box.height / 2);
}

test('a house tells its hydrograph and damage; the list is a file, too', { timeout: 180_000 }, async () => {
  await page.getByLabel('Größte Wassertiefe').check({ force: true });
  await eventually(async () => { await clickHouse(); return page.locator('[data-house] [data-house-sheet]').isVisible(); }, 'the house', 60_000);
  const sheet = await page.locator('[data-house]').innerText();
  assert.match(sheet, /Talstraße 12[\s\S]*Größte Tiefe an der Wand[\s\S]*Schaden, geschätzt/);
  assert.ok(await page.locator('[data-house] .chart-line').isVisible());
  assert.match(await page.locator('[data-map-place]').innerText(), /^\d+,\d{5}° Nord, \d+,\d{5}° Ost$/);
  await look(page, 'planner-house');
  await goOn(page, page.getByRole('link', { name: /mit mehr als 10 cm Wasser/ }));
  const file = await download(page, page.getByRole('link', { name: /CSV/ }));
  assert.match(file.text, /^haus,adresse,tiefe_m/);
  assert.match(Buffer.from(file.text, 'latin1').toString(), /Talstraße 12/);
  await page.goBack();
});

test('draw a basin with the pointer and a wall by keyboard; compare', { timeout: 180_000 }, async () => {
  await goOn(page, page.getByRole('link', { name: 'Stadt verändern und vergleichen' }));
  await mapped(page);
  const box = await page.locator('[data-map] canvas').boundingBox();
  const click = (x, y) => page.mouse.click(box.x + box.width * x, box.y + box.height * y);
  await page.getByLabel('Rückhaltebecken').check({ force: true });
  await page.getByLabel('Höhe oder Tiefe in Metern').fill('4');
  for (const [x, y] of [[0.3, 0.35], [0.45, 0.35], [0.45, 0.65], [0.3, 0.65]]) await click(x, y);
  await page.getByRole('button', { name: 'Fertig' }).click();
  await page.getByText('Becken gezeichnet.').waitFor();

  await page.getByLabel('Mauer oder Damm').check({ force: true });
  await page.getByLabel('Höhe oder Tiefe in Metern').fill('2');
  await page.locator('[data-map] canvas').focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(400);
  await press_here('Punkt in der Mitte');
  await page.locator('[data-map] canvas').focus();
  await page.keyboard.press('ArrowDown');
  await page.waitForTimeout(400);
  await press_here('Punkt in der Mitte');
  await press_here('Fertig');
  assert.match(await page.locator('[data-draw-list]').innerText(), /Becken, 4 m[\s\S]*Mauer, 2 m/);
  await look(page, 'planner-draw');
  await page.getByLabel('Mauer 2 entfernen').click();
  assert.doesNotMatch(await page.locator('[data-draw-list]').innerText(), /Mauer/);

  // A building by its coordinates, as somebody without a map gives it.
  const drawn = JSON.parse(await page.locator('#massnahmen').inputValue());
  const [x, y] = drawn.features[0].geometry.coordinates[0][0];
  const house = [[x, y], [x + 0.0002, y], [x + 0.0002, y - 0.0001], [x, y]].map(([a, b]) => [a - 0.0006, b]);
  drawn.features.push({ type: 'Feature', properties: { kind: 'building', height: 8 }, geometry: { type: 'Polygon', coordinates: [house] } });
  await page.getByText('Als GeoJSON', { exact: true }).click();
  await page.locator('#massnahmen').fill(JSON.stringify(drawn));
  await goOn(page, page.getByRole('button', { name: 'Weiter zum Regen' }));
  await page.getByLabel('Name').fill('Tal mit Becken');
  await submit();
  await finished();
  await goOn(page, page.getByRole('link', { name: 'Mit vorher vergleichen' }));
  assert.match(await words(page), /Becken, 4 m tief; Gebäude, 8 m hoch[\s\S]*An 1 Haus steht weniger Wasser/);
  await mapped(page);
  await shows(page, LESS, 'the difference');
  await look(page, 'planner-compare');
});

test('what is published, citizens find by their address, in three languages', { timeout: 180_000 }, async () => {
  await page.goto(`${town.url}/desk/zwilling/2`);
  await goOn(page, page.getByRole('button', { name: 'Karte veröffentlichen' }));
  assert.match(await words(page), /veröffentlicht/);
  const citizen = await browser.page();
  await citizen.goto(`${town.url}/starkregen`);
  await citizen.getByLabel('Ihre Adresse').fill('Talstr. 12');
  await goOn(citizen, citizen.getByRole('button', { name: 'Gefahr nachschlagen' }));
  assert.match(await words(citizen), /Talstraße 12 .*Haus kann das Wasser bis/);
  await mapped(citizen);
  await citizen.locator('.maplibregl-marker').waitFor();
  await shows(citizen, WATER, 'water');
  await citizen.locator('canvas').hover({ position: { x: 90, y: 300 } });
  await citizen.getByText(/^Hier (steht das Wasser höchstens .* tief|steht weniger als 1 cm Wasser|zeigt die Karte kein Wasser)/).first().waitFor();
  await look(citizen, 'planner-citizen');
  for (const [language, advice] of [['English', /at your house the water can stand/i], ['Leichte Sprache', /An Ihrem Haus kann/]]) {
    await goOn(citizen, citizen.getByRole('link', { name: language }));
    assert.match(await words(citizen), advice);
    await mapped(citizen);
    await checkPage(citizen, language);
  }
  await citizen.context().close();
});

test('without JavaScript and without WebGL there is the picture; a session that ended says so', { timeout: 180_000 }, async () => {
  const plain = await signedIn(browser, town, 'planung', 'rathaus-planung', { javascript: false });
  await plain.goto(`${town.url}/desk/zwilling/2`);
  assert.equal(await plain.locator('.map-picture').evaluate(image => image.complete && image.naturalWidth > 100), true);
  await plain.context().close();

  const old = await browser.page();
  await old.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });
  await old.goto(`${town.url}/starkregen`);
  await old.getByText('Ihr Browser kann die bewegliche Karte nicht zeichnen').waitFor();
  assert.equal(await old.locator('.map-picture').isVisible(), true);
  await checkPage(old, 'no WebGL');
  await old.context().close();

  await page.goto(`${town.url}/desk/zwilling/2`);
  await mapped(page);
  await page.context().clearCookies();
  await eventually(async () => { await clickHouse(); return /Sie sind abgemeldet/.test(await page.locator('[data-house]').innerText()); }, 'the end of the session', 60_000);
});
