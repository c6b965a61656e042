// SPDX-License-Identifier: EUPL-1.2
// Places of the town: citizens find them and propose new ones, staff take these over, rights hold.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { staClient } from './lib/sta.mjs';
import { eventually, startTown } from './lib/town.mjs';

let town, sta, keeper;
before(async () => {
  town = await startTown();
  sta = await staClient(town);
  keeper = await town.staff('planung', 'rathaus-planung');
  const features = [
    place('halle', 9.9600, 51.5600, { name: 'Sporthalle Nord', kategorie: 'sport', strasse: 'Nordring 1', ort: 'Musterstadt', barrierefrei: 'ja', oeffnungszeiten: '24/7' }),
    place('laden', 9.9700, 51.5600, { name: 'Weltladen', kategorie: 'einkauf', strasse: 'Südring 9', barrierefrei: 'teilweise', oeffnungszeiten: 'off' }),
    place('wiese', 9.9800, 51.5600, { name: 'Große Wiese <b>', kategorie: 'park', oeffnungszeiten: 'nach Absprache' }),
  ];
  const area = { type: 'Feature', id: 'see', geometry: { type: 'Polygon', coordinates: [[[9.98, 51.56], [9.99, 51.56], [9.99, 51.57], [9.98, 51.57], [9.98, 51.56]]] }, properties: { name: 'Stadtsee', kategorie: 'freizeit' } };
  assert.equal((await read('allgemein', [...features, area])).json().new_things, 4);
});
after(() => town.stop());

const place = (id, x, y, properties) => ({ type: 'Feature', id, geometry: { type: 'Point', coordinates: [x, y] }, properties });
const read = (dataset, features) => town.visitor().request('POST', `/api/v1/city/datasets/${dataset}/import`, {
  body: JSON.stringify({ type: 'FeatureCollection', features }), headers: { authorization: `Bearer ${sta.key}`, 'content-type': 'application/geo+json' } });
const features = async (query = '', who = town.visitor()) => (await who.get(`/stadtdaten/orte.geojson${query}`)).json().features;
const names = async (query, who) => (await features(query, who)).map(feature => feature.properties.name);

/** A PNG of one pixel, with a text chunk that says where it was taken. */
function png() {
  const chunk = (name, data) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(name, 4);
    return Buffer.concat([head, data, crc(Buffer.concat([head.subarray(4), data]))]);
  };
  const crc = bytes => {
    let sum = ~0;
    for (const byte of bytes) for (let bit = 0, c = (sum ^ byte) & 255; bit < 8; bit++) { c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1; if (bit === 7) sum = (sum >>> 8) ^ c; }
    const out = Buffer.alloc(4);
    out.writeInt32BE(~sum);
    return out;
  };
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', Buffer.from('00000001000000010802000000', 'hex')), chunk('tEXt', Buffer.from('Ort\0Geheimweg 7')),
    chunk('IDAT', deflateSync(Buffer.from([0, 255, 0, 0]))), chunk('IEND', Buffer.alloc(0))]);
}

test('places are found by words, category, hours and access, the nearest first', async () => {
  assert.deepEqual(await names('?q=nordring'), ['Sporthalle Nord']);
  assert.deepEqual((await names('?kategorie=freizeit')).filter(name => !name.startsWith('Spielplatz')), ['Große Wiese <b>', 'Sporthalle Nord', 'Stadtsee']);
  assert.ok((await names('?offen=ja')).includes('Sporthalle Nord'));
  assert.ok(!(await names('?offen=ja')).includes('Weltladen'));
  assert.ok((await names('?barrierefrei=ja')).includes('Sporthalle Nord'));
  assert.ok(!(await names('?barrierefrei=ja')).includes('Weltladen'));
  const near = (await features('?lon=9.9699&lat=51.56')).map(feature => feature.properties);
  assert.equal(near[0].name, 'Weltladen');
  assert.ok(near.every((p, i) => i === 0 || p.entfernung >= near[i - 1].entfernung));
  assert.equal((await names('?bei=s%C3%BCdring'))[0], 'Weltladen');
  assert.deepEqual(await names('?q=gibtesnicht'), []);
  const unknown = await town.visitor().get('/stadtdaten/orte?bei=Gibtesnichtstra%C3%9Fe');
  assert.match(unknown.words, /kennen wir nicht/);
  assert.equal((await town.visitor().get('/stadtdaten/orte.geojson?lon=x&lat=1')).status, 422);
  assert.equal((await town.visitor().get('/stadtdaten/orte?lon=181&lat=1')).status, 422);
});

