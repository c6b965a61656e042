// SPDX-License-Identifier: EUPL-1.2
// The command line as docs/command-line.md promises it: every command is asked for its help and given every mistake that a
// hand makes. What the commands do when they are called rightly is told by the tests of their rooms.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { camt } from './lib/bank.mjs';
import { program, root, startTown } from './lib/town.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'rathaus-command-'));
const data = join(scratch, 'data');
const at = name => join(scratch, name);
const run = (...words) => spawnSync(program, words, { cwd: root, encoding: 'utf8', timeout: 60000 });
const shell = (line, env = {}) => spawnSync('sh', ['-c', line], { cwd: root, encoding: 'utf8', timeout: 60000, env: { ...process.env, RATHAUS: program, ...env } });
const inTown = (...words) => run(...words, '--data', data, '--tenant', 'musterstadt');

const helps = new Map();
const helpOf = (...words) => { const name = words.join(' '); if (!helps.has(name)) helps.set(name, run(...words, '--help').stdout); return helps.get(name); };
/** What a command says that it has. */
const optionsOf = words => run(...words, '--bogus').stderr.match(/there is no option --bogus; it has (.*); rathaus .* --help tells more\n$/)[1].split(', ');

const listed = text => [...text.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name);
const isGroup = text => /^Usage: rathaus \S+ COMMAND/.test(text);
const commands = listed(helpOf());
const groups = commands.filter(name => isGroup(helpOf(name)));
/** Every command that does something itself: ['staff', 'add']. */
const leaves = commands.flatMap(name => (groups.includes(name) ? listed(helpOf(name)).map(inner => [name, inner]) : name === 'help' ? [] : name === 'map' ? [[name], [name, 'base']] : [[name]]));

before(async () => {
  await (await startTown({ dataDir: data })).stop();
  mkdirSync(at('folder'));
  writeFileSync(at('text'), 'x\n');
});
after(() => rmSync(scratch, { recursive: true, force: true }));

test('every command is found', () => {
  assert.deepEqual(groups, ['feel', 'tenant', 'staff', 'bank', 'ledger', 'service', 'twin', 'city']);
  assert.ok(leaves.length >= 30, leaves.join(', '));
});

test('help is given behind every command, whatever else stands there', () => {
  for (const words of [...groups.map(name => [name]), ...leaves]) {
    const name = words.join(' ');
    const help = run(...words, '--help');
    assert.equal(help.status, 0, name);
    assert.equal(help.stderr, '', name);
    assert.ok(help.stdout.startsWith(`Usage: rathaus ${name} `) || help.stdout.startsWith(`Usage: rathaus ${name}\n`), help.stdout);
    assert.equal(run('help', ...words).stdout, help.stdout);
    if (words.length === 1 && groups.includes(name)) continue;
    assert.match(help.stdout, /\nExit status: 0 /, name);
    const amid = run(...words, 'word', '--bogus', '--help', '--data');
    assert.deepEqual([amid.status, amid.stdout], [0, help.stdout], name);
  }
  assert.equal(run('help').stdout, helpOf());
});

test('help names the options that there are, and no others', () => {
  for (const words of leaves) {
    const told = [...helpOf(...words).matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option);
    assert.deepEqual([...new Set([...told, '--help'])].sort(), optionsOf(words).sort(), words.join(' '));
  }
});

test('an option that lacks its value, has an empty one or is given twice is refused', () => {
  for (const words of leaves) {
    const help = helpOf(...words);
    for (const option of optionsOf(words).filter(option => option !== '--help')) {
      const refused = (message, ...more) => {
        const result = run(...words, ...more);
        assert.equal(result.status, 2, more.join(' '));
        assert.match(result.stderr, new RegExp(`^rathaus ${words.join(' ')}: ${message}`));
        assert.equal(result.stdout, '');
      };
      const value = /lacks its value/.test(run(...words, option).stderr);
      if (value) {
        refused(`${option} lacks its value`, option, '--help=x');
        refused(`the value of ${option} is empty`, option, '');
        refused(`the value of ${option} is empty`, `${option}=`);
      }
      const mayBeRepeated = new RegExp(`${option} [^-]*may\\s+be given several times`).test(help);
      const right = help.match(new RegExp(`^ {2}${option} +([a-z0-9]+)\\|`, 'm'))?.[1]
        ?? { DAY: '2027-01-31', N: '1', YEAR: '2027', WORD: words[0] === 'ledger' ? 'csv' : words[0] === 'import' ? 'en' : 'line' }[help.match(new RegExp(`^ {2}${option} +([A-Z]+)`, 'm'))?.[1]] ?? 'x';
      const twice = value ? [option, right, option, right] : [option, option];
      if (!mayBeRepeated) refused(`${option} is given twice`, ...twice);
    }
  }
});

