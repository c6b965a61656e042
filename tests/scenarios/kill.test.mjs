// SPDX-License-Identifier: EUPL-1.2
// A dying machine: the program is killed again and again at random moments under load, while the mail server fails at
// random too. Every acknowledged application is there exactly once, every mail arrives, the records are sound.
//
// RATHAUS_ROUNDS: how many times it is killed (default 4; `make faults` does 200). RATHAUS_SEED: the dice.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSmtp } from '../servers/smtp.mjs';
import { eventually, program, root, startTown } from './lib/town.mjs';

const rounds = Number(process.env.RATHAUS_ROUNDS ?? 4);
const clients = 4;
const path = '/api/v1/services/hund/anmeldung/applications';
let seed = Number(process.env.RATHAUS_SEED ?? 20270310);
const dice = () => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return seed / 2 ** 32; };

const scratch = mkdtempSync(join(tmpdir(), 'rathaus-kill-'));
const inbox = join(scratch, 'inbox');
const data = join(scratch, 'data');
const running = [];
after(async () => {
  for (const stop of running.reverse()) await stop();
  rmSync(scratch, { recursive: true, force: true });
});

let mailServer;
async function startMailServer() {
  mailServer = await startSmtp({ dir: inbox, failRate: 0.3, seed });
  running.push(() => mailServer.stop());
  return mailServer.port;
}

// The demonstration town, with a mail server instead of the spool folder.
function foundTown(port) {
  const folder = join(scratch, 'settings');
  cpSync(join(root, 'tenants/demo'), folder, { recursive: true });
  const file = join(folder, 'tenant.yaml');
  const settings = readFileSync(file, 'utf8').replace(/^mail:\n/m, `mail:\n  smtp: {host: 127.0.0.1, port: ${port}, tls: none}\n`);
  assert.match(settings, /smtp:/, 'tenants/demo/tenant.yaml has a section "mail:"');
  writeFileSync(file, settings);
  execFileSync(program, ['tenant', 'create', 'musterstadt', '--from', folder, '--data', data], { stdio: 'pipe' });
}

// One client: sends applications one after another, each with its own key, again until it is acknowledged.
async function apply(town, example, orders, until) {
  const visitor = town.visitor();
  while (!until.over) {
    const key = randomUUID();
    const order = { key, address: `halter-${key}@beispiel.example`, number: null, status: null };
    orders.push(order);
    await send(visitor, example, order, until);
  }
  visitor.close();
}

async function send(visitor, example, order, until) {
  const body = structuredClone(example);
  (body.person ?? body.organisation).email = order.address;
  while (order.number === null) {
    if (until?.over) return;
    try {
      const answer = await visitor.json('POST', path, body, { headers: { 'idempotency-key': order.key } });
      if (answer.status === 201) Object.assign(order, { number: answer.json().caseNumber, status: answer.json().statusUrl });
      else if (answer.status !== 503) assert.fail(`${answer.status}: ${answer.text}`);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      await new Promise(resolve => setTimeout(resolve, 20)); // the connection broke: it is being started again
    }
  }
}

const seen = new Set(); // files of the inbox that were read
const mails = new Map(); // address -> Message-ID -> how often
function received() {
  if (mailServer.count === seen.size) return mails;
  for (const name of readdirSync(inbox)) {
    if (seen.has(name)) continue;
    seen.add(name);
    const text = readFileSync(join(inbox, name), 'utf8');
    const to = text.match(/^To:\s*<?([^>\r\n]+)>?/mi)?.[1];
    const id = text.match(/^Message-ID:\s*(\S+)/mi)?.[1];
    assert.ok(to && id, `a mail without To or Message-ID: ${text.slice(0, 300)}`);
    if (!mails.has(to)) mails.set(to, new Map());
    mails.get(to).set(id, (mails.get(to).get(id) ?? 0) + 1);
  }
  return mails;
}

test(`nothing acknowledged is lost in ${rounds} rounds of kill -9 under load`, { timeout: 3600_000 }, async () => {
  foundTown(await startMailServer());
  const town = await startTown({ dataDir: data });
  running.push(() => town.stop());
  const document = (await town.visitor().get('/api/openapi.json')).json();
  const example = document.paths[path].post.requestBody.content['application/json'].example;

  const orders = [];
  const began = Date.now();
  const tell = what => console.log(`# ${((Date.now() - began) / 1000).toFixed(1)} s: ${orders.length} applications, ${what}`);
  for (let round = 0; round < rounds; round++) {
    const until = { over: false };
    const load = Array.from({ length: clients }, () => apply(town, example, orders, until));
    await new Promise(resolve => setTimeout(resolve, 60 + dice() * 500));
    await town.kill();
    until.over = true;
    await Promise.all(load);
    await town.start(town.port);
  }
  tell('killed');
  // What was not acknowledged is asked for again with the same key.
  const visitor = town.visitor();
  for (const order of orders) await send(visitor, example, order);

  const numbers = new Set(orders.map(order => order.number));
  assert.equal(numbers.size, orders.length, 'every application has a case number of its own');
  for (const order of orders) {
    const page = await visitor.get(new URL(order.status).pathname);
    assert.equal(page.status, 200, `the status page of ${order.number} opens`);
    assert.ok(page.text.includes(order.number));
  }

  tell('all acknowledged, all there');
  const wanted = new Set(orders.map(order => order.address));
  await eventually(() => mailServer.count >= wanted.size && [...wanted].every(address => received().has(address)), 'every mail', 120_000 + orders.length * 100);
  for (const [address, ids] of received()) {
    assert.ok(wanted.has(address), `nobody wrote to ${address}`);
    assert.equal(ids.size, 1, `${address} got one mail, perhaps twice, but recognisably the same`);
  }
  tell('every mail is there');
  const metrics = await visitor.get('/metrics');
  assert.equal(metrics.status, 200);
  await town.stop();
  running.pop();
  const verdict = JSON.parse(execFileSync(program, ['verify', '--data', data, '--json'], { encoding: 'utf8' }));
  assert.equal(verdict.ok, true);
});
