// SPDX-License-Identifier: EUPL-1.2
// The whole story, without JavaScript: two dogs from the application to the paid tax.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, startTown } from './lib/town.mjs';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
const proof = (field, name) => ({ field, name, type: 'application/pdf', bytes: PDF });
const day = offset => { const d = new Date(Date.now() + offset * 86400000); return `${d.getDate()}.${d.getMonth() + 1}.${d.getFullYear()}`; };
const dog = (i, name, chip) => Object.fromEntries(Object.entries({
  name, mischling: 'false', rasse: 'labrador_retriever', geschlecht: 'ruede', geburt: '2024', farbe: 'gelb', chip_art: 'iso', chip,
  zweck: 'familie', haltung_seit: day(-9), herkunft: 'zucht', versicherung: 'Musterversicherung AG', versicherung_nummer: 'HV-1',
}).map(([key, value]) => [`hunde[${i}].${key}`, value]));

const scratch = mkdtempSync(join(tmpdir(), 'rathaus-journey-'));
let town, citizen, clerk, status, number;
before(async () => { town = await startTown(); citizen = town.visitor(); });
after(async () => { await town?.stop(); rmSync(scratch, { recursive: true, force: true }); });

test('a citizen registers two dogs, with a mistake and a break', async () => {
  let page = await (await citizen.get('/')).follow('Hund anmelden');
  page = await page.submit();
  assert.equal(page.h1, 'Wer hält den Hund?');
  page = await page.submit();
  assert.equal(page.status, 422);
  assert.match(page.words, /Bitte korrigieren Sie/);
  page = await page.submit({ halterart: 'person' });
  page = await page.submit({ 'person.familienname': 'Mustermann', 'person.vornamen': 'Erika', 'person.geburtsdatum': '25.4.1985', 'person.email': 'erika@beispiel.example' });
  assert.equal(page.h1, 'Wo lebt der Hund?');
  // She comes back later by the link: everything is still there.
  const elsewhere = await town.visitor().get(page.url.replace(/[^/]+$/, 'halter'));
  assert.match(elsewhere.text, /value="Mustermann"/);
  page = await page.submit({ 'anschrift.strasse': 'Lindenweg', 'anschrift.hausnummer': '12', 'anschrift.plz': '12345', 'anschrift.ort': 'Musterstadt', weitere_hunde: '0' });
  page = await page.submit(dog(0, 'Rex', '27609810000001'));
  page = page.status === 200 ? await page.submit(dog(0, 'Rex', '27609810000001')) : page;
  assert.equal(page.status, 422, 'a chip of 14 digits is refused');
  assert.match(page.text, /value="Rex"/);
  page = await page.submit(dog(0, 'Rex', '276098100000011'), { files: [proof('hunde[0].versicherung_nachweis', 'rex.pdf')], button: 'Hund hinzufügen' });
  assert.match(page.words, /rex\.pdf/);
  page = await page.submit({ ...dog(0, 'Rex', '276098100000011'), ...dog(1, 'Ida', '276098100000022') });
  for (let i = 0; i < 3 && page.h1 === 'Welche Hunde melden Sie an?'; i++) page = await page.submit({ ...dog(0, 'Rex', '276098100000011'), ...dog(1, 'Ida', '276098100000022') });
  assert.equal(page.h1, 'Wie möchten Sie die Steuer bezahlen?', page.words.slice(0, 400));
  page = await page.submit({ zahlweise: 'jahr', lastschrift: 'false' });
  assert.equal(page.h1, 'Ihre Erklärung', page.words.slice(0, 400));
  page = await page.submit({ richtig: 'true', aenderungen: 'true' });
  assert.equal(page.h1, 'Prüfen Sie Ihre Angaben');
  assert.match(page.words, /Ida/);
  // Sent twice: one number.
  const [first, second] = await Promise.all([page.submit(), page.submit()]);
  number = first.words.match(/HUND-\d{4}-\d{6}-\d/)[0];
  assert.equal(second.words.match(/HUND-\d{4}-\d{6}-\d/)[0], number);
  status = await first.follow('Zum Stand');
  assert.match(status.words, /eingegangen/);
});

test('the clerk finds it, sees what is missing and asks for exactly that', async () => {
  clerk = await town.staff('kurz', 'hundesteuer-kurz');
  const list = await clerk.get('/desk');
  assert.match(list.words, new RegExp(number));
  const page = await list.follow(number);
  assert.match(page.words, /Der Nachweis der Haftpflichtversicherung für Ida fehlt/);
  assert.doesNotMatch(page.words, /Haftpflichtversicherung für Rex fehlt/);
  const preview = await page.submit({}, { form: 'nachfordern' });
  assert.match(preview.words, /Bitte reichen Sie den Nachweis der Haftpflichtversicherung für Ida ein/);
  const sent = await preview.submit({}, { form: 'senden', button: 'Jetzt nachfordern' });
  assert.match(sent.words, /Frist ruht/);
  await eventually(() => town.mails().some(mail => /erika@beispiel/.test(mail) && /Frage|brauchen|ergänz/i.test(mail)), 'the mail that asks');
});

