// SPDX-License-Identifier: EUPL-1.2
// The quality of measured values: gaps, values that stand still or out, status codes; on pages, for programs, and internal ones for nobody else.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { staClient } from './lib/sta.mjs';
import { program, startTown } from './lib/town.mjs';

const HOUR = 3_600_000, begin = Date.now() - 6 * 24 * HOUR;
let town, sta;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
  const planner = await town.staff('planung', 'rathaus-planung');
  await (await planner.get('/desk/stadtdaten')).submit({ name: 'guete', titel: 'Güte', zugang: 'public' });
  await (await planner.get('/desk/stadtdaten')).submit({ name: 'geheim', titel: 'Geheim', zugang: 'internal' });
});
after(() => town.stop());

/** A value each hour, `change(i, value)` puts its own in the place of some; null: none. */
const rows = (name, count, change) => Array.from({ length: count }, (_, i) => {
  const value = change(i, 20 + 3 * Math.sin(i / 8) + ((i * 7919) % 11) / 20);
  const [number, status] = Array.isArray(value) ? value : [value, 0];
  return value === null ? '' : `${new Date(begin + i * HOUR).toISOString()},${name},${number.toFixed(2)},${status}\n`;
}).join('');
const send = async (dataset, text) => {
  const answer = await town.visitor().request('POST', `/api/v1/city/datasets/${dataset}/import`, {
    body: `time,datastream,value,status\n${text}`, headers: { authorization: `Bearer ${sta.key}`, 'content-type': 'text/csv' } });
  assert.equal(answer.status, 200, answer.text);
};
const quality = async (dataset, key) => {
  const answer = await town.visitor().request('GET', `/api/v1/city/datasets/${dataset}/quality`, { headers: key ? { authorization: `Bearer ${key}` } : {} });
  return { status: answer.status, ...answer.json() };
};
const pageOf = async name => {
  const [stream] = (await sta.get(`/Datastreams?$filter=properties/key eq '${name}'`)).value;
  return (query = '') => town.visitor().get(`/stadtdaten/reihe/${stream['@iot.id']}?zeit=alles${query}`);
};

test('a series tells its gaps, what stands still or out, and leaves out what has a status', async () => {
  await send('allgemein', rows('fehlt', 140, (i, value) => (i > 50 && i < 60 ? null : i === 80 ? 90 : i >= 100 && i < 114 ? 18 : i === 130 ? [500, 4] : value)));
  const page = await pageOf('fehlt');
  const all = (await page()).words;
  assert.match(all, /Üblicher Abstand eine Stunde/);
  assert.match(all, /Lücke: 10 Stunden ohne Werte/);
  assert.match(all, /Ausreißer: 90, ringsum etwa 1\d/);
  assert.match(all, /Unverändert: 13 Stunden lang immer 18/);
  assert.match(all, /Status 4 bei einem Wert/);
  assert.match(all, /Größter Wert: 500 am/);
  const good = (await page('&werte=gut')).words;
  assert.match(good, /Größter Wert: 90 am/);
  assert.match(good, /Alle Werte zeigen/);
});

test('the list has those with the most to look at first, and those that are silent', async () => {
  await send('guete', rows('gut', 144, (i, value) => value) + rows('still', 120, (i, value) => value)
    + '2020-01-01T00:00:00Z,lange,1,0\n');
  const { status, value, remarkable, datastreams } = await quality('guete');
  assert.equal(status, 200);
  const of = name => value.find(line => line.name === name);
  assert.deepEqual([of('gut').gaps, of('gut').still, of('gut').outliers, of('gut').silent_ms], [0, 0, 0, 0]);
  assert.ok(of('gut').completeness > 0.98);
  assert.equal(of('gut').interval_ms, HOUR);
  assert.ok(of('still').silent_ms > 23 * HOUR && of('still').completeness < 0.9);
  assert.ok(of('lange').silent_ms > 365 * 24 * HOUR && of('lange').completeness === 0);
  assert.deepEqual(value.slice(0, 2).map(line => line.name).sort(), ['lange', 'still']);
  assert.ok(remarkable >= 2 && datastreams >= value.length);
  const desk = await (await town.staff('planung', 'rathaus-planung')).get('/desk/stadtdaten/guete/guete');
  assert.match(desk.words, /still stumm seit 2\d Stunden/);
  assert.match(desk.words, /gut gut 100 %|gut gut 99/);
});

test('an internal dataset tells nobody else how good it is', async () => {
  await send('geheim', rows('g', 20, (i, value) => value));
  assert.equal((await quality('geheim')).status, 404);
  assert.equal((await quality('gibt-es-nicht')).status, 404);
  assert.equal((await quality('geheim', sta.key)).datastreams, 1);
  const key = execFileSync(program, ['city', 'key', '--dataset', 'guete', '--tenant', 'musterstadt', '--data', town.dataDir], { encoding: 'utf8' }).trim().split('\n').at(-1);
  assert.equal((await quality('geheim', key)).status, 404);
});

test('values are asked for by their status', async () => {
  const [stream] = (await sta.get("/Datastreams?$filter=properties/key eq 'fehlt'")).value;
  const read = filter => sta.get(`/Datastreams(${stream['@iot.id']})/Observations?$count=true&$filter=${filter}`);
  assert.deepEqual((await read('resultQuality eq 4')).value.map(o => o.result), [500]);
  assert.equal((await read('resultQuality eq null'))['@iot.count'], 130);
});
