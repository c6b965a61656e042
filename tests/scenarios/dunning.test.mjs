// SPDX-License-Identifier: EUPL-1.2
// What is owed and not paid, from outside: assessed in parts, dunned with a letter in the mailbox, paid, closed, exported.
// The service is tests/packages/base, with parts of which one was due long ago.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyOverdue, assessedInTime, overdueService } from './lib/bank.mjs';
import { importStatement, statement } from './lib/dogs.mjs';
import { eventually, program, startTown } from './lib/town.mjs';

const services = mkdtempSync(join(tmpdir(), 'rathaus-dunning-'));
const day = offset => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
let town, clerk, treasury, status, sheetUrl, reference;

before(async () => {
  overdueService(services);
  town = await startTown({ args: ['--services', services] });
  clerk = await town.staff('kurz', 'hundesteuer-kurz');
  treasury = await town.staff('brandt', 'stadtkasse-brandt');
});
after(async () => { await town?.stop(); rmSync(services, { recursive: true, force: true }); });

/** The job's page when it is done. */
const done = job => eventually(async () => { const page = await treasury.get(job.url); return page.words.includes('Fertig') && page; }, 'the job');

test('an assessment in parts stands on its account sheet', async () => {
  status = await applyOverdue(town);
  const decision = await clerk.get('/desk/vorgaenge/1/entscheidung/bewilligen');
  assert.equal((await decision.submit({}, { form: 'bewilligen', button: 'Bewilligen' })).status, 200);
  const sheet = await (await treasury.get('/desk/kasse/forderungen')).follow(/^5\d{13}$/);
  sheetUrl = sheet.url;
  reference = sheet.words.match(/\b5\d{13}\b/)[0];
  assert.match(sheet.words, /Wann was fällig ist/);
  assert.match(sheet.words, /300,00 € 300,00 € überfällig/);
  assert.match(sheet.words, /200,00 € 200,00 € noch nicht fällig/);
});

test('nobody is late with what was not assessed yet', async () => {
  assert.match((await treasury.get('/desk/kasse/mahnen/vorschau')).words, /niemand zu mahnen/);
  assessedInTime(town);
});

test('a stop keeps a charge out of the run, and is taken back', async () => {
  const before = await treasury.get('/desk/kasse/mahnen/vorschau');
  const decision = await (await treasury.get(`${sheetUrl}/entscheiden?art=mahnsperre`)).submit({ grund: 'Widerspruch wird geprüft.' });
  assert.match(decision.words, /gilt/);
  const preview = await before.submit({}, { button: '1 Mahnung schreiben' });
  assert.equal(preview.status, 422, 'a run does what its preview showed');
  assert.equal((await treasury.post('/desk/kasse/mahnen', { csrf: before.csrf })).status, 422, 'nobody looked');
  assert.match(preview.words, /hat sich etwas geändert.*niemand zu mahnen.*Mahnsperre/);
  assert.match((await treasury.get('/desk/kasse/mahnen')).words, /Es gab noch keinen Mahnlauf/);
  const empty = await decision.submit({ grund: '' }, { form: 'zuruecknehmen' });
  assert.equal(empty.status, 422);
  assert.match((await decision.submit({ grund: 'Er ist abgelehnt.' }, { form: 'zuruecknehmen' })).words, /zurückgenommen.*Er ist abgelehnt/);
});

test('the preview tells what the run then does, once', async () => {
  const preview = await treasury.get('/desk/kasse/mahnen/vorschau');
  assert.match(preview.words, /Mahnungen 1 Überfällig 300,00 € Neue Gebühren 0,00 € Neue Säumniszuschläge [69],00 €/);
  assert.match((await treasury.get(sheetUrl)).words, /Noch zu zahlen 500,00 €/);
  const job = await done(await preview.submit({}, { button: '1 Mahnung schreiben' }));
  assert.match(job.words, /Mahnungen 1/);
  const sheet = await treasury.get(sheetUrl);
  assert.match(sheet.words, /Zahlungserinnerung über 30[69],00 €, zu zahlen bis/);
  assert.match((await treasury.get('/desk/kasse/mahnen/vorschau')).words, /niemand zu mahnen/);
  assert.match((await (await treasury.get('/desk/kasse/mahnen')).follow(/\d{4}$/)).words, /fertig.*Wer gemahnt wurde/);
});

