// SPDX-License-Identifier: EUPL-1.2
// Roads, road works and DATEX II: what comes in is seen on the pages, in the outputs and on the way from here to there,
// by whoever may see it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { keyOf } from './lib/keys.mjs';
import { staClient } from './lib/sta.mjs';
import { eventually, program, startTown } from './lib/town.mjs';

let town, sta, planner, visitor;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
  planner = await town.staff('planung', 'rathaus-planung');
  visitor = town.visitor();
  await eventually(async () => /Stadtlauf/.test((await visitor.get('/stadtdaten/verkehr')).words), 'the roads of the demonstration town');
});
after(() => town.stop());

const api = (method, path, { body, as = sta.key, type = 'application/xml' } = {}) =>
  visitor.request(method, path, { body, headers: { ...(as ? { authorization: `Bearer ${as}` } : {}), ...(body === undefined ? {} : { 'content-type': type }) } });
const send = (dataset, body, options) => api('POST', `/api/v1/city/datasets/${dataset}/import`, { body, ...options });
const datex = async (name, as = null) => (await api('GET', `/api/v1/city/datex/${name}.xml`, { as })).text;
const features = async (who = visitor) => (await who.get('/stadtdaten/verkehr.geojson')).json().features;
const hour = hours => new Date(Date.now() + hours * 3600_000).toISOString();

/** Roads far from the demonstration town's: A and B run beside each other to the east, W and E join their ends. */
const line = (id, from, to, more = {}) => ({ type: 'Feature', id, properties: { name: id, strasse: id, freieGeschwindigkeit: 36, ...more }, geometry: { type: 'LineString', coordinates: [from, to] } });
const network = prefix => ({
  type: 'FeatureCollection',
  features: [line(`${prefix}A`, [10.5, 50.5], [10.51, 50.5]), line(`${prefix}B`, [10.5, 50.505], [10.51, 50.505]), line(`${prefix}W`, [10.5, 50.5], [10.5, 50.505]), line(`${prefix}E`, [10.51, 50.5], [10.51, 50.505])],
});

const SPACES = ['common', 'locationReferencing', 'situation', 'roadTrafficData', 'messageContainer', 'exchangeInformation']
  .map((space, i) => `xmlns:${['com', 'loc', 'sit', 'roa', 'con', 'ex'][i]}="http://datex2.eu/schema/3/${space}"`).join(' ') + ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const publication = (type, inner, element = 'd2:payload') => `<${element} xmlns:d2="http://datex2.eu/schema/3/d2Payload" ${SPACES} xsi:type="${type}" lang="de" modelBaseVersion="3">\n${inner}\n</${element}>`;
const works = ({ id = 'LBM/17', version = 1, ends = '', place = '50.5 10.502 50.5 10.508', title = 'Brückenbau' } = {}) => `<sit:situation id="${id}"><sit:headerInformation><com:informationStatus>real</com:informationStatus></sit:headerInformation>
<sit:situationRecord xsi:type="sit:ConstructionWorks" id="${id}-1" version="${version}"><sit:validity><com:validityStatus>active</com:validityStatus><com:validityTimeSpecification><com:overallStartTime>${hour(-5)}</com:overallStartTime>${ends && `<com:overallEndTime>${ends}</com:overallEndTime>`}</com:validityTimeSpecification></sit:validity><sit:generalPublicComment><sit:comment><com:values><com:value lang="de">${title}</com:value></com:values></sit:comment><sit:commentType>roadworksName</sit:commentType></sit:generalPublicComment><sit:locationReference xsi:type="loc:LinearLocation"><loc:gmlLineString><loc:posList>${place}</loc:posList></loc:gmlLineString></sit:locationReference></sit:situationRecord>
<sit:situationRecord xsi:type="sit:RoadOrCarriagewayOrLaneManagement" id="${id}-2" version="${version}"><sit:roadOrCarriagewayOrLaneManagementType>roadClosed</sit:roadOrCarriagewayOrLaneManagementType></sit:situationRecord></sit:situation>`;
const situations = inner => publication('sit:SituationPublication', inner);

const route = (query, as = null) => api('GET', `/api/v1/city/traffic/route?${query}`, { as });

