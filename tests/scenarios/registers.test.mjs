// SPDX-License-Identifier: EUPL-1.2
// Registers from outside: a stock is imported, looked at on other days, filtered, counted and given out.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, program, startTown } from './lib/town.mjs';

const folder = mkdtempSync(join(tmpdir(), 'rathaus-register-'));
const data = join(folder, 'data');
let town, clerk;

const HEADINGS = 'schluessel;Hundemarke;name;rasse;mischling;geburt;chip;haltung_seit;steuer_ab;halter_name;halter_strasse;halter_ort;halter_email;gültig ab;gültig bis;grund';
const dog = (i, { breed = 'mops', postcode = '12345', until = '', from = '3.3.2020' } = {}) =>
  `A${i};${1000 + i};Hund ${i};${breed};nein;201${i % 5};27609810${String(i).padStart(7, '0')};${from};${from};Erika Müller${i};Lindenweg ${i};${postcode} Musterstadt;e${i % 39}@example.org;${from};${until};${until && 'verstorben'}`;

function importStock(text, ...options) {
  const file = join(folder, 'stock.csv');
  writeFileSync(file, Buffer.from(text, 'latin1'));
  const run = spawnSync(program, ['import', 'hund', file, '--data', data, '--tenant', 'musterstadt', '--json', ...options], { encoding: 'utf8' });
  return { status: run.status, sum: run.stdout && JSON.parse(run.stdout), error: run.stderr };
}

before(async () => {
  await (await startTown({ dataDir: data })).stop();
  const lines = Array.from({ length: 40 }, (_, i) => dog(i, { breed: i < 12 ? 'Mops' : 'labrador_retriever', postcode: i % 2 ? '12345' : '12347', until: i === 39 ? '31.12.2024' : '' }));
  const text = [HEADINGS, ...lines, dog(40, { breed: 'Einhorn' })].join('\r\n');
  const report = join(folder, 'report.csv');
  assert.deepEqual(importStock(text, '--preview').sum.added, 40);
  const first = importStock(text, '--report', report);
  assert.equal(first.status, 1, first.error);
  assert.deepEqual([first.sum.encoding, first.sum.added, first.sum.wrong], ['Windows-1252', 40, 1]);
  assert.match(readFileSync(report, 'utf8'), /\n42;fehlerhaft;"A40";"Rasse";".*Einhorn.*";".+";\r\n/);
  assert.deepEqual(importStock(text).sum.known, 40);
  town = await startTown({ dataDir: data });
  clerk = await town.staff('kurz', 'hundesteuer-kurz');
});
after(async () => { await town?.stop(); rmSync(folder, { recursive: true, force: true }); });

test('a list is filtered by fields and days', async () => {
  assert.match((await clerk.get('/desk/register/hund')).words, /40 Einträge/);
  assert.match((await clerk.get('/desk/register/hund?f_rasse=mops')).words, /12 Einträge/);
  assert.match((await clerk.get('/desk/register/hund?gilt=2025-06-01')).words, /39 Einträge/);
  assert.match((await clerk.get('/desk/register/hund?gilt=2024-06-01')).words, /40 Einträge/);
  assert.match((await clerk.get('/desk/register/hund?gilt=2024-06-01&bekannt=2025-01-01')).words, /0 Einträge/); // nothing was known yet
  assert.match((await clerk.get('/desk/register/hund?suche=mueller7')).words, /1 Eintrag/);
});

test('an entry is shown on a day, as known on another', async () => {
  const path = (await clerk.get('/desk/register/hund?suche=mueller39')).links.find(l => /hund\/\d+/.test(l.href)).href;
  assert.match((await clerk.get(path)).words, /3\. März 2020 bis 31\. Dezember 2024/);
  assert.match((await clerk.get(`${path}?gilt=2024-06-01`)).words, /Chipnummer 276098100000039/);
  assert.match((await clerk.get(`${path}?gilt=2025-06-01`)).words, /galt nach diesem Stand nichts/);
});

test('an export holds what is filtered, whole, and is noted', async () => {
  const csv = (await clerk.get('/desk/register/hund/export.csv?f_rasse=mops')).text;
  assert.equal(csv.trim().split('\r\n').length, 13);
  assert.ok(!csv.includes('bestand/'), 'internal fields stay inside');
  const json = JSON.parse((await clerk.get('/desk/register/hund/export.json')).text);
  assert.equal(json.entries.length, 40);
  assert.equal(json.entries[39].until, '2024-12-31');
  assert.equal('halter' in json.entries[0].data, false);
  const other = await town.staff('adler', 'hundesteuer-adler');
  assert.equal((await other.get('/desk/register/hund/export.csv')).status, 403);
});

test('statistics count what holds', async () => {
  assert.match((await clerk.get('/desk/register/hund/statistik?nach=plz')).words, /12345 19 48,7 % 12347 20 51,2 %/);
  assert.match((await clerk.get('/desk/register/hund/statistik?nach=rasse&gilt=2024-06-01')).words, /40 Einträge/);
});

