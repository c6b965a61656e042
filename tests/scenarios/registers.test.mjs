// SPDX-License-Identifier: EUPL-1.2
// Registers from outside: a stock is imported, looked at on other days, filtered, counted and given out.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, program, root, startTown } from './lib/town.mjs';

const folder = mkdtempSync(join(tmpdir(), 'rathaus-register-'));
const data = join(folder, 'data');
let town, clerk;

const HEADINGS = 'schluessel;Hundemarke;name;rasse;mischling;geburt;chip;haltung_seit;steuer_ab;halter_name;halter_strasse;halter_ort;halter_email;gültig ab;gültig bis;grund';
const dog = (i, { breed = 'mops', postcode = '12345', until = '', from = '3.3.2020' } = {}) =>
  `A${i};${1000 + i};Hund ${i};${breed};nein;201${i % 5};27609810${String(i).padStart(7, '0')};${from};${from};Erika Müller${i};Lindenweg ${i};${postcode} Musterstadt;e${i % 39}@example.org;${from};${until};${until && 'verstorben'}`;

function importStock(text, ...options) {
  const file = join(folder, 'stock.csv');
  writeFileSync(file, Buffer.from(text, 'latin1'));
  const run = spawnSync(program, ['import', 'hund', file, '--data', data, '--tenant', 'musterstadt', '--language', 'de', '--json', ...options], { encoding: 'utf8' });
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
    'dcat:Dataset': ['dct:title', 'dct:description', 'dct:publisher', 'dcat:contactPoint', 'dcat:theme', 'dcat:keyword', 'dcat:distribution', 'dct:accrualPeriodicity', 'dcatde:politicalGeocodingLevelURI'],
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
  const sets = graph.filter(node => node['@type'] === 'dcat:Dataset').map(node => node['@id'].split('#')[1]);
  assert.equal(sets.filter(id => !id.startsWith('stadtdaten-')).length, 2);
  for (const { 'dcat:accessURL': { '@id': address } } of graph.filter(node => node['@type'] === 'dcat:Distribution')) {
    const { pathname, search } = new URL(address);
    assert.equal((await visitor.get(pathname + search)).status, 200, address);
  }
});

const citizen = email => town.citizen(email);

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

test('what the register holds of a citizen is theirs to see, with who looked, also where no application made it', async () => {
  const visitor = await citizen('e7@example.org');
  const before = await visitor.get('/antraege');
  assert.match(before.words, /Was in den Registern der Stadt über Sie steht Hunderegister: Hund 7 \(Marke 1007\) seit .* Bisher hat niemand den Eintrag angesehen/);
  assert.doesNotMatch(before.words, /Hund 8/);
  await clerk.get(await entryOf('mueller7'));
  const after = await visitor.get('/antraege');
  assert.match(after.words, /Steueramt: Registereintrag geöffnet/);
  assert.doesNotMatch(after.words, /Kurz/);
  const [entry, ...more] = (await visitor.get('/meine-daten.json')).json().registerEntries;
  assert.equal(more.length, 0);
  assert.deepEqual([entry.register, entry.title, entry.data.name], ['hund', 'Hund 7 (Marke 1007)', 'Hund 7']);
  assert.deepEqual(entry.accesses.map(({ by, purpose }) => [by, purpose]), [['Steueramt', 'Registereintrag geöffnet']]);
  assert.match((await (await citizen('e5@example.org')).get('/antraege')).words, /Sie selbst: In einen eigenen Antrag übernommen/);
});

