// SPDX-License-Identifier: EUPL-1.2
// The treasury's round: a mandate, the collection and its file, the statement with a return, open payments with their
// proposals, and the refund of what was paid too much.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { camt } from './lib/bank.mjs';
import { apply, assess, importStatement } from './lib/dogs.mjs';
import { eventually, program, startTown } from './lib/town.mjs';

const IBAN = 'DE02500105170137075030';
let town, treasury, sheet;
const references = [];

const charge = async i => (await treasury.get('/desk/kasse/forderungen')).follow(references[i]);

before(async () => {
  town = await startTown();
  treasury = await town.staff('brandt', 'stadtkasse-brandt');
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  for (let i = 0; i < 2; i++) {
    const chip = `27609810000020${i}`;
    await apply(town, { chip, change: { person: { familienname: ['Mustermann', 'Beispiel'][i], vornamen: 'Erika', geburtsdatum: '1985-04-25', email: 'erika@beispiel.example' } } });
    await assess(clerk, i + 1, 3001 + i);
  }
  references.push(...(await treasury.get('/desk/kasse/forderungen')).words.match(/\b5\d{13}\b/g).sort());
});
after(() => town?.stop());

test('a mandate on paper is entered, a wrong IBAN is refused', async () => {
  for (const i of [0, 1]) {
    const form = await (await charge(i)).follow('Mandat eintragen');
    const refused = await form.submit({ iban: 'DE02500105170137075031', unterschrieben: '10.1.2026', email: 'erika@beispiel.example' });
    assert.equal(refused.status, 422);
    assert.match(refused.words, /stimmt nicht/);
    sheet = await refused.submit({ iban: IBAN });
    assert.match(sheet.words, /Mandat M\d+ vom 10\. Januar 2026/);
  }
});

test('what is due is collected once, in a file that the bank takes', async () => {
  const preview = await (await (await treasury.get('/desk/kasse')).follow('Lastschriften')).follow('Lastschriften vorbereiten');
  const far = new Date(Date.now() + 90 * 86400000);
  while ([0, 6].includes(far.getUTCDay())) far.setUTCDate(far.getUTCDate() + 1);
  const day = far.toISOString().slice(0, 10);
  const sunday = new Date(far); sunday.setUTCDate(far.getUTCDate() + 7 - far.getUTCDay());
  const closed = await preview.submit({ faellig: day, einzug: sunday.toISOString().slice(0, 10) }, { form: 0 });
  assert.equal(closed.status, 422);
  assert.match(closed.words, /arbeiten die Banken nicht/);
  let page = await closed.submit({ faellig: day, einzug: day }, { form: 0 });
  while (page.status === 422) { // a holiday of the banks
    far.setUTCDate(far.getUTCDate() + 1);
    page = await closed.submit({ faellig: day, einzug: far.toISOString().slice(0, 10) }, { form: 0 });
  }
  assert.match(page.words, /2 Lastschriften, zusammen/);
  const make = () => page.submit({}, { button: '2 Lastschriften erzeugen' });
  const [job, same] = await Promise.all([make(), make()]); // a double click
  assert.equal(job.url, same.url);
  const done = async ({ url }) => eventually(async () => (await treasury.get(url)).words.includes('Fertig'), 'the collection');
  const newest = async () => (await treasury.get('/desk/kasse/lastschriften')).follow(/\d{4}$/);
  const announcements = () => town.mails().filter(mail => /Ank=C3=BCndigung|Ankündigung/.test(mail));
  await done(job);
  await eventually(() => announcements().length === 2, 'the announcements');
  const discarded = await (await newest()).submit({}, { button: 'Lastschrift verwerfen' });
  assert.match(discarded.words, /verworfen .*Ankündigungen 2 schon hinausgegangen/);
  assert.match((await treasury.get(page.url)).words, /2 Lastschriften sind für diesen Tag und in dieser Höhe schon angekündigt/);
  const again = await make(); // the page of before, as "back" brings it
  assert.notEqual(again.url, job.url);
  await done(again);
  sheet = await newest();
  assert.match(sheet.words, /Datei liegt bereit/);
  const file = await sheet.follow('Datei für die Bank');
  assert.match(file.headers['content-disposition'], /LS-\d{8}-000002\.xml/);
  assert.match(file.text, /<NbOfTxs>2<\/NbOfTxs>/);
  for (const reference of references) assert.match(file.text, new RegExp(`<EndToEndId>${reference}-1</EndToEndId>`));
  const old = await treasury.post(`${sheet.url}/abgegeben`, { csrf: sheet.csrf, datei: '0'.repeat(64) }); // of an older file
  assert.equal(old.status, 409);
  assert.match(old.words, /Die Datei ist inzwischen neu geschrieben/);
  assert.doesNotMatch((await treasury.get(sheet.url)).words, /Abgegeben am/);
  assert.equal(announcements().length, 2);
  const nothing = await (await treasury.get(page.url)).submit({}, { form: 0 });
  assert.match(nothing.words, /Ist schon in einer laufenden Lastschrift/);
});

