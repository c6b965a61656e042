// SPDX-License-Identifier: EUPL-1.2
// Prometheus' remote write into a dataset.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { snappy, writeRequest } from './lib/prometheus.mjs';
import { staClient } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

let town, sta;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
});
after(() => town.stop());

const write = (body, { key = sta.key, dataset = 'allgemein' } = {}) => town.visitor().request('POST', `/api/v1/city/datasets/${dataset}/prometheus`, {
  body, headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' } });
const AT = Date.parse('2027-03-01T10:00:00Z');
const streams = filter => sta.get(`/Datastreams?$filter=${filter}&$expand=Thing,ObservedProperty,Observations($orderby=phenomenonTime)`).then(answer => answer.value);

test('series become Datastreams with Thing and property; sent again they stay as they are', async () => {
  const body = snappy(writeRequest([
    { labels: { __name__: 'temp', job: 'wetter', instance: 'hof:9100' }, samples: [[21.5, AT], [22, AT + 60000], [NaN, AT + 120000]] },
    { labels: { instance: 'hof:9100', job: 'wetter', __name__: 'temp', ort: 'in "Hof"' }, samples: [[-4, AT]] }]));
  assert.equal((await write(body)).status, 204);
  assert.equal((await write(body)).status, 204);
  const [first, ...others] = await streams("startswith(name,'temp{')");
  assert.equal(others.length, 1);
  assert.equal(first.name, 'temp{instance="hof:9100",job="wetter"}');
  assert.deepEqual([first.Thing.name, first.ObservedProperty.name], ['hof:9100', 'temp']);
  assert.deepEqual(first.Observations.map(o => [o.phenomenonTime, o.result]), [['2027-03-01T10:00:00Z', 21.5], ['2027-03-01T10:01:00Z', 22]]);
  assert.equal(others[0].name, 'temp{instance="hof:9100",job="wetter",ort="in \\"Hof\\""}');
});

test('what is wrong is refused with its reason, and 422, so that it is not sent for ever', async () => {
  const refused = async (body, words) => {
    const answer = await write(body);
    assert.equal(answer.status, 422, answer.text);
    assert.match(answer.headers['content-type'], /^application\/problem\+json/);
    assert.match(answer.json().detail, words);
  };
  await refused(Buffer.from('temp 21'), /snappy/);
  await refused(snappy(Buffer.from('temp 21')), /no WriteRequest/);
  await refused(snappy(writeRequest([{ labels: { job: 'x' }, samples: [[1, AT]] }])), /series 1: it has no name/);
  await refused(snappy(writeRequest([{ labels: { job: 'x' }, samples: [[1, AT]] }, { labels: { __name__: 'neben' }, samples: [[3, AT]] }])), /the others are there/);
  assert.deepEqual((await streams("name eq 'neben'"))[0].Observations.map(o => o.result), [3]);
  await refused(snappy(writeRequest([{ labels: { __name__: 'gross' }, samples: [[Infinity, AT], [1, AT]] }])), /1 samples are infinite.*the others are there/);
  const [kept] = await streams("name eq 'gross'");
  assert.deepEqual(kept.Observations.map(o => o.result), [1]);
  const bomb = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]), Buffer.alloc(20)]);
  assert.equal((await write(bomb)).status, 413);
});

test('only who may write the dataset writes', async () => {
  const body = snappy(writeRequest([{ labels: { __name__: 'up' }, samples: [[1, AT]] }]));
  assert.equal((await write(body, { key: null })).status, 401);
  assert.equal((await write(body, { dataset: 'gibt-es-nicht' })).status, 404);
});