test('a closure from DATEX II is on the page, on the map, in the outputs and in the way', async () => {
  await send('allgemein', JSON.stringify(network('N')), { type: 'application/geo+json' });
  const free = (await route('from=10.501,50.5&to=10.509,50.5')).json();
  assert.deepEqual([free.properties.roads, free.properties.metres, free.properties.seconds], [['NA'], 566, 57]);

  const report = (await send('allgemein', situations(works()))).json();
  assert.deepEqual([report.kind, report.lines, report.new_things, report.left_out], ['DATEX II', 1, 1, 0]);
  const page = await visitor.get('/stadtdaten/verkehr');
  assert.match(page.words, /Brückenbau Baustelle, gesperrt seit /);
  const detail = await page.follow('Brückenbau');
  assert.deepEqual([detail.status, detail.h1], [200, 'Brückenbau']);
  const road = (await features()).find(f => f.properties.name === 'NA');
  assert.equal(road.properties.level, 'closed');
  assert.match(await datex('situations'), /<sit:situation id="LBM\/17">/);
  const collection = (await visitor.get('/ogc/v1/collections/allgemein/items?limit=1000')).json();
  assert.ok(collection.features.some(f => f.properties.name === 'Brückenbau' && f.properties.einschraenkung === 'gesperrt'));

  const round = (await route('from=10.5,50.5005&to=10.51,50.5005')).json();
  assert.deepEqual(round.properties.roads, ['NW', 'NB', 'NE']);
  assert.match((await visitor.get('/stadtdaten')).words, /Baustellen und Sperrungen: Jetzt: 3\. Demnächst: 1\./);
});

test('situations are known by their id: the same again changes nothing, a later version replaces, an older one does not', async () => {
  const again = (await send('allgemein', situations(works()))).json();
  assert.deepEqual([again.new_things, again.left_out], [0, 0]);
  await send('allgemein', situations(works({ version: 3, title: 'Neuer Titel' })));
  const old = (await send('allgemein', situations(works({ version: 2, title: 'Alter Titel' })))).json();
  assert.deepEqual([old.left_out, /later version/.test(old.problems[0].message)], [1, true]);
  assert.match((await visitor.get('/stadtdaten/verkehr')).words, /Neuer Titel/);
  await send('allgemein', situations(works({ version: 4, ends: hour(-1) })));
  const page = await visitor.get('/stadtdaten/verkehr');
  assert.doesNotMatch(page.words, /Brückenbau|Titel/);
  assert.notEqual((await features()).find(f => f.properties.name === 'NA').properties.level, 'closed');
  assert.match(await datex('situations'), /overallEndTime/);
});

const container = payloads => `<con:messageContainer ${SPACES} modelBaseVersion="3">${payloads}<con:exchangeInformation modelBaseVersion="3"><ex:exchangeContext><ex:codedExchangeProtocol>snapshotPull</ex:codedExchangeProtocol></ex:exchangeContext></con:exchangeInformation></con:messageContainer>`;
test('of a snapshot, what is missing is over', async () => {
  await (await planner.get('/desk/stadtdaten')).submit({ name: 'lbm', titel: 'Land', lizenz: '', zugang: 'public', tage: '' }, { button: 'anlegen' });
  const snapshot = inner => container(publication('sit:SituationPublication', inner, 'con:payload'));
  const place = '50.6 10.6 50.6 10.61';
  await send('lbm', snapshot(works({ id: 'L1', title: 'Erste', place }) + works({ id: 'L2', title: 'Zweite', place })));
  assert.match((await visitor.get('/stadtdaten/verkehr')).words, /Erste.*Zweite/s);
  await send('lbm', snapshot(works({ id: 'L2', title: 'Zweite', place })));
  const words = (await visitor.get('/stadtdaten/verkehr')).words;
  assert.deepEqual([/Erste/.test(words), /Zweite/.test(words)], [false, true]);
  await send('lbm', container(publication('roa:MeasuredDataPublication', '', 'con:payload')));
  assert.match((await visitor.get('/stadtdaten/verkehr')).words, /Zweite/, 'a snapshot of measured values says nothing of situations');
  await send('lbm', snapshot(''));
  assert.doesNotMatch((await visitor.get('/stadtdaten/verkehr')).words, /Zweite/);
});

