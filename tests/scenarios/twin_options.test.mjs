// SPDX-License-Identifier: EUPL-1.2
// rathaus twin run: each thing a scenario may say, beside a number computed by hand.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.env.RATHAUS ?? new URL('../../build/rathaus', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'rathaus-options-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const at = name => join(folder, name);
const put = (name, text) => (writeFileSync(at(name), text), name);
const near = (value, expected, tolerance, what = '') =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${what} ${value} is not ${expected} ± ${tolerance}`);

/** An ESRI ASCII grid: z(x, y) at the cell centres from the south-west corner (0, 0). */
function grid(name, columns, rows, cell, z) {
  const lines = [`ncols ${columns}`, `nrows ${rows}`, 'xllcorner 0', 'yllcorner 0', `cellsize ${cell}`, 'NODATA_value -9999'];
  for (let row = rows - 1; row >= 0; row--)
    lines.push(Array.from({ length: columns }, (_, column) => z((column + 0.5) * cell, (row + 0.5) * cell)).join(' '));
  return put(name, lines.join('\n') + '\n');
}

/** Run a scenario that must succeed; its summary. */
function run(name, yaml, ...words) {
  put(`${name}.yaml`, yaml);
  const result = spawnSync(program, ['twin', 'run', `${name}.yaml`, '--out', name, '--json', '--progress', 'none', ...words], { cwd: folder, encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
  const summary = JSON.parse(result.stdout);
  assert.ok(Math.abs(summary.volume_error_relative) <= 1e-6, `${name}: ${summary.volume_error_relative}`);
  return summary;
}

/** Values of a raster, from the north-west, row by row. */
const values = name => execFileSync('gdal_translate', ['-q', '-of', 'XYZ', at(name), '/vsistdout/'], { encoding: 'utf8', maxBuffer: 1 << 26 })
  .trim().split('\n').map(line => Number(line.split(/\s+/)[2]));
const table = name => {
  const [head, ...rows] = readFileSync(at(name), 'utf8').trim().split('\n').map(line => line.split(','));
  return rows.map(row => Object.fromEntries(row.map((value, i) => [head[i], Number(value)])));
};
const polygon = (properties, west, south, east, north) => ({ type: 'Feature', properties,
  geometry: { type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] } });
const features = (name, ...items) => put(name, JSON.stringify({ type: 'FeatureCollection', features: items }));

grid('pan.asc', 20, 10, 2, () => 5); // 800 m2
grid('slope.asc', 40, 10, 2, x => 10 - 0.02 * x);

test('a discharge from a file enters through its side, linear between its rows', () => {
  put('q.csv', 'time_s,m3_per_s\n0,0\n100,0.5\n200,0.5\n300,0\n');
  const { volume } = run('discharge', 'terrain: pan.asc\nduration: 400\nboundaries: {west: {discharge: q.csv}}\noutput: {interval: 100, snapshots: false}\n');
  near(volume.inflow_m3, 25 + 50 + 25, 1e-3);
  near(volume.stored_m3, 100, 1e-3);
  assert.deepEqual(table('discharge/volume.csv').map(row => Math.round(row.inflow_m3)), [0, 25, 75, 100, 100]);
});

test('a level from a file fills the model up to it', () => {
  put('level.csv', 'time_s;level_m\n0;5,2\n300;5,5\n');
  const summary = run('level', 'terrain: pan.asc\nduration: 1200\nroughness: 0.05\nboundaries: {east: {level: level.csv}}\ninitial: {level: 5.2}\n');
  values('level/final_depth.tif').forEach(depth => near(depth, 0.5, 0.005));
  near(summary.volume.inflow_m3 - summary.volume.outflow_m3, 0.3 * 800, 4);
});

test('a line and a disc give what they are told, and a negative source takes it back', () => {
  put('litres.csv', 'time_s,l_per_s\n0,40\n100,40\n');
  const { volume } = run('sources', `terrain: pan.asc
