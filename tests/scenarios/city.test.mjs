// SPDX-License-Identifier: EUPL-1.2
// The town's measured values: files are read, citizens look, rights hold everywhere.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { staClient, weatherStation } from './lib/sta.mjs';
import { eventually, program, startTown } from './lib/town.mjs';

let town, sta, folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'city-'));
  town = await startTown();
  sta = await staClient(town);
});
after(async () => {
  await town.stop();
  rmSync(folder, { recursive: true });
});

function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** `rathaus city …` on the town's folder. */
const city = (...words) => {
  const { status, stdout, stderr } = spawnSync(program, ['city', ...words, '--tenant', 'musterstadt', '--data', town.dataDir], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

/** POST a file to a dataset of the running town. */
const send = (dataset, text, { query = '', as = sta.key, type = 'text/csv' } = {}) => town.visitor().request('POST', `/api/v1/city/datasets/${dataset}/import${query}`, {
  body: text, headers: { ...(as ? { authorization: `Bearer ${as}` } : {}), 'content-type': type } });

test('a wide table becomes Datastreams, with status and summer time, and again nothing new', async () => {
  const text = 'Datetime,100 (Nord),200 (Süd),100-status,200-status\n2027-10-31 01:45,5,1,0,0\n2027-10-31 02:00,6,,4,\n2027-10-31 02:00,7,2,0,0\n2027-10-31 03:00,8,3,0,0\n';
  const first = (await send('allgemein', text, { query: '?thing=Ring&property=R%C3%A4der&unit=St%C3%BCck' })).json();
  assert.deepEqual([first.kind, first.lines, first.observations, first.new_datastreams, first.left_out], ['wide table', 4, 7, 2, 0]);
  const [north] = (await sta.get("/Datastreams?$filter=properties/key eq '100'&$expand=Thing,ObservedProperty,Observations($orderby=phenomenonTime)")).value;
  assert.deepEqual([north.name, north.Thing.name, north.ObservedProperty.name, north.unitOfMeasurement.symbol], ['Nord', 'Ring', 'Räder', 'Stück']);
  assert.deepEqual(north.Observations.map(o => [o.phenomenonTime, o.result, o.resultQuality]), [
    ['2027-10-30T23:45:00Z', 5, undefined], ['2027-10-31T00:00:00Z', 6, 4], ['2027-10-31T01:00:00Z', 7, undefined], ['2027-10-31T02:00:00Z', 8, undefined]]);
  const again = (await send('allgemein', text)).json();
  assert.deepEqual([again.observations, again.new_datastreams], [7, 0]);
  assert.equal((await sta.get(`/Datastreams(${north['@iot.id']})/Observations?$count=true`))['@iot.count'], 4);
});

test('a long table says where and what; what is wrong is told by line and left out', async () => {
  const answer = await send('allgemein', 'zeit;sensor;wert;einheit;parameter;ort;lon;lat\n01.03.2027 10:00;A1;3,5;°C;Wärme;Hof;9,96;51,56\n01.03.2027 11:00;A1;warm;°C;Wärme;Hof;9,96;51,56\n'
    + 'gestern;A1;4;°C;Wärme;Hof;;\n01.03.2027 12:00;;4;°C;Wärme;Hof;;\n');
  const report = answer.json();
  assert.deepEqual([report.kind, report.observations, report.left_out, report.new_things], ['long table', 1, 3, 1]);
  assert.deepEqual(report.problems.map(problem => problem.line), [3, 4, 5]);
  assert.match(report.problems[0].message, /"warm" is no number/);
  assert.match(report.problems[1].message, /"gestern" is no time/);
  const [stream] = (await sta.get("/Datastreams?$filter=properties/key eq 'A1'&$expand=Thing($expand=Locations),Observations($expand=FeatureOfInterest)")).value;
  assert.deepEqual(stream.Thing.Locations[0].location.coordinates, [9.96, 51.56]);
  assert.equal(stream.Observations[0].result, 3.5);
  assert.equal(stream.Observations[0].FeatureOfInterest.name, 'Hof');
});

test('places come as GeoJSON, and change when they are read again', async () => {
  const bench = (name, x) => ({ type: 'Feature', id: 'bank-1', geometry: { type: 'Point', coordinates: [x, 51.56] }, properties: { name, lehne: true } });
  const read = features => send('allgemein', JSON.stringify({ type: 'FeatureCollection', features }), { type: 'application/geo+json' });
  assert.equal((await read([bench('Bank', 9.96), { type: 'Feature', properties: {} }])).json().left_out, 1);
  assert.equal((await read([bench('Bank am Bach', 9.97)])).json().new_things, 0);
  const twice = (await read([bench('Bank am Bach', 9.97), bench('Bank am Hof', 9.98)])).json();
  assert.deepEqual([twice.new_things, twice.left_out], [0, 1]);
  assert.match(JSON.stringify(twice.problems), /bank-1.* is there twice/);
  const places = (await sta.get("/Things?$filter=properties/key eq 'bank-1'&$resultFormat=GeoJSON")).features;
  assert.equal(places.length, 1);
  assert.equal(places[0].properties.name, 'Bank am Bach');
  assert.deepEqual(places[0].geometry, { type: 'Point', coordinates: [9.97, 51.56] });
});

test('a file that is none is refused as a whole', async () => {
  for (const [text, words] of [['', /empty/], ['a,b\n1,2\n', /time/], ['{"type": "Feature"}', /FeatureCollection/], ['zeit,"wert\n1,2', /quotes/]]) {
    const answer = await send('allgemein', text);
    assert.equal(answer.status, 422, `${text}: ${answer.text}`);
    assert.match(answer.json().detail, words);
  }
  assert.equal((await send('gibtesnicht', 'zeit,a\n2027-01-01,1\n')).status, 404);
});

test('the command reads files while no server runs, and sends them to one that does', async () => {
  const path = file('counts.csv', 'time,c1\n2027-02-01T00:00:00Z,1\n2027-02-01T00:15:00Z,zwei\n');
  await sta.get('/Things?$top=1');
  const busy = city('import', file('beside.csv', 'time,c9\n2027-02-01T00:00:00Z,1\n2027-02-01T00:15:00Z,zwei\n'), '--dataset', 'allgemein');
  assert.equal(busy.status, 1, busy.stderr);
  assert.match(busy.stdout, /beside\.csv: wide table, 2 lines, 1 observations.*left out: 1/);
  assert.match(city('dataset', 'spaeter', '--title', 'Später').stderr, /make the dataset at the desk/);
  assert.match(city('dataset', 'A B', '--title', 'x').stderr, /small letters, digits and hyphens/);
  await town.restart({ meanwhile: () => {
    assert.equal(city('dataset', 'intern', '--title', 'Interne Werte', '--access', 'internal').status, 0);
    assert.equal(city('dataset', 'intern', '--title', 'Noch einmal').status, 1);
    const done = city('import', path, file('fehlt.txt', ''), '--dataset', 'intern', '--json');
    assert.equal(done.status, 2, 'one file was none');
    assert.match(done.stderr, /fehlt\.txt: the file is empty/);
    const [report] = JSON.parse(done.stdout);
    assert.deepEqual([report.observations, report.left_out, report.problems[0].line], [1, 1, 3]);
    assert.equal(city('import', path, '--dataset', 'intern').status, 1, 'again: the wrong line is left out');
    assert.match(city('import', '--help').stdout, /Exit status/);
  } });
});

test('what is internal is nobody’s to see, by no way, but of who may', async () => {
  const as = key => async path => (await sta.ask('GET', path, undefined, { as: key })).json();
  const stranger = as(null), insider = as(sta.key);
  const count = ask => ask("/Datastreams?$filter=properties/key eq 'c1'&$count=true").then(page => page['@iot.count']);
  assert.deepEqual([await count(stranger), await count(insider)], [0, 1]);
  const [{ '@iot.id': id }] = (await insider("/Datastreams?$filter=properties/key eq 'c1'")).value;
  const [{ '@iot.id': observation }] = (await insider(`/Datastreams(${id})/Observations`)).value;
  for (const path of [`/Datastreams(${id})`, `/Datastreams(${id})/name`, `/Datastreams(${id})/Observations`, `/Observations(${observation})`, `/Observations(${observation})/Datastream`,
    `/Datastreams(${id})/Thing`]) {
    assert.equal((await sta.ask('GET', path, undefined, { as: null })).status, 404, path);
    assert.equal((await sta.ask('GET', path)).status, 200, path);
  }
  const all = ask => ask('/Observations?$count=true&$top=0').then(page => page['@iot.count']);
  assert.equal(await all(insider) - await all(stranger), 1);
  assert.equal((await stranger(`/Observations?$filter=Datastream/id eq ${id}`)).value.length, 0);
  assert.equal((await stranger("/ObservedProperties?$filter=Datastreams/properties/key eq 'c1'")).value.length, 0);
  const visitor = town.visitor();
  assert.equal((await visitor.get(`/stadtdaten/reihe/${id}`)).status, 404);
  assert.equal((await visitor.get('/stadtdaten/datensatz/intern')).status, 404);
  assert.equal((await visitor.get('/sta/datasets/intern/v1.1/Things')).status, 404);
  assert.doesNotMatch((await visitor.get('/stadtdaten')).text, /Interne Werte/);
  assert.doesNotMatch((await visitor.get('/stadtdaten/karte.geojson')).text, /intern/);
});

test('where a public Thing is stays internal when its Location is', async () => {
  const inside = await staClient(town, { root: '/sta/datasets/intern/v1.1', known: sta.key });
  const place = await inside.post('/Locations', { name: 'Bunker', description: '', encodingType: 'application/geo+json', location: { type: 'Point', coordinates: [9.123456, 51.123456] } });
  const thing = await sta.post('/Things', { name: 'Sirene', description: '' });
  const linked = await sta.ask('POST', `/Things(${thing})/Locations/$ref`, { '@iot.id': place });
  assert.equal(linked.status, 204, linked.text);
  const geometry = async as => (await sta.ask('GET', `/Things?$filter=id eq ${thing}&$resultFormat=GeoJSON`, undefined, { as })).json().features[0].geometry;
  assert.equal(await geometry(null), null);
  assert.deepEqual((await geometry(sta.key)).coordinates, [9.123456, 51.123456]);
  for (const path of ['/stadtdaten/karte.geojson', '/ogc/v1/collections/allgemein/items?limit=1000', `/sta/v1.1/Things(${thing})?$expand=Locations`])
    assert.doesNotMatch((await town.visitor().get(path)).text, /51\.123456/, path);
});

test('an address of a dataset shows it alone, and what is made there belongs to it', async () => {
  const scoped = await staClient(town, { root: '/sta/datasets/luft/v1.1', known: sta.key });
  await eventually(async () => (await scoped.get('/Datastreams')).value.length, 'the simulated sensors');
  assert.ok((await scoped.get('/Datastreams')).value.every(stream => stream.name.startsWith('Feinstaub')));
  const thing = await scoped.post('/Things', weatherStation('Luftmast'));
  assert.equal((await scoped.get(`/Things(${thing})`)).name, 'Luftmast');
  assert.equal((await sta.ask('GET', `/Things(${thing})`)).status, 200);
  assert.equal((await town.visitor().get(`/sta/datasets/wetter/v1.1/Things(${thing})`)).status, 404);
});

test('periods, tables and distinct values come from one Datastream', async () => {
  const [stream] = (await sta.get("/Datastreams?$filter=properties/key eq '100'")).value;
  const of = query => sta.get(`/Datastreams(${stream['@iot.id']})/Observations?${query}`);
  assert.deepEqual((await of("$aggregate=count,mean,max by duration'PT1H'")).value, [
    { phenomenonTime: '2027-10-30T23:45:00Z/2027-10-31T00:00:00Z', count: 1, max: 5, mean: 5 }, { phenomenonTime: '2027-10-31T00:00:00Z/2027-10-31T01:00:00Z', count: 1, max: 6, mean: 6 },
    { phenomenonTime: '2027-10-31T01:00:00Z/2027-10-31T02:00:00Z', count: 1, max: 7, mean: 7 }, { phenomenonTime: '2027-10-31T02:00:00Z/2027-10-31T02:00:00.001Z', count: 1, max: 8, mean: 8 }]);
  assert.deepEqual((await of('$aggregate=sum&$filter=phenomenonTime ge 2027-10-31T01:00:00Z')).value.map(bucket => bucket.sum), [15]);
  assert.deepEqual((await of('$resultFormat=dataArray&$select=phenomenonTime,result&$top=2')).value[0].dataArray, [['2027-10-30T23:45:00Z', 5], ['2027-10-31T00:00:00Z', 6]]);
  const table = (await sta.ask('GET', `/Datastreams(${stream['@iot.id']})/Observations?$resultFormat=CSV&$select=result,resultQuality`)).text;
  assert.equal(table, 'result,resultQuality\r\n5,\r\n6,4\r\n7,\r\n8,\r\n');
  assert.deepEqual((await of('$select=distinct:resultQuality&$orderby=resultQuality')).value, [{ resultQuality: null }, { resultQuality: 4 }]);
});

test('citizens see what is measured now, its course, and how to get the data', async () => {
  const anna = town.visitor();
  await eventually(async () => (await anna.get('/stadtdaten')).words.match(/Freie Plätze .* \d+ Plätze Stand: heute/), 'the simulated sensors');
  const home = await anna.get('/');
  const page = await home.follow('Stadtdaten: Was gerade los ist');
  assert.match(page.words, /Freie Plätze .* \d+ Plätze Stand: heute, \d+:\d\d Uhr Alle 10 Messstellen/);
  assert.doesNotMatch(page.words, /km\/h/, 'of roads the traffic tells');
  assert.match(page.words, /Straßen und Verkehrslage 38 Messstellen .*Spielplätze 14 Orte/);
  assert.equal((await sta.get("/Datastreams?$filter=properties/key ne null and Thing/Locations/name ne null&$count=true&$top=0"))['@iot.count'] >= 60, true);
  const series = await page.follow('Wasserstand Kirchplatz');
  assert.match(series.words, /Letzter Wert .* cm/);
  assert.match(series.words, /Im Mittel [\d,]+ cm\. Kleinster Wert: \d+ cm am/);
  assert.match(series.text, /<path class="chart-line" d="M\d/);
  assert.match((await series.follow('Gewässerstände')).words, /6 Messstellen/);
  const [licence] = series.links.filter(link => link.text === 'Datenlizenz Deutschland – Namensnennung – Version 2.0');
  assert.equal(licence.href, 'https://www.govdata.de/dl-de/by-2-0');
  const month = await series.follow('Monat');
  assert.match(month.words, /Fläche: vom kleinsten zum größten Wert/);
  const csv = await anna.get(month.links.find(link => /CSV/.test(link.text)).href);
  assert.equal(csv.status, 200);
  assert.ok(csv.text.split('\r\n').length > 2000);
  const places = await anna.get('/stadtdaten/datensatz/spielplaetze');
  assert.match(places.words, /14 Orte/);
  assert.equal((await anna.get(places.links.find(link => /GeoJSON/.test(link.text)).href)).json().features.length, 14);
  assert.match(places.words, /Spielplatz Bachgasse \(Spielplatz; Bachgasse, Musterstadt\)/);
  assert.equal((await places.follow('Spielplatz Bachgasse')).h1, 'Spielplatz Bachgasse');
  const works = await anna.get('/stadtdaten/datensatz/baustellen');
  assert.match(works.words, /Kanal in der Uferstraße \(Baustelle, gesperrt; bis \d+\. \S+ \d{4}, \d+:\d\d Uhr\)/);
  assert.match((await works.follow('Kanal in der Uferstraße')).words, /Quelle Tiefbauamt/);
  assert.equal((await anna.get('/stadtdaten/karte.geojson')).json().features.length >= 102, true);
});

test('who keeps the data makes datasets, closes them and says how long values stay', async () => {
  const planner = await town.staff('planung', 'rathaus-planung');
  const list = await planner.get('/desk/stadtdaten');
  assert.match(list.words, /Luftqualität öffentlich unbegrenzt 9 9 \d+/);
  const wrong = await list.submit({ name: 'Luft 2', titel: 'Luft' }, { button: 'Datensatz anlegen' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.words, /Kleinbuchstaben, Ziffern und Bindestrichen/);
  assert.match((await wrong.submit({ name: 'luft' }, { button: 'Datensatz anlegen' })).words, /gibt es schon/);
  assert.match((await wrong.submit({ name: 'laerm', tage: '0' }, { button: 'Datensatz anlegen' })).words, /Zahl von 1 bis/);
  for (const zugang of ['', 'alle']) {
    const unsaid = await wrong.submit({ name: 'offen', titel: 'Offen', zugang }, { button: 'Datensatz anlegen' });
    assert.deepEqual([unsaid.status, /Bitte wählen Sie aus, wer es sehen darf/.test(unsaid.words)], [422, true]);
  }
  assert.doesNotMatch((await planner.get('/desk/stadtdaten')).words, /Offen öffentlich/, 'what nobody chose is not made public');
  const long = await wrong.submit({ name: 'uml', titel: 'ä'.repeat(201) }, { button: 'Datensatz anlegen' });
  assert.match(long.words, /höchstens 200 Zeichen/);
  assert.match((await long.submit({ titel: 'ä'.repeat(200), zugang: 'internal' }, { button: 'Datensatz anlegen' })).words, /ist angelegt/, 'characters count, not bytes');
  const made = await wrong.submit({ name: 'laerm', titel: 'Lärm', tage: '' }, { button: 'Datensatz anlegen' });
  assert.match(made.words, /Der Datensatz ist angelegt/);
  const scoped = await staClient(town, { root: '/sta/datasets/laerm/v1.1', known: sta.key });
  const thing = await scoped.post('/Things', weatherStation('Mikrofon'));
  assert.equal((await sta.get(`/Things(${thing})`)).name, 'Mikrofon');
  const changed = await (await planner.get('/desk/stadtdaten/laerm')).submit({ titel: 'Lärm am Bahnhof', zugang: 'internal', tage: '30' }, { button: 'Datensatz ändern' });
  assert.match(changed.words, /Lärm am Bahnhof intern 30 Tage 1 1 0/);
  assert.equal((await sta.ask('GET', `/Things(${thing})`, undefined, { as: null })).status, 404);
  assert.equal((await planner.get('/desk/stadtdaten/gibtesnicht')).status, 404);
  await town.restart();
  assert.equal((await sta.ask('GET', `/Things(${thing})`, undefined, { as: null })).status, 404);
});
