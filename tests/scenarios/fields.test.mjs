// SPDX-License-Identifier: EUPL-1.2
// Every type of field, as page and as API: what is accepted in the ways people write it, what is refused and how, and
// that both keep the same data. The service is tests/packages/base.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, startTown } from './lib/town.mjs';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const picture = field => ({ field, name: 'bild.png', type: 'image/png', bytes: PNG });
const services = mkdtempSync(join(tmpdir(), 'rathaus-fields-'));
const api = '/api/v1/services/probe/antrag/applications';
let town;
before(async () => {
  cpSync(join(root, 'tests/packages/base'), join(services, 'probe'), { recursive: true });
  town = await startTown({ args: ['--services', services] });
});
after(async () => { await town?.stop(); rmSync(services, { recursive: true, force: true }); });

const person = { art: 'person', 'person.familienname': ' Mustermann ', 'person.vornamen': 'Erika', 'person.geburtsdatum': '25.4.1985', 'person.email': 'erika@beispiel.example',
  'anschrift.strasse': 'Lindenweg', 'anschrift.hausnummer': '12', 'anschrift.plz': '12345', 'anschrift.ort': 'Musterstadt' };
const piece = { 'stuecke[0].bezeichnung': 'Kiste', 'stuecke[0].farbe': 'rot', 'stuecke[0].ohne_kennung': 'false', 'stuecke[0].kennung': '276098100000011' };

/** A fresh application that stands on the page `id`; what comes before is filled in. */
async function at(id, visitor = town.visitor()) {
  let page = await (await visitor.get('/dienste/probe/antrag')).submit();
  if (id === 'person') return page;
  page = await page.submit({ art: 'person' });
  page = await page.submit(person);
  assert.equal(page.h1, 'Welche Stücke?', page.words.slice(0, 300));
  if (id === 'stuecke') return page;
  page = await page.submit(piece, { files: [picture('stuecke[0].bilder')] });
  assert.equal(page.h1, 'Weitere Angaben', page.words.slice(0, 300));
  return page;
}

const WRONG = [
  ['person', 'steuer_id', '12345678901', 'a tax id with a wrong check digit'],
  ['person', 'person.email', 'erika', 'an address without @'],
  ['person', 'person.geburtsdatum', '31.2.1985', 'a day that is not in the calendar'],
  ['alles', 'post', 'a b@c.de', 'an address with a space'],
  ['alles', 'ruf', 'abc', 'a telephone number of letters'],
  ['alles', 'begruendung', 'x'.repeat(201), 'more characters than allowed'],
  ['alles', 'anzahl', '2,5', 'half a piece'],
  ['alles', 'anzahl', '11', 'more than the limit that is computed'],
  ['alles', 'gewicht', '1,2345', 'more decimals than three'],
  ['alles', 'gewicht', '100,001', 'above the maximum'],
  ['alles', 'gewicht', '0,4', 'below the minimum'],
  ['alles', 'wert', '12,345', 'a tenth of a cent'],
  ['alles', 'wert', '1e5', 'a number as machines write it'],
  ['alles', 'von', '29.2.2023', 'no leap year'],
  ['alles', 'von', '31.12.2019', 'before the first day'],
  ['alles', 'von', '1.1.9999', 'after today'],
  ['alles', 'uhr', '24:30', 'no such time'],
  ['alles', 'uhr', '7:59', 'too early'],
  ['alles', 'tage', 'so', 'a choice that is not offered'],
  ['alles', 'plz_alt', '1234', 'not the pattern'],
];

test('what is wrong is said at its field, nothing typed is lost, and the page does not go on', async () => {
  const pages = { person: await at('person'), alles: await at('alles') };
  pages.person = await pages.person.submit({ art: 'person' });
  for (const [id, field, value, what] of WRONG) {
    const rest = id === 'person' ? person : {};
    const page = await pages[id].submit({ ...rest, [field]: value });
    assert.equal(page.status, 422, `${what} is refused`);
    const own = page.text.match(new RegExp(`id="[^"]*"[^>]*name="${field.replace('.', '\\.')}"[^>]*>`))?.[0] ?? '';
    if (field !== 'tage') {
      assert.match(own + (page.text.match(new RegExp(`<textarea[^>]*name="${field}"[^>]*>`))?.[0] ?? ''), /aria-invalid="true"/, `${what} is marked`);
      assert.ok(page.text.replace(/ /g, '').includes(value.replace(/ /g, '')), `${what}: what was typed stands there`);
    }
    assert.match(page.words, /Bitte korrigieren Sie/);
  }
});

