// SPDX-License-Identifier: EUPL-1.2
// A citizen in a browser: the whole form with JavaScript, wide and narrow, every page looked at by axe; the first
// page by keyboard alone.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startTown } from '../scenarios/lib/town.mjs';
import { checkPage, openBrowser } from './lib/browser.mjs';

let town, browser;
before(async () => { town = await startTown(); browser = await openBrowser(); });
after(async () => { await browser?.close(); await town?.stop(); });

const march = new Date(Date.now() - 9 * 86400000);
const since = `${march.getDate()}.${march.getMonth() + 1}.${march.getFullYear()}`;
const title = page => page.locator('h1').textContent();
const next = async (page, wanted) => {
  await page.locator('main .actions button.kern-btn--primary').click();
  await page.getByRole('heading', { level: 1, name: wanted }).waitFor();
};
const fill = async (page, values) => { for (const [name, value] of Object.entries(values)) await page.locator(`[name="${name}"]`).fill(value); };
const check = async (page, name, value) => {
  await page.locator(`input[name="${name}"][value="${value}"]`).check();
};

for (const [name, options] of [['wide', { width: 1280 }], ['narrow', { width: 390 }]]) {
  test(`from the home page to the number: ${name}`, async () => {
    const page = await browser.page(options);
    await page.goto(town.url);
    await checkPage(page, `citizen-home-${name}`);
    await page.getByRole('link', { name: 'Hund anmelden' }).click();
    await checkPage(page, `citizen-procedure-${name}`);
    await page.getByRole('button', { name: 'Jetzt beginnen' }).click();
    await page.getByRole('heading', { level: 1, name: 'Wer hält den Hund?' }).waitFor();
    await check(page, 'halterart', 'person');
    await page.locator('[name="person.familienname"]').waitFor();
    await fill(page, { 'person.familienname': 'Mustermann', 'person.vornamen': 'Erika', 'person.geburtsdatum': '25.4.1985', 'person.email': 'erika@beispiel.example' });
    await checkPage(page, `citizen-keeper-${name}`);
    await next(page, 'Wo lebt der Hund?');
    await fill(page, { 'anschrift.strasse': 'Lindenweg', 'anschrift.hausnummer': '12', 'anschrift.plz': '1234', 'anschrift.ort': 'Musterstadt', weitere_hunde: '0' });
    await page.locator('main .actions button.kern-btn--primary').click();
    await page.locator('[name="anschrift.plz"][aria-invalid="true"]').waitFor();
    assert.equal(await page.locator('[name="anschrift.strasse"]').inputValue(), 'Lindenweg', 'nothing typed is lost');
    page.complaints.length = 0; // the browser notes the answer's status, 422
    await checkPage(page, `citizen-mistake-${name}`);
    await fill(page, { 'anschrift.plz': '12345' });
    await next(page, 'Welche Hunde melden Sie an?');
    await checkPage(page, `citizen-dogs-${name}`);
    await check(page, 'hunde[0].mischling', 'false');
    await check(page, 'hunde[0].geschlecht', 'ruede');
    await check(page, 'hunde[0].chip_art', 'iso');
    await page.locator('[name="hunde[0].chip"]').waitFor();
    await fill(page, { 'hunde[0].name': 'Rex', 'hunde[0].geburt': '2024', 'hunde[0].farbe': 'gelb', 'hunde[0].chip': '276098100000011', 'hunde[0].haltung_seit': since,
      'hunde[0].versicherung': 'Musterversicherung AG', 'hunde[0].versicherung_nummer': 'HV-1' });
    // Found and chosen in one go: fields may be replaced at any moment, and a script can hold one that is no longer on the page.
    await page.evaluate(() => {
      const select = document.querySelector('select[name="hunde[0].rasse"]');
      select.value = 'labrador_retriever';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await check(page, 'hunde[0].herkunft', 'zucht');
    for (let i = 0; i < 2 && (await title(page)).includes('Hunde'); i++) {
      await page.locator('main .actions button.kern-btn--primary').click();
      await page.waitForLoadState('networkidle');
    }
    assert.match(await title(page), /Wie möchten Sie die Steuer bezahlen/, await page.locator('main').textContent());
    await checkPage(page, `citizen-payment-${name}`);
    await next(page, 'Ihre Erklärung');
    assert.match(await title(page), /Ihre Erklärung/, await page.locator('main').textContent());
    await page.locator('input[name="richtig"]').check();
    await page.locator('input[name="aenderungen"]').check();
    await next(page, 'Prüfen Sie Ihre Angaben');
    await checkPage(page, `citizen-summary-${name}`);
    await page.getByRole('button', { name: 'Hund anmelden' }).click();
    await page.getByRole('heading', { level: 1, name: 'Ihr Antrag ist eingegangen' }).waitFor();
    assert.match(await page.locator('main').textContent(), /HUND-\d{4}-\d{6}-\d/);
    await checkPage(page, `citizen-done-${name}`);
    await page.getByRole('link', { name: 'Zum Stand des Antrags' }).click();
    await checkPage(page, `citizen-status-${name}`);
  });
}

test('what is typed while fields are fetched stays', async () => {
  const page = await browser.page({ width: 1280 });
  await page.goto(`${town.url}/dienste/hund/anmeldung`);
  await page.getByRole('button', { name: 'Jetzt beginnen' }).click();
  await check(page, 'halterart', 'person');
  await page.locator('[name="person.familienname"]').waitFor();
  let fetched = 0;
  await page.route('**/*', async route => {
    if (route.request().method() === 'POST') { fetched++; await new Promise(done => setTimeout(done, 700)); }
    await route.continue();
  });
  await page.locator('input[name="halterart"][value="organisation"]').check();
  await page.locator('input[name="halterart"][value="person"]').check(); // asks again, the first answer is dropped
  await page.locator('[name="person.familienname"]').fill('Mustermann'); // typed and left before the answer is there
  await page.locator('[name="person.vornamen"]').fill('Erika');
  await page.locator('[name="person.vornamen"]').evaluate(field => field.setSelectionRange(2, 2));
  await page.waitForTimeout(1500);
  assert.ok(fetched >= 2);
  assert.equal(await page.locator('[name="person.familienname"]').inputValue(), 'Mustermann');
  assert.equal(await page.locator('[name="person.vornamen"]').inputValue(), 'Erika');
  assert.deepEqual(await page.evaluate(() => [document.activeElement.name, document.activeElement.selectionStart]), ['person.vornamen', 2]);
  await page.close();
});

test('when dependent fields cannot be fetched, a button and a message say what to do', async () => {
  const page = await browser.page({ width: 390 });
  await page.goto(`${town.url}/dienste/hund/anmeldung`);
  await page.getByRole('button', { name: 'Jetzt beginnen' }).click();
  await page.getByRole('heading', { level: 1, name: 'Wer hält den Hund?' }).waitFor();
  const button = page.getByRole('button', { name: 'Fragen anpassen' });
  const message = page.locator('[data-reload-status]');
  assert.equal(await button.count(), 0, 'with the script nobody needs it');
  await page.route('**/antrag/**', route => (route.request().method() === 'POST' ? route.abort() : route.continue()));
  await page.locator('input[name="halterart"][value="person"]').check();
  await button.waitFor();
  assert.equal(await message.getAttribute('role'), 'status');
  assert.match(await message.textContent(), /Bitte drücken Sie auf „Fragen anpassen“/);
  await page.unroute('**/antrag/**');
  await page.route('**/antrag/**', route => (route.request().method() === 'POST' ? route.fulfill({ status: 503, body: '' }) : route.continue()));
  await page.locator('input[name="halterart"][value="organisation"]').check();
  await button.waitFor();
  await page.unroute('**/antrag/**');
  page.complaints.length = 0; // the browser notes what failed
  await checkPage(page, 'citizen-not-fetched');
  await button.click();
  await page.locator('[name="organisation.name"]').waitFor();
  assert.equal(await page.locator('input[name="halterart"][value="organisation"]').isChecked(), true);
  assert.equal(await page.locator('[aria-invalid="true"]').count(), 0, 'nothing is called a mistake yet');
  await page.close();
});

test('by keyboard alone: skip link, start, choose, go on', async () => {
  const page = await browser.page();
  await page.goto(`${town.url}/dienste/hund/anmeldung`);
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Zum Inhalt springen/);
  await page.keyboard.press('Enter');
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement.textContent.includes('Jetzt beginnen'))) break;
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Wer hält den Hund?' }).waitFor();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement.name === 'halterart')) break;
  }
  const outline = await page.evaluate(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; });
  assert.ok(outline, 'the focus is visible');
  await page.keyboard.press('Space');
  assert.equal(await page.locator('input[name="halterart"]:checked').count(), 1);
});
