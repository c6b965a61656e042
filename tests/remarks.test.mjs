// SPDX-License-Identifier: EUPL-1.2
// Whatever the twin remarks, planners read in German: each format has its words in remark_words.c.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../src/twin/', import.meta.url).pathname;
const files = readdirSync(folder).filter(name => name.endsWith('.c') && !name.endsWith('_test.c'));
const text = name => readFileSync(folder + name, 'utf8');
// "a" "b", as C joins them.
const joined = literals => [...literals.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(match => match[1]).join('');
const LITERALS = '((?:"(?:[^"\\\\]|\\\\.)*"\\s*)+)';

/** The first format among the arguments of each call that reaches the planner. */
function formats(source) {
  const calls = [...source.matchAll(/\b(?:scenario_remark|remark)\(/g)];
  return calls.flatMap(call => {
    const before = source.slice(source.lastIndexOf('\n', call.index) + 1, call.index);
    const rest = source.slice(call.index, source.indexOf(');', call.index)).replace(/node_get\(.*?\)/, '');
    if (/^(?:static )?\w+ \**$/.test(before) || /->notes|"%s", err\.message/.test(rest)) return []; // a definition; notes; an error
    return [joined(rest.match(new RegExp(LITERALS))[1])];
  });
}

test('each remark has German words, and no words are left over', () => {
  const said = new Set(files.filter(name => name !== 'remark.c').flatMap(name => formats(text(name))));
  const known = new Set([...text('remark_words.c').matchAll(new RegExp(`\\{${LITERALS},`, 'g'))].map(match => joined(match[1])));
  assert.ok(said.size > 15 && known.size > 15, `${said.size} said, ${known.size} known`);
  assert.deepEqual([...said].filter(format => !known.has(format)), []);
  assert.deepEqual([...known].filter(format => !said.has(format)), []);
});
