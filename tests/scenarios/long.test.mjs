// SPDX-License-Identifier: EUPL-1.2
// Lists that have grown long: whatever is in them is reached, and nothing ends without a word.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { apply, dogApplication } from './lib/dogs.mjs';
import { startTown } from './lib/town.mjs';

let town;
before(async () => { town = await startTown(); });
after(() => town?.stop());

const sql = text => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(town.dataDir, 'tenants/musterstadt/tenant.db'), text], { encoding: 'utf8' }).trim();
/** SQL: a row for each n from 1 to `count`. */
const series = count => `WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${count})`;
/** What a list shows from a page on, however often it goes on. */
async function whole(page) {
  const seen = [page.words];
  while (page.links.some(one => /^(Nächste Seite|Next page)$/.test(one.text))) seen.push((page = await page.follow(/^(Nächste Seite|Next page)$/)).words);
  return seen.join(' ');
}
const numbers = (text, pattern) => new Set([...text.matchAll(pattern)].map(match => match[1])).size;

test('a page of looks that there is not is the nearest one, also where nobody has looked', async () => {
  const { caseNumber } = await apply(town, { chip: '276098100009003' });
  const officer = await town.staff('datenschutz', 'rathaus-datenschutz');
  const page = await officer.get(`/desk/datenschutz?nummer=${caseNumber}&seite=5`);
  assert.equal(page.status, 200);
  assert.match(page.words, /Diesen Vorgang hat noch niemand angesehen/);
});