duration: 200
sources:
  - {line: [[5, 3], [5, 17]], discharge: litres.csv}
  - {at: [30, 10], radius: 4, discharge: 0.02}
  - {at: [20, 10], discharge: -5 l/s}
`);
  near(volume.inflow_m3, 0.04 * 200 + 0.02 * 200, 1e-3);
  assert.ok(volume.outflow_m3 > 0 && volume.outflow_m3 <= 1.0001);
  near(volume.stored_m3, 12 - volume.outflow_m3, 1e-3);
});

test('inlets take their capacity while water stands there, from a table or a map', () => {
  put('inlets.csv', 'x,y,capacity_l_per_s\n11,11,20\n31,7,5\n');
  const csv = run('inlets', 'terrain: pan.asc\nduration: 100\ninitial: {depth: 0.2}\ninlets: {file: inlets.csv}\n');
  near(csv.volume.outflow_m3, 2.5, 1e-4);
  features('inlets.geojson', ...[[11, 11, 20], [31, 7, 5]].map(([x, y, capacity]) => ({ type: 'Feature', properties: { capacity }, geometry: { type: 'Point', coordinates: [x, y] } })));
  const map = run('inlet-map', 'terrain: pan.asc\nduration: 100\ninitial: {depth: 0.2}\ninlets: {file: inlets.geojson, field: capacity}\n');
  near(map.volume.outflow_m3, 2.5, 1e-4);
  const empty = run('inlets-dry', 'terrain: pan.asc\nduration: 1000\ninitial: {depth: 0.001}\ninlets: {file: inlets.csv, capacity: 1000}\n');
  assert.ok(empty.volume.outflow_m3 < 0.8 + 1e-6, 'no more than there was');
});

test('land use gives roughness and infiltration by its table', () => {
  features('use.geojson', polygon({ use: 'meadow' }, 0, 0, 20, 20), polygon({ use: 'Street' }, 20, 0, 40, 20), polygon({ use: 'sand' }, 30, 0, 40, 20));
  put('use.csv', 'use,n,constant_mm_per_h\nmeadow,0.1,18\nstreet,0.02,\nsand,0.05,3.6\n');
  const { volume } = run('use', `terrain: pan.asc
