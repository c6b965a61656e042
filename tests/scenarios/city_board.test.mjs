// SPDX-License-Identifier: EUPL-1.2
// Boards: put together by forms, shown by one rule of rights, large on a wall.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { staClient, weatherStation } from './lib/sta.mjs';
import { eventually, startTown } from './lib/town.mjs';

let town, planner, sta, open, secret;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
  planner = await town.staff('planung', 'rathaus-planung');
  for (const [name, access] of [['bach', 'public'], ['geheim', 'internal']])
    await (await planner.get('/desk/stadtdaten')).submit({ name, titel: `Werte ${name}`, zugang: access }, { button: 'Datensatz anlegen' });
  open = await station('bach', 'Pegel Mühle');
  secret = await station('geheim', 'Bunker');
  for (const [minutes, value] of [[30, 100], [1, 150]]) for (const stream of [open, secret]) await observe(stream, value, minutes);
});
after(() => town.stop());

async function station(dataset, name) {
  const inside = await staClient(town, { root: `/sta/datasets/${dataset}/v1.1`, known: sta.key });
  const thing = await inside.post('/Things', weatherStation(name));
  return (await inside.ask('GET', `/Things(${thing})/Datastreams`)).json().value[0]['@iot.id'];
}

const observe = (stream, result, minutesAgo) => sta.post('/Observations', {
  result, phenomenonTime: new Date(Date.now() - minutesAgo * 60000).toISOString(), Datastream: { '@iot.id': stream } });
const makeBoard = async (name, values = {}) => (await planner.get('/desk/tafeln')).submit({ name, titel: `Tafel ${name}`, ...values }, { button: 'Tafel anlegen' });
const addTile = async (board, kind, values) => (await planner.get(`/desk/tafeln/${board}/kachel?art=${kind}`)).submit(values, { button: 'Kachel hinzufügen' });
const seen = async (path, visitor = town.visitor()) => (await visitor.get(`/stadtdaten/tafel/${path}`)).words;

test('a board is made and filled by forms, which say what is wrong', async () => {
  const wrong = await makeBoard('Mein Fluss');
  assert.equal(wrong.status, 422);
  assert.match(wrong.words, /Kleinbuchstaben, Ziffern und Bindestrichen/);
  assert.match((await makeBoard('fluss', { zugang: 'alle' })).words, /Bitte wählen Sie aus, wer es sehen darf/);
  assert.match((await makeBoard('fluss', { titel: 'ü'.repeat(101) })).words, /höchstens 100 Zeichen/);
  assert.match((await makeBoard('breit', { titel: 'ü'.repeat(100) })).words, /Die Tafel ist angelegt/);
  assert.match((await makeBoard('fluss')).words, /Die Tafel ist angelegt.*Die Tafel ist noch leer/);
  assert.match((await makeBoard('fluss')).words, /gibt es schon/);
  const refused = await addTile('fluss', 'wert', { quelle: '', warnung: '1.000' });
  assert.equal(refused.status, 422);
  assert.match(refused.words, /Bitte wählen Sie, was die Kachel zeigt\. Bitte geben Sie eine Zahl an/);
  assert.match((await addTile('fluss', 'text', { text: '' })).words, /Bitte schreiben Sie einen Text/);
  assert.match((await refused.submit({ quelle: open, warnung: '120', gefahr: '140,5' }, { button: 'Kachel hinzufügen' })).words, /Letzter Wert Lufttemperatur Pegel Mühle ein Drittel/);
  await addTile('fluss', 'verlauf', { quelle: open, zeit: 'week' });
  await addTile('fluss', 'text', { titel: 'Gut zu wissen', text: 'Rufen Sie die **112** an. <script>' });
  const shown = await town.visitor().get('/stadtdaten/tafel/fluss');
  assert.match(shown.words, /Lufttemperatur Pegel Mühle 150 °C sehr hoch ↗ steigt heute/);
  assert.match(shown.words, /Im Mittel 125 °C/);
  assert.match(shown.text, /Gut zu wissen<\/h2>\s*<p>Rufen Sie die <strong>112<\/strong> an\. &lt;script&gt;/);
});

test('a tile that is sent twice is there once', async () => {
  await makeBoard('doppelt');
  const form = await planner.get('/desk/tafeln/doppelt/kachel?art=text');
  const answers = await Promise.all([1, 2].map(() => form.submit({ titel: 'Einmal', text: 'Nur einmal.' }, { button: 'Kachel hinzufügen' })));
  assert.deepEqual(answers.map(answer => answer.status), [200, 200]);
  assert.equal((await seen('doppelt')).match(/Nur einmal/g).length, 1);
});

test('tiles are moved, changed and taken away', async () => {
  const order = async () => [...(await planner.get('/desk/tafeln/fluss')).text.matchAll(/<th scope="row"><a[^>]*>([^<]*)/g)].map(match => match[1]);
  assert.deepEqual(await order(), ['Letzter Wert', 'Verlauf', 'Text: Gut zu wissen']);
  await (await planner.get('/desk/tafeln/fluss')).submit({}, { button: 'Nach oben : Verlauf' });
  assert.deepEqual(await order(), ['Verlauf', 'Letzter Wert', 'Text: Gut zu wissen']);
  const tile = await (await planner.get('/desk/tafeln/fluss')).follow('Text: Gut zu wissen');
  assert.match((await tile.submit({ titel: 'Rat', breite: '1' }, { button: 'Kachel ändern' })).words, /Text: Rat – ein Drittel/);
  await (await planner.get('/desk/tafeln/fluss')).submit({}, { button: 'Entfernen : Verlauf' });
  assert.deepEqual(await order(), ['Letzter Wert', 'Text: Rat']);
  await town.restart({ hard: true });
  planner = await town.staff('planung', 'rathaus-planung');
  assert.deepEqual(await order(), ['Letzter Wert', 'Text: Rat']);
});

