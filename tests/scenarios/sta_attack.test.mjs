// SPDX-License-Identifier: EUPL-1.2
// Sensors that are broken and programs that mean ill: what they send is refused in words, and harms nobody else.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { point, staClient, weatherStation } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

/** A dataset of our own: the simulated sensors of the demonstration town go on beside it. */
const ROOT = '/sta/datasets/allgemein/v1.1';

let town, sta, thing, stream;
before(async () => {
  town = await startTown();
  sta = await staClient(town, { root: ROOT });
  thing = await sta.post('/Things', weatherStation('Ziel'));
  stream = (await sta.get(`/Things(${thing})/Datastreams`)).value[0]['@iot.id'];
});
after(async () => { await town.stop(); });

/** JSON that no program would write. */
const raw = (method, path, body, type = 'application/json') => town.visitor().request(method, ROOT + encodeURI(path), { body, headers: { authorization: `Bearer ${sta.key}`, 'content-type': type } });
const status = async (method, path, body) => (await sta.ask(method, path, body)).status;
const count = async path => (await sta.get(`${path}?$count=true&$top=0`))['@iot.count'];

test('numbers that are none are refused, and others come back', async () => {
  const path = `/Datastreams(${stream})/Observations`;
  for (const text of ['1e400', '-1e400', '1e9999999999', `1${'0'.repeat(400)}`, 'NaN', 'Infinity', '00', '+1', '.5', '1.', '-', '0x10']) {
    assert.equal((await raw('POST', path, `{"result":${text}}`)).status, 400, text);
    assert.equal((await raw('POST', '/CreateObservations', `[{"Datastream":{"@iot.id":${stream}},"components":["result"],"dataArray":[[${text}]]}]`)).json()[0] ?? 'error', 'error', text);
  }
  assert.equal(await count(path), 0);
  for (const text of ['0.1', '1e22', '1e308', '1.7976931348623157e308', '5e-324', '0.30000000000000004', '9223372036854775807', '-9223372036854775808']) {
    const made = (await raw('POST', path, `{"result":${text}}`)).json();
    assert.equal(Number((await sta.ask('GET', `/Observations(${made['@iot.id']})/result/$value`)).text), Number(text));
  }
  const whole = (await raw('POST', path, '{"result":9223372036854775807}')).json();
  assert.equal((await sta.ask('GET', `/Observations(${whole['@iot.id']})/result/$value`)).text, '9223372036854775807');
});

