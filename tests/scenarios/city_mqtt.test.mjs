// SPDX-License-Identifier: EUPL-1.2
// MQTT through mosquitto: Observations are made, updates are told (SensorThings 1.1, section 14),
// rights hold for every topic, and what was acknowledged is on disk.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { MqttClient, mqttPort } from './lib/mqtt.mjs';
import { eventually, program, root, startTown } from './lib/town.mjs';
import { keyOf } from './lib/keys.mjs';
import { point, staClient, weatherStation } from './lib/sta.mjs';

let town, sta, thing, stream, device, hidden, hiddenStream, reader;
const clients = [];
const connect = async options => { const client = await MqttClient.connect(mqttPort(town), options); clients.push(client); return client; };
const observations = async (path = `/Datastreams(${stream})`) => (await sta.get(`${path}/Observations?$orderby=id&$top=1000`)).value;
const latest = async () => (await sta.get(`/Datastreams(${stream})/Observations?$orderby=id desc&$top=1`)).value[0];
const metric = async name => Number((await town.visitor().get('/metrics')).text.match(new RegExp(`^rathaus_mqtt_${name} (\\d+)`, 'm'))[1]);
/** Process ids of the children of the town's process. */
const children = () => readdirSync('/proc').filter(pid => /^\d+$/.test(pid)).filter(pid => {
  try { return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ')[1] === String(town.pid); } catch { return false; }
});

/** How often each result from `base` on is there, up to a million behind it. */
async function resultsFrom(base) {
  const there = new Map();
  for (let skip = 0; ; skip += 10000) {
    const page = (await sta.get(`/Datastreams(${stream})/Observations?$select=result&$top=10000&$skip=${skip}&$filter=result ge ${base} and result lt ${base + 1_000_000}`)).value;
    for (const { result } of page) there.set(result, (there.get(result) ?? 0) + 1);
    if (page.length < 10000) return there;
  }
}

before(async () => {
  town = await startTown({ args: ['--mqtt', '127.0.0.1:0'] });
  sta = await staClient(town);
  await town.restart({ meanwhile: () => execFileSync(program, ['city', 'dataset', 'intern', '--title', 'Intern', '--access', 'internal', '--tenant', 'musterstadt', '--data', town.dataDir]) });
  thing = await sta.post('/Things', weatherStation('Rathausplatz'));
  stream = (await sta.get(`/Things(${thing})/Datastreams`)).value[0]['@iot.id'];
  const inside = await staClient(town, { root: '/sta/datasets/intern/v1.1', known: sta.key });
  hidden = await inside.post('/Things', weatherStation('Keller'));
  hiddenStream = (await sta.ask('GET', `/Things(${hidden})/Datastreams`)).json().value[0]['@iot.id'];
  device = await connect({ key: sta.key });
  reader = await connect();
});

after(async () => {
  clients.forEach(client => client.close());
  await town.stop();
});

// --- Observations are made -----------------------------------------------------------------------

test('a device makes an Observation of a Datastream', async () => {
  assert.equal(await device.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 7.5, phenomenonTime: '2027-03-01T09:00:00Z' }), 0);
  const made = await latest();
  assert.equal(made.result, 7.5);
  assert.equal(made.phenomenonTime, '2027-03-01T09:00:00Z');
});

test('what was published just before the end of the connection is taken, with QoS 0 as well', async () => {
  const key = execFileSync(program, ['city', 'key', '--write', '--tenant', 'musterstadt', '--data', town.dataDir], { encoding: 'utf8' }).trimEnd().split('\n').at(-1);
  const topic = `v1.1/Datastreams(${stream})/Observations`, refused = await metric('refused_total'), taken = await metric('taken_total');
  const client = await connect({ key });
  for (let result = 0; result < 500; result++) client.publish(topic, { result }, { qos: 0 });
  client.disconnect();
  await client.ended();
  await eventually(async () => await metric('taken_total') + await metric('refused_total') === taken + refused + 500, 'all messages');
  assert.equal(await metric('refused_total'), refused);
});

test('one published to Observations names its Datastream', async () => {
  await device.publish('v1.1/Observations', { result: 8, Datastream: { '@iot.id': stream } });
  assert.equal((await latest()).result, 8);
});

test('one published to a FeatureOfInterest is of that feature', async () => {
  const feature = await sta.post('/FeaturesOfInterest', { name: 'Brunnen', description: '', encodingType: 'application/geo+json', feature: point(7, 51) });
  await device.publish(`v1.1/FeaturesOfInterest(${feature})/Observations`, { result: 9, Datastream: { '@iot.id': stream } });
  const made = await latest();
  assert.equal(made.result, 9);
  assert.equal((await sta.get(`/Observations(${made['@iot.id']})/FeatureOfInterest`))['@iot.id'], feature);
});

test('a feature inside the message is made with it', async () => {
  await device.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 10, FeatureOfInterest: { name: 'Neu', description: '', encodingType: 'application/geo+json', feature: point(8, 52) } });
  const made = await latest();
  assert.equal((await sta.get(`/Observations(${made['@iot.id']})/FeatureOfInterest`)).name, 'Neu');
});

