// SPDX-License-Identifier: EUPL-1.2
// Alarms: made by forms, raised by what sensors send, told once, ended, kept over a crash, seen by who may.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { keyOf } from './lib/keys.mjs';
import { point, staClient, weatherStation } from './lib/sta.mjs';
import { eventually, startTown } from './lib/town.mjs';

let town, planner, machine, keys, sta, level;
before(async () => {
  town = await startTown();
  machine = town.visitor(); // one connection for all that a program asks
  sta = await staClient(town);
  planner = await town.staff('planung', 'rathaus-planung');
  const admin = await town.staff('admin', 'rathaus-admin');
  keys = { admin: await keyOf(admin, 'Anke Sommer'), writer: await keyOf(admin, 'Elif Aydın', 'city.read') };
  for (const [name, access] of [['bach', 'public'], ['geheim', 'internal']]) await dataset(name, access);
  [, level] = await station('bach', 'Pegel Mühle');
});
after(() => town.stop());

const dataset = async (name, access) => (await planner.get('/desk/stadtdaten')).submit({ name, titel: `Werte ${name}`, zugang: access }, { button: 'Datensatz anlegen' });

/** A Thing of a dataset with one Datastream: their ids. */
async function station(dataset, name, place) {
  const inside = await staClient(town, { root: `/sta/datasets/${dataset}/v1.1`, known: sta.key });
  const thing = await inside.post('/Things', weatherStation(name, ...place ?? []));
  const streams = (await inside.ask('GET', `/Things(${thing})/Datastreams`)).json().value;
  return [thing, streams[0]['@iot.id']];
}

const observe = (stream, result, minutesAgo = 0) => sta.post('/Observations', {
  result, phenomenonTime: new Date(Date.now() - minutesAgo * 60000).toISOString(), Datastream: { '@iot.id': stream } });

/** An alarm of a dataset, made by its form: its page. */
async function makeAlarm(dataset, kind, values) {
  const form = await planner.get(`/desk/alarme/neu?datensatz=${dataset}&art=${kind}`);
  const page = await form.submit({ reihe: 'alle', ...values }, { button: 'Alarm anlegen' });
  assert.match(page.words, /Der Alarm ist angelegt/, page.words);
  return page.url.replace(/\?.*/, '');
}