test('a snapshot ends nothing of another creator, and nothing that it has but nobody can read', async () => {
  const place = '50.7 10.6 50.7 10.61';
  const by = (creator, inner) =>
    container(publication('sit:SituationPublication', `<com:publicationCreator><com:country>de</com:country><com:nationalIdentifier>${creator}</com:nationalIdentifier></com:publicationCreator>${inner}`, 'con:payload'));
  const seen = async () => {
    const words = (await visitor.get('/stadtdaten/verkehr')).words;
    return ['Vom Kreis', 'Vom Land'].filter(title => words.includes(title));
  };
  await send('lbm', by('KREIS', works({ id: 'K1', title: 'Vom Kreis', place })));
  await send('lbm', by('LAND', works({ id: 'M1', title: 'Vom Land', place })));
  assert.deepEqual(await seen(), ['Vom Kreis', 'Vom Land']);
  const report = (await send('lbm', by('LAND', works({ id: 'M1', version: 2, place: 'nowhere' })))).json();
  assert.deepEqual([report.left_out, await seen()], [1, ['Vom Kreis', 'Vom Land']]);
  await send('lbm', by('LAND', ''));
  assert.deepEqual(await seen(), ['Vom Kreis']);
  await send('lbm', by('KREIS', ''));
  assert.deepEqual(await seen(), []);
});

test('what is no DATEX II is refused with the line, and single situations that make no sense are told', async () => {
  for (const [body, words] of [
    ['<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0"/>', /no DATEX II of version 3/],
    ['<a>\n<b></a>', /line 2|:2|mismatch/],
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', /document type/i],
    [publication('vms:VmsPublication', ''), /VmsPublication/],
  ]) {
    const answer = await send('allgemein', body);
    assert.equal(answer.status, 422, answer.text);
    assert.match(answer.text, words);
  }
  const report = (await send('allgemein', situations(works({ id: 'krumm', place: '99 10' })))).json();
  assert.deepEqual([report.new_things, report.left_out, report.problems[0].line], [0, 1, 3]);
});

test('floating cars: the mean of a road and minute is kept, and nothing else', async () => {
  const minute = new Date(Math.floor(Date.now() / 60000) * 60000 - 120_000).toISOString();
  const cars = speeds => JSON.stringify(speeds.map(speed => ({ lon: 10.505, lat: 50.50501, speed, heading: 92, time: minute })));
  const post = (body, as = sta.key) => api('POST', '/api/v1/city/traffic/floating-cars', { body, as, type: 'application/json' });
  assert.deepEqual((await post(cars([20, 30, 40]))).json(), { matched: 3, no_road: 0, left_out: 0, problems: [] });
  await post(cars([10]));
  const [stream] = (await sta.get("/Datastreams?$filter=name eq 'Geschwindigkeit NB (fahrende Fahrzeuge)'&$expand=Observations,Thing")).value;
  assert.deepEqual(stream.Observations.map(o => [Date.parse(o.phenomenonTime), o.result, o.parameters]), [[Date.parse(minute), 25, { fahrzeuge: 4 }]]);
  assert.equal(stream.Thing.name, 'NB');
  const shown = (await features()).find(f => f.properties.name === 'NB').properties;
  assert.deepEqual([shown.level, shown.kmh], ['dense', 25]);
  // Those that come at one time are all in the mean.
  await Promise.all(Array.from({ length: 8 }, () => post(cars([25]))));
  const [{ Observations }] = (await sta.get("/Datastreams?$filter=name eq 'Geschwindigkeit NB (fahrende Fahrzeuge)'&$expand=Observations")).value;
  assert.deepEqual(Observations.map(o => [o.result, o.parameters]), [[25, { fahrzeuge: 12 }]]);
  // Across the road, beside every road, of tomorrow, no place, no speed.
  const odd = (await post(JSON.stringify([{ lon: 10.505, lat: 50.505, speed: 9, heading: 180 }, { lon: 10.505, lat: 50.4, speed: 9 }, { lon: 10.505, lat: 50.505, speed: 9, time: hour(24) }, { lon: 500, lat: 1, speed: 9 }, { lon: 10.505, lat: 50.505 }, 7]))).json();
  assert.deepEqual([odd.matched, odd.no_road, odd.left_out, odd.problems.map(p => p.message)], [0, 2, 4, [2, 3, 4, 5]]);
  assert.equal((await post('{"lon": 1}')).status, 422);
  // A device's key reaches the roads of its dataset alone.
  const device = dataset => spawnSync(program, ['city', 'key', '--write', '--dataset', dataset, '--tenant', 'musterstadt', '--data', town.dataDir], { encoding: 'utf8' }).stdout.trimEnd().split('\n').at(-1);
  for (const [dataset, counts] of [['allgemein', [1, 0]], ['strassen', [0, 1]]]) {
    const { matched, no_road } = (await post(cars([30]), device(dataset))).json();
    assert.deepEqual([matched, no_road], counts, dataset);
  }
  assert.deepEqual([(await post(cars([20]), null)).status, (await post(cars([20]), await keyOf(await town.staff('admin', 'rathaus-admin'), 'Elif Aydın', 'city.write'))).status], [401, 403]);
});

