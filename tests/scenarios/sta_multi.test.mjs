// SPDX-License-Identifier: EUPL-1.2
// MultiDatastreams and data arrays (OGC SensorThings 1.1, sections 12 and 13).
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { staClient, weatherStation } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

/** A dataset of our own: the simulated sensors of the demonstration town go on beside it. */
const ROOT = '/sta/datasets/allgemein/v1.1';
const MEASUREMENT = 'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement';
const link = id => ({ '@iot.id': id });
const property = name => ({ name, definition: `https://example.org/${name}`, description: '' });
const sensor = { name: 'Rad', description: '', encodingType: 'text/html', metadata: 'https://example.org' };
const units = count => Array.from({ length: count }, (_, i) => ({ name: `u${i}`, symbol: `s${i}`, definition: `d${i}` }));
const types = count => Array.from({ length: count }, () => MEASUREMENT);

let town, sta, root, thing, multi, plain, wind;
const body = (names, extra) => ({
  name: 'Wind', description: '', observationType: 'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation', multiObservationDataTypes: types(names.length),
  unitOfMeasurements: units(names.length), ObservedProperties: names.map(property), Thing: link(thing), Sensor: sensor, ...extra,
});
before(async () => {
  town = await startTown();
  sta = await staClient(town, { root: ROOT });
  root = town.url + ROOT;
  thing = await sta.post('/Things', weatherStation('Mast'));
  plain = (await sta.get(`/Things(${thing})/Datastreams`)).value[0]['@iot.id'];
  multi = await sta.post('/MultiDatastreams', body(['richtung', 'böe', 'staerke']));
  wind = (await sta.get(`/MultiDatastreams(${multi})/ObservedProperties`)).value.map(p => p['@iot.id']);
  for (const [hour, result] of [['10', [270, 9.5, 4]], ['11', [280, null, 5]], ['12', ['W', 8, 6]]]) {
    await sta.post(`/MultiDatastreams(${multi})/Observations`, { phenomenonTime: `2027-03-01T${hour}:00:00Z`, resultTime: `2027-03-01T${hour}:00:05Z`, result });
  }
});
after(async () => { await town.stop(); });

const status = async (method, path, given, options) => (await sta.ask(method, path, given, options)).status;
const names = async path => (await sta.get(path)).value.map(entity => entity.name);
const total = async set => (await sta.get(`/${set}?$count=true&$top=0`))['@iot.count'];

/* --- MultiDatastreams ------------------------------------------------------------------------- */

test('a MultiDatastream has its properties, its links, and its ObservedProperties in order', async () => {
  const read = await sta.get(`/MultiDatastreams(${multi})?$expand=ObservedProperties,Thing,Sensor`);
  assert.deepEqual(read.multiObservationDataTypes, types(3));
  assert.deepEqual(read.unitOfMeasurements, units(3));
  assert.equal(read.phenomenonTime, '2027-03-01T10:00:00Z/2027-03-01T12:00:00Z');
  assert.equal(read.resultTime, '2027-03-01T10:00:05Z/2027-03-01T12:00:05Z');
  assert.deepEqual(read.ObservedProperties.map(p => p.name), ['richtung', 'böe', 'staerke']);
  assert.deepEqual([read.Thing.name, read.Sensor.name], ['Mast', 'Rad']);
  for (const [path, relation] of [[`/Things(${thing})`, 'MultiDatastreams'], [`/Sensors(${read.Sensor['@iot.id']})`, 'MultiDatastreams'], [`/ObservedProperties(${wind[1]})`, 'MultiDatastreams']]) {
    assert.equal((await sta.get(path))[`${relation}@iot.navigationLink`], `${root}${path}/${relation}`);
    assert.deepEqual(await names(`${path}/${relation}`), ['Wind']);
  }
  assert.deepEqual((await sta.get(`/MultiDatastreams(${multi})/ObservedProperties?$orderby=name desc&$select=name`)).value.map(p => p.name), ['staerke', 'richtung', 'böe']);
});

