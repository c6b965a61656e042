// SPDX-License-Identifier: EUPL-1.2
// Numbers, the team leader's view and reminders: what they count, and who sees what.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { apply, assess } from './lib/dogs.mjs';
import { startTown } from './lib/town.mjs';

let town, kurz, adler, weber;
before(async () => {
  town = await startTown();
  for (const chip of ['276098100008001', '276098100008002', '276098100008003']) await apply(town, { chip });
  kurz = await town.staff('kurz', 'hundesteuer-kurz');
  adler = await town.staff('adler', 'hundesteuer-adler');
  weber = await town.staff('weber', 'hundesteuer-weber');
  await assess(kurz, 1);
});
after(() => town?.stop());

const row = (page, name) => page.text.match(new RegExp(`<tr>\\s*<th scope="row">(?:<a[^>]*>)?${name}.*?</tr>`, 's'))?.[0].replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim();

test('an office’s numbers count what came in and what was decided', async () => {
  const page = await weber.get('/desk/zahlen?amt=steueramt');
  // received, decided, median, 9 of 10, deadline kept, requests per case
  assert.match(row(page, 'Hund anmelden'), /^Hund anmelden 3 1 0 0 100 % 0,0$/);
  assert.match(page.words, /bis 7 Tage 2/);
  assert.match(page.text, /<svg class="chart" role="img"[^>]*aria-label="Eingegangene und entschiedene Vorgänge je Woche"/);
});

test('how fast somebody works, only they see', async () => {
  const hers = await kurz.get('/desk/zahlen');
  assert.match(hers.words, /Ihre Zahlen.*Hund anmelden 1 0 0/);
  assert.match(hers.words, /sehen nur Sie/);
  assert.doesNotMatch(hers.words, /Frist gehalten/, 'numbers of the office are the leader’s');
  assert.doesNotMatch((await adler.get('/desk/zahlen?amt=steueramt')).words, /Hund anmelden/);
  const leader = await weber.get('/desk/team');
  assert.doesNotMatch(leader.words, /Median|entschieden/);
});

test('the leader sees what lies with whom, and gives a case to somebody else', async () => {
  const before = await weber.get('/desk/team');
  assert.match(row(before, 'noch niemandem zugewiesen'), /zugewiesen 2 0 0/);
  const adlerId = before.text.match(/<option value="(\d+)">Jonas Adler/)[1];
  const moved = await before.submit({ konto: adlerId }, { form: 'uebertragen' });
  assert.match(moved.words, /Der Vorgang ist übertragen/);
  assert.match(row(moved, 'Jonas Adler'), /^Jonas Adler 1 0 0/);
  assert.match(row(moved, 'Sabine Kurz'), /kann übernehmen/);
  const theirs = await moved.follow('Jonas Adler');
  assert.match(theirs.words, /1 Vorgang · zugewiesen: Jonas Adler/);
  assert.equal((await kurz.get('/desk/team')).status, 403);
  const order = await town.staff('yildiz', 'ordnung-yildiz');
  assert.equal((await order.get('/desk/team?amt=steueramt')).status, 403);
  const long = await before.submit({ konto: adlerId, amt: 'ä'.repeat(6000) }, { form: 'uebertragen', redirect: false });
  assert.equal(long.headers.location, '/desk/team', 'what a form sent comes back in a header only as far as that holds it');
});

test('reminders stand in the list on their day, and are ticked off there', async () => {
  const german = days => new Date(Date.now() + days * 864e5).toLocaleDateString('de-DE', { timeZone: 'Europe/Berlin' });
  for (const [days, text] of [[0, 'Anrufen'], [5, 'Nachfassen'], [60, 'Später']])
    await (await kurz.get('/desk/vorgaenge/2/wiedervorlage')).submit({ wann: german(days), text }, { button: 'Wiedervorlage anlegen' });
  const today = await kurz.get('/desk/wiedervorlagen');
  assert.match(today.words, /1 Wiedervorlage .*Anrufen heute/);
  assert.match((await kurz.get('/desk/wiedervorlagen?zeit=woche')).words, /2 Wiedervorlagen/);
  assert.match((await kurz.get('/desk/wiedervorlagen?zeit=alle')).words, /3 Wiedervorlagen/);
  assert.match((await adler.get('/desk/wiedervorlagen?zeit=alle')).words, /Hier liegt nichts/);
  const form = await kurz.get('/desk/abwesenheit');
  const deputy = form.text.match(/<option value="(\d+)"[^>]*>Jonas Adler/)[1];
  await form.submit({ von: german(0), bis: german(1), vertretung: deputy }, { form: 'abwesenheit' });
  assert.match((await adler.get('/desk/wiedervorlagen')).words, /Anrufen heute .* Sie, in Vertretung für Sabine Kurz/);
  const done = await (await adler.get('/desk/wiedervorlagen')).submit({}, { form: 'erledigt' });
  assert.match(done.words, /Die Wiedervorlage ist erledigt\. .*Hier liegt nichts/);
});

test('of a case that is not theirs to read, people learn nothing by the way', async () => {
  // As a command of ours beside the server leaves it: with a later moment, by which the server sees that its kept pages are old.
  const later = 'UPDATE last_moment SET moment = moment + 1000';
  const db = sql => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), sql], { encoding: 'utf8' }).trim();
  await (await kurz.get('/desk/vorgaenge/2/verbinden')).submit({ nummer: db('SELECT number FROM cases WHERE id = 3'), grund: 'beide aus der Lindenstraße' }, { button: 'Verknüpfen' });
  assert.match((await kurz.get('/desk/vorgaenge/2')).words, /Hund anmelden, .{1,40}; beide aus der Lindenstraße/);
  const me = db("SELECT id FROM staff WHERE login = 'kurz'");
  // Case 3 goes to another office. A hundred reminders on it stand before the one that may be read.
  db(`UPDATE case_desk SET office = 'jugendamt' WHERE case_id = 3 AND office = 'steueramt';
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
    INSERT INTO case_reminder (case_id, staff_id, office, due, text, created_by, created_at, note_id) SELECT 3, ${me}, '', '2020-01-01', 'fremd', 0, 0, 0 FROM n;
    INSERT INTO case_reminder (case_id, staff_id, office, due, text, created_by, created_at, note_id) SELECT 2, ${me}, '', '2019-01-01', 'eigen', 0, 0, 0; ${later}`);
  const page = (await kurz.get('/desk/vorgaenge/2')).words;
  assert.match(page, /in einem anderen Amt/);
  assert.doesNotMatch(page, /Lindenstraße/);
  assert.match((await kurz.get('/desk/wiedervorlagen')).words, /Die ersten 1 Wiedervorlagen|Die erste Wiedervorlage/, 'more may lie behind those that were looked at');

  // The leader of one service sees the procedures of that service.
  db("UPDATE staff_grant SET service = 'hund' WHERE role = 'teamleitung'; UPDATE case_desk SET service = 'geheimdienst', procedure_id = 'geheim' WHERE case_id = 2 AND office = 'steueramt'; " + later);
  const led = (await weber.get('/desk/team')).words;
  assert.match(led, /noch niemandem zugewiesen/);
  assert.doesNotMatch(led, /geheim/);
});
