// SPDX-License-Identifier: EUPL-1.2
// Places beyond the world are refused at each way in, with a message that says what is wrong; the extent of the town's data
// stays what it was.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { staClient } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

let town, sta, visitor;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
  visitor = town.visitor();
  await send('application/geo+json', features(['Markt', [9.96, 51.56]]));
});
after(() => town.stop());

const post = (path, body, method = 'POST', type = 'application/json') =>
  visitor.request(method, path, { body: typeof body === 'string' ? body : JSON.stringify(body), headers: { authorization: `Bearer ${sta.key}`, 'content-type': type } });
const send = (type, body) => post('/api/v1/city/datasets/allgemein/import', body, 'POST', type);
const point = coordinates => ({ type: 'Point', coordinates });
const features = (...places) => ({ type: 'FeatureCollection', features: places.map(([id, at]) => ({ type: 'Feature', id, properties: { name: id }, geometry: point(at) })) });
const location = (place, encodingType = 'application/geo+json') => ({ name: 'Ort', description: '', encodingType, location: place });
const extent = async () => (await visitor.get('/ogc/v1/collections/allgemein')).json().extent.spatial.bbox;

const BEYOND = [[180.1, 51], [-181, 51], [9.9, 90.5], [9.9, -91], [566100, 5712300], [51.5, 99.9]];

test('SensorThings: a Location and a FeatureOfInterest are on earth, made or changed; other encodings are as they are', async () => {
  for (const at of BEYOND)
    for (const shape of [point(at), { type: 'LineString', coordinates: [[9.9, 51.5], at] }, { type: 'Feature', geometry: point(at), properties: {} }]) {
      const answer = await post('/sta/v1.1/Locations', location(shape));
      assert.equal(answer.status, 400, JSON.stringify(shape));
      assert.match(answer.text, /Location\/location is not on earth: .*longitude \(-180 to 180\) before latitude/);
    }
  assert.equal((await post('/sta/v1.1/FeaturesOfInterest', { name: 'Ort', description: '', encodingType: 'application/geo+json', feature: point([9.9, 95]) })).status, 400);
  const made = await post('/sta/v1.1/Locations', location(point([180, -90])));
  assert.equal(made.status, 201, 'the edges are on earth');
  const path = new URL(made.headers.location, 'http://here').pathname;
  assert.equal((await post(path, { location: point([200, 0]) }, 'PATCH')).status, 400);
  assert.equal((await post(path, [{ op: 'replace', path: '/location/coordinates/0', value: 200 }], 'PATCH', 'application/json-patch+json')).status, 400);
  assert.equal((await post('/sta/v1.1/Locations', location({ x: 566100, y: 5712300 }, 'application/x-own'))).status, 201);
});

test('files: what lies beyond the world is left out and told, the rest is taken', async () => {
  const report = (await send('application/geo+json', features(['Brunnen', [9.97, 51.57]], ...BEYOND.map((at, i) => [`weg${i}`, at])))).json();
  assert.deepEqual([report.new_things, report.left_out], [1, BEYOND.length]);
  assert.match(report.problems[0].message, /feature 2: .*is not on earth/);
  const table = (await send('text/csv', 'zeit;reihe;wert;lon;lat\n2026-01-01 10:00;A;1;9,96;51,56\n2026-01-01 10:00;B;2;5712300;566100\n')).json();
  assert.deepEqual([table.observations, table.left_out, table.problems[0].line], [1, 1, 3]);
  assert.match(table.problems[0].message, /lon and lat are not on earth/);
  const [[west, south, east, north]] = await extent();
  assert.deepEqual([west >= -180, south >= -90, east <= 180, north <= 90], [true, true, true, true]);
});
