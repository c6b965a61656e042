// SPDX-License-Identifier: EUPL-1.2
// Requests that are nearly right, by the thousand (RATHAUS_REQUESTS: a million with `make malformed`): each is answered, none with a fault of ours,
// and what was there before is there afterwards. The parsers alone are fed by `make fuzz`.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { staClient, weatherStation } from './lib/sta.mjs';
import { program, root, startTown } from './lib/town.mjs';

const REQUESTS = Number(process.env.RATHAUS_REQUESTS ?? 6000), AT_ONCE = 8, SEED = Number(process.env.RATHAUS_SEED ?? 1);
const corpus = name => readdirSync(`${root}tests/fuzz/corpus/${name}`).map(file => readFileSync(`${root}tests/fuzz/corpus/${name}/${file}`));

let town, sta, key, thing, stream, known;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
  key = execFileSync(program, ['city', 'key', '--write', '--tenant', 'musterstadt', '--data', town.dataDir], { encoding: 'utf8' }).trim().split('\n').at(-1);
  thing = await sta.post('/Things', weatherStation('Zeuge'));
  stream = (await sta.get(`/Things(${thing})/Datastreams`)).value[0]['@iot.id'];
  for (let i = 0; i < 20; i++) await sta.post(`/Datastreams(${stream})/Observations`, { phenomenonTime: `2027-03-01T10:00:${10 + i}Z`, result: i });
  known = await witness();
});
after(() => town.stop());

const witness = async () => (await sta.ask('GET', `/Things(${thing})?$expand=Locations,Datastreams($expand=Observations($orderby=id;$top=100),Sensor)`)).text;

