// SPDX-License-Identifier: EUPL-1.2
// What FROST's suite of SensorThings asserts and our other tests do not, said anew: ways through the model, links,
// features made by themselves, values in JSON, areas, batches, MultiDatastreams (docs/sta.md has the table).
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

const link = id => ({ '@iot.id': id });
const place = (name, shape) => ({ name, description: '', encodingType: 'application/vnd.geo+json', location: shape });
const { Sensor: SENSOR, ObservedProperty: PROPERTY, ...STREAM } = weatherStation('x').Datastreams[0];
const stream = (thing, more = {}) => ({ ...STREAM, Thing: link(thing), Sensor: SENSOR, ObservedProperty: PROPERTY, ...more });
const feature = async observation => (await sta.get(`/Observations(${observation})/FeatureOfInterest`))['@iot.id'];
const status = async (method, path, body, options) => (await sta.ask(method, path, body, options)).status;
const names = async path => (await sta.get(path)).value.map(entity => entity.name);

// --- c01: ways and links -------------------------------------------------------------------------

const RELATIONS = {
  Thing: ['Datastreams', 'MultiDatastreams', 'Locations', 'HistoricalLocations'], Location: ['Things', 'HistoricalLocations'], HistoricalLocation: ['Thing', 'Locations'],
  Datastream: ['Thing', 'Sensor', 'ObservedProperty', 'Observations'], MultiDatastream: ['Thing', 'Sensor', 'ObservedProperties', 'Observations'],
  Sensor: ['Datastreams', 'MultiDatastreams'], ObservedProperty: ['Datastreams', 'MultiDatastreams'], Observation: ['Datastream', 'FeatureOfInterest'], FeatureOfInterest: ['Observations'],
};
const ONE = { Datastreams: 'Datastream', MultiDatastreams: 'MultiDatastream', Locations: 'Location', HistoricalLocations: 'HistoricalLocation', Things: 'Thing', Observations: 'Observation', ObservedProperties: 'ObservedProperty' };

test('links alone are told of each relation, three relations deep, and nothing else', async () => {
  const station = weatherStation('Wege');
  station.Datastreams[0].Observations = [{ phenomenonTime: '2027-03-01T08:00:00Z', result: 1 }];
  const thing = await sta.post('/Things', station);
  const walk = async (type, path, deep) => {
    for (const relation of RELATIONS[type]) {
      const way = `${path}/${relation}`, many = ONE[relation] !== undefined, answer = await sta.ask('GET', `${way}/$ref`);
      assert.equal(answer.status, 200, `${way}/$ref: ${answer.text}`);
      const links = many ? answer.json().value : [answer.json()];
      for (const one of links) assert.deepEqual(Object.keys(one), ['@iot.selfLink'], way);
      const id = links[0]?.['@iot.selfLink'].match(/\((\d+)\)$/)[1];
      if (deep > 1 && id) await walk(ONE[relation] ?? relation, many ? `${way}(${id})` : way, deep - 1);
    }
  };
  await walk('Thing', `/Things(${thing})`, 3);
});

test('what is not part of what the way leads through is not found there, read or written', async () => {
  const [mine, other] = [await sta.post('/Things', weatherStation('Mein')), await sta.post('/Things', weatherStation('Fremd'))];
  const [{ '@iot.id': its }] = (await sta.get(`/Things(${mine})/Datastreams`)).value;
  const good = `/Things(${mine})/Datastreams(${its})/Observations`, bad = `/Things(${other})/Datastreams(${its})/Observations`;
  const observation = await sta.post(good, { result: 1 });
  assert.equal(await status('GET', bad), 404);
  assert.equal(await status('POST', bad, { result: 2 }), 404);
  for (const [method, body] of [['PUT', { result: 3, phenomenonTime: '2027-03-01T08:00:00Z' }], ['PATCH', { result: 4 }], ['DELETE', undefined]])
    assert.equal(await status(method, `${bad}(${observation})`, body), 404, method);
  assert.equal((await sta.get(`${good}(${observation})`)).result, 1);
  assert.equal(await status('PUT', `${good}(${observation})`, { result: 3, phenomenonTime: '2027-03-01T08:00:00Z' }), 200);
  assert.equal(await status('DELETE', `${good}(${observation})`), 200);
  assert.equal(await status('GET', `${good}(${observation})`), 404);
});

