// SPDX-License-Identifier: EUPL-1.2
// One series: days of one's own, the points that a chart asks for, and what other sites show.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { staClient } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

const HOUR = 3_600_000, BEGIN = Date.parse('2027-03-01T00:00:00Z'), COUNT = 2000;
let town, sta, id, hidden;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
  const send = (dataset, key) => town.visitor().request('POST', `/api/v1/city/datasets/${dataset}/import?unit=mm`, {
    body: `time,datastream,value,status\n${Array.from({ length: COUNT }, (_, i) => `${new Date(BEGIN + i * HOUR).toISOString()},${key},${i % 24 === 5 ? 99 : i % 7},${i % 24 === 5 ? 3 : 0}\n`).join('')}`,
    headers: { authorization: `Bearer ${sta.key}`, 'content-type': 'text/csv' } });
  await send('allgemein', 'regen');
  await (await (await town.staff('planung', 'rathaus-planung')).get('/desk/stadtdaten')).submit({ name: 'geheim', titel: 'Geheim', zugang: 'internal' });
  await send('geheim', 'still');
  const of = async (key, as) => (await sta.ask('GET', `/Datastreams?$filter=properties/key eq '${key}'`, undefined, { as })).json().value[0]['@iot.id'];
  [id, hidden] = [await of('regen', null), await of('still', sta.key)];
});
after(() => town.stop());

const points = async query => (await town.visitor().get(`/stadtdaten/reihe/${id}/werte.json?${query}`)).json();

test('few values come as they are, many as mean, least and greatest of equal parts', async () => {
  const day = await points(`von=${BEGIN}&bis=${BEGIN + 9 * HOUR}&punkte=20`);
  assert.deepEqual([day.mean, day.first, day.last], [false, BEGIN, BEGIN + (COUNT - 1) * HOUR]);
  assert.deepEqual(day.columns[0], Array.from({ length: 10 }, (_, i) => BEGIN + i * HOUR));
  assert.deepEqual(day.columns[1], [0, 1, 2, 3, 4, 99, 6, 0, 1, 2]);
  const whole = await points('punkte=100');
  assert.deepEqual([whole.mean, ...whole.columns.map(column => column.length)], [true, 100, 100, 100, 100]);
  assert.equal(Math.max(...whole.columns[3]), 99);
  assert.equal(Math.min(...whole.columns[2]), 0);
  const good = await points('punkte=100&werte=gut');
  assert.equal(Math.max(...good.columns[3]), 6);
  const sum = column => column.reduce((all, value) => all + value, 0);
  assert.ok(sum(good.columns[1]) < sum(whole.columns[1]));
});

test('a time of which nothing is known is empty, what is left out is the whole, and what makes no sense is refused', async () => {
  assert.deepEqual((await points('von=1&bis=2')).columns, [[], [], [], []]);
  const whole = await points('');
  assert.deepEqual([whole.from, whole.to, whole.columns[0].length], [BEGIN, BEGIN + (COUNT - 1) * HOUR, 600]);
  assert.deepEqual((await points('von=9000000000000')).columns, [[], [], [], []], 'begins behind the last value');
  for (const [query, field] of [['von=morgen', 'von'], ['bis=-', 'bis'], ['von=', 'von'], ['bis=1e9', 'bis'], ['von=99999999999999999999', 'von'], [`von=${BEGIN + HOUR}&bis=${BEGIN}`, 'bis'],
    ['punkte=1', 'punkte'], ['punkte=5000000', 'punkte'], ['werte=schlecht', 'werte']]) {
    const refused = await town.visitor().get(`/stadtdaten/reihe/${id}/werte.json?${query}`);
    assert.equal(refused.status, 400, query);
    assert.match(refused.headers['content-type'], /^application\/problem\+json/, query);
    assert.deepEqual([refused.json().status, refused.json().field], [400, field], query);
    assert.match(refused.json().detail, new RegExp(`"${field}" is `), query);
  }
});

