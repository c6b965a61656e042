// SPDX-License-Identifier: EUPL-1.2
// The work list: filters that the address holds, saved views, who takes the next case, who stands in for whom.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { apply } from './lib/dogs.mjs';
import { startTown } from './lib/town.mjs';

let town, kurz, adler, weber;
const numbers = [];
before(async () => {
  town = await startTown();
  numbers.push((await apply(town, { chip: '276098100006001', complete: false })).caseNumber);
  numbers.push((await apply(town, { chip: '276098100006002' })).caseNumber);
  numbers.push((await apply(town, { chip: '276098100006003', dog: { rasse: 'american_staffordshire_terrier' } })).caseNumber);
  kurz = await town.staff('kurz', 'hundesteuer-kurz');
  adler = await town.staff('adler', 'hundesteuer-adler');
  weber = await town.staff('weber', 'hundesteuer-weber');
});
after(() => town?.stop());

/** The numbers of the cases that a list shows, in its order. */
const listed = page => [...page.text.matchAll(/data-row[^>]*>(HUND-[\d-]+)/g)].map(([, number]) => number);
const list = async (visitor, query) => listed(await visitor.get(`/desk/vorgaenge?${query}`));

const today = new Date().toLocaleDateString('sv', { timeZone: 'Europe/Berlin' });

test('a filter that means nothing is left out, and the page says so', async () => {
  for (const [query, told] of [['wer=abc', 'wer = abc'], ['wer=99999', 'wer = 99999'], ['wer=0', 'wer = 0'], ['nach=zzz', 'nach = zzz'], ['nach=zzz,3', 'nach = zzz,3'], ['ansicht=quatsch', 'ansicht = quatsch'], ['ansicht=offen&von=gestern&kanal=fax', 'kanal = fax']])
    assert.match((await kurz.get(`/desk/vorgaenge?${query}`)).words, new RegExp(`gibt es hier nicht, sie sind weggelassen: .*${told}`), query);
  assert.doesNotMatch((await kurz.get('/desk/vorgaenge?ansicht=offen&wer=ich')).words, /weggelassen/);
  const register = await kurz.get('/desk/register/hund?f_rasse=quatsch');
  assert.match(register.words, /„quatsch“ gibt es nicht, danach wird nicht gefiltert.*Es gibt: mischling/);
  for (const place of ['zeile=abc', 'zeile=3', 'nach=Bello', 'nach=Bello&zeile=0'])
    assert.match((await kurz.get(`/desk/register/hund?${place}`)).words, /Die Stelle der Liste, die in der Adresse steht, gibt es nicht/, place);
  assert.match((await kurz.get('/desk/register/hund/statistik?nach=quatsch')).words, /Gezählt nach: „quatsch“ gibt es nicht, .*Es gibt: /);
  assert.doesNotMatch((await kurz.get('/desk/register/hund/statistik?nach=rasse')).words, /gibt es nicht/);
});

test('a page that has no part of that name is not found, and no other part is shown for it', async () => {
  for (const path of ['/desk/zahlen?amt=quatsch', '/desk/team?amt=quatsch', '/desk/vorgaenge/1/verlauf?art=quatsch'])
    assert.equal((await weber.get(path)).status, 404, path);
  assert.equal((await weber.get('/desk/vorgaenge/1/verlauf?art=')).status, 200);
});

test('each filter keeps what it names', async () => {
  const [first, second, third] = numbers;
  const all = [first, second, third];
  assert.ok((await list(kurz, 'ansicht=offen&hinweise=ja')).includes(first));
  assert.ok(!(await list(kurz, 'ansicht=offen&hinweise=ja')).includes(second));
  assert.deepEqual(await list(kurz, 'ansicht=offen&amt=steueramt&aufgabe=gefahr'), []);
  const order = await town.staff('yildiz', 'ordnung-yildiz');
  assert.deepEqual(await list(order, 'ansicht=offen&aufgabe=gefahr'), [third]);
  assert.deepEqual(await list(kurz, 'ansicht=offen&verfahren=anmeldung&stand=eingegangen'), all);
  assert.deepEqual(await list(kurz, 'ansicht=offen&verfahren=abmeldung'), []);
  assert.deepEqual(await list(kurz, 'ansicht=offen&kanal=api'), all);
  assert.deepEqual(await list(kurz, 'ansicht=offen&kanal=portal'), []);
  assert.deepEqual(await list(kurz, 'ansicht=offen&sprache=en'), []);
  assert.deepEqual(await list(kurz, `ansicht=offen&von=${today}&bis=${today}`), all);
  assert.deepEqual(await list(kurz, 'ansicht=offen&bis=2020-01-01'), []);
  assert.deepEqual(await list(kurz, 'ansicht=offen&frist=ueberfaellig'), []);
  assert.deepEqual(await list(kurz, 'ansicht=offen&frist=keine'), []);
  assert.deepEqual(await list(kurz, 'ansicht=offen&wartet=ja'), []);
  assert.deepEqual((await list(kurz, 'ansicht=offen&suche=Mustermann&hinweise=ja')).sort(), await list(kurz, 'ansicht=offen&hinweise=ja'));
  const page = await kurz.get('/desk/vorgaenge?ansicht=offen&wer=niemand&hinweise=ja');
  assert.match(page.words, /zugewiesen: noch niemandem, mit offenen Prüfhinweisen/);
  assert.deepEqual(listed(await page.follow('Filter entfernen')), all);
});

