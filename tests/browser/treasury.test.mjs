// SPDX-License-Identifier: EUPL-1.2
// The treasurer's work in a browser: statements, decisions, direct debits, refunds, dunning, closing; by keyboard where
// hands stay on it all day, and its main line without JavaScript.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { applyOverdue, assessedInTime, camt, overdueService } from '../scenarios/lib/bank.mjs';
import { apply, assess } from '../scenarios/lib/dogs.mjs';
import { eventually, root, startTown } from '../scenarios/lib/town.mjs';
import { openBrowser } from './lib/browser.mjs';
import { comesToSay, download, goOn, look, press, signedIn, tabTo, type, words } from './lib/story.mjs';

const IBAN = 'DE02500105170137075030';
const PATIENCE = { timeout: 60_000 };
const services = mkdtempSync(join(tmpdir(), 'rathaus-treasury-'));
const people = ['Mustermann', 'Beispiel', 'Muster'];
const year = new Date().getFullYear() + 1;
const today = new Date().toISOString().slice(0, 10);
let town, browser, overdue;
const dogs = []; // Kassenzeichen, one of each of the people

before(async () => {
  overdueService(services, 500);
  cpSync(join(root, 'services/hund'), join(services, 'hund'), { recursive: true });
  town = await startTown({ args: ['--services', services] });
  browser = await openBrowser();
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  const treasury = await town.staff('brandt', 'stadtkasse-brandt');
  const newest = async () => (await treasury.get('/desk/kasse/forderungen')).words.match(/\b5\d{13}\b/)[0];
  for (let i = 0; i < people.length; i++) {
    await apply(town, { chip: `27609810000060${i}`, change: { person: { familienname: people[i], vornamen: 'Erika', geburtsdatum: '1985-04-25', email: 'erika@beispiel.example' } } });
    await assess(clerk, i + 1, 6001 + i);
    dogs.push(await newest());
  }
  await applyOverdue(town);
  await (await clerk.get('/desk/vorgaenge/4/entscheidung/bewilligen')).submit({}, { form: 'bewilligen', button: 'Bewilligen' });
  overdue = await newest();
  assessedInTime(town);
});
after(async () => { await browser?.close(); await town?.stop(); rmSync(services, { recursive: true, force: true }); });

const treasurer = options => signedIn(browser, town, 'brandt', 'stadtkasse-brandt', options);
const go = (page, path) => page.goto(`${town.url}/desk/kasse${path}`);
const button = (page, name) => page.getByRole('button', { name });
const link = (page, name) => page.getByRole('link', { name });
const click = (page, name) => goOn(page, button(page, name));
const follow = (page, name) => goOn(page, link(page, name));

/** The account sheet of a charge. */
async function sheet(page, reference) {
  await go(page, `/forderungen?suche=${reference}`);
  await follow(page, reference);
  return words(page);
}

/** Choose the statement's file; with the form on the page. */
const choose = (page, id, entries, day = today) => page.locator('input[type=file]').setInputFiles({ name: `${id}.xml`, mimeType: 'application/xml', buffer: camt(id, entries, day) });

/** Read a statement in; the job's page tells by itself when it is done. */
async function read(page, id, entries, day = today) {
  await go(page, '');
  await choose(page, id, entries, day);
  await click(page, 'Kontoauszug einlesen');
  await page.getByText('Fertig').first().waitFor(PATIENCE);
}

