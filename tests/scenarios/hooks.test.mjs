// SPDX-License-Identifier: EUPL-1.2
// Other programs are told what happens: signed, in order, at least once, also when they or we die; and they may fetch it with a key.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { consumer } from '../../docs/examples/webhook-consumer.mjs';
import { apply } from './lib/dogs.mjs';
import { eventually, startTown } from './lib/town.mjs';

let town, admin;
before(async () => {
  town = await startTown();
  admin = await town.staff('admin', 'rathaus-admin');
});
after(async () => { await town.stop(); });

const secretOn = page => page.text.match(/<code>(whsec_[^<]+)<\/code>/)?.[1];
const listen = (server, port = 0) => new Promise(resolve => { server.listen(port, '127.0.0.1', () => resolve(server.address().port)); });
const close = server => new Promise(resolve => { server.closeAllConnections(); server.close(resolve); });

async function subscribe(port, arten = '', name = 'Finanzverfahren') {
  const form = await admin.get('/desk/anbindungen');
  return form.submit({ name, adresse: `http://127.0.0.1:${port}/eingang`, arten }, { button: 'Programm anbinden' });
}

test('each event arrives once and in order, although the consumer fails and the town is killed', async () => {
  const secret = { value: '', failures: 0 };
  const seen = [];
  const make = () => consumer(secret.value, event => {
    if (secret.failures-- > 0) throw new Error('not now');
    seen.push(event);
  });
  // The address must be known before the key is.
  const probe = consumer('', () => {});
  const port = await listen(probe);
  await close(probe);
  const made = await subscribe(port, 'case.*');
  secret.value = secretOn(made);
  assert.ok(secret.value, made.words);
  let server = make();
  await listen(server, port);

  await apply(town, { chip: '276098100000201' });
  await eventually(() => seen.some(event => event.type === 'de.rathaus.case.submitted'), 'the first event');
  assert.ok(seen.every(event => event.specversion === '1.0' && event.type.startsWith('de.rathaus.case.')));

  secret.failures = 2;
  await apply(town, { chip: '276098100000202' });
  await eventually(() => seen.filter(event => event.type === 'de.rathaus.case.submitted').length === 2, 'the event after two failures');

  await close(server);
  await apply(town, { chip: '276098100000203' });
  await town.restart({ hard: true });
  server = make();
  await listen(server, port);
  await eventually(() => new Set(seen.filter(event => event.type === 'de.rathaus.case.submitted').map(event => event.id)).size === 3, 'the event after the kill');
  admin = await town.staff('admin', 'rathaus-admin');

  // From the beginning again: the same ids, in rising order, nothing missing.
  const again = [];
  await close(server);
  server = consumer(secret.value, event => { again.push(event.id); });
  await listen(server, port);
  const page = await admin.get('/desk/anbindungen/1');
  await page.submit({ position: '0' }, { button: 'Ab dort senden' });
  await eventually(() => again.length >= new Set(seen.map(event => event.id)).size, 'the replay');
  assert.deepEqual(again, [...again].sort((a, b) => Number(a) - Number(b)));
  for (const event of seen) assert.ok(again.includes(event.id), `event ${event.id}`);

  // A wrong key is refused by the consumer, and said at the desk.
  await close(server);
  server = consumer('whsec_AAAA', () => {});
  await listen(server, port);
  await apply(town, { chip: '276098100000204' });
  await eventually(async () => /Status 401/.test((await admin.get('/desk/anbindungen/1')).words), 'the failure at the desk');
  await (await admin.get('/desk/anbindungen/1')).submit({}, { button: 'Anbindung löschen' });
  await close(server);
});

test('what is sent once more on demand has another name than before, a repeated try has not', async () => {
  const names = [];
  let fails = 0;
  const server = createServer((request, response) => {
    names.push(request.headers['webhook-id']);
    request.resume().on('end', () => response.writeHead(fails-- > 0 ? 503 : 204).end());
  });
  const port = await listen(server);
  await subscribe(port, 'case.submitted', 'Zweites');
  assert.equal((await subscribe(port, 'case.submitted', 'Zweites')).status, 422, 'its form sent twice would tell it all twice');
  fails = 1;
  await apply(town, { chip: '276098100000206' });
  await eventually(() => names.length === 2, 'the second try');
  assert.equal(names[1], names[0]);
  const sheet = await (await admin.get('/desk/anbindungen')).follow('Zweites');
  await eventually(async () => !/Letzter Fehler/.test((await admin.get(sheet.url)).words), 'the acceptance');
  await sheet.submit({ position: '0' }, { button: 'Ab dort senden' });
  await eventually(() => names.length > 2, 'the replay');
  assert.ok(!names.slice(2).includes(names[0]), names.join(' '));
  await (await admin.get(sheet.url)).submit({}, { button: 'Anbindung löschen' });
  await close(server);
});

