// SPDX-License-Identifier: EUPL-1.2
// The planner's twin: order a simulation, look at it, change the city, compare, publish; and what
// citizens see of it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, startTown } from './lib/town.mjs';
import { writeModel } from './lib/valley.mjs';

let town, planner, citizen;
const scratch = mkdtempSync(join(tmpdir(), 'twin-plan-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

// The words and the facts of a PDF.
function readPdf(bytes) {
  const file = join(scratch, 'report.pdf');
  writeFileSync(file, bytes);
  const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8' });
  const words = run('pdftotext', '-raw', file, '-').replace(/\s+/g, ' ');
  const facts = Object.fromEntries(run('pdfinfo', file).split('\n').map(line => line.split(/:\s+(.*)/)));
  return { words, facts };
}
const german = (value, digits = 0) => value.toLocaleString('de-DE', { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: 'always' });
// As it is sent: no path is tidied on its way.
const rawStatus = path => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(town.url);
  const cookie = [...planner.cookies].map(([key, c]) => `${key.split(' ')[0]}=${c.value}`).join('; ');
  http.get({ hostname, port, path, headers: { ...planner.headers, cookie } }, answer => { answer.resume(); resolve(answer.statusCode); }).on('error', reject);
});
const result = (id, name) => readFileSync(join(town.dataDir, `tenants/musterstadt/twin/runs/${id}/out/${name}`), 'utf8');

before(async () => {
  town = await startTown();
  writeModel(join(town.dataDir, 'tenants/musterstadt/twin/models/musterstadt'));
  planner = await town.staff('planung', 'rathaus-planung');
  citizen = town.visitor();
});
after(() => town?.stop());

const storm = { name: 'Talstraße heute', regen: 'sri', sri: '7', dauer: '60', nachlauf: '0', schnell: 'ja' };
const ORDER = { button: 'Simulation berechnen' };
const done = id => eventually(async () => {
  const page = await planner.get(`/desk/zwilling/${id}`);
  assert.doesNotMatch(page.words, /nicht gelungen/, page.words);
  return /fertig/.test(page.words) && page;
}, `simulation ${id}`, 90000);

let spot; // where the water is deep, of the address

test('what a planner orders wrongly comes back filled in, with the remedy', async () => {
  const form = await planner.get('/desk/zwilling/neu');
  const back = await form.submit({ ...storm, name: '', dauer: '995' }, ORDER);
  assert.equal(back.status, 422);
  assert.match(back.words, /Bitte geben Sie der Simulation einen Namen/);
  assert.match(back.words, /reichen von 5 bis 120 Minuten/);
  assert.match(back.text, /name="dauer"[^>]*value="995"/);
  assert.match((await form.submit({ ...storm, dauer: '7' }, ORDER)).words, /in Schritten von 5 Minuten/);
  for (const [bytes, words] of [
    ['time_s,mm_per_h\n0,40\n600,x\n', /Zeile 3 der Datei: „x“ ist keine Zahl\. Schreiben Sie/],
    ['time_s,mm_per_h\n0,40\n\n600,\n', /Zeile 4 der Datei: Hier fehlt ein Wert\. Schreiben Sie 0/],
    ['time_s,mm_per_h\n0,-2.5\n600,0\n', /Zeile 2 der Datei: -2,5 ist negativ\. Regen ist 0 oder mehr/],
    ['time_s,mm_per_h\n0,9000\n600,0\n', /Zeile 2 der Datei: 9000 Liter .*Prüfen Sie die Einheit/],
    ['time_s,mm_per_h\n0,4\n600,4\n300,0\n', /Zeile 4 der Datei: Die Zeit \(300 Sekunden\) liegt nicht hinter der in der Zeile davor \(600 Sekunden\)/],
    ['time_s,mm_per_h\n-60,4\n300,0\n', /Zeile 2 der Datei: Die Zeit liegt vor dem Beginn/],
    ['time_s,regen\n0,4\n300,0\n', /Zeile 1 der Datei: Es fehlt die Spalte „mm_per_h“/],
    ['time_s,mm_per_h\n0,4\n300\n', /Zeile 3 der Datei: Die Zeilen haben nicht alle gleich viele Werte/],
    ['time_s,mm_per_h\n', /Die Datei enthält keine Werte/],
    ['time_s,mm_per_h\n0,40\n', /nur eine Zeile mit Werten/]]) {
    const csv = await form.submit({ ...storm, regen: 'reihe' }, { ...ORDER, files: [{ field: 'datei', name: 'regen.csv', bytes }] });
    assert.match(csv.words, words);
  }
  const days = await form.submit({ ...storm, regen: 'reihe' }, { ...ORDER, files: [{ field: 'datei', name: 'regen.csv', bytes: 'time_s,mm_per_h\n0,40\n90000,0\n' }] });
  assert.match(days.words, /länger als ein Tag/);
  const constant = await form.submit({ ...storm, regen: 'gleich' }, { button: 'Auswahl übernehmen' });
  assert.match(constant.words, /Wie viel\?/);
  assert.doesNotMatch(constant.words, /Bitte korrigieren/);
});