test('its Observations know it, and not a Datastream', async () => {
  const [one] = (await sta.get(`/MultiDatastreams(${multi})/Observations?$orderby=id`)).value;
  assert.equal(one['MultiDatastream@iot.navigationLink'], `${root}/Observations(${one['@iot.id']})/MultiDatastream`);
  assert.ok(!('Datastream@iot.navigationLink' in one));
  assert.equal((await sta.get(`/Observations(${one['@iot.id']})/MultiDatastream`)).name, 'Wind');
  assert.equal(await status('GET', `/Observations(${one['@iot.id']})/Datastream`), 204);
  const expanded = (await sta.get(`/Observations?$expand=Datastream,MultiDatastream&$filter=MultiDatastream/name eq 'Wind'`)).value;
  assert.equal(expanded.length, 3);
  assert.ok(expanded.every(o => o.MultiDatastream.name === 'Wind' && !o.Datastream));
});

test('parts of results are asked, ordered and compared', async () => {
  const results = async query => (await sta.get(`/Observations?$select=result&${query}`)).value.map(o => o.result[2]);
  const of = filter => results(`$orderby=id&$filter=MultiDatastream/id eq ${multi} and ${filter}`);
  assert.deepEqual(await of('result[2] gt 4'), [5, 6]);
  assert.deepEqual(await of('result[1] eq null'), [5]);
  assert.deepEqual(await of("result[0] eq 'W'"), [6]);
  assert.deepEqual(await of('result[0] gt 271'), [5]);
  assert.deepEqual(await of('result[7] eq null'), [4, 5, 6]);
  assert.deepEqual(await results(`$filter=MultiDatastream/id eq ${multi}&$orderby=result[2] desc`), [6, 5, 4]);
  const streams = async filter => (await sta.get(`/MultiDatastreams?$filter=${filter}`)).value.length;
  assert.equal(await streams("ObservedProperties/name eq 'böe'"), 1);
  assert.equal(await streams("ObservedProperties/any(p: p/name eq 'böe') and ObservedProperties/any(p: p/name eq 'richtung')"), 1);
  assert.equal(await streams("ObservedProperties/name eq 'regen'"), 0);
  assert.equal(await streams("unitOfMeasurements[1]/symbol eq 's1'"), 1);
  assert.equal(await streams(`Observations/result[2] gt 5`), 1);
  assert.deepEqual((await sta.get("/Things?$filter=MultiDatastreams/ObservedProperties/name eq 'böe'")).value.map(t => t.name), ['Mast']);
});

test('what does not fit its parts is refused, and nothing is made', async () => {
  const before = [await total('MultiDatastreams'), await total('ObservedProperties'), await total('Observations')];
  const three = ['a', 'b', 'c'];
  for (const wrong of [body(three, { multiObservationDataTypes: types(2) }), body(three, { unitOfMeasurements: units(4) }), body(three, { ObservedProperties: [property('a')] }), body([]),
    body(three, { ObservedProperties: undefined }), body(three, { multiObservationDataTypes: { a: 1 } }), body(three, { unitOfMeasurements: 'x' }), body(three, { ObservedProperties: property('a') }),
    body(three, { ObservedProperties: [wind[0], wind[0], wind[1]].map(link) }), body(three, { Sensor: undefined }), body(three, { Thing: undefined })]) {
    assert.equal(await status('POST', '/MultiDatastreams', wrong), 400, JSON.stringify(wrong));
  }
  for (const result of [5, [], [1, 2], [1, 2, 3, 4], { a: 1 }, null, '[1,2,3]', undefined]) {
    assert.equal(await status('POST', `/MultiDatastreams(${multi})/Observations`, { result }), 400, JSON.stringify(result));
    assert.equal(await status('POST', '/Observations', { result, MultiDatastream: link(multi) }), 400, JSON.stringify(result));
  }
  assert.equal(await status('POST', `/MultiDatastreams(${multi})/Observations`, { result: [1, 2, 3], MultiDatastream: link(999999) }), 400);
  assert.equal(await status('POST', `/ObservedProperties(${wind[0]})/MultiDatastreams`, body(['a', 'b'])), 400);
  assert.equal(await status('POST', `/MultiDatastreams(${multi})/ObservedProperties`, property('vierte')), 400);
  const [rain] = (await sta.get("/ObservedProperties?$filter=name eq 'Lufttemperatur'")).value;
  assert.equal(await status('POST', `/MultiDatastreams(${multi})/ObservedProperties/$ref`, link(rain['@iot.id'])), 400);
  assert.equal(await status('POST', `/ObservedProperties(${rain['@iot.id']})/MultiDatastreams/$ref`, link(multi)), 400);
  assert.equal(await status('DELETE', `/MultiDatastreams(${multi})/ObservedProperties(${wind[0]})/$ref`), 400);
  assert.deepEqual([await total('MultiDatastreams'), await total('ObservedProperties'), await total('Observations')], before);
});