test('a part of JSON is told by its name, with the index that was asked for', async () => {
  const properties = { text: 'abc', ja: true, zahl: 8, liste: [8, 9], tafel: [[1, 2], [3, 4]], dinge: [{ text: 'a' }], leer: null };
  const thing = await sta.post('/Things', { name: 'Teile', description: '', properties });
  const at = path => sta.get(`/Things(${thing})/properties/${path}`);
  for (const name of ['text', 'ja', 'zahl', 'liste']) assert.deepEqual(await at(name), { [name]: properties[name] });
  assert.deepEqual(await at('liste[1]'), { 'liste[1]': 9 });
  assert.deepEqual(await at('tafel[1]'), { 'tafel[1]': [3, 4] });
  assert.deepEqual(await at('tafel[0][1]'), { 'tafel[0][1]': 2 });
  assert.deepEqual(await at('dinge[0]/text'), { text: 'a' });
  assert.equal(await status('GET', `/Things(${thing})/properties/leer`), 204);
  const bare = await sta.post('/Things', { name: 'Kahl', description: '' });
  for (const way of ['properties', 'properties/$value']) assert.equal(await status('GET', `/Things(${bare})/${way}`), 204, way);
});

// --- c02: features that are made by themselves, changes ------------------------------------------

test('the feature of what is measured is that of the Location, for all Things that are there', async () => {
  const market = await sta.post('/Locations', place('Markt', point(8, 51))), port = await sta.post('/Locations', place('Hafen', point(9, 52)));
  const thing = await sta.post('/Things', { name: 'Eins', description: '', Locations: [link(market)] }), its = await sta.post('/Datastreams', stream(thing));
  const measure = at => sta.post(`/Datastreams(${at})/Observations`, { result: 1 });
  const first = await feature(await measure(its));
  assert.equal(await feature(await measure(its)), first, 'the same while it stays');
  assert.equal(await status('PATCH', `/Things(${thing})`, { Locations: [link(port)] }), 200);
  const moved = await feature(await measure(its));
  assert.notEqual(moved, first);
  assert.deepEqual((await sta.get(`/FeaturesOfInterest(${moved})`)).feature, point(9, 52));
  const second = await sta.post('/Things', { name: 'Zwei', description: '', Locations: [link(market)] });
  assert.equal(await feature(await measure(await sta.post('/Datastreams', stream(second)))), first, 'another Thing at the same Location');
  assert.equal(await status('DELETE', `/FeaturesOfInterest(${moved})`), 200);
  const anew = await feature(await measure(its));
  assert.ok(anew && anew !== moved, 'made anew');
});

test('of Locations that are an address, directions and a point, the point makes the feature', async () => {
  const text = name => ({ name, description: '', encodingType: 'text/plain', location: '' });
  const thing = await sta.post('/Things', { name: 'Drei Orte', description: '', Locations: [text('Anschrift'), place('Punkt', point(8, 51)), text('Weg')] });
  const observation = await sta.post(`/Datastreams(${await sta.post('/Datastreams', stream(thing))})/Observations`, { result: 1 });
  assert.deepEqual((await sta.get(`/Observations(${observation})/FeatureOfInterest`)).feature, point(8, 51));
});

test('what is measured nowhere is taken, without a feature; a name that stands twice in a body is refused', async () => {
  const nowhere = await sta.post('/Things', { name: 'Nirgends', description: '' }), its = await sta.post('/Datastreams', stream(nowhere));
  const observation = await sta.post(`/Datastreams(${its})/Observations`, { result: 1 });
  assert.equal(await status('GET', `/Observations(${observation})/FeatureOfInterest`), 204);
  const twice = await town.visitor().request('PATCH', `/sta/v1.1/Things(${nowhere})`, { body: '{"name": "A", "name": "B"}', headers: { authorization: `Bearer ${sta.key}`, 'content-type': 'application/json' } });
  assert.equal(twice.status, 400);
  assert.equal((await sta.get(`/Things(${nowhere})`)).name, 'Nirgends');
});