test('a simulation runs as a job; its page, tiles, houses and figures follow', async () => {
  const ordered = await (await planner.get('/desk/zwilling/neu')).submit(storm, ORDER);
  assert.equal(ordered.url, '/desk/zwilling/1');
  assert.match(ordered.words, /Starkregenindex 7 \(außergewöhnlicher Starkregen\): 50 Liter/);
  const page = await done(1);
  assert.match(page.words, /1 Haus mit mehr als 10 cm Wasser an der Wand/);
  assert.match(page.words, /Gefallener Regen 6\.000 m³/); // 400 m × 300 m × 50 mm
  const [, zooms] = page.text.match(/data-zooms="(\d+ \d+)"/);
  const z = Number(zooms.split(' ')[1]);
  const [west, south, east, north] = page.text.match(/data-bounds="([^"]+)"/)[1].split(',').map(Number);
  const x = Math.floor(((west + east) / 2 + 180) / 360 * 2 ** z);
  const rad = (south + north) / 2 * Math.PI / 180;
  const y = Math.floor((1 - Math.log(Math.tan(rad) + 1 / Math.cos(rad)) / Math.PI) / 2 * 2 ** z);
  for (const layer of ['tiefe', 'tempo', 'zeit-3600']) {
    const tile = await planner.get(`/desk/zwilling/1/kacheln/${layer}/${z}/${x}/${y}`);
    assert.equal(tile.status, 200, layer);
    assert.equal(tile.headers['content-type'], 'image/png');
    assert.ok(tile.bytes.length > 800, `${layer}: ${tile.bytes.length} bytes`);
    const again = await planner.get(`/desk/zwilling/1/kacheln/${layer}/${z}/${x}/${y}`, { headers: { 'if-none-match': tile.headers.etag } });
    assert.equal(again.status, 304);
  }
  for (const layer of ['..', '%2e%2e', 'zeit-../tiefe', 'zeit--1', 'haeuser'])
    assert.ok([400, 404].includes(await rawStatus(`/desk/zwilling/1/kacheln/${layer}/${z}/${x}/${y}`)), layer);
  assert.equal((await planner.get(`/desk/zwilling/1/kacheln/tiefe/${z}/0/0`)).bytes.length < 100, true, 'nothing far away');
  // The hollow is 250 of 400 m and 150 of 300 m along.
  spot = `laenge=${west + (east - west) * 0.685}&breite=${south + (north - south) * 0.5}`;
  const told = async layer => (await planner.get(`/desk/zwilling/1/punkt?${spot}&ebene=${layer}`)).json().text;
  assert.match(await told('tiefe'), /^höchstens \d.*m tief, \d,\d m\/s nach (Nord|Süd)?(ost|west|O|W|N|S)/);
  assert.match(await told('zeit-3600'), /^\d.*m tief$/);
  assert.equal((await planner.get('/desk/zwilling/1/punkt?laenge=0&breite=0&ebene=tiefe')).json().text, 'kein Wasser');
  for (const query of ['', 'laenge=9&breite=91&ebene=tiefe', 'laenge=9&breite=x&ebene=tiefe', 'laenge=9&breite=51&ebene=../tiefe'])
    assert.equal((await planner.get(`/desk/zwilling/1/punkt?${query}`)).status, 422, query);
  const arrows = async (zoom, box = { west, sued: south, ost: east, nord: north }) =>
    (await planner.get(`/desk/zwilling/1/pfeile?${new URLSearchParams({ ...box, zoom })}`)).json().features;
  const [near, far] = [await arrows(z + 1), await arrows(z - 1)];
  assert.ok(near.length > 20 && far.length > 3 && far.length < near.length / 3, `${near.length}, ${far.length}`);
  assert.ok(near.every(({ geometry: { coordinates: [x, y] } }) => x > west && x < east && y > south && y < north));
  assert.deepEqual(await arrows(z, { west: 0, sued: 0, ost: 1, nord: 1 }), []);
  assert.deepEqual(await arrows(0, { west: -180, sued: -85, ost: 180, nord: 85 }), [], 'far out they are too many to look through');
  const list = await page.follow('1 Haus');
  const sheet = await list.follow('Talstraße 12');
  assert.match(sheet.words, /Größte Tiefe an der Wand \d,\d\d m/);
  assert.match(sheet.text, /<path class="chart-line"/);
  const csv = await planner.get('/desk/zwilling/1/haeuser.csv');
  assert.match(csv.text, /^haus,adresse,tiefe_m,tiefe_p90_m,tempo_m_s,schaden_euro\r\n1,Talstraße 12,/);
  const shapes = (await planner.get('/desk/zwilling/1/haeuser.geojson')).json();
  assert.deepEqual(shapes.features.map(f => f.properties.id), [1]);
  assert.equal((await planner.get('/desk/zwilling/1/bild.png')).headers['content-type'], 'image/png');
});