/** Numbers that are the same in each run (mulberry32). */
function numbers(seed) {
  return below => {
    let t = seed += 0x6D2B79F5;
    t = Math.imul(t ^ t >>> 15, t | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return ((t ^ t >>> 14) >>> 0) % below;
  };
}

const SPICE = ['', '\0', '"', "'", '(', ')', '[', '{', '}', '$', '%00', '%', '/', '..', ',', ';', ':', '-', '1e999', '-1', '99999999999999999999', 'null', 'NaN', '\\', '\\ud800', 'ü', '\u{1F600}', '<', '&', ']]>',
  '\r\n', ' ', '9999-12-31T23:59:59Z', 'duration\'P9999999D\'', '@iot.id', '$expand=', ' and ', ' or ', 'not ', '\xff'].map(text => Buffer.from(text, 'latin1'));

/** One to four small wounds. */
function wounded(bytes, random) {
  for (let n = 1 + random(4); n > 0; n--) {
    const at = random(bytes.length + 1), length = random(12), rest = bytes.subarray(at + length);
    const middle = [() => Buffer.alloc(0), () => SPICE[random(SPICE.length)], () => Buffer.from([random(256)]), () => bytes.subarray(random(bytes.length + 1)).subarray(0, 200),
      () => Buffer.concat(Array(1 + random(60)).fill(bytes.subarray(at, at + 1 + random(3))))][random(5)]();
    bytes = Buffer.concat([bytes.subarray(0, at), middle, random(3) ? rest : bytes.subarray(at)]);
    if (random(20) === 0) bytes = bytes.subarray(0, random(bytes.length + 1));
  }
  return bytes.subarray(0, 60000);
}

const text = value => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const escaped = bytes => [...bytes].map(byte => /[\w$'()*,;:=&@/?.~!-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`).join('');
const DATASET = '/api/v1/city/datasets/allgemein';
const observation = { phenomenonTime: '2028-01-01T10:00:00Z/2028-01-01T10:05:00Z', resultTime: '2028-01-01T10:05:00Z', result: 21.5, resultQuality: 3, validTime: '2028-01-01T10:00:00Z/2028-01-02T10:00:00Z', parameters: { a: [1, 'b'] } };
const ADDRESSES = ['/sta/v1.1/Things(1)/Datastreams(2)/Observations?$top=3&$skip=1&$orderby=phenomenonTime desc,result&$select=result,phenomenonTime',
  '/sta/v1.1/Datastreams?$expand=Observations($top=1;$filter=result gt 3;$expand=FeatureOfInterest),Thing($select=name)&$count=true&latest', '/sta/datasets/allgemein/v1.1/Things?$filter=any(Datastreams;name eq \'a\')',
  '/sta/v1.1/Observations?$aggregate=mean,max by duration\'PT1H\'&$filter=phenomenonTime ge 2027-01-01T00:00:00Z&$resultFormat=CSV', '/sta/v1.1/Locations?$resultFormat=GeoJSON&$top=5', '/sta/v1.1/Things(1)/Locations/$ref',
  '/sta/v1.1/Datastreams(1)/unitOfMeasurement/symbol/$value', '/ogc/v1/collections/allgemein/items?bbox=9,51,10,52&datetime=2027-01-01T00:00:00Z/..&limit=5&crs=http://www.opengis.net/def/crs/EPSG/0/25832',
  '/ogc/v1/collections/allgemein/tiles/WebMercatorQuad/10/340/540', '/stadtdaten/karte.geojson?x=1', '/stadtdaten/reihe/1?von=2027-01-01&bis=2027-02-01&zeit=jahr', '/stadtdaten/orte?suche=park&kategorie=freizeit',
  '/api/v1/city/traffic/route?from=9.9,51.5&to=9.95,51.55', '/api/v1/city/datasets/allgemein/quality?von=2027-01-01', '/stadtdaten/reihe/1/werte.json?von=2027-01-01&bis=2027-02-01'];
const boundary = 'batch_36522ad7';
const mixed = `--${boundary}\r\nContent-Type: application/http\r\n\r\nGET /v1.1/Things(1)?$select=name HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n--${boundary}\r\nContent-Type: multipart/mixed;boundary=changeset_1\r\n\r\n--changeset_1\r\n`
  + `Content-Type: application/http\r\nContent-ID: 1\r\n\r\nPOST /v1.1/Sensors HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"name": "s", "description": "", "encodingType": "text/plain", "metadata": "m"}\r\n--changeset_1--\r\n--${boundary}--`;

/** Each makes a request of what is right and a way to wound it: [method, address, type, body]. */
function kinds() {
  const station = text(weatherStation('Kopie')), lines = corpus('line'), datex = corpus('datex'), remote = corpus('remote_write'), filters = corpus('sta_filter');
  const pick = (list, random) => list[random(list.length)];
  const wound = (bytes, random) => wounded(bytes, random);
  return [
    random => ['GET', escaped(wound(text(pick(ADDRESSES, random)), random)).replace(/^(?!\/)/, '/')],
    random => ['GET', `/sta/v1.1/${pick(['Things', 'Observations', 'Datastreams', 'Locations'], random)}?$top=5&$filter=${encodeURIComponent(wound(pick(filters, random), random).toString('latin1'))}`],
    random => ['POST', '/sta/v1.1/Things', 'application/json', wound(station, random)],
    random => ['POST', `/sta/v1.1/Datastreams(${stream + 1})/Observations`, 'application/json', wound(text(observation), random)],
    random => ['POST', '/sta/v1.1/CreateObservations', 'application/json', wound(text([{ Datastream: { '@iot.id': 1 }, components: ['phenomenonTime', 'result', 'FeatureOfInterest/id'],
      'dataArray@iot.count': 2, dataArray: [['2028-01-01T10:00:00Z', 1, 1], ['2028-01-01T10:01:00Z', 'x', 2]] }]), random)],
    random => ['POST', '/sta/v1.1/$batch', 'application/json', wound(text({ requests: [{ id: '0', method: 'get', url: 'Things(1)' }, { id: '1', atomicityGroup: 'g', method: 'post', url: 'Sensors', body: { name: 's' } },
      { id: '2', atomicityGroup: 'g', method: 'patch', url: '$1', body: { name: 't' } }] }), random)],
    random => ['POST', '/sta/v1.1/$batch', `multipart/mixed;boundary=${boundary}`, wound(text(mixed), random)],
    random => ['PATCH', `/sta/v1.1/Things(${thing + 1000})`, 'application/json-patch+json', wound(text([{ op: 'test', path: '/name', value: 'x' }, { op: 'copy', from: '/properties', path: '/properties/a/-' }]), random)],
    random => ['POST', `${DATASET}/write?precision=${pick(['ms', 's', 'ns', 'h', ''], random)}`, 'text/plain', wound(pick(lines, random), random)],
    random => ['POST', `${DATASET}/import`, 'text/csv', wound(text('time;sensor;value;lon;lat;status\n01.03.2027 09:30;a;"3,5";9,9;51,5;0\n2027-03-01T10:30:00Z;b;1e3;;;255\n'), random)],
    random => ['POST', `${DATASET}/import`, 'application/geo+json', wound(text({ type: 'FeatureCollection', features: [{ type: 'Feature', id: 'x', properties: { name: 'Bank' }, geometry: { type: 'Polygon', coordinates: [[[9, 51], [10, 51], [9, 52], [9, 51]]] } }] }), random)],
    random => ['POST', `${DATASET}/import`, 'application/xml', wound(pick(datex, random), random)],
    random => ['POST', `${DATASET}/prometheus`, 'application/x-protobuf', wound(pick(remote, random), random)],
    random => ['POST', '/api/v1/city/traffic/floating-cars', 'application/json', wound(text({ messages: [{ vehicle: 'a', time: '2027-01-01T10:00:00Z', lon: 9.9, lat: 51.5, speed: 30, heading: 90 }] }), random)],
  ];
}

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
function send([method, path, type, body]) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, ...(type && { 'content-type': type, 'content-length': body.length }) };
    const ask = request({ port: town.port, path: path.slice(0, 4000).replace(/%.?$/, ''), method, agent, headers }, answer => {
      answer.resume().on('end', () => resolve(answer.statusCode)).on('error', reject);
    }).on('error', reject);
    ask.end(body);
  });
}

test(`${REQUESTS} requests that are nearly right do no harm`, async () => {
  const random = numbers(SEED), all = kinds(), seen = {};
  let left = REQUESTS;
  const worker = async () => {
    while (left-- > 0) {
      const one = all[random(all.length)](random);
      const status = await send(one).catch(error => error.code);
      seen[status] = (seen[status] ?? 0) + 1;
      if ((status >= 200 && status < 500) || status === 501) continue;
      assert.fail(`${status} for ${one[0]} ${one[1]} ${one[3] ? JSON.stringify(one[3].toString('latin1')).slice(0, 3000) : ''}\n${town.log.slice(-2000)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  assert.ok(seen[400] > REQUESTS / 4 && Object.keys(seen).length > 4, JSON.stringify(seen));
  assert.equal(await witness(), known, 'what was there is there');
  assert.equal(await sta.post(`/Datastreams(${stream})/Observations`, { phenomenonTime: '2027-03-01T11:00:00Z', result: 5 }) > 0, true);
  if (process.env.RATHAUS_REQUESTS) console.log(seen);
});
