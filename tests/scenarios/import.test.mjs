// SPDX-License-Identifier: EUPL-1.2
// A stock of dogs as old programs give it out: every mistake is told with its line, nothing is half taken.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { program, startTown } from './lib/town.mjs';

const folder = mkdtempSync(join(tmpdir(), 'rathaus-import-'));
const data = join(folder, 'data');
const HEADINGS = ['marke', 'name', 'rasse', 'chip', 'haltung_seit', 'steuer_ab', 'familienname', 'vornamen', 'geburtsdatum', 'halter_strasse', 'halter_ort'];
const MANDATE = ['iban', 'mandatsreferenz', 'mandat_vom', 'mandat_zuletzt'];
const IBAN = 'DE02120300000000202051', OTHER = 'DE02500105170137075030';

/** Values of a line, those of a dog that is right unless told otherwise. */
const dog = (n, change = {}) => ({
  marke: String(n), name: `Hund ${n}`, rasse: 'Mops', chip: `276098${String(n).padStart(9, '0')}`, haltung_seit: '3.3.2020', steuer_ab: '2020-04-01',
  familienname: `Müller${n}`, vornamen: 'Erika', geburtsdatum: '12.8.1985', halter_strasse: `Lindenweg ${n}`, halter_ort: '12345 Musterstadt',
  ...change });
const table = (headings, lines, by = ';') => [headings.join(by), ...lines.map(line => headings.map(name => line[name] ?? '').join(by))].join('\r\n') + '\r\n';
const withMandate = lines => table([...HEADINGS, ...MANDATE], lines);

function command(words) {
  const run = spawnSync(program, [...words, '--data', data, '--tenant', 'musterstadt', '--json'], { encoding: 'utf8' });
  return { status: run.status, error: run.stderr, ...(run.stdout ? JSON.parse(run.stdout) : {}) };
}

function read(bytes, ...words) {
  const file = join(folder, 'bestand.csv');
  writeFileSync(file, bytes);
  return command(['import', 'hund', file, '--language', 'de', ...words]);
}

const counts = ({ added, known, different, wrong }) => ({ added, known, different, wrong });
const told = sum => sum.problems.map(({ line, column, message, remedy }) => `${line} ${column}: ${message} ${remedy}`);

before(async () => { await (await startTown({ dataDir: data })).stop(); });
after(() => rmSync(folder, { recursive: true, force: true }));

test('a mandate that cannot be used takes its line with it, and nothing is half taken', () => {
  const text = withMandate([
    dog(100, { iban: 'DE02120300000000202052', mandat_vom: '1.2.2024' }),
    dog(101, { iban: IBAN }),
    dog(102, { iban: IBAN, mandat_vom: '1.2.2019', mandat_zuletzt: '15.2.2020' }),
    dog(103, { iban: IBAN, mandat_vom: '1.2.2024', mandatsreferenz: 'A-1', mandat_zuletzt: '15.2.2026' }),
    dog(104, { iban: OTHER, mandat_vom: '1.2.2024', mandatsreferenz: 'A-1', mandat_zuletzt: '15.2.2026' }),
    dog(105, { iban: OTHER, mandat_vom: '31.2.2024' }),
  ]);
  const sum = read(text);
  assert.deepEqual(counts(sum), { added: 1, known: 0, different: 0, wrong: 5 }, sum.error);
  const [iban, day, unused, reference, noDay] = told(sum);
  assert.match(iban, /^2 IBAN: .*IBAN/);
  assert.match(day, /^3 Mandat vom: .+ Tragen Sie den Wert ein/);
  assert.match(unused, /^4 Mandat zuletzt benutzt: .+ oder lassen Sie das Mandat weg/);
  assert.match(reference, /^6 Mandatsreferenz: Diese Mandatsreferenz gibt es schon/);
  assert.match(noDay, /^7 Mandat vom: /);
  // The lines without their mandates are taken, so nothing of them was there.
  assert.deepEqual(counts(read(table(HEADINGS, [100, 101, 102, 104, 105].map(n => dog(n))))), { added: 5, known: 0, different: 0, wrong: 0 });
});

test('two dogs of one payer may bring one mandate, not two', () => {
  const anna = { familienname: 'Blau', iban: IBAN, mandat_vom: '1.2.2024', mandatsreferenz: 'B-1' };
  const text = withMandate([
    dog(110, anna), dog(111, anna), dog(112, { ...anna, mandatsreferenz: '' }),
    dog(113, { ...anna, mandatsreferenz: 'B-2' }),
    dog(114, { ...anna, iban: OTHER }),
  ]);
  for (const words of [['--preview'], []]) {
    const sum = read(text, ...words);
    assert.deepEqual(counts(sum), { added: 3, known: 0, different: 0, wrong: 2 }, sum.error);
    assert.match(told(sum)[0], /^5 Mandatsreferenz: .*schon das Mandat mit der Referenz „B-1“/);
    assert.match(told(sum)[1], /^6 IBAN: .*anderen Bankkonto/);
  }
  assert.deepEqual(counts(read(text)), { added: 0, known: 3, different: 0, wrong: 2 });
});