test('the control room enters, changes and ends road works; what is wrong comes back with all that was typed', async () => {
  const page = await planner.get('/desk/verkehr');
  const segment = page.text.match(/<option value="(\d+)"[^>]*>NA<\/option>/)[1];
  const typed = { titel: 'Rohrbruch', art: 'gefahr', einschraenkung: 'gesperrt', abschnitt: segment, beginn: '1.1.2026 07:00', ende: '1.1.2026 06:00', weg: 'ja', umleitung: 'Über B', zugang: 'public' };
  const wrong = await page.submit(typed, { button: 'Eintragen' });
  assert.deepEqual([wrong.status, /Das Ende liegt nicht nach dem Beginn/.test(wrong.words), /value="Rohrbruch"/.test(wrong.text)], [422, true, true]);
  for (const [field, value, words] of [['titel', '', 'was dort ist'], ['beginn', 'morgen', 'Tag und Uhrzeit'], ['beginn', '1.3.0227 07:00', 'das Jahr'], ['art', '', 'wählen Sie aus'], ['zugang', 'quatsch', 'wer es sehen darf'], ['abschnitt', '987654', 'Abschnitt gibt es nicht'], ['koordinaten', 'hier', 'Länge und Breite']]) {
    const again = await page.submit({ ...typed, ende: '', abschnitt: field === 'koordinaten' ? '' : segment, [field]: value }, { button: 'Eintragen' });
    assert.deepEqual([again.status, again.words.includes(words)], [422, true], field);
  }
  const all = await page.submit({ ...typed, titel: '', art: '', einschraenkung: 'nachts', sperrzeit: 'abends', abschnitt: '', koordinaten: 'hier', beginn: 'bald', ende: 'nie', zugang: '' }, { button: 'Eintragen' });
  for (const field of ['titel', 'art', 'sperrzeit', 'koordinaten', 'beginn', 'ende', 'zugang']) assert.match(all.text, new RegExp(`href="#${field}"`), field);
  const done = await wrong.submit({ ende: '' }, { button: 'Eintragen' });
  assert.match(done.words, /Das ist eingetragen/);
  const work = (await features()).find(f => f.properties.name === 'Rohrbruch');
  assert.deepEqual((await route('from=10.5,50.5005&to=10.51,50.5005')).json().properties.roads, ['NW', 'NB', 'NE']);
  const [thing] = (await sta.get("/Things?$filter=name eq 'Rohrbruch'")).value;
  assert.equal(thing.properties.umleitungsweg.coordinates.length, 4);

  const changed = await (await planner.get(`/desk/verkehr/${work.id}`)).submit({ titel: 'Wasserrohrbruch', einschraenkung: 'halbseitig' }, { button: 'speichern' });
  assert.match(changed.words, /Das ist geändert.*Wasserrohrbruch/s);
  assert.deepEqual((await route('from=10.5,50.5005&to=10.51,50.5005')).json().properties.roads, ['NW', 'NA', 'NE']);
  const ended = await (await planner.get(`/desk/verkehr/${work.id}`)).submit({}, { form: '/ende' });
  assert.match(ended.words, /Das ist beendet/);
  assert.doesNotMatch((await visitor.get('/stadtdaten/verkehr')).words, /Wasserrohrbruch/);
  assert.match((await visitor.get(`/stadtdaten/baustellen/${work.id}`)).words, /Das ist vorbei/);
  assert.equal((await planner.get('/desk/verkehr/999999')).status, 404);
});

