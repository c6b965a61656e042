// SPDX-License-Identifier: EUPL-1.2
// 100 million Observations of 10,000 Datastreams in one town: what they cost at rest, after a kill,
// and counted. Takes some minutes and 1 GB of disk.
import { readFileSync, statSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asked, cityTown, rest, send, value } from './city_http.mjs';

const SERIES = 10_000, ROUNDS = 10_000, STEPS = 5, MINUTE = 60_000, BEGIN = 1262304000000; // 2010-01-01
const status = (pid, what) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`^${what}:\\s+(\\d+)`, 'm'))[1]) / 1024;
const body = round => {
  const parts = [];
  for (let series = 0; series < SERIES; series++)
    for (let step = 0; step < STEPS; step++)
      parts.push(`wetter,nr=${series} temp=${value(series, round * STEPS + step)} ${BEGIN + (round * STEPS + step) * 5 * MINUTE}`);
  return parts.join('\n');
};

/** `tools`: note, scratch and cleanup of run.mjs. */
export async function cityLarge({ note, scratch, cleanup, json }) {
  const { town, key } = await cityTown(scratch, 'large');
  cleanup.push(() => town.stop());
  const write = '/api/v1/city/datasets/allgemein/write?precision=ms', all = SERIES * ROUNDS;
  const began = performance.now();
  for (let round = 0; round < ROUNDS / STEPS; round++) {
    await send(town.port, write, { body: body(round), key });
    if (!json && round % 100 === 99) console.log(`      ${((round + 1) * SERIES * STEPS / 1e6).toFixed(0)} million, ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  note('100 million Observations written, resident then', `${status(town.pid, 'VmRSS').toFixed(0)} MB (${status(town.pid, 'RssAnon').toFixed(0)} MB of them its own), ${((performance.now() - began) / 1000).toFixed(0)} s`,
    '<= 500 MB', status(town.pid, 'VmRSS') <= 500);
  const folder = join(town.dataDir, 'tenants/neustadt/city');
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  note('on disk', `${(bytes / 1e6).toFixed(0)} MB`, 'told', true);
  const port = town.port;
  await town.kill();
  const again = performance.now();
  await town.start(port);
  const first = JSON.parse(await send(port, '/sta/v1.1/Observations?$count=true&$top=1', { method: 'GET' }));
  const seconds = (performance.now() - again) / 1000;
  note('killed and started again, until the first answer', `${seconds.toFixed(1)} s`, '<= 2 s', seconds <= 2 && first['@iot.count'] === all);
  await rest(town.pid);
  const counted = await asked(town.pid, port, '/sta/v1.1/Observations?$count=true&$top=0', 20);
  note('$count of 100 million over HTTP', `${counted.cpu.toFixed(1)} ms CPU, ${counted.wall.toFixed(1)} ms`, '<= 5 ms', counted.cpu <= 5);
  const latest = await asked(town.pid, port, '/sta/v1.1/Datastreams?latest&$select=name&$top=10000', 10);
  note('latest of 10,000 among them', `${latest.cpu.toFixed(1)} ms CPU`, '<= 20 ms', latest.cpu <= 20);
  note('resident after these', `${status(town.pid, 'VmRSS').toFixed(0)} MB (${status(town.pid, 'RssAnon').toFixed(0)} MB its own)`, '<= 500 MB', status(town.pid, 'VmRSS') <= 500);
  await town.stop();
}
