// SPDX-License-Identifier: EUPL-1.2
// The case page is kept in memory between looks. Whatever it shows, nobody sees it as it was before.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { apply, assess, casePath, statement } from './lib/dogs.mjs';
import { eventually, program, startTown } from './lib/town.mjs';

let town, kurz, adler, admin;
before(async () => {
  town = await startTown();
  [kurz, adler, admin] = await Promise.all([town.staff('kurz', 'hundesteuer-kurz'), town.staff('adler', 'hundesteuer-adler'), town.staff('admin', 'rathaus-admin')]);
});
after(() => town?.stop());

let dog = 0;
async function newCase(options = {}) {
  const { caseNumber, status } = await apply(town, { chip: `2760981000${String(60000 + ++dog).padStart(5, '0')}`, ...options });
  return { path: await casePath(town, caseNumber), number: caseNumber, status };
}
const kept = async () => Number((await town.visitor().get('/metrics')).text.match(/^rathaus_kept_found_total (\d+)/m)[1]);

/** The page, which has been kept for its reader: the second look found it in memory. */
async function keptPage(who, path) {
  for (let i = 0; i < 5; i++) {
    const first = await who.get(path);
    const before = await kept();
    const second = await who.get(path);
    if (await kept() >= before + 2 && second.words === first.words) return second; // else something was still being done for the case
  }
  throw new Error(`${path} is not kept, or reads otherwise`);
}

/** `change` is done by somebody else; then the page that was kept shows `after`, and did not before. */
async function shows(path, after, change) {
  const before = await keptPage(kurz, path);
  assert.doesNotMatch(before.words, after);
  await change(await adler.get(path));
  assert.match((await kurz.get(path)).words, after);
}

test('what a colleague does in the case is on the page at the next look', async () => {
  const { path } = await newCase({ complete: false });
  await shows(path, /Bitte Rasse prüfen/, page => page.submit({ text: 'Bitte Rasse prüfen.' }, { form: '/notizen' }));
  await shows(path, /Bitte Farbe prüfen/, async page => (await page.follow('Berichtigen')).submit({ text: 'Bitte Farbe prüfen.' }));
  await shows(path, /Wiedervorlagen .*Rückruf/, async page => (await page.follow('Wiedervorlage anlegen')).submit({ wann: '1.6.2031', text: 'Rückruf' }));
  await shows(path, /1\. Juli 2031/, async page => (await page.follow('Frist ändern')).submit({ wann: '1.7.2031', grund: 'Krankheit' }));
  await shows(path, /Wie groß ist der Hund\?/, page => page.submit({ frage: 'Wie groß ist der Hund?' }, { button: 'Prüfhinweis ergänzen' }));
  await shows(path, /nicht von Belang: schon bekannt/, page => page.submit({ grund: 'schon bekannt' }, { button: 'Prüfhinweis schließen' }));
  await shows(path, /Foto vom Chip/, async page => (await page.follow('Dokument hinzufügen')).submit({ titel: 'Foto vom Chip', eingang: '2.11.2026' }, { files: [{ field: 'datei', name: 'a.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.4\n%%EOF\n') }] }));
  await shows(path, /Foto vom Chip 2\. November 2026, \d+ kB gesehen/, async page => (await page.follow('Foto vom Chip')).submit({}, { button: 'Gesehen' }));
  await shows(path, /Wir warten auf die Antwort/, async page => (await page.submit({}, { form: 'nachfordern' })).submit({}, { form: 'senden' }));
});

test('another case: a hint, a link and its state, the list beside', async () => {
  const one = { person: { familienname: 'Mustermann', vornamen: 'Erika', geburtsdatum: '1971-02-03', email: 'e@beispiel.example' } };
  const { path } = await newCase({ change: one });
  let other;
  await shows(path, /Vorgänge betreffen dieselbe Person/, async () => { other = await newCase({ change: one }); await newCase({ change: one }); });
  await shows(path, /Verbundene Vorgänge.*Nachbarn/, async page => {
    const form = await page.follow('Verbinden');
    const at = form.forms.findIndex(f => f.buttons.some(x => x.text === 'Verknüpfen') && f.fields.some(([name, value]) => name === 'nummer' && value === ''));
    await form.submit({ nummer: other.number, grund: 'Nachbarn' }, { form: at });
  });
  await shows(path, new RegExp(`${other.number} Erika Mustermann Hund anmelden, In Prüfung`), async () => { // its state
    await (await (await adler.get(other.path)).follow('In Prüfung nehmen')).submit({}, { button: 'In Prüfung nehmen' });
  });
  const list = page => page.text.match(/<aside class="desk-aside".*?<\/aside>/s)[0];
  const before = list(await keptPage(kurz, path));
  await apply(town, { chip: '276098100069999', change: { person: { familienname: 'Listenreich', vornamen: 'Lena', geburtsdatum: '1980-01-01' } } });
  assert.doesNotMatch(before, /Listenreich/);
  assert.match(list(await kurz.get(path)), /Listenreich/);
});

