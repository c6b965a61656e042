// SPDX-License-Identifier: EUPL-1.2
// What towns meet sooner or later: a full disk, a read-only disk, a locked database, a clock that jumps, a mail server that
// is away. A clear answer, nothing lost, and recovery without help.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSmtp } from '../servers/smtp.mjs';
import { movableClock } from './lib/clock.mjs';
import { fill, smallDisk } from './lib/disk.mjs';
import { eventually, program, root, startTown } from './lib/town.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'rathaus-faults-'));
const cleanup = [() => rmSync(scratch, { recursive: true, force: true })];
after(async () => { for (const step of cleanup.reverse()) await step(); });

const path = '/api/v1/services/hund/anmeldung/applications';

async function example(town) {
  return (await town.visitor().get('/api/openapi.json')).json().paths[path].post.requestBody.content['application/json'].example;
}

const apply = (town, body, key) => town.visitor().json('POST', path, body, { headers: { 'idempotency-key': key } });

function verify(town) {
  const run = spawnSync(program, ['verify', '--data', town.dataDir, '--json'], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stdout + run.stderr);
}

test('a full disk: refused plainly, nothing lost, goes on when there is room', async t => {
  const disk = smallDisk(scratch, 24, cleanup);
  if (!disk) return t.skip('needs root to mount a small disk');
  const town = await startTown({ dataDir: join(disk, 'data') });
  cleanup.push(() => town.stop());
  const body = await example(town);
  const taken = [];
  for (let i = 0; i < 5; i++) taken.push((await apply(town, body, `before-${i}`)).json().caseNumber);

  fill(join(disk, 'ballast'));
  let refused = 0;
  for (let i = 0; i < 40; i++) {
    const answer = await apply(town, body, `during-${i}`);
    assert.ok([201, 503].includes(answer.status), `${answer.status}: ${answer.text}`);
    if (answer.status === 503) {
      refused++;
      assert.equal(answer.headers['content-type'], 'application/problem+json');
    } else {
      taken.push(answer.json().caseNumber);
    }
  }
  assert.ok(refused > 0, 'the disk was full');
  assert.equal((await town.visitor().get('/')).status, 200, 'reading goes on');
  // A draft is small: a few may still find room where an application found none.
  let form;
  for (let i = 0; i < 200 && form?.status !== 503; i++)
    form = await (await town.visitor().get('/dienste/hund/anmeldung')).submit();
  assert.equal(form.status, 503);
  assert.match(form.words, /später|gerade nicht/i);

  rmSync(join(disk, 'ballast'));
  await eventually(async () => (await apply(town, body, 'after')).status === 201, 'recovery');
  taken.push((await apply(town, body, 'after')).json().caseNumber);
  assert.equal(new Set(taken).size, taken.length);
  for (const [index, number] of taken.slice(0, 5).entries())
    assert.equal((await apply(town, body, `before-${index}`)).json().caseNumber, number);
  verify(town);
});

test('a backup that finds a full disk names the file, says what to do and leaves nothing behind', async t => {
  const small = smallDisk(scratch, 1, cleanup), disk = smallDisk(scratch, 20, cleanup);
  if (!small || !disk) return t.skip('needs root to mount a small disk');
  const data = join(disk, 'data');
  await (await startTown({ dataDir: data })).stop();
  const backup = out => spawnSync(program, ['backup', '--data', data, '--out', out], { encoding: 'utf8' });
  const refused = (run, place) => {
    assert.equal(run.status, 1);
    assert.match(run.stderr, new RegExp(`^rathaus backup: .*${place}.*; free space`), run.stderr);
  };
  refused(backup(join(small, 'b.tar')), `${small}/b\\.tar: cannot write: No space left on device`);
  assert.deepEqual(readdirSync(small), []);
  fill(join(disk, 'ballast'));
  refused(backup(join(scratch, 'b.tar')), data);
  truncateSync(join(disk, 'ballast'), statSync(join(disk, 'ballast')).size - 400000); // not for a copy of the database
  refused(backup(join(scratch, 'b.tar')), `cannot be copied to ${data}/\\.backup-`);
  rmSync(join(disk, 'ballast'));
  assert.equal(backup(join(scratch, 'b.tar')).status, 0);
  assert.deepEqual(readdirSync(data).filter(name => name.startsWith('.backup')), []);
});

