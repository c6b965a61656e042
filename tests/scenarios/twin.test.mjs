// SPDX-License-Identifier: EUPL-1.2
// rathaus twin: from files as a city has them to maps, and what happens when files, machines or people stand in the way.
// GDAL's own programs (gdalinfo, gdallocationinfo, ogr2ogr) read and write beside ours.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.env.RATHAUS ?? new URL('../../build/rathaus', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'rathaus-twin-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const at = name => join(folder, name);
const put = (name, text) => (writeFileSync(at(name), text), at(name));
const read = name => readFileSync(at(name), 'utf8');
const twin = (...words) => spawnSync(program, ['twin', ...words], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 });
const info = name => JSON.parse(execFileSync('gdalinfo', ['-json', '-stats', '--config', 'GDAL_PAM_ENABLED', 'NO', at(name)], { encoding: 'utf8' }));
const valueAt = (name, x, y) => Number(execFileSync('gdallocationinfo', ['-valonly', '-geoloc', at(name), `${x}`, `${y}`], { encoding: 'utf8' }));
const table = name => {
  const [head, ...rows] = read(name).trim().split('\n').map(line => line.split(','));
  return { head, rows: rows.map(row => Object.fromEntries(row.map((value, i) => [head[i], Number(value)]))) };
};

/** An ESRI ASCII grid: z(x, y) at the cell centres from the south-west corner (0, 0). */
function grid(name, columns, rows, cell, z, { west = 0, south = 0 } = {}) {
  const lines = [`ncols ${columns}`, `nrows ${rows}`, `xllcorner ${west}`, `yllcorner ${south}`, `cellsize ${cell}`, 'NODATA_value -9999'];
  for (let row = rows - 1; row >= 0; row--)
    lines.push(Array.from({ length: columns }, (_, column) => z((column + 0.5) * cell, (row + 0.5) * cell)).join(' '));
  put(name, lines.join('\n') + '\n');
}

/** Run a scenario that must succeed; its summary. */
function run(name, yaml, ...words) {
  put(`${name}.yaml`, yaml);
  const result = twin('run', `${name}.yaml`, '--out', name, '--json', '--progress', 'none', ...words);
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout);
}

grid('basin.asc', 40, 30, 2, (x, y) => 10 + 0.02 * x + 0.01 * y);
grid('town.asc', 60, 40, 1, (x, y) => 100 + x / 128, { west: 500000, south: 5600000 });
put('town.prj', execFileSync('gdalsrsinfo', ['-o', 'wkt1', 'EPSG:25832'], { encoding: 'utf8' }));
const square = (x, y, size) => [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]];
const house = (id, x, y, size) => ({ type: 'Feature', properties: { id, storeys: 2 }, geometry: { type: 'Polygon', coordinates: square(500000 + x, 5600000 + y, size) } });
put('houses.geojson', JSON.stringify({ type: 'FeatureCollection', features: [house('north', 20, 25, 8), house('south', 20, 5, 10), house('shed', 50.1, 30.1, 0.3)] }));

