// SPDX-License-Identifier: EUPL-1.2
// `rathaus city key|import|export|verify`: what an operator does with a town's measured values.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { staClient, weatherStation } from './lib/sta.mjs';
import { program, root, startTown } from './lib/town.mjs';

let folder, data;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'city-command-'));
  data = join(folder, 'data');
  execFileSync(program, ['tenant', 'create', 'neustadt', '--data', data, '--from', `${root}tenants/demo`]);
});
after(() => rmSync(folder, { recursive: true }));

const city = (...words) => spawnSync(program, ['city', ...words, '--tenant', 'neustadt', '--data', data], { encoding: 'utf8', maxBuffer: 1 << 28 });
const file = (name, text) => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
};

test('an archive is imported with one command; what is no data in it is passed over', () => {
  file('zaehler/7001/2027-01.csv', 'Datetime,7001 (Ringstraße),7002 (Ringstraße auswärts),7001-status\n2027-01-05 00:00,5,2,0\n2027-01-05 00:15,6,3,4\n');
  file('zaehler/7001/2027-02.csv', 'Datetime,7001 (Ringstraße),7002 (Ringstraße auswärts),7001-status\n2027-02-05 00:00,9,4,0\n');
  file('zaehler/LIESMICH.md', 'Zählstellen der Stadt');
  const archive = join(folder, 'zaehler.tar.gz');
  execFileSync('tar', ['czf', archive, '-C', join(folder, 'zaehler'), '.']);
  const made = city('import', archive, '--dataset', 'rad', '--json');
  assert.equal(made.status, 0, made.stderr);
  assert.deepEqual(JSON.parse(made.stdout).map(report => [report.kind, report.observations]).sort(), [['wide table', 2], ['wide table', 4]]);
  assert.match(made.stderr, /made the public dataset "rad"/);
  assert.match(made.stderr, /LIESMICH\.md: passed over/);
  const table = city('export', '--dataset', 'rad');
  assert.equal(table.status, 0, table.stderr);
  assert.equal(table.stdout, 'time,datastream,value,status,unit,property,thing,lon,lat\r\n'
    + ['2027-01-04T23:00:00Z,7001,5,0', '2027-01-04T23:15:00Z,7001,6,4', '2027-02-04T23:00:00Z,7001,9,0',
      '2027-01-04T23:00:00Z,7002,2,0', '2027-01-04T23:15:00Z,7002,3,0', '2027-02-04T23:00:00Z,7002,4,0']
      .map(row => `${row},,Messwert,Ringstraße,,\r\n`).join(''));
});

test('a file of which nothing comes in makes no dataset', () => {
  for (const [name, text, status] of [['leer.csv', 'Datetime,7001\ngestern,5\nmorgen,6\n', 1], ['ohne.csv', 'Farbe,Form\nrot,rund\n', 2],
    ['kaputt.json', '{"type": "FeatureCollection", "features": [{"type": "Feature"}]}', 1]]) {
    const run = city('import', file(name, text), '--dataset', 'nichts');
    assert.equal(run.status, status, run.stdout + run.stderr);
    assert.doesNotMatch(run.stderr, /made the public dataset/);
    assert.match(city('export', '--dataset', 'nichts').stderr, /no dataset|not there|"nichts"/);
  }
});

