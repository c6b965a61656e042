// SPDX-License-Identifier: EUPL-1.2
// What OGC SensorThings 1.1 promises of reading, making, changing and deleting, entity type by entity type.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { point, staClient, weatherStation } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

const MODEL = {
  Things: { one: 'Thing', properties: ['name', 'description', 'properties'], relations: ['Locations', 'HistoricalLocations', 'Datastreams', 'MultiDatastreams'] },
  Locations: { one: 'Location', properties: ['name', 'description', 'encodingType', 'location'], relations: ['Things', 'HistoricalLocations'] },
  HistoricalLocations: { one: 'HistoricalLocation', properties: ['time'], relations: ['Thing', 'Locations'] },
  Datastreams: { one: 'Datastream', properties: ['name', 'description', 'observationType', 'unitOfMeasurement', 'phenomenonTime'],
    relations: ['Thing', 'Sensor', 'ObservedProperty', 'Observations'] },
  Sensors: { one: 'Sensor', properties: ['name', 'description', 'encodingType', 'metadata'], relations: ['Datastreams', 'MultiDatastreams'] },
  ObservedProperties: { one: 'ObservedProperty', properties: ['name', 'definition', 'description'], relations: ['Datastreams', 'MultiDatastreams'] },
  Observations: { one: 'Observation', properties: ['phenomenonTime', 'resultTime', 'result'], relations: ['Datastream', 'FeatureOfInterest'] },
  FeaturesOfInterest: { one: 'FeatureOfInterest', properties: ['name', 'description', 'encodingType', 'feature'], relations: ['Observations'] },
};
/** A dataset of our own: the simulated sensors of the demonstration town go on beside it. */
const ROOT = '/sta/datasets/allgemein/v1.1';
const setOf = relation => MODEL[relation] ? relation : Object.keys(MODEL).find(set => MODEL[set].one === relation);
const isSet = relation => relation in MODEL || relation === 'MultiDatastreams';

let town, sta, root, ids;
before(async () => {
  town = await startTown();
  sta = await staClient(town, { root: ROOT });
  root = town.url + ROOT;
  const station = weatherStation('Kern');
  station.Datastreams[0].Observations = [1, 2, 3].map(result => ({ phenomenonTime: `2027-03-01T1${result}:00:00Z`, resultTime: `2027-03-01T1${result}:00:01Z`, result }));
  await sta.post('/Things', station);
  ids = {};
  for (const set of Object.keys(MODEL)) ids[set] = (await sta.get(`/${set}?$orderby=id`)).value[0]['@iot.id'];
});
after(async () => { await town.stop(); });

const status = async (method, path, body, options) => (await sta.ask(method, path, body, options)).status;
const count = async path => (await sta.get(`${path}?$count=true&$top=0`))['@iot.count'];
const link = id => ({ '@iot.id': id });
const parts = {
  Sensor: { name: 'Neu', description: '', encodingType: 'text/html', metadata: 'https://example.org' },
  ObservedProperty: { name: 'Neu', definition: 'https://example.org/neu', description: '' },
  Location: (x, y, name = 'Neu') => ({ name, description: '', encodingType: 'application/geo+json', location: point(x, y) }),
  Feature: { name: 'Neu', description: '', encodingType: 'application/geo+json', feature: point(1, 2) },
};
const stream = extra => ({ name: 'Reihe', description: '', observationType: 'x', unitOfMeasurement: { name: 'a', symbol: 'b', definition: 'c' }, ...extra });
const fullStream = thing => stream({ Thing: link(thing), Sensor: parts.Sensor, ObservedProperty: parts.ObservedProperty });

/** A Thing with everything, and the ids of what hangs on it. */
async function station(name) {
  const thing = await sta.post('/Things', weatherStation(name));
  const read = await sta.get(`/Things(${thing})?$expand=Locations,HistoricalLocations,Datastreams($expand=Sensor,ObservedProperty)`);
  const [one] = read.Datastreams;
  const observation = await sta.post(`/Datastreams(${one['@iot.id']})/Observations`, { phenomenonTime: '2027-03-01T10:00:00Z', result: 1 });
  const feature = (await sta.get(`/Observations(${observation})/FeatureOfInterest`))['@iot.id'];
  return { Things: thing, Locations: read.Locations[0]['@iot.id'], HistoricalLocations: read.HistoricalLocations[0]['@iot.id'], Datastreams: one['@iot.id'],
    Sensors: one.Sensor['@iot.id'], ObservedProperties: one.ObservedProperty['@iot.id'], Observations: observation, FeaturesOfInterest: feature };
}

