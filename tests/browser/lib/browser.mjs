// SPDX-License-Identifier: EUPL-1.2
// A browser for tests: Debian's Chromium, steered by playwright-core, with axe-core.
//
//     const browser = await openBrowser()
//     const page = await browser.page({ width: 390 })
//     await page.goto(address)
//     await checkPage(page, 'start')        // axe, no sideways scrolling, nothing in the console
//     await browser.close()

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const OUT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'out');
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-swiftshader', // maps are drawn without a graphics card here
];

export const WIDTHS = [1280, 390];

/** Options of page(): width, height, dark, javascript (false: off), lang, zoom text. */
export async function openBrowser() {
  const chrome = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ARGUMENTS,
  });
  return {
    chrome,
    close: () => chrome.close(),
    async page({ width = 1280, height = 800, dark = false, javascript = true, lang = 'de-DE' } = {}) {
      const context = await chrome.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        javaScriptEnabled: javascript,
        locale: lang,
        reducedMotion: 'reduce',
      });
      await context.addInitScript(AXE); // once for all the pages; sent to each anew it takes as long as the check itself
      const page = await context.newPage();
      page.setDefaultTimeout(60_000); // a machine that runs other tests beside is slow
      page.complaints = [];
      page.on('console', message => {
        // What a graphics driver made of software says of its speed is not the page's.
        if (['error', 'warning'].includes(message.type()) && !message.text().includes('GL Driver Message')) page.complaints.push(message.text());
      });
      page.on('pageerror', error => page.complaints.push(String(error)));
      return page;
    },
  };
}

/** With RATHAUS_PICTURES=1: tests/browser/out/NAME.png, the whole page. */
export async function screenshot(page, name) {
  if (!process.env.RATHAUS_PICTURES) return;
  mkdirSync(OUT, { recursive: true });
  const file = path.join(OUT, `${name}.png`);
  await page.screenshot({ path: file, fullPage: true });
}

/** What axe finds against WCAG 2.2 A and AA and its own good practice; one line a finding. */
export async function axe(page) {
  // Through the debugger: the page's security policy allows no foreign script, and some pages allow none.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      resultTypes: ['violations'], // the selectors of what passes take half the time
      preload: { assets: ['media'] }, // the style sheets are read only for a rule that is not among these
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  return violations.flatMap(rule =>
    rule.nodes.map(node => `${rule.id}: ${rule.help}: ${node.target.join(' ')} ${node.html.slice(0, 160)}`),
  );
}

/** How many pixels the page is wider than the window. */
export const sidewaysScroll = page =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Labels before the cells of a narrow table that run into the value beside them. A pseudo-element cannot be measured: an element in its dress can. */
const crossingLabels = page =>
  page.evaluate(() =>
    [...document.querySelectorAll('[data-label]:not(:empty)')].flatMap(cell => {
      const dress = getComputedStyle(cell, '::before');
      if (dress.content === 'none' || dress.display !== 'inline-block') return [];
      const label = document.createElement('span');
      for (const name of ['display', 'box-sizing', 'width', 'padding-inline-end', 'text-indent', 'white-space', 'hyphens', 'overflow-wrap', 'font']) label.style.setProperty(name, dress.getPropertyValue(name));
      label.textContent = cell.dataset.label;
      cell.prepend(label);
      const crosses = label.scrollWidth > label.clientWidth;
      label.remove();
      return crosses ? [cell.dataset.label] : [];
    }),
  );

/** A page as it must be: no finding of axe, no sideways scrolling, no label over a value, a silent console. */
export async function checkPage(page, name) {
  assert.deepEqual(await axe(page), [], `${name}: axe`);
  assert.equal(await sidewaysScroll(page), 0, `${name}: wider than the window`);
  assert.deepEqual(await crossingLabels(page), [], `${name}: labels run into the values beside them`);
  assert.deepEqual(page.complaints, [], `${name}: console`);
}

/** Bytes that a visitor's first view of the page transfers. */
export async function weight(page, address) {
  let bytes = 0;
  const count = async response => {
    const sizes = await response
      .request()
      .sizes()
      .catch(() => null);
    bytes += sizes?.responseBodySize ?? 0;
  };
  page.on('response', count);
  await page.goto(address, { waitUntil: 'networkidle' });
  page.off('response', count);
  return bytes;
}