test('values that are usually an hour apart are one line, a value alone is a point, and of no values nothing is said', async () => {
  const page = async days => (await town.visitor().get(`/stadtdaten/reihe/${id}?${days}`)).text;
  const curve = text => text.match(/<path class="chart-line" d="([^"]*)"/)[1];
  assert.match(curve(await page('von=2.3.2027&bis=3.3.2027')), /^M[\d, ]+$/);
  assert.equal(curve(await page('von=2.3.2027&bis=3.3.2027')).split(' ').length, 48);
  const summer = await page('von=28.3.2027&bis=28.3.2027');
  for (const hour of [0, 5, 9, 13, 17, 21]) assert.match(summer, new RegExp(`>${hour}:00 Uhr<`), 'the hours of clocks, also when they are changed');
  const alone = await page(`von=23.5.2027&bis=24.5.2027`);
  assert.match(curve(alone), /^M(\d+,\d+) (?:\d+,\d+ )*\d+,\d+$/);
  const none = await page('von=1.1.2020&bis=2.1.2020');
  assert.match(none, /In diesem Zeitraum gibt es keine Zahlen/);
  assert.doesNotMatch(none, /Datenqualität|Vollständigkeit|fällt nichts auf/);
});

test('days that were typed are shown, and said so when they are wrong', async () => {
  const visitor = town.visitor();
  const march = await visitor.get(`/stadtdaten/reihe/${id}?von=2.3.2027&bis=3.3.2027`);
  assert.match(march.words, /Größter Wert: 99 mm am 2\. März 2027, 6:00 Uhr/);
  assert.match(march.words, /Werte 48/);
  assert.match(march.text, /reihe\/\d+\/einbetten\?von=02\.03\.2027&amp;bis=03\.03\.2027/);
  const empty = await visitor.get(`/stadtdaten/reihe/${id}?von=01.01.2020&bis=02.01.2020`);
  assert.match(empty.words, /In diesem Zeitraum gibt es keine Zahlen/);
  for (const [von, bis] of [['gestern', '3.3.2027'], ['3.3.2027', '2.3.2027'], ['3.3.2027', '']]) {
    for (const part of ['', '/einbetten']) {
      const wrong = await visitor.get(`/stadtdaten/reihe/${id}${part}?von=${von}&bis=${bis}`);
      assert.equal(wrong.status, 400);
      assert.match(wrong.words, /Bitte geben Sie zwei Tage an/);
      assert.doesNotMatch(wrong.text, /data-chart/, 'no course of another time');
    }
  }
});

test('a time that there is not is said so, with the form', async () => {
  const wrong = await town.visitor().get(`/stadtdaten/reihe/${id}?zeit=quartal`);
  assert.equal(wrong.status, 400);
  assert.match(wrong.words, /Diese Zeit gibt es hier nicht\. Bitte wählen Sie Tag, Woche/);
  assert.doesNotMatch(wrong.text, /data-chart/);
  assert.equal((await wrong.submit({ von: '2.3.2027', bis: '3.3.2027' }, { form: '/stadtdaten/reihe' })).status, 200);
  assert.equal((await town.visitor().get(`/stadtdaten/reihe/${id}?zeit=`)).status, 200);
});

test('other sites may show the course in a frame, and nothing else', async () => {
  const visitor = town.visitor();
  const framed = await visitor.get(`/stadtdaten/reihe/${id}/einbetten?zeit=monat`);
  assert.equal(framed.headers['x-frame-options'], undefined);
  assert.match(framed.headers['content-security-policy'], /frame-ancestors \*/);
  assert.match(framed.headers['content-security-policy'], /form-action 'none'/);
  assert.doesNotMatch(framed.text, /<form|<nav|csrf/);
  assert.match(framed.words, /Quelle: Allgemein ?, Lizenz: Datenlizenz Deutschland – Namensnennung – Version 2\.0/);
  const page = await visitor.get(`/stadtdaten/reihe/${id}`);
  assert.equal(page.headers['x-frame-options'], 'DENY');
  assert.match(page.headers['content-security-policy'], /frame-ancestors 'none'/);
  assert.match(page.text, /&lt;iframe src=&quot;http/);
});

test('what is internal has neither points nor a frame, for a member of staff no frame either', async () => {
  const planner = await town.staff('planung', 'rathaus-planung');
  for (const part of ['', '/werte.json', '/einbetten']) assert.equal((await town.visitor().get(`/stadtdaten/reihe/${hidden}${part}`)).status, 404, part);
  assert.equal((await planner.get(`/stadtdaten/reihe/${hidden}`)).status, 200);
  assert.equal((await planner.get(`/stadtdaten/reihe/${hidden}/werte.json`)).status, 200);
  assert.equal((await planner.get(`/stadtdaten/reihe/${hidden}/einbetten`)).status, 404);
});
