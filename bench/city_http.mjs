// SPDX-License-Identifier: EUPL-1.2
// Measured values over HTTP, written in bulk and one by one, and read; VictoriaMetrics beside it
// where it is installed.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { program, root, startTown } from '../tests/scenarios/lib/town.mjs';

const SERIES = 10_000, LINES = 20_000, MINUTE = 60_000, BEGIN = 1735689600000; // 2025-01-01
const agent = new Agent({ keepAlive: true, maxSockets: 2 });
const cpuSeconds = pid => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ').slice(11, 13).reduce((sum, ticks) => sum + Number(ticks) / 100, 0);
export const value = (series, minute) => (((series * 7919 + minute * 31) % 400) / 10 - 10).toFixed(1);
const lines = round => Array.from({ length: LINES }, (_, i) => {
  const minute = round * (LINES / SERIES) + Math.floor(i / SERIES), series = i % SERIES;
  return `wetter,nr=${series} temp=${value(series, minute)} ${BEGIN + minute * MINUTE}`;
}).join('\n');
// 20 Datastreams, 100 rows each, later than all lines and not ahead of now.
const arrays = (ids, round) => JSON.stringify(Array.from({ length: 20 }, (_, k) => {
  const place = (round * 20 + k) % ids.length;
  return { Datastream: { '@iot.id': ids[place] }, components: ['phenomenonTime', 'result'],
    dataArray: Array.from({ length: 100 }, (_, i) => [new Date(BEGIN + (600_000 + round * 100 + i) * MINUTE).toISOString(), Number(value(place, i))]) };
}));