test('a MultiDatastream takes lists of results', async () => {
  const { Sensor: sensor } = weatherStation('x').Datastreams[0];
  const multi = await sta.post('/MultiDatastreams', {
    name: 'Wind', description: '', observationType: 'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation',
    multiObservationDataTypes: ['a', 'b'].map(() => 'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement'),
    unitOfMeasurements: ['m/s', '°'].map(symbol => ({ name: symbol, symbol, definition: symbol })), Thing: { '@iot.id': thing }, Sensor: sensor,
    ObservedProperties: ['Tempo', 'Richtung'].map(name => ({ name, definition: 'https://example.org', description: '' })),
  });
  await device.publish(`v1.1/MultiDatastreams(${multi})/Observations`, { result: [3, 270] });
  assert.deepEqual((await observations(`/MultiDatastreams(${multi})`)).map(o => o.result), [[3, 270]]);
});

test('the dataset and the town may be named', async () => {
  await device.publish(`t/musterstadt/v1.1/Datastreams(${stream})/Observations`, { result: 11 });
  assert.equal((await latest()).result, 11);
  await device.publish(`datasets/allgemein/v1.1/Datastreams(${stream})/Observations`, { result: 12 });
  assert.equal((await latest()).result, 12);
});

test('messages that make nothing are refused, counted and told in the log', async () => {
  const count = (await observations()).length, refused = await metric('refused_total');
  const wrong = [[`v1.1/Datastreams(${stream})/Observations`, '{"result"'], [`v1.1/Datastreams(${stream})/Observations`, { value: 1 }], ['v1.1/Datastreams(999999)/Observations', { result: 1 }],
    ['v1.1/Things', { name: 'x', description: '' }], [`v1.1/Datastreams(${stream})`, { name: 'x' }], ['sensor/1', '5'], ['t/anderswo/v1.1/Observations', { result: 1 }], [`v1.1/Datastreams(${stream})/Observations`, '']];
  for (const [topic, value] of wrong) await device.publish(topic, value);
  assert.equal((await observations()).length, count);
  assert.equal(await metric('refused_total'), refused + wrong.length);
  await eventually(() => /refused a message to "sensor\/1": the topic "sensor\/1" does not begin with v1\.1\//.test(town.log), 'the log');
  assert.equal(await device.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 13 }), 0, 'the connection goes on');
});

test('staff see what was refused and why, but not what was in it', async () => {
  await device.publish(`v1.1/Datastreams(${stream})/Observations`, { geheimnis: 4711 });
  await device.publish(`v1.1/Datastreams(${hiddenStream})/Observations`, '[');
  const desk = await town.staff('planung', 'rathaus-planung'), list = await desk.get('/desk/stadtdaten');
  const page = await desk.get(list.links.find(link => link.text === 'Abgelehnte Messwerte').href);
  assert.equal(page.status, 200);
  for (const expected of [/Unter diesem Thema werden keine Messwerte angenommen\.<\/td><td[^>]*><code>sensor\/1<\/code>/, /Der Inhalt ist kein Messwert, der sich lesen lässt\.<\/td><td[^>]*><code>v1\.1\/Datastreams/,
    /Die genannte Messreihe oder den genannten Ort gibt es nicht\.<\/td><td[^>]*><code>v1\.1\/Datastreams\(999999\)\/Observations/, /Der Schlüssel darf hier nicht schreiben\.<\/td><td[^>]*><code>t\/anderswo/, new RegExp(`<code>${sta.key.slice(0, 9)}</code>`)])
    assert.match(page.text, expected);
  assert.match(page.text, new RegExp(`<code>v1\\.1/Datastreams\\(${hiddenStream}\\)/Observations</code></td><td[^>]*>Intern</td>`));
  assert.doesNotMatch(page.text, /geheimnis|4711/);
  assert.ok(!page.text.includes(sta.key));
});

// --- Updates are told ----------------------------------------------------------------------------

const bodies = {
  Things: { name: 'Ding', description: 'alt', properties: { a: 1 } },
  Locations: { name: 'Ort', description: 'alt', encodingType: 'application/geo+json', location: point(7, 51) },
  Sensors: { name: 'Fühler', description: 'alt', encodingType: 'text/plain', metadata: 'x' },
  ObservedProperties: { name: 'Größe', description: 'alt', definition: 'https://example.org/g' },
  FeaturesOfInterest: { name: 'Merkmal', description: 'alt', encodingType: 'application/geo+json', feature: point(7, 51) },
};
const more = () => {
  const { Sensor: sensor, ObservedProperty: property, ...plain } = weatherStation('y').Datastreams[0];
  const complex = { name: 'Mehr', description: 'alt', observationType: 'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation', multiObservationDataTypes: [plain.observationType], unitOfMeasurements: [plain.unitOfMeasurement] };
  return { ...bodies,
    Datastreams: { ...plain, Thing: { '@iot.id': thing }, Sensor: sensor, ObservedProperty: property },
    MultiDatastreams: { ...complex, Thing: { '@iot.id': thing }, Sensor: sensor, ObservedProperties: [property] },
    HistoricalLocations: { time: '2027-03-01T09:00:00Z', Thing: { '@iot.id': thing }, Locations: [bodies.Locations] },
    Observations: { result: 1, phenomenonTime: '2027-03-01T09:00:00Z', resultTime: '2027-03-01T09:00:00Z', Datastream: { '@iot.id': stream } } };
};
const relations = new Set(['Thing', 'Sensor', 'ObservedProperty', 'ObservedProperties', 'Locations', 'Datastream']);
const own = body => Object.fromEntries(Object.entries(body).filter(([name]) => !relations.has(name)));