test('a read-only disk: the start says what is wrong and how to mend it', t => {
  const disk = smallDisk(scratch, 16, cleanup);
  if (!disk) return t.skip('needs root to mount a small disk');
  assert.equal(spawnSync('mount', ['-o', 'remount,ro', disk]).status, 0);
  const run = spawnSync(program, ['serve', '--data', join(disk, 'data'), '--listen', '127.0.0.1:0', '--demo'], { encoding: 'utf8', timeout: 20000 });
  assert.notEqual(run.status, 0);
  assert.match(run.stderr, /read-only|Read-only/i);
  assert.doesNotMatch(run.stdout, /ready/);
});

test('a locked database: whoever writes waits or is asked to come back, whoever reads notices nothing', async () => {
  const town = await startTown();
  cleanup.push(() => town.stop());
  const body = await example(town);
  const number = (await apply(town, body, 'first')).json().caseNumber;
  const shell = spawn('sqlite3', [join(town.dataDir, 'tenants/musterstadt/tenant.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const locked = new Promise(resolve => shell.stdout.once('data', resolve));
  shell.stdin.write('.bail on\n.timeout 5000\nBEGIN IMMEDIATE;\nSELECT 1;\n');
  await locked;
  const waiting = apply(town, body, 'second');
  assert.equal((await town.visitor().get('/dienste/hund')).status, 200);
  const early = await Promise.race([waiting, new Promise(resolve => setTimeout(resolve, 8000, null))]);
  if (early) assert.equal(early.status, 503, 'not acknowledged while it cannot be recorded');
  shell.stdin.end('ROLLBACK;\n.quit\n');
  await new Promise(resolve => shell.once('exit', resolve));
  await waiting;
  const after_ = await eventually(async () => { const a = await apply(town, body, 'second'); return a.status === 201 && a; }, 'recovery');
  assert.notEqual(after_.json().caseNumber, number);
  verify(town);
});

test('a clock that jumps back: the order of events holds, mails go out', async () => {
  const clock = movableClock(join(scratch, 'clock'));
  const town = await startTown({ env: clock.env });
  cleanup.push(() => town.stop());
  const body = await example(town);
  assert.equal((await apply(town, body, 'now')).status, 201);
  await eventually(() => town.mails().length === 1, 'the first mail');
  clock.move('-2d');
  const yesterday = await apply(town, body, 'then');
  assert.equal(yesterday.status, 201);
  await eventually(() => town.mails().length === 2, 'a mail although the clock went back');
  clock.move('+0');
  assert.equal((await apply(town, body, 'now again')).status, 201);
  await eventually(() => town.mails().length === 3, 'the third mail');
  verify(town);
});

test('a mail server that is away: applications are taken, mails wait and go by themselves', async () => {
  const port = 20000 + Math.floor(Math.random() * 20000);
  const settings = join(scratch, 'settings');
  const data = join(scratch, 'mail-data');
  cpSync(join(root, 'tenants/demo'), settings, { recursive: true });
  const file = join(settings, 'tenant.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^mail:\n/m, `mail:\n  smtp: {host: 127.0.0.1, port: ${port}, tls: none}\n`));
  execFileSync(program, ['tenant', 'create', 'musterstadt', '--from', settings, '--data', data], { stdio: 'pipe' });
  const town = await startTown({ dataDir: data });
  cleanup.push(() => town.stop());
  const body = await example(town);
  for (let i = 0; i < 3; i++) assert.equal((await apply(town, body, `mail-${i}`)).status, 201);
  await eventually(() => (town.log.match(/put off/g) ?? []).length >= 6, 'several tries', 20000);
  await town.restart({ hard: true });
  const server = await startSmtp({ dir: join(scratch, 'inbox'), port });
  cleanup.push(() => server.stop());
  await eventually(() => server.messages().length >= 3, 'the mails', 60000);
  const ids = server.messages().map(message => message.match(/^Message-ID: (.*)\r$/m)[1]);
  assert.equal(new Set(ids).size, 3);
});