test('the report has two pages, the map in words, and the figures of the summary', async () => {
  const page = await planner.get('/desk/zwilling/1');
  const pdf = await page.follow('Bericht als PDF');
  assert.equal(pdf.headers['content-type'], 'application/pdf');
  const { words, facts } = readPdf(pdf.bytes);
  const summary = JSON.parse(result(1, 'summary.json'));
  assert.equal(facts.Pages, '2');
  assert.equal(facts.Tagged, 'yes');
  assert.equal(facts.Title, 'Starkregen: Talstraße heute');
  assert.match(words, /Stadt Musterstadt Bericht vom/);
  assert.match(words, /Starkregenindex 7 \(außergewöhnlicher Starkregen\): 50 Liter je Quadratmeter in 60 Minuten/);
  assert.match(words, /5 bis 10 cm 10 bis 50 cm 50 bis 100 cm mehr als 100 cm Maßstab etwa 1 : \d.* Gebäude Straße/);
  assert.match(words, /erste Ordnung/);
  for (const [label, key] of [['Gefallener Regen', 'rain_m3'], ['Versickert', 'infiltrated_m3'], ['Abgeflossen', 'outflow_m3'], ['Am Ende in der Stadt', 'stored_m3']])
    assert.ok(words.includes(`${label} ${german(summary.volume[key])} m³`), `${label}: ${words}`);
  ['5 bis 10 cm', '10 bis 50 cm', '50 bis 100 cm', 'mehr als 100 cm'].forEach((label, i) =>
    assert.match(words, new RegExp(`${label} ${summary.buildings.by_class[i]} [\\d.]+ €`)));
  assert.ok(words.includes(`Zusammen 3 ${german(summary.buildings.damage_eur)} €`), words);
  assert.match(words, /Talstraße 12 .*€/);
  assert.match(words, /Senke: höchstens .* nach \d+ Minuten\./);
  assert.match(words, /Felder von 5 × 5 m .* EPSG:25832/);
  assert.match(words, /n = 0,03 .*Der Boden nimmt kein Wasser auf.*Kanal: nicht berücksichtigt.*offen/);
  assert.match(words, /Die Berechnung ersetzt keine Prüfung vor Ort/);
  const alts = [...pdf.bytes.toString('latin1').matchAll(/\/Alt <FEFF([0-9A-F]+)>/g)].map(([, hex]) => Buffer.from(hex, 'hex').swap16().toString('utf16le'));
  assert.match(alts[0], /^Wappen: Stadt Musterstadt/);
  assert.match(alts[1], /^Karte der größten Wassertiefen .* 1 Haus hat mehr als 10 cm/);
  assert.match(alts[2], /^Kurven der Wassertiefe über die Zeit\. Senke: höchstens/);
  assert.equal((await planner.get('/desk/zwilling/1/vergleich.pdf')).status, 404);
});

