// SPDX-License-Identifier: EUPL-1.2
// Observations deleted by a filter: those that it finds, of the Datastreams it speaks of, all or none.
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { staClient, weatherStation } from './lib/sta.mjs';
import { program, startTown } from './lib/town.mjs';

let town, sta, one, other;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
  const thing = await sta.post('/Things', weatherStation('Löschen'));
  [{ '@iot.id': one }] = (await sta.get(`/Things(${thing})/Datastreams`)).value;
  other = await sta.post(`/Things(${thing})/Datastreams`, { ...weatherStation('Löschen').Datastreams[0], name: 'andere' });
});
after(async () => { await town.stop(); });

const minute = i => new Date(Date.UTC(2027, 2, 1, 0, i)).toISOString().replace('.000', '');
const rows = (stream, count, more = () => ({})) => Array.from({ length: count }, (_, i) => ({ Datastream: { '@iot.id': stream }, result: i, phenomenonTime: minute(i), resultTime: minute(i), ...more(i) }));
const fill = async (stream, count, more) => {
  for (const row of rows(stream, count, more)) await sta.post('/Observations', row);
};
const left = async stream => (await sta.get(`/Datastreams(${stream})/Observations?$top=1000&$orderby=id&$select=result`)).value.map(o => o.result);
const remove = (path, options) => sta.ask('DELETE', path, undefined, options);
const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

test('what the filter finds is gone, of this Datastream alone; by result, by either time, by the feature', async () => {
  await fill(one, 30, i => (i % 10 === 3 ? { validTime: `${minute(i)}/${minute(i + 1)}` } : {}));
  await fill(other, 30);
  const steps = [[`resultTime lt ${minute(5)}`, range(5, 30)], [`${minute(25)} le phenomenonTime`, range(5, 25)], ['result ge 20 and result lt 22', [...range(5, 20), 22, 23, 24]],
    [`validTime ge ${minute(20)}`, [...range(5, 20), 22, 24]], ['result eq 999', [...range(5, 20), 22, 24]], [`FeatureOfInterest/name ne 'x' and result gt 6`, [5, 6]]];
  for (const [filter, rest] of steps) {
    const answer = await remove(`/Datastreams(${one})/Observations?$filter=${filter}`);
    assert.equal(answer.status, 200, `${filter}: ${answer.text}`);
    assert.deepEqual(await left(one), rest, filter);
  }
  assert.deepEqual(await left(other), range(0, 30));
  const { value: [stream] } = await sta.get(`/Datastreams?latest&$filter=id eq ${one}&$expand=Observations($count=true;$top=0)`);
  assert.equal(stream.latest.result, 6, 'the latest is the one that is left');
  assert.equal(stream['Observations@iot.count'], 2);
});

test('over all Datastreams, too, and what is written later has other ids', async () => {
  const ids = (await sta.get(`/Datastreams(${other})/Observations?$top=100&$select=id`)).value.map(o => o['@iot.id']);
  assert.equal((await remove(`/Observations?$filter=Datastream/id in (${one},${other})`)).status, 200);
  assert.deepEqual([await left(one), await left(other)], [[], []]);
  assert.ok(!ids.includes(await sta.post(`/Datastreams(${other})/Observations`, { result: 1 })));
});

test('without a filter, with other options, by a wrong one, of other sets: refused, and nothing is gone', async () => {
  const kept = await left(other);
  const of = `/Datastreams(${other})/Observations`;
  for (const [path, says] of [[of, /\$filter/], [`${of}?$top=1`, /\$filter/], [`${of}?$filter=result gt 0&$top=1`, /no other option/], [`${of}?$filter=resul gt 0`, /resul/],
    [`${of}/$ref?$filter=result gt 0`, /one entity/], [`/Things?$filter=name eq 'x'`, /one entity/], ['/Things', /one entity/]]) {
    const answer = await remove(path);
    assert.equal(answer.status, 400, `${path}: ${answer.text}`);
    assert.match(answer.text, says, path);
  }
  assert.equal((await remove(`/Datastreams(999999)/Observations?$filter=result gt 0`)).status, 404);
  assert.deepEqual(await left(other), kept);
});

test('who may not write deletes nothing, and a key of one dataset only what is of it', async () => {
  const filter = `/Observations?$filter=Datastream/id eq ${other}`, kept = await left(other);
  assert.equal((await remove(filter, { as: null })).status, 401);
  const key = execFileSync(program, ['city', 'key', '--write', '--dataset', 'baustellen', '--tenant', 'musterstadt', '--data', town.dataDir], { encoding: 'utf8' }).trimEnd().split('\n').at(-1);
  assert.equal((await remove(filter, { as: key })).status, 403, 'it may see them');
  assert.deepEqual(await left(other), kept);
});

test('of two who delete the same at once both are told that it is gone', async () => {
  await fill(one, 40);
  const answers = await Promise.all(range(0, 4).map(() => remove(`/Datastreams(${one})/Observations?$filter=result lt 30`)));
  assert.deepEqual(answers.map(answer => answer.status), [200, 200, 200, 200]);
  assert.deepEqual(await left(one), range(30, 40));
});