test('a change keeps the number of its parts', async () => {
  const id = await sta.post('/MultiDatastreams', body(['x', 'y'], { name: 'Wechsel' })), path = `/MultiDatastreams(${id})`;
  const observation = await sta.post(`${path}/Observations`, { result: [1, 2] });
  assert.equal(await status('PATCH', path, { name: 'Neu', properties: { a: 1 } }), 200);
  assert.equal(await status('PATCH', path, { unitOfMeasurements: units(2).reverse() }), 200);
  assert.equal((await sta.get(path)).unitOfMeasurements[0].symbol, 's1');
  assert.equal(await status('PATCH', path, { unitOfMeasurements: units(3) }), 400);
  assert.equal(await status('PATCH', path, { multiObservationDataTypes: types(1) }), 400);
  assert.equal(await status('PATCH', path, { unitOfMeasurements: { a: 1 } }), 400);
  assert.equal(await status('PATCH', path, [{ op: 'remove', path: '/unitOfMeasurements/0' }], { type: 'application/json-patch+json' }), 400);
  assert.equal(await status('PATCH', path, { ObservedProperties: [link(wind[0])] }), 400);
  assert.equal(await status('PATCH', `/Observations(${observation})`, { result: 5 }), 400);
  assert.equal(await status('PATCH', `/Observations(${observation})`, { result: [1, 2, 3] }), 400);
  assert.equal(await status('PATCH', `/Observations(${observation})`, { result: [3, 4] }), 200);
  assert.deepEqual((await sta.get(`/Observations(${observation})`)).result, [3, 4]);
  const other = await sta.post('/Things', { name: 'Anderer Mast', description: '' });
  assert.equal(await status('POST', `/Things(${other})/MultiDatastreams/$ref`, link(id)), 204);
  assert.equal((await sta.get(`${path}/Thing`)).name, 'Anderer Mast');
});

test('it is made within a Thing, and goes with its Thing, its Sensor and each of its ObservedProperties', async () => {
  const nested = async () => {
    const made = await sta.post('/Things', { name: 'Turm', description: '', MultiDatastreams: [{ ...body(['p', 'q', 'r']), Thing: undefined, Observations: [{ result: [1, 2, 3] }] }] });
    const [stream] = (await sta.get(`/Things(${made})/MultiDatastreams?$expand=ObservedProperties,Sensor,Observations`)).value;
    return { Things: made, MultiDatastreams: stream['@iot.id'], Sensors: stream.Sensor['@iot.id'], ObservedProperties: stream.ObservedProperties[1]['@iot.id'], Observations: stream.Observations[0]['@iot.id'] };
  };
  for (const set of ['Things', 'Sensors', 'ObservedProperties', 'MultiDatastreams']) {
    const ids = await nested();
    assert.equal(await status('DELETE', `/${set}(${ids[set]})`), 200);
    for (const gone of ['MultiDatastreams', 'Observations']) assert.equal(await status('GET', `/${gone}(${ids[gone]})`), 404, `${gone} after ${set}`);
  }
});

test('the order of its ObservedProperties outlives a start', async () => {
  const mixed = await sta.post('/MultiDatastreams', body(['n', 'm', 'o'], { ObservedProperties: [link(wind[2]), property('neu'), link(wind[0])] }));
  assert.deepEqual(await names(`/MultiDatastreams(${mixed})/ObservedProperties`), ['staerke', 'neu', 'richtung']);
  await town.restart();
  assert.deepEqual(await names(`/MultiDatastreams(${mixed})/ObservedProperties`), ['staerke', 'neu', 'richtung']);
});

/* --- Data arrays ------------------------------------------------------------------------------ */