// What is typed, and what stands in the field when the page is opened again.
const RIGHT = [
  ['post', 'Erika@Beispiel.example', 'Erika@Beispiel.example'],
  ['ruf', '030 / 23125-100', '030 / 23125-100'],
  ['begruendung', 'Grüße & <b>Küsse</b>\r\n{{1+1}}', 'Grüße & <b>Küsse</b>\n{{1+1}}'],
  ['anzahl', ' 10 ', '10'],
  ['gewicht', '0.5', '0,5'],
  ['gewicht', '0.5', '0,5'],
  ['wert', '99,5', '99,50'],
  ['wert', '12 €', '12,00'],
  ['wert', '-5', '-5,00'],
  ['von', '3.3.2026', '3.3.2026'],
  ['von', '2026-03-03', '3.3.2026'],
  ['uhr', '8:05', '08:05'],
  ['tage', ['mo', 'mi'], ['mo', 'mi']],
];

test('what people write in their ways is understood and kept', async () => {
  const page = await at('alles');
  for (const [field, value, shown] of RIGHT) {
    const next = await page.submit({ [field]: value });
    assert.equal(next.h1, 'Ihre Erklärung', `${field} "${value}": ${next.words.slice(0, 300)}`);
    const again = await page.visitor.get(page.url);
    const fields = again.forms.find(form => form.method === 'POST').fields;
    assert.deepEqual(fields.filter(([name]) => name === field).map(([, v]) => v), [shown].flat(), `${field} "${value}"`);
  }
});

test('upload: kind, size and number are checked, and a file can be taken away again', async () => {
  let page = await at('stuecke');
  const refuse = async (files, what) => {
    const answer = await page.submit(piece, { files });
    assert.equal(answer.status, 422, what);
    return answer;
  };
  await refuse([{ ...picture('stuecke[0].bilder'), bytes: Buffer.from('MZ\x90\0 a program'), name: 'bild.png' }], 'a program that calls itself a picture');
  await refuse([{ ...picture('stuecke[0].bilder'), bytes: Buffer.alloc(0) }], 'an empty file');
  await refuse([{ ...picture('stuecke[0].bilder'), bytes: Buffer.concat([PNG, Buffer.alloc(5.5 * 1024 * 1024)]) }], 'a file over 5 MB');
  const three = [1, 2, 3].map(n => ({ ...picture('stuecke[0].bilder'), name: `bild${n}.png`, bytes: Buffer.concat([PNG, Buffer.from([n])]) }));
  const tooMany = await page.submit(piece, { files: three });
  assert.equal(tooMany.status, 422, 'three files where two are allowed');
  page = await tooMany.visitor.get(tooMany.url);
  const remove = page.forms.flatMap(form => form.buttons).find(button => button.value.startsWith('datei:'));
  assert.ok(remove, 'a file that was kept can be taken away');
});

const APPLICATION = {
  art: 'person',
  person: { familienname: 'Mustermann', vornamen: 'Erika', geburtsdatum: '1985-04-25', email: 'erika@beispiel.example' },
  anschrift: { strasse: 'Lindenweg', hausnummer: '12', plz: '12345', ort: 'Musterstadt' },
  stuecke: [{ bezeichnung: 'Kiste', farbe: 'blau', ohne_kennung: true, zubehoer: [{ teil: 'Deckel' }] }],
  post: 'erika@beispiel.example', begruendung: 'Grüße', anzahl: 3, gewicht: 99.125, wert: 1234.5,
  konto: { kontoinhaber: 'Erika Mustermann', iban: 'DE02 1203 0000 0000 2020 51' },
  von: '2026-03-03', bis: '2026-04-01', uhr: '08:05', tage: ['mo', 'mi'], richtig: true,
};

