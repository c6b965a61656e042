// SPDX-License-Identifier: EUPL-1.2
// Whose data it is: the person sees who looked, takes the data along; the officer controls; a tenant goes without a trace.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apply } from './lib/dogs.mjs';
import { program, root, startTown } from './lib/town.mjs';

let town;
before(async () => { town = await startTown(); });
after(async () => { await town.stop(); });

test('a look at the desk is shown to the person, with the office and not the name', async () => {
  const { caseNumber, status } = await apply(town, { chip: '276098100000401' });
  assert.match((await town.visitor().get(status)).words, /Bisher hat niemand/);
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  await clerk.get('/desk/vorgaenge/1');
  const page = (await town.visitor().get(status)).words;
  assert.match(page, /Steueramt: Antrag geöffnet/);
  assert.doesNotMatch(page, /Kurz/);
  assert.match((await town.visitor({ headers: { 'accept-language': 'en' } }).get(status)).words, /Tax office: Application opened/);

  const answer = await town.visitor().get(`${status}/daten.json`);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.match(answer.headers['content-disposition'], new RegExp(`${caseNumber}\\.json`));
  const data = answer.json();
  assert.equal(data.caseNumber, caseNumber);
  assert.equal(data.versions[0].data.hunde[0].chip, '276098100000401');
  assert.ok(data.documents.some(document => document.kind === 'upload'));
  assert.equal(data.accesses.length, 1);
  assert.equal((await town.visitor().get('/status/falsch/daten.json')).status, 404);

  // The officer sees whose look it was; nobody else sees this page.
  const officer = await town.staff('datenschutz', 'rathaus-datenschutz');
  const found = await officer.get(`/desk/datenschutz?nummer=${caseNumber}`);
  assert.match(found.words, /Sabine Kurz: Vorgang angesehen/);
  assert.match((await officer.get('/desk/datenschutz?nummer=HUND-2020-000001-1')).words, /gibt es nicht/);
  assert.equal((await clerk.get('/desk/datenschutz')).status, 403);
});

test('a tenant is erased by its name said twice, key and all, and a proof stays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rathaus-erase-'));
  const run = (...words) => spawnSync(program, ['tenant', ...words], { encoding: 'utf8', timeout: 60000 });
  try {
    const data = join(folder, 'data'), proof = join(folder, 'proof.json');
    for (const name of ['dorf', 'weiler']) execFileSync(program, ['tenant', 'create', '--data', data, '--from', join(root, 'tenants/demo'), name], { stdio: 'pipe' });
    assert.equal(run('erase', '--data', data, 'dorf').status, 2);
    assert.equal(run('erase', '--data', data, '--confirm', 'weiler', 'dorf').status, 2);
    assert.equal(run('erase', '--data', data, '--confirm', '../dorf', '../dorf').status, 1);
    assert.ok(existsSync(join(data, 'tenants/dorf')));
    const done = run('erase', '--data', data, '--confirm', 'dorf', '--proof', proof, 'dorf');
    assert.equal(done.status, 0, done.stderr);
    assert.ok(!existsSync(join(data, 'tenants/dorf')) && !existsSync(join(data, 'keys/dorf.key')));
    assert.ok(existsSync(join(data, 'tenants/weiler')));
    assert.equal(JSON.parse(readFileSync(proof, 'utf8')).tenant, 'dorf');
    assert.equal(run('erase', '--data', data, '--confirm', 'dorf', 'dorf').status, 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a tenant that is served is not erased', () => {
  const refused = spawnSync(program, ['tenant', 'erase', '--data', town.dataDir, '--confirm', 'musterstadt', 'musterstadt'], { encoding: 'utf8' });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /in use/);
  assert.ok(existsSync(join(town.dataDir, 'tenants/musterstadt/tenant.db')));
});
