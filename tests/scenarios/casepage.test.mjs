// SPDX-License-Identifier: EUPL-1.2
// The clerk's case page: notes and reminders, two people for one decision, letters, documents, duplicates.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apply, assess, casePath, dogApplication } from './lib/dogs.mjs';
import { eventually, startTown } from './lib/town.mjs';

let town, kurz, adler;
before(async () => {
  town = await startTown();
  kurz = await town.staff('kurz', 'hundesteuer-kurz');
  adler = await town.staff('adler', 'hundesteuer-adler');
});
after(() => town?.stop());

/** The words of a PDF. */
function pdfText(bytes) {
  const folder = mkdtempSync(join(tmpdir(), 'brief-'));
  writeFileSync(join(folder, 'a.pdf'), bytes);
  const text = execFileSync('pdftotext', ['-layout', join(folder, 'a.pdf'), '-'], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return text.replace(/\u00ad?-?\n\s*/g, ' ').replace(/\s+/g, ' ');
}

let dog = 0;
/** A new case; returns its path at the desk and the applicant's status page. */
async function newCase(options = {}) {
  const { caseNumber, status } = await apply(town, { chip: `2760981000${String(70000 + ++dog).padStart(5, '0')}`, ...options });
  return { path: await casePath(town, caseNumber), number: caseNumber, status };
}

test('a note mentions a colleague, who is reminded; its author puts it right', async () => {
  const { path } = await newCase();
  let page = await kurz.get(path);
  const options = page.text.match(/<select id="notiz-an".*?<\/select>/s)[0];
  const jonas = options.match(/value="(konto\/\d+)">Jonas Adler/)[1];
  page = await page.submit({ text: 'Bitte einmal ansehen.', an: jonas }, { form: '/notizen' });
  assert.match(page.words, /Ihre Notiz ist gespeichert/);
  const seen = await adler.get(path);
  assert.match(seen.words, /Wiedervorlagen heute Bitte einmal ansehen. für mich, von Sabine Kurz/);
  assert.ok(!seen.links.some(l => l.text.startsWith('Berichtigen')), 'only the author corrects a note');
  page = await (await page.follow('Berichtigen')).submit({ text: 'Bitte heute ansehen.' });
  assert.match(page.words, /Bitte heute ansehen\..*Vor der Berichtigung.*Bitte einmal ansehen\./);
  const done = await (await adler.get(path)).submit({}, { form: '/wiedervorlagen/', button: 'Erledigt' });
  assert.match(done.words, /Die Wiedervorlage ist erledigt/);
  assert.doesNotMatch(done.words, /Wiedervorlagen heute/);
});

/** The page came back with the words in this field and what is wrong beside it. */
function keeps(page, id, words, wrong) {
  assert.equal(page.status, 409);
  const field = page.text.match(new RegExp(`<(textarea|input)[^>]* id="${id}"[^>]*>(?:\\n?([^<]*)</textarea>)?`));
  assert.ok((field[2] ?? field[0].match(/value="([^"]*)"/)[1]) === words, id);
  assert.ok(new RegExp(`aria-describedby="[^"]*${id}-fehler"`).test(field[0]), id);
  const said = page.text.match(new RegExp(`id="${id}-fehler".*?</p>`, 's'))[0].replace(/<[^>]*>|\s+/g, ' ');
  assert.match(said, wrong);
}

test('what is too long comes back with its words and says so at the field', async () => {
  const { path } = await newCase({ complete: false });
  const page = await kurz.get(path), long = 'ä '.repeat(7000).trim(), wrong = /ist zu lang: höchstens [\d.]+ Zeichen/;
  const jonas = page.text.match(/<select id="notiz-an".*?<\/select>/s)[0].match(/value="(konto\/\d+)">Jonas Adler/)[1];
  const note = await page.submit({ text: long, an: jonas }, { form: '/notizen' });
  keeps(note, 'notiz', long, wrong);
  assert.match(note.text, new RegExp(`value="${jonas}" selected`));
  assert.match((await note.submit({ text: 'Kürzer.' }, { form: '/notizen' })).words, /Ihre Notiz ist gespeichert/);
  const again = await (await kurz.get(path)).follow('Berichtigen');
  keeps(await again.submit({ text: long }), 'text', long, wrong);
  const question = await page.submit({ feld: 'person/vornamen', art: 'outdated', frage: long }, { button: 'Prüfhinweis ergänzen' });
  keeps(question, 'neu-frage', long, wrong);
  assert.match(question.text, /<details class="desk-fold" open><summary>Eigenen Prüfhinweis ergänzen/);
  assert.match(question.text, /value="outdated" selected/);
  keeps(await page.submit({ grund: long }, { form: '/hinweise/schliessen' }), 'schliessen-grund', long, wrong);
  const asking = await page.submit({}, { button: 'Nachfordern' });
  keeps(await asking.submit({ zusatz: long }, { button: 'Jetzt nachfordern' }), 'zusatz', long, wrong);
  keeps(await asking.submit({ zusatz: 'Bitte bald.', bis: '1.1.2020' }, { button: 'Jetzt nachfordern' }), 'bis', '1.1.2020', /liegt in der Vergangenheit/);
  const letter = await (await kurz.get(path)).follow('Brief schreiben');
  keeps(await letter.submit({ betreff: 'Ihr Hund', text: long }, { button: 'Brief ansehen' }), 'text', long, wrong);
  const sure = await newCase(), preview = await (await kurz.get(`${sure.path}/entscheidung/festsetzen`)).submit({ marke_von: '3500' }, { button: 'Brief ansehen' });
  for (const button of ['Brief neu ansehen', 'Steuer festsetzen'])
    keeps(await preview.submit({ 'brief-0-einleitung': long }, { button }), 'brief-0-einleitung', long, wrong);
  keeps(await preview.submit({ bemerkung: long }, { button: 'Steuer festsetzen' }), 'bemerkung', long, wrong);
});

/** A double click: the form goes twice at once; the second answer is what the browser shows. */
async function twice(page, values, options) {
  const [, second] = await Promise.all([page.submit(values, options), page.submit(values, options)]);
  return second;
}

test('a reminder is laid, moved and refused in the past; another deadline needs its reason', async () => {
  const { path } = await newCase();
  let page = await (await kurz.get(path)).follow('Wiedervorlage anlegen');
  page = await page.submit({ wann: '1.1.2020', text: 'Rückruf' });
  assert.match(page.words, /Der Tag liegt in der Vergangenheit/);
  page = await twice(page, { wann: '1.6.2031', text: 'Rückruf' });
  assert.match(page.words, /Die Wiedervorlage ist angelegt.*Rückruf/);
  assert.equal(new Set(page.text.match(/wiedervorlagen\/\d+/g)).size, 1, 'it is there once');
  page = await page.submit({ wann: '2.6.2031' }, { form: '/wiedervorlagen/', button: 'Verschieben' });
  assert.match(page.words, /Die Wiedervorlage ist verschoben/);
  page = await (await page.follow('Frist ändern')).submit({ wann: '1.7.2031' });
  assert.match(page.words, /Der Grund fehlt/);
  page = await page.submit({ wann: '1.7.2031', grund: 'Der Amtstierarzt ist krank.' });
  assert.match(page.words, /Die Frist ist geändert.*Frist geändert auf den 1. Juli 2031: Der Amtstierarzt ist krank\./);
});

/** An application whose tax for several years is above the limit from which two people decide. */
async function dearCase(vornamen) {
  const body = await dogApplication(town);
  const past = { ...body.hunde[0], haltung_seit: '2023-01-10', geburt: '2020-05' };
  const hunde = [0, 1].map(i => ({ ...past, name: `Hund ${i}`, chip: `2760981000${String(71000 + ++dog).padStart(5, '0')}` }));
  // Of a keeper of their own: the dogs of another case would count for the others' tax.
  return newCase({ change: { hunde, person: { ...body.person, familienname: 'Reichmann', ...(vornamen && { vornamen }) } } });
}

/** Kurz proposes; returns the path of the proposal. */
async function propose(path, tag, edits = {}) {
  let page = await kurz.get(`${path}/entscheidung/festsetzen`);
  page = await page.submit({ marke_von: String(tag) }, { button: 'Brief ansehen' });
  assert.match(page.words, /Zwei Personen entscheiden/);
  if (Object.keys(edits).length) page = await page.submit({ marke_von: String(tag), ...edits }, { button: 'Brief neu ansehen' });
  page = await page.submit({ bemerkung: 'Bitte die Jahre prüfen.' }, { button: 'Zur Zustimmung vorschlagen' });
  assert.match(page.words, /Ihr Vorschlag liegt jetzt zur Zustimmung/);
  return page.links.find(l => l.text === 'Vorschlag ansehen').href;
}

test('two people decide: one proposes, another approves, and the citizen gets the edited letter', async () => {
  const { path, number, status } = await dearCase();
  const proposal = await propose(path, 3001, { 'brief-0-einleitung': 'wie am Telefon besprochen, setzen wir die Steuer **nachträglich** fest.' });
  assert.match((await kurz.get(path)).words, /Eine andere Person muss zustimmen/);
  let own = await kurz.get(proposal);
  assert.ok(!own.text.includes('Zustimmen und entscheiden'), 'nobody approves their own');
  own = await kurz.post(proposal, { csrf: own.csrf, zustimmen: '1' });
  assert.equal(own.status, 403);
  const list = await adler.get('/desk/zustimmungen');
  assert.match(list.words, new RegExp(`Warten auf Sie.*${number}.*Steuer festsetzen`));
  let page = await list.follow(number);
  assert.match(page.words, /Vorgeschlagen von Sabine Kurz.*Bitte die Jahre prüfen\./);
  assert.match(page.words, /wie am Telefon besprochen/);
  assert.match(page.words, /Der Wortlaut ist von Hand geändert/);
  page = await page.submit({}, { button: 'Zustimmen und entscheiden' });
  assert.match(page.words, /Ihre Entscheidung ist gespeichert.*Festgesetzt|Ihre Entscheidung ist gespeichert/);
  const citizen = town.visitor();
  const letter = await eventually(async () => (await citizen.get(status)).links.find(l => l.text.includes('Bescheid über die Hundesteuer')), 'the notice');
  const pdf = await citizen.get(letter.href);
  const text = pdfText(pdf.bytes);
  assert.match(text, /wie am Telefon besprochen, setzen wir die Steuer nachträglich fest/);
  assert.match(text, /Rechtsbehelfsbelehrung/);
});

test('who approves sees a sign that no letter can print, and must tick it too', async () => {
  const { path } = await dearCase('李');
  let page = await (await kurz.get(`${path}/entscheidung/festsetzen`)).submit({ marke_von: '3051' }, { button: 'Brief ansehen' });
  page = await page.submit({ marke_von: '3051', 'zeichen-gesehen': 'ja' }, { button: 'Zur Zustimmung vorschlagen' });
  const proposal = page.links.find(l => l.text === 'Vorschlag ansehen').href;
  page = await adler.get(proposal);
  assert.match(page.words, /Kein Brief kann das Zeichen „李“ drucken; es steht in „Vornamen“\./);
  page = await page.submit({}, { button: 'Zustimmen und entscheiden' });
  assert.equal(page.status, 409);
  assert.match(page.words, /bestätigen Sie, dass er so hinausgehen soll/);
  page = await page.submit({ 'zeichen-gesehen': 'ja' }, { button: 'Zustimmen und entscheiden' });
  assert.match(page.words, /Ihre Entscheidung ist gespeichert/);
});

test('a proposal goes back with a reason, and is void when the case has changed', async () => {
  const { path, number } = await dearCase();
  const proposal = await propose(path, 3101);
  let page = await adler.get(proposal);
  page = await page.submit({ grund: '' }, { button: 'Zurückgeben' });
  assert.match(page.words, /Bitte schreiben Sie, warum/);
  page = await page.submit({ grund: 'Das Jahr 2023 stimmt nicht.' }, { button: 'Zurückgeben' });
  assert.match(page.words, /Der Vorschlag ist zurückgegeben/);
  assert.match((await kurz.get('/desk/zustimmungen')).words, new RegExp(`Zurück an Sie.*${number}.*Das Jahr 2023 stimmt nicht`));
  const second = await propose(path, 3102);
  page = await kurz.get(path);
  await page.submit({ frage: 'Seit wann haben Sie den Hund?' }, { button: 'Prüfhinweis ergänzen' });
  page = await adler.get(second);
  assert.match(page.words, /Der Vorschlag gilt nicht mehr/);
  assert.ok(!page.text.includes('Zustimmen und entscheiden'));
  page = await adler.post(second, { csrf: page.csrf, zustimmen: '1' });
  assert.equal(page.status, 409);
  assert.match(page.words, /Seit dem Vorschlag hat sich der Vorgang geändert/);
});

test('of two who approve at the same moment one decides', async () => {
  const { path } = await dearCase();
  const proposal = await propose(path, 3201);
  const adlers = [adler, await town.staff('adler', 'hundesteuer-adler'), await town.staff('adler', 'hundesteuer-adler')];
  const pages = await Promise.all(adlers.map(who => who.get(proposal)));
  const answers = await Promise.all(pages.map(page => page.submit({}, { button: 'Zustimmen und entscheiden', redirect: false })));
  assert.deepEqual(answers.map(a => a.status).sort(), [303, 409, 409]);
  assert.equal((await kurz.get(path)).words.match(/Hundesteuer 2023/g).length > 0, true);
});

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

test('documents stand beside the data, are marked, and a rejected one becomes a question', async () => {
  const { path, status } = await newCase();
  let page = await kurz.get(path);
  page = await page.follow('nachweis.pdf');
  const frame = page.text.match(/<iframe class="desk-viewer__page" src="([^"#]+)/)[1];
  const shown = await kurz.get(frame);
  assert.equal(shown.headers['content-type'], 'application/pdf');
  assert.match(shown.headers['content-security-policy'], /default-src 'none'/);
  assert.equal(shown.headers['x-content-type-options'], 'nosniff');
  page = await page.submit({ grund: '' }, { button: 'Ablehnen' });
  assert.match(page.words, /Bitte schreiben Sie, warum das Dokument nicht genügt/);
  page = await (await kurz.get(path)).follow('nachweis.pdf');
  page = await page.submit({ grund: 'Der Nachweis ist abgelaufen.', frage: 'Bitte schicken Sie einen gültigen Nachweis.' }, { button: 'Ablehnen' });
  assert.match(page.words, /Das Dokument ist gekennzeichnet/);
  assert.match(page.words, /nachweis.pdf [\d,]+ [km]B, abgelehnt Fehlt: Bitte schicken Sie einen gültigen Nachweis\. nachweis\.pdf/i);
  page = await page.follow('Dokument hinzufügen');
  page = await page.submit({ titel: 'Anruf der Halterin', eingang: '1.1.2031' }, { files: [{ field: 'datei', name: 'a.png', type: 'image/png', bytes: PNG }] });
  assert.match(page.words, /liegt in der Zukunft/);
  page = await twice(page, { titel: 'Foto vom Chip', eingang: '2.11.2026' }, { files: [{ field: 'datei', name: 'a.png', type: 'image/png', bytes: PNG }] });
  assert.match(page.words, /Das Dokument liegt jetzt im Vorgang.*Schriftstück: Foto vom Chip 2. November 2026/);
  assert.equal(page.words.match(/Schriftstück: Foto vom Chip/g).length, 1, 'it is there once');
  page = await page.follow('Foto vom Chip');
  page = await page.follow('Nach rechts drehen');
  assert.match(page.text, /desk-viewer__image--90/);
  const image = await kurz.get(page.text.match(/<img class="desk-viewer__image[^"]*" src="([^"]+)/)[1]);
  assert.match(image.headers['content-security-policy'], /sandbox/);
  assert.doesNotMatch((await town.visitor().get(status)).words, /Foto vom Chip/);
});

/** Add a scan to a case. */
async function scan(path, title) {
  const page = await kurz.get(`${path}/dokumente`);
  return page.submit({ titel: title, eingang: '2.11.2026' }, { files: [{ field: 'datei', name: 'a.png', type: 'image/png', bytes: PNG }] });
}

test('a scan is chosen, looked at and released; it can be taken back until the citizen has opened it', async () => {
  const { path, status } = await newCase();
  const citizen = town.visitor();
  await scan(path, 'Foto vom Chip');
  let page = await scan(path, 'Schreiben der Versicherung');
  page = await page.follow('Schriftstücke für die antragstellende Person freigeben');
  const release = page.url;
  page = await page.submit({ notiz: 'Das brauchen Sie für die Versicherung.' }, { form: '/freigabe', button: 'Vorschau' });
  assert.match(page.words, /Bitte wählen Sie ein Schriftstück aus/);
  const ids = [...page.text.matchAll(/name="dokument" value="(\d+)"/g)].map(m => m[1]);
  page = await kurz.post(release, { csrf: page.csrf, dokument: ids[1], notiz: 'Das brauchen Sie für die Versicherung.' });
  assert.match(page.words, /Noch ist nichts freigegeben.*Schreiben der Versicherung.*Dazu schreiben wir Ihnen: Das brauchen Sie.*Etwas liegt für Sie bereit/);
  assert.doesNotMatch((await citizen.get(status)).words, /Schreiben der Versicherung/);
  page = await page.submit({}, { button: 'Schriftstück freigeben' });
  assert.match(page.words, /Freigegeben\. Es liegt jetzt auf der Seite.*Schreiben der Versicherung [^!]*freigegeben/);

  const mail = (await eventually(() => town.mails().find(text => /Etwas[_ ]liegt/.test(text)), 'the mail')).replace(/=\r?\n/g, '');
  assert.doesNotMatch(mail, /Versicherung|Schreiben/);
  assert.ok(mail.includes(status), 'the mail leads to the status page');
  let seen = await citizen.get(status);
  assert.match(seen.words, /Schreiben der Versicherung [^,]*, PNG, .*Dazu schreiben wir Ihnen: Das brauchen Sie für die Versicherung\./);
  assert.doesNotMatch(seen.words, /Foto vom Chip/);
  const address = seen.links.find(l => l.text === 'Schreiben der Versicherung').href;

  page = await (await kurz.get(path)).follow('Schreiben der Versicherung');
  assert.match(page.words, /Noch nicht geöffnet/);
  page = await page.submit({}, { button: 'Freigabe zurücknehmen' });
  assert.match(page.words, /Die Freigabe ist zurückgenommen/);
  assert.equal((await citizen.get(address)).status, 404);
  seen = await citizen.get(status);
  assert.doesNotMatch(seen.words, /Schreiben der Versicherung|Das brauchen Sie/);
  assert.match(seen.words, /Wir haben ein Dokument wieder zurückgenommen/);

  page = await kurz.get(release);
  page = await kurz.post(release, { csrf: page.csrf, dokument: ids[1], notiz: 'Bitte aufheben.', freigeben: '1' });
  assert.equal((await citizen.get(address)).headers['content-type'], 'image/png');
  page = await (await kurz.get(path)).follow('Schreiben der Versicherung');
  assert.match(page.words, /hat es am .* geöffnet; die Freigabe lässt sich nicht mehr zurücknehmen/);
  assert.ok(!page.text.includes('Freigabe zurücknehmen</'), 'no button any more');
  page = await kurz.post(`${path}/dokumente/${ids[1]}/zuruecknehmen`, { csrf: page.csrf });
  assert.equal(page.status, 409);
  assert.equal((await citizen.get(address)).status, 200);
  page = await kurz.post(release, { csrf: page.csrf, dokument: ids[1], freigeben: '1' });
  assert.match(page.words, /schon freigegeben/);

  const history = (await kurz.get(`${path}/verlauf`)).words;
  assert.match(history, /Freigegebenes Schriftstück geöffnet: Schreiben der Versicherung.*freigegeben: Schreiben der Versicherung \(dazu: Bitte aufheben\.\).*Freigabe zurückgenommen.*\(dazu: Das brauchen Sie für die Versicherung\.\)/);
  const own = (await citizen.get(`${status}/daten.json`)).json();
  const [document] = own.documents.filter(d => d.kind === 'scan');
  assert.equal(own.documents.filter(d => d.kind === 'scan').length, 1);
  assert.equal(document.note, 'Bitte aufheben.');
  assert.ok(document.released && document.opened);
});

test('a duplicate goes on in the other case; its applicant is told, and it can be taken back', async () => {
  const kept = await newCase();
  const duplicate = await newCase();
  let page = await kurz.get(duplicate.path);
  assert.match(page.words, /betreffen? dieselbe Person oder Sache/);
  page = await page.follow('Verbinden');
  assert.match(page.words, new RegExp(`${kept.number}.*gleiche Person \\(Name und Geburtsdatum\\)`));
  page = await page.submit({ nummer: kept.number, grund: 'Zweimal abgeschickt' }, { button: 'aufgehen lassen' });
  assert.match(page.words, /Es geht weiter in.*Der Vorgang ist zusammengeführt/);
  assert.doesNotMatch(page.words, /Steuer festsetzen/);
  const other = await kurz.get(kept.path);
  assert.match(other.words, new RegExp(`Geht hier weiter: ${duplicate.number}.*Dokumente aus ${duplicate.number} nachweis.pdf`));
  assert.equal((await other.follow(/^Verknüpft|nachweis.pdf/)).status, 200);
  const status = await town.visitor().get(duplicate.status);
  assert.match(status.words, new RegExp(`zusammen mit einem anderen, unter der Nummer ${kept.number}`));
  assert.ok(!status.text.includes(kept.status), 'a guest is not led into the other case');
  const mail = await eventually(() => town.mails().find(text => text.replace(/=\r?\n/g, '').includes(`unter der Nummer ${kept.number}`)), 'the mail');
  assert.ok(mail.replace(/=\r?\n/g, '').includes(kept.status), 'the mail goes to the address that has the link already');
  page = await (await kurz.get(duplicate.path)).follow('Vorgänge verbinden');
  page = await page.submit({}, { button: 'Zusammenführung zurücknehmen' });
  assert.match(page.words, /zurückgenommen.*Steuer festsetzen/);
  assert.doesNotMatch((await town.visitor().get(duplicate.status)).words, /zusammen mit einem anderen/);
});

const byNumber = page => page.forms.findIndex(f => f.buttons.some(x => x.text === 'Verknüpfen'));

test('links need both numbers and the right to work in both', async () => {
  const a = await newCase(), b = await newCase();
  let page = await (await kurz.get(a.path)).follow('Verbinden');
  page = await page.submit({ nummer: 'HUND-1999-000001-1' }, { form: byNumber(page) });
  assert.match(page.words, /gibt es nicht/);
  assert.match(page.text, /<input[^>]* id="nummer"[^>]*value="HUND-1999-000001-1"/, 'what was typed is still there');
  assert.match(page.text, /<input[^>]* id="in"[^>]*value=""/, 'and in no other form: a merge ends a case');
  page = await page.submit({ nummer: 'HUND-1999-000002-2' }, { button: `${a.number} in diesem Vorgang aufgehen lassen` });
  assert.match(page.text, /<input[^>]* id="in"[^>]*value="HUND-1999-000002-2"/);
  assert.match(page.text, /<input[^>]* id="nummer"[^>]*value=""/);
  page = await page.submit({ nummer: b.number, grund: 'Nachbarn' }, { form: byNumber(page) });
  assert.match(page.words, new RegExp(`Die Vorgänge sind verknüpft.*${b.number}.*Nachbarn`));
  assert.match((await kurz.get(b.path)).words, new RegExp(a.number));
});

test('every case that may belong to one is reached, by pages', async () => {
  const { path } = await newCase();
  const sql = text => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), text], { encoding: 'utf8' }).trim();
  for (let i = 0; i < 25; i++) await newCase();
  const all = Number(sql(`SELECT COUNT(DISTINCT o.case_id) FROM case_key k JOIN case_key o ON o.key = k.key AND o.case_id <> k.case_id WHERE k.case_id = ${path.match(/\d+$/)[0]}`));
  let page = await (await kurz.get(path)).follow('Verbinden');
  const found = new Set();
  for (;;) {
    assert.match(page.words, new RegExp(`Gehört vielleicht dazu \\(${all}\\)`));
    for (const [, other] of page.text.matchAll(/data-row>(HUND-[\d-]+)/g)) found.add(other);
    if (!page.links.some(link => link.text === 'Nächste Seite')) break;
    page = await page.follow('Nächste Seite');
  }
  assert.equal(found.size, all);
});

test('the whole history tells data field by field, money, registers, mails and looks', async () => {
  const { path, status } = await newCase({ complete: false });
  await (await (await kurz.get(path)).submit({}, { form: 'nachfordern' })).submit({}, { form: 'senden' });
  const form = await (await town.visitor().get(status)).follow('Jetzt antworten');
  const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
  await form.submit({ 'statt-antwort': 'Die Zahl der Hunde stimmt.' }, { files: [{ field: 'hunde[0].versicherung_nachweis', name: 'police.pdf', type: 'application/pdf', bytes: pdf }] });
  await assess(kurz, path.match(/\d+$/)[0], 3900);
  const page = await (await kurz.get(path)).follow('Ganzer Verlauf');
  assert.match(page.words, /Hund 1, [^:]*achweis[^:]*: keine Angabe → police\.pdf/);
  assert.match(page.words, /Kasse Hundesteuer 2026: [\d,]+ €/);
  assert.match(page.words, /Registereintrag: .*gilt ab/);
  assert.match(page.words, /E-Mail (verschickt|wartet): Ihre Anmeldung ist eingegangen/);
  assert.doesNotMatch(page.words, /Vorgang angesehen/);
  assert.match((await page.follow('Wer angesehen hat')).words, /Sabine Kurz Vorgang angesehen/);
  assert.doesNotMatch((await page.follow('Geld')).words, /Registereintrag/);
});

test('a letter by hand, with text blocks, lies in the mailbox as it was looked at', async () => {
  const { path, status, number } = await newCase();
  let page = await (await kurz.get(path)).follow('Brief schreiben');
  page = await page.submit({ betreff: 'Ihre Frage vom Montag', baustein: 'anrede' }, { button: 'Am Ende einfügen' });
  page = await page.submit({ baustein: 'zwischenstand' }, { button: 'Am Ende einfügen' });
  const text = page.forms.find(f => f.action.endsWith('/brief')).fields.find(([name]) => name === 'text')[1];
  assert.match(text, new RegExp(`Guten Tag Erika Mustermann,\\s+Ihr Schreiben zum Vorgang ${number}`));
  page = await page.submit({ text: `${text}\n\nKein Zeichen 𓀀` }, { button: 'Brief ansehen' });
  assert.match(page.words, /Der Text enthält das Zeichen/);
  page = await page.submit({ text: `${text}\n\n- erstens\n- **zweitens**` }, { button: 'Brief ansehen' });
  assert.match(page.text, /<li>erstens<\/li>\s*<li><strong>zweitens<\/strong>/);
  const preview = page, send = () => preview.submit({}, { button: 'Brief verschicken' });
  [page] = await Promise.all([send(), send()]); // a double click
  assert.match(page.words, /Ihr Brief wird verschickt/);
  const citizen = town.visitor();
  const letter = await eventually(async () => (await citizen.get(status)).links.find(l => l.text === 'Ihre Frage vom Montag'), 'the letter');
  assert.match(pdfText((await citizen.get(letter.href)).bytes), /Ihr Schreiben zum Vorgang .*erstens.*zweitens/);
  assert.equal((await kurz.get(`${path}/verlauf`)).words.match(/Brief geschrieben/g).length, 1, 'it went once');
});
