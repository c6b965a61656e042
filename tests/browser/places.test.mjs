// SPDX-License-Identifier: EUPL-1.2
// Places in a browser: signs on the map, the nearest first without anybody being told where that is, and the makers of
// the base map named beside it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, program, startTown } from '../scenarios/lib/town.mjs';
import { checkPage, openBrowser } from './lib/browser.mjs';

let town, browser, spot;
before(async () => {
  town = await startTown();
  browser = await openBrowser();
  const visitor = town.visitor();
  spot = await eventually(async () => (await visitor.get('/stadtdaten/orte.geojson')).json().features.at(-1), 'the first places');
});
after(async () => {
  await browser.close();
  await town.stop();
});

/** A page of somebody who stands at the last place of the list. */
async function pageThere() {
  const page = await browser.page();
  const [longitude, latitude] = spot.geometry.coordinates;
  await page.context().grantPermissions(['geolocation'], { origin: town.url });
  await page.context().setGeolocation({ longitude, latitude });
  return page;
}

test('the map has a sign for each place', async () => {
  const page = await pageThere();
  await page.goto(`${town.url}/stadtdaten/orte?kategorie=spielplatz`);
  await page.waitForSelector('[data-map][data-places="14"]');
  await checkPage(page, 'orte-karte');
  await page.context().close();
});

test('"near me" sorts by where the browser is, and tells nobody', async () => {
  const page = await pageThere();
  const asked = [];
  page.on('request', request => asked.push(`${request.url()} ${request.postData() ?? ''}`));
  await page.goto(`${town.url}/stadtdaten/orte`);
  await page.click('[data-near]');
  await page.waitForFunction(() => document.querySelector('[data-near-status]').textContent.includes('bleibt in Ihrem Browser'));
  assert.match(await page.textContent('[data-places] li'), new RegExp(`${spot.properties.name}\\s+0 m`));
  const [longitude, latitude] = spot.geometry.coordinates.map(degree => degree.toFixed(3));
  assert.deepEqual(asked.filter(address => address.includes(longitude) || address.includes(latitude)), []);
  await checkPage(page, 'orte-nah');
  await page.context().close();
});

test('without JavaScript, or where no map can be drawn, there is no empty frame and no button that does nothing', async () => {
  const plain = await browser.page({ javascript: false });
  for (const path of ['/stadtdaten', '/stadtdaten/orte', '/stadtdaten/verkehr', spot.properties.adresse]) {
    await plain.goto(`${town.url}${path}`);
    assert.equal(await plain.locator('.map-box:visible, [data-near]:visible, h2:text-is("Auf der Karte"):visible').count(), 0, path);
  }
  await plain.context().close();
  const old = await browser.page();
  await old.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });
  await old.goto(`${town.url}/stadtdaten/verkehr`);
  await old.locator('.map-box').waitFor({ state: 'hidden' });
  await old.context().close();
});

test('names of streets stand above the roads on the map, and a dark wall has a dark map', async () => {
  const page = await browser.page();
  await page.addInitScript(() => document.addEventListener('map-ready', ({ detail }) => { window.drawn = detail.map; }));
  await page.goto(`${town.url}/stadtdaten/verkehr`);
  await page.waitForSelector('[data-map][data-places]');
  const layers = await page.evaluate(() => window.drawn.getStyle().layers.map(({ id, type }) => ({ id, type })));
  const place = name => layers.findIndex(({ id }) => id === name);
  const label = layers.findIndex(({ type }) => type === 'symbol');
  assert.ok(label > place('city-line') && label > place('city-dashes') && place('city') > label, JSON.stringify(layers));
  const ground = async query => {
    await page.goto(`${town.url}/stadtdaten/tafel/wasser?anzeige=wand${query}`);
    await page.waitForSelector('[data-map][data-places]');
    return page.evaluate(() => window.drawn.getStyle().layers.find(({ type }) => type === 'background').paint['background-color']);
  };
  assert.notEqual(await ground('&farbe=dunkel'), await ground(''));
  await page.context().close();
});

test('the makers of the base map are named beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'places-'));
  const osm = join(folder, 'town.osm');
  writeFileSync(osm, '<osm version="0.6"><node id="1" version="1" lat="51.56" lon="9.96"/><node id="2" version="1" lat="51.56" lon="9.97"/>'
    + '<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="Talstraße"/></way></osm>');
  execFileSync('osmium', ['cat', osm, '-o', `${osm}.pbf`]);
  execFileSync(program, ['map', 'base', `${osm}.pbf`, '--tenant', 'musterstadt', '--data', town.dataDir]);
  rmSync(folder, { recursive: true });
  for (const width of [1280, 390]) {
    const page = await browser.page({ width });
    await page.goto(`${town.url}${spot.properties.adresse}`);
    await page.waitForSelector('[data-map][data-ready]');
    await page.waitForFunction(() => document.querySelector('.maplibregl-ctrl-attrib-inner')?.textContent.includes('© OpenStreetMap-Mitwirkende'));
    assert.ok(await page.isVisible('.maplibregl-ctrl-attrib-inner'));
    await checkPage(page, `ort-grund-${width}`);
    await page.context().close();
  }
});