test('data arrays tell the same as lists', async () => {
  for (const [path, stream] of [[`/MultiDatastreams(${multi})/Observations`, 'MultiDatastream'], [`/Datastreams(${plain})/Observations`, 'Datastream']]) {
    if (stream === 'Datastream') await sta.post(path, { phenomenonTime: '2027-03-01T10:00:00Z', result: 4.5 });
    const list = (await sta.get(`${path}?$orderby=id&$select=id,phenomenonTime,resultTime,result`)).value;
    const [group] = (await sta.get(`${path}?$orderby=id&$resultFormat=dataArray&$count=true`)).value;
    assert.ok(group[`${stream}@iot.navigationLink`], stream);
    assert.equal(group['dataArray@iot.count'] ?? group.dataArray.length, list.length);
    const rows = group.dataArray.map(row => Object.fromEntries(group.components.map((name, i) => [name, row[i]])));
    assert.deepEqual(rows.map(row => [row.id ?? row['@iot.id'], row.phenomenonTime, row.resultTime, row.result]), list.map(o => [o['@iot.id'], o.phenomenonTime, o.resultTime, o.result]));
    const [narrow] = (await sta.get(`${path}?$orderby=id&$resultFormat=dataArray&$select=result,phenomenonTime&$top=1`)).value;
    assert.deepEqual(narrow.components, ['result', 'phenomenonTime']);
    assert.deepEqual(narrow.dataArray, [[list[0].result, list[0].phenomenonTime]]);
  }
  const all = (await sta.get('/Observations?$resultFormat=dataArray')).value;
  assert.equal(new Set(all.map(group => group['Datastream@iot.navigationLink'] ?? group['MultiDatastream@iot.navigationLink'])).size, all.length, 'one group for each stream');
});

test('data arrays are written, each row is answered, and wrong rows hinder no other', async () => {
  const feature = await sta.post('/FeaturesOfInterest', { name: 'Bach', description: '', encodingType: 'application/geo+json', feature: { type: 'Point', coordinates: [1, 2] } });
  const made = await sta.post('/CreateObservations', [
    { Datastream: link(plain), components: ['phenomenonTime', 'result', 'FeatureOfInterest/id', 'parameters'], 'dataArray@iot.count': 5,
      dataArray: [['2027-04-01T00:00:00Z', 1, feature, { a: 1 }], ['2027-04-01T01:00:00Z', 2, 999999, null], ['gestern', 3, feature, null], ['2027-04-01T03:00:00Z/2027-04-01T04:00:00Z', 'vier', feature, null], ['zu', 'kurz']] },
    { MultiDatastream: link(multi), components: ['result', 'resultTime'], dataArray: [[[1, 2, 3], '2027-04-01T00:00:00Z'], [[1, 2], null], [5, null]] },
  ]);
  assert.deepEqual(made.map(row => row === 'error'), [false, true, true, false, true, false, true, true]);
  const read = async url => sta.get(url.slice(root.length));
  const first = await read(made[0]);
  assert.deepEqual([first.phenomenonTime, first.result, first.parameters], ['2027-04-01T00:00:00Z', 1, { a: 1 }]);
  assert.equal((await sta.get(`/Observations(${first['@iot.id']})/FeatureOfInterest`)).name, 'Bach');
  assert.deepEqual([(await read(made[3])).phenomenonTime, (await read(made[3])).result], ['2027-04-01T03:00:00Z/2027-04-01T04:00:00Z', 'vier']);
  assert.deepEqual((await read(made[5])).result, [1, 2, 3]);
  assert.deepEqual(await sta.post('/CreateObservations', []), []);
});

test('data arrays that are none are refused as a whole', async () => {
  const before = await total('Observations'), row = ['2027-04-01T00:00:00Z', 1], good = { Datastream: link(plain), components: ['phenomenonTime', 'result'], dataArray: [row] };
  for (const wrong of [{}, 5, 'x', null, [5], [null], [[]], [{ ...good, Datastream: undefined }], [{ ...good, Datastream: link(999999) }], [{ ...good, Datastream: link(null) }], [{ ...good, Datastream: 5 }], [{ ...good, components: undefined }],
    [{ ...good, components: 'result' }], [{ ...good, dataArray: undefined }], [{ ...good, dataArray: 'x' }], [good, { ...good, Datastream: link(999999) }]]) {
    assert.equal(await status('POST', '/CreateObservations', wrong), 400, JSON.stringify(wrong));
  }
  assert.equal(await total('Observations'), before);
  for (const odd of [{ ...good, components: [5, null] }, { ...good, components: ['farbe', 'result'] }, { ...good, dataArray: [5, null, 'x', {}, []] }]) {
    const answer = await sta.ask('POST', '/CreateObservations', [odd]);
    assert.ok(answer.status === 400 || answer.json().every(made => made === 'error'), `${JSON.stringify(odd)}: ${answer.text}`);
  }
  assert.equal(await total('Observations'), before);
});
