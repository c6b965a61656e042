// SPDX-License-Identifier: EUPL-1.2
// Mail to a server that fails at random: every message arrives at least once, and one that
// arrives twice can be recognised by its Message-ID.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { failures, startSmtp } from '../servers/smtp.mjs';
import { eventually, startTown } from './lib/town.mjs';

const tool = new URL('../../build/tests/tools/test_send_mail', import.meta.url).pathname;
const SENT = 0, REFUSED = 65, TEMPORARY = 75;
let folder, number = 0;

before(() => { folder = mkdtempSync(join(tmpdir(), 'mail-')); });
after(() => rmSync(folder, { recursive: true }));

const start = options => startSmtp({ dir: join(folder, String(++number)), ...options });

function send(server, { key = 'k1', to = 'erika@example.org', subject = 'Guten Tag', body = 'Text\n' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, [server.url, key, to, subject]);
    let error = '';
    child.stderr.on('data', text => { error += text; });
    child.once('error', reject);
    child.once('exit', code => resolve({ code, error }));
    child.stdin.end(body);
  });
}

const idOf = message => message.match(/^Message-ID: <(.*)>\r$/m)[1];

test('a message arrives as it was written', async () => {
  const server = await start();
  const result = await send(server, { subject: 'Größe prüfen', body: 'Zeile\n.\n..Punkte\nEnde ä\n' });
  assert.deepEqual(result, { code: SENT, error: '' });
  const [message] = server.messages();
  assert.match(message, /^Return-Path: <stadt@musterstadt\.example>\r\nDelivered-To: erika@example\.org\r\n/);
  assert.match(message, /\r\nSubject: =\?UTF-8\?Q\?Gr=C3=B6=C3=9Fe_pr=C3=BCfen\?=\r\n/);
  assert.ok(message.endsWith('\r\n\r\nZeile\r\n=2E\r\n=2E.Punkte\r\nEnde =C3=A4\r\n'), message);
  await server.stop();
});

for (const failure of failures.filter(name => name !== 'slow')) {
  test(`${failure}: the sender is told to try again, and the repeat is the same message`, async () => {
    const server = await start({ failure });
    assert.equal((await send(server)).code, TEMPORARY);
    server.failure = 'none';
    assert.equal((await send(server)).code, SENT);
    const kept = server.messages();
    assert.equal(kept.length, failure === 'lose-answer' ? 2 : 1);
    assert.equal(new Set(kept).size, 1);
    await server.stop();
  });
}

test('a slow server is waited for', async () => {
  const server = await start({ failure: 'slow', slowMs: 300 });
  assert.equal((await send(server)).code, SENT);
  await server.stop();
});

test('a recipient refused for good is told with the reason', async () => {
  const server = await start();
  const { code, error } = await send(server, { to: 'refused@example.org' });
  assert.equal(code, REFUSED);
  assert.match(error, /550 5\.1\.1 no such mailbox/);
  assert.equal(server.messages().length, 0);
  await server.stop();
});

test('no server at all is temporary', async () => {
  const server = await start();
  await server.stop();
  assert.equal((await send(server)).code, TEMPORARY);
});

test('with every second attempt failing, thirty messages all arrive', async () => {
  const server = await start({ failRate: 0.5, seed: 7, slowMs: 50 });
  const keys = Array.from({ length: 30 }, (_, i) => `effect-${i}`);
  for (const key of keys) {
    let tries = 0;
    while ((await send(server, { key })).code !== SENT) assert.ok(++tries < 50);
  }
  const ids = server.messages().map(idOf);
  assert.deepEqual(new Set(ids), new Set(keys.map(key => `${key}@musterstadt.example`)));
  assert.ok(server.attempts['lose-answer'] > 0, 'the seed must lose an answer');
  assert.equal(ids.length, keys.length + server.attempts['lose-answer']);
  await server.stop();
});

test('the desk reads in German why a mail did not go out', { timeout: 60_000 }, async () => {
  const server = await start();
  const town = await startTown();
  let stopped = false;
  try {
    const admin = await town.staff('admin', 'rathaus-admin');
    const settings = join(town.dataDir, 'tenants/musterstadt/tenant.yaml');
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('\nmail:\n', `\nmail:\n  smtp: {host: 127.0.0.1, port: ${new URL(server.url).port}, tls: none}\n`));
    await town.restart();
    const failures = pattern => eventually(async () => {
      const page = await admin.get('/desk/stoerungen');
      return pattern.test(page.words) && page;
    }, `${pattern}`);
    const mailTo = async email => (await town.visitor().get('/anmelden')).submit({ email });
    await mailTo('refused@example.org');
    await failures(/Der Mailserver nimmt die E-Mail an refused@example\.org nicht an: 550 5\.1\.1 no such mailbox/);
    await server.stop();
    stopped = true;
    await mailTo('erika@example.org');
    const page = await failures(/Das geht im Moment nicht\. .* Meldung für die Betreuung des Programms mail: smtp:\/\/127\.0\.0\.1/);
    assert.match(page.text, /<p lang="en"><code>mail: smtp/);
  } finally {
    await town.stop();
    if (!stopped) await server.stop();
  }
});
