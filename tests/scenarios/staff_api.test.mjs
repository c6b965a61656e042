// SPDX-License-Identifier: EUPL-1.2
// A program of the town works like a clerk: reads lists, cases, documents and registers, decides, and is held by the same rights.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { apply, dogApplication } from './lib/dogs.mjs';
import { keyOf } from './lib/keys.mjs';
import { startTown } from './lib/town.mjs';

let town, admin;
const keys = {};
before(async () => {
  town = await startTown();
  admin = await town.staff('admin', 'rathaus-admin');
  for (const [login, name] of [['kurz', 'Sabine Kurz'], ['yildiz', 'Deniz Yıldız'], ['brandt', 'Petra Brandt']]) keys[login] = await keyOf(admin, name);
});
after(async () => { await town.stop(); });

const call = (login, method, path, body) => {
  const headers = { authorization: `Bearer ${keys[login]}` };
  return body === undefined ? town.visitor().request(method, path, { headers }) : town.visitor().json(method, path, body, { headers });
};

const versionOf = async number => (await call('kurz', 'GET', `/api/v1/cases/${number}`)).json().version;

test('a program must say that a letter may go with a box in the place of a sign', async () => {
  const { person } = await dogApplication(town);
  const { caseNumber } = await apply(town, { chip: '276098100000390', change: { person: { ...person, vornamen: '李' } } });
  const basis = await versionOf(caseNumber);
  const act = body => call('kurz', 'POST', `/api/v1/cases/${caseNumber}/actions/festsetzen`, { basis, ...body });
  const refused = await act({ entry: {} });
  assert.equal(refused.status, 422, refused.text);
  const [error] = refused.json().errors;
  assert.equal(error.rule, 'unprintable');
  assert.equal(error.field, 'acceptUnprintable');
  assert.match(error.message, /Zeichen „李“ drucken; es steht in „Vornamen“\..*"acceptUnprintable": true/);
  assert.equal((await act({ entry: {}, acceptUnprintable: 'ja' })).status, 422);
  const done = await act({ entry: {}, acceptUnprintable: true });
  assert.equal(done.status, 200, done.text);
  assert.equal(done.json().closed, true);
});

test('what a decision does not know is refused, and nothing is decided', async () => {
  const { caseNumber } = await apply(town, { chip: '276098100000391' });
  const basis = await versionOf(caseNumber);
  const act = body => call('kurz', 'POST', `/api/v1/cases/${caseNumber}/actions/festsetzen`, { basis, ...body });
  for (const [body, field] of [[{ preview: true }, 'preview'], [{ entri: { marke_von: 7 } }, 'entri'], [{ entry: { marke: 7 } }, 'entry.marke']]) {
    const refused = await act(body);
    assert.equal(refused.status, 422, refused.text);
    assert.equal(refused.json().errors[0].field, field);
  }
  assert.equal((await call('kurz', 'GET', `/api/v1/cases/${caseNumber}`)).json().closed, false);
  const note = await call('kurz', 'POST', `/api/v1/cases/${caseNumber}/notes`, { text: 'Akte\u0000 im Keller' });
  assert.equal(note.status, 422, 'a note would end at the NUL');
});

test('what the schema refuses is told as a change in between, without its words', async () => {
  const { caseNumber } = await apply(town, { chip: '276098100000392' });
  const db = sql => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), sql]);
  db("CREATE TRIGGER refuses BEFORE INSERT ON case_note BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: case_note.id'); END");
  try {
    const refused = await call('kurz', 'POST', `/api/v1/cases/${caseNumber}/notes`, { text: 'Akte im Keller' });
    assert.equal(refused.status, 409, refused.text);
    assert.match(refused.json().detail, /der Stand hat sich geändert/);
    assert.doesNotMatch(refused.text, /SQLite|constraint|case_note/);
  } finally {
    db('DROP TRIGGER refuses');
  }
});