test('a file may be written in many ways', () => {
  const headings = [...HEADINGS, 'farbe'];
  const one = n => table(headings, [dog(n, { farbe: '"braun,\r\n""weiß""; Brust"' })]);
  const forms = [
    ['UTF-8', 'Semikolon', `sep=;\r\n${one(120)}`],
    ['UTF-8', 'Semikolon', `\uFEFF${one(121)}`],
    ['UTF-8', 'Semikolon', `\uFEFF"sep=;"\n${one(122)}`],
    ['UTF-8', 'Tabulator', table(headings, [dog(123, { farbe: 'braun' })], '\t')],
    ['Windows-1252', 'Semikolon', Buffer.from(one(124), 'latin1')],
    ['Windows-1252', 'Komma', Buffer.from(table(headings, [dog(125)], ','), 'latin1')],
  ];
  for (const [encoding, separator, bytes] of forms) {
    const sum = read(bytes);
    assert.deepEqual([sum.encoding, sum.separator, sum.added, sum.wrong], [encoding, separator, 1, 0], `${bytes}${sum.error}${JSON.stringify(sum.problems)}`);
    assert.deepEqual(counts(read(bytes)), { added: 0, known: 1, different: 0, wrong: 0 });
  }
  // Counted in lines of the file, not of the table.
  const wrong = read(table(headings, [dog(126, { farbe: '"a\nb"' }), dog(127, { rasse: 'Einhorn' })]));
  assert.equal(wrong.problems[0].line, 4);
});

test('columns are named by field or label, however they are written, and mistakes by the label', () => {
  const labels = { marke: ' HUNDEMARKE ', name: 'Name des Hundes', rasse: 'Rasse', chip: 'chipnummer', haltung_seit: 'Gehalten seit', steuer_ab: 'Steuerpflichtig ab', familienname: 'FAMILIENNAME', vornamen: 'vornamen', geburtsdatum: 'Geburtsdatum', halter_strasse: 'Straße und Hausnummer', halter_ort: 'Postleitzahl und Ort' };
  const headings = [...HEADINGS, 'from', 'until', 'note'];
  const text = lines => table(headings, lines).replace(headings.join(';'), [...HEADINGS.map(name => labels[name]), 'Gültig ab', 'GUELTIG_BIS', 'Bemerkung'].join(';'));
  const sum = read(text([dog(145, { from: '1.5.2020' }), dog(146, { haltung_seit: '31.2.2020' }), dog(147, { halter_ort: '' }), dog(148, { from: '1.5.2020', until: '1.4.2020' }), dog(149, { chip: '276098000000145' })]));
  assert.deepEqual(counts(sum), { added: 2, known: 0, different: 0, wrong: 3 }, sum.error + JSON.stringify(sum.problems));
  assert.deepEqual(sum.unusedColumns, ['Bemerkung']);
  assert.deepEqual(sum.problems.map(({ line, column }) => [line, column]), [[3, 'Gehalten seit'], [5, 'gültig bis'], [6, 'Schlüssel']]);
});

test('a tag that another dog has is told, in the file and in the register', () => {
  const sum = read(table(HEADINGS, [dog(130), dog(131, { marke: '130' })]));
  assert.deepEqual(counts(sum), { added: 1, known: 0, different: 0, wrong: 1 });
  assert.match(told(sum)[0], /^3 Hundemarke: „130“ stand schon weiter oben/);
  const later = read(table(HEADINGS, [dog(132, { marke: '130' })]));
  assert.deepEqual(counts(later), { added: 0, known: 0, different: 0, wrong: 1 });
  assert.match(told(later)[0], /^2 Hundemarke: „130“ hat im Register schon: Hund 130/);
  // A dog that is dead gives its tag free.
  const dead = [...HEADINGS, 'gueltig_ab', 'gueltig_bis', 'grund'];
  assert.equal(read(table(dead, [dog(133, { marke: '130', gueltig_ab: '1.1.2018', gueltig_bis: '31.12.2019', grund: 'verstorben' })])).added, 1);
});

test('a breed that the list does not have is told with those that may be meant', () => {
  const sum = read(table(HEADINGS, [dog(140, { rasse: 'Dackel' }), dog(141, { rasse: 'Einhorn' }), dog(142, { rasse: 'LABRADOR RETRIEVER' })]));
  assert.deepEqual(counts(sum), { added: 1, known: 0, different: 0, wrong: 2 });
  assert.match(told(sum)[0], /^2 Rasse: „Dackel“ steht nicht in der Liste\. Meinen Sie „Dackel \(Kurzhaar\)“, „Dackel \(Langhaar\)“/);
  assert.match(told(sum)[1], /^3 Rasse: „Einhorn“ steht nicht in der Liste\. Schreiben Sie/);
});

