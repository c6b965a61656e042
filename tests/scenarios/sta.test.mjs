// SPDX-License-Identifier: EUPL-1.2
// Sensors speak to the town and other programs ask it: OGC SensorThings 1.1.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { point, staClient, weatherStation } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

let town, sta;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
});
after(async () => { await town.stop(); });

const observe = (stream, time, result) => sta.post(`/Datastreams(${stream})/Observations`, { phenomenonTime: time, result });
const streamOf = async thing => (await sta.get(`/Things(${thing})/Datastreams`)).value[0]['@iot.id'];

test('the root names all sets and what is offered', async () => {
  const root = await sta.get('');
  assert.deepEqual(root.value.map(set => set.name).sort(), ['Datastreams', 'FeaturesOfInterest', 'HistoricalLocations', 'Locations', 'MultiDatastreams', 'Observations',
    'ObservedProperties', 'Sensors', 'Things']);
  assert.ok(root.value.every(set => set.url === `${town.url}/sta/v1.1/${set.name}`));
  assert.ok(root.serverSettings.conformance.includes('http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel'));
});

test('a Thing is made with all that hangs on it, and found in every direction', async () => {
  const thing = await sta.post('/Things', weatherStation('Rathaus'));
  const read = await sta.get(`/Things(${thing})?$expand=Locations,Datastreams($expand=Sensor,ObservedProperty),HistoricalLocations`);
  assert.equal(read['@iot.selfLink'], `${town.url}/sta/v1.1/Things(${thing})`);
  assert.equal(read.properties.adresse.ort, 'Musterstadt');
  assert.deepEqual(read.Locations[0].location, point(13.7, 51));
  assert.equal(read.Datastreams[0].Sensor.name, 'SHT85');
  assert.equal(read.Datastreams[0].ObservedProperty.name, 'Lufttemperatur');
  assert.equal(read.HistoricalLocations.length, 1);
  const stream = read.Datastreams[0]['@iot.id'];
  assert.equal((await sta.get(`/Datastreams(${stream})/Thing`)).name, 'Rathaus');
  assert.equal((await sta.get(`/Things(${thing})/Datastreams(${stream})/Sensor/name`)).name, 'SHT85');
  assert.equal((await sta.ask('GET', `/Things(${thing})/name/$value`)).text, 'Rathaus');
  assert.deepEqual(await sta.get(`/Things(${thing})/properties/adresse/ort`), { ort: 'Musterstadt' });
  assert.deepEqual((await sta.get(`/Things(${thing})/Datastreams/$ref`)).value, [{ '@iot.selfLink': `${town.url}/sta/v1.1/Datastreams(${stream})` }]);
});

test('what is nested is made as a whole or not at all', async () => {
  const wrong = weatherStation('Halb');
  delete wrong.Datastreams[0].Sensor;
  const refused = await sta.ask('POST', '/Things', wrong);
  assert.equal(refused.status, 400, refused.text);
  assert.match(refused.json().message, /Sensor is missing/);
  assert.equal((await sta.get("/Locations?$filter=name eq 'Ort von Halb'")).value.length, 0);
  assert.equal((await sta.get("/Things?$filter=name eq 'Halb'")).value.length, 0);
});

test('Observations come with a time, a result and the feature of where the Thing is', async () => {
  const stream = await streamOf(await sta.post('/Things', weatherStation('Brücke', 13.8, 51.1)));
  const first = await observe(stream, '2027-03-01T10:00:00+01:00', 4.5);
  await observe(stream, '2027-03-01T10:00:00Z', 6);
  await observe(stream, '2027-03-01T09:30:00Z/2027-03-01T09:45:00Z', -1.25);
  const read = await sta.get(`/Observations(${first})?$expand=FeatureOfInterest`);
  assert.equal(read.phenomenonTime, '2027-03-01T09:00:00Z');
  assert.equal(read.result, 4.5);
  assert.equal(read.resultTime, null);
  assert.deepEqual(read.FeatureOfInterest.feature, point(13.8, 51.1));
  assert.equal(read['Datastream@iot.navigationLink'], `${town.url}/sta/v1.1/Observations(${first})/Datastream`);
  const list = query => sta.get(`/Datastreams(${stream})/Observations?${query}`);
  assert.deepEqual((await list('$orderby=phenomenonTime desc')).value.map(o => o.result), [6, -1.25, 4.5]);
  assert.deepEqual((await list('$filter=result lt 5&$orderby=result')).value.map(o => o.result), [-1.25, 4.5]);
  assert.deepEqual((await list('$filter=phenomenonTime gt 2027-03-01T09:15:00Z&$count=true'))['@iot.count'], 2);
  assert.equal((await sta.get(`/Datastreams(${stream})`)).phenomenonTime, '2027-03-01T09:00:00Z/2027-03-01T10:00:00Z');
  const features = await sta.get(`/FeaturesOfInterest?$filter=name eq 'Ort von Brücke'`);
  assert.equal(features.value.length, 1, 'one feature for all');
  assert.equal((await sta.get(`/FeaturesOfInterest(${features.value[0]['@iot.id']})/Observations?$count=true`))['@iot.count'], 3);
});