test('a road work that is sent twice is there once', async () => {
  const page = await planner.get('/desk/verkehr');
  const typed = { titel: 'Doppelklick', art: 'baustelle', einschraenkung: 'verengt', koordinaten: '10.505, 50.505', beginn: '1.1.2026 07:00', zugang: 'public' };
  const answers = await Promise.all([1, 2].map(() => page.submit(typed, { button: 'Eintragen' })));
  for (const answer of answers) assert.match(answer.words, /Das ist eingetragen/);
  const { value: [work, ...more] } = await sta.get("/Things?$filter=name eq 'Doppelklick'");
  assert.deepEqual(more, []);
  await (await planner.get(`/desk/verkehr/${work['@iot.id']}`)).submit({}, { form: '/ende' });
});

test('what is closed at night says when, in every form; what is ended at once can still be put right', async () => {
  const page = await planner.get('/desk/verkehr');
  const typed = { titel: 'Deckenbau', art: 'baustelle', einschraenkung: 'nachts', sperrzeit: '21:30 – 5:00 Uhr', koordinaten: '10.505, 50.505', beginn: '1.1.2026 07:00', zugang: 'public' };
  assert.equal((await page.submit({ ...typed, sperrzeit: '5:00-5:00' }, { button: 'Eintragen' })).status, 422);
  await page.submit(typed, { button: 'Eintragen' });
  const find = async () => (await sta.get("/Things?$filter=name eq 'Deckenbau'")).value[0];
  const made = await find();
  assert.equal(made.properties.sperrzeit, '21:30-05:00');
  assert.match((await visitor.get(`/stadtdaten/baustellen/${made['@iot.id']}`)).words, /nachts gesperrt \(21:30 – 05:00\)/);
  const path = `/desk/verkehr/${made['@iot.id']}`, form = await planner.get(path);
  assert.match(form.text, /value="21:30-05:00"/);
  await form.submit({ sperrzeit: '' }, { button: 'speichern' });
  assert.equal((await find()).properties.sperrzeit, '20:00-06:00');
  await (await planner.get(path)).submit({ beginn: '1.1.2099 07:00' }, { button: 'speichern' });
  await (await planner.get(path)).submit({}, { form: '/ende' });
  assert.match((await (await planner.get(path)).submit({ titel: 'Deckenbau fertig' }, { button: 'speichern' })).words, /Das ist geändert/);
});

test('times of road works are those of clocks, also on the day that they are changed; a place is near the town', async () => {
  const page = await planner.get('/desk/verkehr');
  const typed = { titel: 'Umstellung', art: 'baustelle', einschraenkung: 'keine', koordinaten: '51.5602, 9.9601', beginn: '28.3.2027 07:00', ende: '31.10.2027 18:30', zugang: 'public' };
  const swapped = await page.submit(typed, { button: 'Eintragen' });
  assert.deepEqual([swapped.status, /liegt \d+ km von der nächsten Straße der Stadt/.test(swapped.words)], [422, true]);
  await swapped.submit({ koordinaten: '9.9601, 51.5602' }, { button: 'Eintragen' });
  const find = async () => (await sta.get("/Things?$filter=name eq 'Umstellung'")).value[0];
  const made = await find();
  assert.deepEqual([made.properties.beginn, made.properties.ende], ['2027-03-28T05:00:00.000Z', '2027-10-31T17:30:00.000Z']);
  const form = await planner.get(`/desk/verkehr/${made['@iot.id']}`);
  assert.match(form.text, /value="28\.3\.2027 07:00"[^]*value="31\.10\.2027 18:30"/);
  await form.submit({}, { button: 'speichern' });
  assert.deepEqual((await find()).properties, made.properties);
  await (await planner.get(`/desk/verkehr/${made['@iot.id']}`)).submit({}, { form: '/ende' });
});

