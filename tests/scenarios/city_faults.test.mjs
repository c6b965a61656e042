// SPDX-License-Identifier: EUPL-1.2
// Measured values under faults: killed while sensors write, backed up while they write.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fill, smallDisk } from './lib/disk.mjs';
import { staClient, weatherStation } from './lib/sta.mjs';
import { program, startTown } from './lib/town.mjs';

const ROUNDS = Number(process.env.RATHAUS_ROUNDS ?? 5);
const WRITERS = 8;

let town, sta, streams;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
  streams = [];
  for (let i = 0; i < WRITERS; i++) {
    const thing = await sta.post('/Things', weatherStation(`Fühler ${i}`));
    streams.push((await sta.get(`/Things(${thing})/Datastreams`)).value[0]['@iot.id']);
  }
});
after(async () => { await town.stop(); });

/** Write until something fails; each value is said once more by its time. `acknowledged` gets what the town said yes to. */
async function write(writer, from, acknowledged, stop) {
  for (let i = from; !stop.now; i++) {
    try {
      const answer = await sta.ask('POST', `/Datastreams(${streams[writer]})/Observations`, { phenomenonTime: new Date(Date.UTC(2027, 0, 1) + i * 1000).toISOString(), result: i });
      if (answer.status !== 201) return;
      acknowledged[writer].push(i);
    } catch {
      return;
    }
  }
}

/** All results of a stream, page by page. */
async function all(writer) {
  const table = await sta.ask('GET', `/Datastreams(${streams[writer]})/Observations?$resultFormat=CSV&$select=result&$top=200000`);
  return table.text.trim().split('\r\n').slice(1).map(Number);
}

test('killed while sensors write: nothing acknowledged is lost, nothing is there twice', async () => {
  const acknowledged = streams.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    const writers = streams.map((_, i) => write(i, round * 100000, acknowledged, {}));
    await new Promise(resolve => setTimeout(resolve, 200 + 100 * round));
    await town.restart({ hard: true });
    await Promise.all(writers);
  }
  for (let i = 0; i < WRITERS; i++) {
    const there = await all(i);
    assert.equal(new Set(there).size, there.length, 'nothing twice');
    const known = new Set(there);
    assert.deepEqual(acknowledged[i].filter(value => !known.has(value)), [], 'nothing lost');
    assert.ok(acknowledged[i].length > 0);
    assert.ok(there.length - acknowledged[i].length <= ROUNDS, 'at most what was under way at each kill');
  }
});

test('a backup made while sensors write is whole as of a moment', async () => {
  const stop = {}, acknowledged = streams.map(() => []);
  const before = (await all(0)).length;
  const writers = streams.map((_, i) => write(i, 90000000, acknowledged, stop));
  const folder = mkdtempSync(join(tmpdir(), 'city-backup-'));
  try {
    await new Promise(resolve => setTimeout(resolve, 300));
    const archive = join(folder, 'stadt.tar'), data = join(folder, 'data');
    execFileSync(program, ['backup', '--data', town.dataDir, '--out', archive, '--with-keys']);
    stop.now = true;
    await Promise.all(writers);
    execFileSync(program, ['restore', '--data', data, '--in', archive]);
    const other = await startTown({ dataDir: data });
    try {
      const restored = Number((await other.visitor().get(`/sta/v1.1/Datastreams(${streams[0]})/Observations?$count=true&$top=0`)).json()['@iot.count']);
      assert.ok(restored > before && restored <= before + acknowledged[0].length, `${restored} of ${before} + ${acknowledged[0].length}`);
    } finally {
      await other.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a full disk: an Observation is refused, later ones are kept, and nothing that was acknowledged is gone', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'city-disk-')), cleanup = [() => rmSync(folder, { recursive: true })];
  try {
    const disk = smallDisk(folder, 48, cleanup);
    if (!disk) return t.skip('needs root to mount a small disk');
    const small = await startTown({ dataDir: join(disk, 'data') });
    cleanup.push(() => small.stop());
    const sensor = await staClient(small);
    const thing = await sensor.post('/Things', weatherStation('Fühler'));
    const path = `/Datastreams(${(await sensor.get(`/Things(${thing})/Datastreams`)).value[0]['@iot.id']})/Observations`;
    const notes = 'x'.repeat(20000);
    let kept = 0, refused = null;
    fill(join(disk, 'ballast'));
    for (let i = 0; i < 100 && !refused; i++) {
      const answer = await sensor.ask('POST', path, { result: i, parameters: { notes } });
      if (answer.status === 201) kept++;
      else refused = answer;
    }
    assert.equal(refused?.status, 503, refused?.text);
    assert.equal(refused.headers['content-type'], 'application/problem+json');
    rmSync(join(disk, 'ballast'));
    assert.equal((await sensor.ask('POST', path, { result: 1 })).status, 201);
    await small.restart({ hard: true });
    assert.equal((await sensor.get(`${path}?$count=true&$top=0`))['@iot.count'], kept + 1);
  } finally {
    for (const one of cleanup.reverse()) await one();
  }
});