test('a page has a next link until nothing is left', async () => {
  const stream = await streamOf(await sta.post('/Things', weatherStation('Lang')));
  const rows = Array.from({ length: 250 }, (_, i) => [new Date(Date.UTC(2027, 0, 1, 0, i)).toISOString(), i]);
  const made = await sta.post('/CreateObservations', [{ Datastream: { '@iot.id': stream }, components: ['phenomenonTime', 'result'],
    'dataArray@iot.count': 251, dataArray: [...rows, ['gestern', 1]] }]);
  assert.equal(made.length, 251);
  assert.equal(made[250], 'error');
  assert.match(made[0], /\/Observations\(\d+\)$/);
  const results = [];
  for (let path = `/Datastreams(${stream})/Observations?$top=120&$orderby=phenomenonTime asc&$count=true`; path;) {
    const page = await sta.get(path);
    assert.equal(page['@iot.count'], 250);
    results.push(...page.value.map(o => o.result));
    path = page['@iot.nextLink'] && decodeURI(page['@iot.nextLink'].slice(`${town.url}/sta/v1.1`.length));
  }
  assert.deepEqual(results, rows.map(row => row[1]));
});

test('entities are changed in part, as a whole and by JSON Patch', async () => {
  const thing = await sta.post('/Things', { name: 'Bank', description: 'Holz', properties: { a: 1, b: 2 } });
  const change = (method, body, type) => sta.ask(method, `/Things(${thing})`, body, { type });
  assert.equal((await change('PATCH', { description: 'Stein' })).json().description, 'Stein');
  assert.deepEqual((await sta.get(`/Things(${thing})`)).properties, { a: 1, b: 2 });
  assert.equal((await change('PATCH', [{ op: 'replace', path: '/properties/a', value: 7 }, { op: 'remove', path: '/properties/b' }],
    'application/json-patch+json')).status, 200);
  assert.deepEqual((await sta.get(`/Things(${thing})`)).properties, { a: 7 });
  assert.equal((await change('PATCH', { name: null })).status, 400);
  assert.equal((await change('PUT', { description: 'ohne Namen' })).status, 400);
  assert.equal((await change('PUT', { name: 'Bank', description: 'neu' })).status, 200);
  assert.equal((await sta.get(`/Things(${thing})`)).properties, undefined);
});

test('an Observation is corrected and deleted', async () => {
  const stream = await streamOf(await sta.post('/Things', weatherStation('Fehler')));
  const id = await observe(stream, '2027-03-01T10:00:00Z', 99);
  const patched = await sta.ask('PATCH', `/Observations(${id})`, { result: 9, resultQuality: 4, parameters: { wer: 'Technik' } });
  assert.equal(patched.status, 200, patched.text);
  const read = await sta.get(`/Observations(${id})`);
  assert.deepEqual([read.result, read.resultQuality, read.parameters, read.phenomenonTime], [9, 4, { wer: 'Technik' }, '2027-03-01T10:00:00Z']);
  assert.equal((await sta.ask('DELETE', `/Observations(${id})`)).status, 200);
  assert.equal((await sta.ask('GET', `/Observations(${id})`)).status, 404);
});

test('a Thing that is moved has a history, and what is measured then is of the new place', async () => {
  const thing = await sta.post('/Things', weatherStation('Wagen', 13.5, 51));
  const stream = await streamOf(thing);
  const before = await observe(stream, '2027-03-01T10:00:00Z', 1);
  await sta.post(`/Things(${thing})/Locations`, { name: 'Hof', description: '', encodingType: 'application/geo+json', location: point(13.6, 51) });
  const later = await observe(stream, '2027-03-01T11:00:00Z', 2);
  const where = async id => (await sta.get(`/Observations(${id})/FeatureOfInterest`)).feature;
  assert.deepEqual(await where(before), point(13.5, 51));
  assert.deepEqual(await where(later), point(13.6, 51));
  assert.equal((await sta.get(`/Things(${thing})/Locations`)).value.length, 1);
  assert.equal((await sta.get(`/Things(${thing})/HistoricalLocations`)).value.length, 2);
});

test('with a Thing goes what cannot be without it, and nothing else', async () => {
  const thing = await sta.post('/Things', weatherStation('Weg'));
  const stream = await streamOf(thing);
  const observation = await observe(stream, '2027-03-01T10:00:00Z', 1);
  const location = (await sta.get(`/Things(${thing})/Locations`)).value[0]['@iot.id'];
  assert.equal((await sta.ask('DELETE', `/Things(${thing})`)).status, 200);
  for (const gone of [`/Things(${thing})`, `/Datastreams(${stream})`, `/Observations(${observation})`]) assert.equal((await sta.ask('GET', gone)).status, 404, gone);
  assert.equal((await sta.get(`/Locations(${location})`)).name, 'Ort von Weg');
});