test('a channel of one row: every file of the result is there and opens again', () => {
  grid('channel.asc', 200, 1, 0.05, () => 0);
  grid('start.asc', 200, 1, 0.05, x => (x < 5 ? 0.005 : 0));
  execFileSync('gdal_translate', ['-q', '-ot', 'Float64', at('start.asc'), at('start.tif')]);
  const summary = run('dam', `
terrain: channel.asc
duration: 6
roughness: 0
boundaries: closed
initial: {depth: start.tif}
gauges: [{name: gate, at: [5.01, 0.02]}]
output: {interval: 2}
`, '--double');
  assert.equal(summary.cells, 200);
  assert.ok(Math.abs(summary.volume_error_relative) < 1e-12, `${summary.volume_error_relative}`);
  for (const key of ['steps', 'cell_updates', 'cpu_seconds', 'wall_seconds']) assert.ok(summary[key] > 0, key);
  for (const name of ['max_depth', 'max_speed', 'max_direction', 'arrival', 'duration', 'final_depth', 'final_u', 'final_v']) {
    const map = info(`dam/${name}.tif`);
    assert.deepEqual(map.size, [200, 1], name);
    assert.equal(map.bands[0].type, 'Float64');
    assert.equal(map.bands[0].noDataValue, -9999);
    assert.equal(map.metadata.IMAGE_STRUCTURE.LAYOUT, 'COG');
  }
  assert.ok(Math.abs(valueAt('dam/final_depth.tif', 5.0, 0.02) - 0.005 * 4 / 9) < 1e-4); // Ritter
  assert.deepEqual(readdirSync(at('dam/snapshots')).filter(name => name.startsWith('depth_')),
    [0, 2, 4, 6].map(s => `depth_${String(s).padStart(8, '0')}.tif`));
  assert.deepEqual(table('dam/gauges.csv').head, ['time_s', 'gate_depth_m', 'gate_level_m', 'gate_u_m_per_s', 'gate_v_m_per_s']);
  assert.deepEqual(table('dam/gauges.csv').rows.map(row => row.time_s), [0, 2, 4, 6]);
  assert.ok(!existsSync(at('dam/checkpoint.bin')));
});

test('rain on a closed basin is all there, and the balance is told', () => {
  put('storm.csv', 'time_s,mm_per_h\n0,60\n300,0\n600,30\n');
  run('rain', 'terrain: basin.asc\nduration: 1200\nrain: {file: storm.csv}\nboundaries: closed\noutput: {interval: 300, snapshots: false}\n');
  const { head, rows } = table('rain/volume.csv');
  assert.deepEqual(head, ['time_s', 'rain_m3', 'inflow_m3', 'outflow_m3', 'infiltrated_m3', 'stored_m3', 'error_m3']);
  const area = 40 * 30 * 4, expected = [0, 0.005, 0.005, 0.0075, 0.01].map(depth => depth * area);
  rows.forEach((row, i) => {
    assert.equal(row.time_s, i * 300);
    assert.ok(Math.abs(row.rain_m3 - expected[i]) < 1e-5 * area, `${row.time_s}: ${row.rain_m3}`);
    assert.ok(Math.abs(row.stored_m3 - row.rain_m3) < 1e-6 * area);
  });
  assert.ok(!existsSync(at('rain/snapshots')));
});

test('a design storm of Euler type II brings the depth of its table', () => {
  put('kostra.csv', 'duration_min;depth_mm\n5;10,0\n10;15,0\n20;21,0\n30;24,0\n60;30,0\n');
  run('euler', 'terrain: basin.asc\nduration: 3600\nrain: {euler2: {depths: kostra.csv, duration: 60}}\nboundaries: closed\noutput: {interval: 300, snapshots: false}\n', '--order', '1');
  const { rows } = table('euler/volume.csv');
  const falls = rows.slice(1).map((row, i) => (row.rain_m3 - rows[i].rain_m3) / 4800 * 1000);
  assert.ok(Math.abs(rows.at(-1).rain_m3 - 0.030 * 4800) < 1e-3);
  assert.ok(Math.abs(Math.max(...falls) - 10) < 1e-3 && falls.indexOf(Math.max(...falls)) === 3, falls.join(' '));
});