test('what was exported is imported again: values, status, unit, place; and by days', () => {
  const places = JSON.stringify({ type: 'FeatureCollection', features: [
    { type: 'Feature', id: 'b1', geometry: { type: 'Point', coordinates: [9.9, 51.5] }, properties: { name: 'Brunnen', art: 'Trinkwasser' } }] });
  const table = 'zeit;sensor;wert;status;einheit;parameter;ort;lon;lat\n01.03.2027 10:00;A1;3,5;2;°C;Wärme;Hof;9,96;51,56\n02.03.2027 10:00;A1;-4;0;°C;Wärme;Hof;9,96;51,56\n';
  assert.equal(city('import', file('orte.json', places), file('hof.csv', table), '--dataset', 'luft').status, 0);
  const values = city('export', '--dataset', 'luft').stdout;
  assert.match(values, /^2027-03-01T09:00:00Z,A1,3\.5,2,°C,Wärme,Hof,9\.96,51\.56\r$/m);
  assert.match(values, /^2027-03-02T09:00:00Z,A1,-4,0,°C,Wärme,Hof,9\.96,51\.56\r$/m);
  const out = join(folder, 'orte-neu.json');
  assert.equal(city('export', '--dataset', 'luft', '--places', '--output', out).status, 0);
  const features = JSON.parse(readFileSync(out, 'utf8')).features;
  assert.deepEqual(features.find(feature => feature.id === 'b1'), {
    type: 'Feature', id: 'b1', geometry: { type: 'Point', coordinates: [9.9, 51.5] }, properties: { name: 'Brunnen', art: 'Trinkwasser', key: 'b1' } });
  assert.equal(city('import', file('luft.csv', values), out, '--dataset', 'kopie', '--access', 'internal').status, 0);
  assert.equal(city('export', '--dataset', 'kopie').stdout, values);
  const second = city('export', '--dataset', 'luft', '--from', '2027-03-02', '--until', '2027-03-02').stdout.trim().split('\n');
  assert.equal(second.length, 2);
  assert.match(second[1], /,-4,/);
  assert.match(city('export', '--dataset', 'wasser').stderr, /no dataset "wasser"; there is: allgemein, /);
});

test('a file that is none changes nothing, and makes no dataset', () => {
  const wrong = city('import', file('bild.csv', 'Farbe,Form\nrot,rund\n'), '--dataset', 'leer');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /bild\.csv.*names no column for the time/);
  const missing = city('import', join(folder, 'fehlt.csv'), '--dataset', 'neu');
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /fehlt\.csv/);
  assert.match(city('export', '--dataset', 'neu').stderr, /no dataset "neu"/);
  const archive = join(folder, 'leer.tar.gz');
  execFileSync('tar', ['czf', archive, '-C', join(folder, 'zaehler'), 'LIESMICH.md']);
  const nothing = city('import', archive, '--dataset', 'neu');
  assert.equal(nothing.status, 2);
  assert.match(nothing.stderr, /leer\.tar\.gz: holds no table, GeoJSON or DATEX II/);
  assert.match(city('import', file('lang.csv', 'x'.repeat(2 << 20)), '--dataset', 'neu').stderr, /line 1 has more than 1024 kB/);
  assert.match(city('export', '--dataset', 'luft', '--from', '2027-02-01', '--until', '2027-01-01').stderr, /--until lies before --from/);
});

test('what makes no sense is told before anything is done', () => {
  const table = file('gut.csv', 'time,value\n2027-01-05T00:00:00Z,5\n');
  const named = city('import', table, '--dataset', 'W W');
  assert.deepEqual([named.status, named.stdout], [2, '']);
  assert.match(named.stderr, /^rathaus city import: The name consists of small letters, digits and hyphens/);
  const unread = city('import', file('leer.csv', ''), '--dataset', 'leer', '--json');
  assert.deepEqual([unread.status, unread.stdout], [2, ''], 'no document where nothing was read');
  const days = city('export', '--dataset', 'rad', '--places', '--from', '2027-01-01');
  assert.equal(days.status, 2);
  assert.match(days.stderr, /--from and --until are days of values; places have none/);
});

