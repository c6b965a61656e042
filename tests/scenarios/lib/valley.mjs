// SPDX-License-Identifier: EUPL-1.2
// A small city model for tests of the twin's pages.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// A valley of 80 by 60 cells that falls to the east, with a hollow in which a house stands.
const WEST = 566000, SOUTH = 5712000, CELL = 5, COLUMNS = 80, ROWS = 60;
const height = (x, y) => 100 - x / 100 + Math.abs(y - 150) / 60 - 2 * Math.exp(-(((x - 250) / 30) ** 2) - ((y - 150) / 30) ** 2);
const house = (id, street, number, x, y) => ({
  type: 'Feature', properties: { id, street, number },
  geometry: { type: 'Polygon', coordinates: [[[0, 0], [20, 0], [20, 15], [0, 15], [0, 0]].map(([dx, dy]) => [WEST + x + dx, SOUTH + y + dy])] },
});

export function writeModel(folder) {
  mkdirSync(folder, { recursive: true });
  const put = (name, text) => writeFileSync(join(folder, name), text);
  const rows = Array.from({ length: ROWS }, (_, row) => Array.from({ length: COLUMNS }, (__, column) =>
    height((column + 0.5) * CELL, (ROWS - row - 0.5) * CELL).toFixed(3)).join(' '));
  put('terrain.asc', [`ncols ${COLUMNS}`, `nrows ${ROWS}`, `xllcorner ${WEST}`, `yllcorner ${SOUTH}`, `cellsize ${CELL}`, 'NODATA_value -9999', ...rows, ''].join('\n'));
  put('houses.geojson', JSON.stringify({
    type: 'FeatureCollection', crs: { type: 'name', properties: { name: 'EPSG:25832' } },
    features: [house('a', 'Talstraße', '12', 240, 145), house('b', 'Talstraße', '1', 100, 280), house('c', 'Bergweg', '3 a', 60, 20)],
  }));
  put('kostra.csv', 'duration_min,T1,T2,T5,T10,T20,T30,T50,T100\n5,5,6,8,10,12,13,15,18\n60,15,20,26,31,37,40,44,50\n120,18,24,31,37,44,48,53,60\n');
  put('stadt.yaml', 'terrain: {file: terrain.asc, crs: "EPSG:25832"}\nroughness: 0.03\nbuildings: {file: houses.geojson, height: 6}\nboundaries: open\ndamage: {value: 1000}\ngauges: [{name: Senke, at: [566275, 5712150]}, {name: Hang, at: [566100, 5712020]}]\n');
  put('model.yaml', 'title: Tal\nscenario: stadt.yaml\nkostra: kostra.csv\naddresses: {street: street, number: number}\n');
}
