// SPDX-License-Identifier: EUPL-1.2
// OGC API - Features: what opengeospatial/ets-ogcapi-features10 asserts of a server (core, oas30,
// geojson, and Part 2's reference systems), restated.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { VectorTile } from '@mapbox/vector-tile'; // with maplibre-gl
import { PbfReader } from 'pbf';
import { point, staClient, weatherStation } from './lib/sta.mjs';
import { program, startTown } from './lib/town.mjs';

const CRS84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84';
const epsg = code => `http://www.opengis.net/def/crs/EPSG/0/${code}`;
const BENCHES = 25;

let town, sta, station;
before(async () => {
  town = await startTown();
  await town.restart({ meanwhile: () => {
    for (const [name, access] of [['orte', 'public'], ['geheim', 'internal'], ['leer', 'public']])
      assert.equal(spawnSync(program, ['city', 'dataset', name, '--title', `Satz ${name}`, '--access', access, '--tenant', 'musterstadt', '--data', town.dataDir]).status, 0);
  } });
  sta = await staClient(town);
  const bench = i => ({ type: 'Feature', id: `bank-${i}`, geometry: point(9 + i / 100, 51), properties: { name: `Bank ${i}`, lehne: i % 2 === 0, sitze: i % 3 + 2 } });
  const features = Array.from({ length: BENCHES }, (_, i) => bench(i));
  const square = { type: 'Polygon', coordinates: [[[9.5, 51.5], [9.6, 51.5], [9.6, 51.6], [9.5, 51.5]]] };
  for (const [dataset, list] of [['orte', [...features, { type: 'Feature', id: 'park', geometry: square, properties: { name: 'Park' } }]], ['geheim', [bench(99)]]]) {
    const sent = await town.visitor().request('POST', `/api/v1/city/datasets/${dataset}/import`, {
      body: JSON.stringify({ type: 'FeatureCollection', features: list }), headers: { authorization: `Bearer ${sta.key}`, 'content-type': 'application/geo+json' } });
    assert.equal(sent.status, 200, sent.text);
  }
  const made = await town.visitor().request('POST', '/sta/datasets/orte/v1.1/Things', {
    body: JSON.stringify(weatherStation('Mast', 9.3, 51)), headers: { authorization: `Bearer ${sta.key}`, 'content-type': 'application/json' } });
  station = Number(made.headers.location.match(/Things\((\d+)\)/)[1]);
  const [stream] = (await sta.get(`/Things(${station})/Datastreams`)).value;
  for (const [hour, result] of [['08', 4.5], ['10', 6]])
    await sta.post(`/Datastreams(${stream['@iot.id']})/Observations`, { phenomenonTime: `2027-03-01T${hour}:00:00Z`, result });
});
after(() => town.stop());

const ask = (path, headers = {}) => town.visitor().request('GET', `/ogc/v1${path}`, { headers });
async function get(path, headers) {
  const answer = await ask(path, headers);
  assert.equal(answer.status, 200, `${path}: ${answer.text}`);
  return answer.json();
}
const items = async (query = '', collection = 'orte') => get(`/collections/${collection}/items?limit=1000${query}`);
const names = page => page.features.map(feature => feature.properties.name);
const linkOf = (json, rel) => json.links.find(link => link.rel === rel);
const pathOf = link => { const url = new URL(link.href); return url.pathname.replace(/^.*\/ogc\/v1/, '') + url.search; };

async function refused(path, status = 400) {
  const answer = await ask(path);
  assert.equal(answer.status, status, `${path}: ${answer.text}`);
  assert.match(answer.headers['content-type'], /^application\/problem\+json/);
  const { code, description } = answer.json();
  assert.equal(code, String(status));
  assert.ok(description);
  return description;
}

test('the landing page leads to everything, and each address is there', async () => {
  const landing = await get('');
  const types = { 'service-desc': 'application/vnd.oai.openapi+json;version=3.0', conformance: 'application/json', data: 'application/json', self: 'application/json' };
  for (const [rel, type] of Object.entries(types)) {
    const link = linkOf(landing, rel);
    assert.equal(link.type, type, rel);
    const answer = await ask(pathOf(link));
    assert.equal(answer.status, 200, rel);
    assert.equal(answer.headers['content-type'], type);
  }
});