for (const set of ['Things', 'Locations', 'HistoricalLocations', 'Datastreams', 'MultiDatastreams', 'Sensors', 'ObservedProperties', 'FeaturesOfInterest', 'Observations']) {
  test(`${set}: set, entity, property and $select are told of POST, PATCH and PUT`, async () => {
    const body = more()[set], property = { HistoricalLocations: 'time', Observations: 'result' }[set] ?? 'description';
    const client = await connect();
    assert.deepEqual(await client.subscribe(`v1.1/${set}`, `v1.1/${set}?$select=${property}`), [1, 1]);
    const id = await sta.post(`/${set}`, body);
    const ofThis = async topic => { for (;;) { const message = await client.next(topic); if (message['@iot.id'] === id) return message; } };
    const made = await ofThis(`v1.1/${set}`);
    assert.deepEqual(made, await sta.get(`/${set}(${id})`), 'what GET says');
    const selected = await client.next(`v1.1/${set}?$select=${property}`);
    assert.deepEqual(Object.keys(selected), [property]);
    client.messages.length = 0;
    const entity = `v1.1/${set}(${id})`, part = `${entity}/${property}`;
    assert.deepEqual(await client.subscribe(entity, part, `${entity}?$select=${property}`), [1, 1, 1]);

    const value = { HistoricalLocations: '2027-03-02T09:00:00Z', Observations: 2 }[set] ?? 'neu';
    assert.equal((await sta.ask('PATCH', `/${set}(${id})`, { [property]: value })).status, 200);
    assert.deepEqual(await client.next(part), { [property]: value });
    assert.equal((await client.next(entity))[property], value);
    assert.deepEqual(await client.next(`${entity}?$select=${property}`), { [property]: value });
    assert.equal((await ofThis(`v1.1/${set}`))[property], value);

    const other = { HistoricalLocations: '2027-03-03T09:00:00Z', Observations: 3 }[set] ?? 'ganz neu';
    assert.equal((await sta.ask('PUT', `/${set}(${id})`, { ...own(body), [property]: other })).status, 200);
    assert.deepEqual(await client.next(part), { [property]: other });
    assert.equal((await client.next(entity))[property], other);
    assert.equal((await ofThis(`v1.1/${set}`))[property], other);
    client.close();
  });
}

test('a property that stays is not told, one that another changes is', async () => {
  const client = await connect();
  await client.subscribe(`v1.1/Things(${thing})/name`, `v1.1/Things(${thing})/description`, `v1.1/Things(${thing})`);
  await sta.ask('PATCH', `/Things(${thing})`, { description: 'anders' });
  assert.deepEqual(await client.next(`v1.1/Things(${thing})/description`), { description: 'anders' });
  await client.next(`v1.1/Things(${thing})`);
  assert.deepEqual(client.messages, []);
});

test('sets of a relation hold what belongs to it, by whatever way it comes', async () => {
  const other = await sta.post('/Things', weatherStation('Anderswo'));
  const foreign = (await sta.get(`/Things(${other})/Datastreams`)).value[0]['@iot.id'];
  const client = await connect(), mine = `v1.1/Datastreams(${stream})/Observations`;
  await client.subscribe(mine, `v1.1/Things(${thing})/Datastreams`);
  await sta.post(`/Datastreams(${foreign})/Observations`, { result: 1 });
  await sta.ask('PATCH', `/Datastreams(${foreign})`, { description: 'fremd' });
  await sta.post(`/Datastreams(${stream})/Observations`, { result: 21 });
  assert.equal((await client.next(mine)).result, 21);
  await device.publish(mine, { result: 22 });
  assert.equal((await client.next(mine)).result, 22);
  await sta.ask('POST', '/CreateObservations', [{ Datastream: { '@iot.id': stream }, components: ['result'], dataArray: [[23]] }]);
  assert.equal((await client.next(mine)).result, 23);
  await sta.ask('PATCH', `/Datastreams(${stream})`, { description: 'eigen' });
  assert.equal((await client.next(`v1.1/Things(${thing})/Datastreams`))['@iot.id'], stream);
  assert.deepEqual(client.messages, []);
});