export function send(port, path, { method = 'POST', body, key } = {}) {
  return new Promise((resolve, reject) => {
    const headers = { ...(key ? { authorization: `Bearer ${key}` } : {}), ...(body ? { 'content-type': body[0] === '[' ? 'application/json' : 'text/plain', 'content-length': Buffer.byteLength(body) } : {}) };
    const ask = request({ port, path, method, agent, headers }, answer => {
      const parts = [];
      answer.on('data', part => parts.push(part)).on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode >= 300) reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 400)}`));
        else resolve(text);
      });
    }).on('error', reject);
    ask.end(body);
  });
}

/** Two at a time; rows per CPU second of the server and per second. */
async function pour(pid, port, path, bodies, rows, key) {
  const cpu = cpuSeconds(pid), began = performance.now();
  let next = 0;
  const worker = async () => { while (next < bodies.length) await send(port, path, { body: bodies[next++], key }); };
  await Promise.all([worker(), worker()]);
  const seconds = (performance.now() - began) / 1000;
  return { cpu: bodies.length * rows / (cpuSeconds(pid) - cpu), wall: bodies.length * rows / seconds };
}

/** Milliseconds of the server's CPU and of the wall for one question, of several. */
export async function asked(pid, port, path, times = 20) {
  await send(port, path, { method: 'GET' });
  const cpu = cpuSeconds(pid), began = performance.now();
  for (let i = 0; i < times; i++) await send(port, path, { method: 'GET' });
  return { cpu: (cpuSeconds(pid) - cpu) * 1000 / times, wall: (performance.now() - began) / times };
}

const thousands = x => `${Math.round(x / 1000)},000`;
const rates = ({ cpu, wall }) => `${thousands(cpu)} per CPU second, ${thousands(wall)} a second`;

async function peer(scratch, cleanup, bodies) {
  try { execFileSync('victoria-metrics', ['-version'], { stdio: 'ignore' }); } catch { return null; }
  const port = 20000 + Math.floor(Math.random() * 10000);
  const child = spawn('victoria-metrics', ['-storageDataPath', join(scratch, 'peer'), '-httpListenAddr', `127.0.0.1:${port}`, '-retentionPeriod', '10y'], { stdio: 'ignore' });
  cleanup.push(() => child.kill('SIGKILL'));
  for (let i = 0; i < 100; i++) {
    try { await send(port, '/health', { method: 'GET' }); break; } catch { await new Promise(resolve => setTimeout(resolve, 100)); }
  }
  await send(port, '/write?precision=ms', { body: bodies[0] });
  const rate = await pour(child.pid, port, '/write?precision=ms', bodies.slice(1), LINES);
  child.kill('SIGKILL');
  return rate;
}

/** A town of its own with a key that may write, and what `prepare` does with its folder before it is served. */
export async function cityTown(scratch, name, prepare = () => {}) {
  const dataDir = join(scratch, name), of = ['--tenant', 'neustadt', '--data', dataDir];
  execFileSync(program, ['tenant', 'create', 'neustadt', '--data', dataDir, '--from', `${root}tenants/demo`]);
  prepare(of);
  const key = execFileSync(program, ['city', 'key', '--write', ...of], { encoding: 'utf8' }).trim().split('\n').at(-1);
  const town = await startTown({ demo: false, dataDir });
  await rest(town.pid);
  return { town, key };
}

/** A server that has just begun reads its words, one that was written to packs; it is measured when that is done. */
export async function rest(pid) {
  for (let before = -1, now = 0; now > before; [before, now] = [now, cpuSeconds(pid)])
    await new Promise(resolve => setTimeout(resolve, 300));
}

/** 10,000 sensors in a grid of ten kilometres, each with a value. */
function importSites(scratch, of) {
  const file = join(scratch, 'sites.csv');
  writeFileSync(file, `time,datastream,value,lon,lat,thing\n${Array.from({ length: SERIES }, (_, i) =>
    `2025-01-01T00:00:00Z,p${i},1,${(9.9 + i % 100 / 1000).toFixed(3)},${(51.5 + Math.floor(i / 100) / 1000).toFixed(3)},Ort ${i}`).join('\n')}`);
  execFileSync(program, ['city', 'import', file, '--dataset', 'orte', ...of], { stdio: 'pipe' });
}

/** `tools`: note, load, scratch, cleanup and seconds of run.mjs. */
export async function cityHttp({ note, load, scratch, cleanup, seconds }) {
  const { town, key } = await cityTown(scratch, 'city', of => importSites(scratch, of));
  cleanup.push(() => town.stop());
  const { pid, port } = town, write = '/api/v1/city/datasets/allgemein/write?precision=ms';
  const bodies = Array.from({ length: 51 }, (_, round) => lines(round));
  const first = performance.now();
  await send(port, write, { body: bodies[0], key });
  note(`${SERIES} Datastreams made by their first lines`, `${((performance.now() - first) / 1000).toFixed(1)} s`, 'told', true);
  const line = await pour(pid, port, write, bodies.slice(1), LINES, key);
  note(`line protocol over HTTP, ${LINES} rows of ${SERIES} series a request, each on disk`, rates(line), '>= 600,000 per CPU second', line.cpu >= 600_000);
  const metrics = await peer(scratch, cleanup, bodies);
  if (metrics) note('the same into VictoriaMetrics, which syncs later', rates(metrics), 'told', true);

  const ids = JSON.parse(await send(port, `/sta/v1.1/Datastreams?$select=id&$top=10000&$filter=${encodeURIComponent("startswith(name,'wetter')")}`, { method: 'GET' })).value.map(stream => stream['@iot.id']);
  const rows = Array.from({ length: 150 }, (_, round) => arrays(ids, round));
  const created = await pour(pid, port, '/sta/v1.1/CreateObservations', rows, 2000, key);
  note('CreateObservations of 2,000 rows over HTTP', rates(created), '>= 300,000 per CPU second', created.cpu >= 300_000);

  const body = join(scratch, 'observation.json');
  writeFileSync(body, '{"result": 21.5}');
  const single = load(['--port', port, '--path', `/sta/v1.1/Datastreams(${ids[0]})/Observations`, '--pid', pid, '--seconds', seconds, '--connections', 64, '--body', body, '--key', key]);
  note('single Observations over HTTP, 64 clients, each on disk', `${single.per_second.toFixed(0)}/s, p95 ${single.p95_ms.toFixed(1)} ms, ${single.cpu_us_each.toFixed(0)} µs CPU each, ${single.refused + single.broken} refused`,
    '>= 20,000/s', single.per_second >= 20_000 && single.refused + single.broken === 0);

  const told = async (what, path, aim, holds) => {
    await rest(pid); // what was written before may still be packed
    const one = await asked(pid, port, path);
    note(what, `${one.cpu.toFixed(0)} ms CPU, ${one.wall.toFixed(0)} ms`, aim, holds(one));
  };
  await told('latest of 10,000 over HTTP', '/sta/datasets/allgemein/v1.1/Datastreams?latest&$select=name&$top=10000', '<= 20 ms CPU', one => one.cpu <= 20);
  const area = "geography'POLYGON ((9.92 51.52, 9.95 51.52, 9.95 51.55, 9.92 51.55, 9.92 51.52))'";
  await told('sensors in a polygon with their latest value, 841 of 10,000', `/sta/datasets/orte/v1.1/Datastreams?latest&$select=name&$top=10000&$filter=${encodeURIComponent(`st_within(Thing/Locations/location, ${area})`)}`, '<= 10 ms CPU', one => one.cpu <= 10);
  const year = Array.from({ length: 525_600 }, (_, minute) => `jahr v=${value(1, minute)} ${BEGIN + minute * MINUTE}`).join('\n');
  await send(port, write, { body: year, key });
  const [sensor] = JSON.parse(await send(port, `/sta/v1.1/Datastreams?$filter=${encodeURIComponent("properties/key eq 'jahr v'")}`, { method: 'GET' })).value;
  const of = `/sta/v1.1/Datastreams(${sensor['@iot.id']})/Observations`;
  await told('a year of minutes to 1,000 points over HTTP', `${of}?$aggregate=${encodeURIComponent("mean by duration'PT526M'")}`, '<= 5 ms CPU', one => one.cpu <= 5);
  await told('$count of a year over HTTP', `${of}?$count=true&$top=0`, 'told', () => true);
  await town.stop();
}