test('the citizen answers just this, and the clock goes on', async () => {
  status = await citizen.get(status.url);
  const answer = await status.follow('Jetzt antworten');
  const asked = answer.forms[0].fields.map(([name]) => name).filter(name => name.startsWith('hunde'));
  assert.deepEqual(asked.filter(name => !name.includes('versicherung_nachweis')), []);
  status = await answer.submit({}, { files: [proof('hunde[1].versicherung_nachweis', 'ida.pdf')] });
  assert.match(status.words, /Ihre Antwort ist bei uns angekommen/);
  const page = await clerk.get('/desk/vorgaenge/1');
  assert.doesNotMatch(page.words, /Frist ruht/);
  assert.match(page.words, /ida\.pdf/);
});

test('the clerk assesses the tax after seeing the notice', async () => {
  const before = await clerk.get('/desk/vorgaenge/1');
  assert.match((await before.follow('So wird gerechnet')).words, /So wird gerechnet.*Angewandte Regeln.*gilt Zeile 1 \(„Erster Hund“\)/s);
  let page = await (await clerk.get('/desk/vorgaenge/1')).follow('Steuer festsetzen');
  page = await page.submit({ marke_von: '1001' }, { button: 'Brief ansehen' });
  assert.match(page.words, /Hundesteuer/);
  const confirm = page.forms.flatMap(form => form.buttons).find(button => !/Brief|Abmelden|Schließen/.test(button.text) && button.text);
  page = await page.submit({ marke_von: '1001' }, { button: confirm.text });
  assert.match(page.words, /Festgesetzt|entschieden|abgeschlossen/i);
  const register = await clerk.get('/desk/register/hund');
  assert.match(register.words, /2 Einträge/);
  const again = await clerk.get('/desk/vorgaenge/1/entscheidung/festsetzen');
  assert.equal(again.status, 409, 'decided once');
  const forced = await clerk.post('/desk/vorgaenge/1/entscheidung/festsetzen', { marke_von: '1003', csrf: page.csrf });
  assert.equal(forced.status, 409);
  assert.match((await clerk.get('/desk/register/hund')).words, /2 Einträge/);
});

test('the notice lies in the mailbox as a PDF that says how to pay', async () => {
  const link = await eventually(async () => {
    status = await citizen.get(status.url);
    return status.links.find(l => /Festsetzung|Bescheid|Hundesteuer/.test(l.text) && /dokument/.test(l.href));
  }, 'the notice', 30000);
  const pdf = await citizen.get(link.href);
  assert.equal(pdf.headers['content-type'], 'application/pdf');
  const file = join(scratch, 'bescheid.pdf');
  writeFileSync(file, pdf.bytes);
  const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  assert.match(text, /Widerspruch/);
  assert.match(text, /Erika Mustermann/);
  assert.match(text, /24,00 €/);
});

test('how the amount came about stands beside the charge, at the desk and at the treasury', async () => {
  const rule = /Tabelle „steuer“: Bei Wievielter Hund = 2 und Listenhund = nein gilt Zeile 2 \(„Zweiter Hund“\)/;
  const page = await clerk.get('/desk/vorgaenge/1');
  assert.match(page.words, /So kam es zu 24,00 € für Hundesteuer/);
  assert.match(page.words, rule);
  const treasury = await town.staff('brandt', 'stadtkasse-brandt');
  const sheet = await (await treasury.get('/desk/kasse/forderungen')).follow(/^5\d{13}$/);
  assert.match(sheet.words, /So kam es zu 24,00 €/);
  assert.match(sheet.words, rule);
});