test('of a set those are told that match a filter, with what is expanded', async () => {
  const client = await connect(), [{ '@iot.id': its }] = (await sta.get(`/Things(${await sta.post('/Things', weatherStation('Sieb'))})/Datastreams`)).value, near = `Datastream/id eq ${its}`, high = `v1.1/Observations?$filter=result gt 4 and ${near}`, other = `v1.1/Observations?$filter=${near} and startswith(FeatureOfInterest/name, 'Ander')`;
  const wide = `v1.1/Datastreams(${its})/Observations?$select=result&$expand=FeatureOfInterest($select=name),Datastream($select=name;$expand=Thing($select=name))`;
  assert.deepEqual(await client.subscribe(high, other, wide), [1, 1, 1]);
  for (const result of [4, 5, -1, 10]) await sta.post(`/Datastreams(${its})/Observations`, { result });
  await sta.post(`/Datastreams(${its})/Observations`, { result: 3, FeatureOfInterest: { name: 'Anderswo', description: '', encodingType: 'application/geo+json', feature: point(7, 51) } });
  assert.deepEqual([(await client.next(high)).result, (await client.next(high)).result, (await client.next(other)).result], [5, 10, 3]);
  const told = await client.next(wide);
  assert.deepEqual(told, { result: 4, FeatureOfInterest: { name: 'Ort von Sieb' }, Datastream: { name: 'Lufttemperatur Sieb', Thing: { name: 'Sieb' } } });
  assert.ok(client.messages.every(message => message.topic === wide), 'nothing else');
});

test('what is expanded is to each what it may see', async () => {
  const inside = await staClient(town, { root: '/sta/datasets/intern/v1.1', known: sta.key });
  const feature = await inside.post('/FeaturesOfInterest', { name: 'Geheim', description: '', encodingType: 'application/geo+json', feature: point(7, 51) });
  const insider = await connect({ key: sta.key }), topic = `v1.1/Datastreams(${stream})/Observations?$select=result&$expand=FeatureOfInterest($select=name)`, named = `v1.1/Observations?$filter=FeatureOfInterest/name eq 'Geheim'`;
  const outsider = await connect();
  for (const client of [insider, outsider]) assert.deepEqual(await client.subscribe(topic, named), [1, 1]);
  await sta.post(`/Datastreams(${stream})/Observations`, { result: 77, FeatureOfInterest: { '@iot.id': feature } });
  assert.deepEqual(await insider.next(topic), { result: 77, FeatureOfInterest: { name: 'Geheim' } });
  assert.equal((await insider.next(named)).result, 77);
  assert.doesNotMatch(JSON.stringify(await outsider.next(topic)), /Geheim/);
  assert.deepEqual(outsider.messages, []);
});

test('all that is made with a Thing or an Observation is told, each to its set', async () => {
  const client = await connect(), sets = ['Things', 'Locations', 'HistoricalLocations', 'Datastreams', 'Sensors', 'ObservedProperties', 'Observations', 'FeaturesOfInterest'];
  await client.subscribe(...sets.map(set => `v1.1/${set}?$select=id`));
  const made = await sta.post('/Things', weatherStation('Auf einmal')), its = (await sta.get(`/Things(${made})/Datastreams`)).value[0]['@iot.id'];
  await sta.post(`/Datastreams(${its})/Observations`, { result: 1 });
  for (const set of sets) assert.ok((await client.next(`v1.1/${set}?$select=id`))['@iot.id'], set);
  const there = await sta.post('/Locations', { name: 'Dort', description: '', encodingType: 'application/geo+json', location: point(9, 52) });
  await sta.ask('PATCH', `/Things(${made})`, { Locations: [{ '@iot.id': there }] });
  const { '@iot.id': history } = await client.next('v1.1/HistoricalLocations?$select=id');
  assert.equal((await sta.get(`/HistoricalLocations(${history})/Locations`)).value[0]['@iot.id'], there);
});

test('a set is told by each way that leads to it, over entities that have one of the next', async () => {
  const way = (await sta.post(`/Datastreams(${stream})/Observations`, { result: 1 })), client = await connect();
  const ways = [`v1.1/Observations(${way})/Datastream/Thing/Datastreams`, `v1.1/Datastreams(${stream})/Thing/Datastreams`, `v1.1/Things(${thing})/Datastreams`, `v1.1/Observations(${way})/Datastream`];
  assert.deepEqual(await client.subscribe(...ways), [1, 1, 1, 1]);
  await sta.ask('PATCH', `/Datastreams(${stream})`, { description: `auf allen Wegen ${way}` });
  for (const topic of ways) assert.equal((await client.next(topic))['@iot.id'], stream, topic);
});

test('a whole number of 64 bits comes as it went', async () => {
  const payload = '{"result": -9007199254740995, "phenomenonTime": "2015-03-01T02:40:00+02:00", "validTime": "2016-01-01T01:01:01Z/2016-01-01T23:59:59Z", "parameters": {"a": "b"}}';
  const client = await connect();
  await client.subscribe(`v1.1/Datastreams(${stream})/Observations`);
  await device.publish(`v1.1/Datastreams(${stream})/Observations`, payload);
  const { '@iot.id': id } = await client.next(`v1.1/Datastreams(${stream})/Observations`);
  const { text } = await sta.ask('GET', `/Observations(${id})`, undefined, { as: null });
  assert.match(text, /"result":-9007199254740995[,}]/);
  const read = await sta.get(`/Observations(${id})`);
  assert.deepEqual([read.phenomenonTime, read.validTime, read.parameters], ['2015-03-01T00:40:00Z', '2016-01-01T01:01:01Z/2016-01-01T23:59:59Z', { a: 'b' }]);
});