test('what was changed last comes first when one asks for that', async () => {
  await (await kurz.get('/desk/vorgaenge/2')).submit({ text: 'Angerufen.' }, { form: 'notizen' });
  assert.equal((await list(kurz, 'ansicht=offen&sortierung=geaendert'))[0], numbers[1]);
  assert.deepEqual(await list(kurz, 'ansicht=offen&sortierung=eingang'), numbers);
});

test('waiting for the applicant is a filter, and the case is not to do meanwhile', async () => {
  await (await (await kurz.get('/desk/vorgaenge/1')).submit({}, { form: 'nachfordern' })).submit({}, { form: 'senden' });
  assert.deepEqual(await list(kurz, 'ansicht=offen&wartet=ja'), [numbers[0]]);
  assert.deepEqual(await list(kurz, 'ansicht=zutun'), [numbers[1], numbers[2]]);
});

test('a view is kept under a name, begins the list, is renamed and deleted', async () => {
  const page = await kurz.get('/desk/vorgaenge?ansicht=offen&wartet=ja');
  const kept = await page.submit({ name: 'Warten lassen', start: 'ja' }, { form: 'ansichten' });
  assert.equal(kept.h1, 'Warten lassen');
  assert.match(kept.words, /Die Ansicht ist gespeichert/);
  assert.equal((await page.submit({ name: 'Warten lassen', start: 'ja' }, { form: 'ansichten' })).url, kept.url, 'sent twice, kept once');
  const other = await (await kurz.get('/desk/vorgaenge?ansicht=offen')).submit({ name: 'Warten lassen' }, { form: 'ansichten' });
  assert.equal(other.status, 422);
  assert.match(other.words, /Eine Ansicht „Warten lassen“ gibt es schon/);
  assert.equal((await kurz.get('/desk/vorgaenge')).h1, 'Warten lassen', 'the list begins with it');
  assert.equal((await adler.get('/desk/vorgaenge')).h1, 'Was jetzt zu tun ist', 'only mine');
  const views = await kurz.get('/desk/ansichten');
  const renamed = await views.submit({ name: 'Antwort offen' }, { form: '/name' });
  assert.match(renamed.words, /Antwort offen/);
  assert.equal((await renamed.submit({ name: '' }, { form: '/name' })).status, 422);
  const stopped = await renamed.submit({}, { button: 'Nicht mehr damit beginnen' });
  assert.doesNotMatch(stopped.words, /Startansicht Nicht/);
  assert.equal((await kurz.get('/desk/vorgaenge')).h1, 'Was jetzt zu tun ist');
  assert.doesNotMatch((await stopped.submit({}, { form: '/loeschen' })).words, /Antwort offen/);
});

test('a view for the office is its leader’s', async () => {
  const mine = await kurz.get('/desk/vorgaenge?ansicht=offen&hinweise=ja');
  assert.doesNotMatch(mine.text, /<select id="fuer"/);
  const refused = await kurz.post('/desk/ansichten', { csrf: mine.csrf, name: 'Für alle', fuer: 'steueramt', abfrage: 'ansicht=offen' });
  assert.equal(refused.status, 403);
  const page = await weber.get('/desk/vorgaenge?ansicht=offen&amt=steueramt&hinweise=ja');
  await page.submit({ name: 'Mit Hinweisen', fuer: 'steueramt' }, { form: 'ansichten' });
  const shown = await (await kurz.get('/desk/vorgaenge?ansicht=zutun')).follow('Mit Hinweisen');
  assert.equal(shown.h1, 'Mit Hinweisen');
  const views = await kurz.get('/desk/ansichten');
  assert.match(views.words, /Mit Hinweisen \(Steueramt\)/);
  assert.ok(!views.forms.some(form => form.action.endsWith('/loeschen')), 'not hers to delete');
  const id = (await weber.get('/desk/ansichten')).forms.find(form => form.action.endsWith('/loeschen')).action.match(/\d+/)[0];
  assert.equal((await kurz.post(`/desk/ansichten/${id}/loeschen`, { csrf: views.csrf })).status, 403);
  const other = await town.staff('yildiz', 'ordnung-yildiz');
  assert.doesNotMatch((await other.get('/desk/vorgaenge?ansicht=zutun')).words, /Mit Hinweisen/);
});

