// SPDX-License-Identifier: EUPL-1.2
// The machine's clock jumps back and forth while sensors write: nothing that was acknowledged is lost or there twice,
// ids stay, what is shown as now is of now, and retention deletes nothing that is not old.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { movableClock } from './lib/clock.mjs';
import { MqttClient, mqttPort } from './lib/mqtt.mjs';
import { staClient, weatherStation } from './lib/sta.mjs';
import { eventually, program, startTown } from './lib/town.mjs';

const HOUR = 3_600_000, DAY = 24 * HOUR;
const began = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'rathaus-clock-'));
const clock = movableClock(join(folder, 'clock'));
const expected = new Map(); // series → results that were acknowledged
const known = new Map(); // id → result
let town, sta, inside, http, mqtt, line, next = 1;

const city = (...args) => execFileSync(program, ['city', ...args, '--tenant', 'musterstadt', '--data', town.dataDir], { encoding: 'utf8' });
const streamOf = async thing => (await sta.get(`/Things(${thing})/Datastreams`)).value[0]['@iot.id'];
const all = async stream => (await sta.get(`/Datastreams(${stream})/Observations?$orderby=id&$top=1000`)).value;
const took = (series, result) => expected.get(series).push(result);
/** Each hour of the last days once: times of the sensors' own, which are right. */
const ownTime = number => new Date(began - number * HOUR).toISOString();

before(async () => {
  town = await startTown({ args: ['--mqtt', '127.0.0.1:0'], env: clock.env });
  await town.restart({ meanwhile: () => city('dataset', 'kurz', '--title', 'Kurz', '--keep', '30') });
  const key = city('key', '--write').trimEnd().split('\n').at(-1);
  sta = await staClient(town, { known: key });
  inside = await staClient(town, { root: '/sta/datasets/kurz/v1.1', known: key });
  http = await streamOf(await inside.post('/Things', weatherStation('HTTP')));
  mqtt = await streamOf(await inside.post('/Things', weatherStation('MQTT')));
  await writeLine(''); // makes its Datastream
  line = (await sta.get("/Datastreams?$filter=properties/key eq 'uhr v'")).value[0]['@iot.id'];
  for (const series of [http, mqtt, line]) expected.set(series, []);
  took(line, 1);
});
after(async () => {
  await town.stop();
  rmSync(folder, { recursive: true });
});

async function writeLine(time) {
  const result = next++;
  const answer = await town.visitor().request('POST', '/api/v1/city/datasets/kurz/write?precision=ms', { body: `uhr v=${result} ${time}`, headers: { authorization: `Bearer ${sta.key}`, 'content-type': 'text/plain' } });
  assert.equal(answer.status, 204, answer.text);
  return result;
}

async function writeHttp(time) {
  const result = next++;
  await sta.post(`/Datastreams(${http})/Observations`, { result, ...time });
  took(http, result);
}

/** All three ways, with the sensor's time and without one. */
async function writeAll() {
  const device = await MqttClient.connect(mqttPort(town), { key: sta.key });
  for (const phenomenonTime of [undefined, ownTime(next)]) {
    await writeHttp({ phenomenonTime });
    assert.equal(await device.publish(`v1.1/Datastreams(${mqtt})/Observations`, { result: next, phenomenonTime }), 0);
    took(mqtt, next++);
    took(line, await writeLine(phenomenonTime ? Date.parse(phenomenonTime) : ''));
  }
  device.close();
}

async function everythingIsThereOnce() {
  const ids = new Set();
  for (const [series, results] of expected) {
    const there = await all(series);
    assert.deepEqual(there.map(o => o.result).sort((a, b) => a - b), results.toSorted((a, b) => a - b));
    for (const { '@iot.id': id, result } of there) {
      assert.equal(known.get(id) ?? result, result, `Observation ${id} is another than before`);
      known.set(id, result);
      ids.add(id);
    }
  }
  assert.equal(ids.size, [...expected.values()].flat().length, 'each id once');
  for (const [id, result] of known) assert.equal((await sta.get(`/Observations(${id})`)).result, result);
}

test('a clock that is ten years ahead lets nothing grow old, and keeps no right value out', async () => {
  await writeAll();
  clock.move('+3650d');
  await eventually(() => /the clock is 36\d\d days ahead/.test(town.log), 'house is kept', 90_000);
  await everythingIsThereOnce();
  await town.restart();
  await everythingIsThereOnce();
  took(line, await writeLine(Date.parse(ownTime(next))));
  await writeHttp({ phenomenonTime: ownTime(next) });
  clock.move('+0');
  await town.restart();
  await writeAll();
  await everythingIsThereOnce();
});

for (const offset of ['+0', '-1h', '-1d', '+1d', '+3650d', '-1d', '+0'])
  test(`values are taken once with a clock that goes to ${offset}, over a restart too`, async () => {
    clock.move(offset);
    await writeAll();
    await everythingIsThereOnce();
    await town.restart({ hard: offset !== '-1h' });
    await everythingIsThereOnce();
    await writeAll();
    await everythingIsThereOnce();
  });

test('what is shown as now, and told as latest, is of now', async () => {
  await writeAll();
  for (const series of [http, mqtt, line]) {
    const observations = await all(series);
    const newest = observations.filter(o => Math.abs(Date.parse(o.phenomenonTime) - Date.now()) < HOUR / 2).at(-1);
    assert.ok(observations.some(o => Date.parse(o.phenomenonTime) > Date.now() + 3000 * DAY), 'one is ahead');
    assert.equal((await sta.get(`/Datastreams?latest&$filter=id eq ${series}`)).value[0].latest.result, newest.result);
    assert.match((await town.visitor().get(`/stadtdaten/reihe/${series}`)).words, new RegExp(`Letzter Wert ${newest.result}\\b[^(]*\\(heute`));
  }
  const buckets = (await sta.get(`/Datastreams(${http})/Observations?$aggregate=count,last by duration'P1D'&$filter=phenomenonTime le now()`)).value;
  const past = (await all(http)).filter(o => Date.parse(o.phenomenonTime) <= Date.now());
  assert.equal(buckets.reduce((sum, bucket) => sum + bucket.count, 0), past.length);
});

test('an alarm of silence is raised by a clock that is ahead, and ends when it is right', async () => {
  const sign = () => town.staff('planung', 'rathaus-planung');
  let planner = await sign();
  const form = await planner.get('/desk/alarme/neu?datensatz=kurz&art=stille');
  const made = await form.submit({ name: 'Stumm', reihe: `s:${http}`, grenze: '120' }, { button: 'Alarm anlegen' });
  assert.match(made.words, /Der Alarm ist angelegt/, made.words);
  const path = made.url.replace(/\?.*/, '');
  const look = async () => (await (planner = await sign()).get(path)).submit({}, { button: 'Jetzt nachsehen' });
  const states = async () => (await town.visitor().get(`/api/v1/city/alarms/${path.match(/\d+$/)[0]}/history`, { headers: { authorization: `Bearer ${sta.key}` } })).json().history.reverse().map(entry => entry.state);
  await writeHttp({});
  await look();
  clock.move('-1d');
  await look();
  assert.deepEqual(await states(), []);
  clock.move('+2d');
  await look();
  assert.deepEqual(await states(), ['raised']);
  clock.move('+0');
  await look();
  await look();
  assert.deepEqual(await states(), ['raised', 'ended']);
});