test('times outside the calendar are refused', async () => {
  const at = (phenomenonTime, extra) => status('POST', `/Datastreams(${stream})/Observations`, { phenomenonTime, result: 1, ...extra });
  for (const time of ['0000-01-01T00:00:00Z', '10000-01-01T00:00:00Z', '-0001-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '2027-02-29T00:00:00Z', '2027-01-01T25:00:00Z', '2027-01-01', '', 5, {}, '2027-01-02T00:00:00Z/2027-01-01T00:00:00Z']) {
    assert.equal(await at(time), 400, JSON.stringify(time));
    assert.equal(await at('2027-01-01T00:00:00Z', { resultTime: time }), 400, JSON.stringify(time));
  }
  for (const time of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2028-02-29T00:00:00Z', '2027-01-01T00:00:00.123456789Z']) assert.equal(await at(time), 201, time);
});

test('texts and bodies that are too deep, too large or no UTF-8 are refused', async () => {
  for (const body of ['', '{', '[', '{"name":'.repeat(50000), `{"name":"a","description":"","properties":${'['.repeat(60)}${']'.repeat(60)}}`, '{"name":"\\ud800","description":""}', '{"name":"a","name":"b","description":""}',
    Buffer.from([...Buffer.from('{"name":"'), 0xff, 0xfe, ...Buffer.from('","description":""}')])]) assert.equal((await raw('POST', '/Things', body)).status, 400, String(body).slice(0, 60));
  assert.equal((await raw('POST', `/Datastreams(${stream})/Observations`, `{"result":"${'x'.repeat(1 << 20)}"}`)).status, 400);
  const odd = { name: '<script>\u0000\u001f\u2028', description: '"><img>', properties: { '': 1, 'a/b': [] } };
  const made = await sta.post('/Things', odd), read = await sta.get(`/Things(${made})`);
  assert.deepEqual([read.name, read.description, read.properties], [odd.name, odd.description, odd.properties]);
});

test('shapes with heights are taken, broken ones refused, and those that cross themselves spoil no question', async () => {
  const put = (location, name) => sta.ask('POST', '/Locations', { name, description: '', encodingType: 'application/geo+json', location });
  for (const broken of [{ type: 'Polygon', coordinates: [[[0, 0], [2, 2], [2, 0], [0, 2]]] }, { type: 'Polygon', coordinates: [[[0, 0], [1, 1]]] }, { type: 'LineString', coordinates: [[0, 0]] }, { type: 'Point', coordinates: ['a', 'b'] },
    { type: 'Point', coordinates: [1] }, { type: 'Point', coordinates: [] , geometry: 5 }, { type: 'Quader', coordinates: [1, 2] }, { type: 'Feature', properties: {}, geometry: null }, [1, 2], {}]) {
    const answer = await put(broken, 'kaputt');
    assert.ok(answer.status === 400 || JSON.stringify(broken).includes('"coordinates":[]'), `${JSON.stringify(broken)}: ${answer.status}`);
  }
  for (const [name, shape] of [['hoch', { type: 'Point', coordinates: [1, 1, 520] }], ['Weg', { type: 'LineString', coordinates: [[0, 0, 1], [1, 1, 2], [2, 1, 3]] }],
    ['Schleife', { type: 'Polygon', coordinates: [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]] }], ['leer', { type: 'GeometryCollection', geometries: [] }]]) {
    const answer = await put(shape, name);
    assert.equal(answer.status, 201, `${name}: ${answer.text}`);
    assert.deepEqual((await sta.get(`/Locations(${answer.json()['@iot.id']})`)).location, shape);
  }
  const found = async filter => (await sta.get(`/Locations?$filter=${filter}&$orderby=id`)).value.map(location => location.name);
  const box = "geography'POLYGON((-1 -1, 3 -1, 3 3, -1 3, -1 -1))'";
  assert.deepEqual((await found(`st_within(location, ${box})`)).slice(0, 2), ['hoch', 'Weg']);
  for (const relation of ['st_overlaps', 'st_touches', 'st_crosses', 'st_equals', 'st_disjoint', 'st_intersects', 'geo.intersects']) await found(`${relation}(location, geography'POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))')`);
  assert.deepEqual(await found(`geo.distance(location, geography'POINT(1 1)') eq 0 and name eq 'hoch'`), ['hoch']);
});

test('a question that multiplies is ended before it fills the memory', async () => {
  const many = await sta.post('/Things', { name: 'Viele', description: '' });
  const [sensor] = (await sta.get('/Sensors?$top=1')).value, [property] = (await sta.get('/ObservedProperties?$top=1')).value;
  for (let i = 0; i < 40; i++) {
    await sta.post('/Datastreams', { name: `D${i}`, description: '', observationType: 'x', unitOfMeasurement: {}, Thing: { '@iot.id': many }, Sensor: { '@iot.id': sensor['@iot.id'] }, ObservedProperty: { '@iot.id': property['@iot.id'] } });
  }
  const deep = depth => depth ? `Datastreams($select=id;$expand=Thing($select=id;$expand=${deep(depth - 1)}))` : 'Datastreams($top=0;$select=id)';
  assert.equal((await sta.ask('GET', `/Things(${many})?$expand=${deep(2)}`)).status, 200);
  const answer = await sta.ask('GET', `/Things(${many})?$expand=${deep(5)}`);
  assert.equal(answer.status, 413);
  assert.match(answer.json().message, /\$expand leads to more than 1000000 entities/);
});

test('a Thing that is at no place has no history of it', async () => {
  const mover = await sta.post('/Things', { name: 'Wandert', description: '', Locations: [{ name: 'a', description: '', encodingType: 'application/geo+json', location: point(1, 1) }] });
  assert.equal(await status('PATCH', `/Things(${mover})`, { Locations: [] }), 200);
  assert.equal(await count(`/Things(${mover})/Locations`), 0);
  assert.equal(await count(`/Things(${mover})/HistoricalLocations`), 1);
});

test('JSON Patches that make no Thing of a Thing change nothing', async () => {
  const before = await sta.get(`/Things(${thing})`);
  const patches = [[{ op: 'replace', path: '', value: 5 }], [{ op: 'replace', path: '', value: [] }], [{ op: 'remove', path: '' }], [{ op: 'add', path: '/properties/a/b/c', value: 1 }], [{ op: 'move', from: '/properties', path: '/properties/x' }],
    [{ op: 'add', path: '/farbe', value: 1 }], [null], [5], [{ op: 'add', path: 5 }], [{}], {}, 5, [{ op: 'replace', path: '/name', value: 1 }], [{ op: 'replace', path: '/name', value: 'x' }, { op: 'remove', path: '/description' }],
    Array.from({ length: 1001 }, () => ({ op: 'test', path: '/name', value: 'Ziel' })), Array.from({ length: 40 }, (_, i) => ({ op: 'copy', from: '/properties', path: `/properties/x${i}` }))];
  for (const patch of patches) {
    const answer = await sta.ask('PATCH', `/Things(${thing})`, patch, { type: 'application/json-patch+json' });
    assert.equal(answer.status, 400, `${JSON.stringify(patch).slice(0, 80)}: ${answer.text.slice(0, 200)}`);
  }
  assert.deepEqual(await sta.get(`/Things(${thing})`), before);
});

test('what many make, change and delete at once stays whole', async () => {
  const clients = await Promise.all(Array.from({ length: 16 }, () => staClient(town, { root: ROOT, known: sta.key })));
  const shared = { thing, stream }, allowed = new Set([200, 201, 400, 404]);
  const did = async (client, method, path, body) => {
    const answer = await client.ask(method, path, body);
    assert.ok(allowed.has(answer.status), `${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
    return answer;
  };
  const roles = [
    async client => {
      await did(client, 'DELETE', `/Things(${shared.thing})`);
      shared.thing = await client.post('/Things', weatherStation('Neu'));
      const streams = (await did(client, 'GET', `/Things(${shared.thing})/Datastreams`)).json();
      shared.stream = streams.value?.[0]?.['@iot.id'] ?? shared.stream;
    },
    async client => {
      const made = (await did(client, 'POST', `/Datastreams(${shared.stream})/Observations`, { result: 'eins', parameters: { a: 1 } })).json()['@iot.id'];
      if (!made) return;
      await did(client, 'PATCH', `/Observations(${made})`, { result: [1, 'zwei'] });
      await did(client, 'DELETE', `/Observations(${made})`);
    },
    async (client, i) => {
      await did(client, 'GET', `/Things(${shared.thing})?$expand=Datastreams/Observations/FeatureOfInterest,HistoricalLocations/Locations`);
      await did(client, 'PATCH', `/Things(${shared.thing})`, { properties: { i } });
    },
    async (client, i) => {
      await did(client, 'POST', `/Things(${shared.thing})/Locations`, { name: 'L', description: '', encodingType: 'application/geo+json', location: point(i, 1) });
      await did(client, 'POST', '/CreateObservations', [{ Datastream: { '@iot.id': shared.stream }, components: ['result'], dataArray: [[1], ['x']] }]);
      const [feature] = (await did(client, 'GET', '/FeaturesOfInterest?$top=1&$orderby=id desc')).json().value;
      if (feature) await did(client, 'DELETE', `/FeaturesOfInterest(${feature['@iot.id']})`);
    },
  ];
  await Promise.all(clients.map(async (client, w) => { for (let i = 0; i < 12; i++) await roles[w % 4](client, i); }));
  const all = () => sta.get('/Things?$top=1000&$expand=Locations,HistoricalLocations/Locations,Datastreams($expand=Observations/FeatureOfInterest)&$orderby=id');
  const before = await all();
  for (const one of before.value) for (const d of one.Datastreams) assert.ok(d.Observations.every(o => 'result' in o));
  await town.restart();
  assert.deepEqual(await all(), before);
});
