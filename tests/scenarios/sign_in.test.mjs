// SPDX-License-Identifier: EUPL-1.2
// Who somebody is: accounts of staff, second factor, roles, citizens' links.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, program, root, startTown } from './lib/town.mjs';

const run = promisify(execFile);
let town;
before(async () => { town = await startTown(); });
after(() => town?.stop());

/** The code of RFC 6238 for a key in base32. */
function totp(base32, at = Date.now()) {
  const bits = [...base32].map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map(b => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, '0');
}

const keyOn = page => page.words.match(/Schlüssel: ((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})/)[1].replaceAll(' ', '');

async function signIn(login, password) {
  const visitor = town.visitor();
  const page = await (await visitor.get('/desk/anmelden')).submit({ login, password });
  return { visitor, page };
}

/** A new account made by the administrator; returns its first password. */
async function addStaff(login, fields = {}) {
  const admin = await town.staff('admin', 'rathaus-admin');
  const page = await (await admin.get('/desk/personal/neu')).submit({
    name: `Frau ${login}`, login, email: `${login}@musterstadt.example`, rolle: 'sachbearbeitung', amt: 'steueramt', ...fields,
  });
  assert.equal(page.status, 200, page.words);
  return { admin, password: page.words.match(/Passwort ([\w-]{19})/)[1] };
}

const OWN = 'pferd batterie heftklammer';

/** As addStaff, with a password of her own. */
async function settledStaff(login, fields) {
  const { admin, password } = await addStaff(login, fields);
  const { visitor, page } = await signIn(login, password);
  await page.submit({ neu: OWN, wiederholung: OWN });
  return { admin, visitor };
}

test('everybody of the demonstration town signs in with the password that it prints', async () => {
  const people = [...town.output.matchAll(/^  (\w+) +(\w+-\w+) /gm)];
  const written = readFileSync(join(root, 'tenants/demo/people.yaml'), 'utf8').match(/^- login:/gm);
  assert.equal(people.length, written.length);
  for (const [, login, password] of people) await town.staff(login, password);
});

test('a first password must be replaced before anything opens', async () => {
  const { password } = await addStaff('neumann');
  const { visitor, page } = await signIn('neumann', password);
  assert.equal(page.url, '/desk/anmelden/passwort');
  assert.match((await visitor.get('/desk/konto')).url, /^\/desk\/anmelden/);
  const refused = [
    [{ neu: 'kurz', wiederholung: 'kurz' }, /mindestens 12 Zeichen/],
    [{ neu: OWN, wiederholung: `${OWN}!` }, /verschieden/],
    [{ neu: password, wiederholung: password }, /anderes als das bisherige/],
    [{ neu: 'neumann-neumann', wiederholung: 'neumann-neumann' }, /Anmeldenamen nicht enthalten/],
  ];
  for (const [values, reason] of refused) {
    const answer = await (await visitor.get('/desk/anmelden/passwort')).submit(values);
    assert.equal(answer.status, 422);
    assert.match(answer.words, reason);
  }
  const inside = await (await visitor.get('/desk/anmelden/passwort')).submit({ neu: OWN, wiederholung: OWN });
  assert.equal(inside.status, 200);
  assert.equal((await visitor.get('/desk/konto')).h1, 'Mein Konto');
  assert.equal((await signIn('neumann', password)).page.status, 422, 'the first password is void');
  assert.notEqual((await signIn('neumann', OWN)).page.status, 422);
});

test('with a second factor, the password alone opens nothing', async () => {
  const { visitor } = await settledStaff('zweifel');
  const setup = await visitor.get('/desk/konto/zweiter-faktor');
  const key = keyOn(setup);
  assert.equal((await setup.submit({ code: '000000' })).status, 422);
  const used = totp(key);
  const done = await setup.submit({ code: used });
  assert.equal(done.status, 200);
  const codes = done.text.match(/[\da-z]{4}(-[\da-z]{4}){3}/g);
  assert.equal(codes.length, 10);

  const { visitor: again, page } = await signIn('zweifel', OWN);
  assert.equal(page.url, '/desk/anmelden/code');
  assert.match((await again.get('/desk/konto')).url, /^\/desk\/anmelden/);
  assert.equal((await page.submit({ code: used })).status, 422, 'a code counts once');
  assert.equal((await page.submit({ code: 'abc' })).status, 422);
  const next = await page.submit({ code: totp(key, Date.now() + 30000) });
  assert.equal(next.status, 200);
  assert.equal((await again.get('/desk/konto')).h1, 'Mein Konto');

  const lost = await signIn('zweifel', OWN);
  assert.equal((await lost.page.submit({ code: codes[3] })).status, 200, 'a recovery code opens');
  const twice = await signIn('zweifel', OWN);
  assert.equal((await twice.page.submit({ code: codes[3] })).status, 422, 'but once');
});

