// SPDX-License-Identifier: EUPL-1.2
// Rights with real things: another office's case, its documents and decisions; another citizen's pages.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startTown } from './lib/town.mjs';

const path = '/api/v1/services/hund/anmeldung/applications';
let town, status;
before(async () => {
  town = await startTown();
  const example = (await town.visitor().get('/api/openapi.json')).json().paths[path].post.requestBody.content['application/json'].example;
  const answer = await town.visitor().json('POST', path, example);
  assert.equal(answer.status, 201, answer.text);
  status = new URL(answer.json().statusUrl).pathname;
});
after(() => town?.stop());

test('its own office opens the case', async () => {
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  assert.equal((await clerk.get('/desk/vorgaenge/1')).status, 200);
  assert.equal((await clerk.get('/desk/vorgaenge/1/dokumente/1')).status, 200);
});

for (const [login, password] of [['brandt', 'stadtkasse-brandt'], ['admin', 'rathaus-admin']]) {
  test(`${login} has no part in it: no case, no document, no decision`, async () => {
    const other = await town.staff(login, password);
    const csrf = (await other.get('/desk/konto')).csrf;
    for (const url of ['/desk/vorgaenge/1', '/desk/vorgaenge/1/dokumente/1', '/desk/vorgaenge/1/entscheidung/festsetzen']) {
      const page = await other.get(url);
      assert.ok([403, 404].includes(page.status), `${url}: ${page.status}`);
      assert.doesNotMatch(page.text, /Mustermann/);
    }
    for (const [url, fields] of [['/desk/vorgaenge/1/entscheidung/festsetzen', { marke_von: '1' }], ['/desk/vorgaenge/1/notizen', { text: 'x' }],
      ['/desk/vorgaenge/1/aufgaben/1', { ergebnis: 'x' }], ['/desk/vorgaenge/1/zustaendig', { konto: '1' }]]) {
      const page = await other.post(url, { ...fields, csrf });
      assert.ok([403, 404].includes(page.status), `${url}: ${page.status}`);
    }
    const search = await other.get('/desk/vorgaenge?suche=Mustermann');
    assert.doesNotMatch(search.text, /Erika/);
  });
}

test('an office that takes part in the service reads the case but does not decide for the other', async () => {
  const other = await town.staff('yildiz', 'ordnung-yildiz');
  assert.equal((await other.get('/desk/vorgaenge/1/entscheidung/festsetzen')).status, 403);
  const csrf = (await other.get('/desk/konto')).csrf;
  assert.equal((await other.post('/desk/vorgaenge/1/entscheidung/festsetzen', { marke_von: '1', csrf })).status, 403);
});

test('a status page opens by its whole secret only', async () => {
  const stranger = town.visitor();
  assert.equal((await stranger.get(status)).status, 200);
  for (const wrong of [status.slice(0, -1), `${status.slice(0, -1)}${status.endsWith('A') ? 'B' : 'A'}`, '/status/1', '/status/'])
    assert.equal((await stranger.get(wrong)).status, 404, wrong);
  const document = (await stranger.get(status)).links.find(link => /dokument/.test(link.href)).href;
  assert.equal((await stranger.get(document.replace(/\/status\/[^/]+/, '/status/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'))).status, 404);
});
