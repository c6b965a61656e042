// SPDX-License-Identifier: EUPL-1.2
// Many requests of SensorThings in one.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { staClient, weatherStation } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

let town, sta;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
});
after(async () => { await town.stop(); });

const batch = (requests, options) => sta.ask('POST', '/$batch', { requests }, options);
const mixed = (body, boundary = 'b') => town.visitor().request('POST', '/sta/v1.1/$batch', {
  body: body.replaceAll('\n', '\r\n'), headers: { authorization: `Bearer ${sta.key}`, 'content-type': `multipart/mixed; boundary=${boundary}` } });
const countOf = async name => (await sta.get(`/Things?$filter=name eq '${name}'&$count=true`))['@iot.count'];

test('requests are done in their order, and a later one names what an earlier one made', async () => {
  const { Datastreams: [stream], ...thing } = weatherStation('Stapel');
  const answer = await batch([
    { id: 'a', method: 'post', url: 'Things', body: thing },
    { id: 'b', method: 'post', url: '$a/Datastreams', body: stream },
    { id: 'c', method: 'post', url: 'Observations', body: { phenomenonTime: '2027-03-01T10:00:00Z', result: 4, Datastream: { '@iot.id': '$b' } } },
    { id: 'd', method: 'get', url: '/v1.1/Things?$filter=name eq %27Stapel%27&$expand=Datastreams($expand=Observations)' },
    { id: 'e', method: 'patch', url: '$a', body: { description: 'geändert' } },
    { id: 'f', method: 'get', url: 'Things(0)' },
  ]);
  assert.equal(answer.status, 200, answer.text);
  const { responses } = answer.json();
  assert.deepEqual(responses.map(r => [r.id, r.status]), [['a', 201], ['b', 201], ['c', 201], ['d', 200], ['e', 200], ['f', 404]]);
  assert.equal(responses[3].body.value[0].Datastreams[0].Observations[0].result, 4);
  assert.equal(responses[4].body.description, 'geändert');
  assert.match(responses[5].body.message, /no such Thing/);
  assert.match(responses[0].location, /\/Things\(\d+\)$/);
});

test('of a change set all is made or nothing', async () => {
  const one = name => ({ method: 'post', url: 'Things', atomicityGroup: 'g', body: { name, description: '' } });
  const failed = (await batch([one('Ganz'), one('Ganz'), { ...one('Ganz'), body: { name: 'Ganz' } }, one('Ganz')])).json().responses;
  assert.deepEqual(failed.map(r => r.status), [409, 409, 400, 409]);
  assert.match(failed[0].body.message, /its request 3 failed/);
  assert.equal(await countOf('Ganz'), 0);
  assert.deepEqual((await batch([one('Ganz'), one('Ganz')])).json().responses.map(r => r.status), [201, 201]);
  assert.equal(await countOf('Ganz'), 2);
  const mixedUp = await batch([one('Nie'), { method: 'delete', url: 'Things(1)', atomicityGroup: 'g' }]);
  assert.equal(mixedUp.status, 501);
  assert.equal(await countOf('Nie'), 0);
});

test('a change set that is taken back overwrites nothing that others changed meanwhile', async () => {
  const other = await staClient(town, { known: sta.key }); // on a connection of its own
  const patch = id => ({ method: 'patch', url: `Things(${id})`, atomicityGroup: 'g', body: { name: 'Neu' } });
  const fill = Array.from({ length: 190 }, (_, i) => ({ method: 'post', url: 'Things', atomicityGroup: 'g', body: { name: `Füllung ${i}`, description: '' } }));
  /** What the first request is told: somebody changes what it changed, in the middle of the set or behind it. */
  const meanwhile = async () => {
    const changed = await sta.post('/Things', { name: 'Alt', description: 'alt' }), quiet = await sta.post('/Things', { name: 'Ruhig', description: 'alt' });
    const running = batch([patch(changed), patch(quiet), ...fill, { method: 'post', url: 'Things', atomicityGroup: 'g', body: { name: 5 } }]);
    let over = false;
    running.finally(() => { over = true; });
    while (!over && (await other.get(`/Things(${quiet})`)).name !== 'Neu');
    assert.equal((await other.ask('PATCH', `/Things(${changed})`, { description: 'von anderen' })).status, 200);
    const answers = (await running).json().responses, stays = /cannot be taken back: somebody else changed/.test(answers[0].body.detail);
    assert.match(answers[1].body.detail, /nothing of the change set was done/);
    const kept = await sta.get(`/Things(${changed})`), back = await sta.get(`/Things(${quiet})`);
    assert.deepEqual([kept.name, kept.description], [stays ? 'Neu' : 'Alt', 'von anderen']);
    assert.deepEqual([back.name, back.description], ['Ruhig', 'alt']);
    assert.equal((await sta.get("/Things?$filter=startswith(name,'Füllung')&$count=true&$top=1"))['@iot.count'], 0);
    return stays;
  };
  let stayed = false;
  for (let turn = 0; turn < 20 && !stayed; turn++) stayed = await meanwhile();
  assert.ok(stayed, 'in one of the turns it was changed in the middle');
});

test('the same as multipart, with a change set inside', async () => {
  const answer = await mixed(`--b
Content-Type: multipart/mixed; boundary=s

--s
Content-Type: application/http
Content-ID: 1

POST /v1.1/Things HTTP/1.1
Content-Type: application/json

{"name": "Teil", "description": ""}
--s
Content-Type: application/http
Content-ID: 2

POST $1/Locations HTTP/1.1
Content-Type: application/json

{"name": "Ort", "description": "", "encodingType": "application/geo+json", "location": {"type": "Point", "coordinates": [9, 51]}}
--s--

--b
Content-Type: application/http

GET ${town.url}/sta/v1.1/Things?$filter=name%20eq%20%27Teil%27&$expand=Locations HTTP/1.1

--b--
`);
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-type'], /^multipart\/mixed; boundary=/);
  assert.equal([...answer.text.matchAll(/HTTP\/1\.1 201 /g)].length, 2);
  assert.match(answer.text, /Content-ID: 2\r\n\r\nHTTP\/1\.1 201 OK\r\nLocation: \S+\/Locations\(\d+\)/);
  assert.match(answer.text, /"Locations":\[\{.*"name":"Ort"/);
});

test('what is no batch is refused with a reason, and nothing is done', async () => {
  for (const [body, words] of [[[], /requests/], [{ requests: [{ method: 'get' }] }, /url/], [{ requests: Array(201).fill({ method: 'get', url: 'Things' }) }, /200/]])
    assert.match((await sta.ask('POST', '/$batch', body)).json().message, words);
  for (const [body, words] of [['nichts', /does not stand/], ['--b\nContent-Type: text/plain\n\nx\n--b--\n', /part 1 is no request/], ['--b\nContent-Type: application/http\n\nGET /Things HTTP/1.1\n', /ends before/]])
    assert.match((await mixed(body)).json().message, words);
  assert.equal((await mixed('--b--', '')).status, 400);
  const inner = (await batch([{ method: 'post', url: '$batch', body: { requests: [] } }, { method: 'trace', url: 'Things' }])).json().responses;
  assert.deepEqual(inner.map(r => r.status), [400, 400]);
});

test('a batch gives nobody more rights', async () => {
  const answer = await batch([{ method: 'post', url: 'Things', body: { name: 'Fremd', description: '' } }, { method: 'get', url: 'Things?$top=1' }], { as: null });
  assert.deepEqual(answer.json().responses.map(r => r.status), [401, 200]);
  assert.equal(await countOf('Fremd'), 0);
});