test('entities are asked by place and over relations', async () => {
  await sta.post('/Things', weatherStation('Nord', 10, 60));
  await sta.post('/Things', weatherStation('Süd', 10, 40));
  const inside = await sta.get("/Things?$filter=st_within(Locations/location, geography'POLYGON((9 59, 11 59, 11 61, 9 61, 9 59))')&$select=name");
  assert.deepEqual(inside.value, [{ name: 'Nord' }]);
  const south = await sta.get("/Datastreams?$filter=Thing/Locations/name eq 'Ort von Süd'&$expand=Thing($select=name)&$select=name");
  assert.deepEqual(south.value, [{ name: 'Lufttemperatur Süd', Thing: { name: 'Süd' } }]);
});

test('the latest value of each Datastream comes with one question', async () => {
  const stream = await streamOf(await sta.post('/Things', weatherStation('Letzte')));
  await observe(stream, '2027-03-02T10:00:00Z', 8);
  await observe(stream, '2027-03-01T10:00:00Z', 7);
  const read = (await sta.get(`/Datastreams?latest&$select=name&$filter=id eq ${stream}`)).value;
  assert.equal(read.length, 1);
  assert.equal(read[0].latest.result, 8);
});

test('a MultiDatastream wants as many results as it has parts', async () => {
  const thing = await sta.post('/Things', { name: 'Mast', description: '' });
  const unit = { name: 'Grad', symbol: '°', definition: 'ucum:deg' };
  const property = name => ({ name, definition: `https://example.org/${name}`, description: '' });
  const type = 'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement';
  const multi = await sta.post('/MultiDatastreams', {
    name: 'Wind', description: '', observationType: 'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation', multiObservationDataTypes: [type, type],
    unitOfMeasurements: [unit, unit], ObservedProperties: [property('richtung'), property('staerke')], Thing: { '@iot.id': thing },
    Sensor: { name: 'Rad', description: '', encodingType: 'text/html', metadata: 'https://example.org' },
  });
  const post = result => sta.ask('POST', `/MultiDatastreams(${multi})/Observations`, { phenomenonTime: '2027-03-01T10:00:00Z', result });
  assert.equal((await post(5)).status, 400);
  assert.equal((await post([5])).status, 400);
  assert.equal((await post([270, 5.5])).status, 201);
  const [read] = (await sta.get(`/MultiDatastreams(${multi})/Observations?$expand=MultiDatastream($expand=ObservedProperties)`)).value;
  assert.deepEqual(read.result, [270, 5.5]);
  assert.deepEqual(read.MultiDatastream.ObservedProperties.map(p => p.name), ['richtung', 'staerke']);
});

test('wrong questions are told where and what could stand there', async () => {
  for (const [path, status, words] of [
    ['/Dinge', 404, /Things/], ['/Things(999999)', 404, /no such Thing/], ['/Things?$filter=nam eq 1', 400, /nam/], ['/Things?$top=-1', 400, /\$top/],
    ['/Things?$unsinn=1', 501, /\$unsinn/], ['/Things(x)', 400, /character/], ['/Observations(1)', 404, /no such Observation/],
  ]) {
    const answer = await sta.ask('GET', path);
    assert.equal(answer.status, status, `${path}: ${answer.text}`);
    assert.match(answer.json().message, words);
  }
});

test('nobody writes without a key that may', async () => {
  const thing = await sta.post('/Things', { name: 'Zu', description: '' });
  for (const [method, path] of [['POST', '/Things'], ['PATCH', `/Things(${thing})`], ['PUT', `/Things(${thing})`], ['DELETE', `/Things(${thing})`], ['POST', '/CreateObservations']]) {
    const answer = await sta.ask(method, path, method === 'DELETE' ? undefined : {}, { as: null });
    assert.equal(answer.status, 401, `${method} ${path}`);
  }
  assert.equal((await sta.get(`/Things(${thing})`)).name, 'Zu');
});

test('what was acknowledged is there after a kill', async () => {
  const thing = await sta.post('/Things', weatherStation('Ausfall'));
  const stream = await streamOf(thing);
  for (let i = 0; i < 20; i++) await observe(stream, new Date(Date.UTC(2027, 0, 1, 0, i)).toISOString(), i / 10);
  await town.restart({ hard: true });
  const read = await sta.get(`/Things(${thing})?$expand=Datastreams($expand=Observations($top=50;$orderby=phenomenonTime))`);
  assert.deepEqual(read.Datastreams[0].Observations.map(o => o.result), Array.from({ length: 20 }, (_, i) => i / 10));
});