test('the administrator can take the second factor away', async () => {
  const { admin, visitor } = await settledStaff('verloren');
  const setup = await visitor.get('/desk/konto/zweiter-faktor');
  await setup.submit({ code: totp(keyOn(setup)) });
  const account = await (await admin.get('/desk/personal')).follow('Frau verloren');
  await account.submit({}, { form: '/zweiter-faktor' });
  assert.notEqual((await signIn('verloren', OWN)).page.url, '/desk/anmelden/code');
});

test('a locked account is out at once', async () => {
  const { admin, visitor } = await settledStaff('gesperrt');
  const account = await (await admin.get('/desk/personal')).follow('Frau gesperrt');
  await account.submit({}, { form: '/sperre' });
  assert.match((await visitor.get('/desk/konto')).url, /^\/desk\/anmelden/);
  assert.equal((await signIn('gesperrt', OWN)).page.status, 422);
});

test('a reset password ends the sessions', async () => {
  const { admin, visitor } = await settledStaff('vergesslich');
  const account = await (await admin.get('/desk/personal')).follow('Frau vergesslich');
  const page = await account.submit({}, { form: '/passwort' });
  const password = page.words.match(/Passwort ([\w-]{19})/)[1];
  assert.match((await visitor.get('/desk/konto')).url, /^\/desk\/anmelden/);
  assert.equal((await signIn('vergesslich', OWN)).page.status, 422);
  assert.equal((await signIn('vergesslich', password)).page.url, '/desk/anmelden/passwort');
});

test('roles are given and taken, and hold from the next page on', async () => {
  const { admin, visitor } = await settledStaff('wechsel');
  assert.equal((await visitor.get('/desk/personal')).status, 403);
  let account = await (await admin.get('/desk/personal')).follow('Frau wechsel');
  account = await account.submit({ rolle: 'admin' }, { button: 'Rolle geben' });
  assert.match(account.words, /Verwaltung des Systems/);
  assert.equal((await visitor.get('/desk/personal')).status, 200);
  account = await account.submit({}, { form: '/rolle/entziehen' });
  assert.doesNotMatch(account.words, /Verwaltung des Systems Entziehen/);
  assert.equal((await visitor.get('/desk/personal')).status, 403);
});

test('nobody takes the keys from themselves', async () => {
  const admin = await town.staff('admin', 'rathaus-admin');
  const account = await (await admin.get('/desk/personal')).follow('Anke Sommer');
  assert.equal((await account.submit({}, { form: '/sperre' })).status, 409);
  assert.equal((await account.submit({}, { form: '/rolle/entziehen' })).status, 409);
  assert.equal((await admin.get('/desk/personal')).status, 200);
});

test('a form that is wrong comes back filled in', async () => {
  const admin = await town.staff('admin', 'rathaus-admin');
  const page = await (await admin.get('/desk/personal/neu')).submit({ name: 'Erika Muster', login: 'Ü!', rolle: '' });
  assert.equal(page.status, 422);
  const fields = Object.fromEntries(page.forms[0].fields);
  assert.equal(fields.name, 'Erika Muster');
  assert.match(page.words, /Bitte korrigieren Sie 2 Angaben/);
  const twice = await (await admin.get('/desk/personal/neu')).submit({ name: 'Zwei', login: 'kurz', rolle: 'kasse' });
  assert.match(twice.words, /gibt es schon/);
});

test('the staff command makes the first account and lets back in', async () => {
  const other = await startTown({ demo: false });
  try {
    await other.run.child.kill('SIGTERM');
    await other.run.exited;
    const data = ['--data', other.dataDir, '--tenant', 'ort'];
    await run(program, ['tenant', 'create', '--data', other.dataDir, '--from', `${root}tenants/demo`, 'ort']);
    assert.equal((await run(program, ['staff', 'list', ...data])).stdout, '', 'open passwords are for the demonstration only');
    const added = await run(program, ['staff', 'add', ...data, '--login', 'erste', '--name', 'Erste Person', '--grant', 'admin']);
    const password = added.stdout.match(/first password ([\w-]{19})/)[1];
    assert.match((await run(program, ['staff', 'list', ...data])).stdout, /erste +Erste Person +active +admin::/);
    await other.start(other.port);
    let page = await (await other.visitor().get('/desk/anmelden')).submit({ login: 'erste', password });
    assert.equal(page.url, '/desk/anmelden/passwort');
    page = await page.submit({ neu: OWN, wiederholung: OWN });
    assert.ok(page.status === 200 && page.url.startsWith('/desk/'), page.url);
    assert.equal((await page.visitor.get('/desk/personal')).h1, 'Personal');
  } finally {
    await other.stop();
  }
});

// --- citizens ---------------------------------------------------------------------------------

const linkIn = mail => mail.replace(/=\r?\n/g, '').match(/\/anmelden\/link\/[\w-]{43}/)?.[0];
const mailsTo = address => town.mails().filter(mail => mail.includes(address));

async function askForLink(email, weiter = '') {
  const visitor = town.visitor();
  const page = await (await visitor.get(`/anmelden${weiter}`)).submit({ email });
  return { visitor, page };
}