test('lines are told as well, to a dataset of its own', async () => {
  const client = await connect(), topic = 'datasets/allgemein/v1.1/Observations?$select=result';
  await client.subscribe(topic, 'datasets/allgemein/v1.1/Datastreams?$select=name');
  const answer = await town.visitor().request('POST', '/api/v1/city/datasets/allgemein/write', { body: 'hof t=4711', headers: { authorization: `Bearer ${sta.key}`, 'content-type': 'text/plain' } });
  assert.equal(answer.status, 204);
  assert.deepEqual(await client.next(topic), { result: 4711 });
  assert.ok((await client.next('datasets/allgemein/v1.1/Datastreams?$select=name')).name);
});

test('who ends a subscription is told no more', async () => {
  const client = await connect(), topic = `v1.1/Datastreams(${stream})/Observations`;
  await client.subscribe(topic, 'v1.1/Sensors');
  await client.unsubscribe(topic);
  await sta.post(`/Datastreams(${stream})/Observations`, { result: 1 });
  await sta.post('/Sensors', bodies.Sensors);
  await client.next('v1.1/Sensors');
  assert.deepEqual(client.messages, []);
});

test('what a client publishes, retains or leaves as its will reaches no other as it is', async () => {
  const topic = `v1.1/Datastreams(${stream})/Observations`, client = await connect();
  await client.subscribe(topic);
  const dying = await connect({ key: sta.key, will: { topic, payload: '{"result":666}' } });
  await dying.publish(topic, { result: 31 }, { retain: true });
  dying.close();
  assert.equal((await client.next(topic))['@iot.selfLink'].includes('/sta/v1.1/Observations('), true);
  const late = await connect();
  await late.subscribe(topic);
  await sta.post(`/Datastreams(${stream})/Observations`, { result: 32 });
  assert.equal((await late.next(topic)).result, 32);
  assert.equal((await client.next(topic)).result, 32);
});

test('subscriptions with wildcards, to what there is not and with other options are refused', async () => {
  const wrong = ['#', 'v1.1/#', 'v1.1/+', '$SYS/broker/version', 'v1.1', 'v1.1/Nothings', `v1.1/Things(${thing})/colour`, 'v1.1/Things(999999)', 'v1.1/Things(999999)/Datastreams',
    'v1.1/Things?$filter=Datastreams/id eq 1', 'v1.1/Things?$expand=Datastreams', 'v1.1/Things?$orderby=name', 't/anderswo/v1.1/Things', 'datasets/keiner/v1.1/Things', 'v1.1/Things/$ref'];
  assert.deepEqual(await reader.subscribe(...wrong), wrong.map(() => 128));
  await eventually(() => /refused a subscription to v1\.1\/#: there are no wildcards/.test(town.log), 'the log');
});

// --- Rights --------------------------------------------------------------------------------------

test('without a key nobody publishes; MQTT 5 says so', async () => {
  const count = (await observations()).length, five = await connect({ version: 5 });
  assert.equal(await five.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 1 }), 0x87);
  await reader.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 1 });
  assert.equal((await observations()).length, count);
});

test('a key that there is not is refused', async () => {
  await assert.rejects(connect({ key: 'rk_0123456789012345678901234567890123456789012' }), { code: 5 });
  await assert.rejects(connect({ key: 'geheim' }), { code: 5 });
});

test('a key that may only read does not publish', async () => {
  const admin = await town.staff('admin', 'rathaus-admin');
  const client = await connect({ key: await keyOf(admin, 'Elif Aydın', 'city.write'), version: 5 });
  assert.equal(await client.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 1 }), 0x87);
});

test('the key of a device writes to its dataset, and to no other', async () => {
  const city = (...args) => execFileSync(program, ['city', 'key', ...args, '--tenant', 'musterstadt', '--data', town.dataDir], { encoding: 'utf8' }).trimEnd().split('\n').at(-1);
  const inside = await connect({ key: city('--write', '--dataset', 'intern') }), reads = await connect({ key: city('--dataset', 'intern'), version: 5 });
  const topic = `v1.1/Datastreams(${hiddenStream})/Observations`, count = (await observations()).length;
  assert.deepEqual(await reads.subscribe(topic), [1]);
  assert.equal(await reads.publish(topic, { result: 1 }), 0x87);
  await inside.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 1 });
  await inside.publish('v1.1/Observations', { result: 1, Datastream: { '@iot.id': stream } });
  await inside.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 1, FeatureOfInterest: bodies.FeaturesOfInterest });
  assert.equal((await observations()).length, count);
  await inside.publish(topic, { result: 91 });
  assert.equal((await reads.next(topic)).result, 91);
});