test('a file that is no table of dogs is refused as a whole', () => {
  const refused = (bytes, words) => {
    const answer = read(bytes);
    assert.equal(answer.status, 2);
    assert.match(answer.error, words);
  };
  refused('', /Die Datei ist leer/);
  refused('sep=;\r\n', /Die Datei ist leer/);
  refused(table(HEADINGS.filter(name => name !== 'rasse'), [dog(150)]), /„rasse“/);
  refused(table([...HEADINGS, 'Marke'], [dog(150)]), /Spalten 1/);
  refused('PK\x03\x04\0\0', /Nullbytes/);
  assert.deepEqual(counts(read(table(HEADINGS, []))), { added: 0, known: 0, different: 0, wrong: 0 });
});

test('at the command line mistakes are told in English, unless German is asked for', () => {
  const file = join(folder, 'english.csv'), report = join(folder, 'report.csv');
  writeFileSync(file, table([...HEADINGS, ...MANDATE, 'lieblingsfutter'], [dog(151, { rasse: 'Dackel' }), dog(152, { haltung_seit: '31.2.2020' }), dog(153, { name: '' }), dog(154), dog(154),
    dog(155, { iban: 'DE02120300000000202052', mandat_vom: '1.2.2024' }),
    dog(156, { iban: OTHER, mandat_vom: '1.2.2024', mandatsreferenz: 'A-1', mandat_zuletzt: '15.2.2026' }), dog(157, { iban: IBAN, mandat_vom: '1.2.2019', mandat_zuletzt: '15.2.2020' })]));
  const run = (...words) => spawnSync(program, ['import', 'hund', file, '--data', data, '--tenant', 'musterstadt', '--preview', ...words], { encoding: 'utf8' });
  const english = run('--report', report);
  assert.equal(english.status, 1, english.stderr);
  assert.match(english.stdout, /line 2: Rasse: "Dackel" is not in the list\. Do you mean/);
  assert.match(english.stdout, /stood further up in the file/);
  assert.match(english.stdout, /line 8: Mandatsreferenz: This mandate reference is taken\. Correct the mandate/);
  assert.match(english.stdout, /line 9: .*: The mandate has expired: it was not used for 36 months\. Enter when/);
  assert.match(english.stdout, /UTF-8, separator semicolon/);
  assert.match(english.stdout, /The column "lieblingsfutter" belongs to no field/);
  assert.match(english.stdout, /8 lines \(preview, nothing is written\): 1 new, 0 known before, 0 different, 7 wrong/);
  const german = /Zeile|nicht in der Liste|Prüfen|Tragen|Bitte|fehlerhaft|stand schon|kein Tag/;
  assert.doesNotMatch(english.stdout, german);
  assert.match(readFileSync(report, 'utf8'), /^\uFEFFLine;Result;Key;Field;Message;Remedy;Entry\r\n2;wrong;/);
  assert.doesNotMatch(readFileSync(report, 'utf8'), german);
  assert.equal(run('--report', report, '--language', 'de', '--json').status, 1);
  assert.match(readFileSync(report, 'utf8'), /^\uFEFFZeile;Ergebnis;Schlüssel;Feld;Meldung;Abhilfe;Eintrag\r\n2;fehlerhaft;/);
  writeFileSync(file, '');
  assert.match(run().stderr, /^rathaus import: .*english\.csv: The file is empty\.\n$/);
});

test('the dogs of a household count together when the tax is assessed', () => {
  const run = () => command(['run', 'hund/jahresveranlagung', '--year', '2027', '--preview']).totals;
  const headings = [...HEADINGS, 'haushalt'];
  const couple = (n, haushalt) => [dog(n, { familienname: `Rot${n}`, haushalt }), dog(n + 1, { familienname: `Rot${n}`, vornamen: 'Otto', haushalt })];
  const none = run();
  assert.equal(read(table(headings, couple(160, ''))).added, 2);
  const apart = run();
  assert.equal(read(table(headings, couple(162, 'H7'))).added, 2);
  const together = run();
  assert.deepEqual([apart.items - none.items, together.items - apart.items], [2, 1]);
  assert.deepEqual([apart.cents - none.cents, together.cents - apart.cents], [2 * 12000, 12000 + 16800]); // first dog, second dog
});

test('a stock is read and an account made beside a server, and the desk knows them at once', async () => {
  const town = await startTown({ dataDir: data });
  try {
    const clerk = await town.staff('kurz', 'hundesteuer-kurz');
    const find = async () => (await clerk.get('/desk/register/hund?suche=Beistehend')).text;
    assert.doesNotMatch(await find(), /Hund 170/);
    assert.deepEqual(counts(read(table(HEADINGS, [dog(170, { familienname: 'Beistehend' })]))), { added: 1, known: 0, different: 0, wrong: 0 });
    assert.match(await find(), /Hund 170/);
    const added = spawnSync(program, ['staff', 'add', '--data', data, '--tenant', 'musterstadt', '--login', 'neu', '--name', 'Mara Neu', '--grant', 'leitung'], { encoding: 'utf8' });
    assert.equal(added.status, 0, added.stderr);
    assert.match((await (await town.staff('admin', 'rathaus-admin')).get('/desk/personal')).text, /Mara Neu/);
  } finally {
    await town.stop();
  }
});