test('a statement by keyboard: certain, proposed, by hand, split, taken back', { timeout: 180_000 }, async () => {
  const wrong = dogs[0].slice(0, 8) + String((Number(dogs[0][8]) + 1) % 10) + dogs[0].slice(9);
  const page = await treasurer();
  await go(page, '');
  await look(page, 'treasury-overview');
  await go(page, '/offen');
  await look(page, 'treasury-open-empty');
  await go(page, '/erstattungen');
  await look(page, 'treasury-refunds-empty');
  await go(page, '');
  await choose(page, 'S1', [
    { cents: 500, text: `Hundesteuer ${dogs[1]}`, name: 'Erika Beispiel' },
    { cents: 1200, text: `Hundesteuer ${wrong}`, name: 'Erika Mustermann', iban: IBAN },
    { cents: 700, text: 'für den Hund', name: 'Heinz Unbekannt' },
  ]);
  await press(page, 'Kontoauszug einlesen');
  await page.getByText('Fertig').first().waitFor(PATIENCE);
  assert.match(await words(page), /gebucht nach Kassenzeichen 1/);
  await look(page, 'treasury-job');
  await go(page, '/offen');
  assert.match(await words(page), /2 Zahlungen warten.*Vorschlag:/);
  await look(page, 'treasury-open');
  await press(page, 'So buchen');
  assert.match(await words(page), /Die Zahlung ist gebucht.*1 Zahlung wartet/);
  await type(page, 'Kassenzeichen', '123');
  await press(page, 'Zahlung zuordnen');
  await look(page, 'treasury-open-error');
  assert.equal(await page.locator('[aria-invalid=true]').inputValue(), '123', 'what was typed is still there');
  await page.locator('[aria-invalid=true]').fill('');
  await type(page, 'Kassenzeichen', dogs[1]);
  await press(page, 'Zahlung zuordnen');
  assert.match(await words(page), /Die Zahlung ist gebucht.*Alle Zahlungen sind gebucht/);
  await press(page, 'Ansehen oder zurücknehmen');
  await look(page, 'treasury-payment');
  await press(page, 'Zuordnung zurücknehmen');
  await type(page, 'Kassenzeichen', dogs[1]);
  await type(page, 'Betrag in Euro', '3,00');
  await type(page, 'Kassenzeichen', dogs[2]);
  await type(page, 'Betrag in Euro', '9,00');
  await press(page, 'Aufgeteilt buchen');
  assert.match(await words(page), /zusammen höher/);
  await look(page, 'treasury-split-error');
  await page.getByLabel('Betrag in Euro').nth(1).fill('2,00');
  await tabTo(page, 'Aufgeteilt buchen');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(await words(page), /Davon noch offen ?2,00 €/);
  await look(page, 'treasury-split');
  await page.context().close();
});

test('instalments, and a remission that a second person agrees to', { timeout: 120_000 }, async () => {
  const page = await treasurer();
  assert.match(await sheet(page, overdue), /überfällig/);
  await look(page, 'treasury-sheet');
  await follow(page, 'Etwas entscheiden');
  await look(page, 'treasury-decide');
  await follow(page, 'Ratenzahlung');
  await page.getByLabel('Anzahl der Raten').fill('1');
  await click(page, 'Ratenzahlung entscheiden');
  await look(page, 'treasury-instalments-error');
  await page.getByLabel('Anzahl der Raten').fill('5');
  await page.getByLabel('Erste Rate fällig am').fill(`15.4.${year}`);
  await page.getByLabel('Grund').fill('Kann nicht alles auf einmal zahlen.');
  await click(page, 'Ratenzahlung entscheiden');
  assert.match(await words(page), /gilt/);
  await look(page, 'treasury-instalments');
  assert.match(await sheet(page, overdue), new RegExp(`15\\. April ${year}.*160,00 €.*15\\. August ${year}`));
  await look(page, 'treasury-sheet-instalments');
  await follow(page, 'Ratenzahlung');
  await page.getByLabel('Grund').fill('Anders vereinbart.');
  await click(page, 'Zurücknehmen');
  assert.match(await words(page), /zurückgenommen/);
  await sheet(page, overdue);
  await follow(page, 'Etwas entscheiden');
  await follow(page, 'Stundung');
  await page.getByLabel('Gilt bis').fill(`15.4.${year}`);
  await page.getByLabel('Grund').fill('Vorübergehend ohne Einkommen.');
  await click(page, 'Stundung entscheiden');
  assert.match(await words(page), new RegExp(`gilt.*15\\. April ${year}`));
  await page.getByLabel('Grund').fill('Wieder zahlungsfähig.');
  await click(page, 'Zurücknehmen');
  // Above 500 euros one person only proposes.
  await sheet(page, overdue);
  await follow(page, 'Etwas entscheiden');
  await follow(page, 'Erlass');
  await look(page, 'treasury-remission');
  await page.getByLabel('Betrag').fill('600');
  await page.getByLabel('Grund').fill('Persönliche Härte.');
  await click(page, 'Erlass entscheiden');
  assert.match(await words(page), /Eine zweite Person muss zustimmen/);
  assert.equal(await button(page, 'Zustimmen').count(), 0);
  await look(page, 'treasury-remission-proposed');
  const second = await signedIn(browser, town, 'vogt', 'stadtkasse-vogt');
  await go(second, '');
  await press(second, 'Vorschläge für eine zweite Person');
  await look(second, 'treasury-proposals');
  await press(second, 'Erlass');
  await look(second, 'treasury-proposal');
  await press(second, 'Zustimmen und buchen');
  assert.match(await sheet(second, overdue), /Noch zu zahlen 200,00 €/);
  await sheet(page, overdue);
  await follow(page, 'Erlass');
  await page.getByLabel('Grund').fill('Im Widerspruch aufgehoben.');
  await click(page, 'Zurücknehmen');
  assert.match(await sheet(page, overdue), /Noch zu zahlen 800,00 €/);
  for (const one of [page, second]) await one.context().close();
});