test('buildings stand in the way, lead their rain off, and tell how deep the water stood', () => {
  const summary = run('houses', `
terrain: town.asc
duration: 600
rain: 90
buildings: {file: houses.geojson, height: 5}
boundaries: closed
legend: ulm
damage: {value: 1000}
`);
  assert.equal(summary.buildings.all, 3);
  assert.match(summary.crs, /EPSG:25832/);
  assert.match(summary.warnings.join('\n'), /plane coordinates/);
  assert.match(summary.warnings.join('\n'), /1 of 3 hold the centre of no cell/);
  const { rows } = table('houses/volume.csv');
  assert.ok(Math.abs(rows.at(-1).rain_m3 - 60 * 40 * 0.015) < 1e-4); // roofs lose nothing
  assert.equal(valueAt('houses/max_depth.tif', 500025, 5600010), 0); // on the roof
  const { features } = JSON.parse(read('houses/buildings.geojson'));
  const [x, y] = features[0].geometry.coordinates[0][0];
  assert.ok(x > 8.9 && x < 9.1 && y > 50 && y < 51); // degrees, as GeoJSON has it
  for (const { properties: p } of features) {
    assert.ok(p.depth_max > 0 && p.depth_p90 > 0 && p.depth_p90 <= p.depth_max && p.speed_max >= 0, JSON.stringify(p));
    assert.ok(Math.abs(p.damage_eur - p.damage * p.area_m2 * 1000) <= p.area_m2 * 0.1 + 1);
    assert.equal(p.storeys, 2);
  }
});

test('GeoPackage, Shape, tiles, XYZ and land use by a table say the same as plain files', () => {
  execFileSync('ogr2ogr', ['-q', '-a_srs', 'EPSG:25832', at('houses.gpkg'), at('houses.geojson')]);
  execFileSync('ogr2ogr', ['-q', '-t_srs', 'EPSG:25833', '-s_srs', 'EPSG:25832', at('houses.shp'), at('houses.geojson')]);
  mkdirSync(at('tiles'));
  execFileSync('gdal_translate', ['-q', '-srcwin', '0', '0', '35', '40', at('town.asc'), at('tiles/west.tif')]);
  execFileSync('gdal_translate', ['-q', '-of', 'XYZ', '-srcwin', '35', '0', '25', '40', at('town.asc'), at('tiles/east.xyz')]);
  put('use.geojson', JSON.stringify({ type: 'FeatureCollection', features: [
    { type: 'Feature', properties: { use: 'meadow' }, geometry: { type: 'Polygon', coordinates: square(500000, 5600000, 20) } }] }));
  put('use.csv', 'use,n,conductivity_mm_per_h,suction_mm,deficit\nmeadow,0.1,20,100,0.3\nstreet,0.02,,,\n');
  const yaml = (terrain, houses) => `
terrain: ${terrain}
duration: 300
rain: 90
buildings: {file: ${houses}, height: 5}
roughness: {polygons: use.geojson, table: use.csv, default: 0.03}
infiltration: {polygons: use.geojson, table: use.csv}
boundaries: {all: closed, west: open}
`;
  const plain = run('plain', yaml('town.asc', 'houses.geojson'));
  const other = run('other', yaml('{file: tiles, crs: EPSG:25832}', 'houses.gpkg'));
  const shape = run('shape', yaml('town.asc', 'houses.shp'));
  assert.ok(plain.volume.infiltrated_m3 > 0 && plain.volume.outflow_m3 > 0);
  assert.deepEqual(readFileSync(at('other/final_depth.tif')), readFileSync(at('plain/final_depth.tif')));
  assert.ok(Math.abs(shape.volume.outflow_m3 - plain.volume.outflow_m3) < 1e-3 * plain.volume.outflow_m3);
  assert.match(shape.notes.join('\n'), /brought from EPSG:25833/);
  assert.equal(other.fingerprint.length, 64);
});

/** One RADOLAN product of the national grid: `mm` everywhere but where `none` is. */
function radolan(minute, tenths, none = false) {
  const head = `RW14${String(Math.floor(minute / 60)).padStart(2, '0')}${String(minute % 60).padStart(2, '0')}100000721BY1620130VS 3SW   2.21.0PR E-01INT  60GP 900x 900MS 58<asb,boo>\x03`;
  const pixels = Buffer.alloc(900 * 900 * 2);
  for (let i = 0; i < 900 * 900; i++) pixels.writeUInt16LE(none ? 0x29c4 : tenths, i * 2);
  return Buffer.concat([Buffer.from(head, 'latin1'), pixels]);
}

