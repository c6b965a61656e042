// SPDX-License-Identifier: EUPL-1.2
// What the stories of the desk share: signing in, the keyboard, looking at a page at both widths.
import assert from 'node:assert/strict';
import { eventually } from '../../scenarios/lib/town.mjs';
import { checkPage, screenshot, WIDTHS } from './browser.mjs';

/** A page of somebody who works here. Options: those of browser.page(). */
export async function signedIn(browser, town, login, password, options) {
  const page = await browser.page(options);
  await page.goto(`${town.url}/desk/anmelden`);
  await page.getByLabel('Anmeldename').fill(login);
  await page.getByLabel('Passwort', { exact: true }).fill(password);
  await page.locator('main form button').click();
  await page.waitForURL(url => !url.pathname.endsWith('/anmelden'));
  return page;
}

/** The words of the main part. */
export const words = async page => (await page.locator('main').innerText()).replace(/\s+/g, ' ');

/** Wait until a page that asks for itself anew says this. A reload of ours would cross its own. */
export const comesToSay = (page, pattern) => eventually(async () => pattern.test(await words(page)), `${pattern}`, 60_000);

/** The page as it must be, at each width; with RATHAUS_PICTURES=1 tests/browser/out/NAME-WIDTH.png. Leaves it at the first. */
export async function look(page, name) {
  const { height } = page.viewportSize();
  page.complaints = page.complaints.filter(text => !text.includes('status of 422')); // a form that says what is wrong
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height });
    await screenshot(page, `${name}-${width}`);
    await checkPage(page, `${name} at ${width}`);
  }
  await page.setViewportSize({ width: WIDTHS[0], height });
}

/** Click what leads to another page, and be there. */
export const goOn = (page, control) => Promise.all([page.waitForNavigation(), control.first().click()]);

/** Tab on until the focus lies on what is called `name`; it must be visible that it does. */
export async function tabTo(page, name) {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const e = document.activeElement;
      const label = e.labels?.[0]?.textContent ?? e.getAttribute('aria-label') ?? e.textContent;
      const style = getComputedStyle(e);
      return { name: label.replace(/\s+/g, ' ').trim(), seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none' };
    });
    if (focus.name.startsWith(name)) {
      assert.ok(focus.seen, `${name}: the focus is visible`);
      return;
    }
  }
  assert.fail(`the keyboard does not reach "${name}" on ${page.url()}`);
}

/** Tab to a link or button and press it; the next page is there afterwards. */
export async function press(page, name) {
  await tabTo(page, name);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

export async function type(page, name, text) {
  await tabTo(page, name);
  await page.keyboard.type(text);
}

/** The text of the file that a link or button gives. */
export async function download(page, control) {
  const [file] = await Promise.all([page.waitForEvent('download'), control.click()]);
  const parts = [];
  for await (const part of await file.createReadStream()) parts.push(part);
  return { name: file.suggestedFilename(), text: Buffer.concat(parts).toString('latin1') };
}