test('direct debits: mandate, preview, discarded, made again, file, returned', { timeout: 180_000 }, async () => {
  const page = await treasurer();
  const owed = Number((await sheet(page, dogs[2])).match(/Noch zu zahlen (\d+,\d\d) €/)[1].replace(',', ''));
  await follow(page, 'Mandat eintragen');
  await page.getByLabel('IBAN').fill('DE02500105170137075031');
  await page.getByLabel('Unterschrieben am').fill('10.1.2026');
  await click(page, 'Mandat eintragen');
  await look(page, 'treasury-mandate-error');
  await page.getByLabel('IBAN').fill(IBAN);
  await page.getByLabel('E-Mail').fill('erika@beispiel.example');
  await click(page, 'Mandat eintragen');
  assert.match(await words(page), /Mandat M\d+ vom 10\. Januar 2026/);
  await look(page, 'treasury-sheet-mandate');
  await go(page, '/lastschriften');
  await look(page, 'treasury-debits-empty');
  const day = new Date(Date.now() + 90 * 86_400_000);
  const prepare = async () => {
    await go(page, '/lastschriften');
    await follow(page, 'Lastschriften vorbereiten');
    do { // until banks work on that day
      const iso = day.toISOString().slice(0, 10);
      await page.getByLabel('Fällig bis').fill(iso);
      await page.getByLabel('Einzug am').fill(iso);
      await click(page, 'Vorschau neu berechnen');
      day.setUTCDate(day.getUTCDate() + 1);
    } while (await page.locator('[aria-invalid=true]').count());
    day.setUTCDate(day.getUTCDate() - 1);
    assert.match(await words(page), /1 Lastschrift, zusammen/);
  };
  const make = async () => {
    await prepare();
    await click(page, '1 Lastschrift erzeugen');
    await page.getByText('Fertig').first().waitFor(PATIENCE);
    await go(page, '/lastschriften');
    await goOn(page, page.locator('main [data-row]'));
  };
  await prepare();
  await look(page, 'treasury-debits-preview');
  await make();
  await look(page, 'treasury-debits');
  await eventually(() => town.mails().some(mail => /Ank=C3=BCndigung|Ankündigung/.test(mail)), 'the announcement');
  await click(page, 'Lastschrift verwerfen');
  assert.match(await words(page), /verworfen.*1 schon hinausgegangen/);
  await look(page, 'treasury-debits-discarded');
  await prepare();
  assert.match(await words(page), /1 Lastschrift ist für diesen Tag und in dieser Höhe schon angekündigt/);
  await look(page, 'treasury-debits-told');
  await make();
  await page.evaluate(() => { document.querySelector('input[name=datei]').value = '0'.repeat(64); }); // as on an old page
  await click(page, 'Datei ist bei der Bank');
  assert.match(await words(page), /Es wurde nichts geändert Die Datei ist inzwischen neu geschrieben/);
  page.complaints = page.complaints.filter(text => !text.includes('status of 409'));
  await look(page, 'treasury-debits-old-page');
  await go(page, '/lastschriften');
  await goOn(page, page.locator('main [data-row]'));
  const file = await download(page, link(page, 'Datei für die Bank'));
  assert.match(file.name, /^LS-.*\.xml$/);
  assert.match(file.text, new RegExp(`pain\\.008\\.001\\.08.*<EndToEndId>${dogs[2]}-1</EndToEndId>`, 's'));
  await click(page, 'Datei ist bei der Bank');
  assert.match(await words(page), /Abgegeben am/);
  await page.locator('summary', { hasText: 'Die Bank hat die ganze Datei abgelehnt' }).click();
  await look(page, 'treasury-debits-refusing');
  await click(page, 'Ganze Datei ist abgelehnt');
  assert.match(await words(page), /von der Bank abgelehnt/);
  await look(page, 'treasury-debits-refused');
  await make();
  await read(page, 'S1b', [{ cents: 100, text: dogs[2] }]); // while the file is on its way to the bank
  await go(page, '/lastschriften');
  await goOn(page, page.locator('main [data-row]'));
  assert.match(await words(page), /1 Lastschrift in der Datei stimmt nicht mehr/);
  assert.equal(await button(page, 'Datei neu schreiben').count(), 1);
  await look(page, 'treasury-debits-stale');
  await click(page, 'Datei ist bei der Bank');
  assert.match(await words(page), /Abgegeben am/);
  await go(page, '/lastschriften');
  await look(page, 'treasury-debits-list');
  const collected = day.toISOString().slice(0, 10);
  await read(page, 'S2', [{ cents: owed, endToEnd: `${dogs[2]}-1`, name: 'Erika Muster', iban: IBAN }], collected);
  await read(page, 'S3', [{ cents: -(owed + 350), endToEnd: `${dogs[2]}-1`, code: 'AC04', original: owed, iban: IBAN, name: 'Erika Muster' }], collected);
  assert.match(await sheet(page, dogs[2]), /Das Konto ist aufgelöst/);
  await look(page, 'treasury-sheet-returned');
  await go(page, '/lastschriften');
  await goOn(page, page.locator('main [data-row]'));
  assert.match(await words(page), /zurückgegeben Das Konto ist aufgelöst/i);
  await look(page, 'treasury-debits-returned');
  await page.context().close();
});

