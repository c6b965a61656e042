// SPDX-License-Identifier: EUPL-1.2
// `rathaus feel` at the shell: results on standard output, mistakes with their place and exit status 2.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { program } from './lib/town.mjs';

const folder = mkdtempSync(join(tmpdir(), 'rathaus-feel-'));
after(() => rmSync(folder, { recursive: true }));

const feel = (...args) => spawnSync(program, ['feel', ...args], { encoding: 'utf8' });
const file = (name, text) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test('an expression is evaluated with the names of a context', () => {
  const context = file('a.json', '{"Monthly Salary": 2500.10, "dogs": [{"name": "Bello"}]}');
  assert.equal(feel('eval', 'Monthly Salary * 12', '--context', context).stdout, '30001.2\n');
  assert.equal(feel('eval', 'dogs.name', '--context', context, '--json').stdout, '[\n  "Bello"\n]\n');
  assert.equal(feel('eval', 'today() + @"P1D"', '--today', '2027-02-28').stdout, '2027-03-01\n');
});

test('a mistake is shown with a caret and ends with status 2', () => {
  const wrong = feel('eval', '1 + size', '--context', file('b.json', '{"seize": 1}'));
  assert.equal(wrong.status, 2);
  assert.equal(wrong.stdout, '');
  assert.equal(wrong.stderr, '1:5: the name "size" is not known here; is "seize" meant?\n  1 + size\n      ^\n');
  assert.equal(feel('eval', '1 + "a"').status, 2);
  assert.equal(feel('eval', '1 + "a"', '--lenient').stdout, 'null\n');
});

test('an endless loop is stopped', () => {
  const endless = feel('eval', 'some i in 1..1000000000 satisfies i < 0');
  assert.equal(endless.status, 2);
  assert.match(endless.stderr, /too many steps/);
});

test('a table shows its result, the rows that matched and its gaps', () => {
  const table = file(
    't.yaml',
    'name: fee\ninputs:\n  - {expression: age, type: number}\noutputs:\n  - {name: euro, type: number}\n' +
      'rules:\n  - ["< 6", 0, children]\n  - ["> 6", 2.5]\n',
  );
  const shown = feel('table', table, '--context', file('c.json', '{"age": 3}'));
  assert.equal(shown.status, 0);
  assert.equal(shown.stdout, '0\n');
  assert.match(shown.stderr, /warning: no rule covers age = 6/);
  assert.match(shown.stderr, /row 1 .*t\.yaml:7\) children/);
});

test('help says everything; wrong usage ends with status 1', () => {
  const help = feel('--help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /--context/);
  assert.equal(feel('eval').status, 1);
  assert.equal(feel('eval', '1', '--contxt', 'x').status, 1);
  assert.equal(feel('eval', '1', '--context', join(folder, 'missing.json')).status, 1);
});