test('a key is of its town, which the user name says', async () => {
  const run = (...args) => execFileSync(program, [...args, '--data', town.dataDir], { encoding: 'utf8' }).trimEnd().split('\n').at(-1);
  run('tenant', 'create', 'neustadt', '--from', join(root, 'tenants/demo'));
  const key = run('city', 'key', '--write', '--tenant', 'neustadt');
  await assert.rejects(connect({ key }), { code: 5 });
  const neighbour = await connect({ user: 'neustadt', key }), count = (await observations()).length;
  assert.deepEqual(await neighbour.subscribe('v1.1/Things', 't/musterstadt/v1.1/Things', `t/musterstadt/v1.1/Things(${hidden})`, `v1.1/Things(${thing})`), [1, 1, 128, 128]);
  await neighbour.publish(`t/musterstadt/v1.1/Datastreams(${stream})/Observations`, { result: 1 });
  await neighbour.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 1 });
  assert.equal((await observations()).length, count);
  const there = await staClient(town, { root: '/t/neustadt/sta/v1.1', known: key });
  const its = await there.post('/Things', weatherStation('Nebenan'));
  await sta.ask('PATCH', `/Things(${thing})`, { description: 'von hier' });
  assert.equal((await neighbour.next('v1.1/Things'))['@iot.id'], its);
  assert.equal((await neighbour.next('t/musterstadt/v1.1/Things'))['@iot.id'], thing);
});

test('a town that nobody has asked for yet is opened without anybody noticing', async () => {
  const key = execFileSync(program, ['city', 'key', '--write', '--tenant', 'neustadt', '--data', town.dataDir], { encoding: 'utf8' }).trimEnd().split('\n').at(-1);
  clients.forEach(client => client.close());
  await town.restart();
  [device, reader] = [await connect({ key: sta.key }), await connect()];
  assert.deepEqual(await reader.subscribe('t/neustadt/v1.1/Things', 't/nirgends/v1.1/Things', 't/neustadt/v1.1/Nothings'), [1, 128, 128]);
  assert.equal(await (await connect({ user: 'neustadt', key })).publish('v1.1/Datastreams(1)/Observations', { result: 1 }), 0);
  await assert.rejects(connect({ user: 'neustadt', key: sta.key }), { code: 5 });
  await (await staClient(town, { root: '/t/neustadt/sta/v1.1', known: key })).post('/Things', weatherStation('Dort'));
  assert.equal((await reader.next('t/neustadt/v1.1/Things')).name, weatherStation('Dort').name);
});

test('a town of which much is wanted leaves room for others', { timeout: 60000 }, async () => {
  const granted = [], own = `v1.1/Datastreams(${stream})/Observations`;
  for (let round = 0; round < 13; round++) {
    const greedy = await connect();
    granted.push(...await greedy.subscribe(...Array.from({ length: 1000 }, (_, i) => `t/neustadt/v1.1/Datastreams?$select=${'name,'.repeat(round)}description,${'id,'.repeat(i % 40)}${'name,'.repeat(Math.floor(i / 40))}properties`)));
  }
  assert.equal(granted.filter(qos => qos === 1).length, 12499, 'with the one of the test before');
  assert.ok(granted.slice(-500).every(code => code === 128));
  await eventually(() => /refused a subscription .*the town "neustadt" has 12500 subscriptions of clients without a key/.test(town.log), 'the log');
  const client = await connect(), key = execFileSync(program, ['city', 'key', '--tenant', 'neustadt', '--data', town.dataDir], { encoding: 'utf8' }).trimEnd().split('\n').at(-1);
  assert.deepEqual(await client.subscribe(own), [1], 'another town');
  assert.deepEqual(await (await connect({ user: 'neustadt', key })).subscribe('v1.1/Things'), [1], 'its own people');
  await device.publish(own, { result: 35 });
  assert.equal((await client.next(own)).result, 35);
  assert.equal(await metric('subscriptions'), 12502);
});

test('internal datasets are there for nobody without the right, by any topic', async () => {
  const topics = [`v1.1/Things(${hidden})`, `v1.1/Things(${hidden})/name`, `v1.1/Things(${hidden})/Datastreams`, `v1.1/Datastreams(${hiddenStream})`, `v1.1/Datastreams(${hiddenStream})/Observations`,
    `v1.1/Datastreams(${hiddenStream})/Observations?$select=result`, `t/musterstadt/v1.1/Datastreams(${hiddenStream})/Thing`, 'datasets/intern/v1.1/Things', 'datasets/intern/v1.1/Observations'];
  assert.deepEqual(await reader.subscribe(...topics), topics.map(() => 128));
  const insider = await connect({ key: sta.key });
  assert.deepEqual(await insider.subscribe(...topics), topics.map(() => 1));
});

test('sets of all datasets show each caller what it may see', async () => {
  const [anybody, insider] = [await connect(), await connect({ key: sta.key })];
  for (const client of [anybody, insider]) await client.subscribe('v1.1/Observations', 'v1.1/Things');
  await device.publish(`v1.1/Datastreams(${hiddenStream})/Observations`, { result: 41 });
  await sta.ask('PATCH', `/Things(${hidden})`, { description: 'geheim' });
  await device.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 42 });
  await sta.ask('PATCH', `/Things(${thing})`, { description: 'offen' });
  const seen = async client => [await client.next('v1.1/Observations'), await client.next('v1.1/Things')];
  assert.deepEqual((await seen(insider)).map(m => m.result ?? m.description), [41, 'geheim']);
  assert.deepEqual((await seen(insider)).map(m => m.result ?? m.description), [42, 'offen']);
  assert.deepEqual((await seen(anybody)).map(m => m.result ?? m.description), [42, 'offen']);
  assert.deepEqual(anybody.messages, []);
});

