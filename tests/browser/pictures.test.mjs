// SPDX-License-Identifier: EUPL-1.2
// The pictures of the README and the documentation, as the program looks now: `RATHAUS_PICTURES=1 node --test tests/browser/pictures.test.mjs`
// writes them into docs/images; without it the pages are only visited and checked.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { eventually, root, startTown } from '../scenarios/lib/town.mjs';
import { OUT, checkPage, openBrowser } from './lib/browser.mjs';

const folder = process.env.RATHAUS_PICTURES ? path.join(root, 'docs/images') : OUT;
const api = '/api/v1/services/hund/anmeldung/applications';
let town, browser;
before(async () => { mkdirSync(folder, { recursive: true }); town = await startTown(); browser = await openBrowser(); });
after(async () => { await browser?.close(); await town?.stop(); });

async function picture(page, name) {
  await checkPage(page, name);
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

test('the portal', async () => {
  const page = await browser.page({ width: 1280, height: 760 });
  await page.goto(town.url);
  await picture(page, 'portal');
});

test('the desk', async () => {
  const example = (await town.visitor().get('/api/openapi.json')).json().paths[api].post.requestBody.content['application/json'].example;
  delete example.hunde[0].versicherung_nachweis;
  assert.equal((await town.visitor().json('POST', api, example)).status, 201);
  const page = await browser.page({ width: 1280, height: 900 });
  await page.goto(`${town.url}/desk/anmelden`);
  await page.fill('[name=login]', 'kurz');
  await page.fill('[name=password]', 'hundesteuer-kurz');
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await page.goto(`${town.url}/desk/vorgaenge`);
  await checkPage(page, 'desk-list');
  await page.goto(`${town.url}/desk/vorgaenge/1`);
  await picture(page, 'desk');
});

test('the roads', async () => {
  const measured = async () => (await town.visitor().get('/stadtdaten/verkehr.geojson')).json().features.filter(f => f.properties.kmh).length > 30;
  await eventually(measured, 'speeds on the roads');
  const page = await browser.page({ width: 1100, height: 980 });
  await page.goto(`${town.url}/stadtdaten/verkehr`);
  await page.waitForSelector('[data-places]');
  await picture(page, 'traffic');
});