test('a clerk tries a rule, and an expression', async () => {
  const table = await (await clerk.get('/desk/regeln')).follow('Tabelle steuer');
  const answer = await table.submit({ e1: '1', e2: 'false' }, { form: 'steuer', button: 'Probieren' });
  assert.match(answer.words, /gilt Zeile 1 \(„Erster Hund“\)\. Das Ergebnis ist \d+/);
  assert.match((await table.submit({ e1: '1.000', e2: 'false' }, { form: 'steuer', button: 'Probieren' })).words, /Wievielter Hund = 1000 und/);
  assert.match((await clerk.get('/desk/regeln/hund/steuer?e1=1&e2=ja&probieren=1')).words, /Das ist kein Wert für „Listenhund“/);
  const wrong = await table.submit({ e1: 'eins', e2: 'false' }, { form: 'steuer', button: 'Probieren' });
  assert.match(wrong.words, /Das ist kein Wert für „Wievielter Hund“/);
  assert.doesNotMatch(wrong.words, /Antwort/);
  const expression = await (await clerk.get('/desk/regeln')).follow('Ausdruck probieren');
  assert.match((await expression.submit({ ausdruck: '96 / 12 * 7' }, { form: 'regeln', button: 'Probieren' })).words, /Das Ergebnis ist 56/);
  assert.match((await expression.submit({ ausdruck: '96 / (' }, { form: 'regeln', button: 'Probieren' })).words, /nicht verständlich \(Zeile 1, Zeichen 7\): Der Ausdruck ist nicht zu Ende\./);
  assert.match((await expression.submit({ ausdruck: 'steuern(1)' }, { form: 'regeln', button: 'Probieren' })).words, /Den Namen „steuern“ gibt es hier nicht\. Ist „steuer“ gemeint\?/);
  assert.match((await expression.submit({ ausdruck: '1 + "a"' }, { form: 'regeln', button: 'Probieren' })).words, /„\+“ verbindet number nicht mit string/);
  assert.match((await expression.submit({ ausdruck: 'count(for a in 1..1000000 return for b in 1..1000000 return a)' }, { form: 'regeln', button: 'Probieren' })).words, /rechnet zu lange/);
  assert.match((await expression.submit({ ausdruck: '1' + ' + 1'.repeat(390) }, { form: 'regeln', button: 'Probieren' })).words, /Das Ergebnis ist 391/);
  const endless = '(function(f) f(f))(function(f) f(f))'; // would use up the thread's stack
  assert.match((await expression.submit({ ausdruck: endless }, { form: 'regeln', button: 'Probieren' })).words, /rechnet zu lange/);
  assert.equal((await clerk.get('/desk/regeln/hund/gibtesnicht')).status, 404);
});

test('a bank statement pays the charge', async () => {
  const treasury = await town.staff('brandt', 'stadtkasse-brandt');
  const charges = await treasury.get('/desk/kasse/forderungen');
  const reference = charges.words.match(/\b5\d{13}\b/)[0];
  const today = new Date().toISOString().slice(0, 10);
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>`
    + `<GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id><IBAN>DE19999999990000123456</IBAN></Id></Acct>`
    + `<Ntry><Amt Ccy="EUR">24.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${today}</Dt></BookgDt>`
    + `<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf><Ustrd>Hundesteuer ${reference.replace(/(.{4})/g, '$1 ')}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`
    + `<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${today}</Dt></BookgDt></Ntry>`
    + `</Stmt></BkToCstmrStmt></Document>`;
  const upload = { field: 'auszug', name: 'auszug.xml', type: 'application/xml', bytes: Buffer.from(xml) };
  const job = await (await treasury.get('/desk/kasse')).submit({}, { form: 'kontoauszug', files: [upload] });
  const done = await eventually(async () => { const page = await treasury.get(job.url); return page.words.includes('Fertig') && page; }, 'the import');
  assert.match(done.words, /gebucht nach Kassenzeichen 1/);
  assert.match(done.words, /ohne Zuordnung 1/);
  const foreign = xml.replace('DE19999999990000123456', 'DE02120300000000202051').replace('<Id>1</Id>', '<Id>2</Id>');
  const refused = await (await treasury.get('/desk/kasse')).submit({}, { form: 'kontoauszug', files: [{ ...upload, bytes: Buffer.from(foreign) }] });
  await eventually(async () => (await treasury.get(refused.url)).words.includes('gehört zum Konto DE02120300000000202051'), 'the refusal of another account');
  assert.match((await treasury.get('/desk/kasse/forderungen')).words, /bezahlt/);
  assert.match((await treasury.get('/desk/kasse/offen')).words, /5,00 €/);
  const repeated = await (await treasury.get('/desk/kasse')).submit({}, { form: 'kontoauszug', files: [upload] });
  await eventually(async () => (await treasury.get(repeated.url)).words.includes('davon schon bekannt 2'), 'the second reading');
  const again = Buffer.from(xml.replace('<Id>1</Id>', '<Id>3</Id>').replace('24.00', '10.00').replace(/<Ntry><Amt Ccy="EUR">5\.00.*?<\/Ntry>/, ''));
  const more = await (await treasury.get('/desk/kasse')).submit({}, { form: 'kontoauszug', files: [{ ...upload, bytes: again }] });
  await eventually(async () => (await treasury.get(more.url)).words.includes('Fertig'), 'the third reading');
  assert.match((await treasury.get('/desk/kasse')).words, /Offene Forderungen 0,00 € Überzahlt 10,00 €/);
});

test('the records are sound', async () => {
  const verdict = execFileSync(process.env.RATHAUS ?? new URL('../../build/rathaus', import.meta.url).pathname, ['verify', '--data', town.dataDir, '--json'], { encoding: 'utf8' });
  assert.equal(JSON.parse(verdict).ok, true);
});