/* --- Reading ---------------------------------------------------------------------------------- */

test('each entity has its properties, its address and its navigation links, alone and in its set', async () => {
  for (const [set, { properties, relations }] of Object.entries(MODEL)) {
    const alone = await sta.get(`/${set}(${ids[set]})`);
    const inSet = (await sta.get(`/${set}?$filter=id eq ${ids[set]}`)).value[0];
    assert.deepEqual(alone, inSet, set);
    assert.equal(alone['@iot.id'], ids[set]);
    assert.equal(alone['@iot.selfLink'], `${root}/${set}(${ids[set]})`);
    for (const name of properties) assert.ok(name in alone, `${set}: ${name}`);
    for (const name of relations) assert.equal(alone[`${name}@iot.navigationLink`], `${root}/${set}(${ids[set]})/${name}`);
  }
});

test('all ways over three relations lead somewhere, and expand as they lead', async () => {
  for (const [set, { relations }] of Object.entries(MODEL)) {
    for (const first of relations.filter(setOf)) {
      const way = `/${set}(${ids[set]})/${first}`, nearest = await sta.get(way);
      const second = isSet(first) ? nearest.value[0] : nearest;
      assert.ok(second['@iot.selfLink'], way);
      assert.equal(await status('GET', `${way}/$ref`), 200);
      const expanded = await sta.get(`/${set}(${ids[set]})?$expand=${first}`);
      assert.deepEqual(isSet(first) ? expanded[first][0] : expanded[first], second, way);
      for (const then of MODEL[setOf(first)].relations.filter(setOf)) {
        const deeper = `${way}${isSet(first) ? `(${second['@iot.id']})` : ''}/${then}`, found = await sta.get(deeper);
        assert.ok((isSet(then) ? found.value[0] : found)['@iot.id'], deeper);
        assert.equal(await status('GET', `/${set}?$expand=${first}/${then}`), 200, `${set} ${first}/${then}`);
        for (const last of MODEL[setOf(then)].relations) {
          const entity = isSet(then) ? found.value[0] : found;
          assert.equal(await status('GET', `${deeper}${isSet(then) ? `(${entity['@iot.id']})` : ''}/${last}`), 200, `${deeper}/${last}`);
        }
      }
    }
  }
});

test('each property is there alone and as plain text', async () => {
  for (const [set, { properties }] of Object.entries(MODEL)) {
    const entity = await sta.get(`/${set}(${ids[set]})`);
    for (const name of properties) {
      assert.deepEqual(await sta.get(`/${set}(${ids[set]})/${name}`), { [name]: entity[name] });
      const plain = (await sta.ask('GET', `/${set}(${ids[set]})/${name}/$value`)).text;
      assert.equal(plain, typeof entity[name] === 'object' ? JSON.stringify(entity[name]) : String(entity[name]));
    }
    assert.deepEqual(await sta.get(`/${set}(${ids[set]})/id`), { '@iot.id': ids[set] });
  }
});

test('what is not there is 404, what cannot be read 400, what is not offered 501', async () => {
  const thing = `/Things(${ids.Things})`;
  for (const [path, expected] of [
    ['/Thing', 404], ['/things', 404], ['/Things(0)', 404], ['/Things(-1)', 404], ['/Things(99999999999999999999)', 400], [`${thing}/Sensors`, 404], [`${thing}/nam`, 404],
    [`${thing}/Datastreams(999999)`, 404], [`/Locations(${ids.Things})`, 404], [`${thing}/Things`, 404], ['/Observations(1)', 404], ["/Things('x')", 404],
    [`/Things('${ids.Things}')`, 200], ['/Things()', 400], ['/Things(1', 400], [`${thing}/properties/gibt/es/nicht`, 204], [`${thing}?$top=1`, 400], [`${thing}?$filter=id eq 1`, 400],
    ['/Things?$top=a', 400], ['/Things?$skip=-1', 400], ['/Things?$count=ja', 400], ['/Things?$expand=Sensor', 400], ['/Things?$select=farbe', 400], ['/Things?$orderby=name up', 400],
    ['/Things?$filter=name', 400], ['/Things?$filter=name eq', 400], ["/Things?$filter=name eq 'a", 400], ['/Things?$filter=(name eq 1', 400], ['/Things?$search=x', 501],
    ['/Things?top=1', 400], ['/Things?$top=1&$top=2', 400], ['/Things?$resultFormat=xml', 400],
  ]) assert.equal(await status('GET', path), expected, path);
});

