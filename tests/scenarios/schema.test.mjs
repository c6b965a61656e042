// SPDX-License-Identifier: EUPL-1.2
// The JSON Schema of every form against the golden examples: what a town accepts validates, and
// what the schema refuses is among the mistakes that the form names.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const rathaus = process.env.RATHAUS ?? 'build/rathaus';
const packages = ['services/hund', 'tests/packages/base'];

// As the program reads YAML: only "null" is null; a dog may be called Null.
const read = (path) => parse(readFileSync(path, 'utf8'), (key, value) => (value === 'null' ? null : value),
  { customTags: (tags) => tags.filter((tag) => tag.tag !== 'tag:yaml.org,2002:null') });

const schemaOf = (folder, procedure) => JSON.parse(execFileSync(rathaus,
  ['service', 'export', 'json-schema', folder, '--procedure', procedure], { encoding: 'utf8' }));

function compile(schema) {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });
  ajv.addFormat('date', /^\d{4}-\d{2}-\d{2}$/);
  ajv.addFormat('email', /^[^@ ]+@[^@ ]+$/);
  return ajv.compile(schema);
}

// Golden examples name a file; the API takes its bytes.
const asSent = (value) => Array.isArray(value) ? value.map(asSent)
  : value === null || typeof value !== 'object' ? value
    : value.file && value.type ? { name: value.file, type: value.type, content: 'AAAA' }
      : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asSent(inner)]));

// "/hunde/0/chip" and a missing property as the form writes it: "hunde[0].chip".
const fieldOf = (error) => {
  const parts = error.instancePath.split('/').slice(1);
  if (error.keyword === 'required') parts.push(error.params.missingProperty);
  if (error.keyword === 'additionalProperties') parts.push(error.params.additionalProperty);
  return parts.map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : (i ? '.' : '') + part)).join('');
};

const examplesOf = (folder) => readdirSync(`${folder}/examples`).filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name: `${folder}/${name}`, ...read(`${folder}/examples/${name}`) }))
  .filter((example) => example.input && example.procedure);

for (const folder of packages) {
  test(`${folder}: schemas take what the form takes, and refuse nothing else`, () => {
    const validators = {};
    let good = 0;
    for (const example of examplesOf(folder)) {
      const validate = validators[example.procedure] ??= compile(schemaOf(folder, example.procedure));
      const wrong = (example.expect?.errors ?? []).map((error) => error.field);
      validate(asSent(example.input));
      const refused = [...new Set((validate.errors ?? []).map(fieldOf))];
      for (const field of refused)
        assert.ok(wrong.some((known) => field === known || field.startsWith(`${known}.`) || field.startsWith(`${known}[`)),
          `${example.name}: the schema refuses ${field}, the form only ${wrong}: ${JSON.stringify(validate.errors)}`);
      if (!wrong.length) good++;
    }
    assert.ok(good > 0, 'no good example');
  });
}

test('a schema names the missing consent of an example with missing data', () => {
  const validate = compile(schemaOf('services/hund', 'anmeldung'));
  const example = read('services/hund/examples/fehlende_angaben.yaml');
  assert.equal(validate(asSent(example.input)), false);
  assert.deepEqual(validate.errors.map(fieldOf), ['aenderungen']);
});

test('every field of a good example that is made wrong is refused in its place', () => {
  const validate = compile(schemaOf('services/hund', 'anmeldung'));
  const input = asSent(read('services/hund/examples/ein_hund.yaml').input);
  const changed = (path, value) => {
    const copy = structuredClone(input);
    const at = path.slice(0, -1).reduce((node, key) => node[key], copy);
    if (value === undefined) delete at[path.at(-1)]; else at[path.at(-1)] = value;
    validate(copy);
    return (validate.errors ?? []).map(fieldOf);
  };
  assert.equal(validate(input), true);
  for (const [path, value, field] of [
    [['halterart'], 'verein', 'halterart'],
    [['halterart'], undefined, 'halterart'],
    [['weitere_hunde'], '0', 'weitere_hunde'],
    [['weitere_hunde'], 100, 'weitere_hunde'],
    [['anschrift', 'plz'], 12345, 'anschrift.plz'],
    [['anschrift', 'ort'], undefined, 'anschrift.ort'],
    [['hunde'], [], 'hunde'],
    [['hunde', 0, 'name'], 'x'.repeat(61), 'hunde[0].name'],
    [['hunde', 0, 'mischling'], 'nein', 'hunde[0].mischling'],
    [['hunde', 0, 'rasse'], 'drache', 'hunde[0].rasse'],
    [['hunde', 0, 'geburt'], '2024-5', 'hunde[0].geburt'],
    [['hunde', 0, 'haltung_seit'], '1.3.2027', 'hunde[0].haltung_seit'],
    [['hunde', 0, 'fluegel'], 2, 'hunde[0].fluegel'],
    [['richtig'], false, 'richtig'],
  ])
    assert.ok(changed(path, value).includes(field), `${path.join('.')} = ${JSON.stringify(value)} passes`);
});