test('radar rain falls when and where the products say, and holes are refused', () => {
  mkdirSync(at('radar'));
  writeFileSync(at('radar/first'), radolan(50, 120)); // 00:50, 12 mm in the hour
  writeFileSync(at('radar/second'), radolan(110, 60));
  const yaml = 'terrain: town.asc\nduration: 5400\nrain: {radolan: radar}\nboundaries: closed\noutput: {interval: 1800, snapshots: false}\n';
  run('radar-run', yaml, '--order', '1');
  const falls = table('radar-run/volume.csv').rows.map(row => row.rain_m3 / 2400 * 1000);
  [0, 6, 12, 15].forEach((mm, i) => assert.ok(Math.abs(falls[i] - mm) < 1e-3, falls.join(' ')));
  writeFileSync(at('radar/second'), radolan(170, 60));
  assert.match(twin('run', 'radar-run.yaml', '--out', 'x').stderr, /gap.*00:50.*02:50/);
  writeFileSync(at('radar/second'), radolan(110, 0, true));
  assert.match(twin('run', 'radar-run.yaml', '--out', 'x').stderr, /no data over the terrain.*missing: 0/);
});

test('wrong input is refused with its place and a remedy, and nothing is written', () => {
  grid('hole.asc', 20, 20, 1, (x, y) => (x > 8 && x < 10 && y > 8 && y < 10 ? -9999 : 5));
  put('words.asc', 'ncols 2\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 1\n1 wet\n3 4\n');
  put('gaps.csv', 'time_s,mm_per_h\n0,10\n300,\n600,5\n');
  put('backwards.csv', 'time_s,mm_per_h\n0,10\n300,5\n200,5\n');
  put('nan.csv', 'time_s,mm_per_h\n0,NaN\n');
  execFileSync('gdal_translate', ['-q', '-a_srs', 'EPSG:4326', at('basin.asc'), at('degrees.tif')]);
  execFileSync('gdal_translate', ['-q', '-a_srs', 'EPSG:25833', at('town.asc'), at('n33.tif')]);
  put('negative.geojson', JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', properties: { n: -0.1 }, geometry: { type: 'Polygon', coordinates: square(500000, 5600000, 9) } }] }));
  const good = { terrain: 'town.asc', duration: '10' };
  const cases = [
    [{ terrain: 'missing.tif' }, /case\.yaml:1:.*terrain:.*missing\.tif.*no such file/],
    [{ terrain: 'hole.asc' }, /4 cells inside have no height, the first at 8\.500, 9\.500 \(row 11, column 9\).*fill: true/],
    [{ terrain: '[]' }, /list of rasters is empty/],
    [{ terrain: 'words.asc' }, /words\.asc:6:.*"wet" is no number/],
    [{ initial: '{level: 99999}' }, /would be 99899 m deep/],
    [{ boundaries: '{rim: {level: 1}}' }, /rim.*is open or closed/],
    [{ terrain: 'degrees.tif' }, /EPSG:4326.*gdalwarp/],
    [{ duration: '-5' }, /case\.yaml:2:.*duration: -5 s is negative/],
    [{ duration: '.nan' }, /duration: "\.nan" is no number/],
    [{ roughness: '-0.03' }, /case\.yaml:3:.*roughness: -0\.03 is negative/],
    [{ roughness: '{polygons: negative.geojson}' }, /roughness: -0\.1 of feature 0 is negative/],
    [{ roughness: '{raster: n33.tif}' }, /EPSG:25833.*EPSG:25832.*resample/],
    [{ rain: '{file: gaps.csv}' }, /gaps\.csv:3:.*mm_per_h is empty/],
    [{ rain: '{file: backwards.csv}' }, /backwards\.csv:4:.*200 s is not later/],
    [{ rain: '{file: nan.csv}' }, /nan\.csv:2:.*"NaN" is no number/],
    [{ rain: '-1' }, /rain: -1 mm\/h is negative/],
    [{ rane: '5' }, /there is no "rane"; did you mean "rain"/],
    [{ boundaries: '{north: opn}' }, /boundaries: north: "opn" is none of open, closed/],
    [{ gauges: '[{name: far, at: [1, 2]}]' }, /"far" at 1\.000, 2\.000 lies outside of the terrain, which spans west 500000/],
    [{ sources: '[{at: [1, 2], discharge: 3}]' }, /sources: one lies outside/],
    [{ sources: '[{at: [500010, 5600010]}]' }, /no discharge/],
    [{ initial: '{level: 101, depth: 1}' }, /either a level or a depth/],
    [{ infiltration: '{green_ampt: {conductivity: 10}}' }, /needs conductivity.*suction.*deficit/],
  ];
  for (const [change, message] of cases) {
    put('case.yaml', Object.entries({ ...good, ...change }).map(([key, value]) => `${key}: ${value}`).join('\n') + '\n');
    const result = twin('run', 'case.yaml', '--out', 'nothing');
    assert.equal(result.status, 1, `${JSON.stringify(change)}: ${result.stderr}`);
    assert.match(result.stderr, message);
  }
  assert.ok(!existsSync(at('nothing')));
  assert.equal(twin('run', 'case.yaml').status, 2);
  assert.equal(twin('run', 'case.yaml', '--out', 'x', '--order', '3').status, 2);
  run('filled', 'terrain: {file: hole.asc, fill: true}\nduration: 1\n');
});

// Large enough to be interrupted: rain on a rough plane.
grid('large.asc', 260, 260, 2, (x, y) => 20 + 0.004 * x + 0.3 * Math.sin(x / 20) * Math.cos(y / 15));
const long = 'terrain: large.asc\nduration: 1800\nrain: 80\nboundaries: open\noutput: {interval: 300, series: 10, snapshots: false, checkpoint: 0.1}\ngauges: [{name: middle, at: [260, 260]}]\n';
const started = (name, ...words) => spawn(program, ['twin', 'run', 'long.yaml', '--out', name, '--order', '1', '--threads', '1', '--progress', 'json', ...words], { cwd: folder });
const ended = child => new Promise(resolve => child.on('exit', (code, signal) => resolve({ code, signal })));

async function underWay(child, name) {
  let text = '';
  child.stderr.on('data', data => (text += data));
  while (child.exitCode === null && !(existsSync(at(`${name}/checkpoint.bin`)) && /"state":"running"/.test(text)))
    await new Promise(resolve => setTimeout(resolve, 20));
  assert.equal(child.exitCode, null, `it was over too soon: ${text}`);
  return () => text;
}

/** A run went on from its checkpoint and wrote what the other one did. */
function goesOnAs(whole, result, name) {
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stderr, /going on from the checkpoint at/);
  for (const file of ['final_depth.tif', 'final_u.tif', 'max_depth.tif', 'arrival.tif', 'gauges.csv', 'volume.csv'])
    assert.deepEqual(readFileSync(at(`${name}/${file}`)), readFileSync(at(`${whole}/${file}`)), `${name}/${file}`);
  assert.ok(!existsSync(at(`${name}/checkpoint.bin`)));
}

