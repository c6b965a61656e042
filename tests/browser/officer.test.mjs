// SPDX-License-Identifier: EUPL-1.2
// The data protection officer's work in a browser: who looked, what is kept, what was erased, and the record as a file.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { apply } from '../scenarios/lib/dogs.mjs';
import { eventually, program, startTown } from '../scenarios/lib/town.mjs';
import { openBrowser } from './lib/browser.mjs';
import { download, look, press, signedIn, type, words } from './lib/story.mjs';

let town, browser, number;
const sql = text => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), text], { encoding: 'utf8' }).trim();

// A dog that no application brought, and a look at it.
async function importedDog(clerk) {
  const file = join(town.dataDir, 'stock.csv');
  writeFileSync(file, 'schluessel;Hundemarke;name;rasse;mischling;geburt;chip;haltung_seit;steuer_ab;halter_name;halter_strasse;halter_ort;halter_email;gültig ab\r\n' +
    'A1;1001;Bello;mops;nein;2019;276098100000777;3.3.2020;3.3.2020;Erika Lindner;Lindenweg 7;12345 Musterstadt;lindner@example.org;3.3.2020\r\n');
  execFileSync(program, ['import', 'hund', file, '--data', town.dataDir, '--tenant', 'musterstadt']);
  await clerk.get((await clerk.get('/desk/register/hund?suche=Lindner')).links.find(link => /hund\/\d+/.test(link.href)).href);
}

before(async () => {
  town = await startTown();
  browser = await openBrowser();
  number = (await apply(town, { chip: '276098100000621' })).caseNumber;
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  await clerk.get('/desk/vorgaenge/1');
  await importedDog(clerk);
});
after(async () => { await browser?.close(); await town?.stop(); });

const officer = options => signedIn(browser, town, 'datenschutz', 'rathaus-datenschutz', options);

test('who looked at a case, by keyboard', { timeout: 120_000 }, async () => {
  const page = await officer();
  assert.match(page.url(), /\/desk/);
  await look(page, 'officer-start');
  await press(page, 'Datenschutz');
  assert.match(await words(page), /Kein fälliger Vorgang wird zurückgehalten/);
  await look(page, 'officer-page');
  await type(page, 'Nummer des Vorgangs', 'HUND-2020-000001-1');
  await press(page, 'Zugriffe zeigen');
  assert.match(await words(page), /gibt es nicht/);
  await page.getByLabel('Nummer des Vorgangs').fill('');
  await type(page, 'Nummer des Vorgangs', number);
  await press(page, 'Zugriffe zeigen');
  assert.match(await words(page), /Sabine Kurz: Vorgang angesehen/);
  await look(page, 'officer-looks');
  await page.context().close();
});

test('who looked at an entry that no case made, by its words and by who looked', { timeout: 120_000 }, async () => {
  const page = await officer();
  await page.goto(`${town.url}/desk/datenschutz`);
  await type(page, 'Worte aus dem Eintrag', 'Lindner');
  await press(page, 'Zugriffe auf Einträge zeigen');
  assert.match(await words(page), /Sabine Kurz Hunderegister: Bello \(Marke 1001\) Registereintrag angesehen/);
  await look(page, 'officer-entries');
  await page.context().close();
});

test('the record of what is kept is a page and two files', { timeout: 120_000 }, async () => {
  const page = await officer();
  await page.goto(`${town.url}/desk/datenschutz`);
  assert.match(await words(page), /Hund anmelden: .*10 Jahre nach dem Abschluss/);
  const table = await download(page, page.getByRole('link', { name: /CSV/ }));
  assert.match(table.name, /\.csv$/);
  const record = JSON.parse((await download(page, page.getByRole('link', { name: /JSON/ }))).text);
  assert.equal(table.text.trim().split('\r\n').length, record.processing.length + 1);
  await page.context().close();
});

test('what was erased has its proof on the page, and a case that may not go says why; without JavaScript', { timeout: 120_000 }, async () => {
  await town.restart({ meanwhile: () => sql(`INSERT INTO register_entry (row_id, register, entry_id, begins, valid_from, valid_to, title, recorded_at, head, data, actor)
      VALUES (4711, 'hund', 4711, '2001-01-01', '2001-01-01', '2010-12-31', 'Bello', 0, 1, '{}', 'import');
    UPDATE schedule_run SET last_at = 0 WHERE name = 'keep'`) });
  await eventually(() => sql('SELECT COUNT(*) FROM register_entry WHERE entry_id = 4711') === '0', 'the erasure', 60_000);
  const page = await officer({ javascript: false });
  await page.goto(`${town.url}/desk/datenschutz`);
  await page.getByLabel('Nummer des Vorgangs').fill(number);
  await page.getByRole('button', { name: 'Zugriffe zeigen' }).click();
  assert.match(await words(page), /Sabine Kurz: Vorgang angesehen/);
  await eventually(async () => { await page.reload(); return /Zuletzt gelöscht .*Beendete Einträge: Hunderegister/.test(await words(page)); }, 'the proof', 60_000);
  assert.match((await download(page, page.getByRole('link', { name: /JSON/ }))).name, /\.json$/);
  const wide = await officer();
  await wide.goto(`${town.url}/desk/datenschutz`);
  await look(wide, 'officer-erased');
  for (const one of [page, wide]) await one.context().close();
});