test('a report tells the scenario as it was computed', async () => {
  const file = join(town.dataDir, 'tenants/musterstadt/twin/models/musterstadt/stadt.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('0.03', '0.07'));
  const { words } = readPdf((await planner.get('/desk/zwilling/1/bericht.pdf')).bytes);
  writeFileSync(file, text);
  assert.match(words, /n = 0,03 /);
});

test('a wall changes where the water stands, and the comparison says so', async () => {
  const page = await planner.get('/desk/zwilling/1/massnahmen');
  const [west, south, east, north] = page.text.match(/data-bounds="([^"]+)"/)[1].split(',').map(Number);
  const at = (part, up) => [west + part * (east - west), south + up * (north - south)];
  const wrong = await page.submit({ massnahmen: JSON.stringify({ type: 'FeatureCollection', features: [
    { type: 'Feature', properties: { kind: 'wall', height: 1 }, geometry: { type: 'LineString', coordinates: [[0, 0], [1, 1]] } }] }) });
  assert.equal(wrong.status, 422);
  assert.match(wrong.words, /1\. Maßnahme \(Mauer\): Ihre Punkte müssen im Stadtmodell liegen/);
  // A basin upstream of the house holds water back.
  const basin = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { kind: 'basin', depth: 4 },
    geometry: { type: 'Polygon', coordinates: [[at(0.3, 0.3), at(0.5, 0.3), at(0.5, 0.7), at(0.3, 0.7), at(0.3, 0.3)]] } }] };
  const form = await page.submit({ massnahmen: JSON.stringify(basin) });
  // What comes back through the form is checked again.
  const tower = JSON.stringify(basin).replace('"basin","depth":4', '"building","height":999');
  const forged = await form.submit({ name: 'Turm', massnahmen: tower }, ORDER);
  assert.equal(forged.status, 422);
  assert.match(forged.words, /1\. Maßnahme/);
  assert.equal((await form.submit({ name: 'Ohne', vorher: '999' }, ORDER)).status, 404);
  assert.match(form.words, /Sie wird mit „Talstraße heute“ verglichen/);
  await form.submit({ name: 'Talstraße mit Becken' }, ORDER);
  await done(2);
  const compare = await planner.get('/desk/zwilling/2/vergleich');
  assert.match(compare.words, /Becken, 4 m tief/);
  assert.match(compare.words, /An 1 Haus steht weniger Wasser, an 0 mehr/);
  assert.match(compare.words, /Talstraße 12 .*−/);
  assert.match(compare.text, /value="unterschied"/);
  assert.match(compare.text, /<img class="map-picture" src="\/desk\/zwilling\/2\/unterschied\.png" alt="Karte des Unterschieds/);
  const difference = await planner.get('/desk/zwilling/2/unterschied.png');
  assert.equal(difference.headers['content-type'], 'image/png');
  assert.ok(difference.bytes.length > 3000, 'over the ground');
  assert.equal((await planner.get('/desk/zwilling/1/unterschied.png')).status, 404);
  const { words, facts } = readPdf((await compare.follow('Bericht als PDF')).bytes);
  assert.equal(facts.Pages, '2');
  assert.match(words, /Vorher Talstraße heute\. Starkregenindex 7.*Becken, 4 m tief.*Unterschied der Wassertiefe: mehr als 25 cm weniger/);
  assert.match(words, /An 1 Haus steht weniger Wasser als vorher, an 0 mehr\. Haus Vorher Nachher Unterschied Talstraße 12 .* −/);
  const [before, after] = [1, 2].map(id => JSON.parse(result(id, 'summary.json')).volume.outflow_m3);
  assert.ok(words.includes(`Abgeflossen ${german(before)} m³ ${german(after)} m³`), words);
});

// A table of what is computed at a gauge, as if it had been measured from 15:05 on.
function asMeasured(id, gauge) {
  const [head, ...rows] = result(id, 'gauges.csv').trim().split('\n').map(line => line.split(','));
  const column = head.indexOf(`${gauge}_depth_m`);
  const clock = s => `14.07.2026 ${String(15 + Math.floor((s + 300) / 3600)).padStart(2, '0')}:${String(Math.floor((s + 300) / 60) % 60).padStart(2, '0')}:${String(Math.round(s) % 60).padStart(2, '0')}`;
  return ['Zeit;Tiefe', ...rows.map(row => `${clock(Number(row[0]))};${(Number(row[column]) * 100).toFixed(4).replace('.', ',')}`), ''].join('\n');
}

