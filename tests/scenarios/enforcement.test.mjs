// SPDX-License-Identifier: EUPL-1.2
// Dunned without an answer, and more than a page shows: the run's lists, and the handover to enforcement as it was looked at.
// The charges and their last letter are put into the database: to get there takes months.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { startTown } from './lib/town.mjs';

const MANY = 120;
const day = offset => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
const due = day(-200), letter = day(-170), payUntil = day(-156);
let town, treasury;

const sql = text => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), text], { encoding: 'utf8' }).trim();
const shown = page => (page.words.match(/Probe \d+/g) ?? []).map(name => Number(name.slice(6)));
const from = (first, count) => Array.from({ length: count }, (_, i) => first + i);

/** Charges of 120 euros, from one number to another. */
const charges = (first, last) => sql(`WITH RECURSIVE n (i) AS (SELECT ${first} UNION ALL SELECT i + 1 FROM n WHERE i < ${last})
  INSERT INTO charge (id, key, payment_reference, subject, revenue, purpose, debtor, owed_cents, paid_cents, due, created_at)
    SELECT i, 'probe/' || i, printf('5%013d', i), 'case/1', 'hundesteuer', 'Probe ' || i, 'Erika Mustermann', 12000, 0, '${due}', 1 FROM n;
  INSERT INTO charge_part (charge_id, number, due, cents, kind) SELECT id, 1, '${due}', 12000, 'haupt' FROM charge WHERE id >= ${first}`);

before(async () => {
  town = await startTown();
  treasury = await town.staff('brandt', 'stadtkasse-brandt');
  charges(1, MANY);
  sql(`INSERT INTO dunning_run (id, day, status, job_id, after_charge, actor, at) VALUES (1, '${letter}', 'done', 0, 0, 'staff/1', 1);
    INSERT INTO dunning (id, run_id, charge_id, level, day, pay_until, open_cents, fee_cents, surcharge_cents)
      SELECT id, 1, id, 6, '${letter}', '${payUntil}', 12000, 0, 0 FROM charge;
    INSERT INTO dunning_left_out (run_id, charge_id, level, cents, why) SELECT 1, id, 1, 12000, 'Mahnsperre' FROM charge;
    INSERT INTO dunning_part (charge_id, number, level, dunning_id) SELECT id, 1, 6, id FROM charge`);
});
after(() => town?.stop());

test('the lists of a run go on at a link', async () => {
  const run = await treasury.get('/desk/kasse/mahnen/1');
  assert.match(run.words, /Mahnungen 120/);
  assert.deepEqual(shown(run), [...from(1, 100), ...from(1, 100)]);
  assert.deepEqual(shown(await run.follow('Weitere Mahnungen')), [...from(101, 20), ...from(1, 100)]);
  assert.deepEqual(shown(await run.follow('Weitere, die ausgelassen wurden')), [...from(1, 100), ...from(101, 20)]);
});

test('what could go is shown by pages, and goes as a whole from each', async () => {
  const first = await treasury.get('/desk/kasse/vollstreckung');
  assert.match(first.words, /120 Forderungen, zusammen/);
  assert.match(first.words, /Was darin steht, mahnt die Stadt nicht mehr\. Was von diesen Forderungen nicht darin steht, .* mahnt sie weiter/);
  assert.deepEqual(shown(first), from(1, 50));
  const second = await first.follow('Nächste Seite');
  assert.deepEqual(shown(second), from(51, 50));
  const last = await treasury.get('/desk/kasse/vollstreckung?seite=999');
  assert.match(last.words, /Seite 3 von 3/);
  assert.deepEqual(shown(last), from(101, 20));

  assert.equal((await treasury.post('/desk/kasse/vollstreckung', { csrf: first.csrf })).status, 409, 'nobody looked');
  sql('UPDATE charge SET paid_cents = 100 WHERE id = 1');
  const other = await second.submit({}, { button: '120 Forderungen abgeben' });
  assert.equal(other.status, 409);
  assert.match(other.words, /Es wurde nichts abgegeben .*andere Forderungen oder Beträge.*120 Forderungen, zusammen/);
  const handed = await other.submit({}, { button: '120 Forderungen abgeben' });
  assert.match(handed.words, /Abgabe an die Vollstreckung vom .*Forderungen 120/);
  assert.deepEqual(shown(handed), from(1, 50));
  assert.deepEqual(shown(await (await handed.follow('Nächste Seite')).follow('Nächste Seite')), from(101, 20));
  assert.equal((await handed.follow('Als CSV-Datei')).text.match(/;Probe \d+;/g).length, MANY);
  assert.match((await treasury.get('/desk/kasse/vollstreckung')).words, /gibt es keine Forderung/);
  const charge = await treasury.get('/desk/kasse/forderungen/1');
  assert.match(charge.words, /120,00 € 119,00 € bei der Vollstreckung/);
  assert.doesNotMatch(charge.words, /überfällig/);
  assert.match((await treasury.get('/desk/kasse/forderungen/1/entscheiden?art=erlass')).words, /erfährt die Vollstreckung nicht von selbst/);
  const decision = await charge.follow('Abgabe an die Vollstreckung');
  assert.match(decision.words, /gilt Was abgegeben ist, mahnt die Stadt nicht mehr\. Was von dieser Forderung nicht dabei war, .* mahnt sie weiter/);
});

test('a preview says that it shows not all who are left out', async () => {
  charges(1001, 1501);
  sql(`INSERT INTO charge_decision (charge_id, kind, status, cents, of_extra, begins, reason, parts, at, actor)
    SELECT id, 'mahnsperre', 'stands', 0, 0, '${due}', 'Widerspruch', '{}', 1, 'staff/1' FROM charge WHERE id > 1000`);
  const preview = await treasury.get('/desk/kasse/mahnen/vorschau');
  assert.equal(shown(preview).length, 500);
  assert.match(preview.words, /Gezeigt sind die ersten 500/);
});