test('$select, $expand and paging work together at each depth', async () => {
  const one = await sta.get(`/Things(${ids.Things})?$select=name,@iot.id&$expand=Datastreams($select=name;$count=true;$expand=Observations($select=result;$orderby=result desc;$top=1;$skip=1;$count=true))`);
  assert.deepEqual(Object.keys(one).sort(), ['@iot.id', 'Datastreams', 'Datastreams@iot.count', 'name']);
  const [inner] = one.Datastreams;
  assert.deepEqual(inner.Observations, [{ result: 2 }]);
  assert.equal(inner['Observations@iot.count'], 3);
  assert.equal(inner.name, 'Lufttemperatur Kern');
  const next = await sta.get(decodeURI(inner['Observations@iot.nextLink'].slice(root.length)));
  assert.deepEqual(next.value, [{ result: 1 }]);
  assert.deepEqual((await sta.get(`/Datastreams(${ids.Datastreams})/Observations?$select=result&$filter=result ge 2&$orderby=result desc`)).value, [{ result: 3 }, { result: 2 }]);
  const circle = await sta.get(`/Observations(${ids.Observations})?$expand=Datastream/Thing/Datastreams/Observations/Datastream/Thing/Datastreams/Sensor`);
  assert.equal(circle.Datastream.Thing.Datastreams[0].Observations[0].Datastream.Thing.Datastreams[0].Sensor.name, 'SHT85');
});

test('$top, $skip and $count do what they say at their edges', async () => {
  const total = await count('/Observations');
  for (const [query, length, more] of [['$top=0', 0], ['$top=1', 1, true], ['$top=1000', total], ['$skip=1000', 0], ['$skip=1', total - 1], ['$top=1&$skip=1', 1, true], [`$top=${total}`, total]]) {
    const page = await sta.get(`/Observations?$count=true&${query}`);
    assert.equal(page['@iot.count'], total, query);
    assert.equal(page.value.length, length, query);
    if (more !== undefined) assert.ok(page['@iot.nextLink'], query);
    else assert.ok(!page['@iot.nextLink'], query);
  }
  assert.ok(!('@iot.count' in await sta.get('/Things?$count=false')));
});

test('following next links meets each entity once, in each order', async () => {
  for (let i = 0; i < 23; i++) await sta.post('/Sensors', { ...parts.Sensor, name: `S${i % 5}`, description: `${i}`, properties: i % 3 ? { rang: i % 7 } : undefined });
  const all = await count('/Sensors');
  for (const order of ['', '$orderby=name', '$orderby=name desc', '$orderby=name,description desc', '$orderby=properties/rang', '$orderby=properties/rang desc,id', '$orderby=length(name),id desc']) {
    const seen = [];
    for (let path = `/Sensors?$top=4&$select=id,name,properties&${order}`; path;) {
      const page = await sta.get(path);
      seen.push(...page.value);
      path = page['@iot.nextLink'] && decodeURI(page['@iot.nextLink'].slice(root.length));
    }
    assert.equal(seen.length, all, order);
    assert.equal(new Set(seen.map(s => s['@iot.id'])).size, all, order);
    if (order === '$orderby=properties/rang') assert.deepEqual(seen.map(s => s.properties?.rang ?? -1), seen.map(s => s.properties?.rang ?? -1).sort((a, b) => a - b), 'null first');
    if (order === '$orderby=name desc') assert.deepEqual(seen.map(s => s.name), seen.map(s => s.name).sort().reverse());
  }
});