test('the data protection officer sees by name who looked at an entry that no case made, and what somebody looked at', async () => {
  const officer = await town.staff('datenschutz', 'rathaus-datenschutz');
  const asks = async query => (await officer.get(`/desk/datenschutz?${new URLSearchParams(query)}`)).words;
  await clerk.get(await entryOf('mueller9'));
  await (await town.staff('adler', 'hundesteuer-adler')).get(await entryOf('mueller11'));
  const seen = /Sabine Kurz Hunderegister: Hund 9 \(Marke 1009\) Registereintrag angesehen/;
  assert.match(await asks({ eintrag: 'Müller9' }), seen);
  assert.doesNotMatch(await asks({ eintrag: 'Müller9' }), /Marke 1011/);
  const hers = await asks({ wer: 'kurz' });
  assert.match(hers, seen);
  assert.doesNotMatch(hers, /Marke 1011/);
  assert.match(await asks({ wer: 'Adler' }), /Adler Hunderegister: Hund 11 \(Marke 1011\)/);
  assert.match(await asks({ wer: 'Adler', eintrag: 'Müller9' }), /Solche Zugriffe gibt es nicht/);
  assert.match(await asks({ wer: 'Niemand' }), /Solche Zugriffe gibt es nicht/);
  assert.match(await asks({ eintrag: 'Müller5', wer: 'Person' }), /die Person selbst Hunderegister: Hund 5 \(Marke 1005\) In einen eigenen Antrag übernommen/);
  assert.match(await asks({ eintrag: '--' }), /Schreiben Sie ein Wort/);
});

test('a stock is looked at at the desk: preview, job, report; nobody reads one in alone where two must', async () => {
  const file = { field: 'datei', name: 'bestand.csv', type: 'text/csv', bytes: Buffer.from([HEADINGS, dog(50), dog(51, { breed: 'Einhorn' })].join('\r\n'), 'latin1') };
  const done = job => eventually(async () => { const page = await clerk.get(job.url); return page.words.includes('Fertig') && page; }, 'the import');
  const page = () => clerk.get('/desk/register/hund/einlesen');
  const preview = await done(await (await page()).submit({}, { form: 'einlesen', files: [file], button: 'Vorschau ansehen' }));
  assert.match(preview.words, /nichts ist geschrieben.*Windows-1252, Semikolon.*Zeile 3: Rasse/);
  const report = await (await page()).follow(/^vorschau/);
  assert.match(report.text, /2;neu;"A50".*\r\n3;fehlerhaft;"A51";"Rasse"/);
  const alone = await clerk.upload('/desk/register/hund/einlesen', [['csrf', (await page()).csrf]], [file]);
  assert.equal(alone.status, 422, 'the form without its button');
  assert.match(alone.words, /schreibt niemand allein.*rathaus import/);
  assert.match((await clerk.get('/desk/register/hund')).words, /40 Einträge/);
  const shared = mkdtempSync(join(tmpdir(), 'rathaus-stock-'));
  cpSync(join(root, 'services/hund'), join(shared, 'hund'), { recursive: true });
  const service = join(shared, 'hund/service.yaml');
  writeFileSync(service, readFileSync(service, 'utf8').replace(/^ +four_eyes: true .*$/m, ''));
  const other = await startTown({ args: ['--services', shared] });
  try {
    const there = await other.staff('kurz', 'hundesteuer-kurz');
    const job = await (await there.get('/desk/register/hund/einlesen')).submit({}, { form: 'einlesen', files: [file], button: 'Bestand einlesen' });
    await eventually(async () => (await there.get(job.url)).words.includes('Fertig'), 'the import');
    assert.match((await there.get('/desk/register/hund')).words, /1 Eintrag/);
    assert.match((await (await there.get('/desk/register/hund/einlesen')).follow(/^bericht/)).text, /2;neu;"A50"/);
    const sql = text => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(other.dataDir, 'tenants/musterstadt/tenant.db'), text], { encoding: 'utf8' }).trim();
    const [role, lock] = ["DELETE FROM staff_grant WHERE staff_id = (SELECT id FROM staff WHERE login = 'kurz')", "UPDATE staff SET active = 0 WHERE login = 'kurz'"];
    for (const [meanwhile, why] of [[role, 'darf in dieses Register nichts mehr einlesen'], [lock, 'ist gesperrt']]) {
      const form = await there.get('/desk/register/hund/einlesen');
      const more = { ...file, bytes: Buffer.from([HEADINGS, dog(52)].join('\r\n'), 'latin1') };
      sql(`CREATE TABLE kept AS SELECT * FROM staff_grant; CREATE TRIGGER meanwhile AFTER INSERT ON job BEGIN ${meanwhile}; END`);
      await form.submit({}, { form: 'einlesen', files: [more], button: 'Bestand einlesen', redirect: false });
      await eventually(() => sql(`SELECT COUNT(*) FROM job WHERE status = 'failed' AND error LIKE '%${why}%'`) === '1', 'the refusal');
      sql('DROP TRIGGER meanwhile; DELETE FROM staff_grant; INSERT INTO staff_grant SELECT * FROM kept; DROP TABLE kept');
    }
    assert.equal(sql("SELECT COUNT(*) FROM register_entry WHERE register = 'hund'"), '1');
  } finally {
    await other.stop();
    rmSync(shared, { recursive: true, force: true });
  }
});