test('an entity inside a PATCH is refused, and nothing is changed', async () => {
  const thing = await sta.post('/Things', weatherStation('Fest')), [{ '@iot.id': its }] = (await sta.get(`/Things(${thing})/Datastreams`)).value;
  const [{ '@iot.id': sensor }] = [await sta.get(`/Datastreams(${its})/Sensor`)];
  const wrong = [[`/Things(${thing})`, { Locations: [place('Neu', point(1, 1))] }], [`/Things(${thing})`, { Datastreams: [{ name: 'x' }] }], [`/Sensors(${sensor})`, { Datastreams: [{ name: 'x' }] }],
    [`/Datastreams(${its})`, { ObservedProperty: PROPERTY }], [`/Datastreams(${its})`, { Sensor: SENSOR }], [`/Datastreams(${its})`, { Thing: { name: 'x', description: '' } }], [`/Datastreams(${its})`, { Observations: [{ result: 1 }] }]];
  for (const [path, body] of wrong) assert.equal(await status('PATCH', path, { description: 'nie', ...body }), 400, `${path} ${JSON.stringify(body)}`);
  for (const path of [`/Things(${thing})`, `/Sensors(${sensor})`, `/Datastreams(${its})`]) assert.notEqual((await sta.get(path)).description, 'nie');
  assert.equal((await sta.get(`/Datastreams(${its})/Observations?$count=true`))['@iot.count'], 0);
});

test('a JSON Patch adds, copies and moves inside properties, of Things and Datastreams', async () => {
  const thing = await sta.post('/Things', weatherStation('Flicken')), [{ '@iot.id': its }] = (await sta.get(`/Things(${thing})/Datastreams`)).value;
  for (const path of [`/Things(${thing})`, `/Datastreams(${its})`]) {
    const patch = operations => status('PATCH', path, operations, { type: 'application/json-patch+json' });
    assert.equal(await patch([{ op: 'add', path: '/properties', value: { a: 1 } }]), 200);
    assert.equal(await patch([{ op: 'copy', from: '/properties/a', path: '/properties/b' }, { op: 'move', from: '/properties/a', path: '/properties/c' }]), 200);
    assert.deepEqual((await sta.get(path)).properties, { b: 1, c: 1 });
  }
});

// --- c03: values in JSON, areas --------------------------------------------------------------------

test('values in JSON are compared with what is given and with each other', async () => {
  const properties = i => ({ text: 'abcdefgh'.slice(i, i + 4), ja: i % 2 === 0, zahl: i + 8, liste: [i + 8, i + 9, i + 10], worte: [`s${i + 8}`, `s${i + 9}`], tafel: [[i + 8], [i + 9]], dinge: [{ text: 'a' }, { ja: i % 2 === 1, liste: [i + 9] }] });
  const things = [];
  for (let i = 0; i < 4; i++) things.push(await sta.post('/Things', { name: `J${i}`, description: 'json', properties: properties(i) }));
  const its = await sta.post('/Datastreams', stream(things[0], { name: 'J' })), quality = [{ Status: { code: 2 } }, [{ Ergebnis: { code: 2 } }], 'gut', 7];
  for (let i = 0; i < 12; i++) await sta.post(`/Datastreams(${its})/Observations`, { result: i, parameters: { ...properties(i - 8), zahl: i }, resultQuality: quality[i % 4] });
  await sta.post(`/Datastreams(${its})/Observations`, { result: 12, parameters: { zahl: '5', ja: 'true', text: 13, liste: { a: 1 }, tafel: 'nein' } });
  const found = async (set, filter, show) => {
    const answer = await sta.ask('GET', `/${set}?$orderby=id&$top=50&$filter=${filter}`);
    return answer.status === 200 ? answer.json().value.map(show).join(' ') : answer.text;
  };
  const thing = filter => found('Things', `description eq 'json' and (${filter})`, t => t.name), observation = filter => found(`Datastreams(${its})/Observations`, filter, o => o.result);
  const lines = [
    [thing, "substringof('cd', properties/text)", 'J0 J1 J2'], [thing, 'properties/liste[1] gt 10', 'J2 J3'], [thing, 'properties/tafel[1][0] lt 10', 'J0'], [thing, 'properties/dinge[1]/liste[0] gt 10', 'J2 J3'],
    [thing, 'properties/ja', 'J0 J2'], [thing, 'not properties/ja', 'J1 J3'], [thing, 'properties/dinge[1]/ja', 'J1 J3'], [thing, 'properties/zahl in (8, 9)', 'J0 J1'], [thing, '9 in properties/liste', 'J0 J1'],
    [thing, "'s9' in properties/worte", 'J0 J1'], [thing, '8 in properties/zahl', ''], [thing, "properties/dinge[0]/text eq 'a'", 'J0 J1 J2 J3'],
    [observation, "parameters/zahl eq '5'", '5 12'], [observation, 'parameters/zahl eq 5', '5'], [observation, 'parameters/zahl gt 8', '9 10 11'], [observation, 'parameters/liste[1] gt 9', '9 10 11'],
    [observation, 'parameters/zahl eq Datastream/Thing/properties/zahl', '8'], [observation, 'parameters/text eq Datastream/Thing/properties/text', '0 8'], [observation, 'parameters/ja', '0 2 4 6 8 10'], [observation, 'parameters/ja eq Datastream/Thing/properties/ja', '0 2 4 6 8 10 12'],
    [observation, 'resultQuality/Status/code eq 2', '0 4 8'], [observation, 'resultQuality[0]/Ergebnis/code eq 2', '1 5 9'], [observation, "resultQuality eq 'gut'", '2 6 10'], [observation, 'resultQuality eq 7', '3 7 11'],
    [observation, "result gt 3 and result lt 3 or result eq 4", '4'], [observation, '1 add result mul 2 sub -1 eq 4', '1'], [observation, '6 div 2 sub result eq 2', '1'], [observation, '14 div (result add 1) mod 3 mul 3 eq 3', '1'],
  ];
  const wrong = [];
  for (const [ask, filter, expected] of lines) {
    const actual = await ask(filter);
    if (actual !== expected) wrong.push(`${filter}: "${actual}", not "${expected}"`);
  }
  assert.deepEqual(wrong, []);
});

