// SPDX-License-Identifier: EUPL-1.2
// The desk's search: found as soon as it is submitted, by any ending, part or slip of the keyboard, and only by who may see it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apply } from './lib/dogs.mjs';
import { startTown } from './lib/town.mjs';

const dataDir = mkdtempSync(join(tmpdir(), 'rathaus-search-'));
let town, clerk;
const applied = [];
before(async () => {
  town = await startTown({ dataDir });
  clerk = await town.staff('kurz', 'hundesteuer-kurz');
});
after(async () => {
  await town?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const search = (visitor, text) => visitor.get(`/desk/vorgaenge?suche=${encodeURIComponent(text)}`);
const found = page => [...page.words.matchAll(/HUND-\d{4}-\d{6}-\d/g)].map(m => m[0]).filter((n, i, all) => all.indexOf(n) === i);

test('an application is found at once, by its number, a name and its beginning', async () => {
  for (const [chip, versicherung] of [['276098100000701', 'Stadt und Kater Versicherung'], ['276098100000702', 'Stadtversicherung']])
    applied.push(await apply(town, { chip, dog: { versicherung } }));
  const [first, second] = applied.map(a => a.caseNumber);
  assert.deepEqual(found(await search(clerk, 'Mustermann')), [second, first]);
  assert.deepEqual(found(await search(clerk, 'MUSTERM')), [second, first]);
  assert.deepEqual(found(await search(clerk, '276098100000701')), [first]);
  assert.deepEqual(found(await search(clerk, first.slice(0, -2))), [first]);
  assert.deepEqual(found(await search(clerk, 'Mustermann 276098100000702')), [second]);
  assert.deepEqual(found(await search(clerk, 'Mustermann Niemand')), []);
});

test('a mistyped name is put right, and the page says so', async () => {
  const page = await search(clerk, 'Musterrmann');
  assert.equal(found(page).length, 2);
  assert.match(page.words, /„Musterrmann“ kommt nicht vor\. Gesucht wurde nach „Mustermann“\./);
});

test('a compound finds its parts, and a part its compound', async () => {
  const [first, second] = applied.map(a => a.caseNumber);
  assert.deepEqual(found(await search(clerk, 'Versicherung')), [first, second]); // the word itself comes first
  assert.deepEqual(found(await search(clerk, 'Katerversicherungen')), [first]); // nobody wrote that
});

test('nobody is told words of cases that they may not see', async () => {
  for (const [login, password] of [['brandt', 'stadtkasse-brandt'], ['yildiz', 'ordnung-yildiz']]) {
    const other = await town.staff(login, password);
    for (const text of ['Mustermann', 'Musterrmann', applied[0].caseNumber.slice(0, -2)]) {
      const page = await search(other, text);
      assert.deepEqual(found(page).filter(n => n !== text), []);
      assert.doesNotMatch(page.words, /„Mustermann“\./);
    }
  }
});

test('a damaged index is made anew', async () => {
  await town.stop();
  const folder = join(dataDir, 'tenants/musterstadt/search/cases');
  const segments = readdirSync(folder).filter(name => name.endsWith('.segment'));
  assert.ok(segments.length > 0);
  for (const name of segments) {
    const bytes = readFileSync(join(folder, name));
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(join(folder, name), bytes);
  }
  town = await startTown({ dataDir });
  clerk = await town.staff('kurz', 'hundesteuer-kurz');
  assert.match((await search(clerk, 'Mustermann')).words, /Suche wird gerade neu aufgebaut|HUND-/);
  for (let i = 0; i < 100 && found(await search(clerk, 'Mustermann')).length < 2; i++) await new Promise(done => setTimeout(done, 100));
  assert.equal(found(await search(clerk, 'Mustermann')).length, 2);
});