test('the conformance classes are told', async () => {
  const { conformsTo } = await get('/conformance');
  for (const name of ['features-1/1.0/conf/core', 'features-1/1.0/conf/oas30', 'features-1/1.0/conf/geojson', 'features-2/1.0/conf/crs'])
    assert.ok(conformsTo.includes(`http://www.opengis.net/spec/ogcapi-${name}`), name);
});

test('the description is OpenAPI 3.0, and all that it refers to is there', async () => {
  const api = await get('/api');
  assert.match(api.openapi, /^3\.0\./);
  for (const path of ['/', '/conformance', '/collections', '/collections/{collectionId}', '/collections/{collectionId}/items', '/collections/{collectionId}/items/{featureId}'])
    assert.ok(api.paths[path].get.responses['200'], path);
  const at = reference => reference.slice(2).split('/').reduce((node, key) => node?.[key], api);
  for (const [, reference] of JSON.stringify(api).matchAll(/"\$ref":"([^"]+)"/g)) assert.ok(at(reference), reference);
  const limit = api.components.parameters.limit.schema;
  assert.deepEqual([limit.type, limit.minimum, limit.maximum, limit.default], ['integer', 1, 10000, 10]);
  for (const { name, style, explode } of ['bbox', 'limit', 'datetime'].map(name => api.components.parameters[name]))
    assert.deepEqual([style, explode], ['form', false], name);
  assert.equal(api.components.parameters.bbox.schema.type, 'array');
  // What names a parameter in its path has it among its parameters.
  for (const [path, { get: operation }] of Object.entries(api.paths)) {
    const parameters = operation.parameters.map(({ $ref }) => at($ref));
    for (const [, name] of path.matchAll(/\{(\w+)\}/g)) assert.ok(parameters.some(parameter => parameter.name === name && parameter.in === 'path' && parameter.required), path);
  }
});

test('collections have links, reference systems and an extent that holds their features', async () => {
  const all = await get('/collections');
  assert.ok(linkOf(all, 'self'));
  const ids = all.collections.map(collection => collection.id);
  assert.ok(ids.includes('orte'));
  assert.ok(!ids.includes('leer'), 'a dataset without places is none');
  for (const listed of all.collections) {
    const one = await get(`/collections/${listed.id}`);
    assert.deepEqual(one.links, listed.links);
    assert.deepEqual(one.crs, [CRS84, ...[4326, 25832, 25833, 3857].map(epsg)]);
    assert.equal(one.storageCrs, CRS84);
    assert.equal(linkOf(one, 'items').type, 'application/geo+json');
    assert.ok(linkOf(one, 'license').href.startsWith('http'));
    const page = await get(pathOf(linkOf(one, 'items')));
    assert.ok(page.features.length > 0, listed.id);
  }
  const { extent } = await get('/collections/orte');
  assert.deepEqual(extent.spatial, { bbox: [[9, 51, 9.6, 51.6]], crs: CRS84 });
  assert.deepEqual(extent.temporal.interval, [['2027-03-01T08:00:00.000Z', '2027-03-01T10:00:00.000Z']]);
});

test('a page has ten features unless it is asked for others', async () => {
  const answer = await ask('/collections/orte/items');
  assert.equal(answer.headers['content-type'], 'application/geo+json');
  const page = answer.json();
  assert.equal(page.type, 'FeatureCollection');
  assert.deepEqual([page.numberReturned, page.features.length, page.numberMatched], [10, 10, BENCHES + 2]);
  assert.ok(Math.abs(new Date(page.timeStamp) - Date.now()) < 3600e3);
  assert.ok(linkOf(page, 'self') && linkOf(page, 'next') && linkOf(page, 'collection'));
  assert.equal((await get('/collections/orte/items?limit=3')).features.length, 3);
  const most = await get('/collections/orte/items?limit=99999');
  assert.equal(most.features.length, BENCHES + 2, 'more than the greatest limit is the greatest limit');
  assert.equal(linkOf(most, 'next'), undefined);
  for (const limit of ['0', '-1', 'zehn', '', '1.5']) await refused(`/collections/orte/items?limit=${limit}`);
});

test('the pages have each feature once, with all that was asked', async () => {
  const seen = [];
  let path = '/collections/orte/items?limit=4&bbox=9,50,9.2,51.2';
  for (let pages = 0; path; pages++) {
    assert.ok(pages < 20);
    const page = await get(path);
    assert.equal(page.numberMatched, 21);
    seen.push(...names(page));
    path = linkOf(page, 'next') && pathOf(linkOf(page, 'next'));
  }
  assert.deepEqual(seen, Array.from({ length: 21 }, (_, i) => `Bank ${i}`));
});

