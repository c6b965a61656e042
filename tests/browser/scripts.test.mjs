// SPDX-License-Identifier: EUPL-1.2
// What the scripts of web/scripts add to a page, on small pages of their own that the browser is
// given in the town's place: same origin, same security policy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTown } from '../scenarios/lib/town.mjs';
import { axe, openBrowser } from './lib/browser.mjs';

let town;
let browser;
let assets;
before(async () => {
  town = await startTown();
  browser = await openBrowser();
  const page = await browser.page();
  await page.goto(`${town.url}/seite/impressum`);
  assets = await page.evaluate(() => ({
    css: document.querySelector('link[rel=stylesheet]').href,
    js: document.querySelector('script[src]').src,
  }));
  await page.context().close();
});
after(async () => {
  await browser?.close();
  await town?.stop();
});

const html = (body, script = assets.js) =>
  `<!doctype html><html lang="de"><head><title>Probe</title><meta charset="utf-8">
   <link rel="stylesheet" href="${assets.css}"><script type="module" src="${script}"></script></head>
   <body class="page"><main class="main"><h1>Probe</h1>${body}</main></body></html>`;

async function show(body, answers = {}, script = undefined) {
  const page = await browser.page();
  await page.route('**/probe', route => {
    const answer = answers[route.request().method()];
    const text = answer ? answer(route.request()) : html(body, script);
    return route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body: text });
  });
  await page.goto(`${town.url}/probe`);
  return page;
}

const CHOICE = `<form method="post" action="/probe"><div class="kern-form-input field">
  <label class="kern-label" for="rasse">Rasse</label>
  <div class="kern-form-input__select-wrapper"><select class="kern-form-input__select" id="rasse" name="rasse"
    data-choice="%d Treffer" data-none="Kein Treffer"><option value="">Bitte wählen</option>
    <option value="1">American Staffordshire-Terrier</option><option value="2">Dackel</option>
    <option value="3">Mühlviertler Hund</option></select></div></div></form>`;

test('a long choice is found by typing, without accents, by keyboard alone', async () => {
  const page = await show(CHOICE);
  const field = page.getByRole('combobox', { name: 'Rasse' });
  await field.focus();
  await page.keyboard.type('muhl');
  assert.deepEqual(await page.getByRole('option').allTextContents(), ['Mühlviertler Hund']);
  assert.equal(await page.getByRole('status').textContent(), '1 Treffer');
  assert.equal(await field.getAttribute('aria-expanded'), 'true');
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('ArrowDown');
  assert.equal(await field.getAttribute('aria-activedescendant'), 'rasse-liste-0');
  await page.keyboard.press('Enter');
  assert.equal(await field.inputValue(), 'Mühlviertler Hund');
  assert.equal(await page.locator('select').evaluate(select => select.value), '3');
  assert.equal(await field.getAttribute('aria-expanded'), 'false');
  await page.context().close();
});

test('words of a choice are found inside, what is no option falls back to what was chosen', async () => {
  const page = await show(CHOICE);
  const field = page.getByRole('combobox', { name: 'Rasse' });
  await field.fill('staff');
  await page.getByRole('option', { name: 'American Staffordshire-Terrier' }).click();
  assert.equal(await page.locator('select').evaluate(select => select.value), '1');
  await field.fill('Einhorn');
  assert.equal(await page.getByRole('status').textContent(), 'Kein Treffer');
  await field.blur();
  assert.equal(await field.inputValue(), 'American Staffordshire-Terrier');
  await field.fill('');
  await field.blur();
  assert.equal(await page.locator('select').evaluate(select => select.value), '');
  await page.context().close();
});

const DEPENDENT = more => `<form method="post" action="/probe"><div data-region>
  <div class="field"><input type="checkbox" id="ohne" name="ohne" value="ja" data-reloads>
  <label for="ohne">Ohne Chip</label></div>
  <div class="field"><label for="name">Name</label><input id="name" name="name"></div>${more}
  </div><button name="weiter" data-without-script>Angaben aktualisieren</button></form>`;

test('dependent fields come from the server while focus and typing stay', async () => {
  let sent;
  const page = await show(DEPENDENT(''), {
    POST: request => {
      sent = new URLSearchParams(request.postData());
      return html(
        DEPENDENT('<div class="field"><label for="grund">Grund</label><input id="grund" name="grund"></div>'),
      );
    },
  });
  assert.equal(await page.getByRole('button', { name: 'aktualisieren' }).count(), 0);
  await page.getByLabel('Name').fill('Rex');
  await page.getByLabel('Ohne Chip').focus();
  await page.keyboard.press('Space');
  await page.getByLabel('Grund').waitFor();
  assert.equal(sent.get('teil'), '1');
  assert.equal(sent.get('ohne'), 'ja');
  assert.equal(sent.get('name'), 'Rex');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'ohne');
  await page.context().close();
});

test('the summary of errors takes the focus and its links lead to the fields', async () => {
  const page = await show(`<div class="error-summary" role="alert" tabindex="-1" data-focus>
    <h2>Bitte korrigieren Sie eine Angabe</h2><ul><li><a href="#chip">Die Chipnummer fehlt.</a></li></ul></div>
    <div class="field"><label for="chip">Chip</label><input id="chip"></div>`);
  assert.ok(await page.locator('.error-summary').evaluate(box => box === document.activeElement));
  assert.match(await page.title(), /^Bitte korrigieren Sie eine Angabe – /);
  await page.getByRole('link', { name: 'Die Chipnummer fehlt.' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'chip');
  await page.context().close();
});

test('the search shows what it would find, and leads there by keyboard', async () => {
  const page = await show(`<form role="search" action="/probe/treffer"><label for="suche">Suche</label>
    <input type="search" id="suche" name="suche" data-suggest></form>`);
  const asked = [];
  await page.route('**/probe/treffer?**', route => {
    asked.push(new URL(route.request().url()).searchParams.get('suche'));
    return route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: html(
        '<a data-hit href="/probe?1">Hund anmelden</a><a data-hit href="/probe?2">Hund abmelden</a><a href="/">x</a>',
      ),
    });
  });
  const field = page.getByRole('combobox', { name: 'Suche' });
  await field.pressSequentially('Hu');
  await page.getByRole('option').first().waitFor();
  assert.deepEqual(asked, ['Hu']);
  assert.deepEqual(await page.getByRole('option').allTextContents(), ['Hund anmelden', 'Hund abmelden']);
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('ArrowUp');
  assert.equal(await field.getAttribute('aria-activedescendant'), 'suche-vorschlaege-1');
  await page.keyboard.press('Escape');
  assert.equal(await field.getAttribute('aria-expanded'), 'false');
  await field.pressSequentially('n');
  await page.getByRole('option').first().waitFor();
  await page.route('**/probe?1', route => route.fulfill({ contentType: 'text/html', body: 'da' }));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/probe?1');
  await page.context().close();
});
