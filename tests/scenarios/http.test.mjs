// SPDX-License-Identifier: EUPL-1.2
// The door: what comes in from the network, well-formed or not.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually, multipart, startTown } from './lib/town.mjs';

let town;
before(async () => { town = await startTown({ args: ['--request-seconds', '2', '--access-log'] }); });
after(() => town?.stop());

const MB = 1024 * 1024;
const statusOf = answer => Number(answer.text.match(/^HTTP\/1\.1 (\d+)/)?.[1] ?? 0);
const raw = (lines, body = '', options) =>
  town.raw([...lines, 'Host: x', '', ''].join('\r\n') + body, options);

/** A visitor with a token that fits: on the page of signing in. */
async function atTheDoor() {
  const visitor = town.visitor();
  const page = await visitor.get('/anmelden');
  assert.equal(page.status, 200);
  assert.ok(page.csrf, 'the form carries a token');
  return { visitor, page, csrf: page.csrf };
}

test('it says where it is, that it lives and that it is ready', async () => {
  const visitor = town.visitor();
  assert.match(town.output, /^Rathaus is ready: http:\/\/127\.0\.0\.1:\d+\/$/m);
  assert.equal((await visitor.get('/healthz')).text, 'ok\n');
  assert.equal((await visitor.get('/readyz')).text, 'ready\n');
});

test('metrics name routes by their pattern and are for this machine only', async () => {
  const visitor = town.visitor();
  await visitor.get('/anmelden/link/geheim-geheim');
  const metrics = await visitor.get('/metrics');
  assert.equal(metrics.status, 200);
  assert.match(metrics.text, /rathaus_http_requests_total\{method="GET",route="\/anmelden\/link\/:token",status="410"\} 1/);
  assert.match(metrics.text, /rathaus_db_commits_total \d/);
  assert.doesNotMatch(metrics.text, /geheim-geheim/);
});

test('the access log holds the pattern, no path and no address', async () => {
  await town.visitor().get('/anmelden/link/noch-geheimer');
  await new Promise(resolve => setTimeout(resolve, 700));
  assert.match(town.output, /GET \/anmelden\/link\/:token 410 /);
  assert.doesNotMatch(town.output, /noch-geheimer|(?<!:\/\/)127\.0\.0\.1/);
});

test('a connection serves many requests', async () => {
  const visitor = town.visitor();
  const reused = [];
  for (const path of ['/healthz', '/anmelden', '/healthz', '/gibt-es-nicht', '/readyz'])
    reused.push((await visitor.get(path)).reused);
  assert.deepEqual(reused, [false, true, true, true, true]);
});

test('two requests in one packet get two answers in order', async () => {
  const one = path => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const answer = await town.raw(one('/healthz') + one('/readyz'), { ms: 500 });
  assert.match(answer.text, /ok\n[^]*ready\n/);
});

test('HEAD answers as GET without a body', async () => {
  const visitor = town.visitor();
  const get = await visitor.get('/anmelden');
  const head = await visitor.request('HEAD', '/anmelden');
  assert.equal(head.status, 200);
  assert.equal(head.bytes.length, 0);
  assert.ok(Math.abs(Number(head.headers['content-length']) - get.bytes.length) < 100);
});

test('a wrong method is told the right ones', async () => {
  const visitor = town.visitor();
  const answer = await visitor.request('DELETE', '/anmelden');
  assert.equal(answer.status, 405);
  assert.equal(answer.headers.allow, 'GET, HEAD, POST');
  assert.equal((await visitor.request('BREW', '/anmelden')).status, 405);
});

test('a slash too many leads to the page', async () => {
  const answer = await town.visitor().request('GET', '/anmelden/?weiter=/a', { redirect: false });
  assert.equal(answer.status, 308);
  assert.equal(answer.headers.location, '/anmelden?weiter=/a');
});

test('the same town answers at the root and under its name', async () => {
  const page = await town.visitor().get('/t/musterstadt/anmelden');
  assert.equal(page.status, 200);
  assert.ok(page.forms.some(form => form.action === '/t/musterstadt/anmelden'));
  assert.match(page.headers['set-cookie'][0], /Path=\/t\/musterstadt;/);
  assert.equal((await town.visitor().get('/t/nirgendwo/anmelden')).status, 404);
  assert.equal((await town.visitor().get('/t/..%2fx/anmelden')).status, 400);
});