/* --- Making ----------------------------------------------------------------------------------- */

test('each entity type is made alone, at its set or on the way to it', async () => {
  const thing = await sta.post('/Things', { name: 'Allein', description: '' });
  const sensor = await sta.post('/Sensors', parts.Sensor), property = await sta.post('/ObservedProperties', parts.ObservedProperty);
  const location = await sta.post(`/Things(${thing})/Locations`, parts.Location(1, 2));
  const one = await sta.post('/Datastreams', stream({ Thing: link(thing), Sensor: link(sensor), ObservedProperty: link(property) }));
  const other = await sta.post(`/Things(${thing})/Datastreams`, stream({ Sensor: link(sensor), ObservedProperty: link(property) }));
  const third = await sta.post(`/Sensors(${sensor})/Datastreams`, stream({ Thing: link(`${thing}`), ObservedProperty: link(property) }));
  assert.deepEqual((await sta.get(`/Things(${thing})/Datastreams?$orderby=id`)).value.map(d => d['@iot.id']), [one, other, third]);
  const feature = await sta.post('/FeaturesOfInterest', parts.Feature);
  const observations = [
    await sta.post('/Observations', { result: 1, Datastream: link(one), FeatureOfInterest: link(feature) }),
    await sta.post(`/Datastreams(${one})/Observations`, { result: 2, FeatureOfInterest: { ...parts.Feature, name: 'Eigenes' } }),
    await sta.post(`/FeaturesOfInterest(${feature})/Observations`, { result: 3, Datastream: link(one) }),
  ];
  const features = [];
  for (const id of observations) features.push((await sta.get(`/Observations(${id})/FeatureOfInterest`)).name);
  assert.deepEqual(features, ['Neu', 'Eigenes', 'Neu']);
  const history = await sta.post('/HistoricalLocations', { time: '2020-01-01T00:00:00Z', Thing: link(thing), Locations: [link(location)] });
  assert.equal((await sta.get(`/HistoricalLocations(${history})/Thing`)).name, 'Allein');
});

test('what lacks something is refused, and nothing of it is made', async () => {
  const totals = async () => Promise.all(Object.keys(MODEL).map(set => count(`/${set}`)));
  const before = await totals(), thing = ids.Things;
  const without = (object, key) => Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
  const nested = change => { const made = weatherStation('Fehlt'); change(made); return made; };
  const cases = [
    ...['name', 'description'].map(key => ['/Things', without({ name: 'a', description: 'b' }, key)]),
    ...Object.keys(parts.Sensor).map(key => ['/Sensors', without(parts.Sensor, key)]),
    ...Object.keys(parts.ObservedProperty).map(key => ['/ObservedProperties', without(parts.ObservedProperty, key)]),
    ...Object.keys(parts.Feature).map(key => ['/FeaturesOfInterest', without(parts.Feature, key)]),
    ...Object.keys(parts.Location(1, 2)).map(key => [`/Things(${thing})/Locations`, without(parts.Location(1, 2), key)]),
    ...Object.keys(fullStream(thing)).map(key => ['/Datastreams', without(fullStream(thing), key)]),
    ...['time', 'Thing', 'Locations'].map(key => ['/HistoricalLocations', without({ time: '2020-01-01T00:00:00Z', Thing: link(thing), Locations: [link(ids.Locations)] }, key)]),
    ...['result', 'Datastream'].map(key => ['/Observations', without({ result: 1, Datastream: link(ids.Datastreams) }, key)]),
    ['/Things', nested(made => { delete made.Datastreams[0].ObservedProperty; })], ['/Things', nested(made => { delete made.Datastreams[0].Sensor.metadata; })],
    ['/Things', nested(made => { made.Datastreams[0].Observations = [{ phenomenonTime: 'gestern', result: 1 }]; })],
    ['/Things', nested(made => { made.Locations[0].location = { type: 'Point' }; })], ['/Things', nested(made => { made.Locations.push(link(999999)); })],
    ['/Datastreams', { ...fullStream(thing), Sensor: link(999999) }], ['/Things', { name: 'a', description: 'b', farbe: 'rot' }], ['/Things', [1]], ['/Things', 'Text'], ['/Things', {}],
    ['/Things', { name: 5, description: 'b' }], ['/Things', { name: 'a', description: 'b', properties: 'c' }], ['/Things', { name: null, description: 'b' }],
    ['/Things', { name: 'a', description: 'b', Locations: [link(null)] }], ['/Things', { name: 'a', description: 'b', Locations: [link([])] }], ['/Things', { name: 'a', description: 'b', Locations: 5 }],
    ['/Datastreams', { ...fullStream(thing), Sensor: [parts.Sensor] }], ['/Datastreams', { ...fullStream(thing), unitOfMeasurement: 'Grad' }],
    ['/Observations', { result: 1, Datastream: link(999999) }], ['/Observations', { result: 1, Datastream: link(ids.Datastreams), FeatureOfInterest: link(999999) }],
    ['/Observations', { result: 1, Datastream: link(ids.Datastreams), resultTime: '2027-03-01T00:00:00Z/2027-03-02T00:00:00Z' }],
    ['/Observations', { result: 1, Datastream: link(ids.Datastreams), parameters: 'x' }], ['/Observations', { result: 1, Datastream: link(ids.Datastreams), validTime: 'immer' }],
  ];
  for (const [path, body] of cases) {
    const answer = await sta.ask('POST', path, body);
    assert.equal(answer.status, 400, `${path} ${JSON.stringify(body)}: ${answer.text}`);
    assert.ok(answer.json().message, path);
  }
  assert.deepEqual(await totals(), before);
  assert.equal(await status('POST', '/Things(999999)/Datastreams', fullStream(thing)), 404);
});