test('the citizen’s answer, the decision and a payment that another process reads in', async () => {
  const { path, status } = await newCase({ complete: false });
  await (await (await kurz.get(path)).submit({}, { form: 'nachfordern' })).submit({}, { form: 'senden' });
  const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
  await shows(path, /police\.pdf/, async () => (await (await town.visitor().get(status)).follow('Jetzt antworten'))
    .submit({}, { files: [{ field: 'hunde[0].versicherung_nachweis', name: 'police.pdf', type: 'application/pdf', bytes: pdf }] }));
  await shows(path, /Festgesetzt Bezahlt Hundesteuer/, () => assess(adler, path.match(/\d+$/)[0], 9100));
  await eventually(async () => (await kurz.get(path)).words.includes('Brief: Bescheid') && !(await kurz.get(path)).words.includes('wird gerade erstellt'), 'the notice');
  const reference = (await kurz.get(path)).words.match(/\b5\d{13}\b/)[0];
  await shows(path, /1,23 €/, () => {
    const file = join(town.dataDir, 'auszug.xml');
    writeFileSync(file, statement([{ amount: '1.23', text: reference }]));
    execFileSync(program, ['bank', 'import', file, '--data', town.dataDir, '--tenant', 'musterstadt'], { stdio: 'pipe' });
  });
});

test('who works here: names, absences, assignment', async () => {
  const { path } = await newCase();
  const weber = await town.staff('weber', 'hundesteuer-weber');
  await shows(path, /Zuständig Jonas Adler/, async () => {
    const theirs = await weber.get(path);
    const id = theirs.text.match(/<select id="zustaendig".*?<\/select>/s)[0].match(/value="(\d+)"[^>]*>Jonas Adler/)[1];
    await theirs.submit({ konto: id }, { form: '/zustaendig' });
  });
  const page = await keptPage(weber, path);
  assert.doesNotMatch(page.words, /abwesend/);
  const today = new Date().toLocaleDateString('de-DE', { timeZone: 'Europe/Berlin' });
  await (await kurz.get('/desk/abwesenheit')).submit({ von: today, bis: today }, { form: 'abwesenheit' });
  assert.match((await weber.get(path)).words, /Sabine Kurz \(abwesend/);
});

test('a look is noted though the page is kept', async () => {
  const { path } = await newCase();
  await keptPage(adler, path);
  await keptPage(await town.staff('weber', 'hundesteuer-weber'), path);
  const looks = (await adler.get(`${path}/verlauf?art=blicke`)).words;
  assert.match(looks, /Jonas Adler Vorgang angesehen/);
  assert.match(looks, /Weber Vorgang angesehen/);
});

test('a page is its reader’s own: with their rights, and none when these are taken', async () => {
  const { path } = await newCase();
  await keptPage(kurz, path);
  const yildiz = await town.staff('yildiz', 'ordnung-yildiz');
  const theirs = await yildiz.get(path);
  assert.notEqual(theirs.words, (await kurz.get(path)).words);
  assert.equal((await (await town.staff('brandt', 'stadtkasse-brandt')).get(path)).status, 403);
  // Tokens of forms are new on each page, and the signed-in person's own.
  const [a, b] = [await kurz.get(path), await kurz.get(path)];
  assert.notEqual(a.csrf, b.csrf);
  assert.equal(new Set(a.forms.flatMap(f => f.fields).filter(([name]) => name === 'csrf').map(([, value]) => value)).size, 1);
  assert.match((await b.submit({ text: 'Von der gehaltenen Seite' }, { form: '/notizen' })).words, /Ihre Notiz ist gespeichert/);
  await keptPage(kurz, path);
  const id = (await admin.get('/desk/personal')).links.find(l => /Sabine Kurz/.test(l.text)).href;
  for (let i = 0; i < 5; i++) {
    const person = await admin.get(id);
    if (!person.forms.some(f => f.action.endsWith('/entziehen'))) break;
    await person.submit({}, { form: '/entziehen' });
  }
  assert.equal((await kurz.get(path)).status, 403);
});
