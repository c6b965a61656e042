// SPDX-License-Identifier: EUPL-1.2
// Whatever goes wrong, people at a page read German: the rooms that have pages write it, and what other rooms say in
// English comes to a page only through core/page/problem.c.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../src/', import.meta.url).pathname;
const ROOMS = ['cases', 'hooks', 'ident', 'pay', 'portal', 'twin/plan', 'core/work', 'core/store'];
// Who reads these in English: operators at a command line, authors of packages, programs at an interface.
const FOR_OTHERS = [/_test\.c$|_fixture\.h$/, /_command\.c$|\/command\.c$/, /^cases\/(golden|package|fim\/|check\.c|code_list\.c|load\.c)/, /\/(staff_)?api(_(hand|case|register|upload|key|body))?\.c$|hook_api\.c$/];
// In the store only what an upload is refused for; the rest is the log's.
const files = ROOMS.flatMap(room => readdirSync(root + room).map(name => `${room}/${name}`)).filter(name =>
  /\.[ch]$/.test(name) && !FOR_OTHERS.some(pattern => pattern.test(name)) && (!name.startsWith('core/store') || /\/file(_scan|_type|_zip)?\.c$/.test(name)));
const text = name => readFileSync(root + name, 'utf8');
const joined = code => [...code.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(match => match[1]).join('');

/** The arguments of a call that begins behind its "(". */
function argumentsAt(source, from) {
  const found = [''];
  for (let at = from, depth = 0; ; at++) {
    const literal = source.slice(at).match(/^"(?:[^"\\]|\\.)*"|^'(?:[^'\\]|\\.)'/)?.[0];
    if (literal) { found[found.length - 1] += literal; at += literal.length - 1; continue; }
    if (source[at] === ')' && depth-- === 0) return found.map(one => one.trim());
    if (source[at] === '(') depth++;
    if (source[at] === ',' && depth === 0) found.push('');
    else found[found.length - 1] += source[at];
  }
}

/** What errors say that somebody at a page may meet: not those of the program itself, nor those of a file. */
function said(name) {
  const source = text(name);
  return [...source.matchAll(/\b(?:err_(set|field|at)|rows_one)\(/g)].flatMap(call => {
    const given = argumentsAt(source, call.index + call[0].length);
    const [, first] = given;
    if (call[1] === 'set' && /ERR_INTERNAL|ERR_TEMPORARY/.test(first) || call[1] === 'at' && first !== 'NULL') return [];
    const format = joined(given[!call[1] ? 1 : call[1] === 'at' ? 4 : 2] ?? '');
    return /[A-Za-z]{2}/.test(format.replace(/%[-+0-9.*]*(?:ll|z)?[a-z]/g, '')) ? [`${name}: ${format}`] : [];
  });
}

const GERMAN = /[äöüßÄÖÜ„]|\b(?:Zeile|das|der|die|dies(?:e[mnrs]?)?|den|dem|ist|sind|wird|wurde|kein\w*|nichts?|gibt|bitte|sie|fehlt|hat|muss|kann|ein\w*|zu|es|schon|mehr)\b/i;
const ENGLISH = /\b(?:the|must|is|not|of|there|has|needs|this|be|cannot|with|are|and|no|such)\b/;

test('errors that people at a page may read are German', () => {
  const all = files.flatMap(said);
  assert.ok(all.length > 300, `${all.length} found`);
  assert.deepEqual(all.filter(one => !GERMAN.test(one) || ENGLISH.test(one.slice(one.indexOf(':')))), []);
});

test('pages take the words of an error from problem.c alone', () => {
  const pages = files.filter(name => /\/(?:desk|portal|bulk|own|run|import|retention)[^/]*\.c$/.test(name));
  assert.ok(pages.length > 80);
  const raw = pages.flatMap(name => text(name).split(';').filter(part => /\b(?:err|why|wrong|problem|failed)(?:->|\.)message\b/.test(part) && !part.includes('log_line('))
    .map(part => `${name}: ${part.trim()}`));
  assert.deepEqual(raw, []);
});

test('each error of the rule language has German words with the same values, and no words are left over', () => {
  const feel = readdirSync(root + 'feel').filter(name => name.endsWith('.c') && !name.endsWith('_test.c') && name !== 'words.c').map(name => text(`feel/${name}`));
  const formats = new Set(feel.flatMap(source => [...source.matchAll(/\b(parse_fail|refuse)\(/g)].flatMap(call => {
    const format = joined(argumentsAt(source, call.index + call[0].length)[call[1] === 'refuse' ? 1 : 2] ?? '');
    return format ? [format] : [];
  })));
  const words = new Map([...text('feel/words.c').replaceAll('SPLIT', '"Teilen Sie den Ausdruck."').matchAll(/\{("(?:[^"\\]|\\.)*"),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}/g)].map(([, english, german]) => [joined(english), joined(german)]));
  const values = format => format.replaceAll('%.0s', '%s').match(/%(?:\.\*s|[a-z]+)/g)?.map(value => value.match(/^%(?:zu|.)(?:\*s)?/)[0]) ?? [];
  assert.ok(formats.size > 50, `${formats.size} found`);
  assert.deepEqual([...formats].filter(format => !words.has(format)), []);
  assert.deepEqual([...words.keys()].filter(format => !formats.has(format)), []);
  assert.deepEqual([...words].filter(([english, german]) => values(english).join() !== values(german).join()), []);
});

test('whatever can be wrong with a letter has German words', () => {
  const post = readdirSync(root + 'post').filter(name => /^(?:letter(?!_page_test|_test).*|giro_code)\.c$/.test(name) && !name.endsWith('_test.c')).map(name => text(`post/${name}`)).join('');
  const parts = new Set([...post.matchAll(/\b(?:err_field\(err, |check_text\()"(\w+)"/g)].map(match => match[1]));
  const known = new Set([...text('cases/case_letter_make.c').matchAll(/^ {4}\{"(\w+)", /gm)].map(match => match[1]).concat('recipient'));
  assert.ok(parts.size > 10);
  assert.deepEqual([...parts].filter(part => !known.has(part)), []);
  assert.doesNotMatch(post, /err_set\(err, ERR_INPUT/, 'each names its part');
});
