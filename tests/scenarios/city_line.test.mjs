// SPDX-License-Identifier: EUPL-1.2
// Measured values in InfluxDB's line protocol.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { staClient } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

let town, sta;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
});
after(() => town.stop());

const write = (text, { dataset = 'allgemein', query = '?precision=ms', as = sta.key } = {}) =>
  town.visitor().request('POST', `/api/v1/city/datasets/${dataset}/write${query}`, { body: text, headers: { ...(as ? { authorization: `Bearer ${as}` } : {}), 'content-type': 'text/plain' } });
const streams = async key => (await sta.get(`/Datastreams?$filter=properties/key eq '${key}'&$expand=Thing,ObservedProperty,Observations($orderby=phenomenonTime)`)).value;
const values = stream => stream.Observations.map(o => [o.phenomenonTime, o.result]);

test('each field becomes a Datastream; the order of tags and sending again change nothing', async () => {
  const text = 'wetter,ort=Hof,art=a temp=21.5,regen=t,zahl=3i 1798797600000\nwetter,art=a,ort=Hof temp=22 1798797660000\n';
  for (let time = 0; time < 2; time++) {
    const answer = await write(text);
    assert.equal(answer.status, 204, answer.text);
  }
  const [temperature, ...more] = await streams('wetter,art=a,ort=Hof temp');
  assert.equal(more.length, 0);
  assert.deepEqual([temperature.name, temperature.Thing.name, temperature.ObservedProperty.name], ['wetter temp', 'wetter,art=a,ort=Hof', 'temp']);
  assert.deepEqual(values(temperature), [['2027-01-01T10:00:00Z', 21.5], ['2027-01-01T10:01:00Z', 22]]);
  assert.deepEqual(values((await streams('wetter,art=a,ort=Hof regen'))[0]), [['2027-01-01T10:00:00Z', 1]]);
  assert.deepEqual((await streams('wetter,art=a,ort=Hof zahl'))[0].Thing['@iot.id'], temperature.Thing['@iot.id']);
});

test('times are in nanoseconds unless the address says otherwise; without one it is now', async () => {
  const at = { '': '1798797600123999999', '?precision=us': '1798797600123999', '?precision=ms': '1798797600123', '?precision=s': '1798797600' };
  for (const [query, time] of Object.entries(at)) assert.equal((await write(`uhr v=1 ${time}`, { query })).status, 204);
  assert.deepEqual(values((await streams('uhr v'))[0]).map(([time]) => time), ['2027-01-01T10:00:00Z', '2027-01-01T10:00:00.123Z']);
  const before = Date.now();
  assert.equal((await write('jetzt v=1')).status, 204);
  const [[time]] = values((await streams('jetzt v'))[0]);
  assert.ok(Math.abs(Date.parse(time) - before) < 600_000, time);
  const wrong = await write('uhr v=1 1', { query: '?precision=h' });
  assert.deepEqual([wrong.status, /precision is ns, us, ms or s/.test(wrong.text)], [422, true]);
});

test('what is wrong is told by line and left out, the others are taken', async () => {
  const answer = await write('gut v=1 1798797600000\ngut v=warm 1798797660000\ngut text="zwei\nZeilen",v=2 1798797660000\ngut\ngut,a=1,a=2 v=3\ngut v=4 9007199254740993\ngut v=9007199254740993i 1798797720000');
  assert.equal(answer.status, 422);
  const report = answer.json();
  assert.deepEqual([report.kind, report.lines, report.observations, report.left_out], ['line protocol', 7, 3, 5]);
  assert.deepEqual(report.problems.map(problem => problem.line), [2, 3, 5, 6, 7]);
  assert.match(report.problems[0].message, /no number/);
  assert.match(report.problems[1].message, /text: a text is no measured value/);
  assert.match(report.problems[3].message, /two tags/);
  assert.match(report.problems[4].message, /precision/);
  const url = `/Datastreams(${(await streams('gut v'))[0]['@iot.id']})/Observations?$orderby=phenomenonTime`;
  assert.match((await sta.ask('GET', url)).text, /"result":1\b.*"result":2\b.*"result":9007199254740993\b/s);
});

test('many more series than one answer names are written in one request', async () => {
  const text = Array.from({ length: 25_000 }, (_, i) => `viele,nr=${i % 40} v=${i} ${1798797600000 + i}`).join('\n');
  assert.equal((await write(text)).status, 204);
  assert.equal((await sta.get("/Datastreams?$filter=startswith(name,'viele')&$count=true&$top=1"))['@iot.count'], 40);
  const [one] = await streams('viele,nr=7 v');
  assert.equal((await sta.get(`/Datastreams(${one['@iot.id']})/Observations?$count=true&$top=1`))['@iot.count'], 625);
});

test('requests at the same time make each Datastream once, and each Thing', async () => {
  const text = Array.from({ length: 150 }, (_, i) => `zugleich,nr=${i} v=1,w=2 1798797600000`).join('\n');
  const answers = await Promise.all(Array.from({ length: 4 }, () => write(text)));
  assert.deepEqual(answers.map(answer => answer.status), [204, 204, 204, 204]);
  assert.equal((await sta.get("/Datastreams?$filter=startswith(name,'zugleich')&$count=true&$top=1"))['@iot.count'], 300);
  assert.equal((await sta.get("/Things?$filter=startswith(name,'zugleich')&$count=true&$top=1"))['@iot.count'], 150);
});

test('only who may write writes, and only to a dataset that is there', async () => {
  assert.equal((await write('m v=1', { as: null })).status, 401);
  assert.equal((await write('m v=1', { dataset: 'fehlt' })).status, 404);
});
