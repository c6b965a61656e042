// SPDX-License-Identifier: EUPL-1.2
// rathaus map: the map of a town from files of shapes; GDAL's own program reads it again.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.env.RATHAUS ?? new URL('../../build/rathaus', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'rathaus-map-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = name => join(folder, name);
const map = (...words) => spawnSync(program, ['map', ...words], { cwd: folder, encoding: 'utf8' });
const put = (name, features) => writeFileSync(at(name), JSON.stringify({ type: 'FeatureCollection', features }));
const shape = (properties, type, coordinates) => ({ type: 'Feature', properties, geometry: { type, coordinates } });
const square = (x, y, size) => [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]];

put('streets.geojson', [shape({ kind: 'main', name: 'Hauptstraße' }, 'LineString', [[13, 51], [13.02, 51.01]]), shape({ kind: 'path' }, 'LineString', [[13.01, 51], [13.01, 51.01]])]);
put('use.geojson', [shape({ use: 'forest' }, 'Polygon', square(13, 51, 0.01)), shape({ use: 'lake' }, 'Polygon', square(13.01, 51, 0.005))]);

test('streets and woods become layers that GDAL reads, with their kinds and names', () => {
  const made = map('road=streets.geojson', 'land=use.geojson:use=forest>wood', 'water=use.geojson:use=lake', '--out', 'town.mbtiles', '--name', 'Musterstadt');
  assert.equal(made.status, 0, made.stderr);
  const text = execFileSync('ogrinfo', ['-q', '-al', at('town.mbtiles')], { encoding: 'utf8' });
  for (const layer of ['road', 'land', 'water']) assert.match(text, new RegExp(`Layer name: ${layer}`));
  assert.match(text, /kind \(String\) = wood/);
  assert.match(text, /name \(String\) = Hauptstraße/);
  assert.doesNotMatch(text, /forest/);
});

test('what is wrong is told, and leaves no file', () => {
  assert.equal(map('--help').status, 0);
  assert.equal(map('road=streets.geojson').status, 2); // no --out
  assert.match(map('cellar=streets.geojson', '--out', 'x.mbtiles').stderr, /"cellar=streets\.geojson" is not LAYER=FILE/);
  const missing = map('road=nowhere.geojson', '--out', 'x.mbtiles');
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /nowhere\.geojson/);
  assert.ok(!existsSync(at('x.mbtiles')));
});