test('list, read, decide: a case goes its way without a page', async () => {
  const { caseNumber } = await apply(town, { chip: '276098100000301' });
  const list = (await call('kurz', 'GET', '/api/v1/cases?ansicht=offen&limit=1')).json();
  assert.equal(list.cases.length, 1);
  assert.ok(list.total >= 1);
  const path = `/api/v1/cases/${caseNumber}`;
  const seen = (await call('kurz', 'GET', path)).json();
  assert.equal(seen.caseNumber, caseNumber);
  assert.equal(seen.data.hunde[0].chip, '276098100000301');
  const upload = seen.documents.find(document => document.kind === 'upload');
  const file = await call('kurz', 'GET', `${path}/documents/${upload.id}`);
  assert.equal(file.status, 200);
  assert.equal(file.bytes.length, upload.size);

  const noted = await call('kurz', 'POST', `${path}/notes`, { text: 'Vom Programm geprüft.' });
  assert.equal(noted.status, 200, noted.text);
  assert.equal((await call('kurz', 'PUT', `${path}/assignee`, { staff: 1 })).json().assignedTo, 1);

  const basis = await versionOf(caseNumber);
  const action = seen.actions.find(one => one.id === 'festsetzen');
  assert.ok(action, JSON.stringify(seen.actions));
  const wrong = await call('kurz', 'POST', `${path}/actions/festsetzen`, { basis, entry: { marke_von: 'x'.repeat(200) } });
  assert.equal(wrong.status, 422, wrong.text);
  assert.match(wrong.json().errors[0].field, /^entry\./);
  const done = await call('kurz', 'POST', `${path}/actions/festsetzen`, { basis, entry: {} });
  assert.equal(done.status, 200, done.text);
  assert.equal(done.json().closed, true);
  assert.ok(done.json().charges[0].owedCents > 0);
  assert.equal((await call('kurz', 'POST', `${path}/actions/festsetzen`, { basis, entry: {} })).status, 409, 'a repetition changes nothing');
});

test('nothing is decided about a case that is not as the program saw it', async () => {
  const { person } = await dogApplication(town);
  const made = [], change = { person: { ...person, familienname: 'Programmhund' } };
  for (const chip of ['276098100000303', '276098100000304']) made.push((await apply(town, { chip, change })).caseNumber);
  const act = (number, body) => call('kurz', 'POST', `/api/v1/cases/${number}/actions/festsetzen`, body);
  const [basis, other] = [await versionOf(made[0]), await versionOf(made[1])];
  for (const none of [undefined, null, '']) {
    const missing = await act(made[0], { basis: none, entry: {} });
    assert.equal(missing.status, 422, missing.text);
    assert.equal(missing.json().errors[0].field, 'basis');
    assert.match(missing.text, new RegExp(`GET /api/v1/cases/${made[0]}`));
  }
  for (const body of [undefined, '', ' \n']) {
    const headers = { authorization: `Bearer ${keys.kurz}`, 'content-type': 'application/json' };
    const missing = await town.visitor().request('POST', `/api/v1/cases/${made[0]}/actions/festsetzen`, { headers, body });
    assert.equal(missing.status, 422, missing.text);
    assert.match(missing.text, /the body is missing: send a JSON object of entry, basis, acceptUnprintable/);
  }
  assert.equal(await versionOf(made[0]), basis, 'a look changes nothing');
  assert.equal((await act(made[1], { basis: other, entry: {} })).status, 200); // the other dog is the first one now
  const old = await act(made[0], { basis, entry: {} });
  assert.equal(old.status, 409, old.text);
  assert.equal(old.json().errors[0].field, 'basis');
  assert.match(old.json().errors[0].message, /case is not as in version [0-9a-f]+ any more: read it again/);
  assert.equal((await call('kurz', 'GET', `/api/v1/cases/${made[0]}`)).json().closed, false);
  assert.equal((await act(made[0], { basis: await versionOf(made[0]), entry: {} })).status, 200);
});

test('registers answer with days, and by entry with all that was ever known', async () => {
  const list = (await call('kurz', 'GET', '/api/v1/registers')).json();
  assert.ok(list.registers.some(register => register.id === 'hund'));
  const entries = (await call('kurz', 'GET', '/api/v1/registers/hund?limit=1')).json();
  assert.equal(entries.entries.length, 1);
  assert.equal(entries.entries[0].data.halter, undefined, 'an internal field');
  const filtered = (await call('kurz', 'GET', '/api/v1/registers/hund?sortiert=neu&limit=1')).json();
  const next = (await call('kurz', 'GET', `/api/v1/registers/hund?${filtered.next}`)).json();
  assert.match(filtered.next, /sortiert=neu.*limit=1/, 'the next page is of the same list');
  assert.notEqual(next.entries[0]?.id, filtered.entries[0].id);
  const entry = (await call('kurz', 'GET', `/api/v1/registers/hund/${entries.entries[0].id}`)).json();
  assert.ok(entry.history.length >= 1);
  const before = (await call('kurz', 'GET', '/api/v1/registers/hund?gilt=1990-01-01&bekannt=1990-01-01')).json();
  assert.equal(before.entries.length, 0);
});