test('Ctrl-C leaves what there is; a killed run goes on; both end with the same bits', async () => {
  put('long.yaml', long);
  const whole = twin('run', 'long.yaml', '--out', 'whole', '--order', '1', '--threads', '2', '--progress', 'none', '--resume');
  assert.equal(whole.status, 0, whole.stderr);
  assert.match(whole.stdout, /steps, deepest/);

  const stopped = started('stopped');
  const text = await underWay(stopped, 'stopped');
  stopped.kill('SIGINT');
  assert.deepEqual(await ended(stopped), { code: 130, signal: null });
  assert.match(text(), /interrupted.*--resume/s);
  const summary = JSON.parse(read('stopped/summary.json'));
  assert.equal(summary.complete, false);
  assert.ok(summary.time_s > 0 && summary.time_s < 1800);
  assert.deepEqual(info('stopped/max_depth.tif').size, [260, 260]);
  assert.equal(twin('run', 'long.yaml', '--out', 'stopped', '--order', '2', '--resume').status, 1); // other options

  const killed = started('killed');
  await underWay(killed, 'killed');
  killed.kill('SIGKILL');
  await ended(killed);
  for (const name of ['stopped', 'killed'])
    goesOnAs('whole', twin('run', 'long.yaml', '--out', name, '--order', '1', '--resume', '--progress', 'line'), name);
  assert.match(twin('run', 'long.yaml', '--out', 'whole', '--order', '1', '--resume').stderr, /complete already/);
});