test('open data tell no small counts, and their catalogue is complete', async () => {
  const visitor = town.visitor();
  const csv = (await visitor.get('/daten/hunde_nach_stadtteil_und_rasse.csv')).text.trim().split('\r\n');
  assert.equal(csv[0], 'stand,stadtteil,stadtteil_text,rasse,rasse_text,anzahl');
  assert.deepEqual(csv.slice(1).map(line => line.split(',').slice(2).join()), [
    '"Altstadt","labrador_retriever","Labrador Retriever",13', '"Altstadt","mops","Mops",6',
    '"Am Bergsee","labrador_retriever","Labrador Retriever",14', '"Am Bergsee","mops","Mops",6']);
  const years = JSON.parse((await visitor.get('/daten/hunde_nach_geburtsjahr.json')).text);
  assert.ok(years.zeilen.every(row => row.anzahl >= years.kleinste_anzahl));
  assert.match((await visitor.get('/daten')).words, /Anzahlen unter 5 zeigen wir nicht/);
  assert.equal((await visitor.get('/daten/hund.csv')).status, 404);

  const graph = JSON.parse((await visitor.get('/daten/katalog.jsonld')).text)['@graph'];
  const byId = new Map(graph.map(node => [node['@id'], node]));
  // Mandatory in DCAT-AP.de 2.0, by class; further those that GovData asks for.
  const MANDATORY = {
    'dcat:Catalog': ['dct:title', 'dct:description', 'dct:publisher', 'dcat:dataset', 'dct:license', 'dct:language', 'dct:modified'],
    'dcat:Dataset': ['dct:title', 'dct:description', 'dct:publisher', 'dcat:contactPoint', 'dcat:theme', 'dcat:keyword', 'dcat:distribution', 'dct:modified', 'dct:accrualPeriodicity', 'dcatde:politicalGeocodingLevelURI'],
    'dcat:Distribution': ['dcat:accessURL', 'dct:license', 'dct:format', 'dcat:mediaType', 'dcatde:licenseAttributionByText'],
    'foaf:Organization': ['foaf:name'],
  };
  const REFERENCES = ['dct:publisher', 'dcat:dataset', 'dcat:distribution'];
  for (const node of graph) {
    assert.match(node['@id'], /^https?:/);
    for (const property of MANDATORY[node['@type']]) assert.ok(node[property]?.length !== 0 && node[property], `${node['@id']}: ${property}`);
    for (const property of REFERENCES)
      for (const { '@id': id } of [node[property] ?? []].flat()) assert.ok(byId.has(id), `${property} ${id}`);
  }
  assert.equal(graph.filter(node => node['@type'] === 'dcat:Dataset').length, 2);
  for (const { 'dcat:downloadURL': link } of graph.filter(node => node['@type'] === 'dcat:Distribution'))
    assert.equal((await visitor.get(new URL(link['@id']).pathname)).status, 200);
});

async function citizen(email) {
  const visitor = town.visitor();
  const before = town.mails().length;
  await (await visitor.get('/anmelden')).submit({ email });
  const link = await eventually(() => town.mails().slice(before).map(text => text.replace(/=\r?\n/g, '').match(/\/anmelden\/link\/[\w-]+/)?.[0]).find(Boolean), 'the link');
  await (await visitor.get(link)).submit();
  return visitor;
}

test('a form takes what the register knows of the citizen\'s own entries', async () => {
  const page = async visitor => {
    const first = await (await visitor.get('/dienste/hund/abmeldung')).submit();
    return visitor.get(first.url.replace(/[^/]+$/, 'hund'));
  };
  assert.doesNotMatch((await page(town.visitor())).words, /Hunderegister/); // nobody is signed in
  const own = await page(await citizen('e5@example.org'));
  assert.match(own.words, /Aus dem Register „Hunderegister“, Stand .* Hund 5 \(Marke 1005\) Angaben übernehmen/);
  assert.doesNotMatch(own.words, /Hund 6/);
  const taken = await own.submit({}, { button: 'Angaben übernehmen' });
  assert.match(taken.words, /Angaben zu „Hund 5 \(Marke 1005\)“ übernommen Sie kommen aus dem Register „Hunderegister“/);
  const fields = Object.fromEntries(taken.forms.find(form => form.fields.some(([name]) => name === 'hund_name')).fields);
  assert.deepEqual([fields.hund_name, fields.kennzeichen, fields.hund_marke], ['Hund 5', 'marke', '1005']);
  // Another person's entry is not given, whatever the form says.
  const foreign = await own.submit({ eintrag: String(Number(own.forms[0].fields.find(([name]) => name === 'eintrag')[1]) + 1) }, { button: 'Angaben übernehmen' });
  assert.equal(foreign.status, 422);
});

test('a stock is read in at the desk: preview, job, report', async () => {
  const file = { field: 'datei', name: 'bestand.csv', type: 'text/csv', bytes: Buffer.from([HEADINGS, dog(50), dog(51, { breed: 'Einhorn' })].join('\r\n'), 'latin1') };
  const done = job => eventually(async () => { const page = await clerk.get(job.url); return page.words.includes('Fertig') && page; }, 'the import');
  const page = () => clerk.get('/desk/register/hund/einlesen');
  const preview = await done(await (await page()).submit({}, { form: 'einlesen', files: [file], button: 'Vorschau ansehen' }));
  assert.match(preview.words, /nichts ist geschrieben.*Windows-1252, Semikolon.*Zeile 3: Rasse/);
  assert.match((await clerk.get('/desk/register/hund')).words, /40 Einträge/);
  await done(await (await page()).submit({}, { form: 'einlesen', files: [file], button: 'Bestand einlesen' }));
  assert.match((await clerk.get('/desk/register/hund')).words, /41 Einträge/);
  const report = await (await page()).follow(/^bericht/);
  assert.match(report.text, /2;neu;"A50".*\r\n3;fehlerhaft;"A51";"Rasse"/);
});
