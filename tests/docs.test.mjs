// SPDX-License-Identifier: EUPL-1.2
// What the documentation names, exists: links, files, commands, targets, addresses, settings.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const program = process.env.RATHAUS ?? join(root, 'build/rathaus');
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
const pages = tracked.filter(file => file.endsWith('.md') && !/^(services|tenants|tests)\//.test(file));
const read = file => readFileSync(join(root, file), 'utf8');
const isThere = file => existsSync(join(root, file));
const all = (file, pattern) => [...read(file).matchAll(pattern)];
const report = faults => assert.deepEqual(faults, []);

/** The anchors that a Markdown page has, as the usual renderers make them. */
const anchors = file => new Set(all(file, /^#+ (.*)$/gm).map(([, title]) => title.toLowerCase().replace(/[^\p{L}\p{N}\- ]/gu, '').replace(/ /g, '-')));

test('links lead somewhere', () => {
  report(pages.flatMap(page => all(page, /\]\(([^)\s]+)\)/g).map(([, target]) => target).filter(target => !/^(https?:|mailto:)/.test(target)).flatMap(target => {
    const [path, anchor] = target.split('#');
    const file = path ? normalize(join(dirname(page), path)) : page;
    if (!isThere(file)) return [`${page}: ${target} does not exist`];
    return anchor && !anchors(file).has(anchor) ? [`${page}: ${target} has no such heading`] : [];
  })));
});

test('files named in the text exist', () => {
  const roots = /^(src|tests|bench|scripts|web|services|tenants|docs)\/[\w./-]+$/;
  report(pages.flatMap(page => all(page, /`([^`\s]+)`/g).map(([, name]) => name.replace(/[.,:]$/, '')).filter(name => roots.test(name) && !/[*{}]|NAME|\bX\b/.test(name))
    .filter(name => !isThere(name) && !isThere(name.replace(/\/$/, ''))).map(name => `${page}: ${name} does not exist`)));
});

test('make targets exist', () => {
  const targets = new Set(all('Makefile', /^([a-z-]+):/gm).map(([, name]) => name));
  report(pages.flatMap(page => all(page, /`make ([a-z-]+)/g).filter(([, target]) => !targets.has(target)).map(([, target]) => `${page}: make ${target}`)));
});

const help = (...words) => {
  try { return execFileSync(program, [...words, '--help'], { encoding: 'utf8', stdio: 'pipe' }); } catch (error) { return `${error.stdout}${error.stderr}`; }
};

test('commands and their options are in --help', () => {
  const known = new Map();
  const helpOf = (...words) => { const name = words.join(' '); if (!known.has(name)) known.set(name, help(...words)); return known.get(name); };
  const commands = new Set([...help().matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name));
  assert.ok(commands.has('serve') && commands.size >= 8);
  report(pages.flatMap(page => all(page, /(?:^|[`\s/])rathaus ([a-z]+)((?: [^`\n|)]*)?)/gm).filter(([whole, command]) => commands.has(command) || /build\/rathaus/.test(whole))
    .flatMap(([, command, rest]) => {
      if (!commands.has(command)) return [`${page}: rathaus ${command} is no command`];
      return [...rest.matchAll(/(?<=\s)(--[a-z-]+)/g)].map(([, option]) => option).filter(option => option !== '--help' && ![helpOf(command), helpOf(command, ...rest.trim().match(/^[a-z]+(?= |$)/) ?? [])].some(text => text.includes(option)))
        .map(option => `${page}: rathaus ${command} has no ${option}`);
    })));
});

