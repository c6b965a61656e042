// SPDX-License-Identifier: EUPL-1.2
// Data made to hurt: refused with a reason, quickly, and the town goes on. And load made to hurt: streams, a crowd,
// thousands of requests without growth.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { once } from 'node:events';
import { applications, dogApplication, importStatement, statement } from './lib/dogs.mjs';
import { program, startTown } from './lib/town.mjs';

let town, body;
before(async () => { town = await startTown(); body = await dogApplication(town, { chip: '276098100004001' }); });
after(() => town?.stop());

const post = (text, headers = {}) => town.visitor().request('POST', applications, { body: text, headers: { 'content-type': 'application/json', ...headers } });
const json = JSON.stringify;
const refused = (answer, what) => {
  assert.ok([400, 413, 422].includes(answer.status), `${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
  assert.equal(answer.headers['content-type'], 'application/problem+json', what);
};

test('JSON that is none, too deep, too long, twice the same', async () => {
  const text = json(body);
  const hurt = {
    'depth 100,000': `{"a":${'['.repeat(100000)}${']'.repeat(100000)}}`, 'an open string': '{"a":"', 'NaN': text.replace('"weitere_hunde":0', '"weitere_hunde":NaN'),
    'Infinity': text.replace('"weitere_hunde":0', '"weitere_hunde":Infinity'), '1e400': text.replace('"weitere_hunde":0', '"weitere_hunde":1e400'),
    '400 digits': text.replace('"weitere_hunde":0', `"weitere_hunde":${'9'.repeat(400)}`), 'a lone surrogate': text.replace('"Bello"', '"\\ud800"'),
    'NUL': text.replace('"Bello"', '"Be\\u0000llo"'), 'a list': '[]', 'nothing': '', 'two values': `${text} {}`, 'a comment': `/* */${text.slice(0, -1)}, "weitere_hunde": 9 /*`,
    'a million items': `{"hunde":[${Array(300000).fill('{}').join(',')}]}`, 'a key of a megabyte': `{"${'k'.repeat(1 << 20)}":1}`,
  };
  for (const [what, value] of Object.entries(hurt)) refused(await post(value), what);
  refused(await post(Buffer.from(text.replace('Bello', 'Be\xc0\xafllo'), 'latin1')), 'overlong UTF-8');
  const twice = await post(text.replace('"weitere_hunde":0', '"weitere_hunde":0,"weitere_hunde":5'));
  assert.notEqual(twice.status, 201, 'a name given twice is not guessed');
});

test('numbers, dates and texts at their ends', async () => {
  const dog = body.hunde[0];
  const wrong = [
    { weitere_hunde: -1 }, { weitere_hunde: 1e15 }, { weitere_hunde: 0.5 }, { weitere_hunde: '0' }, { weitere_hunde: true },
    { hunde: [{ ...dog, geburt: '0000-00-00' }] }, { hunde: [{ ...dog, geburt: '2023-02-29' }] }, { hunde: [{ ...dog, haltung_seit: '9999-12-31' }] },
    { hunde: [{ ...dog, haltung_seit: '-0001-01-01' }] }, { hunde: [{ ...dog, haltung_seit: '2026-13-01' }] }, { hunde: [{ ...dog, chip: '２７６０９８１００００００９９' }] },
    { hunde: [{ ...dog, name: 'x'.repeat(61) }] }, { hunde: [{ ...dog, name: ' ' }] }, { hunde: [{ ...dog, rasse: '__proto__' }] }, { hunde: Array(11).fill(dog) }, { hunde: {} }, { hunde: [null] },
    { person: { ...body.person, email: `${'a'.repeat(300)}@b.example` } }, { 'person.familienname': 'x' }, { __proto__x: 1 },
  ];
  for (const change of wrong) refused(await post(json({ ...body, ...change })), json(change).slice(0, 120));
});

test('uploads by API: base64 that is none, too large, too many', async () => {
  const file = { name: 'a.pdf', type: 'application/pdf' };
  for (const [what, list] of Object.entries({
    'no base64': [{ ...file, content: '!!!!' }], 'nothing in it': [{ ...file, content: '' }], 'too large': [{ ...file, content: Buffer.alloc(11 << 20, '%PDF-1.4 ').toString('base64') }],
    'a reference to a stranger\'s file': [{ ...file, sha256: '0'.repeat(64), size: 10 }], 'twenty': Array(20).fill({ ...file, content: Buffer.from('%PDF-1.4\n%%EOF').toString('base64') }),
  })) refused(await post(json({ ...body, hunde: [{ ...body.hunde[0], versicherung_nachweis: list }] })), what);
});

test('a hundred streams at once take nobody\'s place', async () => {
  const treasury = await town.staff('brandt', 'stadtkasse-brandt');
  const job = await importStatement(treasury, statement([{ amount: '1.00' }], 'streams'));
  const cookie = [...treasury.cookies].map(([key, c]) => `${key.split(' ')[0]}=${c.value}`).join('; ');
  const streams = Array.from({ length: 100 }, () => http.get(`${town.url}${job.url}/ereignisse`, { headers: { cookie }, agent: false }).on('error', () => {}));
  const answers = await Promise.all(streams.map(stream => once(stream, 'response').then(([response]) => response.statusCode)));
  for (const status of answers) assert.ok([200, 503].includes(status), `${status}`);
  const visitor = town.visitor();
  for (let i = 0; i < 20; i++) assert.equal((await visitor.get('/dienste')).status, 200);
  streams.forEach(stream => stream.destroy());
});

const memory = () => Number(readFileSync(`/proc/${town.pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+)/m)[1]) / 1024;
const descriptors = () => readdirSync(`/proc/${town.pid}/fd`).length;

test('thousands of requests, good and bad: memory and descriptors do not grow', async () => {
  const paths = ['/', '/dienste', '/dienste/hund/anmeldung', '/gibt-es-nicht', '/status/falsch', '/desk', '/desk/anmelden', '/api/openapi.json', '/seite/impressum', '/%2e%2e/x', '/?lang=en', '/antrag/x/y'];
  const round = async count => {
    const visitors = Array.from({ length: 8 }, () => town.visitor());
    await Promise.all(visitors.map(async (visitor, v) => {
      for (let i = 0; i < count; i++) await visitor.get(paths[(i + v) % paths.length], { redirect: false });
      await visitor.json('POST', applications, { kaputt: true });
      visitor.close();
    }));
  };
  await round(250);
  const before = { memory: memory(), descriptors: descriptors() };
  for (let i = 0; i < 3; i++) await round(400);
  assert.ok(memory() < before.memory + 24, `memory went from ${before.memory.toFixed(0)} to ${memory().toFixed(0)} MB over 9,600 requests`);
  assert.ok(descriptors() <= before.descriptors + 20, `descriptors went from ${before.descriptors} to ${descriptors()}`);
});

test('a second program on the same data says that there is one already', async () => {
  const second = spawn(program, ['serve', '--data', town.dataDir, '--listen', '127.0.0.1:0', '--demo'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  second.stderr.on('data', text => { said += text; });
  const [code] = await once(second, 'exit');
  assert.equal(code, 1);
  assert.match(said, /data folder|in use|already/i);
  assert.equal((await town.visitor().get('/')).status, 200);
});

test('the command for expressions survives what is thrown at it', () => {
  const run = expression => { try { return execFileSync(program, ['feel', 'eval', expression], { stdio: 'pipe', timeout: 20000 }).toString(); } catch (error) { assert.equal(error.signal, null, expression.slice(0, 60)); assert.ok([1, 2].includes(error.status), `${error.status}`); return error.stderr.toString(); } };
  for (const expression of ['('.repeat(50000), '1'.repeat(100000), `${'['.repeat(5000)}1${']'.repeat(5000)}`, 'for a in 1..100000, b in 1..100000, c in 1..100000 return a', 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")',
    'string join(for i in 1..10000000 return "xxxxxxxxxxxxxxxx")', '1 / 0', '10 ** 10 ** 10', 'date("99999999999-01-01")', '"\\uD800"', 'replace("aaaa", "", "x")', '{a: {b: a}}', 'not', ')', '"', '@"', 'if', '\u0000']
    .filter(expression => !expression.includes('\u0000')))
    assert.ok(run(expression).length > 0, expression.slice(0, 60));
});
