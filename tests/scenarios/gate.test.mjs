// SPDX-License-Identifier: EUPL-1.2
// The publish gate on deliberately broken packages: each is the sound one in tests/packages/base with one change; the
// gate must name the file, the line and the remedy.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program, root } from './lib/town.mjs';

const base = join(root, 'tests/packages/base');
const scratch = mkdtempSync(join(tmpdir(), 'rathaus-gate-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const form = 'forms/antrag.yaml';
const process_ = 'processes/antrag.yaml';
const service = 'service.yaml';
const table = 'tables/preis_tabelle.yaml';
const rules = 'rules/preise.yaml';

// name, file, what is written there, what is written instead, what the gate must say. The line is that of `instead`
// (plus `down`, when the mistake shows further down), in the same file unless `in` names another.
const broken = [
  ['a key twice', form, 'id: antrag\n', 'id: antrag\nid: antrag\n', /duplicate|twice/, { down: 1 }],
  ['no YAML', form, 'pages:\n', 'pages: [\n', /YAML/, { line: null }],
  ['an unknown key', form, 'min_length: 2', 'min_lenght: 2', /min_lenght.*min_length/s],
  ['an unknown type', form, 'type: tax_id', 'type: taxid', /taxid/],
  ['an id with an umlaut', form, 'id: steuer_id', 'id: steür_id', /id/],
  ['two fields of one id', form, 'id: ruf, type: phone', 'id: post, type: phone', /post/],
  ['an unknown block', form, 'block: address', 'block: adresse', /adresse.*address|block/s],
  ['a hidden field of a form', form, 'sensitive: true', 'internal: true', /register/],
  ['a missing label', form, 'id: ruf, type: phone, label: {de: Telefon, en: Telephone, de-leicht: Telefon}', 'id: ruf, type: phone', /label/],
  ['a missing translation', form, 'label: {de: Uhrzeit, en: Time, de-leicht: Uhr-Zeit}', 'label: {de: Uhrzeit, en: Time}', /de-leicht/],
  ['a text in German only', form, "title: {de: Weitere Angaben, en: Further details, de-leicht: Mehr Angaben}", 'title: Weitere Angaben', /en|translation/],
  ['an undefined field in a condition', form, `visible: 'art = "person"'`, `visible: 'sorte = "person"'`, /sorte/],
  ['a condition that is no truth', form, "visible: 'count(stuecke) > 2'", "visible: 'count(stuecke)'", /boolean|number/],
  ['a type error', form, "rule: 'bis >= von'", "rule: 'bis >= 5'", /date|number/],
  ['an unknown function', form, "compute: 'sum(stuecke.preis)'", "compute: 'summe_von(stuecke.preis)'", /summe_von/],
  ['a syntax error', form, "compute: 'sum(stuecke.preis)'", "compute: 'sum(stuecke.preis'", /\)|end|expected/],
  ['a table with too few arguments', form, "preis_tabelle(position, gefaehrlich)", 'preis_tabelle(position)', /preis_tabelle|argument|parameter/],
  ['a circle of computed values', form, "id: item_limit, type: integer, label: {de: Grenze, en: Limit, de-leicht: Grenze}, compute: '10'",
    "id: item_limit, type: integer, label: {de: Grenze, en: Limit, de-leicht: Grenze}, compute: 'item_limit + 1'", /item_limit/],
  ['a field that depends on itself', form, `{id: verein, type: group, block: organisation, only: [name, vertretung], label: {de: Der Verein, en: The club, de-leicht: Der Verein}, visible: 'art = "verein"'}`,
    `{id: verein, type: group, block: organisation, only: [name, vertretung], label: {de: Der Verein, en: The club, de-leicht: Der Verein}, visible: 'verein.name != null'}`, /verein/],
  ['an unknown code list', form, 'codes: farben', 'codes: farbe', /farbe/],
  ['an unknown list in an expression', form, `code("farben", farbe)`, `code("farbtoene", farbe)`, /farbtoene/],
  ['an unknown parameter', form, 'town.hoechstzahl\'\n', 'town.hoechst\'\n', /hoechst/],
  ['a pattern that is none', form, 'pattern: "[0-9]{5}"', 'pattern: "[0-9{5}"', /pattern|regular/],
  ['a minimum above the maximum', form, 'min: 0.5, max: 100', 'min: 500, max: 100', /min/],
  ['lengths the wrong way round', form, 'min_length: 2, max_length: 20', 'min_length: 30, max_length: 20', /min_length/],
  ['a repetition that cannot be', form, 'repeat: {min: 1, max: 4', 'repeat: {min: 5, max: 4', /min|max/],
  ['an upload of anything', form, 'accept: [pdf, jpg, png], max_size: 5 MB', 'max_size: 5 MB', /accept/],
  ['a map whose latitude is no field', form, 'type: decimal,', 'type: decimal, map: breite,', /map.*breite/],
  ['a map of what is no number', form, 'type: phone,', 'type: phone, map: post,', /map.*phone/],
  ['an unknown file type', form, 'accept: [pdf, jpg, png]', 'accept: [pdf, exe]', /exe/],
  ['a size that is none', form, 'max_size: 5 MB', 'max_size: fünf', /max_size/],
  ['a field that is never seen', form, "visible: 'wert > 100'", "visible: 'false'", /can never be seen/],
  ['a page that is never reached', form, `    visible: 'art = "verein"'\n    fields:`, `    visible: '1 = 2'\n    fields:`, /can never be seen/, { down: null }],
  ['an undefined field in a message', form, '{{string length(kennung)}} eingegeben', '{{string length(nummr)}} eingegeben', /nummr/, { line: null }],
  ['a form that is missing', service, 'form: antrag', 'form: antraege', /antraege/],
  ['a process that is missing', service, 'process: antrag', 'process: ablauf', /ablauf/],
  ['no offices', service, 'offices: [pruefamt]\n', '', /offices/, { line: null }],
  ['a period that is none', service, 'key: [kennung]', 'retention: 10Y\n    key: [kennung]', /retention.*P10Y/],
  ['a register key that is no field', service, 'key: [kennung]', 'key: [nummer]', /nummer/],
  ['an office that is unknown', process_, 'pruefen: {office: pruefamt', 'pruefen: {office: pruefstelle', /pruefstelle|office/],
  ['a state that is unknown', process_, 'to: bewilligt', 'to: genehmigt', /genehmigt/],
  ['a state that is never reached', process_, 'lookups:\n', '  vergessen:\n    label: Vergessen\n    citizen: {de: Vergessen., en: Forgotten., de-leicht: Vergessen.}\n    final: true\n    retention: P1Y\nlookups:\n', /never reached/],
  ['a state without a way out', process_, '    to: bewilligt\n', '', /no action leaves|never reached/, { line: null }],
  ['a final state without retention', process_, '    final: true\n    retention: P10Y\n', '    final: true\n', /retention/, { line: null }],
  ['a letter that is missing', process_, 'template: bescheid', 'template: bescheit', /bescheit/],
  ['a finding of an unknown kind', process_, 'kind: missing', 'kind: lost', /missing, contradictory/, { line: null }],
  ['a finding on an unknown field', process_, 'field: bilder', 'field: bild', /bild/],
  ['a finding over what does not repeat', process_, 'each: stuecke\n    field: bilder', 'each: person\n    field: bilder', /person/],
  ['a register that is unknown', process_, 'register: {register: stueck, op: add', 'register: {register: dinge, op: add', /register of service.yaml/],
  ['an unknown register operation', process_, 'op: add', 'op: insert', /add, change/],
  ['an effect that is unknown', process_, '- letter: {template: bescheid}', '- brief: {template: bescheid}', /brief/],
  ['an order that no engine takes', process_, '- letter: {template: bescheid}', '- order: {effect: mail}\n      - letter: {template: bescheid}', /engine of this program/],
  ['an order with a value too many', process_, '- letter: {template: bescheid}', '- order: {effect: place, values: {gibtesnicht: art}}\n      - letter: {template: bescheid}', /gibtesnicht.*there are: ort/],
  ['an undefined name in a letter', 'letters/bescheid.md', '{{money(summe)}}', '{{money(suma)}}', /suma/],
  ['a block of a letter that stays open', 'letters/bescheid.md', 'Ihr Antrag', '{{#if summe > 0}}Ihr Antrag', /closed/],
  ['a table whose rows overlap', table, '["<= 1", "false", 25]', '["<= 2", "false", 25]', /both match/, { down: 1 }],
  ['a row that never fires', table, '["> 1", "false", 12.5]', '["> 1", "false", 12.5]\n  - ["> 1 and < 1", "false", 3]', /never|expected|error/i, { line: null }],
  ['a cell of the wrong type', table, '["-", "true", 100]', '["-", "\\"ja\\"", 100]', /boolean|string/],
  ['a row with too few cells', table, '["-", "true", 100]', '["-", "true"]', /cell|column|output|input/],
  ['an unknown hit policy', table, 'hit: unique', 'hit: einmalig', /hit policy is one of/],
  ['a division by zero in a form', form, "compute: 'sum(stuecke.preis)'", "compute: 'sum(stuecke.preis) / 0'", /division by 0/],
  ['a division by zero in a process', process_, "values:\n", "values:\n  anteil: '1 / (2 - 2)'\n", /division by 0/, { down: 1 }],
  ['a division by zero in a letter', 'letters/bescheid.md', '{{money(summe)}}', '{{money(summe / 0)}}', /division by 0/],
  ['a division by zero in a table', table, '["-", "true", 100]', '["-", "true", "modulo(100, 0)"]', /division by 0/],
  ['an undefined name in a rule', rules, 'preis * (1', 'preiss * (1', /mit_zuschlag.*preiss/],
  ['a rule that calls itself', rules, 'preis * (1', 'mit_zuschlag(preis) * (1', /mit_zuschlag/],
  ['a rule that is no function', rules, "'function(preis: number) preis * (1 + (town.hoechstzahl - 3) / 10)'", "'10'", /function/],
  ['a rule with the name of a table', rules, '  mit_zuschlag:', '  preis_tabelle:', /preis_tabelle/],
  ['a rule of the wrong type', rules, 'mit_zuschlag(s.preis)', 'mit_zuschlag("1")', /string|number/],
  ['a division by zero in a rule', rules, '/ 10)', '/ 0)', /division by 0/],
  ['a call of a rule with too few arguments', process_, "'preis_zusammen(stuecke)'", "'preis_zusammen()'", /argument/],
  ['an unknown key beside the rules', rules, 'labels:', 'names:', /names/],
  ['a code list without its columns', 'codes/farben.csv', /^.*\n/, 'wert,name\n', /value/],
  ['a procedure without an example', 'examples/einfach.yaml', 'procedure: antrag', 'procedure: anderes', /example|anderes/, { in: null }],
];

function check(folder, ...more) {
  const run = spawnSync(program, ['service', 'check', folder, '--json', ...more], { encoding: 'utf8' });
  assert.ok([0, 1].includes(run.status), `service check ended with ${run.status} ${run.signal ?? ''}: ${run.stderr}`);
  return { status: run.status, problems: JSON.parse(run.stdout) };
}

test('the sound package passes', () => {
  assert.deepEqual(check(base), { status: 0, problems: [] });
});

test('there are at least 40 broken packages', () => assert.ok(broken.length >= 40, `${broken.length}`));

for (const [name, file, old, instead, says, place = {}] of broken) {
  test(`the gate refuses ${name}`, () => {
    const folder = join(scratch, name.replace(/\W+/g, '-'));
    cpSync(base, folder, { recursive: true });
    const before = readFileSync(join(folder, file), 'utf8');
    const changed = before.replace(old, () => instead);
    assert.notEqual(changed, before, `${file} holds ${old}`);
    writeFileSync(join(folder, file), changed);

    const { status, problems } = check(folder);
    const errors = problems.filter(problem => problem.severity === 'error');
    assert.equal(status, 1, `refused: ${JSON.stringify(problems)}`);
    const line = changed.slice(0, changed.indexOf(instead)).split('\n').length + (place.down ?? 0);
    const fitting = errors.filter(error => says.test(error.message)
      && (place.in === null || error.file === file)
      && (place.line === null || place.down === null || place.in === null || error.line === line));
    assert.ok(fitting.length > 0, `at ${file}:${line} something like ${says}, but: ${JSON.stringify(errors, null, 1)}`);
    assert.ok(fitting[0].message.length > 15, 'the message says what to do');
  });
}

// What the gate only warns of: file, what is written there and instead, file, line and column of the warning (null: none).
const doubtful = [
  ['a field that may be 0', form, "compute: 'sum(stuecke.preis)'", "compute: '100 / wert'", "wert'"],
  ['an amount of a value', process_, 'values:\n', "values:\n  mittel: 'summe / count(stuecke)'\n", 'count(stuecke)'],
  ['an amount in a letter', 'letters/bescheid.md', '{{money(summe)}}', '{{money(100 / summe)}}', 'summe)}}'],
  ['an input of a table', table, '["-", "true", 100]', '["-", "true", "100 / position"]', 'position"]'],
  ['an input that the row excludes', table, '["> 1", "false", 12.5]', '["> 1", "false", "100 / position"]', null],
  ['a count that is asked for', process_, 'values:\n', "values:\n  mittel: 'if count(stuecke) > 0 then summe / count(stuecke) else 0'\n", null],
];

for (const [name, file, old, instead, divisor] of doubtful) {
  test(`a division by ${name} is ${divisor ? 'warned of' : 'no problem'}`, () => {
    const folder = join(scratch, `division ${name}`);
    cpSync(base, folder, { recursive: true });
    const before = readFileSync(join(folder, file), 'utf8');
    const changed = before.replace(old, () => instead);
    assert.notEqual(changed, before, `${file} holds ${old}`);
    writeFileSync(join(folder, file), changed);

    const { status, problems } = check(folder);
    assert.equal(status, 0, JSON.stringify(problems));
    if (!divisor) return assert.deepEqual(problems, []);
    const above = changed.slice(0, changed.indexOf(divisor, changed.indexOf(instead))).split('\n');
    const [{ message, ...place }] = problems;
    assert.deepEqual(place, { severity: 'warning', file, line: above.length, column: above.at(-1).length + 1 });
    assert.match(message, /may be 0/);
    assert.equal(problems.length, 1);
  });
}

test('a field with a minimum above 0 may divide', () => {
  const folder = join(scratch, 'minimum');
  cpSync(base, folder, { recursive: true });
  const path = join(folder, form);
  const changed = readFileSync(path, 'utf8').replace("compute: 'sum(stuecke.preis)'", "compute: '100 / gewicht'");
  writeFileSync(path, changed);
  assert.deepEqual(check(folder).problems, []);
});

test('a field that changed its type between two versions is refused', () => {
  const folder = join(scratch, 'changed-type');
  cpSync(base, folder, { recursive: true });
  const path = join(folder, form);
  writeFileSync(path, readFileSync(path, 'utf8').replace('id: anzahl, type: integer', 'id: anzahl, type: decimal'));
  assert.equal(check(folder).status, 0, 'by itself it is sound');
  const { status, problems } = check(folder, '--previous', base);
  assert.equal(status, 1);
  assert.match(problems[0].message, /anzahl had another type/);
});

test('a folder that is not there is told plainly', () => {
  const run = spawnSync(program, ['service', 'check', join(scratch, 'nowhere')], { encoding: 'utf8' });
  assert.equal(run.status, 2);
  assert.match(run.stderr, /nowhere/);
});