test('what is internal is nobody’s to see, by no way, but of who may', async () => {
  const page = await planner.get('/desk/verkehr');
  await page.submit({ titel: 'Verdeckter Einsatz', art: 'sperrung', einschraenkung: 'gesperrt', koordinaten: '10.501, 50.505\n10.509, 50.505', beginn: '1.1.2026', zugang: 'internal' }, { button: 'Eintragen' });
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  const secret = (await features(planner)).find(f => f.properties.name === 'Verdeckter Einsatz');
  for (const who of [visitor, clerk]) {
    for (const path of ['/stadtdaten', '/stadtdaten/verkehr', '/stadtdaten/verkehr.geojson', '/api/v1/city/datex/situations.xml', '/ogc/v1/collections', '/daten/katalog.jsonld'])
      assert.doesNotMatch((await who.get(path)).text, /Verdeckt|baustellen-intern/, path);
    assert.equal((await who.get(`/stadtdaten/baustellen/${secret.id}`)).status, 404);
  }
  assert.match(await datex('situations', sta.key), /Verdeckter Einsatz/);
  assert.match((await planner.get('/desk/verkehr')).words, /Verdeckter Einsatz.*intern/s);
  // Nor is the road it closes: the way leads along it for the public, and round for who knows.
  const [open, known] = [await route('from=10.5,50.504&to=10.51,50.504'), await route('from=10.5,50.504&to=10.51,50.504', sta.key)];
  assert.deepEqual([open.json().properties.roads, known.json().properties.roads], [['NW', 'NB', 'NE'], ['NW', 'NA', 'NE']]);
  assert.equal((await clerk.get('/desk/verkehr')).status, 403);
});

test('what is public tells of no internal road: neither its name, nor its line, nor a way round along it', async () => {
  await (await planner.get('/desk/stadtdaten')).submit({ name: 'werkhof', titel: 'Werkhof', lizenz: '', zugang: 'internal', tage: '' }, { button: 'anlegen' });
  const [C, D] = [line('Geheimweg', [10.5, 50.5], [10.505, 50.5025]), line('Hinterhof', [10.505, 50.5025], [10.51, 50.5])];
  await send('werkhof', JSON.stringify({ type: 'FeatureCollection', features: [C, D] }), { type: 'application/geo+json' });
  const page = await planner.get('/desk/verkehr');
  const option = name => page.text.match(new RegExp(`<option value="(\\d+)"[^>]*>${name}</option>`))[1];
  const typed = { titel: 'Offene Grube', art: 'gefahr', einschraenkung: 'gesperrt', abschnitt: option('Geheimweg \\(intern\\)'), beginn: '1.1.2026 07:00', weg: 'ja', zugang: 'public' };
  const refused = await page.submit(typed, { button: 'Eintragen' });
  assert.deepEqual([refused.status, /internen Abschnitt/.test(refused.words)], [422, true]);
  assert.match((await refused.submit({ zugang: 'internal' }, { button: 'Eintragen' })).words, /Das ist eingetragen/);
  for (const path of ['/stadtdaten/verkehr.geojson', '/api/v1/city/datex/situations.xml', '/ogc/v1/collections/baustellen/items'])
    assert.doesNotMatch((await visitor.get(path)).text, /Geheimweg|Hinterhof|Offene Grube/, path);
  // The shortest way round would be the internal one, on which an internal closure lies as well.
  await (await planner.get('/desk/verkehr')).submit({ ...typed, titel: 'Rohrleger', abschnitt: option('NA') }, { button: 'Eintragen' });
  const [pipes] = (await sta.get("/Things?$filter=name eq 'Rohrleger'")).value;
  assert.deepEqual(pipes.properties.umleitungsweg.coordinates.map(at => at.map(Number)), [[10.5, 50.5], [10.5, 50.505], [10.51, 50.505], [10.51, 50.5]]);
  // Nor can it be changed to one.
  const change = await planner.get(`/desk/verkehr/${pipes['@iot.id']}`);
  assert.doesNotMatch(change.text, /Geheimweg/);
  assert.equal((await change.submit({ abschnitt: typed.abschnitt }, { button: 'speichern' })).status, 422);
  await (await planner.get(`/desk/verkehr/${pipes['@iot.id']}`)).submit({}, { form: '/ende' });
});