test('a box takes what lies inside and on its edge', async () => {
  assert.deepEqual(names(await items('&bbox=9,51,9.02,51')), ['Bank 0', 'Bank 1', 'Bank 2']);
  assert.deepEqual(names(await items('&bbox=9.005,50,9.015,52')), ['Bank 1']);
  assert.deepEqual(names(await items('&bbox=9.005,50,-10,9.015,52,10')), ['Bank 1']);
  assert.deepEqual((await items('&bbox=0,0,1,1')).features, []);
  // The polygon's rectangle is met, the triangle is not.
  assert.deepEqual(names(await items('&bbox=9.51,51.58,9.52,51.59')), []);
  assert.deepEqual(names(await items('&bbox=9.58,51.51,9.59,51.52')), ['Park']);
  // Over the antimeridian to the east of the town.
  assert.deepEqual(names(await items('&bbox=9.59,50,-170,52')), ['Park']);
  for (const bbox of ['1,2,3', '1,2,3,4,5', 'a,b,c,d', '9,52,10,51', '']) await refused(`/collections/orte/items?bbox=${bbox}`);
});

test('a time takes what measured then, and what has no time', async () => {
  const with_ = async datetime => names(await items(`&datetime=${datetime}&bbox=9.29,50,9.31,52`));
  for (const datetime of ['2027-03-01T09:00:00Z', '2027-03-01T08:00:00Z', '2027-03-01', '2027-03-01T10:00:00Z/2027-03-05T00:00:00Z', '../2027-03-01T08:00:00Z', '2027-03-01T10:00:00Z/..', '/2027-03-02T00:00:00Z'])
    assert.deepEqual(await with_(datetime), ['Mast'], datetime);
  for (const datetime of ['2027-03-01T07:59:59Z', '2027-03-01T10:00:01Z/..', '../2027-02-01T00:00:00Z', '2028-01-01'])
    assert.deepEqual(await with_(datetime), [], datetime);
  assert.equal((await items('&datetime=1999-01-01T00:00:00Z')).numberMatched, BENCHES + 1, 'places have no time');
  for (const datetime of ['gestern', '../..', '2027-03-02T00:00:00Z/2027-03-01T00:00:00Z', '']) await refused(`/collections/orte/items?datetime=${datetime}`);
});

test('properties filter; what is no property is no parameter', async () => {
  assert.deepEqual(names(await items('&name=Bank%207')), ['Bank 7']);
  assert.deepEqual(names(await items('&lehne=true&sitze=2')), ['Bank 0', 'Bank 6', 'Bank 12', 'Bank 18', 'Bank 24']);
  assert.deepEqual(names(await items('&adresse.ort=Musterstadt')), ['Mast']);
  assert.match(await refused('/collections/orte/items?gibtesnicht=1'), /gibtesnicht/);
  for (const path of ['', '/conformance', '/api', '/collections', '/collections/orte', `/collections/orte/items/${station}`]) {
    await refused(`${path}?unbekannt=1`);
    assert.equal((await ask(`${path}?f=json`)).status, 200, path);
  }
});

test('a feature tells what it measures now, and its links', async () => {
  const feature = await get(`/collections/orte/items/${station}`);
  assert.deepEqual([feature.type, feature.id, feature.geometry], ['Feature', station, point(9.3, 51)]);
  assert.deepEqual(feature.properties, { dach: true, hoehe: 12, 'adresse.ort': 'Musterstadt', name: 'Mast', description: 'Wetterstation',
    values: { 'Lufttemperatur Mast': { value: 6, unit: '°C', time: '2027-03-01T10:00:00Z' } } });
  assert.deepEqual(feature.links.map(link => link.rel), ['self', 'alternate', 'collection']);
  assert.deepEqual(await get(pathOf(linkOf(feature, 'self'))), feature);
  const [listed] = (await items('&name=Mast')).features;
  delete feature.links;
  assert.deepEqual(listed, feature);
  for (const path of ['/collections/gibtesnicht', '/collections/gibtesnicht/items', '/collections/leer', '/collections/orte/items/999999', '/collections/orte/items/eins'])
    await refused(path, 404);
  assert.equal((await ask('/gibtesnicht')).status, 404);
});