test('verify names damage with file and place, and says so by its exit status', () => {
  const good = city('verify', '--json');
  assert.equal(good.status, 0, good.stderr);
  const sum = JSON.parse(good.stdout);
  assert.deepEqual([sum.faults, sum.datastreams >= 3, sum.observations >= 10], [[], true, true]);
  const store = join(data, 'tenants/neustadt/city');
  const segment = join(store, readdirSync(store).find(name => name.endsWith('.segment')));
  const bytes = readFileSync(segment);
  const damaged = Buffer.from(bytes);
  damaged[12] ^= 0x40;
  writeFileSync(segment, damaged);
  const bad = city('verify');
  writeFileSync(segment, bytes);
  assert.equal(bad.status, 1, bad.stdout + bad.stderr);
  assert.match(bad.stdout, /\/neustadt\/city\/\d+\.segment, byte \d+, series \d+: /);
  assert.equal(city('verify').status, 0);
  assert.deepEqual(readdirSync(join(data, 'tenants/neustadt')).filter(name => name.includes('.new-')), []);
});

test('keys of devices: for one dataset, or for all, for reading or writing', async t => {
  const last = answer => (assert.equal(answer.status, 0, answer.stderr), answer.stdout.trimEnd().split('\n').at(-1));
  assert.match(city('key', '--dataset', 'wasser').stderr, /no dataset "wasser"; there is: /);
  assert.equal(city('key', '--write', '--per-minute', '0').status, 2);
  const before = last(city('key', '--write', '--dataset', 'kopie', '--name', 'Wetterstation'));
  const town = await startTown({ demo: false, dataDir: data });
  t.after(() => town.stop());
  // Beside the server:
  const all = last(city('key', '--write'));
  const reads = last(city('key', '--dataset', 'kopie'));
  const other = last(city('key', '--dataset', 'luft', '--write'));
  for (const key of [before, all, reads, other]) assert.match(key, /^rk_[\w-]{43}$/);
  const client = await staClient(town, { root: '/t/neustadt/sta/v1.1', known: all });
  const as = (key, path) => client.ask('GET', path, undefined, { as: key }).then(answer => answer.json());
  const inside = "/Datastreams?$filter=properties/key eq 'A1'&$orderby=id&$expand=Thing($select=id),Observations($top=1)";
  const names = async key => (await as(key, inside)).value.length;
  assert.deepEqual([await names(null), await names(other), await names(reads), await names(before), await names(all)], [1, 1, 2, 2, 2]);
  const [open, internal] = (await as(all, inside)).value;
  const observe = (key, stream, value) => client.ask('POST', `/Datastreams(${stream['@iot.id']})/Observations`, { result: value, phenomenonTime: '2027-05-01T00:00:00Z' }, { as: key });
  assert.deepEqual([(await observe(before, internal, 1)).status, (await observe(all, open, 2)).status], [201, 201]);
  // What a key is not for:
  const refused = await observe(before, open, 3);
  assert.equal(refused.status, 403);
  assert.match(refused.json().message, /to the dataset "kopie" alone/);
  const id = (await as(all, `/Datastreams(${open['@iot.id']})/Observations?$top=1`)).value[0]['@iot.id'];
  const thing = open.Thing['@iot.id'];
  const rows = [{ Datastream: { '@iot.id': open['@iot.id'] }, components: ['result'], dataArray: [[7]] }];
  for (const [method, path, body] of [
    ['PATCH', `/Observations(${id})`, { result: 9 }], ['DELETE', `/Observations(${id})`], ['PATCH', `/Things(${thing})`, { name: 'Anders' }], ['DELETE', `/Things(${thing})`],
    ['POST', `/Things(${thing})/Datastreams`, weatherStation('X').Datastreams[0]], ['POST', '/CreateObservations', rows],
    ['POST', `/Things(${thing})/Locations`, weatherStation('X').Locations[0]],
    ['DELETE', `/FeaturesOfInterest(${(await as(all, `/Observations(${id})/FeatureOfInterest`))['@iot.id']})`],
    ['DELETE', `/ObservedProperties(${(await as(all, `/Datastreams(${open['@iot.id']})/ObservedProperty`))['@iot.id']})`],
  ]) assert.equal((await client.ask(method, path, body, { as: before })).status, 403, `${method} ${path}`);
  assert.equal((await as(all, `/Observations(${id})`)).result, 3.5);
  const send = (key, dataset, way = 'write', text = 'hof t=1') => town.visitor().request('POST', `/t/neustadt/api/v1/city/datasets/${dataset}/${way}`, {
    body: text, headers: { authorization: `Bearer ${key}`, 'content-type': 'text/plain' } }).then(answer => answer.status);
  assert.deepEqual([await send(before, 'kopie'), await send(before, 'luft'), await send(before, 'wasser'), await send(reads, 'kopie'), await send(all, 'luft')], [204, 403, 403, 403, 204]);
  assert.deepEqual([await send(before, 'kopie', 'import', 'time,a\n2027-01-01,1\n'), await send(before, 'luft', 'import', 'time,a\n2027-01-01,1\n')], [200, 403]);
  // What it makes without a place belongs to its dataset, and nothing else of the desk is open to it.
  const made = await client.ask('POST', '/Things', weatherStation('Neu'), { as: before });
  assert.equal(made.status, 201);
  assert.equal((await client.ask('GET', `/Things(${made.json()['@iot.id']})`, undefined, { as: null })).status, 404);
  const cases = await town.visitor().request('GET', '/t/neustadt/api/v1/cases', { headers: { authorization: `Bearer ${all}` } });
  assert.equal(cases.status, 403);
});