test('a killed run in double precision goes on to the same bits', async () => {
  assert.equal(twin('run', 'long.yaml', '--out', 'double', '--order', '1', '--double', '--threads', '2', '--progress', 'none').status, 0);
  const killed = started('double-killed', '--double');
  await underWay(killed, 'double-killed');
  killed.kill('SIGKILL');
  await ended(killed);
  goesOnAs('double', twin('run', 'long.yaml', '--out', 'double-killed', '--order', '1', '--double', '--resume', '--progress', 'line'), 'double-killed');
});

const parallel = new URL('../../build/rathaus-mpi', import.meta.url).pathname;
const without = !existsSync(parallel) || spawnSync('mpirun', ['--version']).status !== 0;
const RANKS = ['-n', '2', '--oversubscribe', '--mca', 'mpi_yield_when_idle', '1', '--mca', 'btl', 'self,vader', parallel, 'twin', 'run'];
const alone = () => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OMP|GOMP)_/.test(name))),
  OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' });

test('one of two processes is killed: they go on, together or one alone, to the same bits', { skip: without && 'no rathaus-mpi' }, async () => {
  const words = ['long.yaml', '--order', '1', '--threads', '1', '--out'];
  const ranks = spawn('mpirun', [...RANKS, ...words, 'ranks-killed', '--progress', 'json'], { cwd: folder, env: alone() });
  await underWay(ranks, 'ranks-killed');
  const [, second] = execFileSync('pgrep', ['-P', `${ranks.pid}`], { encoding: 'utf8' }).trim().split('\n').map(Number);
  process.kill(second, 'SIGKILL');
  assert.notEqual((await ended(ranks)).code, 0);
  execFileSync('cp', ['-r', at('ranks-killed'), at('ranks-alone')]);
  goesOnAs('whole', spawnSync('mpirun', [...RANKS, ...words, 'ranks-killed', '--resume', '--progress', 'line'],
    { cwd: folder, encoding: 'utf8', timeout: 120000, env: alone() }), 'ranks-killed');
  goesOnAs('whole', twin('run', ...words, 'ranks-alone', '--resume', '--progress', 'line'), 'ranks-alone');
});

test('what is said about houses is written anew, and a checkpoint of another version is told from one of another scenario', () => {
  const yaml = value => `title: A\nterrain: town.asc\nduration: 20\nrain: 90\nbuildings: houses.geojson\n${value}`;
  run('told', yaml('damage: {value: 100}\n'));
  put('told.yaml', yaml('damage: {value: 300}\n'));
  const again = twin('run', 'told.yaml', '--out', 'told', '--resume');
  assert.equal(again.status, 0, again.stderr);
  assert.doesNotMatch(again.stderr, /complete already/);
  assert.match(twin('run', 'told.yaml', '--out', 'told', '--resume').stderr, /complete already/);

  const checkpoint = (version, magic = 'RHTWIN2') => {
    const bytes = Buffer.alloc(4096);
    bytes.write(magic, 0);
    bytes.write(version, 8);
    rmSync(at('told/summary.json'), { force: true });
    writeFileSync(at('told/checkpoint.bin'), bytes);
  };
  checkpoint('0.0.7');
  const old = twin('run', 'told.yaml', '--out', 'told', '--resume', '--progress', 'none');
  assert.equal(old.status, 1);
  assert.match(old.stderr, /version 0\.0\.7 of the program has written it.*--resume=or-anew/s);
  checkpoint('', 'RHTWIN1');
  const anew = twin('run', 'told.yaml', '--out', 'told', '--resume=or-anew', '--progress', 'line');
  assert.equal(anew.status, 0, anew.stderr);
  assert.match(anew.stderr, /starting from the beginning: .*version/);
  assert.equal(JSON.parse(read('told/summary.json')).complete, true);
  assert.equal(twin('run', 'told.yaml', '--out', 'told', '--resume=perhaps').status, 2);
});