test('reference systems: asked for by their address, told in a header, axes in their order', async () => {
  const mast = async (query = '') => {
    const answer = await ask(`/collections/orte/items?name=Mast${query}`);
    assert.equal(answer.status, 200, answer.text);
    return [answer.headers['content-crs'], answer.json().features[0]?.geometry.coordinates];
  };
  assert.deepEqual(await mast(), [`<${CRS84}>`, [9.3, 51]]);
  assert.deepEqual(await mast(`&crs=${CRS84}`), [`<${CRS84}>`, [9.3, 51]]);
  assert.deepEqual(await mast(`&crs=${epsg(4326)}`), [`<${epsg(4326)}>`, [51, 9.3]]);
  const [header, [east, north]] = await mast(`&crs=${epsg(25832)}`);
  assert.equal(header, `<${epsg(25832)}>`);
  assert.ok(Math.abs(east - 521051) < 30 && Math.abs(north - 5650000) < 400, `${east} ${north}`);
  const [, [x, y]] = await mast(`&crs=${epsg(3857)}`);
  assert.ok(Math.abs(x - 9.3 / 180 * 20037508.342789) < 0.01 && Math.abs(y - 6621293.72) < 1, `${x} ${y}`);
  const one = await ask(`/collections/orte/items/${station}?crs=${epsg(4326)}`);
  assert.deepEqual([one.headers['content-crs'], one.json().geometry.coordinates], [`<${epsg(4326)}>`, [51, 9.3]]);
  // The same box in each of them.
  const near = (a, b, c, d, crs) => items(`&bbox=${[a, b, c, d].join(',')}&bbox-crs=${crs}`).then(names);
  assert.deepEqual(await near(9.299, 50.999, 9.301, 51.001, CRS84), ['Mast']);
  assert.deepEqual(await near(50.999, 9.299, 51.001, 9.301, epsg(4326)), ['Mast']);
  assert.deepEqual(await near(east - 10, north - 10, east + 10, north + 10, epsg(25832)), ['Mast']);
  assert.deepEqual(await near(east + 10, north - 10, east + 20, north + 10, epsg(25832)), []);
  assert.deepEqual(await near(x - 10, y - 10, x + 10, y + 10, epsg(3857)), ['Mast']);
  for (const query of ['crs=EPSG:25832', `crs=${epsg(99999)}`, `bbox=1,2,3,4&bbox-crs=${epsg(99999)}`]) await refused(`/collections/orte/items?${query}`);
});

test('what is internal is there for who may read it, by no way for others', async () => {
  const as = { authorization: `Bearer ${sta.key}` };
  const ids = async headers => (await get('/collections', headers)).collections.map(collection => collection.id);
  assert.deepEqual([(await ids()).includes('geheim'), (await ids(as)).includes('geheim')], [false, true]);
  const [hidden] = (await get('/collections/geheim/items', as)).features;
  for (const path of ['/collections/geheim', '/collections/geheim/items', `/collections/geheim/items/${hidden.id}`, `/collections/orte/items/${hidden.id}`]) await refused(path, 404);
  assert.equal(hidden.properties.name, 'Bank 99');
  await refused(`/collections/orte/items/${hidden.id}?crs=${CRS84}`, 404);
});