test('looks by program are noted, and a list gives sensitive fields only to who may export', async () => {
  const db = sql => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), sql], { encoding: 'utf8' }).trim();
  const id = db("SELECT entry_id FROM register_entry WHERE register = 'hund' AND head = 1 LIMIT 1");
  db(`UPDATE register_entry SET data = json_set(data, '$.erlaubnis', 'erlaubt') WHERE entry_id = ${id}`);
  const looks = () => Number(db(`SELECT COUNT(*) FROM register_access WHERE entry_id = ${id} AND purpose = 'über die Schnittstelle gelesen'`));
  const lists = () => Number(db("SELECT COUNT(*) FROM register_export WHERE form = 'api'"));
  const [looked, listed] = [looks(), lists()];
  const entry = (await call('yildiz', 'GET', `/api/v1/registers/hund/${id}`)).json();
  assert.equal(entry.data.erlaubnis, 'erlaubt', 'the office whose decision it is sees it at the entry');
  assert.equal(looks(), looked + 1);
  const list = (await call('yildiz', 'GET', '/api/v1/registers/hund?limit=500')).json();
  assert.equal(list.entries.find(one => String(one.id) === id).data.erlaubnis, undefined, 'not in a list without register.export');
  assert.equal(lists(), listed + 1);
});

test('who may not at the desk may not here', async () => {
  const { caseNumber } = await apply(town, { chip: '276098100000302' });
  const path = `/api/v1/cases/${caseNumber}`;
  assert.equal((await call('brandt', 'GET', path)).status, 403);
  assert.equal((await call('yildiz', 'POST', `${path}/actions/festsetzen`, { entry: {} })).status, 403);
  assert.equal((await call('kurz', 'GET', '/api/v1/cases/HUND-2020-000001-1')).status, 404);
  assert.equal((await call('kurz', 'GET', '/api/v1/registers/gibtesnicht')).status, 404);
  for (const body of [{}, { text: 1, more: 2 }, { text: {} }])
    assert.equal((await call('kurz', 'POST', `${path}/notes`, body)).status, 422, JSON.stringify(body));
  assert.equal((await call('kurz', 'GET', '/api/v1/cases?limit=0')).status, 422);
  const filters = [
    ['cases?wer=abc', /ich, niemand, team/], ['cases?ansicht=quatsch', /zutun, offen, meine/], ['cases?wre=ich', /known are ansicht, amt.*wer/], ['cases?von=gestern', /2027-03-31/],
    ['cases?nach=gestern', /`next` of the answer before/], ['cases?sortierung=geaendert&nach=2027-01-01,3', /`next` of the answer before/], ['cases?suche=hund&nach=x', /`next` of the answer before/],
    ['registers/hund?nach=Bello&zeile=x', /`next` of the answer before/], ['registers/hund?zeile=3', /`next` of the answer before/], ['registers/hund?nach=Bello', /`next` of the answer before/],
    ['registers/hund?f_rasse=quatsch', /Es gibt: mischling.* und \d+ weitere/], ['registers/hund?rasse=mops', /known are suche, .*f_rasse/], ['registers/hund?sortiert=quer', /Es gibt: neu/],
  ];
  for (const [query, known] of filters) {
    const refused = await call('kurz', 'GET', `/api/v1/${query}`);
    assert.equal(refused.status, 422, `${query}: a program would take the whole list for what it asked for`);
    assert.match(refused.text, known, query);
  }
  const document = (await town.visitor().get('/api/openapi.json')).json();
  assert.deepEqual(document.paths['/api/v1/cases'].get.security, [{ key: [] }]);
});

test('a key without register.correct reads a register and writes nothing into it, whatever its account may', async () => {
  keys.reader = await keyOf(admin, 'Sabine Kurz', 'register.correct');
  const list = await call('reader', 'GET', '/api/v1/registers/hund?limit=1');
  assert.equal(list.status, 200, list.text);
  const path = `/api/v1/registers/hund/${list.json().entries[0].id}`;
  const { data, version } = (await call('reader', 'GET', path)).json();
  const correction = { kind: 'wrong', values: { name: 'Bella' }, basis: version, reason: 'Schreibfehler' };
  const writes = [[`${path}/corrections`, correction], [`${path}/corrections`, { ...correction, preview: true }], [`${path}/period`, { from: '2000-01-01', basis: version, reason: 'Altakte' }],
    ['/api/v1/registers/hund', { values: { name: 'Neu' }, from: '2027-01-01', reason: 'Altakte' }]];
  for (const [to, body] of writes) {
    const answer = await call('reader', 'POST', to, body);
    assert.equal(answer.status, 403, `${to} ${answer.text}`);
    assert.equal(answer.json().status, 403);
  }
  assert.deepEqual((await call('reader', 'GET', path)).json().data, data);
  assert.equal((await call('kurz', 'POST', `${path}/corrections`, { ...correction, preview: true })).status, 200, 'the account itself may');
});