test('points, lines and areas lie to each other as they do on paper', async () => {
  const line = coordinates => ({ type: 'LineString', coordinates });
  const shapes = { a: point(8, 51), b: point(8, 52), c: point(8, 53), d: point(8, 54), e: { type: 'Polygon', coordinates: [[[8, 53], [7, 52], [7, 53], [8, 53]]] }, f: line([[5, 52], [5, 53]]), g: line([[5, 52], [6, 53]]), h: line([[4, 52], [8, 52]]) };
  for (const [name, shape] of Object.entries(shapes)) {
    await sta.post('/Locations', { ...place(name, shape), description: 'form' });
    await sta.post('/FeaturesOfInterest', { name, description: 'form', encodingType: 'application/geo+json', feature: shape });
  }
  const box = "geography'POLYGON((7.5 51.5, 7.5 53.5, 8.5 53.5, 8.5 51.5, 7.5 51.5))'", wedge = "geography'POLYGON((8 53, 7.5 54.5, 8.5 54.5, 8 53))'", upright = "geography'LINESTRING(7.5 51, 7.5 54)'";
  const lines = [["geo.distance(*, geography'POINT(8 54.1)') lt 1", 'd'], ["geo.distance(*, geography'POINT(8 54.1)') gt 1", 'abcefgh'], [`geo.intersects(*, ${upright})`, 'eh'], ['geo.length(*) gt 1', 'gh'], ['geo.length(*) ge 1', 'fgh'],
    ['geo.length(*) eq 1', 'f'], ['geo.length(*) ne 1', 'abcdegh'], ['geo.length(*) le 4', 'abcdefgh'], ['geo.length(*) lt 4', 'abcdefg'], [`st_contains(${box}, *)`, 'bc'], [`st_crosses(${upright}, *)`, 'eh'],
    [`st_disjoint(${box}, *)`, 'adfg'], ["st_equals(*, geography'POINT(8 53)')", 'c'], [`st_intersects(*, ${upright})`, 'eh'], [`st_overlaps(${box}, *)`, 'e'], [`st_relate(${box}, *, 'T********')`, 'bceh'], [`st_touches(${wedge}, *)`, 'ce'],
    ["st_within(geography'POINT(7.5 52.75)', *)", 'e']];
  const wrong = [];
  for (const [set, property] of [['Locations', 'location'], ['FeaturesOfInterest', 'feature']])
    for (const [filter, expected] of lines) {
      const actual = (await names(`/${set}?$orderby=name&$filter=description eq 'form' and ${filter.replace('*', property)}`)).join('');
      if (actual !== expected) wrong.push(`${set}: ${filter}: "${actual}", not "${expected}"`);
    }
  assert.deepEqual(wrong, []);
});