test('a refund: proposed, released by somebody else, taken back, and a file', { timeout: 180_000 }, async () => {
  const page = await treasurer();
  const second = await signedIn(browser, town, 'vogt', 'stadtkasse-vogt');
  await read(page, 'S4', [{ cents: 90000, text: dogs[1], name: 'Erika Beispiel', iban: IBAN }]);
  await go(page, '/erstattungen');
  await look(page, 'treasury-refunds-overpaid');
  const propose = () => goOn(page, page.locator('article', { hasText: 'zu viel: Erika Beispiel' }).getByRole('button', { name: 'Erstattung vorschlagen' }));
  await propose();
  assert.match(await words(page), /Bei dieser Höhe muss eine zweite Person freigeben/);
  await look(page, 'treasury-refunds-proposed');
  assert.equal(await button(page, 'Freigeben').count(), 0);
  const release = async () => {
    await go(second, '/erstattungen');
    await press(second, 'Freigeben');
    assert.match(await words(second), /1 Erstattung, zusammen/);
  };
  await release();
  await look(second, 'treasury-refunds-released');
  await go(page, '/erstattungen');
  await page.locator('summary', { hasText: 'Zurücknehmen' }).first().click();
  await page.getByLabel('Grund').first().fill('Sie will es verrechnen lassen.');
  await look(page, 'treasury-refunds-taking-back');
  await click(page, 'Zurücknehmen');
  assert.match(await words(page), /zu viel: Erika Beispiel/);
  await propose();
  await release();
  await go(page, '/erstattungen');
  await click(page, 'Datei für die Bank erzeugen');
  await look(page, 'treasury-refunds-file');
  const file = await download(page, link(page, 'Herunterladen'));
  assert.match(file.text, /pain\.001\.001\.09.*<NbOfTxs>1<\/NbOfTxs>/s);
  await click(page, 'Datei ist bei der Bank');
  assert.match(await words(page), /bei der Bank/);
  await look(page, 'treasury-refunds-sent');
  for (const one of [page, second]) await one.context().close();
});