test('what was measured stands beside what is computed, and its rain can be computed with', async () => {
  const event = 'Gewitter am 14. Juli 2026';
  const page = await planner.get('/desk/zwilling/messungen');
  assert.match(page.words, /Es gibt noch keine Messung\..*Pegel des Stadtmodells: Senke, Hang/);
  const save = (fields, bytes) => page.submit({ ereignis: event, art: 'tiefe-cm', ort: 'Senke', ...fields }, { button: 'Messung speichern', files: [{ field: 'datei', name: 'a.csv', bytes }] });
  const wrong = await save({ ereignis: '', ort: 'Nirgends' }, 'Zeit;Tiefe\n14.07.2026 15:05;1\n14.07.2026 15:10;x\n');
  assert.equal(wrong.status, 422);
  assert.match(wrong.words, /Bitte geben Sie dem Ereignis einen Namen/);
  assert.match(wrong.words, /Das Stadtmodell hat keinen Pegel „Nirgends“\. Es hat: Senke, Hang\./);
  assert.match(wrong.words, /Zeile 3: „x“ ist keine Zahl/);
  assert.match((await save({ ort: 'senke' }, asMeasured(1, 'Senke'))).words, /Die Messung ist gespeichert.*1 Messung/);
  await save({ art: 'regen-mmh', ort: 'Rathausdach' }, 'Zeit,mm/h\n2026-07-14T15:05,60\n2026-07-14T15:15,0\n');
  const shown = await planner.get('/desk/zwilling/1');
  assert.match(shown.words, /Pegel Senke: Wassertiefe .* Der berechnete Höchststand ist so hoch wie der gemessene\. Er tritt zur selben Zeit ein\./);
  assert.match(shown.words, /um 0 cm voneinander ab \(RMSE, \d+ Zeitpunkte\)\. Güte nach Nash und Sutcliffe: 1,00, sehr gut/);
  assert.match(shown.words, /Regen, Rathausdach .*Gemessen fielen 10,0 Liter je Quadratmeter, gerechnet ist mit 50,0/);
  assert.match(shown.words, /Pegel Hang: Wassertiefe/);
  assert.equal(shown.text.match(/chart-line--measured/g).length, 2);
  assert.match(shown.words, /Zeit Berechnet Gemessen/);
  const report = readPdf((await planner.get('/desk/zwilling/1/bericht.pdf')).bytes);
  assert.equal(report.facts.Pages, '2');
  const [, computedPeak, measuredPeak] = report.words.match(/Senke gerechnet: höchstens (.*?)\. Senke gemessen: höchstens (.*?)\./);
  assert.equal(measuredPeak, computedPeak);
  assert.match(report.words, /Hang: (höchstens|trocken).* Gemessen wurde bei: Gewitter am 14\. Juli 2026\./);
  const bare = await planner.get('/desk/zwilling/1?ereignis=');
  assert.doesNotMatch(bare.text, /chart-line--measured/);
  assert.doesNotMatch(readPdf((await bare.follow('Bericht als PDF')).bytes).words, /gemessen:/);
  const form = await planner.get('/desk/zwilling/neu');
  const chosen = await form.submit({ ...storm, regen: 'messung', name: 'Nachgerechnet', schnell: 'ja' }, { button: 'Auswahl übernehmen' });
  const missing = await chosen.submit({ name: 'Nachgerechnet' }, ORDER);
  assert.match(missing.words, /Bitte wählen Sie eine Messung/);
  const [, id] = chosen.text.match(/<option value="(\d+)"[^>]*>Gewitter am 14\. Juli 2026, Rathausdach/);
  const ordered = await chosen.submit({ name: 'Nachgerechnet', messung: id, nachlauf: '0' }, ORDER);
  assert.match(ordered.words, /Gemessener Regen, Gewitter am 14\. Juli 2026: 10 Liter je Quadratmeter in 10 Minuten/);
  const computed = await done(ordered.url.split('/').pop());
  assert.match(computed.words, /Gefallener Regen 1\.200 m³/); // 400 m × 300 m × 10 mm
  assert.match(computed.words, /Gemessen fielen 10,0 Liter je Quadratmeter, gerechnet ist mit 10,0/);
  const gone = await (await planner.get('/desk/zwilling/messungen')).submit({}, { button: 'Löschen' });
  assert.match(gone.words, /1 Messung/);
});