test('what was observed where is asked by the area of Datastreams', async () => {
  const thing = await sta.post('/Things', { name: 'Gebiet', description: '' });
  const observed = { unten: [[8, 51], [8, 52]], oben: [[8, 53]], fern: [[8, 54]] };
  for (const [name, points] of Object.entries(observed)) {
    const its = await sta.post('/Datastreams', stream(thing, { name }));
    for (const [x, y] of points) await sta.post(`/Datastreams(${its})/Observations`, { result: 1, FeatureOfInterest: { name: `${x} ${y}`, description: '', encodingType: 'application/geo+json', feature: point(x, y) } });
  }
  const box = "geography'POLYGON((7.5 51.5, 7.5 53.5, 8.5 53.5, 8.5 51.5, 7.5 51.5))'", of = filter => names(`/Things(${thing})/Datastreams?$orderby=id&$filter=${filter}`);
  for (const intersects of ['geo.intersects', 'st_intersects']) assert.deepEqual(await of(`${intersects}(observedArea, ${box})`), ['unten', 'oben']);
  assert.deepEqual(await of(`st_contains(${box}, observedArea)`), ['oben']);
});

// --- c04: batches -----------------------------------------------------------------------------------

const batch = requests => sta.ask('POST', '/$batch', { requests });

test('a change set makes and changes, and takes both back when one of it fails', async () => {
  const thing = await sta.post('/Things', { name: 'Alt', description: 'bleibt', properties: { a: 1 } });
  const make = { method: 'post', url: 'Things', atomicityGroup: 'g', body: { name: 'Mengenteil', description: '' } };
  const change = { method: 'patch', url: `Things(${thing})`, atomicityGroup: 'g', body: { name: 'Neu', properties: { b: 2 } } };
  const replace = { method: 'put', url: `Things(${thing})`, atomicityGroup: 'g', body: { name: 'Ganz neu', description: 'anders' } };
  const wrong = { method: 'post', url: 'Things', atomicityGroup: 'g', body: { name: 'ohne Beschreibung' } };
  const before = await sta.get(`/Things(${thing})`);
  assert.deepEqual((await batch([make, change, replace, wrong])).json().responses.map(r => r.status), [409, 409, 409, 400]);
  assert.deepEqual(await sta.get(`/Things(${thing})`), before);
  assert.equal((await names("/Things?$filter=name eq 'Mengenteil'")).length, 0);
  assert.deepEqual((await batch([make, change])).json().responses.map(r => r.status), [201, 200]);
  const after = await sta.get(`/Things(${thing})`);
  assert.deepEqual([after.name, after.description, after.properties], ['Neu', 'bleibt', { b: 2 }]);
});

test('an Observation that a change set corrected has its old value again', async () => {
  const thing = await sta.post('/Things', weatherStation('Mengen')), [{ '@iot.id': its }] = (await sta.get(`/Things(${thing})/Datastreams`)).value;
  const observation = await sta.post(`/Datastreams(${its})/Observations`, { result: 1, phenomenonTime: '2027-03-01T08:00:00Z', resultQuality: 4, parameters: { a: 1 } });
  const before = await sta.get(`/Observations(${observation})`);
  const change = { method: 'patch', url: `Observations(${observation})`, atomicityGroup: 'g', body: { result: 2, parameters: null } };
  assert.deepEqual((await batch([change, { method: 'post', url: 'Things', atomicityGroup: 'g', body: {} }])).json().responses.map(r => r.status), [409, 400]);
  assert.deepEqual(await sta.get(`/Observations(${observation})`), before);
});

test('what a change set could not take back is refused before anything is done', async () => {
  const thing = await sta.post('/Things', weatherStation('Bleibt')), [{ '@iot.id': its }] = (await sta.get(`/Things(${thing})/Datastreams`)).value;
  const make = { method: 'post', url: 'Things', atomicityGroup: 'g', body: { name: 'Nie', description: '' } };
  for (const second of [{ method: 'delete', url: `Things(${thing})` }, { method: 'patch', url: `Datastreams(${its})`, body: { Thing: link(thing) } }, { method: 'patch', url: `Things(${thing})`, body: { Locations: [] } }])
    assert.equal((await batch([make, { ...second, atomicityGroup: 'g' }])).status, 501, JSON.stringify(second));
  assert.equal((await names("/Things?$filter=name eq 'Nie'")).length, 0);
});