test('dunning: preview, run, letters', { timeout: 120_000 }, async () => {
  const page = await treasurer();
  await go(page, '/mahnen');
  await look(page, 'treasury-dunning-empty');
  await press(page, 'Vorschau ansehen');
  assert.match(await words(page), /Mahnungen 1 Überfällig 300,00 €/);
  await look(page, 'treasury-dunning-preview');
  await press(page, '1 Mahnung schreiben');
  await page.getByText('Fertig').first().waitFor(PATIENCE);
  await go(page, '/mahnen');
  await look(page, 'treasury-dunning');
  await goOn(page, page.locator('main tbody a'));
  assert.match(await words(page), /Wer gemahnt wurde.*Zahlungserinnerung/);
  await look(page, 'treasury-dunning-run');
  assert.match(await sheet(page, overdue), /Zahlungserinnerung über 30[69],00 €, zu zahlen bis/);
  await go(page, '/mahnen/vorschau');
  assert.match(await words(page), /niemand zu mahnen/);
  await look(page, 'treasury-dunning-nobody');
  await page.context().close();
});

test('the day is closed for good, and the bookings leave as CSV and for DATEV', { timeout: 120_000 }, async () => {
  const page = await treasurer();
  await go(page, '/abschluesse');
  await look(page, 'treasury-closings-empty');
  await follow(page, 'Tag abschließen');
  await look(page, 'treasury-closing-preview');
  await page.getByLabel('Erklärung').fill('Der Auszug fehlt noch.').catch(() => {});
  await goOn(page, page.getByRole('button', { name: /^Bis .* abschließen$/ }));
  assert.match(await words(page), /Prüfsumme: [0-9a-f]{64}/);
  await look(page, 'treasury-closing');
  await go(page, '/abschluesse/neu');
  assert.match(await words(page), /Alle Tage bis heute sind abgeschlossen/);
  assert.equal(await page.locator('main form').count(), 0, 'nothing is left to close or to change');
  await look(page, 'treasury-closing-all-closed');
  await go(page, '/abschluesse');
  await look(page, 'treasury-closings');
  await go(page, '/buchungen');
  await look(page, 'treasury-export');
  const csv = await download(page, button(page, 'Datei herunterladen'));
  assert.match(csv.name, /^buchungen-.*\.csv$/);
  assert.match(csv.text, /;ja\r\n/);
  await page.getByLabel('Für DATEV').check();
  const batch = await download(page, button(page, 'Datei herunterladen'));
  assert.match(batch.text, /^"EXTF";700;21;"Buchungsstapel";13;/);
  await page.context().close();
});

test('the main line without JavaScript', { timeout: 120_000 }, async () => {
  const page = await treasurer({ javascript: false });
  await go(page, '');
  await choose(page, 'S9', [{ cents: 150, text: 'ohne Angabe', name: 'Heinz Ohne' }]);
  await click(page, 'Kontoauszug einlesen');
  await comesToSay(page, /Fertig/);
  assert.match(await words(page), /ohne Zuordnung 1/);
  await go(page, '/offen');
  const card = page.locator('article', { hasText: 'Heinz Ohne' });
  await card.getByLabel('Kassenzeichen').fill(dogs[0]);
  await card.getByRole('button', { name: 'Zahlung zuordnen' }).click();
  assert.match(await words(page), /Die Zahlung ist gebucht/);
  await follow(page, 'Ansehen oder zurücknehmen');
  await click(page, 'Zuordnung zurücknehmen');
  assert.match(await words(page), /Aufteilen/);
  await go(page, '/lastschriften');
  await follow(page, 'Lastschriften vorbereiten');
  assert.match(await words(page), /Das würde eingezogen|Das wird nicht eingezogen/);
  await go(page, '/buchungen');
  assert.match((await download(page, button(page, 'Datei herunterladen'))).name, /\.csv$/);
  await page.context().close();
});