const entryOf = async name => (await clerk.get(`/desk/register/hund?suche=${name}`)).links.find(l => /hund\/\d+$/.test(l.href)).href;

test('a correction by hand is previewed, approved by a second person, and tells who and why', async () => {
  const second = await town.staff('adler', 'hundesteuer-adler');
  const path = await entryOf('mueller7');
  const form = await (await clerk.get(path)).follow('Angaben berichtigen');
  assert.ok(!form.text.includes('name="halter"'), 'internal fields are nobody\'s');
  const empty = await form.submit({}, { button: 'Vorschau' });
  assert.equal(empty.status, 422);
  assert.match(empty.words, /Bitte wählen Sie, was geschehen ist\..*Bitte schreiben Sie, warum/);
  const values = { name: 'Bella', 'eintrag-art': 'wrong', 'eintrag-grund': 'Schreibfehler, Anruf am Montag' };
  const preview = await form.submit(values, { button: 'Vorschau' });
  assert.equal(preview.status, 200, preview.words);
  assert.match(preview.words, /Name des Hundes Hund 7 Bella/);
  assert.match((await clerk.get(path)).words, /Name des Hundes Hund 7/); // nothing is written yet
  const back = await preview.submit({}, { button: 'Zurück und ändern' });
  assert.match(back.text, /value="Bella"/);
  const proposed = await preview.submit({}, { button: 'Zur Zustimmung' });
  assert.match(proposed.words, /Es ist vorgeschlagen/);
  assert.match(proposed.words, /Wartet auf Zustimmung \(1\)/);

  // It stands among what waits for a decision, too.
  const list = await second.get('/desk/zustimmungen');
  assert.match(list.words, /Warten auf Sie \(1\).*Hunderegister War von Anfang an falsch Steueramt Sabine Kurz/);
  assert.match((await clerk.get('/desk/zustimmungen')).words, /Ihre Vorschläge \(1\).*Hunderegister/);
  const own = await proposed.follow(/War von Anfang an falsch/);
  assert.equal(list.links.find(l => l.href === own.url)?.href, own.url);
  assert.equal((await clerk.post(own.url, [['csrf', own.csrf], ['zustimmen', '1']])).status, 403, 'nobody approves their own');
  const theirs = await second.get(own.url);
  assert.match(theirs.words, /Schreibfehler, Anruf am Montag/);
  assert.match(theirs.words, /Name des Hundes Hund 7 Bella/);
  const done = await theirs.submit({}, { button: 'Zustimmen und eintragen' });
  assert.match(done.words, /Es ist eingetragen/);
  assert.match(done.words, /Jonas Adler .*Von Hand eingetragen, vorgeschlagen von Sabine Kurz\. Grund: Schreibfehler, Anruf am Montag Gilt ab 3\. März 2020/);
  const again = await second.post(own.url, [['csrf', theirs.csrf], ['zustimmen', '1']]);
  assert.equal(again.status, 409);

  assert.doesNotMatch(form.words, /IBAN|Mandat|Zahlungskonto/, 'columns of an import are no fields of an entry');
  // What changed on a day leaves what was before.
  const move = await (await clerk.get(path)).follow('Angaben berichtigen');
  const moved = await (await move.submit({ farbe: 'grau', 'eintrag-art': 'changed', 'eintrag-ab': '1.5.2024', 'eintrag-grund': 'Brief' }, { button: 'Vorschau' })).submit({}, { button: 'Zur Zustimmung' });
  await (await second.get((await moved.follow(/Geändert ab 1\. Mai 2024/)).url)).submit({}, { button: 'Zustimmen und eintragen' });
  assert.doesNotMatch((await clerk.get(`${path}?gilt=2024-04-30`)).words, /Farbe grau/);
  assert.match((await clerk.get(`${path}?gilt=2024-05-01`)).words, /Farbe grau/);
  // A form that is older than the entry is refused.
  const stale = await form.submit({ ...values, name: 'Rex' }, { button: 'Vorschau' });
  assert.equal(stale.status, 409);
  assert.match(stale.words, /hat sich inzwischen geändert/);
});