test('a citizen signs in with a link, which a mail scanner does not use up', async () => {
  const { visitor, page } = await askForLink('anna@example.org', '?weiter=/seite/impressum');
  assert.match(page.words, /anna@example\.org/);
  const [mail] = await eventually(() => mailsTo('anna@example.org').length && mailsTo('anna@example.org'), 'the mail');
  const link = linkIn(mail);
  const scanner = town.visitor();
  for (let i = 0; i < 3; i++) assert.equal((await scanner.get(link)).status, 200);
  const asked = await visitor.get(link);
  const before = [...visitor.cookies.values()][0].value;
  const inside = await asked.submit();
  assert.equal(inside.url, '/seite/impressum');
  assert.notEqual([...visitor.cookies.values()][0].value, before);
  assert.match(inside.text, /anna@example\.org/, 'the head says who is signed in');
  assert.equal((await scanner.get(link)).status, 410, 'it counts once');
  const out = await inside.submit({}, { form: '/abmelden' });
  assert.doesNotMatch(out.text, /anna@example\.org/);
});

test('a link that could not be used up is not called dead, and holds', async () => {
  const { visitor } = await askForLink('spaeter@example.org');
  const [mail] = await eventually(() => mailsTo('spaeter@example.org').length && mailsTo('spaeter@example.org'), 'the mail');
  const asked = await visitor.get(linkIn(mail));
  const db = sql => run('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), sql]);
  await db("CREATE TRIGGER keeps BEFORE DELETE ON login_link BEGIN SELECT RAISE(ABORT, 'kept'); END");
  assert.equal((await asked.submit()).status, 409);
  await db('DROP TRIGGER keeps');
  assert.match((await (await visitor.get(linkIn(mail))).submit()).text, /spaeter@example\.org/);
});

test('the answer is the same for known and unknown addresses', async () => {
  const known = await askForLink('anna@example.org');
  const unknown = await askForLink('niemand@example.org');
  assert.equal(known.page.status, 200);
  assert.equal(known.page.words.replace('anna', 'X'), unknown.page.words.replace('niemand', 'X'));
});

test('nobody can flood somebody with mails', async () => {
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push((await askForLink('viel@example.org')).page.status);
  assert.deepEqual(answers, [200, 200, 200, 429]);
});

test('an address that is none is asked for again', async () => {
  for (const email of ['', 'anna', 'anna@', '@example.org', 'a b@example.org', 'a@b', 'a@example.org,b@example.org', 'a@example.org\r\nBcc: x@example.org'])
    assert.equal((await askForLink(email)).page.status, 422, email);
});

test('citizens do not get to the desk', async () => {
  const { visitor } = await askForLink('burg@example.org');
  const [mail] = await eventually(() => mailsTo('burg@example.org').length && mailsTo('burg@example.org'), 'the mail');
  await (await visitor.get(linkIn(mail))).submit();
  assert.match((await visitor.get('/desk/personal')).url, /^\/desk\/anmelden/);
});

test('nobody locks themselves out, and is told so', async () => {
  const admin = await town.staff('admin', 'rathaus-admin');
  const rows = (await admin.get('/desk/personal')).links.map(l => l.href).filter(href => /personal\/\d+$/.test(href));
  const pages = await Promise.all(rows.map(href => admin.get(href)));
  const own = pages.find(page => /Anmeldename admin\b/.test(page.words));
  const locked = await admin.post(`${own.url}/sperre`, { aktiv: 'nein', csrf: own.csrf });
  assert.equal(locked.status, 409);
  assert.match(locked.words, /Ihr eigenes Konto können Sie nicht sperren/);
  const lesser = await admin.post(`${own.url}/rolle/entziehen`, { rolle: 'admin', amt: '', leistung: '', csrf: own.csrf });
  assert.equal(lesser.status, 409);
  assert.match(lesser.words, /Sich selbst können Sie die Verwaltung nicht nehmen/);
});

test('a role is given for offices and services that the town has, an account for an address that is one', async () => {
  const admin = await town.staff('admin', 'rathaus-admin');
  const form = await admin.get('/desk/personal/neu');
  assert.match(form.text, /<option value="hund"/);
  const refused = async (change, words) => {
    const page = await admin.post('/desk/personal/neu', { csrf: form.csrf, name: 'Rita Rolle', login: 'rolle', email: '', rolle: 'kasse', amt: '', leistung: '', ...change });
    assert.equal(page.status, 422, JSON.stringify(change));
    assert.match(page.words, words);
  };
  await refused({ rolle: 'koenig' }, /Bitte wählen Sie eine Rolle/);
  await refused({ amt: 'zoll' }, /Dieses Amt gibt es nicht/);
  await refused({ leistung: 'katze' }, /Diese Leistung bietet die Stadt nicht an/);
  await refused({ email: 'rita@' }, /vollständige E-Mail-Adresse/);
  await refused({ name: '   ' }, /Bitte geben Sie den Namen ein/);
  const made = await admin.post('/desk/personal/neu', { csrf: form.csrf, name: 'Rita Rolle', login: 'rolle', email: '', rolle: 'kasse', amt: 'kasse', leistung: 'hund' });
  assert.match(made.words, /Rita Rolle/);
});