test('a value of another kind is refused with what it must be', () => {
  const refused = (words, message) => {
    const result = run(...words.split(' '));
    assert.equal(result.status, 2, words);
    assert.match(result.stderr, message);
  };
  for (const year of ['abc', '-1', '0', '10000', '99999999999999999999', '2027.5'])
    refused(`run hund/x --data d --tenant t --year ${year}`, new RegExp(`--year must be a whole number from 1990 to 2200, not "${year}"`));
  for (const day of ['31.02.', '2027-02-31', '0000-01-01', '10000-01-01', 'morgen']) {
    refused(`run hund/x --data d --tenant t --year 2027 --today ${day}`, /--today must be a day, e\.g\. 2027-01-31, not "/);
    refused(`ledger export --data d --tenant t --from ${day} --to 2027-01-01`, /--from must be a day/);
    refused(`feel eval 1 --today ${day}`, /--today must be a day/);
  }
  refused('ledger export --data d --tenant t --from 2027-01-01 --to 2027-01-31 --format xml', /--format must be csv, json or datev, not "xml"/);
  refused('ledger export --data d --tenant t --from 2027-02-01 --to 2027-01-31', /--to lies before --from/);
  refused('run hund --data d --tenant t --year 2027', /"hund" is not SERVICE\/RUN/);
  refused('twin run s.yaml --out o --threads 0', /--threads must be a whole number from 1 to 1024/);
  refused('serve --data d --workers viele', /--workers must be a whole number from 1 to 4096/);
  refused('serve --data d --listen x', /--listen x is no address/);
  refused('service export xml services/hund', /FORMAT must be xdatenfelder or json-schema, not "xml"/);
  refused('map x --out m.mbtiles', /"x" is not LAYER=FILE with a layer of: land, water/);
  refused('feel run m.dmn --explain', /--explain needs --decision/);
  refused('restore --data d --in b.tar --as Groß', /"Groß" is no name for a tenant/);
  refused('tenant create Dorf --data d --from tenants/demo', /"Dorf" is no name for a tenant/);
  assert.ok(!existsSync(join(root, 'd')));
});

test('a word that is not known is named, with those that are', () => {
  const top = run('frobnicate');
  assert.deepEqual([top.status, top.stderr], [2, 'rathaus: there is no command "frobnicate"; rathaus --help lists them\n']);
  for (const name of groups) {
    const inner = listed(helpOf(name)).join(', ');
    const wrong = run(name, 'foo');
    assert.deepEqual([wrong.status, wrong.stderr], [2, `rathaus ${name}: there is no command "foo"; it has: ${inner}; rathaus ${name} --help tells more\n`]);
    const none = run(name);
    assert.deepEqual([none.status, none.stdout, none.stderr], [2, '', helpOf(name)]);
    assert.match(run(name, '--data', 'd', 'foo').stderr, /options stand behind the command/);
  }
  const nothing = run();
  assert.deepEqual([nothing.status, nothing.stdout, nothing.stderr], [2, '', helpOf()]);
  assert.match(run('routes', 'extra').stderr, /^rathaus routes: "extra" is one word too many/);
  for (const words of leaves.filter(([name]) => name !== 'map')) // a map has as many layers as one likes
    assert.equal(run(...words, 'a', 'b', 'c', 'd').status, 2, words.join(' '));
});

/** What each command needs beside --data, to get as far as the folder. */
const NEEDED = {
  'backup': ['--out', at('x.tar')], 'verify': [], 'tenant list': [], 'tenant show': ['dorf'], 'tenant erase': ['dorf', '--confirm', 'dorf'],
  'staff list': ['--tenant', 'dorf'], 'staff add': ['--tenant', 'dorf', '--login', 'neu', '--name', 'Neu'], 'staff reset': ['--tenant', 'dorf', '--login', 'neu'],
  'bank import': [at('text'), '--tenant', 'dorf'], 'ledger export': ['--tenant', 'dorf', '--from', '2027-01-01', '--to', '2027-01-31'],
  'import': ['hund', at('text'), '--tenant', 'dorf'], 'run': ['hund/x', '--year', '2027', '--tenant', 'dorf'],
  'city import': [at('text'), '--dataset', 'rad', '--tenant', 'dorf'], 'city dataset': ['rad', '--title', 'Rad', '--tenant', 'dorf'],
  'city export': ['--dataset', 'allgemein', '--tenant', 'dorf'], 'city key': ['--tenant', 'dorf'], 'city verify': ['--tenant', 'dorf'], 'map base': [at('text'), '--tenant', 'dorf'],
};

test('a data folder that is mistyped is not made', () => {
  const makers = ['serve', 'restore', 'tenant create'];
  const withData = leaves.map(words => words.join(' ')).filter(name => /--data DIR/.test(helpOf(...name.split(' '))));
  assert.deepEqual(withData.filter(name => !makers.includes(name)).sort(), Object.keys(NEEDED).sort());
  for (const [name, needed] of Object.entries(NEEDED)) {
    for (const folder of ['nowhere', 'text', 'folder']) {
      const refused = run(...name.split(' '), ...needed, '--data', at(folder));
      assert.ok(refused.status === 1 || refused.status === 2, name);
      assert.match(refused.stderr, new RegExp(`^rathaus ${name}: there is no town in ${at(folder)}: it .*; name the folder that .rathaus serve. has`), name);
      assert.equal(refused.stdout, '', name);
    }
    const unknown = run(...name.split(' '), ...needed.map(word => (word === 'dorf' ? 'nirgends' : word)), ...(['backup', 'verify'].includes(name) ? ['--tenant', 'nirgends'] : []), '--data', data);
    if (name === 'tenant list') continue;
    assert.notEqual(unknown.status, 0, name);
    assert.match(unknown.stderr, /there is no tenant "nirgends" in .*; `rathaus tenant list` shows all/, name);
  }
  assert.ok(!existsSync(at('nowhere')));
  assert.deepEqual(readdirSync(at('folder')), []);
  const empty = run('staff', 'list', '--data', '', '--tenant', 'dorf');
  assert.match(empty.stderr, /the value of --data is empty/);
});

test('who may make a data folder makes it only when the rest is right', () => {
  assert.equal(run('restore', '--data', at('made'), '--in', at('text')).status, 1);
  assert.equal(run('tenant', 'create', 'dorf', '--data', at('made'), '--from', at('folder')).status, 1);
  assert.equal(run('serve', '--data', at('made'), '--listen', 'x').status, 2);
  assert.equal(run('serve', '--data', at('made'), '--tenant', 'dorf', '--listen', '127.0.0.1:0').status, 1);
  const archive = at('backup.tar');
  assert.equal(run('backup', '--data', data, '--out', archive, '--with-keys').status, 0);
  assert.match(run('restore', '--data', at('made'), '--in', archive, '--tenant', 'dorf').stderr, /tenant "dorf" is not in this backup/);
  assert.ok(!existsSync(at('made')));
  assert.match(run('serve', '--data', data, '--tenant', 'nirgends', '--listen', '127.0.0.1:0').stderr, /--tenant nirgends: there is no such tenant/);
  assert.equal(run('restore', '--data', at('made'), '--in', archive).status, 0);
  assert.ok(existsSync(at('made')));
});

test('a file that is missing, a folder or a pipe is refused with its name, once', () => {
  spawnSync('mkfifo', [at('pipe')]);
  const takers = {
    'restore --data DATA --in': 1, 'bank import --data DATA --tenant musterstadt': 1, 'import hund --data DATA --tenant musterstadt': 2,
    'service import xdatenfelder --out new': 2, 'service check': 2, 'service test': 2, 'service export json-schema': 2, 'feel table': 2, 'feel run': 2, 'feel convert': 2, 'feel eval 1 --context': 2,
    'twin run --out new': 1, 'twin check': 1, 'city import --dataset allgemein --tenant musterstadt --data DATA': 2,
  };
  for (const [words, status] of Object.entries(takers)) {
    const files = [at('nowhere'), ...(/^service (check|test|export)/.test(words) ? [at('text')] : [at('folder')]), ...(/^(restore|bank|import|service import|twin|city)/.test(words) ? [at('pipe')] : [])];
    for (const file of files) {
      const refused = run(...words.replace('DATA', data).split(' '), file);
      assert.equal(refused.status, status, `${words} ${file}: ${refused.stderr}`);
      assert.equal(refused.stderr.split(file).length, 2, refused.stderr);
      assert.equal(refused.stderr.split('\n').length, 2, refused.stderr);
    }
  }
  for (const words of [['run', 'hund/jahresveranlagung', '--year', '2027', '--tenant', 'musterstadt'], ['serve', '--listen', '127.0.0.1:0']])
    assert.match(run(...words, '--data', data, '--services', at('nowhere')).stderr, /--services .*nowhere is no folder/);
  assert.match(run('service', 'check', 'services/hund', '--overlay', at('nowhere')).stderr, /--overlay .*nowhere is no folder/);
  assert.match(run('service', 'export', 'json-schema', 'services/hund', '--procedure', 'x').stderr, /there is no procedure "x"; the package has: anmeldung/);
});

test('where a result goes is tried before the work', () => {
  const begun = () => spawnSync('sqlite3', [join(data, 'tenants/musterstadt/tenant.db'), 'SELECT COUNT(*) FROM run'], { encoding: 'utf8' }).stdout.trim();
  for (const [option, place] of [['--files', at('text')], ['--files', at('nowhere/inner')], ['--files', '/proc/self'], ['--left-out', at('folder')], ['--left-out', at('nowhere/list.csv')]]) {
    const refused = inTown('run', 'hund/jahresveranlagung', '--year', '2027', option, place);
    assert.equal(refused.status, 1, place);
    assert.ok(refused.stderr.includes(place), refused.stderr);
    assert.equal(begun(), '0', `${option} ${place}`);
  }
  assert.match(inTown('run', 'hund/nix', '--year', '2027', '--files', at('unmade')).stderr, /there is no run "hund\/nix" in this town; it has: hund\/jahresveranlagung/);
  assert.equal(inTown('run', 'hund/jahresveranlagung', '--year', '2027', '--preview', '--files', at('unmade')).status, 0);
  assert.ok(!existsSync(at('unmade')), 'what is not made has no folder');
  for (const words of [['compare', at('nowhere'), at('nowhere')], ['tiles', at('nowhere')]]) {
    assert.match(run('twin', ...words, '--out', at('unmade')).stderr, /nowhere\/max_depth\.tif: there is no such file/);
    assert.ok(!existsSync(at('unmade')), 'what cannot be shown has no folder');
  }
  assert.match(run('twin', 'demo', '--out', at('text')).stderr, /text: is no folder; name another place/);
  assert.match(inTown('import', 'katze', at('text')).stderr, /register "katze"; it has: hund/);
  run('tenant', 'create', 'dorf', '--data', data, '--from', 'tenants/demo');
  for (const proof of [at('folder'), at('nowhere/proof.json'), '/dev/full']) {
    const kept = run('tenant', 'erase', 'dorf', '--data', data, '--confirm', 'dorf', '--proof', proof);
    assert.equal(kept.status, 1, proof);
    assert.ok(existsSync(join(data, 'tenants/dorf/tenant.db')), 'a tenant whose proof cannot be written stays');
  }
  assert.equal(run('tenant', 'erase', 'dorf', '--data', data, '--confirm', 'dorf', '--proof', at('proof.json')).status, 0);
  assert.equal(JSON.parse(readFileSync(at('proof.json'), 'utf8')).tenant, 'dorf');
  for (const words of [['ledger', 'export', '--from', '2027-01-01', '--to', '2027-01-31'], ['import', 'hund', at('text')]]) {
    const refused = inTown(...words, words[0] === 'import' ? '--report' : '--out', '/dev/full');
    assert.match(refused.stderr, /\/dev\/full: is no file but a device/);
  }
  assert.match(run('service', 'export', 'json-schema', 'services/hund', '--procedure', 'anmeldung', '--out', '/dev/full').stderr, /is no file but a device/);
  assert.match(run('map', `road=${at('text')}`, '--out', '/dev/full').stderr, /is no file but a device/);
});

test('what could not be printed is no success', () => {
  const lines = ['routes', 'routes --json', '--help', 'service --help', 'staff add --help', 'version', 'feel eval 1', 'service check services/hund --json',
    'service export json-schema services/hund --procedure anmeldung', `verify --data ${data}`, `tenant list --data ${data}`, `staff list --data ${data} --tenant musterstadt`,
    `ledger export --data ${data} --tenant musterstadt --from 2027-01-01 --to 2027-01-31`, `run hund/jahresveranlagung --data ${data} --tenant musterstadt --year 2027 --preview --json`];
  for (const line of lines)
    for (const to of ['> /dev/full', '>&-']) {
      const result = shell(`"$RATHAUS" ${line} ${to}`);
      assert.equal(result.status, 1, `${line} ${to}`);
      assert.match(result.stderr, /rathaus: standard output cannot be written.*: what was printed is not complete\n$/, line);
    }
  const closed = shell(`"$RATHAUS" staff list --data "${data}" --tenant musterstadt <&- >&- 2>&-`);
  assert.equal(closed.status, 1);
  assert.equal(run('verify', '--data', data).status, 0, 'nothing was printed into a file of the town');
});

test('with --json there is one document on standard output, or none', () => {
  for (const words of [['routes'], ['verify', '--data', data], ['tenant', 'list', '--data', data], ['tenant', 'show', 'musterstadt', '--data', data], ['service', 'check', 'services/hund'],
    ['feel', 'eval', '{a: 1, b: date("2027-01-01")}'], ['feel', 'explain', '1 + 1'], ['feel', 'tck', 'tests/dmn/names'], ['twin', 'demo', '--out', at('city')], ['twin', 'check', join(at('city'), 'schnell.yaml')],
    ['run', 'hund/jahresveranlagung', '--year', '2027', '--preview', '--data', data, '--tenant', 'musterstadt']]) {
    const result = run(...words, '--json');
    assert.equal(result.status, 0, result.stderr);
    assert.doesNotThrow(() => JSON.parse(result.stdout), words.join(' '));
  }
  for (const words of [['verify', '--data', at('nowhere')], ['tenant', 'list', '--data', at('nowhere')], ['tenant', 'show', 'dorf', '--data', data], ['service', 'check', at('nowhere')], ['service', 'test', at('nowhere')],
    ['feel', 'eval', '1 +'], ['feel', 'tck', at('nowhere')], ['twin', 'check', at('nowhere')], ['bank', 'import', at('text'), '--data', data, '--tenant', 'musterstadt'],
    ['run', 'hund/nix', '--year', '2027', '--data', data, '--tenant', 'musterstadt'], ['import', 'hund', at('text'), '--data', data, '--tenant', 'musterstadt']]) {
    const result = run(...words, '--json');
    assert.ok(result.status > 0, words.join(' '));
    assert.equal(result.stdout, '', words.join(' '));
    assert.notEqual(result.stderr, '');
  }
});

test('an expression that is wrong and a call that is wrong are told apart', () => {
  const status = (...words) => run('feel', ...words).status;
  assert.deepEqual([status('eval', '1 + 1'), status('eval', '-5 + 3'), status('eval', '--', '--5')], [0, 0, 0]);
  assert.deepEqual([status('eval', '1 +'), status('explain', '1 +'), status('print', '1 +'), status('table', at('text')), status('run', at('text'))], [1, 1, 1, 1, 1]);
  assert.deepEqual([status(), status('eval'), status('eval', '1', '2'), status('eval', '1', '--bogus'), status('print', '1', '--json')], [2, 2, 2, 2, 2]);
});

test('messages of a command are in English', () => {
  const german = /[äöüßÄÖÜ]|Bitte|Datei|Zeile|nicht/;
  for (const words of [['bank', 'import', at('text')], ['ledger', 'export', '--from', '2007-01-01', '--to', '2027-01-31'], ['ledger', 'export', '--from', '2026-12-01', '--to', '2027-01-31', '--format', 'datev'], ['import', 'hund', at('text')]]) {
    const refused = inTown(...words);
    assert.notEqual(refused.status, 0);
    assert.doesNotMatch(refused.stderr.replace('Name des Hundes', ''), german, refused.stderr);
  }
  assert.match(inTown('bank', 'import', at('text')).stderr, /^rathaus bank import: .*text:1: The file is damaged: it is no complete XML/);
});

test('a statement that somebody shortens while it is read is booked whole', async () => {
  const entries = Array.from({ length: 40000 }, (_, i) => ({ cents: 100 + i, text: 'Spende' }));
  writeFileSync(at('auszug.xml'), camt('K1', entries));
  const reading = spawn(program, ['bank', 'import', at('auszug.xml'), '--data', data, '--tenant', 'musterstadt'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  reading.stdout.on('data', text => { said += text; });
  reading.stderr.on('data', text => { if (/entries booked/.test(text)) truncateSync(at('auszug.xml'), 0); });
  assert.deepEqual(await once(reading, 'close'), [0, null]);
  assert.match(said, /^40000 entries, /);
  assert.equal(readFileSync(at('auszug.xml')).length, 0, 'it was shortened');
});

test('an account is made from what the town has, and said clearly why not', () => {
  const add = (...words) => inTown('staff', 'add', ...words);
  const refused = (status, message, ...words) => {
    const result = add('--login', 'neu', '--name', 'Mara Neu', ...words);
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, message);
  };
  const made = add('--login', 'neu', '--name', 'Mara Neu', '--email', 'neu@musterstadt.example', '--grant', 'kasse:kasse', '--grant', 'sachbearbeitung:steueramt:hund', '--grant', 'leitung::hund');
  assert.equal(made.status, 0, made.stderr);
  assert.match(inTown('staff', 'list').stdout, /^neu +Mara Neu +active +kasse:kasse: leitung::hund sachbearbeitung:steueramt:hund$/m);
  refused(1, /^rathaus staff add: there is an account with the login "neu" already; choose another --login, or .*`rathaus staff reset`\n$/);
  refused(2, /--grant buerge: there is no role "buerge"; there is: sachbearbeitung, /, '--grant', 'kasse:kasse', '--grant', 'buerge');
  refused(1, /--grant kasse:zoll: there is no office "zoll"; there is: steueramt, ordnungsamt, kasse/, '--grant', 'kasse:zoll');
  refused(1, /--grant kasse:kasse:katze: there is no service "katze"; there is: hund/, '--grant', 'kasse:kasse:katze');
  refused(2, /"anna@" is no e-mail address/, '--email', 'anna@');
  const wrong = (message, login, name) => {
    const result = add('--login', login, '--name', name);
    assert.equal(result.status, 2);
    assert.match(result.stderr, message);
  };
  for (const login of ['k', 'Kurz', 'kürz', 'k'.repeat(61)]) wrong(/ is no login: 2 to 60 lower-case letters/, login, 'Eva');
  for (const name of ['x', 'x'.repeat(201), '  ', 'a\nb\u0007']) wrong(/ is no name: 2 to 200/, 'eva', name);
  assert.match(inTown('staff', 'reset', '--login', 'niemand').stderr, /there is no account with the login "niemand"; `rathaus staff list` shows all/);
  const roles = helpOf('staff', 'add').match(/Roles: ([a-z,\s]+)/)[1].split(/,\s+/).map(role => role.trim());
  const [, known] = add('--login', 'x1', '--name', 'X1', '--grant', 'buerge').stderr.match(/there is: (.*); rathaus staff add --help tells more\n/);
  assert.deepEqual(known.split(', '), roles);
});