test('a town with several models: the planner chooses one', async () => {
  const folder = join(town.dataDir, 'tenants/musterstadt/twin/models/zweites');
  writeModel(folder);
  writeFileSync(join(folder, 'model.yaml'), 'title: Tal nach dem Umbau\nscenario: stadt.yaml\n');
  const form = await planner.get('/desk/zwilling/neu');
  assert.match(form.text, /<select[^>]*name="modell"/);
  const other = await form.submit({ ...storm, modell: 'zweites' }, { button: 'Auswahl übernehmen' });
  assert.match(other.text, /<option value="zweites" selected/);
  const none = await form.submit({ ...storm, modell: 'zweites' }, ORDER);
  assert.match(none.words, /Zu diesem Stadtmodell gibt es keine Bemessungsregen/);
  assert.match((await form.submit({ ...storm, modell: 'drittes' }, ORDER)).words, /Bitte wählen Sie eines/);
  const ordered = await other.submit({ ...storm, name: 'Umbau', modell: 'zweites', regen: 'gleich', menge: '30', dauer: '5' }, { button: 'Auswahl übernehmen' }).then(page => page.submit({ menge: '30', dauer: '5' }, ORDER));
  assert.match((await done(ordered.url.split('/').pop())).words, /Stadtmodell Tal nach dem Umbau/);

  // What is doubtful in a model, and what breaks a computation, is said in German.
  const small = async name => (await other.submit({ ...storm, name, modell: 'zweites', regen: 'gleich', menge: '30', dauer: '5' }, { button: 'Auswahl übernehmen' })).submit({ menge: '30', dauer: '5' }, ORDER);
  const houses = JSON.parse(readFileSync(join(folder, 'houses.geojson'), 'utf8'));
  const far = structuredClone(houses.features[0]);
  far.geometry.coordinates = [far.geometry.coordinates[0].map(([x, y]) => [x + 9000, y])];
  houses.features.push(far);
  writeFileSync(join(folder, 'houses.geojson'), JSON.stringify(houses));
  const doubtful = await done((await small('Zweifelhaft')).url.split('/').pop());
  assert.match(doubtful.words, /Hinweise zur Berechnung Häuser außerhalb des Geländes: 1 von 4\. Für sie ist nichts berechnet\./);
  writeFileSync(join(folder, 'stadt.yaml'), readFileSync(join(folder, 'stadt.yaml'), 'utf8').replace('roughness', 'rougness'));
  const { url } = await small('Kaputt');
  const broken = await eventually(async () => { const page = await planner.get(url); return /nicht gelungen/.test(page.words) && page; }, 'the failure', 30000);
  assert.match(broken.words, /Im Stadtmodell stimmt etwas nicht\. Wer das Stadtmodell pflegt, kann das ändern\. Bestellen Sie die Simulation danach neu\./);
  assert.match(broken.words, /Meldung für die Betreuung .*models\/zweites\/stadt\.yaml:2:.* did you mean "roughness"/);
  assert.doesNotMatch(broken.text, new RegExp(town.dataDir), 'no path of the server');
  rmSync(folder, { recursive: true });
});

test('the desk is German for every browser, its map too', async () => {
  const english = await town.staff('planung', 'rathaus-planung');
  const page = await english.get('/desk/zwilling/1', { headers: { 'accept-language': 'en' } });
  assert.match(page.text, /<html lang="de"/);
  assert.match(page.words, /mehr als 100 cm/);
});