test('the catalogue of open data has what is public, with its licence, place, time and ways to get it', async () => {
  const admin = await town.staff('admin', 'rathaus-admin');
  const catalogue = JSON.parse((await admin.get('/daten/katalog.jsonld')).text);
  assert.doesNotMatch(JSON.stringify(catalogue), /geheim|Bank 99/, 'whoever asks');
  assert.doesNotMatch(JSON.stringify(catalogue), /stadtdaten-leer/);
  const graph = new Map(catalogue['@graph'].map(node => [node['@id'], node]));
  const set = [...graph.values()].find(node => node['@id'].endsWith('#stadtdaten-orte'));
  assert.ok(catalogue['@graph'][0]['dcat:dataset'].some(({ '@id': id }) => id === set['@id']));
  assert.deepEqual(set['dct:title'], [{ '@language': 'de', '@value': 'Satz orte' }]);
  assert.deepEqual(set['dcat:keyword'].map(word => word['@value']), ['Satz orte', 'Lufttemperatur']);
  assert.equal(set['dct:spatial']['dcat:bbox']['@value'], 'POLYGON((9.000000 51.000000,9.600000 51.000000,9.600000 51.600000,9.000000 51.600000,9.000000 51.000000))');
  assert.deepEqual([set['dct:temporal']['dcat:startDate'], set['dct:temporal']['dcat:endDate']].map(at => at['@value']), ['2027-03-01T08:00:00.000Z', '2027-03-01T10:00:00.000Z']);
  assert.match((await town.visitor().get(new URL(set['dcat:landingPage']['@id']).pathname)).words, /Satz orte/);
  const files = set['dcat:distribution'].map(({ '@id': id }) => graph.get(id));
  assert.deepEqual(files.map(file => [file['dct:format']['@id'].split('/').pop(), Boolean(file['dcat:downloadURL']), Boolean(file['dct:conformsTo'])]),
    [['CSV', true, false], ['GEOJSON', true, false], ['JSON', false, true], ['JSON', false, true]]);
  for (const file of files) {
    assert.equal(file['dct:license']['@id'], 'http://dcat-ap.de/def/licenses/dl-by-de/2.0');
    const { pathname, search } = new URL(file['dcat:accessURL']['@id']);
    assert.equal((await town.visitor().get(pathname + search)).status, 200, pathname);
  }
});

/** The one layer of a vector tile, as MapLibre reads it. */
function layerOf(bytes) {
  const [layer, ...more] = Object.values(new VectorTile(new PbfReader(bytes)).layers);
  assert.deepEqual([layer.version, layer.extent, more], [2, 4096, []]);
  const features = Array.from({ length: layer.length }, (_, i) => layer.feature(i))
    .map(feature => ({ id: feature.id, kind: feature.type, parts: feature.loadGeometry().map(part => part.map(({ x, y }) => [x, y])), properties: { ...feature.properties } }));
  return { name: layer.name, features };
}

const tileAt = (lon, lat, z) => {
  const rad = lat * Math.PI / 180, n = 2 ** z;
  const x = (lon + 180) / 360 * n, y = (1 - Math.log(Math.tan(rad) + 1 / Math.cos(rad)) / Math.PI) / 2 * n;
  return { path: `${z}/${Math.floor(y)}/${Math.floor(x)}`, at: [Math.round(x % 1 * 4096), Math.round(y % 1 * 4096)] };
};

test('vector tiles have the places with their latest value, areas with their outer ring clockwise', async () => {
  const base = '/collections/orte/tiles/WebMercatorQuad';
  const tilejson = await get(base);
  assert.ok(tilejson.tiles[0].endsWith(`${base}/{z}/{y}/{x}`));
  assert.deepEqual([tilejson.bounds, tilejson.vector_layers[0].id], [[9, 51, 9.6, 51.6], 'orte']);
  const tile = async path => {
    const answer = await fetch(`${town.url}/ogc/v1${base}/${path}`);
    assert.equal(answer.headers.get('content-type'), 'application/vnd.mapbox-vector-tile', path);
    return layerOf(new Uint8Array(await answer.arrayBuffer()));
  };
  const near = tileAt(9.3, 51, 16);
  const { name, features: [mast, ...others] } = await tile(near.path);
  assert.deepEqual([name, others], ['orte', []]);
  assert.deepEqual(mast, { id: station, kind: 1, parts: [[near.at]], properties: { name: 'Mast', stream: 'Lufttemperatur Mast', value: 6, unit: '°C', time: '2027-03-01T10:00:00Z' } });
  const park = (await tile(tileAt(9.55, 51.52, 12).path)).features.find(feature => feature.properties.name === 'Park');
  assert.deepEqual([park.kind, park.parts.length, park.parts[0].length], [3, 1, 4]);
  const area = park.parts[0].slice(1).reduce((sum, [x, y], i) => sum + park.parts[0][i][0] * y - x * park.parts[0][i][1], 0);
  assert.ok(area > 0, 'positive, y to the south');
  assert.equal((await tile('0/0/0')).features.length, BENCHES + 2);
  assert.equal((await ask(`${base}/12/0/0`)).status, 204);
  for (const path of ['19/0/0', '1/2/0', '1/0/2', '-1/0/0', 'a/0/0']) await refused(`${base}/${path}`, 404);
  await refused('/collections/geheim/tiles/WebMercatorQuad', 404);
  await refused('/collections/geheim/tiles/WebMercatorQuad/0/0/0', 404);
});