test('the batch pays both, a closed account makes one owed again and ends its mandate', async () => {
  const [, cents] = sheet.words.match(/zusammen (\d+,\d\d) €/);
  const sum = Number(cents.replace(',', ''));
  const batch = `${sheet.words.match(/LS-\d{8}-\d{6}/)[0]}-RCUR`;
  const read = await importStatement(treasury, camt('S1', [{ cents: sum, batch }]));
  assert.equal((await read.follow('Zurück zur Kasse')).h1, 'Kasse');
  assert.match(read.text, /<a[^>]*href="\/desk\/kasse"[^>]*aria-current/, 'the work is the treasury’s');
  assert.match((await treasury.get('/desk/kasse')).words, /Offene Forderungen 0,00 €/);
  await importStatement(treasury, camt('S2', [{ cents: -(sum / 2 + 350), endToEnd: `${references[0]}-1`, code: 'AC04', original: sum / 2, iban: IBAN, name: 'Erika Mustermann' }]));
  const page = await charge(0);
  assert.match(page.words, /offen/);
  assert.match(page.words, /Das Konto ist aufgelöst/);
  const payment = await page.follow(/^-?\d+,\d\d €.*2027/);
  assert.match(payment.words, /Das Konto ist aufgelöst\. \(AC04\)|gebucht/);
  assert.match((await treasury.get(sheet.url)).words, /Zurückgegeben 1/);
});

test('an open payment is taken by its proposal, and taken back again', async () => {
  const wrong = references[0].slice(0, 8) + String((Number(references[0][8]) + 1) % 10) + references[0].slice(9);
  const open = (await charge(0)).words.match(/Noch zu zahlen (\d+,\d\d) €/)[1];
  const cents = Number(open.replace(',', ''));
  await importStatement(treasury, camt('S3', [{ cents, text: `Hundesteuer ${wrong}`, name: 'Opa Heinz' }]));
  const list = await treasury.get('/desk/kasse/offen');
  assert.match(list.words, /Im Kassenzeichen ist eine Stelle falsch\. Der Betrag passt\./);
  const [, item] = list.text.match(/zahlungen\/(\d+)\/buchen/), [, target] = list.text.match(/name="ziel" value="(\d+:\d+)"/);
  for (const [path, fields] of [[`zahlungen/${item}/buchen`, { ziel: target }], [`zahlungen/${item}/aufteilen`, { kassenzeichen: references[0], betrag: '1,00' }], [`offen/${item}/zuordnen`, { kassenzeichen: references[0] }]])
    assert.equal((await treasury.post(`/desk/kasse/${path}`, { csrf: list.csrf, ...fields })).status, 409, `nobody looked: ${path}`);
  const booked = await list.submit({}, { button: 'So buchen' });
  assert.match(booked.words, /Die Zahlung ist gebucht/);
  assert.match((await charge(0)).words, /Noch zu zahlen 0,00 €/);
  const payment = await booked.follow('Ansehen oder zurücknehmen');
  assert.equal((await treasury.post(`/desk/kasse/zahlungen/${item}/zuruecknehmen`, { csrf: list.csrf })).status, 409, 'nobody looked');
  const back = await payment.submit({}, { button: 'Zuordnung zurücknehmen' });
  assert.match(back.words, /Aufteilen/);
  assert.match((await charge(0)).words, new RegExp(`Noch zu zahlen ${open}`));
  const split = await back.submit({ kassenzeichen: [references[0], references[1], '', '', ''], betrag: [open, '1,00', '', '', ''] }, { form: 'aufteilen' });
  assert.equal(split.status, 422);
  assert.match(split.words, /zusammen höher/);
  const part = () => split.submit({ kassenzeichen: [references[0], '', '', '', ''], betrag: ['1,00', '', '', '', ''] }, { form: 'aufteilen' });
  assert.deepEqual((await Promise.all([part(), part()])).map(page => page.status).sort(), [200, 409], 'a double click books once');
  const again = await (await treasury.get(payment.url)).submit({}, { button: 'Zuordnung zurücknehmen' });
  assert.equal((await split.submit({ kassenzeichen: [references[0], '', '', '', ''], betrag: [open, '', '', '', ''] }, { form: 'aufteilen' })).status, 409, 'it was booked and taken back meanwhile');
  const good = await again.submit({ kassenzeichen: [references[0], '', '', '', ''], betrag: [open, '', '', '', ''] }, { form: 'aufteilen' });
  assert.match(good.words, /Wofür sie gebucht ist/);
});