test('a form that is sent without being opened shows nothing unnoted, and rests on nothing', async () => {
  const path = await entryOf('mueller9');
  const id = path.split('/').at(-1);
  const looks = () => Number(execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(data, 'tenants/musterstadt/tenant.db'), `SELECT COUNT(*) FROM register_access WHERE entry_id = ${id}`], { encoding: 'utf8' }).trim());
  const form = await (await clerk.get(path)).follow('Angaben berichtigen');
  const looked = looks();
  const stand = form.forms.flatMap(one => one.fields).find(([name]) => name === 'eintrag-stand')[1];
  const send = fields => clerk.post(`${path}/berichtigen`, [['csrf', form.csrf], ...Object.entries(fields)]);
  assert.match((await send({ 'eintrag-stand': stand })).text, /Hund 9/); // with mistakes
  assert.equal(looks(), looked + 1);
  const whole = { name: 'Bella', 'eintrag-art': 'wrong', 'eintrag-grund': 'x' };
  assert.equal((await form.submit(whole, { button: 'Vorschau' })).status, 200);
  assert.match((await send({ 'eintrag-stand': stand, 'eintrag-schritt': 'aendern' })).text, /Hund 9/);
  assert.equal(looks(), looked + 3);
  const blind = await form.submit({ ...whole, 'eintrag-stand': '' }, { button: 'Vorschau' });
  assert.equal(blind.status, 409);
  assert.match(blind.words, /hat sich inzwischen geändert/);
  assert.equal(looks(), looked + 4);
});

test('an entry is ended and made by hand; a proposal is given back with words', async () => {
  const second = await town.staff('adler', 'hundesteuer-adler');
  const path = await entryOf('mueller8');
  const form = await (await clerk.get(path)).follow('Beginn oder Ende ändern');
  assert.match(form.text, /value="3\.3\.2020"/);
  const wrong = await form.submit({ 'eintrag-bis': '1.1.2019', 'eintrag-grund': 'x' }, { button: 'Vorschau' });
  assert.match(wrong.words, /Der letzte Tag liegt vor dem ersten/);
  const preview = await form.submit({ 'eintrag-bis': '30.6.2024', 'eintrag-endegrund': 'verstorben', 'eintrag-grund': 'Anzeige am Schalter' }, { button: 'Vorschau' });
  assert.match(preview.words, /Ende: 30\. Juni 2024, verstorben/);
  const waiting = await preview.submit({}, { button: 'Zur Zustimmung' });
  const proposal = (await waiting.follow(/Gilt vom 3\. März 2020 bis 30\. Juni 2024/)).url;
  const page = await second.get(proposal);
  assert.match((await page.submit({ grund: '' }, { button: 'Zurückgeben' })).words, /Bitte schreiben Sie, warum/);
  await page.submit({ grund: 'Bitte den Tag prüfen' }, { button: 'Zurückgeben' });
  assert.match((await clerk.get(proposal)).words, /zurückgegeben: Bitte den Tag prüfen/);
  assert.match((await clerk.get('/desk/zustimmungen')).words, /Zurück an Sie \(1\).*Bitte den Tag prüfen/);
  assert.match((await clerk.get(path)).words, /seit 3\. März 2020/);

  const fresh = await (await clerk.get('/desk/register/hund')).follow('Eintrag von Hand anlegen');
  const missing = await fresh.submit({ name: 'Neu', 'eintrag-ab': '1.1.2025', 'eintrag-grund': 'x' }, { button: 'Vorschau' });
  assert.equal(missing.status, 422);
  const made = await fresh.submit({ name: 'Neuling', rasse: 'mops', haltung_seit: '1.1.2025', steuer_ab: '1.2.2025', halter_name: 'Nina Neu', halter_ort: '12345 Musterstadt', halter_strasse: 'Weg 1', 'eintrag-ab': '1.1.2025', 'eintrag-grund': 'Altakte' }, { button: 'Vorschau' });
  assert.equal(made.status, 200, made.words);
  const link = (await made.submit({}, { button: 'Zur Zustimmung' }));
  await (await second.get((await link.follow(/Neuer Eintrag ab/)).url)).submit({}, { button: 'Zustimmen und eintragen' });
  assert.match((await clerk.get(await entryOf('neuling'))).words, /Neuling/);
  // A register whose entries need what only a case knows takes none by hand.
  assert.equal((await clerk.get('/desk/register/verguenstigung/neu')).status, 409);
  assert.equal((await (await town.staff('yildiz', 'ordnung-yildiz')).get(`${path}/berichtigen`)).status, 403);
});