test('a side behind houses and inlets inside of houses are told', () => {
  put('behind.geojson', JSON.stringify({ type: 'FeatureCollection', features: [house('row', -2, -2, 45)] }));
  put('side.yaml', 'terrain: town.asc\nduration: 20\nbuildings: behind.geojson\nboundaries: {west: {discharge: 1}}\n');
  const side = twin('run', 'side.yaml', '--out', 'side');
  assert.equal(side.status, 1);
  assert.match(side.stderr, /side\.yaml:4.*no free cell of the west side/s);
  const points = [[500024, 5600010], [500002, 5600002]];
  put('gully.geojson', JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', properties: { q: 2 }, geometry: { type: 'MultiPoint', coordinates: points } }] }));
  const summary = run('gully', 'terrain: town.asc\nduration: 100\nbuildings: houses.geojson\ninitial: {depth: 0.1}\ninlets: {file: gully.geojson, field: q}\n');
  assert.ok(summary.warnings.some(text => /inlets: 1 of 2 lie inside of buildings/.test(text)), summary.warnings.join());
  assert.ok(summary.volume.outflow_m3 <= 0.2 + 1e-6, 'two litres a second in all');
});

/** As a disk that is full: no file grows beyond `kilobytes`. */
const cramped = (kilobytes, ...words) => spawnSync('sh', ['-c', `trap '' XFSZ; ulimit -f ${kilobytes * 2}; exec "$@"`, 'sh', program, ...words], { cwd: folder, encoding: 'utf8' });

test('a full disk is told, and no broken file is left', () => {
  put('full.yaml', 'terrain: large.asc\nduration: 30\nrain: 80\noutput: {interval: 10}\n');
  const result = cramped(24, 'twin', 'run', 'full.yaml', '--out', 'disk/out', '--order', '1');
  assert.equal(result.status, 1, result.stderr);
  assert.match(result.stderr, /disk\/out\/.*File too large/);
  const files = execFileSync('find', [at('disk'), '-type', 'f'], { encoding: 'utf8' }).trim().split('\n').filter(Boolean);
  for (const file of files) {
    assert.match(file, /\.(tif|csv)$/);
    if (file.endsWith('.tif')) execFileSync('gdalinfo', ['-checksum', '--config', 'GDAL_PAM_ENABLED', 'NO', file]);
  }
});

test('a map that does not fit on the disk leaves the one that is there', () => {
  const streets = Array.from({ length: 3000 }, (_, i) => ({ type: 'Feature', properties: { kind: 'street', name: `Weg ${i * 7919 % 3001}` },
    geometry: { type: 'LineString', coordinates: [[11 + (i % 60) / 500, 48 + i / 40000], [11.001 + (i * 13 % 60) / 500, 48.002 + i / 30000]] } }));
  put('streets.geojson', JSON.stringify({ type: 'FeatureCollection', features: streets }));
  put('stadt.mbtiles', 'the map of before');
  const result = cramped(256, 'map', 'road=streets.geojson', '--out', 'stadt.mbtiles');
  assert.equal(result.status, 1, result.stderr);
  assert.match(result.stderr, /cannot be written/);
  assert.equal(read('stadt.mbtiles'), 'the map of before');
  assert.deepEqual(readdirSync(folder).filter(name => /\.new\.mbtiles/.test(name)), []);
});

test('water that comes late or is too much is computed or refused, never lost', () => {
  grid('flat.asc', 60, 10, 5, () => 0);
  put('late.csv', 'time_s,level_m\n0,-1\n610,-1\n611,2\n');
  const late = run('late', 'terrain: flat.asc\nduration: 700\nboundaries: {west: {level: late.csv}}\noutput: {interval: 700, snapshots: false}\n', '--order', '1');
  assert.ok(late.max_depth_m > 1 && late.max_depth_m < 3, `${late.max_depth_m}`);
  put('flood.yaml', 'terrain: flat.asc\nduration: 600\nboundaries: {west: {discharge: 2000}}\n');
  const flood = twin('run', 'flood.yaml', '--out', 'flood', '--progress', 'none');
  assert.equal(flood.status, 1);
  assert.match(flood.stderr, /deeper than 32 m at .* \(row \d+, column \d+\)/);
  assert.ok(!existsSync(at('flood/summary.json')));
});

test('mpirun computes the same with two processes, with nothing set in the environment', { skip: without && 'no rathaus-mpi' }, () => {
  put('ranks.yaml', 'terrain: town.asc\nduration: 120\nrain: 80\nbuildings: houses.geojson\nboundaries: {all: open, west: {discharge: 2}}\ngauges: [{name: a, at: [500040, 5600020]}]\noutput: {interval: 60}\n');
  assert.equal(twin('run', 'ranks.yaml', '--out', 'one', '--progress', 'none').status, 0);
  const result = spawnSync('mpirun', [...RANKS, 'ranks.yaml', '--out', 'two', '--threads', '1', '--progress', 'none'],
    { cwd: folder, encoding: 'utf8', timeout: 60000, env: alone() });
  assert.equal(result.status, 0, result.stderr);
  for (const name of ['max_depth.tif', 'max_speed.tif', 'final_u.tif', 'snapshots/depth_00000060.tif', 'gauges.csv', 'buildings.geojson'])
    assert.deepEqual(readFileSync(at(`two/${name}`)), readFileSync(at(`one/${name}`)), name);
});

test('check tells what a run would be; compare tells what a wall changed', () => {
  const yaml = walls => `terrain: town.asc\nduration: 300\nrain: 90\nbuildings: {file: ${walls}, height: 5}\nboundaries: {all: closed, west: open}\n`;
  put('wall.geojson', JSON.stringify({ type: 'FeatureCollection', features: [...JSON.parse(read('houses.geojson')).features, house('wall', 10, 12, 6)] }));
  run('before', yaml('houses.geojson'));
  run('behind', yaml('wall.geojson'));
  const check = JSON.parse(twin('check', 'before.yaml', '--json').stdout);
  assert.equal(check.cells, 2400);
  assert.ok(check.memory_bytes > 0 && check.seconds > 0);
  const result = twin('compare', 'before', 'behind', '--out', 'change', '--json');
  assert.equal(result.status, 0, result.stderr);
  const summary = JSON.parse(result.stdout);
  assert.equal(summary.buildings, 3);
  assert.ok(summary.max_depth_highest > 0 && summary.max_depth_more_m2 > 0);
  assert.deepEqual(info('change/difference_max_depth.tif').size, [60, 40]);
  const tiles = twin('tiles', 'behind', '--before', 'before', '--out', 'maps', '--json');
  assert.equal(tiles.status, 0, tiles.stderr);
  assert.deepEqual(JSON.parse(tiles.stdout), JSON.parse(read('maps/tiles.json')));
  assert.deepEqual(JSON.parse(tiles.stdout).layers, ['tiefe', 'tempo', 'unterschied']);
  assert.ok(JSON.parse(read('change/buildings.geojson')).features.every(f => 'depth_max_change' in f.properties));
});

test('inputs are left as they were: nothing is written beside them', () => {
  assert.deepEqual(readdirSync(folder).filter(name => /\.(aux\.xml|gfs|shm|wal|journal|ovr)$|-(shm|wal|journal)$/.test(name)), []);
});
