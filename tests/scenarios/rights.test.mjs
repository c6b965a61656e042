// SPDX-License-Identifier: EUPL-1.2
// Every route of the table, called by whom it is not for. The table itself says who may: a new
// route is tested without a word here.
import { after, afterEach, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { eventually, program, root, startTown } from './lib/town.mjs';

const routes = JSON.parse(execFileSync(program, ['routes', '--json'], { encoding: 'utf8' }));
const SAFE = new Set(['GET']);
const isApi = route => route.flags.includes('api');
const unsafe = routes.filter(route => !SAFE.has(route.method) && !isApi(route));
const forStaff = routes.filter(route => route.access === 'staff' && !isApi(route));
const forPrograms = routes.filter(route => route.access === 'staff' && isApi(route));

/** A path of the route, with `value` for each parameter. */
const pathOf = (route, value = '1') => route.pattern.replace(/[:*]\w+/g, value);
const titleOf = route => `${route.method} ${route.pattern}`;

// Which member of the demonstration town's staff lacks the permission.
const WITHOUT = {
  'staff.manage': ['kurz', 'hundesteuer-kurz'],
  'money.read': ['admin', 'rathaus-admin'],
  'money.book': ['admin', 'rathaus-admin'],
  'register.export': ['brandt', 'stadtkasse-brandt'],
  'register.import': ['brandt', 'stadtkasse-brandt'],
  'register.correct': ['brandt', 'stadtkasse-brandt'],
  'run.execute': ['brandt', 'stadtkasse-brandt'],
};
const someoneWithout = permission => WITHOUT[permission] ?? (/^(case|statistics)\./.test(permission)
  ? ['brandt', 'stadtkasse-brandt'] : ['kurz', 'hundesteuer-kurz']);

let town;
const signedIn = new Map();

// Somebody new, whose connection goes with the test: an address may have only so many.
const strangers = [];
function stranger(options) {
  strangers.push(town.visitor(options));
  return strangers.at(-1);
}
afterEach(() => strangers.splice(0).forEach(visitor => visitor.close()));
before(async () => {
  town = await startTown();
  execFileSync(program, ['tenant', 'create', '--data', town.dataDir, '--from', `${root}tenants/demo`, 'nachbarort']);
  await eventually(async () => (await stranger().get('/t/nachbarort/anmelden')).status === 200, 'the new town');
});
after(() => town?.stop());

async function staff(login, password) {
  if (!signedIn.has(login)) {
    const visitor = await town.staff(login, password);
    signedIn.set(login, { visitor, csrf: (await visitor.get('/desk/konto')).csrf });
  }
  return signedIn.get(login);
}

/** Send as the route wants it: a query for GET, else a form with these fields. */
function call(visitor, route, fields = {}, prefix = '') {
  const path = prefix + pathOf(route);
  if (SAFE.has(route.method)) return visitor.get(path, { redirect: false });
  const body = new URLSearchParams(fields).toString();
  return visitor.request(route.method, path, {
    body, redirect: false, headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
}

test('the table is read', () => {
  assert.ok(routes.length > 40, `${routes.length} routes`);
  assert.ok(forStaff.length > 10 && unsafe.length > 10);
  for (const route of forStaff) assert.ok(route.permission, titleOf(route));
  for (const route of routes.filter(r => r.pattern.startsWith('/desk') && !/^\/desk\/(anmelden|abmelden)/.test(r.pattern)))
    assert.equal(route.access, 'staff', `${titleOf(route)} lies at the desk`);
});

for (const route of forStaff) {
  test(`${titleOf(route)} is closed to strangers`, async () => {
    const visitor = stranger();
    const { csrf } = await visitor.get('/desk/anmelden');
    const answer = await call(visitor, route, { csrf });
    if (SAFE.has(route.method)) {
      assert.equal(answer.status, 303);
      assert.match(answer.headers.location, /^\/desk\/anmelden\?weiter=/);
    } else {
      assert.equal(answer.status, 403);
    }
  });

  if (route.permission === 'desk.use') continue;
  test(`${titleOf(route)} is closed to staff without ${route.permission}`, async () => {
    const { visitor, csrf } = await staff(...someoneWithout(route.permission));
    assert.equal((await call(visitor, route, { csrf })).status, 403);
  });

  test(`${titleOf(route)} is closed to staff of another town`, async () => {
    const { visitor } = await staff('admin', 'rathaus-admin');
    const cookie = `sid=${[...visitor.cookies.values()][0].value}`;
    const other = stranger({ headers: { cookie } });
    const answer = await call(other, route, {}, '/t/nachbarort');
    assert.ok(answer.status === 303 ? /\/desk\/anmelden/.test(answer.headers.location) : answer.status === 403, `${answer.status}`);
  });
}

const keys = new Map();
/** A key of this account whose scopes promise everything. */
async function keyOf(login) {
  if (keys.has(login)) return keys.get(login);
  const { visitor } = await staff('admin', 'rathaus-admin');
  const people = await visitor.get('/desk/personal');
  const id = people.text.match(new RegExp(`/desk/personal/(\\d+)">[^<]*</a></td>\\s*<td[^>]*>${login}<`))[1];
  const form = await visitor.get(`/desk/personal/${id}/schluessel`);
  const rights = [...form.text.matchAll(/name="rechte"[^>]*value="([^"]+)"/g)].map(match => ['rechte', match[1]]);
  const page = await visitor.post(`/desk/personal/${id}/schluessel`, [['csrf', form.csrf], ['name', login], ['anfragen', '6000'], ['bis', ''], ...rights]);
  keys.set(login, page.text.match(/<code>(rk_[\w-]{43})<\/code>/)[1]);
  return keys.get(login);
}

function ask(route, key, prefix = '', visitor = stranger()) {
  const headers = key ? { authorization: `Bearer ${key}` } : {};
  const path = prefix + pathOf(route);
  return SAFE.has(route.method) ? visitor.get(path, { headers }) : visitor.json(route.method, path, {}, { headers });
}

for (const route of forPrograms) {
  test(`${titleOf(route)} is closed to programs without a key that may`, async () => {
    assert.equal((await ask(route)).status, 401, 'no key');
    assert.equal((await ask(route, `rk_${'x'.repeat(43)}`)).status, 401, 'a key of nobody');
    const [login] = someoneWithout(route.permission);
    assert.equal((await ask(route, await keyOf(login))).status, 403, 'a key of somebody who may not');
    assert.equal((await ask(route, await keyOf('admin'), '/t/nachbarort')).status, 401, 'a key of another town');
    const { visitor } = await staff('admin', 'rathaus-admin');
    assert.equal((await ask(route, null, '', visitor)).status, 401, 'a cookie');
  });
}

for (const route of routes.filter(r => r.access === 'citizen')) {
  test(`${titleOf(route)} is closed to who is not signed in as a citizen`, async () => {
    const { visitor, csrf } = await staff('admin', 'rathaus-admin');
    const answer = await call(visitor, route, { csrf });
    assert.ok(answer.status === 303 ? /^\/anmelden/.test(answer.headers.location) : answer.status === 403, `${answer.status}`);
  });
}

for (const route of unsafe) {
  test(`${titleOf(route)} takes nothing without a token of the same visitor`, async () => {
    const login = route.permission === 'money.book' ? ['brandt', 'stadtkasse-brandt'] : ['admin', 'rathaus-admin'];
    const { visitor } = await staff(...login);
    const { csrf: foreign } = await stranger().get('/desk/anmelden');
    const refused = async fields => {
      const answer = await call(visitor, route, fields);
      assert.equal(answer.status, 403);
      assert.match(answer.words, /nichts gespeichert/);
    };
    await refused({});
    await refused({ csrf: 'x'.repeat(59) });
    await refused({ csrf: foreign });
    assert.equal((await call(stranger(), route, { csrf: foreign })).status, 403, 'a token without its cookie');
  });
}

for (const route of routes.filter(isApi)) {
  test(`${titleOf(route)} answers errors as problem+json and sets no cookie`, async () => {
    const visitor = stranger();
    const path = pathOf(route, 'gibt-es-nicht');
    const answer = SAFE.has(route.method) ? await visitor.get(path) : await visitor.json(route.method, path, {});
    assert.equal(answer.headers['set-cookie'], undefined);
    assert.ok(answer.status < 500, `${answer.status}`);
    if (answer.status >= 400) assert.equal(answer.headers['content-type'], 'application/problem+json');
    if (SAFE.has(route.method)) return;
    const form = await visitor.post(path, { a: '1' });
    assert.ok(form.status >= 400 && form.status < 500, `a form is refused: ${form.status}`);
  });
}

test('redirects stay within the town that was asked by its prefix', async () => {
  const clerk = await town.staff('kurz', 'hundesteuer-kurz', '/t/musterstadt');
  const home = await clerk.get('/t/musterstadt/desk', { redirect: false });
  assert.equal(home.headers.location, '/t/musterstadt/desk/vorgaenge');
  const found = await clerk.get('/t/musterstadt/desk/vorgaenge?suche=gibtesnicht', { redirect: false });
  assert.doesNotMatch(found.headers.location ?? '', /\/t\/.*\/t\//);
});