test('security headers stand on every page', async () => {
  for (const path of ['/anmelden', '/gibt-es-nicht']) {
    const { headers } = await town.visitor().get(path);
    const csp = headers['content-security-policy'];
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"])
      assert.ok(csp.includes(part), `${path}: ${part}`);
    assert.ok(!csp.includes('unsafe'), path);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['referrer-policy'], 'same-origin');
    assert.equal(headers['cache-control'], 'no-store');
    assert.ok(headers['permissions-policy']);
  }
});

test('files with a fingerprint may be kept, and are not sent twice', async () => {
  const visitor = town.visitor();
  const page = await visitor.get('/anmelden');
  const path = page.text.match(/href="(\/assets\/[^"]+\.css)"/)[1];
  const file = await visitor.get(path);
  assert.match(file.headers['cache-control'], /immutable/);
  const again = await visitor.get(path, { headers: { 'if-none-match': file.headers.etag } });
  assert.equal(again.status, 304);
  assert.equal(again.bytes.length, 0);
  assert.equal((await visitor.get('/assets/gibt-es-nicht.css')).status, 404);
});

test('pages are compressed for who asks for it', async () => {
  const page = await town.visitor().get('/anmelden', { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(page.headers['content-encoding'], 'gzip');
  assert.equal(page.bytes.readUInt16BE(0), 0x1f8b);
});

test('the cookie is closed to scripts', async () => {
  const page = await town.visitor().get('/anmelden');
  assert.match(page.headers['set-cookie'][0], /^sid=v[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
});

test('path tricks are refused', async () => {
  for (const path of ['/../etc/passwd', '/a/../b', '/%2e%2e/x', '/a//b', '//', '/a%2fb', '/a%00b', '/a%5cb', '/a\\b', '/%ff', '/%c0%ae%c0%ae/x', '/%zz', '/.', '/a/./b']) {
    const answer = await raw([`GET ${path} HTTP/1.1`, 'Connection: close']);
    assert.equal(statusOf(answer), 400, path);
    assert.doesNotMatch(answer.text, /root:/);
  }
});

test('what is no HTTP gets no page', async () => {
  for (const bytes of ['\0\0\0\0\r\n\r\n', 'GET\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', 'GET /a\0b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n']) {
    const answer = await town.raw(bytes, { ms: 4000 });
    assert.ok(answer.closed, JSON.stringify(bytes));
    const status = statusOf(answer);
    assert.ok(status === 0 || (status >= 400 && status < 600), `${JSON.stringify(bytes)}: ${status}`);
  }
});

test('contradicting lengths are refused, so no proxy reads another message', async () => {
  const cases = [
    ['Content-Length: 5', 'Content-Length: 6'],
    ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: gzip, chunked'],
    ['Content-Length: -1'],
    ['Content-Length: 99999999999999999999999'],
  ];
  for (const lines of cases) {
    const answer = await raw(['POST /anmelden HTTP/1.1', ...lines], '0\r\n\r\nX', { ms: 3000 });
    assert.ok([400, 413].includes(statusOf(answer)), `${lines}: ${answer.text.slice(0, 80)}`);
    assert.ok(answer.closed);
  }
  assert.equal(statusOf(await raw(['GET /healthz HTTP/1.1', 'Host: y', 'Connection: close'])), 400);
});

test('long targets and headers are refused', async () => {
  assert.equal(statusOf(await raw([`GET /${'a'.repeat(5000)} HTTP/1.1`, 'Connection: close'])), 414);
  assert.equal(statusOf(await raw([`GET /${'a'.repeat(60000)} HTTP/1.1`, 'Connection: close'])), 414);
  const many = Array.from({ length: 150 }, (_, i) => `X-${i}: 1`);
  assert.equal(statusOf(await raw(['GET /healthz HTTP/1.1', ...many, 'Connection: close'])), 431);
  const large = await raw(['GET /healthz HTTP/1.1', `X: ${'x'.repeat(60000)}`, 'Connection: close']);
  assert.equal(statusOf(large), 431);
});

test('a sender that dribbles its header is cut off in time', async () => {
  const parts = ['GET / HTTP/1.1\r\n', ...Array.from({ length: 60 }, (_, i) => `X-${i}: 1\r\n`)];
  const answer = await town.raw(null, { ms: 20000, pieces: { parts, everyMs: 250 } });
  assert.ok(answer.closed);
  assert.ok(answer.ms < 6000, `${answer.ms} ms`);
});

test('a sender that dribbles its body is cut off in time', async () => {
  const head = 'POST /anmelden HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n';
  const answer = await town.raw(null, { ms: 20000, pieces: { parts: [head, ...Array(60).fill('a')], everyMs: 250 } });
  assert.ok(answer.closed);
  assert.ok(answer.ms < 6000, `${answer.ms} ms`);
});

test('a connection that says nothing is closed', async () => {
  const answer = await town.raw('', { ms: 12000 });
  assert.ok(answer.closed);
});

test('a body over the limit is refused with a page that says so', async () => {
  const { visitor } = await atTheDoor();
  const answer = await visitor.post('/anmelden', { email: 'x'.repeat(1.5 * MB) });
  assert.equal(answer.status, 413);
  assert.match(answer.h1, /zu groß/);
  const chunked = await town.raw('POST /anmelden HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n'
    + `100000\r\n${'x'.repeat(MB)}\r\n100000\r\n${'x'.repeat(MB)}\r\n0\r\n\r\n`);
  assert.equal(statusOf(chunked), 413);
  const asked = await raw(['POST /anmelden HTTP/1.1', 'Content-Length: 2000000', 'Expect: 100-continue'], '', { ms: 3000 });
  assert.equal(statusOf(asked), 413);
  assert.doesNotMatch(asked.text, /100 Continue/);
});

test('a wrong content type is refused', async () => {
  const { visitor, csrf } = await atTheDoor();
  const send = (type, body) => visitor.request('POST', '/anmelden', { body, headers: type ? { 'content-type': type } : {} });
  assert.equal((await send('text/plain', `csrf=${csrf}`)).status, 415);
  assert.equal((await send('application/json', JSON.stringify({ csrf }))).status, 415);
  assert.equal((await send('application/x-www-form-urlencoded; charset=iso-8859-1', `csrf=${csrf}`)).status, 415);
  assert.equal((await send('', `csrf=${csrf}`)).status, 415);
  assert.equal((await send('quatsch', `csrf=${csrf}`)).status, 400);
});

test('bytes that are not UTF-8 are refused', async () => {
  const { visitor, csrf } = await atTheDoor();
  assert.equal((await visitor.request('POST', '/anmelden', {
    body: `csrf=${csrf}&email=%ff%fe`, headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })).status, 400);
  assert.equal((await visitor.request('POST', '/anmelden', {
    body: Buffer.concat([Buffer.from(`csrf=${csrf}&email=`), Buffer.from([0xc3, 0x28])]),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })).status, 400);
  assert.equal((await visitor.get('/anmelden?weiter=%ff')).status, 400);
});

test('a broken multipart form is refused', async () => {
  const { visitor, csrf } = await atTheDoor();
  const good = multipart({ csrf, email: 'anna@example.org' }, []);
  const text = good.body.toString();
  const send = (body, type = good.type) => visitor.request('POST', '/anmelden', { body, headers: { 'content-type': type } });
  const broken = {
    'cut off': text.slice(0, -20),
    'no end': text.replace(/--\r\n$/, '\r\n'),
    'bare line ends': text.replaceAll('\r\n', '\n'),
    'a preamble': `Hallo\r\n${text}`,
    'more after the end': `${text}mehr`,
    'no name': text.replace('name="csrf"', 'x="csrf"'),
    'another disposition': text.replace('form-data; name="csrf"', 'attachment; name="csrf"'),
  };
  for (const [what, body] of Object.entries(broken)) assert.equal((await send(body)).status, 400, what);
  assert.equal((await send(text, 'multipart/form-data')).status, 400, 'no boundary');
  assert.equal((await send(text, `multipart/form-data; boundary=${'x'.repeat(100)}`)).status, 400, 'a long boundary');
  const tooMany = multipart(Array.from({ length: 4100 }, (_, i) => [`f${i}`, '1']), []);
  assert.equal((await send(tooMany.body, tooMany.type)).status, 413);
  assert.equal((await send(text)).status, 200, 'the good one passes');
});

test('a form without its token is refused and nothing is done', async () => {
  const { visitor, csrf } = await atTheDoor();
  const stranger = await atTheDoor();
  const refused = async (fields, headers) => {
    const answer = await visitor.post('/anmelden', { email: 'opfer@example.org', ...fields }, { headers });
    assert.equal(answer.status, 403);
    assert.match(answer.words, /nichts gespeichert/);
  };
  await refused({});
  await refused({ csrf: '' });
  await refused({ csrf: 'A'.repeat(59) });
  await refused({ csrf: csrf.slice(0, -1) + (csrf.endsWith('A') ? 'B' : 'A') });
  await refused({ csrf: stranger.csrf });
  await refused({ csrf }, { origin: 'https://boese.example' });
  await refused({ csrf }, { origin: 'null' });
  await refused({ csrf }, { 'sec-fetch-site': 'cross-site' });
  await refused({ csrf }, { 'sec-fetch-site': 'same-site' });
  assert.equal((await visitor.post('/anmelden', { email: 'gut@example.org', csrf }, { headers: { origin: town.url, 'sec-fetch-site': 'same-origin' } })).status, 200);
});

test('the token looks different on every page', async () => {
  const { visitor, csrf } = await atTheDoor();
  assert.notEqual((await visitor.get('/anmelden')).csrf, csrf);
});

test('language: the question goes before the cookie, the cookie before the browser', async () => {
  const langOf = page => page.text.match(/<html lang="([^"]+)"/)[1];
  const visitor = town.visitor();
  assert.equal(langOf(await visitor.get('/anmelden')), 'de');
  assert.equal(langOf(await visitor.get('/anmelden', { headers: { 'accept-language': 'en-GB,de;q=0.5' } })), 'en');
  assert.equal(langOf(await visitor.get('/anmelden?lang=de-leicht')), 'de-simple');
  assert.equal(langOf(await visitor.get('/anmelden', { headers: { 'accept-language': 'en' } })), 'de-simple');
  assert.equal(langOf(await visitor.get('/anmelden?lang=tlh')), 'de-simple');
});

test('pages of the desk lead to signing in and back', async () => {
  const visitor = town.visitor();
  const page = await visitor.get('/desk/personal?x=1&y=2');
  assert.equal(page.url, '/desk/anmelden?weiter=/desk/personal%3Fx%3D1%26y%3D2');
  const inside = await page.submit({ login: 'admin', password: 'rathaus-admin' });
  assert.equal(inside.url, '/desk/personal?x=1&y=2');
  assert.equal(inside.h1, 'Personal');
});

test('signing in makes a new cookie and leaves no way elsewhere', async () => {
  const visitor = town.visitor();
  let page = await visitor.get('/desk/anmelden?weiter=//boese.example/');
  const before = [...visitor.cookies.values()].map(c => c.value)[0];
  page = await page.submit({ login: 'admin', password: 'rathaus-admin' });
  const after = [...visitor.cookies.values()].map(c => c.value)[0];
  assert.notEqual(before, after);
  assert.ok(page.url.startsWith('/desk/'), page.url);
});

test('staff without the permission are refused, also when they write', async () => {
  const kurz = await town.staff('kurz', 'hundesteuer-kurz');
  const page = await kurz.get('/desk/personal');
  assert.equal(page.status, 403);
  assert.match(page.words, /[2-9A-Z]{4}-[2-9A-Z]{4}/, 'a number to ask about');
  const own = await kurz.get('/desk/konto');
  const write = await kurz.post('/desk/personal/neu', { csrf: own.csrf, login: 'x', name: 'X', rolle: 'admin' });
  assert.equal(write.status, 403);
});

test('errors inside tell a number, which stands in the log, and nothing else', async () => {
  const kurz = await town.staff('kurz', 'hundesteuer-kurz');
  const page = await kurz.get('/desk/personal');
  const number = page.words.match(/[2-9A-Z]{4}-[2-9A-Z]{4}/)[0];
  await eventually(() => town.log.includes(number), 'the line in the log');
});

test('wrong passwords lock the account for a while, known or not', async () => {
  for (const login of ['okafor', 'gibtsnicht']) {
    const visitor = town.visitor({ headers: {} });
    let page = await visitor.get('/desk/anmelden');
    const answers = [];
    for (let i = 0; i < 6; i++) {
      page = await page.submit({ login, password: `falsch ${i}` });
      answers.push(page.status);
      if (page.status === 429) break;
    }
    assert.equal(answers.at(-1), 429, `${login}: ${answers}`);
    assert.match(page.words, /Zu viele Versuche/);
    assert.ok(Number(page.headers['retry-after']) > 0);
  }
});

test('signing out ends the session on the server too', async () => {
  const fresh = await startTown();
  try {
    const admin = await fresh.staff('admin', 'rathaus-admin');
    const cookie = [...admin.cookies.values()][0].value;
    await (await admin.get('/desk/personal')).submit({}, { form: '/desk/abmelden' });
    const thief = fresh.visitor({ headers: { cookie: `sid=${cookie}` } });
    assert.match((await thief.get('/desk/personal')).url, /^\/desk\/anmelden/);
  } finally {
    await fresh.stop();
  }
});

test('uploads may be larger, up to their own limit', async () => {
  const brandt = await town.staff('brandt', 'stadtkasse-brandt');
  const { csrf } = await brandt.get('/desk/konto');
  const file = bytes => ({ field: 'auszug', name: 'auszug.xml', type: 'application/xml', bytes });
  const fits = await brandt.upload('/desk/kasse/kontoauszug', { csrf }, [file(Buffer.alloc(3 * MB, 'x'))]);
  assert.notEqual(fits.status, 413);
  const large = await brandt.upload('/desk/kasse/kontoauszug', { csrf }, [file(Buffer.alloc(61 * MB, 'x'))]);
  assert.equal(large.status, 413);
  assert.match(large.h1, /zu groß/);
});

test('an API takes JSON and answers as problem+json', async () => {
  const visitor = town.visitor();
  const path = '/api/v1/services/hund/anmeldung/applications';
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const answer = await visitor.request('POST', path, { body: '{}', headers: { 'content-type': type } });
    assert.equal(answer.status, 415, type);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.equal(answer.json().status, 415);
  }
  const missing = await visitor.get('/api/gibt-es-nicht');
  assert.equal(missing.status, 404);
  assert.equal(missing.headers['content-type'], 'application/problem+json');
});

test('one address does not take all connections', async () => {
  const small = await startTown({ args: ['--connections-per-address', '4'] });
  try {
    const idle = Array.from({ length: 4 }, () => small.raw('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n', { ms: 1500 }));
    await new Promise(resolve => setTimeout(resolve, 500));
    const fifth = await small.raw('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n', { ms: 700 });
    assert.equal(fifth.text, '');
    for (const answer of await Promise.all(idle)) assert.match(answer.text, /ok\n$/);
    await eventually(async () => (await small.raw('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).text, 'a free place');
  } finally {
    await small.stop();
  }
});

test('behind a proxy it believes who called and how', async () => {
  const proxied = await startTown({ args: ['--behind-proxy'] });
  try {
    const visitor = proxied.visitor({ headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9, 198.51.100.7' } });
    const page = await visitor.get('/anmelden');
    assert.match(page.headers['set-cookie'][0], /; Secure$/);
    assert.ok(page.headers['strict-transport-security']);
    assert.equal((await visitor.get('/metrics')).status, 403, 'not from this machine');
    assert.equal((await proxied.visitor().get('/metrics')).status, 200);
  } finally {
    await proxied.stop();
  }
  const page = await town.visitor({ headers: { 'x-forwarded-proto': 'https' } }).get('/anmelden');
  assert.doesNotMatch(page.headers['set-cookie'][0], /Secure/, 'nobody stands in front');
});

test('what is under way when it is asked to stop gets its answer', async () => {
  const other = await startTown();
  const form = await other.visitor().get('/desk/anmelden');
  const answer = form.submit({ login: 'admin', password: 'falsch' }, { redirect: false });
  await new Promise(resolve => setTimeout(resolve, 20)); // the password takes longer than that
  const end = other.stop();
  assert.equal((await answer).status, 422);
  assert.deepEqual(await end, { code: 0, signal: null });
});

test('asked to stop, it finishes and ends well', async () => {
  const other = await startTown();
  await other.visitor().get('/anmelden');
  assert.deepEqual(await other.stop(), { code: 0, signal: null });
});

test('a port in use is said with its remedy', async () => {
  await assert.rejects(startTown({ port: town.port }), /port \d+ is in use by another program.*--listen/s);
});

// --- what the library below reads in another way than a proxy in front would -----------------

const healthz = (lines, end = '\r\n') => ['GET /healthz HTTP/1.1', 'Host: x', ...lines, '', ''].join(end);

test('hundreds of query fields or cookies are answered at once', async () => {
  for (const count of [450, 500, 2000]) {
    const answer = await town.raw(`GET /?${'a=b&'.repeat(count)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, { ms: 1500 });
    assert.equal(statusOf(answer), 400, `${count} fields`);
  }
  for (const count of [500, 1000, 1500, 4000]) {
    const answer = await town.raw(healthz([`Cookie: ${'a=b; '.repeat(count)}`]), { ms: 1500 });
    assert.equal(statusOf(answer), 431, `${count} cookies`);
    assert.ok(answer.closed);
  }
  const page = await town.visitor().get('/anmelden/?weiter=/a&b=c%26d', { redirect: false });
  assert.equal(page.headers.location, '/anmelden?weiter=/a&b=c%26d', 'the query reaches us whole');
});

test('a header line that others read in another way is refused, and the connection ends', async () => {
  const wrong = {
    'a blank before the colon': ['Content-Length : 44'],
    'a tab before the colon': ['X-A\t: 5'],
    'a folded line': ['X-A: 5', ' more'],
    'a line folded with a tab': ['X-A: 5', '\tmore', 'X-B: 6'],
    'an empty line folded': ['X-A:', ' more', 'X-B: 6'],
    'a folded length': ['Content-Length: 4', ' 4'],
    'a first line that is folded': [' X-A: 5'],
    'a NUL in a value': ['X-A: 5\0more', 'X-B: 6'],
    'a NUL in a name': ['X\0A: 5'],
    'a NUL in a cookie': ['Cookie: a\0b=c'],
    'a carriage return in a value': ['X-A: 5\rmore'],
    'a name that is none': ['X(A): 5'],
  };
  for (const [what, lines] of Object.entries(wrong)) {
    const answer = await town.raw(healthz(lines) + healthz([]), { ms: 1500 });
    assert.equal(statusOf(answer), 400, `${what}: ${answer.text}`);
    assert.ok(answer.closed, what);
    assert.doesNotMatch(answer.text, /ok\n/, `${what}: what follows is no request`);
  }
  assert.equal(statusOf(await town.raw(healthz([]).replace('healthz', 'healthz\0x'), { ms: 1500 })), 400);
});

test('header lines that are right are taken, however they arrive', async () => {
  const right = {
    'nothing': ['X-A:', 'X-B:   '],
    'blanks around': ['X-A: \t 5 \t ', 'X-B:6'],
    'letters beyond ASCII': ['X-A: Straße'],
    'a long one': [`X-A: ${'b'.repeat(20000)}`],
    'ninety': Array.from({ length: 90 }, (_, i) => `X-${i}: ${i}`),
    'cookies': [`Cookie: ${'a=b; '.repeat(60)}`, 'X-A: 5'],
  };
  for (const [what, lines] of Object.entries(right)) {
    for (const end of ['\r\n', '\n']) {
      const two = await town.raw(healthz(lines, end) + healthz([...lines, 'Connection: close'], end), { ms: 1500 });
      assert.equal(two.text.match(/ok\n/g)?.length, 2, `${what}: ${two.text.slice(0, 300)}`);
    }
    const text = healthz([...lines, 'Connection: close']);
    const size = Math.ceil(text.length / 40);
    const parts = Array.from({ length: 40 }, (_, i) => text.slice(i * size, (i + 1) * size));
    const slow = await town.raw('', { ms: 1900, pieces: { parts, everyMs: 5 } });
    assert.match(slow.text, /ok\n/, `${what}, in pieces: ${slow.text.slice(0, 300)}`);
  }
});

test('a method that nobody serves is told the right ones, too', async () => {
  for (const method of ['OPTIONS', 'TRACE', 'CONNECT', 'BREW']) {
    const answer = await raw([`${method} /anmelden HTTP/1.1`, 'Connection: close'], '', { ms: 1500 });
    assert.equal(statusOf(answer), 405, method);
    assert.match(answer.text, /\r\nAllow: GET, HEAD, POST\r\n/, method);
  }
  assert.equal(statusOf(await raw(['OPTIONS /gibt-es-nicht HTTP/1.1', 'Connection: close'], '', { ms: 1500 })), 404);
});