// --- c05: MultiDatastreams -------------------------------------------------------------------------

test('a MultiDatastream has each ObservedProperty once, in its order, and each result is asked by its place', async () => {
  const thing = await sta.post('/Things', weatherStation('Multi')), [wind, rain] = [await sta.post('/ObservedProperties', { ...PROPERTY, name: 'Wind' }), await sta.post('/ObservedProperties', { ...PROPERTY, name: 'Regen' })];
  const type = 'http://www.opengis.net/def/observationType/OGC-OM/2.0/';
  const body = properties => ({ name: 'Wetter', description: '', observationType: `${type}OM_ComplexObservation`, multiObservationDataTypes: [`${type}OM_Measurement`, `${type}OM_Measurement`],
    unitOfMeasurements: [STREAM.unitOfMeasurement, STREAM.unitOfMeasurement], Thing: link(thing), Sensor: SENSOR, ObservedProperties: properties.map(link) });
  assert.equal(await status('POST', '/MultiDatastreams', body([wind, wind])), 400);
  const multi = await sta.post('/MultiDatastreams', body([rain, wind]));
  assert.deepEqual(await names(`/MultiDatastreams(${multi})/ObservedProperties`), ['Regen', 'Wind']);
  assert.deepEqual(await names(`/ObservedProperties(${wind})/MultiDatastreams`), ['Wetter']);
  assert.equal(await status('DELETE', `/MultiDatastreams(${multi})/ObservedProperties(${wind})/$ref`), 400, 'results that are there have it');
  const observation = await sta.post(`/MultiDatastreams(${multi})/Observations`, { result: [4, 1] });
  assert.deepEqual(await sta.get(`/Observations(${observation})/result[0]`), { 'result[0]': 4 });
  assert.equal(await status('GET', `/Observations(${observation})/Datastream`), 204);
  for (const result of [4, [4], [4, 1, 2]]) assert.equal(await status('POST', `/MultiDatastreams(${multi})/Observations`, { result }), 400, JSON.stringify(result));
  assert.equal(await status('PATCH', `/ObservedProperties(${wind})`, { MultiDatastreams: [link(multi)] }), 400);
  assert.equal(await status('DELETE', `/ObservedProperties(${wind})`), 200);
  assert.equal(await status('GET', `/MultiDatastreams(${multi})`), 404);
});

// --- c06: data arrays -------------------------------------------------------------------------------

test('rows of a data array share the feature that is made for them, and a wrong one is an error of its own', async () => {
  const thing = await sta.post('/Things', weatherStation('Reihen')), its = (await sta.get(`/Things(${thing})/Datastreams`)).value[0]['@iot.id'];
  const foi = await sta.post('/FeaturesOfInterest', { name: 'F', description: '', encodingType: 'application/geo+json', feature: point(8, 51) });
  const rows = (await sta.ask('POST', '/CreateObservations', [
    { Datastream: link(its), components: ['phenomenonTime', 'result', 'FeatureOfInterest/id'], 'dataArray@iot.count': 2, dataArray: [['2010-12-23T10:20:00-07:00', 20, foi], ['2010-12-23T10:21:00-07:00', 30, 'keine']] },
    { Datastream: link(its), components: ['phenomenonTime', 'result'], dataArray: [['2010-12-23T10:22:00-07:00', 65], ['2010-12-23T10:23:00-07:00', 60]] },
  ])).json();
  assert.match(rows[1], /^error/);
  const ids = rows.map(row => row.match(/\((\d+)\)$/)?.[1]);
  assert.equal(await feature(ids[0]), foi);
  assert.equal(await feature(ids[2]), await feature(ids[3]));
  const read = await sta.get(`/Datastreams(${its})/Observations?$resultFormat=dataArray&$count=true&$top=2&$select=result,phenomenonTime&$orderby=phenomenonTime desc`);
  assert.equal(read['@iot.count'], 3);
  assert.ok(read['@iot.nextLink']);
  assert.deepEqual([...read.value[0].components].sort(), ['phenomenonTime', 'result']);
  assert.ok(read.value[0]['Datastream@iot.navigationLink']);
});