test('citizens see what is published, and advice for their address', async () => {
  assert.match((await citizen.get('/starkregen')).words, /keine Karte veröffentlicht/);
  assert.doesNotMatch((await citizen.get('/')).words, /Starkregen/);
  assert.equal((await citizen.get('/starkregen/kacheln/tiefe/10/1/1')).status, 404);
  await (await planner.get('/desk/zwilling/1')).submit({}, { button: 'Karte veröffentlichen' });
  assert.equal((await (await citizen.get('/')).follow('Starkregen: Wo steht das Wasser?')).url, '/starkregen');
  assert.equal((await citizen.get('/starkregen/kacheln/tiefe/10/1/1?v=1')).headers['cache-control'], 'public, max-age=3600');
  for (const layer of ['tempo', 'zeit-3600', 'unterschied'])
    assert.equal((await citizen.get(`/starkregen/kacheln/${layer}/10/1/1`)).status, 404, layer);
  const water = async (place, lang = 'de') => (await citizen.get(`/starkregen/punkt?${place}&lang=${lang}`)).json().text;
  assert.match(await water(spot), /^Hier steht das Wasser höchstens \d+([,.]\d+)? (cm|m) tief\.$/);
  assert.match(await water(spot, 'en'), /^Here the water is at most /);
  assert.match(await water('laenge=0&breite=0'), /^Hier zeigt die Karte kein Wasser/);
  assert.equal((await citizen.get('/starkregen/punkt?laenge=Ost&breite=51')).status, 422);
  assert.match((await citizen.get('/starkregen?adresse=Talstr.+12')).words, /An Ihrem Haus kann das Wasser bis .* (hoch|m) /);
  assert.match((await citizen.get('/starkregen?adresse=bergweg 3a')).words, /steht nach unserer Rechnung kein Wasser/);
  assert.match((await citizen.get('/starkregen?adresse=TALSTR+12, 12345 Musterstadt')).words, /An Ihrem Haus kann das Wasser bis/);
  assert.match((await citizen.get('/starkregen?adresse=Talstr. 99')).words, /Diese Hausnummer kennen wir nicht\. In dieser Straße gibt es: Talstraße 1, Talstraße 12\./);
  assert.match((await citizen.get('/starkregen?adresse=Nirgendwo')).words, /Diese Adresse kennen wir nicht/);
  assert.match((await citizen.get('/starkregen?adresse=Talstra%C3%9Fe+12&lang=en')).words, /at your house the water can stand/i);
  assert.match((await citizen.get('/starkregen?lang=en')).words, /more than 100 cm/);
  // Another one takes its place; what is published cannot be deleted.
  assert.equal((await planner.post('/desk/zwilling/1/loeschen', { csrf: (await planner.get('/desk/zwilling/1')).csrf })).status, 409);
  await (await planner.get('/desk/zwilling/2')).submit({}, { button: 'Karte veröffentlichen' });
  const gone = await (await planner.get('/desk/zwilling/1')).submit({}, { button: 'Simulation löschen' });
  assert.equal(gone.url, '/desk/zwilling');
  assert.doesNotMatch(gone.words, /Talstraße heute/);
});

test('a stopped simulation shows what it has; a restart goes on', async () => {
  const slow = { ...storm, name: 'Lange', dauer: '120', nachlauf: '1000', schnell: null };
  const ordered = await (await planner.get('/desk/zwilling/neu')).submit(slow, ORDER);
  const id = ordered.url.split('/').pop();
  await eventually(async () => /Minuten der Überflutung/.test((await planner.get(`/desk/zwilling/${id}`)).words), 'progress', 30000);
  for (const page of ['', '/vergleich', '/massnahmen', '/haeuser', '/haeuser.csv', '/haeuser.geojson', '/haeuser/1', '/bild.png', '/bericht.pdf', '/vergleich.pdf', '/kacheln/tiefe/10/1/1'])
    assert.ok((await planner.get(`/desk/zwilling/${id}${page}`)).status < 500, page);
  await town.restart();
  await eventually(async () => /Minuten der Überflutung/.test((await planner.get(`/desk/zwilling/${id}`)).words), 'going on', 30000);
  await (await planner.get(`/desk/zwilling/${id}`)).submit({}, { button: 'Berechnung anhalten' });
  await eventually(async () => /angehalten Starkregenindex 7/.test((await planner.get(`/desk/zwilling/${id}`)).words), 'the stop', 90000);
  assert.match((await planner.get(`/desk/zwilling/${id}`)).text, /data-bounds/, 'its map');
});

test('only planners get in', async () => {
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  for (const path of ['/desk/zwilling', '/desk/zwilling/2/pfeile', '/desk/zwilling/2/punkt', '/desk/zwilling/2', '/desk/zwilling/2/haeuser.csv', '/desk/zwilling/2/bericht.pdf', '/desk/zwilling/messungen', '/desk/zwilling/2/kacheln/tiefe/10/1/1'])
    assert.equal((await clerk.get(path)).status, 403, path);
});

test('a rain series of one’s own falls as its file says, and holds up no other work', async () => {
  const rain = 'time_s,mm_per_h\n0,60\n1800,12\n';
  const form = await planner.get('/desk/zwilling/neu');
  const page = await form.submit({ ...storm, name: 'Eigener', regen: 'reihe', nachlauf: '30' }, { ...ORDER, files: [{ field: 'datei', name: 'regen.csv', bytes: rain }] });
  assert.match(page.words, /Eigene Regenreihe: 36 Liter je Quadratmeter/); // 30 mm, then 12 mm/h for another half hour
  const id = page.url.split('/').pop();
  const ready = await done(id);
  assert.match(ready.words, /Gefallener Regen 4\.320 m³/);
  assert.equal(JSON.parse(result(id, 'summary.json')).order, 1, 'fast');
});