test('two who take the next case at once get two cases, and nobody gets one that is taken', async () => {
  const csrf = new Map();
  for (const visitor of [kurz, adler]) csrf.set(visitor, (await visitor.get('/desk/vorgaenge?ansicht=zutun')).csrf);
  const take = visitor => visitor.post('/desk/naechster', { csrf: csrf.get(visitor), abfrage: 'ansicht=zutun&amt=steueramt' }, { redirect: false });
  const taken = (await Promise.all([take(kurz), take(adler)])).map(answer => answer.headers.location);
  assert.deepEqual(taken.map(path => path.match(/vorgaenge\/(\d+)/)[1]).sort(), ['2', '3']);
  const page = await kurz.get(taken[0]);
  assert.match(page.words, /Sie haben diesen Vorgang übernommen/);
  const none = await weber.post('/desk/naechster', { csrf: (await weber.get('/desk/konto')).csrf, abfrage: 'ansicht=zutun&amt=steueramt' });
  assert.match(none.words, /kein Vorgang frei/);
});

const german = days => new Date(Date.now() + days * 864e5).toLocaleDateString('de-DE', { timeZone: 'Europe/Berlin' });

test('while somebody is away, their cases stand in the deputy’s list and the history tells for whom', async () => {
  const form = await kurz.get('/desk/abwesenheit');
  const deputy = form.text.match(/<option value="(\d+)"[^>]*>Jonas Adler/)[1];
  const order = form.text.match(/<option value="(\d+)"[^>]*>Deniz/);
  assert.equal(order, null, 'somebody of another office cannot stand in');
  const early = await form.submit({ von: german(1), bis: german(0), vertretung: deputy }, { form: 'abwesenheit' });
  assert.equal(early.status, 422);
  assert.match(early.words, /Der letzte Tag liegt vor dem ersten/);
  const done = await form.submit({ von: german(0), bis: german(3), vertretung: deputy }, { form: 'abwesenheit' });
  assert.match(done.words, /Sabine Kurz zurzeit .* Jonas Adler/);
  const hers = await list(kurz, 'ansicht=meine');
  const mine = await adler.get('/desk/vorgaenge?ansicht=meine');
  assert.ok(hers.length > 0 && hers.every(number => listed(mine).includes(number)));
  assert.match(mine.words, /Sie, in Vertretung für Sabine Kurz/);
  const opened = await mine.follow(hers[0]);
  await opened.submit({ text: 'Für Frau Kurz geprüft.' }, { form: 'notizen' });
  assert.match((await adler.get(opened.url)).words, /Jonas Adler, in Vertretung für Sabine Kurz/);
  assert.match((await weber.get(opened.url)).words, /Sabine Kurz \(abwesend, Vertretung: Jonas Adler\)/);
  const again = await form.submit({ von: german(2), bis: german(5), vertretung: deputy }, { form: 'abwesenheit' });
  assert.match(again.words, /schon eine Abwesenheit eingetragen/);
});

test('absences of others are their leader’s', async () => {
  const form = await adler.get('/desk/abwesenheit');
  assert.doesNotMatch(form.text, /name="konto"/);
  const kurzId = (await weber.get('/desk/abwesenheit')).text.match(/<option value="(\d+)"[^>]*>Sabine Kurz/)[1];
  assert.equal((await adler.post('/desk/abwesenheit', { csrf: form.csrf, konto: kurzId, von: german(30), bis: german(31) })).status, 403);
  const led = await weber.get('/desk/abwesenheit');
  const withdrawn = await led.submit({}, { button: 'Zurücknehmen' });
  assert.match(withdrawn.words, /zurückgenommen/);
  const mine = await adler.get('/desk/vorgaenge?ansicht=meine');
  assert.doesNotMatch(mine.words, /in Vertretung/);
  assert.match((await adler.get('/desk/vorgaenge/2')).words + (await adler.get('/desk/vorgaenge/3')).words, /Jonas Adler, in Vertretung für Sabine Kurz/, 'what was done then stays told');
});
