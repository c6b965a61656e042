// SPDX-License-Identifier: EUPL-1.2
// Who has looked at whose data is on disk before a page is sent: a machine that dies, many at once, a full disk, a backup.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applications, apply, dogApplication } from './lib/dogs.mjs';
import { eventually, program, startTown } from './lib/town.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'rathaus-looks-'));
const cleanup = [() => rmSync(scratch, { recursive: true, force: true })];
after(async () => { for (const step of cleanup.reverse()) await step(); });

const run = (...words) => spawnSync(program, words, { encoding: 'utf8' });
const chip = number => `2760981000${String(number).padStart(5, '0')}`;
/** What the table holds, by case; the looks beside it are not in it yet. */
const table = data => spawnSync('sqlite3', [join(data, 'tenants/musterstadt/tenant.db'), 'SELECT case_id FROM case_access ORDER BY case_id'], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
/** The same person in another browser, or after the server went. */
const again = person => Object.assign(person.town.visitor(), { cookies: person.cookies });
const looksOf = async (town, { status }) => (await town.visitor().get(`${status}/daten.json`)).json().accesses;

test('a look is there when the machine dies right after the page was sent, and two hundred at once are', async () => {
  const town = await startTown({ dataDir: join(scratch, 'data'), args: ['--connections-per-address', '300'] });
  cleanup.push(() => town.stop());
  const kurz = await town.staff('kurz', 'hundesteuer-kurz');
  const one = await apply(town, { chip: chip(1) });
  const page = await kurz.get('/desk/vorgaenge/1');
  assert.equal(page.status, 200);
  await town.restart({ hard: true });
  assert.equal((await looksOf(town, one)).length, 1);
  assert.match((await town.visitor().get(one.status)).words, /Wer Ihre Daten angesehen hat.*Antrag geöffnet/);

  const visitor = town.visitor();
  const body = await dogApplication(town);
  const cases = [];
  for (let i = 0; i < 200; i++) {
    body.hunde[0].chip = chip(100 + i);
    cases.push({ status: new URL((await visitor.json('POST', applications, body)).json().statusUrl).pathname });
  }
  const pages = await Promise.all(cases.map((_, i) => again(kurz).get(`/desk/vorgaenge/${2 + i}`)));
  assert.ok(pages.every(p => p.status === 200));
  await town.restart({ hard: true });
  for (const i of [0, 99, 199]) assert.equal((await looksOf(town, cases[i])).length, 1);

  // A backup beside the server holds those that are in no table yet.
  await again(kurz).get('/desk/vorgaenge/1/verlauf');
  const archive = join(scratch, 'a.tar');
  const backup = run('backup', '--data', town.dataDir, '--out', archive, '--with-keys');
  assert.equal(backup.status, 0, backup.stderr);
  const restored = run('restore', '--data', join(scratch, 'restored'), '--in', archive);
  assert.equal(restored.status, 0, restored.stderr);
  const other = await startTown({ dataDir: join(scratch, 'restored') });
  cleanup.push(() => other.stop());
  assert.equal((await looksOf(other, one)).length, 2);
  await other.stop();
  await town.stop();
  for (const data of [town.dataDir, other.dataDir]) {
    const ids = table(data);
    assert.equal(ids.length, 202);
    assert.equal(new Set(ids).size, 201);
    const verified = run('verify', '--data', data);
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  }
});

test('on a full disk a case that nobody may be noted for is not shown; it is again when there is room', async t => {
  const disk = join(scratch, 'disk');
  if (spawnSync('sh', ['-c', `mkdir ${disk} && mount -t tmpfs -o size=24m tmpfs ${disk}`]).status !== 0)
    return t.skip('needs root to mount a small disk');
  cleanup.push(() => spawnSync('umount', ['-l', disk]));
  const town = await startTown({ dataDir: join(disk, 'data') });
  cleanup.push(() => town.stop());
  const one = await apply(town, { chip: chip(2) });
  const kurz = await town.staff('kurz', 'hundesteuer-kurz');
  await eventually(() => town.mails().length === 1, 'the mail');

  const ballast = openSync(join(disk, 'ballast'), 'w');
  for (const size of [1 << 16, 1 << 12]) {
    try { for (;;) writeSync(ballast, Buffer.alloc(size)); } catch (error) { assert.equal(error.code, 'ENOSPC'); }
  }
  closeSync(ballast);
  // The database's journal has room in it that it does not need to ask the disk for; then it has none.
  let refused, shown = 0;
  for (let i = 0; i < 2000 && !refused; i++) {
    const page = await kurz.get('/desk/vorgaenge/1/verlauf');
    if (page.status === 200) shown++;
    else refused = page;
  }
  assert.equal(refused?.status, 503);
  assert.doesNotMatch(refused.text, /Antrag eingegangen/);
  assert.match(refused.words, /später|gerade nicht/i);
  assert.equal((await looksOf(town, one)).length, shown, 'reading goes on, and tells all that were shown');

  rmSync(join(disk, 'ballast'));
  await eventually(async () => (await kurz.get('/desk/vorgaenge/1/verlauf')).status === 200, 'recovery');
  assert.equal((await looksOf(town, one)).length, shown + 1);
});