test('a statement is read from the command line beside the server', async () => {
  const file = join(town.dataDir, 'auszug.xml');
  writeFileSync(file, camt('S9', [{ cents: 1, text: 'Spende' }, { cents: -2, text: 'Gebühr' }]));
  const read = () => execFileSync(program, ['bank', 'import', file, '--data', town.dataDir, '--tenant', 'musterstadt', '--json'], { encoding: 'utf8', stdio: 'pipe' });
  assert.deepEqual(JSON.parse(read()), { entries: 2, booked: 0, open: 2, known: 0, cents: -1 });
  assert.equal(JSON.parse(read()).known, 2);
  assert.match((await treasury.get('/desk/kasse/offen')).words, /Spende/);
  writeFileSync(file, '<kein/>');
  assert.throws(read, error => error.status === 1 && /camt\.053/.test(error.stderr));
});

test('what was paid too much goes back, once, and above the limit only by a second person', async () => {
  await importStatement(treasury, camt('S4', [{ cents: 60100, text: references[1], name: 'Erika Beispiel', iban: IBAN }]));
  let page = await (await treasury.get('/desk/kasse')).follow('Erstattungen');
  assert.match(page.words, /601,00 € zu viel/);
  const refused = await page.submit({ iban: 'DE1' }, { form: 'vorschlagen' });
  assert.equal(refused.status, 422);
  page = await page.submit({}, { form: 'vorschlagen' });
  assert.match(page.words, /Bei dieser Höhe muss eine zweite Person freigeben/);
  const { csrf } = page;
  assert.equal((await treasury.post('/desk/kasse/erstattungen/1/freigeben', { csrf })).status, 409);
  const second = await town.staff('vogt', 'stadtkasse-vogt');
  page = await (await second.get('/desk/kasse/erstattungen')).submit({}, { form: 'freigeben' });
  assert.match(page.words, /1 Erstattung, zusammen 601,00 €/);
  assert.match((await charge(1)).words, /Noch zu zahlen 0,00 €/);
  assert.equal((await second.post('/desk/kasse/erstattungen/1/freigeben', { csrf: page.csrf })).status, 409);
  page = await page.submit({}, { form: 'erstattungen/datei' });
  const file = await page.follow('Herunterladen');
  assert.match(file.text, /pain\.001\.001\.09.*<CtrlSum>601\.00<\/CtrlSum>/s);
  const name = file.text.match(/<EndToEndId>(.*?)<\/EndToEndId>/)[1];
  await importStatement(treasury, camt('S5', [{ cents: -60100, endToEnd: name, name: 'Erika Beispiel', iban: IBAN }]));
  assert.match((await treasury.get('/desk/kasse/erstattungen')).words, /ausgezahlt/);
  execFileSync(program, ['verify', '--data', town.dataDir]);
});

test('a file that pays again what a discarded one has paid is stopped', async () => {
  await importStatement(treasury, camt('S6', [{ cents: 2000, text: references[1], name: 'Erika Beispiel', iban: IBAN }]));
  let page = await (await treasury.get('/desk/kasse/erstattungen')).submit({}, { form: 'vorschlagen' });
  page = await page.submit({}, { form: 'freigeben' });
  page = await page.submit({}, { form: 'erstattungen/datei' });
  const name = (await page.follow('Herunterladen')).text.match(/<EndToEndId>(.*?)<\/EndToEndId>/)[1];
  page = await page.submit({ grund: 'Doppelt geklickt' }, { form: 'verwerfen' });
  page = await page.submit({}, { form: 'erstattungen/datei' });
  const file = page.links.find(link => link.text.startsWith('Herunterladen')).href;
  await importStatement(treasury, camt('S7', [{ cents: -2000, endToEnd: name, name: 'Erika Beispiel', iban: IBAN }]));
  page = await treasury.get('/desk/kasse/erstattungen');
  assert.match(page.words, /Die Datei ER-\d+-\d+ zahlt doppelt.*20,00 € an Erika Beispiel.*Geben Sie die Datei nicht zur Bank/);
  assert.ok(!page.links.some(link => link.href === file));
  assert.equal((await treasury.get(file)).status, 409);
  page = await page.submit({ grund: 'Schon bezahlt' }, { form: 'verwerfen' });
  assert.doesNotMatch(page.words, /zahlt doppelt/);
  execFileSync(program, ['verify', '--data', town.dataDir]);
});