test('one place says its hours, what is not understood as it was written, and nothing of it is HTML', async () => {
  const [hall, meadow, lake] = await Promise.all(['Sporthalle', 'Wiese', 'Stadtsee'].map(async q => (await features(`?q=${q}`))[0]));
  let page = await town.visitor().get(hall.properties.adresse);
  assert.match(page.words, /Jetzt geöffnet/);
  assert.match(page.words, /rund um die Uhr/);
  assert.match(page.words, /Barrierefrei ja/);
  page = await town.visitor().get(meadow.properties.adresse);
  assert.match(page.words, /nach Absprache/);
  assert.ok(!page.text.includes('Wiese <b>'));
  assert.deepEqual(lake.geometry.coordinates, [9.985, 51.565]);
  assert.equal((await town.visitor().get('/stadtdaten/orte/999999')).status, 404);
  assert.equal((await town.visitor().get('/stadtdaten/orte/x')).status, 404);
});

test('a place of several shapes lies in the middle of them all', async () => {
  const geometries = [{ type: 'Point', coordinates: [9.94, 51.55] }, { type: 'Polygon', coordinates: [[[9.95, 51.55], [9.96, 51.55], [9.96, 51.56], [9.95, 51.55]]] }];
  await read('allgemein', [{ type: 'Feature', id: 'gelaende', geometry: { type: 'GeometryCollection', geometries }, properties: { name: 'Schulgelände' } }]);
  const [ground] = await features('?q=schulgel%C3%A4nde');
  assert.deepEqual(ground.geometry.coordinates.map(degree => degree.toFixed(4)), ['9.9500', '51.5550']);
});

test('what is internal is shown to nobody who may not read it: list, page, near, photo', async () => {
  await (await keeper.get('/desk/stadtdaten')).submit({ name: 'geheim', titel: 'Geheimes', lizenz: '', zugang: 'internal', tage: '' });
  assert.equal((await read('geheim', [place('bunker', 9.95, 51.55, { name: 'Bunker', strasse: 'Geheimweg' })])).json().new_things, 1);
  assert.deepEqual(await names('?q=bunker'), []);
  const [bunker] = await features('?q=bunker', keeper);
  assert.equal(bunker.properties.name, 'Bunker');
  assert.equal((await town.visitor().get(bunker.properties.adresse)).status, 404);
  assert.match((await town.visitor().get('/stadtdaten/orte?bei=Geheimweg')).words, /kennen wir nicht/);
  await (await keeper.get(`/desk/orte/${bunker.id}`)).submit({ alt: 'Eine Tür' }, { button: 'Foto hinzufügen', files: [{ field: 'foto', name: 'a.png', type: 'image/png', bytes: png() }] });
  const photo = (await keeper.get(bunker.properties.adresse)).text.match(/\/stadtdaten\/orte\/\d+\/foto\/\d+/)[0];
  assert.equal((await keeper.get(photo)).status, 200);
  assert.equal((await town.visitor().get(photo)).status, 404);
});