test('a program corrects a register as the desk does: checks, preview, two people', async () => {
  const { id, data } = (await call('kurz', 'GET', '/api/v1/registers/hund?limit=1')).json().entries[0];
  const path = `/api/v1/registers/hund/${id}`;
  const { version } = (await call('kurz', 'GET', path)).json();
  const body = { kind: 'wrong', values: { name: 'Bella' }, basis: version, reason: 'Schreibfehler' };
  const preview = (await call('kurz', 'POST', `${path}/corrections`, { ...body, preview: true })).json();
  assert.deepEqual(preview.stretches[0].changes, [{ label: 'Name des Hundes', before: data.name, now: 'Bella' }]);
  assert.equal(preview.twoPeople, true);
  const refused = await call('kurz', 'POST', `${path}/corrections`, { kind: 'span', values: { name: '' }, basis: version });
  assert.equal(refused.status, 422);
  assert.deepEqual(refused.json().errors.map(error => error.field).sort(), ['from', 'reason', 'until', 'values.name']);
  assert.equal((await call('kurz', 'POST', `${path}/corrections`, { ...body, values: { halter: 'x' } })).status, 422, 'an internal field');
  assert.equal((await call('kurz', 'POST', `${path}/corrections`, { ...body, reason: '\u202e\u200b' })).status, 422, 'a reason that nobody sees');
  assert.equal((await call('kurz', 'POST', `${path}/corrections`, { ...body, preview: 'true' })).status, 422, 'a word is no yes, and writes nothing');
  assert.equal((await call('kurz', 'POST', `${path}/corrections`, { kind: 'changed', values: { name: 'Alt' }, basis: version, from: '0001-01-01', reason: 'x' })).status, 422, 'no such year');
  assert.equal((await call('brandt', 'POST', `${path}/corrections`, body)).status, 403);
  const proposed = await call('kurz', 'POST', `${path}/corrections`, body);
  assert.equal(proposed.status, 202, proposed.text);
  assert.ok(proposed.json().proposal > 0);
  assert.equal((await call('kurz', 'GET', path)).json().data.name, data.name, 'nothing is written before a second person approves');
  assert.equal((await call('kurz', 'POST', `${path}/period`, { from: '2000-01-01', basis: version, reason: 'Altakte' })).status, 202);
  const fresh = await call('kurz', 'POST', '/api/v1/registers/hund', { values: { name: 'Neu' }, from: '2027-01-01', reason: 'Altakte' });
  assert.ok(fresh.json().errors.some(error => error.field === 'values.rasse'));
});

test('what changed in between is never overwritten unseen, and each answer about an entry is a look', async () => {
  const { id } = (await call('kurz', 'GET', '/api/v1/registers/hund?limit=1')).json().entries[0];
  const path = `/api/v1/registers/hund/${id}`;
  const { version } = (await call('kurz', 'GET', path)).json();
  const body = { kind: 'wrong', values: { name: 'Bella' }, reason: 'Schreibfehler' };
  for (const basis of [undefined, null, 'heute', '17'])
    for (const [what, rest] of [['corrections', body], ['period', { from: '2000-01-01', reason: 'x' }]]) {
      const missing = await call('kurz', 'POST', `${path}/${what}`, { ...rest, basis });
      assert.equal(missing.status, 422, missing.text);
      assert.equal(missing.json().errors[0].field, 'basis');
    }
  const looks = () => Number(execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), `SELECT COUNT(*) FROM register_access WHERE entry_id = ${id}`], { encoding: 'utf8' }).trim());
  const looked = looks();
  for (const preview of [true, false]) {
    const old = await call('kurz', 'POST', `${path}/corrections`, { ...body, basis: version - 1, preview });
    assert.equal(old.status, 409, old.text);
    assert.equal(old.json().errors[0].field, 'basis');
    assert.match(old.json().errors[0].message, new RegExp(`not as in version ${version - 1} any more: read it again \\(GET ${path}\\)`));
  }
  assert.equal((await call('kurz', 'POST', `${path}/corrections`, { ...body, basis: version, reason: '' })).status, 422);
  assert.equal((await call('kurz', 'POST', `${path}/corrections`, { ...body, basis: version, preview: true })).status, 200);
  assert.equal(looks(), looked + 4);
  const fresh = await call('kurz', 'POST', '/api/v1/registers/hund', { values: { name: 'Neu' }, basis: version, from: '2027-01-01', reason: 'x' });
  assert.equal(fresh.json().errors[0].field, 'basis');
});