test('an address that is none is refused with a reason and nothing is kept', async () => {
  for (const [adresse, words] of [['ftp://example.org/', /https/], ['https://a@b/', /Benutzernamen/], ['', /https/]]) {
    const form = await admin.get('/desk/anbindungen');
    const page = await form.submit({ name: 'Falsch', adresse, arten: '' }, { button: 'Programm anbinden' });
    assert.equal(page.status, 422);
    assert.match(page.words, words);
  }
  assert.match((await admin.get('/desk/anbindungen')).words, /Noch ist kein Programm angebunden/);
});

async function makeKey(fields) {
  const people = await admin.get('/desk/personal');
  const person = people.links.find(link => /Sabine Kurz/.test(link.text)).href;
  const form = await admin.get(`${person}/schluessel`);
  const page = await form.submit({ name: 'Ablage', anfragen: '60', bis: '', ...fields }, { button: 'Schlüssel machen' });
  return { token: page.text.match(/<code>(rk_[\w-]{43})<\/code>/)?.[1], page, path: `${person}/schluessel` };
}

const fetchEvents = (token, query = '') => town.visitor().get(`/api/v1/events${query}`, { headers: token ? { authorization: `Bearer ${token}` } : {} });

test('a key opens what its scopes say, so often as it may, until it is locked', async () => {
  assert.equal((await fetchEvents()).status, 401);
  assert.equal((await fetchEvents('rk_' + 'A'.repeat(43))).status, 401);
  const admins = await admin.get('/desk/personal');
  assert.equal(admins.status, 200);

  const reader = await makeKey({ rechte: 'case.read' });
  assert.equal((await fetchEvents(reader.token)).status, 403, 'a scope that is missing');
  // The clerk's account may not read events, whatever the key's scope says.
  const again = await makeKey({ rechte: 'case.read' });
  assert.equal(again.page.status, 422, 'a form that was sent twice leaves no key that nobody has seen');
  assert.match(again.page.words, /hat dieses Konto schon/);
  const greedy = await makeKey({ name: 'Mehr', rechte: 'event.read' });
  assert.equal((await fetchEvents(greedy.token)).status, 403, 'a right that the account lacks');

  // A key is no way around signing in to the pages.
  const page = await town.visitor().get('/desk/vorgaenge', { headers: { authorization: `Bearer ${reader.token}` } });
  assert.match(page.url, /\/desk\/anmelden/);

  const locked = await admin.get(reader.path);
  await locked.submit({}, { button: 'Ablage sperren' });
  assert.match((await admin.get(reader.path)).words, /gesperrt/);
});

test('a key may be used as often as sensors speak', async () => {
  const refused = await makeKey({ name: 'Zu oft', rechte: 'city.write', anfragen: '6000001' });
  assert.match(refused.page.words, /eine Zahl von 1 bis 6000000 an/);
  assert.ok((await makeKey({ name: 'Oft', rechte: 'city.write', anfragen: '6000000' })).token);
});

/** A key that fetches events so often a minute. */
async function fetcher(anfragen) {
  const people = await admin.get('/desk/personal');
  const person = people.links.find(link => /Anke Sommer/.test(link.text)).href;
  const form = await admin.get(`${person}/schluessel`);
  const made = await form.submit({ name: `Abholer ${anfragen}`, rechte: 'event.read', anfragen, bis: '' }, { button: 'Schlüssel machen' });
  return made.text.match(/<code>(rk_[\w-]{43})<\/code>/)[1];
}

test('what a program asks of events is refused where it would get others, or miss some', async () => {
  const token = await fetcher('600');
  for (const [query, field, words] of [['after=minus', 'after', /whole number/], ['aftr=7', 'aftr', /known are after, limit, types/], ['after=1&after=7', 'after', /twice/],
    ['limit=0', 'limit', /from 1 to/], ['after=99999999', 'after', /behind the last event, which is \d+/]]) {
    const refused = await fetchEvents(token, `?${query}`);
    assert.equal(refused.status, 422, query);
    assert.equal(refused.json().errors[0].field, field);
    assert.match(refused.text, words);
  }
  const { next } = (await fetchEvents(token, '?limit=1000')).json();
  assert.equal((await fetchEvents(token, `?after=${next}`)).status, 200, 'the last event is no mistake');
});

test('events are fetched from a position', async () => {
  const token = await fetcher('5');
  const first = (await fetchEvents(token, '?limit=2')).json();
  assert.equal(first.events.length, 2);
  assert.equal(first.next, Number(first.events[1].id));
  const rest = (await fetchEvents(token, `?after=${first.next}&types=case.*`)).json();
  assert.ok(rest.events.length > 0 && rest.events.every(event => event.type.startsWith('de.rathaus.case.')));
  assert.equal((await fetchEvents(token, '?after=minus')).status, 422);
  await fetchEvents(token);
  await fetchEvents(token);
  const refused = await fetchEvents(token);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers['retry-after'], '60');
});