const sql = query => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(data, 'tenants/musterstadt/tenant.db'), query], { encoding: 'utf8' }).trim();
const sendBack = async (second, url, words) => (await second.get(url)).submit({ grund: words }, { button: 'Zurückgeben' });
const fieldsOf = page => Object.fromEntries(page.forms.flatMap(form => form.fields));

test('a correction that was given back is taken up again with all that was typed', async () => {
  const second = await town.staff('adler', 'hundesteuer-adler');
  const path = await entryOf('mueller11');
  const form = await (await clerk.get(path)).follow('Angaben berichtigen');
  const typed = { name: 'Luna', farbe: 'weiß', 'eintrag-art': 'span', 'eintrag-ab': '1.5.2024', 'eintrag-bis': '31.5.2024', 'eintrag-grund': 'Brief vom Mai' };
  const first = await (await (await form.submit(typed, { button: 'Vorschau' })).submit({}, { button: 'Zur Zustimmung' })).follow(/War vom 1\. Mai 2024/);
  await sendBack(second, first.url, 'Die Farbe fehlt im Brief');
  assert.doesNotMatch((await second.get(first.url)).words, /neu vorschlagen|verwerfen/, 'it is its author\'s');
  assert.equal((await second.get(`${path}/berichtigen?aus=${first.url.split('/').at(-1)}`)).status, 409);

  const again = await (await (await (await clerk.get('/desk/zustimmungen')).follow(/^Hund 11/)).follow('Ändern und neu vorschlagen'));
  assert.match(again.words, /Ihr Vorschlag kam zurück.*Warum er zurückkam: Die Farbe fehlt im Brief/);
  const filled = fieldsOf(again);
  for (const [name, value] of Object.entries(typed)) assert.equal(filled[name], value, name);
  const preview = await again.submit({ farbe: '' }, { button: 'Vorschau' });
  assert.match(preview.words, /Name des Hundes Hund 11 Luna.*nehmen Sie Ihren zurückgegebenen Vorschlag wieder auf/);
  assert.doesNotMatch(preview.words, /weiß/);
  const proposed = await preview.submit({}, { button: 'Zur Zustimmung' });
  const repeated = await preview.submit({}, { button: 'Zur Zustimmung' }); // sent twice
  assert.equal(repeated.status, 200, repeated.words);
  assert.match(proposed.words, /Wartet auf Zustimmung \(1\)/);
  const anew = await proposed.follow(/War vom 1\. Mai 2024/);
  const theirs = await second.get(anew.url);
  assert.match(theirs.words, /Nimmt einen früheren Vorschlag wieder auf, der zurückkam: Die Farbe fehlt im Brief/);
  assert.equal((await theirs.follow('früheren Vorschlag')).url, first.url);
  assert.equal((await (await clerk.get(first.url)).follow('Zum neuen Vorschlag')).url, anew.url);
  assert.doesNotMatch((await clerk.get('/desk/zustimmungen')).words, /Die Farbe fehlt im Brief/);
  assert.equal((await clerk.get(`${path}/berichtigen?aus=${first.url.split('/').at(-1)}`)).status, 409, 'once only');
  await theirs.submit({}, { button: 'Zustimmen und eintragen' });
  assert.match((await clerk.get(`${path}?gilt=2024-05-15`)).words, /Luna/);
  assert.doesNotMatch((await clerk.get(`${path}?gilt=2024-06-15`)).words, /Name des Hundes Luna/);
});