const look = async path => (await planner.get(path)).submit({}, { button: 'Jetzt nachsehen' });
const mails = words => town.mails().map(decoded).filter(mail => mail.includes(words));
/** Quoted-printable or base64, headers as they are. */
function decoded(mail) {
  const [head, ...rest] = mail.split(/\r?\n\r?\n/);
  const body = rest.join('\n\n');
  const bytes = /base64/i.test(head) ? Buffer.from(body, 'base64')
    : Buffer.from(body.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
  return `${head}\n\n${bytes.toString('utf8')}`.replaceAll('\r', '');
}
const api = (path, key = sta.key) => machine.get(`/api/v1/city/alarms${path}`, { headers: { authorization: `Bearer ${key}` } });
const history = async path => (await api(`/${path.match(/\d+$/)[0]}/history`)).json().history.reverse();

let water;
test('a threshold is put together by a form, which says what is wrong beside the field', async () => {
  const list = await planner.get('/desk/alarme');
  const choice = await list.follow('Alarm anlegen');
  assert.match((await choice.submit({ datensatz: '' }, { form: 0 })).words, /Bitte wählen Sie einen Datensatz/);
  const form = await choice.submit({ datensatz: 'bach', art: 'grenzwert' }, { form: 0 });
  const wrong = await form.submit({ reihe: '', grenze: '1.250', ende_grenze: '', mails: 'bauhof', oeffentlich: 'ja' }, { button: 'Alarm anlegen' });
  assert.equal(wrong.status, 422);
  for (const words of [/Bitte wählen Sie, was der Alarm überwacht/, /eine Zahl an, mit Komma und ohne Punkte/, /„bauhof“ ist keine vollständige/, /was Bürgerinnen und Bürger lesen sollen/, /Namen mit höchstens 100/])
    assert.match(wrong.words, words);
  const late = await wrong.submit({ name: 'Hochwasser', reihe: `s:${level}`, grenze: '250', ende_grenze: '260', mails: '', oeffentlicher_text: 'Meiden Sie das Ufer.' }, { button: 'Alarm anlegen' });
  assert.match(late.words, /Das Ende darf nicht über dem Grenzwert liegen/);
  const made = await late.submit({ ende_grenze: '230,5', mails: 'bauhof@example.org\nwehr@example.org' }, { button: 'Alarm anlegen' });
  assert.match(made.words, /Der Messwert liegt über 250 °C\. Der Alarm endet erst unter 230,5 °C/);
  assert.match(made.words, /Bedingung value > 250 Ende value < 230\.5/);
  assert.match(made.words, /Der Alarm hat noch nie ausgelöst/);
  water = made.url.replace(/\?.*/, '');
});

test('characters of a name are counted, not bytes', async () => {
  const form = await planner.get('/desk/alarme/neu?datensatz=gewaesser&art=stille');
  const long = await form.submit({ name: 'ß'.repeat(101), reihe: 'alle', grenze: '60' }, { button: 'Alarm anlegen' });
  assert.match(long.words, /Namen mit höchstens 100 Zeichen/);
  const made = await long.submit({ name: 'ß'.repeat(100) }, { button: 'Alarm anlegen' });
  assert.match(made.words, /Der Alarm ist angelegt/);
  await made.submit({}, { button: 'Alarm anhalten' });
});

test('an alarm that is sent twice is made once', async () => {
  const form = await planner.get('/desk/alarme/neu?datensatz=gewaesser&art=stille');
  const answers = await Promise.all([1, 2].map(() => form.submit({ name: 'Doppelklick', reihe: 'alle', grenze: '60' }, { button: 'Alarm anlegen' })));
  assert.deepEqual(answers.map(answer => answer.status), [200, 200]);
  assert.equal((await planner.get('/desk/alarme')).text.match(/>Doppelklick</g).length, 1);
  await answers.find(answer => /Der Alarm ist angelegt/.test(answer.words)).submit({}, { button: 'Alarm anhalten' });
});

test('an Observation raises it, each address is told once, and citizens are warned', async () => {
  await observe(level, 249, 2);
  assert.doesNotMatch((await look(water)).words, /ausgelöst heute/);
  await observe(level, 251.5, 1);
  const raised = await look(water);
  assert.match(raised.words, /Lufttemperatur Pegel Mühle ausgelöst heute/);
  assert.match(raised.text, /<path class="chart-line chart-line--measured"/);
  await look(water);
  await eventually(() => mails('Hochwasser').length === 2, 'two mails');
  const [mail] = mails('Hochwasser').filter(text => /^To: .*bauhof/m.test(text));
  assert.match(mail, /ist ausgelöst:/);
  assert.match(mail, /Lufttemperatur Pegel Mühle: 251,5 °C/);
  assert.match(mail, /Messstelle: Pegel Mühle\n\s+Ort: 51, 13\.7/);
  const page = await town.visitor().get('/stadtdaten');
  assert.match(page.words, /Warnung, heute, \d+:\d\d Uhr Meiden Sie das Ufer\./);
  assert.deepEqual((await history(water)).map(entry => [entry.state, entry.value, entry.unit, entry.mailed]), [['raised', 251.5, '°C', true]]);
});

test('what is raised stays raised over a crash and is told no second time', async () => {
  await town.restart({ hard: true });
  planner = await town.staff('planung', 'rathaus-planung');
  await look(water);
  await look(water);
  assert.equal((await history(water)).length, 1);
  assert.equal(mails('Hochwasser').length, 2);
  const page = await planner.get(water);
  const done = await page.submit({}, { form: 'bestaetigen' });
  assert.match(done.words, /Sie haben den Alarm bestätigt/);
  assert.match((await planner.get('/desk/alarme?zustand=ausgeloest')).words, /Hochwasser bestätigt/);
  assert.match(done.words, /bestätigt Lufttemperatur Pegel Mühle 251,5 °C Elif Aydın/);
  assert.equal((await page.submit({}, { form: 'bestaetigen' })).status, 409, 'once');
});

test('it ends below its end, not between, and says so', async () => {
  await observe(level, 240);
  await look(water);
  assert.equal((await history(water)).at(-1).state, 'acknowledged');
  await observe(level, 230);
  await look(water);
  assert.deepEqual((await history(water)).map(entry => entry.state), ['raised', 'acknowledged', 'ended']);
  await eventually(() => mails('Hochwasser').length === 4, 'two more mails');
  assert.equal(mails('ist beendet:').length, 2);
  assert.doesNotMatch((await town.visitor().get('/stadtdaten')).words, /Meiden Sie das Ufer/);
  assert.match((await planner.get(water)).words, /beendet Lufttemperatur Pegel Mühle 230 °C von selbst verschickt/);
});

test('what flaps is told three times an hour', async () => {
  for (let i = 0; i < 4; i++) {
    await observe(level, 300);
    await look(water);
    await observe(level, 200);
    await look(water);
  }
  assert.deepEqual((await history(water)).filter(entry => entry.state === 'raised').map(entry => entry.mailed), [true, true, true, false, false]);
  assert.match((await planner.get(water)).words, /keine: zu oft in einer Stunde/);
});

test('a Thing that leaves its area, and a sensor that falls silent', async () => {
  const [thing, stream] = await station('bach', 'Boot', [9.96, 51.56]);
  const square = 'POLYGON((9.95 51.55, 9.97 51.55, 9.97 51.57, 9.95 51.57, 9.95 51.55))';
  const form = await planner.get('/desk/alarme/neu?datensatz=bach&art=gebiet');
  assert.match((await form.submit({ name: 'x', reihe: `s:${stream}`, gebiet: 'POINT(9 51)' }, { button: 'Alarm anlegen' })).words, /Das ist keine Fläche/);
  const fence = await makeAlarm('bach', 'gebiet', { name: 'Boot weg', reihe: `s:${stream}`, richtung: 'ab', gebiet: square });
  await look(fence);
  assert.equal((await history(fence)).length, 0);
  await sta.post(`/Things(${thing})/Locations`, { name: 'fort', description: '', encodingType: 'application/geo+json', location: point(10.5, 51.56) });
  await look(fence);
  assert.deepEqual((await history(fence)).map(entry => [entry.state, entry.value]), [['raised', null]]);
  const silence = await makeAlarm('bach', 'stille', { name: 'Stumm', reihe: `s:${stream}`, grenze: '10' });
  await observe(stream, 5, 11);
  await look(silence);
  await observe(stream, 5);
  await look(silence);
  assert.deepEqual((await history(silence)).map(entry => entry.state), ['raised', 'ended']);
});

test('a condition of one’s own is FEEL; what is wrong in it is told with its place', async () => {
  const form = await planner.get('/desk/alarme/neu?datensatz=bach&art=feel');
  for (const [condition, words] of [['value > ', /nicht verständlich \(Zeile 1, Zeichen \d+\)/], ['wert > 5', /Zeile 1, Zeichen 1/], ['silent + 1', /wahr oder falsch/]]) {
    const wrong = await form.submit({ name: 'Eigene', reihe: 'alle', bedingung: condition }, { button: 'Alarm anlegen' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.words, words, wrong.words);
  }
  const own = await makeAlarm('bach', 'feel', { name: 'Eigene', bedingung: 'max_1h > 250 and contains(name, "Mühle")', dauer: '0' });
  const page = await (await planner.get(own)).follow('in den letzten 7 Tagen');
  assert.match(page.words, /Er hätte 1 Mal ausgelöst\. Messreihe Von Bis Wert am Anfang Lufttemperatur Pegel Mühle .* jetzt noch/);
  const changed = await (await planner.get(`${water}/aendern?art=feel`)).submit({ bedingung: 'value > 260' }, { button: 'Alarm ändern' });
  assert.match(changed.words, /Die eigene Bedingung ist erfüllt\. Bedingung value > 260/);
});

test('a condition that takes too long says so on its page and in the list, until it is changed', async () => {
  await observe(level, 120);
  const path = await makeAlarm('bach', 'feel', { name: 'Zu teuer', bedingung: 'count(for i in 1..5000 return for j in 1..5000 return 1) > 0' });
  const page = await look(path);
  assert.equal(page.status, 200);
  assert.match(page.words, /Die Bedingung lässt sich nicht berechnen Solange achtet er auf nichts.*too many steps/);
  assert.match((await planner.get('/desk/alarme')).words, /Zu teuer nicht berechenbar/);
  assert.equal((await planner.get(`${path}?probe=1`)).status, 200);
  const form = await planner.get(`${path}/aendern`);
  await form.submit({ bedingung: 'value > 1000' }, { button: 'Alarm ändern' });
  assert.doesNotMatch((await look(path)).words, /nicht berechnen/);
});

test('a paused alarm ends what it raised and looks no more', async () => {
  await observe(level, 400);
  await look(water);
  const paused = await (await planner.get(water)).submit({}, { button: 'Alarm anhalten' });
  assert.match(paused.words, /Der Alarm ist angehalten\. Was ausgelöst war, ist beendet/);
  assert.deepEqual((await history(water)).slice(-2).map(entry => [entry.state, entry.by === 'system']), [['raised', true], ['ended', false]]);
  const again = await (await planner.get(water)).submit({}, { button: 'Wieder nachsehen' });
  assert.match(again.words, /sieht wieder nach/);
});

test('what is internal is seen by who may read it, and warns nobody', async () => {
  const [, stream] = await station('geheim', 'Bunker');
  const form = await planner.get('/desk/alarme/neu?datensatz=geheim&art=grenzwert');
  const values = { name: 'Bunkeralarm', reihe: `s:${stream}`, grenze: '10', oeffentlich: 'ja', oeffentlicher_text: 'Bunkerwarnung' };
  const refused = await form.submit(values, { button: 'Alarm anlegen' });
  assert.match(refused.words, /Der Datensatz ist intern/);
  await dataset('wechsel', 'public');
  const [, open] = await station('wechsel', 'Halle');
  await makeAlarm('wechsel', 'grenzwert', { ...values, reihe: `s:${open}` });
  const path = await makeAlarm('geheim', 'grenzwert', { ...values, oeffentlich: null, mails: 'innen@example.org' });
  for (const one of [stream, open]) await observe(one, 11);
  for (const alarm of [path, `/desk/alarme/${Number(path.match(/\d+$/)[0]) - 1}`]) await look(alarm);
  const visitor = town.visitor();
  assert.match((await visitor.get('/stadtdaten')).words, /Bunkerwarnung/);
  await (await planner.get('/desk/stadtdaten/wechsel')).submit({ zugang: 'internal' }, { button: 'Datensatz ändern' });
  assert.doesNotMatch((await visitor.get('/stadtdaten')).words, /Bunkerwarnung/);
  assert.doesNotMatch((await planner.get('/stadtdaten')).words, /Bunkerwarnung/);
  const events = (await machine.get('/api/v1/events?limit=1000', { headers: { authorization: `Bearer ${keys.admin}` } })).text;
  assert.match(events, /alarm\.raised/);
  assert.match(events, /Lufttemperatur Halle/);
  assert.doesNotMatch(events, /Lufttemperatur Bunker/);
  const number = path.match(/\d+$/)[0];
  await eventually(() => mails(`Warnung: Alarm Nr. ${number}`).length, 'its mail');
  const post = await (await town.staff('admin', 'rathaus-admin')).get('/desk/post');
  assert.match(post.words, /Warnung: Alarm Nr\. \d+/);
  const [mail] = mails(`Warnung: Alarm Nr. ${number}`);
  assert.match(mail, /Seine Daten sind intern/);
  assert.doesNotMatch(mail, /Bunker|11 °C|Lufttemperatur/);
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  for (const address of ['/desk/alarme', path]) assert.equal((await clerk.get(address)).status, 403, address);
  assert.equal((await visitor.get('/desk/alarme')).url.startsWith('/desk/anmelden'), true);
  assert.equal((await api('', 'rk_nothing')).status, 401);
  assert.equal((await api('', keys.writer)).status, 403);
  assert.equal((await planner.get('/desk/alarme/999999')).status, 404);
  assert.equal((await api('/999999/history')).status, 404);
  assert.equal((await api('?what=1')).status, 422);
});

test('the schedule looks by itself, and webhooks and programs learn of it', async () => {
  const rate = await makeAlarm('bach', 'aenderung', { name: 'Steigt schnell', grenze: '50', stufe: 'danger' });
  await observe(level, 200, 30);
  await observe(level, 290);
  await eventually(async () => (await history(rate)).length, 'a round', 90000);
  const events = (await machine.get('/api/v1/events?types=alarm.raised&limit=1000', { headers: { authorization: `Bearer ${keys.admin}` } })).json();
  assert.ok(events.events.some(event => event.data.name === 'Steigt schnell' && event.data.severity === 'danger' && event.data.value === '290'), JSON.stringify(events));
  const [found] = (await api('')).json().alarms.filter(alarm => alarm.name === 'Steigt schnell');
  assert.deepEqual([found.dataset, found.condition, found.states[0].state], ['bach', 'rate > 50', 'raised']);
});