test('why a file is refused is said in the language of the page, and of the program', async () => {
  const page = await at('stuecke');
  page.visitor.headers = { 'accept-language': 'en' };
  const refused = await page.submit(piece, { files: [{ ...picture('stuecke[0].bilder'), bytes: Buffer.from('MZ\x90\0 a program'), name: 'bild.png' }] });
  assert.match(refused.words, /“bild\.png” has a format that is not accepted here/);
  const file = { name: 'bild.png', type: 'image/png' };
  for (const [content, words] of [['!!!!', /not written in Base64/], [Buffer.from('MZ\x90\0 a program').toString('base64'), /“bild\.png” has a format that is not accepted here/]]) {
    const stuecke = [{ ...APPLICATION.stuecke[0], bilder: [{ ...file, content }] }];
    const answer = await town.visitor().json('POST', api, { ...APPLICATION, stuecke }, { headers: { 'accept-language': 'en' } });
    assert.equal(answer.status, 422);
    assert.match(answer.json().errors[0].message, words);
  }
});

test('the API takes the same data, and refuses the same with the field', async () => {
  const client = town.visitor();
  const good = await client.json('POST', api, APPLICATION);
  assert.equal(good.status, 201, good.text);
  const { statusUrl, caseNumber } = good.json();
  const status = await client.get(new URL(statusUrl).pathname);
  assert.ok(status.text.includes(caseNumber));
  const wrong = [
    [{ wert: '1234' }, 'wert'], [{ anzahl: 2.5 }, 'anzahl'], [{ anzahl: 11 }, 'anzahl'], [{ von: '3.3.2026' }, 'von'], [{ von: '2023-02-29' }, 'von'],
    [{ bis: '2026-03-01' }, 'bis'], [{ uhr: '25:00' }, 'uhr'], [{ tage: ['so'] }, 'tage'], [{ tage: 'mo' }, 'tage'], [{ richtig: false }, 'richtig'],
    [{ stuecke: [] }, 'stuecke'], [{ stuecke: [{ bezeichnung: 'K', farbe: 'blau', ohne_kennung: true }] }, 'stuecke[0].bezeichnung'],
    [{ stuecke: Array(5).fill(APPLICATION.stuecke[0]) }, 'stuecke'], [{ unbekannt: 1 }, 'unbekannt'], [{ verein: { name: 'x' } }, undefined],
    [{ konto: { kontoinhaber: 'E', iban: 'DE02120300000000202052' } }, 'konto.iban'], [{ steuer_id: '12345678901' }, 'steuer_id'],
  ];
  for (const [change, field] of wrong) {
    const answer = await client.json('POST', api, { ...APPLICATION, ...change });
    if (field === undefined) { // a hidden field has no value, also when it is sent
      assert.equal(answer.status, 201, answer.text);
      continue;
    }
    assert.equal(answer.status, 422, `${JSON.stringify(change)}: ${answer.text}`);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.ok(answer.json().errors.some(error => error.field === field), `${field} is named: ${answer.text}`);
  }
});

test('the same application by page and by API reads the same at the desk', async () => {
  let page = await at('alles');
  page = await page.submit({ post: APPLICATION.post, begruendung: 'Grüße', anzahl: '3', gewicht: '99,125', wert: '1.234,50', von: '3.3.2026', bis: '1.4.2026', uhr: '8:05', tage: ['mo', 'mi'] });
  if (page.status === 422 || page.h1 === 'Weitere Angaben') // the account is asked for from 100 euros on
    page = await page.submit({ 'konto.kontoinhaber': 'Erika Mustermann', 'konto.iban': 'de02120300000000202051' });
  assert.equal(page.h1, 'Ihre Erklärung', page.words.slice(0, 400));
  page = await page.submit({ richtig: 'true' });
  assert.equal(page.h1, 'Prüfen Sie Ihre Angaben');
  for (const shown of ['1.234,50 €', '99,125', '3. März 2026', '8:05', 'Montag, Mittwoch', 'DE02 1203 0000 0000 2020 51', 'Mustermann', '25. April 1985'])
    assert.ok(page.words.includes(shown), `the summary shows ${shown}: ${page.words}`);
  page = await page.submit();
  assert.equal(page.h1, 'Ihr Antrag ist eingegangen', page.words.slice(0, 400));
});