test('a new entry that was given back is taken up again; every look at it is noted, and stands with the entry', async () => {
  const second = await town.staff('adler', 'hundesteuer-adler');
  const fresh = await (await clerk.get('/desk/register/hund')).follow('Eintrag von Hand anlegen');
  const typed = { name: 'Pixel', rasse: 'mops', haltung_seit: '1.1.2025', steuer_ab: '1.2.2025', halter_name: 'Nora Neu', halter_ort: '12345 Musterstadt', halter_strasse: 'Weg 2', 'eintrag-ab': '1.1.2025', 'eintrag-grund': 'Altakte 7' };
  const link = await (await fresh.submit(typed, { button: 'Vorschau' })).submit({}, { button: 'Zur Zustimmung' });
  const first = (await link.follow(/Neuer Eintrag ab/)).url;
  const act = first.split('/').at(-1);
  const looks = of => Number(sql(`SELECT COUNT(*) FROM register_access WHERE act_id = ${of}`));
  assert.equal(looks(act), 1, 'the clerk followed the link');
  assert.match((await second.get(first)).words, /Nora Neu/);
  assert.equal(looks(act), 2);
  assert.match((await (await second.get(first)).submit({ grund: '' }, { button: 'Zurückgeben' })).words, /Nora Neu/);
  assert.equal(looks(act), 4);
  await sendBack(second, first, 'Bitte die Marke eintragen');

  const again = await (await clerk.get(first)).follow('Ändern und neu vorschlagen');
  const filled = fieldsOf(again);
  for (const [name, value] of Object.entries(typed)) assert.equal(filled[name], value, name);
  const before = looks(act);
  const wrong = await again.submit({ name: '' }, { button: 'Vorschau' });
  assert.equal(wrong.status, 422);
  assert.equal(looks(act), before + 1);
  const preview = await wrong.submit({ name: 'Pixi' }, { button: 'Vorschau' });
  assert.equal(preview.status, 200, preview.words);
  const proposed = await preview.submit({}, { button: 'Zur Zustimmung' });
  const anew = (await proposed.follow(/Neuer Eintrag ab/)).url;
  assert.equal(looks(act), 0, 'they are looks at the new proposal');
  await (await second.get(anew)).submit({}, { button: 'Zustimmen und eintragen' });
  const path = await entryOf('pixi');
  const entry = path.split('/').at(-1);
  assert.ok(Number(sql(`SELECT COUNT(*) FROM register_access WHERE entry_id = ${entry} AND act_id = ${anew.split('/').at(-1)}`)) >= before + 4);
  assert.match(sql(`SELECT data FROM event WHERE type = 'register.corrected' ORDER BY id DESC LIMIT 1`), new RegExp(`"follows":${act}`));
  assert.equal(sql(`SELECT COUNT(*) FROM register_act WHERE status <> 'open' AND status <> 'returned' AND data IS NOT NULL`), '0');
});

test('what came back is dropped when nobody wants it any more', async () => {
  const second = await town.staff('adler', 'hundesteuer-adler');
  const form = await (await clerk.get(await entryOf('mueller12'))).follow('Beginn oder Ende ändern');
  const waiting = await (await form.submit({ 'eintrag-bis': '30.6.2024', 'eintrag-endegrund': 'verzogen', 'eintrag-grund': 'Anruf' }, { button: 'Vorschau' })).submit({}, { button: 'Zur Zustimmung' });
  const url = (await waiting.follow(/Gilt vom/)).url;
  await sendBack(second, url, 'Falscher Hund');
  const filled = fieldsOf(await (await clerk.get(url)).follow('Ändern und neu vorschlagen'));
  assert.deepEqual([filled['eintrag-bis'], filled['eintrag-endegrund'], filled['eintrag-grund']], ['30.6.2024', 'verzogen', 'Anruf']);
  assert.match((await (await clerk.get(url)).submit({}, { button: 'verwerfen' })).words, /zurückgenommen/);
  assert.doesNotMatch((await clerk.get(url)).words, /neu vorschlagen/);
  assert.doesNotMatch((await clerk.get('/desk/zustimmungen')).words, /Hund 12/);
});