test('photos need words and lose where they were taken; categories are kept at the desk', async () => {
  const [hall] = await features('?q=sporthalle');
  const form = () => keeper.get(`/desk/orte/${hall.id}`);
  const file = { field: 'foto', name: 'a.png', type: 'image/png', bytes: png() };
  let page = await (await form()).submit({ alt: '' }, { button: 'Foto hinzufügen', files: [file] });
  assert.equal(page.status, 422);
  assert.match(page.words, /beschreiben Sie/);
  page = await (await form()).submit({ alt: 'x' }, { button: 'Foto hinzufügen', files: [{ ...file, bytes: Buffer.from('GIF89a') }] });
  assert.equal(page.status, 422);
  for (let twice = 0; twice < 2; twice++) await (await form()).submit({ alt: 'Der Eingang' }, { button: 'Foto hinzufügen', files: [file] });
  page = await town.visitor().get(hall.properties.adresse);
  const photos = page.text.match(/\/stadtdaten\/orte\/\d+\/foto\/\d+/g);
  assert.equal(photos.length, 1);
  assert.match(page.text, /alt="Der Eingang"/);
  const photo = await town.visitor().get(photos[0]);
  assert.equal(photo.headers['content-type'], 'image/png');
  assert.ok(!photo.text.includes('Geheimweg'));
  await (await form()).submit({}, { button: 'Foto entfernen : Der Eingang' });
  assert.equal((await town.visitor().get(photos[0])).status, 404);
  await (await keeper.get('/desk/orte')).submit({ name: 'halle', titel: 'Halle', zeichen: 'sport', farbe: '#123456', ober: 'sport' }, { button: 'Kategorie anlegen' });
  page = await keeper.get('/desk/orte/kategorien/halle');
  assert.match((await page.submit({ farbe: '#ffff00' }, { button: 'Kategorie ändern' })).words, /weiße Zeichen schlecht zu sehen/);
  assert.equal((await page.submit({ titel: 'Hallen', farbe: 'rot' }, { button: 'Kategorie ändern' })).status, 422);
  await page.submit({ titel: 'Hallen' }, { button: 'Kategorie ändern' });
  assert.match((await town.visitor().get('/stadtdaten/orte')).words, /Hallen/);
  await (await keeper.get('/desk/orte/kategorien/halle')).submit({}, { button: 'Kategorie entfernen' });
  assert.equal((await keeper.get('/desk/orte/kategorien/halle')).status, 404);
});

/** The case's path at the desk of the citizens' office. */
async function caseOf(clerk, number) {
  const found = await clerk.get(`/desk/suche?suche=${number}`);
  return [found.url, ...found.links.map(link => link.href)].map(href => href.match(/\/desk\/vorgaenge\/\d+/)?.[0]).find(Boolean);
}

async function propose(procedure, body) {
  const answer = await town.visitor().json('POST', `/api/v1/services/ortsvorschlag/${procedure}/applications`, body);
  assert.equal(answer.status, 201, answer.text);
  return answer.json().caseNumber;
}

test('a citizen proposes, the clerk accepts, the place is there once, also after a kill', async () => {
  const clerk = await town.staff('okafor', 'buergerbuero-okafor');
  const number = await propose('vorschlag', { name: 'Bücherschrank am Wehr', kategorie: 'buecherschrank', lage_art: 'punkt', laenge: 9.9611, breite: 51.5611,
    oeffnungszeiten: '24/7', barrierefrei: 'ja', email: 'anna@beispiel.example' });
  const path = await caseOf(clerk, number);
  assert.deepEqual(await names('?q=wehr+b%C3%BCcherschrank'), []);
  const decided = await (await clerk.get(`${path}/entscheidung/uebernehmen`)).submit({}, { button: 'Ort übernehmen' });
  assert.equal(decided.status, 200, decided.words.slice(0, 300));
  await town.restart({ hard: true });
  const [made] = await eventually(async () => { const found = await features('?q=wehr+b%C3%BCcherschrank'); return found.length && found; }, 'the place');
  assert.deepEqual(made.geometry.coordinates, [9.9611, 51.5611]);
  assert.equal((await features('?q=wehr+b%C3%BCcherschrank')).length, 1);
  await eventually(() => town.mails().filter(mail => mail.includes('<anna@beispiel.example>') && mail.includes('steht jetzt')).length === 1, 'the answer');

  const correction = await propose('korrektur', { ort_nummer: made.id, fehler: 'Nachts ist zu.', oeffnungszeiten: 'off' });
  const again = await town.staff('okafor', 'buergerbuero-okafor');
  await (await again.get(`${await caseOf(again, correction)}/entscheidung/uebernehmen`)).submit({}, { button: 'Änderung übernehmen' });
  const changed = await eventually(async () => (await features('?q=wehr+b%C3%BCcherschrank')).find(f => f.properties.oeffnungszeiten === 'off'), 'the change');
  assert.deepEqual([changed.id, changed.properties.kategorie, changed.properties.offen], [made.id, 'buecherschrank', false]);
});

test('a citizen finds the way from a place to the form', async () => {
  const [hall] = await features('?q=sporthalle');
  const page = await (await town.visitor().get(hall.properties.adresse)).follow('Fehler melden');
  assert.equal(page.status, 200);
  assert.match(page.words, /Nummer des Ortes/);
});
