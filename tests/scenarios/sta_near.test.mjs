// SPDX-License-Identifier: EUPL-1.2
// A filter that asks for places is answered from where the places are. What it finds is what the same
// filter finds where it cannot be answered so: beside "or false" each entity is asked.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { staClient, weatherStation } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

const RING = [[9.92, 51.52], [9.95, 51.52], [9.95, 51.55], [9.92, 51.55], [9.92, 51.52]];
const POINT = { type: 'Point', coordinates: [9.93, 51.53] };
const PLACES = [
  POINT,
  { type: 'Point', coordinates: [9.92, 51.52, 140] },                                       // a corner, with its height
  { type: 'Point', coordinates: [10.5, 51.53] },
  { type: 'LineString', coordinates: [[9.9, 51.53], [10, 51.54]] },                         // across
  { type: 'LineString', coordinates: [[9.9, 51.5], [9.91, 51.51]] },
  { type: 'Polygon', coordinates: [RING] },
  { type: 'Polygon', coordinates: [[[9, 51], [11, 51], [11, 52], [9, 52], [9, 51]]] },      // around
  { type: 'MultiPoint', coordinates: [[9.0, 51.0], [9.94, 51.54]] },
  { type: 'GeometryCollection', geometries: [POINT, { type: 'LineString', coordinates: [[9.93, 51.53], [9.94, 51.54]] }] },
  { type: 'Feature', properties: {}, geometry: POINT },
  'am Markt',                                                                               // in words
];
const AREA = `geography'POLYGON ((${RING.map(at => at.join(' ')).join(', ')}))'`;
const DOT = "geography'POINT (9.93 51.53)'";
const CONDITIONS = path => [
  ...['st_within', 'st_intersects', 'geo.intersects', 'st_touches', 'st_overlaps', 'st_crosses', 'st_equals', 'st_contains', 'st_disjoint'].flatMap(name =>
    [`${name}(${path}, ${AREA})`, `${name}(${AREA}, ${path})`]),
  `st_intersects(${path}, ${DOT}) and st_within(${path}, ${AREA})`,
  `st_relate(${path}, ${AREA}, 'FF*FF****')`,
  `not st_within(${path}, ${AREA})`,
  `geo.distance(${path}, ${DOT}) lt 0.02`,
  `geo.distance(${DOT}, ${path}) le 0`,
  `0.5 ge geo.distance(${path}, ${DOT})`,
  `geo.distance(${path}, ${DOT}) gt 0.02`,
  `geo.distance(${path}, ${DOT}) lt -1`,
  `st_within(${path}, geography'POLYGON EMPTY')`,
];

let town, sta;
before(async () => {
  town = await startTown();
  sta = await staClient(town, { root: '/sta/datasets/allgemein/v1.1' }); // of which the demonstration has nothing
  for (const [i, place] of PLACES.entries()) {
    const station = weatherStation(`Ort ${i}`);
    Object.assign(station.Locations[0], { location: place, ...(typeof place === 'string' && { encodingType: 'text/plain' }) });
    station.Datastreams[0].Observations = [{ phenomenonTime: '2027-03-01T10:00:00Z', result: i }];
    await sta.post('/Things', station);
  }
  // Two Datastreams of one Thing, and one that moved away from the area.
  const [first] = (await sta.get("/Things?$filter=name eq 'Ort 0'")).value;
  await sta.post(`/Things(${first['@iot.id']})/Datastreams`, { ...weatherStation('x').Datastreams[0], name: 'zweite' });
  const [second] = (await sta.get("/Things?$filter=name eq 'Ort 8'")).value;
  await sta.post(`/Things(${second['@iot.id']})/Locations`, { name: 'fort', description: '', encodingType: 'application/geo+json', location: PLACES[2] });
});
after(async () => { await town.stop(); });

const ids = async (set, filter) => (await sta.get(`/${set}?$select=id&$top=1000&$filter=${filter}`)).value.map(one => one['@iot.id']);

for (const [set, path] of [['Locations', 'location'], ['FeaturesOfInterest', 'feature'], ['Things', 'Locations/location'], ['Datastreams', 'Thing/Locations/location'],
  ['HistoricalLocations', 'Locations/location'], ['Datastreams', 'Thing/HistoricalLocations/Locations/location']])
  test(`${set} by ${path}`, async () => {
    let some = 0;
    for (const condition of CONDITIONS(path)) {
      const found = await ids(set, condition);
      assert.deepEqual(found, await ids(set, `(${condition}) or false`), condition);
      some += found.length > 0 && found.length < PLACES.length;
    }
    assert.ok(some > 8, `${some} conditions told some from others`);
  });

test('a place that is changed is found where it is now', async () => {
  const [moved] = await ids('Locations', `st_equals(location, geography'POINT (10.5 51.53)')`);
  assert.equal((await sta.ask('PATCH', `/Locations(${moved})`, { location: { type: 'Point', coordinates: [9.94, 51.54] } })).status, 200);
  assert.ok((await ids('Locations', `st_within(location, ${AREA})`)).includes(moved));
  assert.ok(!(await ids('Locations', "st_equals(location, geography'POINT (10.5 51.53)')")).includes(moved));
});