test('results keep their kind and what comes with them', async () => {
  const rows = [5, -0.25, 1e300, 'Text', '', true, false, null, { a: [1, { b: null }] }, [1, 'zwei', null], 12345678901234567000, 'grün'];
  for (const result of rows) {
    const id = await sta.post(`/Datastreams(${ids.Datastreams})/Observations`, { phenomenonTime: '2026-01-01T00:00:00Z/2026-01-01T01:00:00Z', result,
      validTime: '2026-01-01T00:00:00Z/2026-02-01T00:00:00Z', resultQuality: { DQ_Status: 'gut' }, parameters: { gerät: 7 } });
    const read = await sta.get(`/Observations(${id})`);
    assert.deepEqual(read.result, result);
    assert.equal(read.phenomenonTime, '2026-01-01T00:00:00Z/2026-01-01T01:00:00Z');
    assert.deepEqual([read.validTime, read.resultQuality, read.parameters], ['2026-01-01T00:00:00Z/2026-02-01T00:00:00Z', { DQ_Status: 'gut' }, { gerät: 7 }]);
    const answer = await sta.ask('GET', `/Observations(${id})/result`);
    assert.equal(answer.status, result === null ? 204 : 200);
  }
  const now = await sta.get(`/Observations(${await sta.post(`/Datastreams(${ids.Datastreams})/Observations`, { result: 1 })})`);
  assert.match(now.phenomenonTime, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.equal(now.resultTime, null);
});

test('of two sayings about one relation none is guessed', async () => {
  const other = await sta.post('/Things', { name: 'Anderes', description: '' });
  const answer = await sta.ask('POST', `/Things(${ids.Things})/Datastreams`, fullStream(other));
  assert.equal(answer.status, 400, answer.text);
  assert.equal(await count(`/Things(${other})/Datastreams`), 0);
  const same = await sta.post(`/Things(${other})/Datastreams`, fullStream(other));
  assert.equal((await sta.get(`/Datastreams(${same})/Thing`)).name, 'Anderes');
});

/* --- Changing --------------------------------------------------------------------------------- */

test('each entity type is changed in part, and the rest stays', async () => {
  const made = await station('Ändern');
  const changes = {
    Things: { properties: { neu: [1] } }, Locations: { location: point(3, 4) }, HistoricalLocations: { time: '2021-01-01T00:00:00Z' }, Datastreams: { unitOfMeasurement: { name: 'n', symbol: 's', definition: 'd' } },
    Sensors: { metadata: 'https://example.org/neu' }, ObservedProperties: { definition: 'https://example.org/anders' }, Observations: { result: 7.5, phenomenonTime: '2027-04-01T00:00:00Z' },
    FeaturesOfInterest: { feature: point(5, 6) },
  };
  for (const [set, change] of Object.entries(changes)) {
    const path = `/${set}(${made[set]})`, old = await sta.get(path);
    const answer = await sta.ask('PATCH', path, change);
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
    assert.deepEqual(await sta.get(path), { ...old, ...change }, path);
    const [key, value] = Object.entries(change)[0];
    assert.equal(await status('PATCH', path, [{ op: 'test', path: `/${key}`, value }, { op: 'replace', path: `/${key}`, value: old[key] }], { type: 'application/json-patch+json' }), 200, path);
    assert.deepEqual((await sta.get(path))[key], old[key], path);
    assert.equal(await status('PATCH', path, { unsinn: 1 }), 400, path);
    assert.equal(await status('PATCH', path, [{ op: 'remove', path: `/${key}` }], { type: 'application/json-patch+json' }), key === 'properties' ? 200 : 400, path);
    assert.equal(await status('PATCH', `/${set}(999999)`, change), 404, path);
    assert.equal(await status('PUT', path, { ...Object.fromEntries(Object.entries(old).filter(([name]) => !name.includes('@'))), ...change }), 200, path);
    assert.deepEqual((await sta.get(path))[key], value, path);
    assert.equal(await status('PUT', path, {}), 400, path);
  }
});

test('a result may be corrected to none', async () => {
  const made = await station('Nichts');
  const answer = await sta.ask('PATCH', `/Observations(${made.Observations})`, { result: null });
  assert.equal(answer.status, 200, answer.text);
  assert.equal((await sta.get(`/Observations(${made.Observations})`)).result, null);
});

test('an Observation that is changed may name where it is, and cannot be put elsewhere', async () => {
  const made = await station('Bleibt'), other = await station('Anderswo'), path = `/Observations(${made.Observations})`;
  const own = { Datastream: link(made.Datastreams), FeatureOfInterest: link(`${made.FeaturesOfInterest}`) };
  for (const method of ['PATCH', 'PUT']) {
    assert.equal(await status(method, path, { ...(await sta.get(path)), ...own, result: 8 }), 200, method);
    for (const elsewhere of [{ Datastream: link(other.Datastreams) }, { FeatureOfInterest: link(other.FeaturesOfInterest) }, { MultiDatastream: link(made.Datastreams) }, { Datastream: 5 }, { Datastream: link(null) }]) {
      assert.equal(await status(method, path, { result: 9, ...elsewhere }), 501, `${method} ${JSON.stringify(elsewhere)}`);
    }
  }
  assert.equal((await sta.get(path)).result, 8);
});

test('next links hold what was asked, whatever is in it', async () => {
  for (const name of ['A&B+ä%#', "z'", 'z;)']) await sta.post('/ObservedProperties', { name, definition: 'https://example.org/next', description: '' });
  const filter = encodeURIComponent("definition eq 'https://example.org/next' and name ne 'x&y+ü%#'"), seen = [];
  for (let url = `${root}/ObservedProperties?$top=1&$select=name&$expand=Datastreams($filter=${encodeURIComponent("name ne 'a;b)&+'")};$top=1)&$filter=${filter}`; url;) {
    const page = (await town.visitor().get(url)).json();
    seen.push(...page.value.map(entity => entity.name));
    url = page['@iot.nextLink'];
  }
  assert.deepEqual(seen, ['A&B+ä%#', "z'", 'z;)']);
});

test('a Datastream gets another Thing, Sensor and ObservedProperty', async () => {
  const made = await station('Umzug'), target = await station('Ziel');
  const answer = await sta.ask('PATCH', `/Datastreams(${made.Datastreams})`, { Thing: link(target.Things), Sensor: link(target.Sensors), ObservedProperty: link(target.ObservedProperties) });
  assert.equal(answer.status, 200, answer.text);
  for (const [relation, set] of [['Thing', 'Things'], ['Sensor', 'Sensors'], ['ObservedProperty', 'ObservedProperties']]) {
    assert.equal((await sta.get(`/Datastreams(${made.Datastreams})/${relation}`))['@iot.id'], target[set]);
    assert.equal(await count(`/${set}(${made[set]})/Datastreams`), 0);
    assert.equal(await count(`/${set}(${target[set]})/Datastreams`), 2);
  }
  assert.equal(await status('PATCH', `/Datastreams(${made.Datastreams})`, { Sensor: link(999999) }), 400);
  assert.equal(await status('POST', `/Things(${made.Things})/Datastreams/$ref`, link(target.Datastreams)), 204);
  assert.deepEqual((await sta.get(`/Things(${made.Things})/Datastreams`)).value.map(d => d['@iot.id']), [target.Datastreams]);
  assert.equal((await sta.get(`/Datastreams(${target.Datastreams})/Thing`))['@iot.id'], made.Things);
  assert.equal(await count(`/Things(${target.Things})/Datastreams`), 1);
});

test('where a Thing is follows the latest HistoricalLocation, whoever makes it', async () => {
  const thing = await sta.post('/Things', { name: 'Boot', description: '', Locations: [parts.Location(1, 1, 'Hafen')] });
  const places = async () => (await sta.get(`/Things(${thing})/Locations`)).value.map(l => l.name);
  const sea = await sta.post('/Locations', parts.Location(2, 2, 'See')), old = await sta.post('/Locations', parts.Location(3, 3, 'Werft'));
  assert.equal(await count(`/Things(${thing})/HistoricalLocations`), 1);
  await sta.post('/HistoricalLocations', { time: '2001-01-01T00:00:00Z', Thing: link(thing), Locations: [link(old)] });
  assert.deepEqual(await places(), ['Hafen'], 'what was long ago changes nothing');
  await sta.post(`/Things(${thing})/HistoricalLocations`, { time: '2101-01-01T00:00:00Z', Locations: [link(sea)] });
  assert.deepEqual(await places(), ['See']);
  assert.equal(await count(`/Things(${thing})/HistoricalLocations`), 3);
  assert.equal(await status('PATCH', `/Things(${thing})`, { Locations: [link(old)] }), 200);
  assert.deepEqual(await places(), ['Werft']);
  assert.equal(await count(`/Things(${thing})/HistoricalLocations`), 4);
  await sta.post('/Locations', { ...parts.Location(4, 4, 'Kai'), Things: [link(thing)] });
  assert.deepEqual(await places(), ['Kai']);
  assert.equal(await count(`/Things(${thing})/HistoricalLocations`), 5);
});

test('what is measured at a Location that was moved is of the new place', async () => {
  const made = await station('Schieber');
  const feature = async result => (await sta.get(`/Observations(${await sta.post(`/Datastreams(${made.Datastreams})/Observations`, { result })})/FeatureOfInterest`)).feature;
  assert.equal(await status('PATCH', `/Locations(${made.Locations})`, { location: point(8, 50) }), 200);
  assert.deepEqual(await feature(2), point(8, 50));
  assert.deepEqual((await sta.get(`/Observations(${made.Observations})/FeatureOfInterest`)).feature, point(13.7, 51), 'what was measured before stays');
});

test('the times of a Datastream follow its Observations', async () => {
  const made = await station('Zeiten'), path = `/Datastreams(${made.Datastreams})`;
  const times = async () => { const { phenomenonTime, resultTime } = await sta.get(path); return [phenomenonTime, resultTime ?? null]; };
  assert.deepEqual(await times(), ['2027-03-01T10:00:00Z', null]);
  const long = await sta.post(`${path}/Observations`, { phenomenonTime: '2027-02-01T00:00:00Z/2027-04-01T00:00:00Z', resultTime: '2027-04-02T00:00:00Z', result: 1 });
  assert.deepEqual(await times(), ['2027-02-01T00:00:00Z/2027-04-01T00:00:00Z', '2027-04-02T00:00:00Z']);
  await sta.post(`${path}/Observations`, { phenomenonTime: '2027-03-02T00:00:00Z', resultTime: '2027-03-02T00:00:00Z', result: 1 });
  assert.deepEqual(await times(), ['2027-02-01T00:00:00Z/2027-04-01T00:00:00Z', '2027-03-02T00:00:00Z/2027-04-02T00:00:00Z']);
  await sta.ask('PATCH', `/Observations(${long})`, { phenomenonTime: '2027-02-15T00:00:00Z', resultTime: '2027-02-15T00:00:01Z' });
  assert.deepEqual(await times(), ['2027-02-15T00:00:00Z/2027-03-02T00:00:00Z', '2027-02-15T00:00:01Z/2027-03-02T00:00:00Z']);
  await sta.ask('DELETE', `/Observations(${long})`);
  assert.deepEqual(await times(), ['2027-03-01T10:00:00Z/2027-03-02T00:00:00Z', '2027-03-02T00:00:00Z']);
});

/* --- Deleting --------------------------------------------------------------------------------- */

test('with each entity goes what cannot be without it, and nothing else', async () => {
  const goes = {
    Things: ['HistoricalLocations', 'Datastreams', 'Observations'], Locations: ['HistoricalLocations'], HistoricalLocations: [], Datastreams: ['Observations'],
    Sensors: ['Datastreams', 'Observations'], ObservedProperties: ['Datastreams', 'Observations'], Observations: [], FeaturesOfInterest: ['Observations'],
  };
  for (const [set, gone] of Object.entries(goes)) {
    const made = await station(`Weg ${set}`);
    assert.equal(await status('DELETE', `/${set}(${made[set]})`), 200, set);
    for (const other of Object.keys(MODEL)) {
      const expected = other === set || gone.includes(other) ? 404 : 200;
      assert.equal(await status('GET', `/${other}(${made[other]})`), expected, `${other} after ${set}`);
    }
    assert.equal(await status('DELETE', `/${set}(${made[set]})`), 404, `${set} twice`);
  }
  for (const set of Object.keys(MODEL)) assert.equal(await status('DELETE', `/${set}`), 400, 'not all at once');
});

test('after its feature was deleted a Datastream measures on', async () => {
  const made = await station('Weiter');
  await sta.ask('DELETE', `/FeaturesOfInterest(${made.FeaturesOfInterest})`);
  const id = await sta.post(`/Datastreams(${made.Datastreams})/Observations`, { result: 4 });
  assert.deepEqual((await sta.get(`/Observations(${id})/FeatureOfInterest`)).feature, point(13.7, 51));
});

test('what is related outlives a start', async () => {
  const made = await station('Neustart');
  const read = () => sta.get(`/Things(${made.Things})?$expand=Locations,HistoricalLocations/Locations,Datastreams($expand=Sensor,ObservedProperty,Observations/FeatureOfInterest)`);
  const before = await read();
  await town.restart();
  assert.deepEqual(await read(), JSON.parse(JSON.stringify(before).replaceAll(root, `${town.url}${ROOT}`)));
});

test('a Datastream tells where it observed: a point, or the box around the features', async () => {
  const thing = await sta.post('/Things', weatherStation('Bereich', 9.5, 51.25));
  const [{ '@iot.id': stream }] = (await sta.get(`/Things(${thing})/Datastreams`)).value;
  const area = async () => (await sta.get(`/Datastreams(${stream})`)).observedArea;
  const observe = (result, place) => sta.post(`/Datastreams(${stream})/Observations`, {
    result, phenomenonTime: `2027-06-0${result}T00:00:00Z`,
    ...(place ? { FeatureOfInterest: { name: 'Ort', description: '', encodingType: 'application/geo+json', feature: place } } : {}) });
  assert.equal(await area(), undefined);
  await observe(1);
  assert.deepEqual(await area(), { type: 'Point', coordinates: [9.5, 51.25] });
  await observe(2, { type: 'LineString', coordinates: [[9.25, 51.5], [10, 51]] });
  const box = [[9.25, 51], [10, 51], [10, 51.5], [9.25, 51.5], [9.25, 51]];
  assert.deepEqual(await area(), { type: 'Polygon', coordinates: [box] });
  const within = async wkt => (await sta.get(`/Datastreams?$filter=id eq ${stream} and st_within(observedArea, geography'${wkt}')`)).value.length;
  assert.deepEqual([await within('POLYGON ((9 50, 11 50, 11 52, 9 52, 9 50))'), await within('POLYGON ((9.3 50, 11 50, 11 52, 9.3 52, 9.3 50))')], [1, 0]);
});