test('the session of another is taken over without what it may see', async () => {
  const topic = `v1.1/Datastreams(${hiddenStream})/Observations`, id = 'fest';
  const insider = await connect({ key: sta.key, id, clean: false });
  await insider.subscribe(topic, 'v1.1/Sensors');
  insider.close();
  await device.publish(topic, { result: 51 });
  const thief = await connect({ id, clean: false });
  await device.publish(topic, { result: 52 });
  await sta.post('/Sensors', bodies.Sensors);
  await thief.next('v1.1/Sensors');
  assert.deepEqual(thief.messages, []);
  thief.close();
});

test('who comes back gets what waited', async () => {
  const topic = `v1.1/Datastreams(${stream})/Observations`, id = 'wieder';
  const first = await connect({ key: sta.key, id, clean: false });
  await first.subscribe(topic);
  first.close();
  await sta.post(`/Datastreams(${stream})/Observations`, { result: 61 });
  const again = await connect({ key: sta.key, id, clean: false });
  assert.equal((await again.next(topic)).result, 61);
});

test('sessions are kept for a thousand who show no key, and for others besides', { timeout: 60000 }, async () => {
  const keep = (id, options) => MqttClient.connect(mqttPort(town), { id, clean: false, ...options }).then(client => { client.close(); return true; }, () => false);
  let kept = 0;
  for (let round = 0; round < 21; round++) kept += (await Promise.all(Array.from({ length: 50 }, (_, i) => keep(`bleibt-${round}-${i}`)))).filter(Boolean).length;
  assert.ok(kept >= 990 && kept < 1050, `${kept} were kept`); // those that are connected at this moment are not counted
  assert.equal(await keep('noch-einer'), false);
  assert.equal(await keep('bleibt-0-0'), true, 'who is known comes back');
  assert.equal(await keep('mit-ausweis', { key: sta.key }), true);
  assert.ok(await connect(), 'without a session that stays');
});

test('a key that is revoked ends', async () => {
  const admin = await town.staff('admin', 'rathaus-admin'), key = await keyOf(admin, 'Elif Aydın', 'das Ende');
  const client = await connect({ key }), subscriber = await connect({ key });
  await subscriber.subscribe('v1.1/Observations');
  assert.equal(await client.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 71 }), 0);
  const people = await admin.get('/desk/personal');
  const page = await admin.get(`${people.links.find(link => link.text === 'Elif Aydın').href}/schluessel`);
  await page.submit({}, { button: 'das Ende sperren' });
  await Promise.all([client.ended(), subscriber.ended()]);
  await assert.rejects(connect({ key }), { code: 5 });
});

// --- Faults --------------------------------------------------------------------------------------

test('mosquitto is started again when it is killed', async () => {
  const before = await metric('broker_starts_total');
  for (const pid of children()) if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('mosquitto')) process.kill(Number(pid), 'SIGKILL');
  await device.ended();
  device = await eventually(() => connect({ key: sta.key }).catch(() => null), 'the new mosquitto');
  assert.equal(await metric('broker_starts_total'), before + 1);
  const client = await connect(), topic = `v1.1/Datastreams(${stream})/Observations`;
  await client.subscribe(topic);
  await device.publish(topic, { result: 81 });
  assert.equal((await client.next(topic)).result, 81);
});

test('kill -9 of mosquitto under ingest loses nothing that was acknowledged', { timeout: 120000 }, async () => {
  const base = 5_000_000, acknowledged = [];
  let next = base;
  for (let round = 0; round < 3; round++) {
    const senders = await Promise.all(Array.from({ length: 8 }, () => eventually(() => connect({ key: sta.key }).catch(() => null), 'mosquitto')));
    const sending = senders.map(async client => {
      while (!client.closed) {
        const results = Array.from({ length: 100 }, () => next++);
        await Promise.all(results.map(result => client.publish(`v1.1/Datastreams(${stream})/Observations`, { result }).then(() => acknowledged.push(result), () => {})));
      }
    });
    const enough = acknowledged.length + 2000;
    await eventually(() => acknowledged.length > enough, 'some Observations');
    for (const pid of children()) if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('mosquitto')) process.kill(Number(pid), 'SIGKILL');
    await Promise.all(sending);
  }
  const there = await resultsFrom(base);
  assert.deepEqual(acknowledged.filter(result => !there.has(result)), []);
  device = await eventually(() => connect({ key: sta.key }).catch(() => null), 'the new mosquitto');
});

