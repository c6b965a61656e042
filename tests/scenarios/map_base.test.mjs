// SPDX-License-Identifier: EUPL-1.2
// rathaus map base: a little town of OpenStreetMap becomes the ground of all maps, whole or not at all.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program, startTown } from './lib/town.mjs';

let town, folder, extract, geo;
const base = (file, { tenant = 'musterstadt', env = {} } = {}) => spawnSync(program, ['map', 'base', file, '--tenant', tenant, '--data', town.dataDir], { encoding: 'utf8', env: { ...process.env, ...env } });

const tags = map => Object.entries(map).map(([k, v]) => `<tag k="${k}" v="${v}"/>`).join('');
const way = (id, nodes, map) => `<way id="${id}" version="1">${nodes.map(ref => `<nd ref="${ref}"/>`).join('')}${tags(map)}</way>`;

/** An extract with a street, a wood, a house, a river, a border and the town's name. */
function write(name, { street = 'Talstraße' } = {}) {
  const points = [[9.96, 51.56], [9.97, 51.56], [9.97, 51.565], [9.96, 51.565], [9.961, 51.561], [9.9612, 51.561], [9.9612, 51.5612], [9.961, 51.5612]];
  const osm = `<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">${points.map(([lon, lat], i) => `<node id="${i + 1}" version="1" lat="${lat}" lon="${lon}"/>`).join('')}
    <node id="9" version="1" lat="51.562" lon="9.965">${tags({ place: 'town', name: 'Musterstadt' })}</node>
    ${way(1, [1, 2], { highway: 'residential', name: street })}${way(2, [1, 2, 3, 4, 1], { landuse: 'forest' })}${way(3, [5, 6, 7, 8, 5], { building: 'house' })}
    ${way(4, [2, 3], { waterway: 'river', name: 'Muster' })}${way(5, [3, 4], {})}
    <relation id="1" version="1"><member type="way" ref="5" role="outer"/>${tags({ type: 'boundary', boundary: 'administrative', admin_level: '8' })}</relation></osm>`;
  writeFileSync(join(folder, `${name}.osm`), osm);
  execFileSync('osmium', ['cat', join(folder, `${name}.osm`), '-o', join(folder, `${name}.osm.pbf`), '--overwrite']);
  return join(folder, `${name}.osm.pbf`);
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'base-'));
  town = await startTown();
  geo = join(town.dataDir, 'tenants/musterstadt/geo');
  extract = write('town');
});
after(async () => {
  await town.stop();
  rmSync(folder, { recursive: true });
});

/** The tile of the town's middle at zoom 14. */
function tileOf([lon, lat], z = 14) {
  const lat1 = lat * Math.PI / 180;
  return `${z}/${Math.floor((lon + 180) / 360 * 2 ** z)}/${Math.floor((1 - Math.log(Math.tan(lat1) + 1 / Math.cos(lat1)) / Math.PI) / 2 * 2 ** z)}`;
}

test('before there is one, maps stay as they are; then it lies under them and names its makers', async () => {
  const visitor = town.visitor();
  assert.equal((await visitor.get('/karte/grund')).status, 404);
  assert.doesNotMatch((await visitor.get('/stadtdaten/orte')).text, /karte\/grund/);
  const made = base(extract);
  assert.equal(made.status, 0, made.stderr);
  const json = (await visitor.get('/karte/grund')).json();
  assert.equal(json.attribution, '© OpenStreetMap-Mitwirkende');
  assert.deepEqual(json.vector_layers.map(layer => layer.id), ['land', 'water', 'boundary', 'road', 'building', 'place']);
  assert.match((await visitor.get('/stadtdaten/orte')).text, /data-tiles="\/karte\/grund"/);
  const tile = await visitor.get(`/karte/grund/${tileOf([9.9605, 51.5605])}`);
  assert.equal(tile.headers['content-type'], 'application/vnd.mapbox-vector-tile');
  assert.equal(tile.headers['content-encoding'], 'gzip');
  assert.equal((await visitor.get('/karte/grund/14/1/1')).status, 204);
  assert.equal((await visitor.get('/karte/grund/14/x/1')).status, 404);
  assert.deepEqual(readdirSync(geo).filter(name => name.startsWith('grund')), ['grund.mbtiles']);
});

test('its layers have the kinds and names that the style draws', () => {
  const text = execFileSync('ogrinfo', ['-q', '-al', join(geo, 'grund.mbtiles')], { encoding: 'utf8' });
  for (const layer of ['land', 'water', 'boundary', 'road', 'building', 'place']) assert.match(text, new RegExp(`Layer name: ${layer}`));
  for (const value of ['kind (String) = wood', 'kind (String) = river', 'kind (String) = minor', 'kind (String) = town', 'name (String) = Talstraße', 'level (Real) = 8']) assert.ok(text.includes(value), value);
});

test('a new one takes its place at once, and what is wrong changes nothing', async () => {
  const before = readFileSync(join(geo, 'grund.mbtiles'));
  const plain = join(folder, 'town.osm');
  for (const [file, options, words] of [
    [plain, {}, /no extract of OpenStreetMap in the format PBF/],
    [join(folder, 'missing.osm.pbf'), {}, /missing\.osm\.pbf/],
    [extract, { tenant: 'niemand' }, /no tenant "niemand"/],
    [extract, { tenant: '../x' }, /no tenant/],
    [extract, { env: { PATH: '/nowhere' } }, /tilemaker cannot be started/],
  ]) {
    const refused = base(file, options);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, words);
  }
  writeFileSync(plain, '<osm version="0.6"><node id="1" version="1" lat="51" lon="9"/></osm>');
  execFileSync('osmium', ['cat', plain, '-o', join(folder, 'empty.osm.pbf')]);
  assert.match(base(join(folder, 'empty.osm.pbf')).stderr, /holds nothing that the map shows/);
  const torn = join(folder, 'torn.osm.pbf');
  writeFileSync(torn, readFileSync(extract).subarray(0, 120));
  const refused = base(torn);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /tilemaker/);
  assert.ok(readFileSync(join(geo, 'grund.mbtiles')).equals(before));
  assert.deepEqual(readdirSync(geo).filter(name => name.startsWith('grund')), ['grund.mbtiles']);
  const version = (await town.visitor().get('/karte/grund')).json().tiles[0];
  assert.equal(base(write('other', { street: 'Neue Straße' })).status, 0);
  assert.notEqual((await town.visitor().get('/karte/grund')).json().tiles[0], version);
  assert.equal(spawnSync(program, ['map', 'base', '--help'], { encoding: 'utf8' }).status, 0);
  assert.equal(spawnSync(program, ['map', 'base', extract], { encoding: 'utf8' }).status, 2);
});