test('export and verify work beside a server that writes', async t => {
  const town = await startTown({ demo: false, dataDir: data });
  t.after(() => town.stop());
  const key = city('key', '--write').stdout.trimEnd().split('\n').at(-1);
  const answer = await town.visitor().request('POST', '/t/neustadt/api/v1/city/datasets/luft/write', {
    body: 'see pegel=1.5 1800000000000000000', headers: { authorization: `Bearer ${key}`, 'content-type': 'text/plain' } });
  assert.equal(answer.status, 204);
  assert.match(city('export', '--dataset', 'luft').stdout, /2027-01-15T08:00:00Z,see pegel,1\.5,0/);
  assert.equal(city('verify').status, 0);
});

test('import beside a server sends it the files, and leaves no key behind', async t => {
  const town = await startTown({ demo: false, dataDir: data });
  t.after(() => town.stop());
  await town.visitor().get('/t/neustadt/sta/v1.1/Datastreams'); // the server has the hub from here on
  const table = file('beside/9001/tag.csv', 'Datetime,9001 (Seeufer),9002 (Seeufer Süd)\n2027-03-01 10:00,5,x\n2027-03-01 10:15,6,7\n');
  const made = city('import', table, '--dataset', 'see', '--access', 'internal', '--unit', 'cm', '--json');
  assert.equal(made.status, 1, made.stderr); // one value was left out
  assert.match(made.stderr, /made the internal dataset "see"/);
  const [report] = JSON.parse(made.stdout);
  assert.deepEqual([report.kind, report.observations, report.left_out, report.new_datastreams], ['wide table', 3, 1, 2]);
  assert.match(report.problems[0].message, /"x" is no number/);
  assert.match(city('export', '--dataset', 'see').stdout, /2027-03-01T09:15:00Z,9001,6,0,cm,Messwert,Seeufer,,/);
  assert.equal((await town.visitor().get('/t/neustadt/stadtdaten/datensatz/see')).status, 404);
  assert.match(city('import', table, '--dataset', 'see').stdout, /wide table, 2 lines, 3 observations; left out: 1/);
  const wrong = city('import', file('beside/bild.csv', 'Farbe,Form\nrot,rund\n'), '--dataset', 'see');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /names no column for the time/);
  assert.doesNotMatch(city('import', file('beside/falsch.csv', 'Datetime,7001\ngestern,5\n'), '--dataset', 'nichts').stderr, /made the/);
  assert.match(city('export', '--dataset', 'nichts').stderr, /"nichts"/);
  const left = execFileSync('sqlite3', [join(data, 'tenants/neustadt/tenant.db'), "SELECT COUNT(*) FROM api_key WHERE name LIKE 'rathaus city import%'"], { encoding: 'utf8' });
  assert.equal(left.trim(), '0');
});
