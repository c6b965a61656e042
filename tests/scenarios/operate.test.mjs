// SPDX-License-Identifier: EUPL-1.2
// What an operator meets: a database that is gone, damaged or newer, a backup that must not replace a good one, an address
// that is none. The program says what is wrong and how to mend it, and touches nothing that is still good.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, program, root, startTown } from './lib/town.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'rathaus-operate-'));
const cleanup = [() => rmSync(scratch, { recursive: true, force: true })];
after(async () => { for (const step of cleanup.reverse()) await step(); });

const path = '/api/v1/services/hund/anmeldung/applications';
const run = (...words) => spawnSync(program, words, { encoding: 'utf8', timeout: 60000 });
const create = (data, name) => execFileSync(program, ['tenant', 'create', name, '--from', join(root, 'tenants/demo'), '--data', data], { stdio: 'pipe' });

async function apply(town, prefix = '') {
  const visitor = town.visitor();
  const body = (await visitor.get(`${prefix}/api/openapi.json`)).json().paths[path].post.requestBody.content['application/json'].example;
  const answer = await visitor.json('POST', prefix + path, body);
  assert.equal(answer.status, 201, answer.text);
  return answer.json().caseNumber;
}

// A town with a few cases that nobody serves any more, and a backup of it.
async function townWithBackup(name) {
  const data = join(scratch, name);
  const town = await startTown({ dataDir: data });
  for (let i = 0; i < 3; i++) await apply(town);
  await town.stop();
  const archive = join(scratch, `${name}.tar`);
  const made = run('backup', '--data', data, '--out', archive);
  assert.equal(made.status, 0, made.stderr);
  return { data, archive, db: join(data, 'tenants/musterstadt/tenant.db') };
}

test('a database that is gone is a loss, not a new town; the other towns go on', async () => {
  const { data, archive, db } = await townWithBackup('lost');
  create(data, 'dorf');
  rmSync(db);
  for (const what of ['missing', 'empty']) {
    const verified = run('verify', '--data', data);
    assert.equal(verified.status, 1, verified.stdout);
    assert.match(verified.stdout, new RegExp(`tenant\\.db is ${what}.*restore`));
    assert.equal(run('backup', '--data', data, '--out', join(scratch, 'none.tar')).status, 1);
    assert.ok(!existsSync(join(scratch, 'none.tar')));
    const town = await startTown({ dataDir: data });
    assert.equal((await town.visitor().get('/')).status, 500);
    await apply(town, '/t/dorf');
    await eventually(() => /background work of musterstadt/.test(town.log), 'the log');
    for (let i = 0; i < 20; i++) await town.visitor().get('/t/dorf/');
    assert.equal(town.log.match(/background work of musterstadt: /g).length, 1, town.log);
    await town.stop();
    if (what === 'missing') writeFileSync(db, '');
  }
  const restored = run('restore', '--data', data, '--in', archive, '--force');
  assert.equal(restored.status, 0, restored.stderr);
  assert.equal(run('verify', '--data', data).status, 0);
});

test('a damaged database does not replace a good backup', async () => {
  const { data, archive, db } = await townWithBackup('damaged');
  const good = readFileSync(archive);
  const file = openSync(db, 'r+');
  for (let page = 40; page < 60; page++) writeSync(file, Buffer.alloc(4096, page), 0, 4096, page * 4096);
  closeSync(file);
  const refused = run('backup', '--data', data, '--out', archive);
  assert.equal(refused.status, 1, refused.stdout);
  assert.match(refused.stderr, /musterstadt.*(damaged|malformed)/);
  assert.ok(readFileSync(archive).equals(good));
  assert.equal(run('restore', '--data', data, '--in', archive, '--force').status, 0);
  assert.equal(run('verify', '--data', data).status, 0);
});

test('a charge changed by hand is found', async () => {
  const { data, db } = await townWithBackup('charged');
  const sql = text => execFileSync('sqlite3', [db, text], { encoding: 'utf8' });
  sql(`INSERT INTO charge (id, key, payment_reference, subject, revenue, purpose, debtor, owed_cents, paid_cents, due, created_at) VALUES (1, 'k', '1', 'case/1', 'hundesteuer', 'Hundesteuer', 'X', 1, 0, '2027-01-01', 0)`);
  const verified = run('verify', '--data', data);
  assert.equal(verified.status, 1);
  assert.match(verified.stdout, /charge 1: 1 cents are owed, 0 were asked for in the ledger/);
  sql('DELETE FROM charge');
  sql(`UPDATE cases SET state = 'erledigt' WHERE id = 2`);
  assert.match(run('verify', '--data', data).stdout, /stands at "erledigt"/);
});