test('what is internal stays out of public boards for who may not see it', async () => {
  await addTile('fluss', 'wert', { quelle: secret, titel: 'Bunkerwert' });
  await addTile('fluss', 'tabelle', { quelle: await datasetId('geheim') });
  await addTile('fluss', 'karte', { quelle: await datasetId('geheim') });
  assert.doesNotMatch(await seen('fluss'), /Bunker|geheim/);
  assert.match(await seen('fluss', planner), /Bunkerwert 150 °C.*Werte geheim/);
  assert.equal((await town.visitor().get('/stadtdaten/karte.geojson?datensatz=geheim')).status, 404);
  assert.equal((await planner.get('/stadtdaten/karte.geojson?datensatz=geheim')).json().features.length, 1);
  await makeBoard('innen', { zugang: 'internal' });
  await addTile('innen', 'warnungen', {});
  assert.equal((await town.visitor().get('/stadtdaten/tafel/innen')).status, 404);
  assert.match(await seen('innen', planner), /Zurzeit gibt es keine Warnung/);
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  assert.equal((await clerk.get('/stadtdaten/tafel/innen')).status, 404);
  assert.equal((await clerk.get('/desk/tafeln')).status, 403);
});

const datasetId = async name => (await planner.get('/desk/tafeln/fluss/kachel?art=tabelle')).text.match(new RegExp(`<option value="(\\d+)"[^>]*>Werte ${name}`))[1];

test('raised alarms stand on internal boards, on public ones their public text alone', async () => {
  const form = await planner.get('/desk/alarme/neu?datensatz=geheim&art=grenzwert');
  const alarm = await form.submit({ name: 'Bunker heiß', reihe: 'alle', grenze: '100' }, { button: 'Alarm anlegen' });
  await alarm.submit({}, { button: 'Jetzt nachsehen' });
  await addTile('fluss', 'warnungen', {});
  assert.match(await seen('innen', planner), /Warnung, heute, .* Bunker heiß/);
  for (const visitor of [town.visitor(), planner]) assert.doesNotMatch(await seen('fluss', visitor), /Bunker heiß/);
});

test('a display on a wall has no navigation, tells the time and loads itself anew', async () => {
  const wall = await town.visitor().get('/stadtdaten/tafel/fluss?anzeige=wand&farbe=dunkel');
  assert.doesNotMatch(wall.text, /<header|<footer|<nav/);
  assert.match(wall.text, /data-kern-theme="dark"/);
  assert.match(wall.text, /<noscript><meta http-equiv="refresh" content="60"><\/noscript>/);
  assert.match(wall.text, /wall[^"]*\.js/);
  assert.match(wall.words, /Tafel fluss \d+\. \S+ \d{4}, \d+:\d\d Uhr/);
  assert.doesNotMatch((await town.visitor().get('/stadtdaten/tafel/fluss?anzeige=wand')).text, /data-kern-theme/);
});

test('a full board says so, and refuses one more with what was typed', async () => {
  await makeBoard('voll');
  const form = await planner.get('/desk/tafeln/voll/kachel?art=text');
  for (let i = 0; i < 40; i++) assert.match((await form.submit({ titel: `T${i}`, text: 'x' }, { button: 'Kachel hinzufügen' })).words, /Die Kachel ist hinzugefügt/);
  const board = await planner.get('/desk/tafeln/voll');
  assert.match(board.words, /Die Tafel hat 40 Kacheln, mehr fasst sie nicht/);
  assert.doesNotMatch(board.text, /kachel\?art=/);
  const refused = await form.submit({ titel: 'Eine zu viel', text: 'Nicht verloren' }, { button: 'Kachel hinzufügen' });
  assert.equal(refused.status, 409);
  assert.match(refused.words, /Die Tafel hat schon 40 Kacheln, mehr fasst sie nicht\. Bitte entfernen Sie erst eine andere\./);
  assert.doesNotMatch(refused.words, /korrigieren/);
  assert.match(refused.text, /Eine zu viel[^]*Nicht verloren|Nicht verloren[^]*Eine zu viel/);
});

test('the demonstration town has a board, and a board goes with its tiles', async () => {
  const anna = town.visitor();
  await eventually(async () => (await anna.get('/stadtdaten')).text.includes('Wasser in der Stadt'), 'the board', 60000);
  const home = await anna.get('/stadtdaten');
  assert.doesNotMatch(home.words, /Tafel innen/);
  assert.equal((await home.follow('Wasser in der Stadt')).status, 200);
  assert.match(await seen('wasser'), /Wasserstand Kirchplatz \d+ cm (normal|hoch|sehr hoch)/);
  const sheet = await planner.get('/desk/tafeln/fluss');
  const asked = sheet.text.match(/<details[^>]*><summary>Tafel löschen<\/summary>.*?<\/details>/s)[0];
  assert.match(asked, /lässt sich nicht zurücknehmen/);
  assert.match(asked, /\/loeschen"/, 'who has not opened it does not press it');
  assert.match((await sheet.submit({}, { button: 'endgültig löschen' })).words, /Die Tafel ist gelöscht/);
  assert.equal((await planner.get('/stadtdaten/tafel/fluss')).status, 404);
});
