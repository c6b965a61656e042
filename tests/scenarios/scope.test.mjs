// SPDX-License-Identifier: EUPL-1.2
// Rights with real things: another office's case, its documents and decisions; another citizen's pages.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { apply } from './lib/dogs.mjs';
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

test('an office of the service reads the cases in which it takes part, and decides only its own', async () => {
  const other = await town.staff('yildiz', 'ordnung-yildiz');
  const csrf = (await other.get('/desk/konto')).csrf;
  // Not this one: there is nothing for the public-order office in it.
  for (const url of ['/desk/vorgaenge/1', '/desk/vorgaenge/1/dokumente/1', '/desk/vorgaenge/1/entscheidung/festsetzen'])
    assert.equal((await other.get(url)).status, 403, url);
  for (const view of ['zutun', 'offen', 'abgeschlossen']) assert.doesNotMatch((await other.get(`/desk/vorgaenge?ansicht=${view}`)).text, /Mustermann/);
  assert.doesNotMatch((await other.get('/desk/suche?suche=Mustermann')).text, /HUND-/);
  assert.equal((await other.post('/desk/vorgaenge/1/notizen', { text: 'x', csrf })).status, 403);
  // A dog of the list is for both.
  const listed = await apply(town, { chip: '276098100000777', dog: { rasse: 'american_staffordshire_terrier' } });
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  for (const reader of [other, clerk]) {
    const page = await (await reader.get('/desk/suche?suche=Mustermann')).follow(listed.caseNumber);
    assert.equal(page.status, 200);
  }
  assert.equal((await other.get('/desk/vorgaenge/2/entscheidung/festsetzen')).status, 403);
  assert.equal((await other.post('/desk/vorgaenge/2/entscheidung/festsetzen', { marke_von: '1', csrf })).status, 403);
  // Nobody outside the case's offices can be made responsible for it.
  const yildiz = (await clerk.get('/desk/vorgaenge/2')).text.match(/<option value="(\d+)"[^>]*>[^<]*Yıldız/)[1];
  const mine = (await clerk.get('/desk/konto')).csrf;
  const refused = await clerk.post('/desk/vorgaenge/1/zustaendig', { konto: yildiz, csrf: mine });
  assert.equal(refused.status, 409);
  assert.match(refused.words, /gehört zu keinem Amt dieses Vorgangs/);
  assert.equal((await clerk.post('/desk/vorgaenge/2/zustaendig', { konto: yildiz, csrf: mine })).status, 200);
});

test('a status page opens by its whole secret only', async () => {
  const stranger = town.visitor();
  assert.equal((await stranger.get(status)).status, 200);
  for (const wrong of [status.slice(0, -1), `${status.slice(0, -1)}${status.endsWith('A') ? 'B' : 'A'}`, '/status/1', '/status/'])
    assert.equal((await stranger.get(wrong)).status, 404, wrong);
  const document = (await stranger.get(status)).links.find(link => /dokument/.test(link.href)).href;
  assert.equal((await stranger.get(document.replace(/\/status\/[^/]+/, '/status/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'))).status, 404);
});