duration: 1000
initial: {depth: 0.1}
roughness: {polygons: use.geojson, field: use, table: use.csv}
infiltration: {polygons: use.geojson, field: use, table: use.csv}
`);
  near(volume.infiltrated_m3, 400 * 0.005 + 200 * 0.001, 1e-4); // later polygons lie on earlier ones
  // Rain for so long that what runs off is what falls: h = (n q / sqrt(S))^(3/5) at each place.
  features('halves.geojson', polygon({ n: 0.08 }, 0, 0, 40, 20), polygon({ n: 0.02 }, 40, 0, 80, 20));
  run('rough', 'terrain: slope.asc\nduration: 1800\nrain: 100\nroughness: {polygons: halves.geojson, default: 1}\nboundaries: {east: open}\n');
  const depth = values('rough/final_depth.tif');
  for (const [n, x] of [[0.08, 25], [0.02, 65]])
    near(depth[5 * 40 + (x - 1) / 2], (n * (x * 0.1 / 3600) / Math.sqrt(0.02)) ** 0.6, 3e-4, `n ${n}`);
});

test('Green-Ampt takes all of a weak rain, and of a strong one what its formula says', () => {
  const soil = '{green_ampt: {conductivity: 10 mm/h, suction: 100 mm, deficit: 0.3}}';
  const weak = run('weak', `terrain: pan.asc\nduration: 1800\nrain: 8\ninfiltration: ${soil}\n`);
  near(weak.volume.infiltrated_m3, weak.volume.rain_m3, 1e-2 * weak.volume.rain_m3);
  // Ponding after F_p = K S / (i - K); from then on F - F_p - S ln((F + S) / (F_p + S)) = K (t - t_p).
  // The film that stands above is below 4 cm and adds less than a tenth of the suction.
  const [K, S, i, t] = [10 / 3.6e6, 0.03, 60 / 3.6e6, 1800];
  const Fp = K * S / (i - K), tp = Fp / i;
  let F = Fp;
  for (let step = 0; step < 60; step++) F = Fp + K * (t - tp) + S * Math.log((F + S) / (Fp + S));
  const strong = run('strong', `terrain: slope.asc\nduration: 1800\nrain: 60\ninfiltration: ${soil}\nboundaries: {east: open}\n`);
  near(strong.volume.infiltrated_m3 / 1600, F, 0.02 * F);
});

test('buildings as rough ground hold the water up but keep none out', () => {
  features('house.geojson', polygon({ height: 3 }, 30, 6, 50, 14));
  const yaml = mode => `terrain: slope.asc\nduration: 900\nrain: 60\nbuildings: {file: house.geojson, ${mode}}\nboundaries: {east: open}\n`;
  const rough = run('rough-house', yaml('mode: roughness, roughness: 0.4'));
  const block = run('block-house', yaml('field: height'));
  const inside = 5 * 40 + 19; // x = 39, y = 9
  assert.ok(values('rough-house/max_depth.tif')[inside] > 0.005);
  assert.equal(values('block-house/max_depth.tif')[inside], 0);
  near(rough.volume.rain_m3, block.volume.rain_m3, 1e-3);
  assert.ok(rough.volume.stored_m3 > 0 && rough.buildings.all === 1);
});

test('a storm of Euler type II stands as its table says, by return period', () => {
  put('kostra.csv', 'duration_min,T1,T100\n5,5,12\n10,8,18\n15,10,22\n30,13,30\n');
  run('euler', 'terrain: pan.asc\nduration: 1800\nrain: {euler2: {depths: kostra.csv, duration: 30, column: T100}}\noutput: {interval: 300, snapshots: false}\n');
  const falls = table('euler/volume.csv').map(row => row.rain_m3 / 0.8);
  // Blocks 12, 6, 4 and three of 8/3; the peak begins at 0.3 of 30 min, rounded down to 5 min.
  [0, 6, 18, 22, 22 + 8 / 3, 22 + 16 / 3, 30].forEach((sum, i) => near(falls[i], sum, 1e-4));
});

test('water leaves over the rim of a terrain that is cut along a catchment', () => {
  const z = (x, y) => 20 - 0.02 * x - 0.01 * y;
  grid('whole.asc', 40, 30, 2, z);
  grid('cut.asc', 44, 34, 2, (x, y) => (x < 4 || x > 84 || y < 4 || y > 64 ? -9999 : z(x - 4, y - 4)));
  grid('round.asc', 60, 60, 2, (x, y) => (Math.hypot(x - 60, y - 60) > 50 ? -9999 : 10 - 0.02 * Math.hypot(x - 60, y - 60)));
  const rain = 'duration: 1200\nrain: 60\nboundaries: open\n';
  const whole = run('whole', `terrain: whole.asc\n${rain}`), cut = run('cut', `terrain: cut.asc\n${rain}`);
  near(cut.volume.outflow_m3, whole.volume.outflow_m3, 0.01 * whole.volume.outflow_m3);
  assert.match(cut.notes.join('\n'), /leaves over the rim/);
  // A round hill: after the longest way all that falls flows off.
  run('round', `terrain: round.asc\nduration: 1800\nrain: 60\nboundaries: open\noutput: {series: 60}\n`);
  const rows = table('round/volume.csv'), [before, last] = rows.slice(-2);
  near((last.outflow_m3 - before.outflow_m3) / (last.rain_m3 - before.rain_m3), 1, 0.01);
  const closed = run('rim-closed', `terrain: cut.asc\nduration: 300\nrain: 60\nboundaries: {all: open, rim: closed}\n`);
  assert.equal(closed.volume.outflow_m3, 0);
});

test('a base is inherited key by key, with its own paths; measures are built on it', () => {
  mkdirSync(at('town'));
  grid('town/dem.asc', 20, 10, 2, () => 5);
  put('town/rain.csv', 'time_s,mm_per_h\n0,36\n');
  put('town/town.yaml', 'terrain: dem.asc\nduration: 600\nrain: {file: rain.csv}\nboundaries: closed\n');
  const base = run('inherited', 'base: town/town.yaml\nduration: 300\n');
  near(base.volume.rain_m3, 0.003 * 800, 1e-5);
  // A basin of 8 m x 8 m, 0.5 m deep, and a wall of 1 m across; water of 0.1 m stands on the rest.
  features('measures.geojson', polygon({ kind: 'basin', depth: 0.5 }, 4, 4, 12, 12),
    { type: 'Feature', properties: { kind: 'wall', height: 1 }, geometry: { type: 'LineString', coordinates: [[21, 0], [21, 20]] } });
  run('measured', 'base: town/town.yaml\nduration: 600\nrain: none\nmeasures: measures.geojson\ninitial: {depth: 0.1}\nroughness: 0.1\n');
  const depth = values('measured/final_depth.tif');
  const west = (0.1 * 400 + 0.1 * 20 - 0.5 * 64) / 400; // half of the wall's too, less the basin
  near(depth[5 * 20 + 4], west + 0.5, 0.02, 'in the basin');
  near(depth[9 * 20 + 8], west, 0.02, 'beside it');
  near(depth[5 * 20 + 15], 0.1 + 0.1 * 20 / 360, 0.003, 'behind the wall');
});

test('two processes write what one does', t => {
  const ranks = program + '-mpi';
  if (!existsSync(ranks)) return t.skip('built without OpenMPI');
  run('alone', 'terrain: round.asc\nduration: 200\nrain: 60\nboundaries: open\n');
  const result = spawnSync('mpirun', ['-n', '2', '--oversubscribe', ranks, 'twin', 'run', 'alone.yaml', '--out', 'ranks', '--progress', 'none'],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' } });
  assert.equal(result.status, 0, result.stderr);
  for (const file of ['final_depth.tif', 'max_speed.tif', 'volume.csv']) assert.deepEqual(readFileSync(at(`ranks/${file}`)), readFileSync(at(`alone/${file}`)), file);
});

test('water spreads alike to both sides over a plain, and all of it is there', () => {
  // The Environment Agency's fourth test, 10 m cells and an hour: 20 m3/s at the west, n 0.05.
  grid('plain.asc', 60, 120, 10, () => 0);
  put('inflow.csv', 'time_s,m3_per_s\n0,0\n1800,20\n3600,20\n');
  const places = [50, 100, 200, 300, 400];
  const summary = run('plain', `terrain: plain.asc
duration: 3600
roughness: 0.05
sources: [{line: [[1, 591], [1, 609]], discharge: inflow.csv}]
gauges: [${places.map(x => `{name: g${x}, at: [${x}, 600.1]}`).join(', ')}]
output: {interval: 600, snapshots: false}
`);
  near(summary.volume.inflow_m3, 20 * 900 + 20 * 1800, 0.1);
  const depth = values('plain/final_depth.tif'), arrival = values('plain/arrival.tif');
  for (let row = 0; row < 60; row++)
    for (let column = 0; column < 60; column++) {
      assert.equal(depth[row * 60 + column], depth[(119 - row) * 60 + column]);
      assert.equal(arrival[row * 60 + column], arrival[(119 - row) * 60 + column]);
    }
  const times = places.map(x => arrival[60 * 60 + Math.floor(x / 10)]);
  times.reduce((before, now) => (assert.ok(now > before || now === -9999, times.join(' ')), now === -9999 ? before : now), 0);
  assert.ok(times[1] > 0);
});