test('the letter lies in the mailbox as a PDF', async () => {
  const letter = await eventually(async () => (await town.visitor().get(status)).links.find(l => l.text.includes('Zahlungserinnerung')), 'the letter');
  const pdf = await eventually(async () => { const answer = await town.visitor().get(letter.href); return answer.headers['content-type'] === 'application/pdf' && answer; }, 'the PDF');
  assert.ok(pdf.bytes.subarray(0, 5).equals(Buffer.from('%PDF-')));
});

test('a large remission waits for somebody else', async () => {
  const form = await treasury.get(`${sheetUrl}/entscheiden?art=erlass`);
  assert.equal((await form.submit({ betrag: '9.999', grund: 'Härte' })).status, 422);
  const remit = () => form.submit({ betrag: '10,50', grund: 'Härte' });
  const [small, same] = await Promise.all([remit(), remit()]); // a double click
  assert.match(small.words, /gilt.*10,50 €/);
  assert.equal(same.url, small.url);
  const late = await treasury.post(`${small.url}/antwort`, { csrf: small.csrf, antwort: 'ja' });
  assert.equal(late.status, 409, 'nobody has to agree to it');
  assert.match(late.words, /Über diesen Vorschlag ist schon entschieden/, 'what is refused outside of a form says why, too');
  const stale = await form.submit({ betrag: '20,00', grund: 'Noch mehr Härte' });
  assert.equal(stale.status, 422, 'it was another charge when this form was shown');
  assert.match(stale.words, /etwas anderes entschieden/);
  assert.match((await treasury.get(sheetUrl)).words, /Erlass -10,50 €|-10,50 €/);
});

test('a payment goes to what was due first', async () => {
  await importStatement(treasury, statement([{ amount: '289.50', text: reference }]));
  assert.match((await treasury.get(sheetUrl)).words, /289,50 € 0,00 € bezahlt/);
});

test('a day is closed, and what follows is booked on the next', async () => {
  const form = await treasury.get('/desk/kasse/abschluesse/neu');
  await (await treasury.get(`${sheetUrl}/entscheiden?art=erlass`)).submit({ betrag: '0,50', grund: 'Härte' });
  const other = await form.submit({}, { button: 'abschließen' });
  assert.equal(other.status, 422, 'a closing holds the numbers that were looked at');
  assert.match(other.words, /ist etwas gebucht worden/);
  assert.equal((await treasury.post('/desk/kasse/abschluesse', { csrf: form.csrf, tag: day(0) })).status, 422, 'nobody looked');
  const closing = await other.submit({}, { button: 'abschließen' });
  assert.match(closing.words, /Bank Zahlung 1 289,50 €/);
  assert.match(closing.words, /Prüfsumme: [0-9a-f]{64}/);
  const csv = await closing.follow('Als CSV-Datei');
  assert.match(csv.text, /;bank;zahlung;1;289,50;0,00/);
  assert.match((await treasury.get('/desk/kasse/abschluesse/neu')).words, /Alle Tage bis heute sind abgeschlossen/);
  assert.equal((await form.submit({}, { button: 'abschließen' })).status, 422);
  await importStatement(treasury, statement([{ amount: '1.00', text: reference }], '2'));
  const next = execFileSync(program, ['ledger', 'export', '--data', town.dataDir, '--tenant', 'musterstadt', '--from', day(1), '--to', day(2)], { encoding: 'utf8' });
  assert.match(next, /;zahlung;/);
  assert.match(next, /;nein\r\n/);
});

test('the ledger leaves as CSV and as a DATEV batch', async () => {
  const form = await treasury.get('/desk/kasse/buchungen');
  const csv = await form.submit({ bis: '31.12.' + new Date().getFullYear() }, { form: 'datei' });
  assert.match(csv.headers['content-disposition'], /buchungen-.*\.csv/);
  assert.match(csv.text, /;säumniszuschlag;.*;ertrag\/säumniszuschlag;4811;/);
  assert.equal(csv.bytes.subarray(0, 3).toString('hex'), 'efbbbf');
  const missing = await form.submit({ format: 'datev' }, { form: 'datei' });
  assert.equal(missing.status, 200, missing.words);
  assert.match(missing.bytes.toString('latin1'), /^"EXTF";700;21;"Buchungsstapel";13;/);
  const turned = await form.submit({ von: '1.1.2027', bis: '1.1.2026' }, { form: 'datei' });
  assert.equal(turned.status, 422);
  assert.match(turned.words, /Der letzte Tag liegt vor dem ersten, oder ein Tag fehlt/);
});

test('the records are sound', () => {
  const verdict = JSON.parse(execFileSync(program, ['verify', '--data', town.dataDir, '--json'], { encoding: 'utf8' }));
  assert.equal(verdict.ok, true, JSON.stringify(verdict));
});