test('addresses named in the text are routes', () => {
  const patterns = JSON.parse(execFileSync(program, ['routes', '--json'], { encoding: 'utf8' })).map(route => route.pattern);
  const shape = path => path.replace(/\?.*/, '').split('/').map(part => (/^[:*{]|^[A-Z]+$|^N$|…/.test(part) ? '*' : part));
  const fits = (pattern, path) => {
    const [a, b] = [shape(pattern), shape(path)];
    return a.length === b.length && a.every((part, i) => part === '*' || b[i] === '*' || part === b[i]);
  };
  report(pages.flatMap(page => all(page, /`(?:GET |POST )?(\/(?:desk|api|antrag|status|dienste|anmelden|postfach|seite|healthz|readyz|metrics)[^`\s]*)`/g)
    .map(([, path]) => path.replace(/\/$/, '')).filter(path => !/\*$/.test(path) && !patterns.some(pattern => fits(pattern, path))).map(path => `${page}: ${path}`)));
});

test('the table of roles is that of the program', () => {
  const written = all('docs/ident.md', /^\| `([a-z]+)` \| (.*) \|$/gm).map(([, role, rights]) => [role, rights.split(', ')]);
  const roles = all('src/ident/role.c', /\{"([a-z]+)",\s*"[^"]+",\s*\{([^}]+)\}\}/g).map(([, role, rights]) => [role, [...rights.matchAll(/"([^"]+)"/g)].map(([, right]) => right)]);
  assert.ok(roles.length >= 10);
  assert.deepEqual(written, roles);
});

test('each right of a role is asked for somewhere', () => {
  const rights = new Set(all('src/ident/role.c', /"([a-z]+\.[a-z]+)"/g).map(([, right]) => right));
  const source = tracked.filter(file => /^src\/.*(?<!_test)\.[ch]$/.test(file) && file !== 'src/ident/role.c').map(read).join('');
  report([...rights].filter(right => !source.includes(`"${right}"`)));
});

test('every room of the source has a page, every decision its number', () => {
  const readings = pages.filter(page => page.startsWith('docs/')).map(read).join('\n');
  report(readdirSync(join(root, 'src'), { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name)
    .filter(room => !new RegExp(`src/${room}\\b|\\b${room}/|\`${room}\``).test(readings)).map(room => `docs say nothing about src/${room}`));
  const numbers = readdirSync(join(root, 'docs/decisions')).map(name => Number(name.slice(0, 4))).sort((a, b) => a - b);
  assert.deepEqual(numbers, numbers.map((_, i) => i + 1), 'decisions are numbered without a gap');
});

test('both READMEs say the same', () => {
  const headings = file => all(file, /^(#+) /gm).map(([, level]) => level.length);
  const blocks = file => all(file, /^ {4}\S.*|^```[\s\S]*?^```/gm).length;
  assert.deepEqual(headings('README.de.md'), headings('README.md'));
  assert.equal(blocks('README.de.md'), blocks('README.md'));
});

test('the table of libraries agrees with the build', () => {
  const table = read('docs/architecture.md');
  const names = { 'libmicrohttpd': 'libmicrohttpd', 'sqlite3': 'SQLite', 'libfyaml': 'libfyaml', 'libxml-2.0': 'libxml2', 'icu-uc': 'ICU', 'icu-i18n': 'ICU', 'libsodium': 'libsodium', 'libcrypto': 'OpenSSL',
    'openssl': 'OpenSSL', 'libarchive': 'libarchive', 'libmagic': 'libmagic', 'cairo': 'cairo', 'pangocairo': 'pango', 'pangoft2': 'pango', 'pangofc': 'pango', 'libqpdf': 'qpdf', 'libqrencode': 'libqrencode', 'libcurl': 'libcurl', 'harfbuzz-subset': 'harfbuzz', 'harfbuzz': 'harfbuzz', 'zlib': 'zlib', 'cmocka': 'cmocka' };
  const wanted = tracked.filter(file => file.endsWith('meson.build')).flatMap(file => all(file, /dependency\('([\w.+-]+)'/g).map(([, name]) => name)).filter(name => name !== 'threads');
  report([...new Set(wanted)].filter(name => !table.toLowerCase().includes((names[name] ?? name).toLowerCase())).map(name => `docs/architecture.md: nothing about ${name}`));
  report(Object.keys(JSON.parse(read('package.json')).devDependencies ?? {}).concat(Object.keys(JSON.parse(read('package.json')).dependencies ?? {}))
    .filter(name => !table.toLowerCase().includes(name.replace(/^@[^/]+\//, '').split('-')[0])).map(name => `docs/architecture.md: nothing about ${name}`));
});

test('nothing of a workplace is in the tree', () => {
  const found = tracked.filter(file => !/\.(png|woff2|pdf|zip)$/.test(file) && file !== 'tests/docs.test.mjs').flatMap(file => {
    const text = read(file);
    return /\/work\/(wt|main|shared)|\.\.\/shared|registry\.npmjs\.org\/(?!@|\w)|claude|anthropic/i.test(text) ? [file] : [];
  });
  report(found);
});