test('a route that cannot be says why', async () => {
  for (const [query, status, words] of [['from=10.5,50.5', 422, /to is longitude,latitude/], ['from=10.5,50.5&to=x', 422, /longitude/], ['from=10.5,50.5&to=20,50', 422, /no open road is within 300 m/]]) {
    const answer = await route(query);
    assert.deepEqual([answer.status, answer.headers['content-type'].includes('problem+json')], [status, true]);
    assert.match(answer.text, words);
  }
  assert.equal((await route('from=10.5,50.5&to=9.9601,51.5621')).status, 404, 'no road leads from one town to the other');
  for (const [query, words] of [['von=&nach=', /Bitte wählen Sie einen Eintrag aus.*Bitte wählen Sie einen Eintrag aus/], ['von=10.5,50.5&nach=x', /Bitte wählen Sie einen Eintrag aus/], ['von=10.5,50.5&nach=10.5,50.5', /zwei verschiedene Kreuzungen/]]) {
    const wrong = await visitor.get(`/stadtdaten/verkehr?${query}`);
    assert.deepEqual([wrong.status, words.test(wrong.words)], [400, true], query);
  }
  const asked = (await visitor.get('/stadtdaten/verkehr')).text.match(/<option value="(10\.5[\d,.]*)"[^>]*>NA \/ NW/)[1];
  const drive = await visitor.get(`/stadtdaten/verkehr?von=${asked}&nach=10.51,50.5`);
  assert.match(drive.words, /2 min für \d+ m, über NA|\d min für 7\d\d m/);
});

test('what an interface of the town’s data says is English throughout, title and detail', async () => {
  for (const [method, path] of [['GET', '/api/v1/city/traffic/route?from=1'], ['POST', '/api/v1/city/datasets/allgemein/import'], ['POST', '/api/v1/city/traffic/floating-cars'], ['GET', '/ogc/v1/collections/nirgends'], ['GET', '/api/v1/city/datasets/nirgends/quality']])
    for (const as of [sta.key, null]) {
      const problem = (await api(method, path, { as, body: method === 'POST' ? '[{' : undefined, type: 'application/json' })).json();
      assert.doesNotMatch(`${problem.title} ${problem.detail}`, /[äöüß]|\b(Sie|Diese|nicht|gibt|Das)\b/, `${method} ${path}`);
    }
});

/** A road work that another program told over SensorThings. */
const told = (name, key) => ({
  name, description: '', properties: { key, art: 'gefahr', einschraenkung: 'verengt', beginn: hour(-1) },
  Locations: [{ name: 'Ort', description: '', encodingType: 'application/geo+json', location: { type: 'Point', coordinates: [10.5, 50.502] } }],
});
test('a character that XML cannot write spoils no publication, and makes no id twice', async () => {
  for (const [name, key] of [['Glocke\u0007', 'gleich'], ['Ende\uffff', 'gleich\u0001'], ['Zeile', 'erste\nzweite']]) await sta.post('/Things', told(name, key));
  const all = await datex('situations');
  assert.doesNotMatch(all, /[\u0007\u0001\uffff]/);
  assert.deepEqual([all.match(/<sit:situation id="gleich">/g)?.length, /<sit:situation id="erste&#10;zweite">/.test(all)], [1, true]);
});

test('what we write is read again: another dataset has the same road works, roads and speeds', async () => {
  await api('POST', '/api/v1/city/traffic/floating-cars', { body: JSON.stringify([{ lon: 10.5, lat: 50.502, speed: 12, heading: 0 }]), type: 'application/json' });
  const [all, sites, measured] = [await datex('situations'), await datex('sites'), await datex('measured')];
  await (await planner.get('/desk/stadtdaten')).submit({ name: 'kopie', titel: 'Kopie', lizenz: '', zugang: 'public', tage: '' }, { button: 'anlegen' });
  const copied = (await send('kopie', all)).json();
  assert.deepEqual([copied.new_things, copied.left_out, copied.lines], [all.match(/<sit:situation /g).length, 0, all.match(/<sit:situation /g).length]);
  const ids = (await datex('situations')).match(/<sit:situation id="[^"]*"/g);
  assert.deepEqual(ids, [...new Set(ids)], 'each id once, though two datasets have it');
  assert.equal((await send('kopie', measured)).json().problems[0].message.includes('nobody has told where the site'), true);
  assert.equal((await send('kopie', sites)).json().left_out, 0);
  const values = (await send('kopie', measured)).json();
  assert.deepEqual([values.left_out, values.observations, values.new_datastreams].map(Number), [0, values.lines, values.lines]);
  const [stream] = (await sta.get("/Datastreams?$filter=name eq 'Geschwindigkeit NW' and unitOfMeasurement/symbol eq 'km/h'&$expand=Observations")).value;
  assert.equal(stream.Observations[0].result, 12);
});