test('a full disk acknowledges nothing; devices send again', async t => {
  const disk = mkdtempSync(join(tmpdir(), 'rathaus-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]).status !== 0) return t.skip('needs root to mount a small disk');
  const small = await startTown({ dataDir: join(disk, 'data'), args: ['--mqtt', '127.0.0.1:0'] });
  t.after(async () => { await small.stop(); spawnSync('umount', ['-l', disk]); rmSync(disk, { recursive: true, force: true }); });
  const own = await staClient(small);
  const [{ '@iot.id': its }] = (await own.get(`/Things(${await own.post('/Things', weatherStation('Enge'))})/Datastreams`)).value;
  const client = await MqttClient.connect(mqttPort(small), { key: own.key }), acknowledged = [];
  const send = (to, result) => to.publish(`v1.1/Datastreams(${its})/Observations`, { result }).then(() => acknowledged.push(result), () => {});
  await send(client, 1);
  const ballast = openSync(join(disk, 'ballast'), 'w');
  for (const size of [1 << 16, 1 << 12]) assert.throws(() => { for (;;) writeSync(ballast, Buffer.alloc(size)); }, { code: 'ENOSPC' });
  closeSync(ballast);
  for (let result = 2; !client.closed; result++) await send(client, result);
  rmSync(join(disk, 'ballast'));
  const again = await MqttClient.connect(mqttPort(small), { key: own.key });
  while (!again.closed && acknowledged.at(-1) !== 1e6) await send(again, 1e6);
  again.close();
  const there = (await own.get(`/Datastreams(${its})/Observations?$select=result&$top=10000`)).value.map(o => o.result);
  assert.deepEqual(acknowledged.filter(result => !there.includes(result)), []);
  assert.equal(acknowledged.at(-1), 1e6, 'it goes on when there is room');
  assert.match(small.log, /mqtt: messages cannot be written, clients are disconnected/);
});

test('a full disk of one town disconnects nobody of another', async t => {
  const run = (...args) => execFileSync(program, [...args, '--data', town.dataDir], { encoding: 'utf8' }).trimEnd().split('\n').at(-1);
  run('tenant', 'create', 'enge', '--from', join(root, 'tenants/demo'));
  const folder = join(town.dataDir, 'tenants/enge'), keys = Array.from({ length: 70 }, () => run('city', 'key', '--write', '--tenant', 'enge')), [key] = keys;
  await town.restart({ meanwhile: () => {
    execFileSync('cp', ['-a', folder, `${folder}.kept`]);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]).status === 0) execFileSync('cp', ['-a', `${folder}.kept/.`, folder]);
    rmSync(`${folder}.kept`, { recursive: true });
  } });
  t.after(() => spawnSync('umount', ['-l', folder]));
  if (spawnSync('mountpoint', ['-q', folder]).status !== 0) return t.skip('needs root to mount a small disk');
  const there = await staClient(town, { root: '/t/enge/sta/v1.1', known: key });
  const [{ '@iot.id': its }] = (await there.get(`/Things(${await there.post('/Things', weatherStation('Enge'))})/Datastreams`)).value;
  const narrow = await Promise.all(keys.map(each => connect({ user: 'enge', key: each }))), wide = await connect({ key: sta.key }), acknowledged = [];
  const send = (client, result) => client.publish(`v1.1/Datastreams(${its})/Observations`, { result }).then(() => acknowledged.push(result), () => {});
  const ballast = openSync(join(folder, 'ballast'), 'w');
  for (const size of [1 << 16, 1 << 12]) assert.throws(() => { for (;;) writeSync(ballast, Buffer.alloc(size)); }, { code: 'ENOSPC' });
  closeSync(ballast);
  for (let result = 0; narrow.some(client => !client.closed); result++) await Promise.all([...narrow.filter(client => !client.closed).map(client => send(client, result)), wide.publish(`v1.1/Datastreams(${stream})/Observations`, { result })]);
  rmSync(join(folder, 'ballast'));
  assert.equal(await wide.publish(`v1.1/Datastreams(${stream})/Observations`, { result: 1 }), 0, 'it stays connected');
  const kept = (await there.get(`/Datastreams(${its})/Observations?$select=result&$top=10000`)).value.map(o => o.result);
  assert.deepEqual(acknowledged.filter(result => !kept.includes(result)), []);
  device = await connect({ key: sta.key });
});

test('the server ends while devices publish', { timeout: 60000 }, async () => {
  const senders = await Promise.all(Array.from({ length: 8 }, () => connect({ key: sta.key })));
  let acknowledged = 0;
  const sending = senders.map(async client => {
    while (!client.closed) await Promise.all(Array.from({ length: 50 }, (_, result) => client.publish(`v1.1/Datastreams(${stream})/Observations`, { result }).then(() => acknowledged++, () => {})));
  });
  await eventually(() => acknowledged > 500, 'some Observations');
  await town.restart();
  await Promise.all(sending);
});

test('kill -9 under ingest loses nothing that was acknowledged', { timeout: 120000 }, async () => {
  for (let round = 0; round < 3; round++) {
    const acknowledged = new Set(), senders = await Promise.all(Array.from({ length: 8 }, () => connect({ key: sta.key })));
    let next = 0, over = false;
    const base = 1_000_000 * (round + 1);
    const send = async client => {
      while (!over && !client.closed) {
        const results = Array.from({ length: 20 }, () => base + next++);
        await Promise.all(results.map(result => client.publish(`v1.1/Datastreams(${stream})/Observations`, { result }).then(() => acknowledged.add(result), () => {})));
      }
    };
    const sending = senders.map(send);
    await eventually(() => acknowledged.size > 500, 'some Observations');
    await town.kill();
    over = true;
    await Promise.all(sending);
    await town.start(town.port);
    const there = await resultsFrom(base);
    assert.deepEqual([...acknowledged].filter(result => !there.has(result)), []);
    assert.deepEqual([...there].filter(([, times]) => times > 1), [], 'nothing is there twice');
  }
});
