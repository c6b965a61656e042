// SPDX-License-Identifier: EUPL-1.2
// Sessions, links and secrets in the wrong hands.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { apply, applications, dogApplication } from './lib/dogs.mjs';
import { eventually, startTown } from './lib/town.mjs';

let town;
before(async () => { town = await startTown({ args: ['--access-log'] }); });
after(() => town?.stop());
const session = visitor => [...visitor.cookies].find(([key]) => key.startsWith('sid '));

test('signing in gives a new session: a planted one stays nobody\'s', async () => {
  const visitor = town.visitor();
  const form = await visitor.get('/desk/anmelden');
  const planted = 'A'.repeat(43);
  visitor.cookies.set('sid /', { value: planted, path: '/' });
  await form.submit({ login: 'kurz', password: 'hundesteuer-kurz' });
  const thief = town.visitor({ headers: { cookie: `sid=${planted}` } });
  assert.equal((await thief.get('/desk', { redirect: false })).status, 303);
});

test('signing out ends the session on the server', async () => {
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  const [, kept] = session(clerk);
  const page = await clerk.get('/desk/konto');
  await page.submit({}, { form: 'abmelden' });
  const thief = town.visitor({ headers: { cookie: `sid=${kept.value}` } });
  assert.equal((await thief.get('/desk/konto', { redirect: false })).status, 303);
});

test('the cookie is out of reach of scripts and other sites', async () => {
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  const [, cookie] = session(clerk);
  assert.match(cookie.line, /HttpOnly/i);
  assert.match(cookie.line, /SameSite=(Lax|Strict)/i);
  const secure = await startTown({ args: ['--behind-proxy'] });
  try {
    const visitor = secure.visitor({ headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1' } });
    const form = await visitor.get('/desk/anmelden');
    const answer = await form.submit({ login: 'kurz', password: 'hundesteuer-kurz' }, { redirect: false });
    for (const line of [answer.headers['set-cookie']].flat()) assert.match(line, /; Secure/i);
  } finally { await secure.stop(); }
});

test('another session\'s token does not open a form', async () => {
  const one = await town.staff('kurz', 'hundesteuer-kurz');
  const two = await town.staff('adler', 'hundesteuer-adler');
  const csrf = (await two.get('/desk/konto')).csrf;
  assert.equal((await one.post('/desk/konto/passwort', { csrf, alt: 'x', neu: 'y', nochmal: 'y' })).status, 403);
});

test('guessing is slowed down, for unknown names too, and says the same', async () => {
  const answers = [];
  for (const login of ['okafor', 'gibtesnicht'])
    for (let i = 0; i < 12; i++) {
      const form = await town.visitor().get('/desk/anmelden');
      answers.push([login, await form.submit({ login, password: `falsch-${i}` })]);
    }
  const words = login => answers.filter(([name, page]) => name === login && page.status !== 429).map(([, page]) => page.words.replaceAll(login, 'NAME'));
  assert.deepEqual(new Set(words('okafor')), new Set(words('gibtesnicht')), 'nobody learns whether a name exists');
  for (const login of ['okafor', 'gibtesnicht'])
    assert.ok(answers.some(([name, page]) => name === login && page.status === 429 && page.headers['retry-after'] > 0), `${login} is slowed down`);
});

test('a link to sign in opens once', async () => {
  await apply(town, { chip: '276098100003001' });
  await (await town.visitor().get('/anmelden')).submit({ email: 'erika.mustermann@example.org' });
  const link = await eventually(() => town.mails().map(mail => mail.replace(/=\r?\n/g, '').match(/\/anmelden\/link\/[\w-]+/)?.[0]).find(Boolean), 'the link');
  const looker = await town.visitor().get(link); // a mail scanner follows links
  assert.equal(looker.status, 200);
  const citizen = town.visitor();
  await (await citizen.get(link)).submit();
  assert.equal((await citizen.get('/antraege')).status, 200);
  const thief = town.visitor();
  const again = await thief.get(link);
  assert.equal(again.status, 410);
  assert.equal((await looker.submit({}, { redirect: false })).status, 410);
  assert.equal((await thief.get('/antraege', { redirect: false })).status, 303);
});

test('pages with secrets in their address are not kept, not told on, not logged', async () => {
  const { status } = await apply(town, { chip: '276098100003002' });
  const visitor = town.visitor();
  const draft = await (await visitor.get('/dienste/hund/anmeldung')).submit();
  for (const path of [status, draft.url, `${status}/korrektur`]) {
    const page = await visitor.get(path);
    assert.match(page.headers['cache-control'] ?? '', /no-store/, path);
    assert.match(page.headers['referrer-policy'] ?? '', /no-referrer|same-origin/, path);
  }
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  assert.match((await clerk.get('/desk/vorgaenge/1')).headers['cache-control'], /no-store/);
  const said = town.log + town.output;
  for (const secret of [status.split('/')[2], draft.url.split('/')[2], session(clerk)[1].value, 'erika.mustermann', 'Mustermann'])
    assert.ok(!said.includes(secret), 'logs tell no secrets');
});

test('a document opens for its own case only', async () => {
  const one = await apply(town, { chip: '276098100003003' });
  const two = await apply(town, { chip: '276098100003004' });
  const visitor = town.visitor();
  const documents = (await visitor.get(one.status)).links.filter(link => /dokument/.test(link.href)).map(link => link.href.split('/').pop());
  assert.ok(documents.length > 0);
  for (const id of documents) assert.equal((await visitor.get(`${two.status}/dokument/${id}`)).status, 404);
  const draft = (await (await visitor.get('/dienste/hund/anmeldung')).submit()).url.replace(/[^/]+$/, '');
  const sha = '0'.repeat(64);
  for (const name of [sha, '..%2f..%2fmaster.key', '%00', 'x'.repeat(3000)]) assert.ok([400, 404, 414].includes((await visitor.get(`${draft}datei/${name}`)).status), name.slice(0, 30));
});

test('a body that is a file of another kind is served as what it is, or not at all', async () => {
  const body = await dogApplication(town, { chip: '276098100003005' });
  for (const [type, name, bytes] of [['image/svg+xml', 'a.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'], ['application/pdf', 'a.pdf', '<html><script>alert(1)</script>'],
    ['image/jpeg', 'a.jpg', '%PDF-1.4 <script>'], ['text/html', 'a.html', '<script>alert(1)</script>']]) {
    body.hunde[0].versicherung_nachweis = [{ name, type, content: Buffer.from(bytes).toString('base64') }];
    const answer = await town.visitor().json('POST', applications, body);
    assert.equal(answer.status === 201 && name !== 'a.jpg', false, `${name}: ${answer.status}`);
  }
});