test('a database of a newer version is left alone', async () => {
  const { data, archive, db } = await townWithBackup('newer');
  execFileSync('sqlite3', [db, `INSERT INTO schema_migration VALUES ('cases-999-future', 1)`]);
  const newer = /made by a newer version of Rathaus \(migration cases-999-future\)/;
  const verified = run('verify', '--data', data);
  assert.equal(verified.status, 1);
  assert.match(verified.stdout, newer);
  const refused = run('backup', '--data', data, '--out', archive);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, newer);
  const town = await startTown({ dataDir: data });
  assert.equal((await town.visitor().get('/')).status, 500);
  await eventually(() => newer.test(town.log), 'the log');
  await town.stop();
});

test('what a killed backup has left goes with the next one, what another one writes stays', async () => {
  const { data, archive } = await townWithBackup('killed');
  writeFileSync(`${archive}.new-aaaaaa`, 'half');
  writeFileSync(`${archive}.new-bbbbbb`, 'under way');
  writeFileSync(`${archive}.new-mine.txt`, 'not ours');
  const other = spawn('flock', [`${archive}.new-bbbbbb`, 'sh', '-c', 'echo held; read line'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise(resolve => other.stdout.once('data', resolve));
  assert.equal(run('backup', '--data', data, '--out', archive).status, 0);
  assert.deepEqual(readdirSync(scratch).filter(name => name.startsWith('killed.tar.new-')), ['killed.tar.new-bbbbbb', 'killed.tar.new-mine.txt']);
  other.stdin.end('\n');
  await new Promise(resolve => other.once('exit', resolve));
});

test('a backup does not take the place of what is no file', async () => {
  const { data } = await townWithBackup('device');
  const fifo = join(scratch, 'fifo');
  execFileSync('mkfifo', [fifo]);
  for (const [out, what] of [[fifo, /device, pipe or socket/], [scratch, /folder/]]) {
    const refused = run('backup', '--data', data, '--out', out);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, what);
  }
  assert.ok(statSync(fifo).isFIFO());
});

test('an address with an impossible port is refused', () => {
  for (const port of ['99999', '65536', '-1', 'http', '80x', ''])  {
    const refused = run('serve', '--data', join(scratch, 'no-port'), '--listen', `127.0.0.1:${port}`);
    assert.equal(refused.status, 2, port);
    assert.match(refused.stderr, /the port is a number from 0 .*to 65535/, port);
  }
});

test('only the demonstration town itself has open passwords', async () => {
  const data = join(scratch, 'open');
  create(data, 'dorf');
  const town = await startTown({ dataDir: data });
  await town.staff('kurz', 'hundesteuer-kurz');
  await assert.rejects(town.staff('kurz', 'hundesteuer-kurz', '/t/dorf'), /could not sign in/);
  await town.stop();
  assert.equal(run('staff', 'list', '--data', data, '--tenant', 'dorf').stdout, '');
});

test('a town whose settings are wrong asks its visitors for patience, and the log says where', async () => {
  const town = await startTown();
  const settings = join(town.dataDir, 'tenants/musterstadt/tenant.yaml'), good = readFileSync(settings, 'utf8');
  const line = good.split('\n').length;
  for (const [wrong, told] of [['hosts: [unclosed\n', 'tenant\\.yaml:\\d+:\\d+: '], ['twin: {legend: rainbow}\n', `tenant\\.yaml:${line}:\\d+: .*twin\\.legend`]]) {
    writeFileSync(settings, good + wrong);
    await town.restart();
    const page = await town.visitor().get('/');
    assert.equal(page.status, 503, wrong);
    assert.match(page.words, /Wir sind gerade nicht erreichbar.*versuchen Sie es in einer Minute noch einmal.*nennen Sie bitte diese Nummer: [2-9A-Z]{4}-[2-9A-Z]{4}/);
    assert.ok(page.headers['retry-after']);
    const answer = await town.visitor().get('/api/v1/cases');
    assert.equal(answer.status, 503);
    assert.doesNotMatch(page.text + answer.text, /yaml|rainbow/);
    for (const who of ['GET /: 503 ', 'background work of musterstadt: '])
      await eventually(() => new RegExp(`error .*${who}.*${told}`).test(town.log), `the log: ${who}`);
  }
  writeFileSync(settings, good);
  assert.equal((await town.visitor().get('/')).status, 200, 'it opens as soon as they are right');
  await town.stop();
});

test('a mistake in a setting that one page needs is not the fault of who asks for the page', async () => {
  const town = await startTown();
  const settings = join(town.dataDir, 'tenants/musterstadt/tenant.yaml'), good = readFileSync(settings, 'utf8');
  writeFileSync(settings, good.replace(/^  dunning:\n/m, '  dunning:\n    levels: [{name: Erinnerung, days: bald}]\n  before:\n'));
  await town.restart();
  const page = await (await town.staff('brandt', 'stadtkasse-brandt')).get('/desk/kasse/mahnen/vorschau');
  assert.equal(page.status, 500);
  assert.match(page.words, /Bei uns ist etwas schiefgegangen Das liegt nicht an Ihnen/);
  await eventually(() => /error .* GET \/desk\/kasse\/mahnen\/vorschau: 500 tenant\.yaml:\d+:\d+: money\.dunning/.test(town.log), 'the log');
  await town.stop();
});
