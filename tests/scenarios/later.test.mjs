// SPDX-License-Identifier: EUPL-1.2
// What is planned for a day is done by itself when it has come: once, also when the program is killed in the middle of it.
// The days come with a clock that runs ahead.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { apply, assess, dogApplication } from './lib/dogs.mjs';
import { eventually, program, startTown } from './lib/town.mjs';

const CASES = 3;
const library = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1'].find(existsSync);
let town;
after(() => town?.stop());

const number = (file, sql) => Number(execFileSync('sqlite3', ['-readonly', '-cmd', '.timeout 5000', file, sql], { encoding: 'utf8' }));
const DONE = "SELECT COUNT(*) FROM case_later_day WHERE status = 'done'";
const LETTERS = "SELECT COUNT(*) FROM case_document WHERE kind = 'letter' AND snapshot LIKE '%\"template\":\"verguenstigung_ende\"%'";
const WRITTEN = `${LETTERS} AND sha256 IS NOT NULL`;
const UNDER_WAY = "SELECT COUNT(*) FROM effect WHERE status NOT IN ('done') AND kind <> 'later'";

// Dogs from a shelter, free of tax for some years.
async function plan() {
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  for (let i = 1; i <= CASES; i++) {
    const { hunde: [{ versicherung_nachweis: paper }] } = await dogApplication(town);
    await apply(town, { chip: String(276098100000200 + i), dog: { name: `Kira ${i}`, herkunft: 'tierheim', tierheim_nachweis: paper },
      change: { halterart: 'person', person: { familienname: `Muster${i}`, vornamen: 'Erika', geburtsdatum: '1985-08-12', email: `erika${i}@beispiel.example` } } });
    await assess(clerk, i);
  }
}

test(`${CASES} keepers are reminded once each, though the program dies meanwhile`, { timeout: 240_000 }, async () => {
  assert.ok(library, 'faketime is installed (scripts/need.sh test)');
  town = await startTown();
  await plan();
  const file = `${town.dataDir}/tenants/musterstadt/tenant.db`;
  await eventually(() => number(file, "SELECT COUNT(*) FROM case_later_day WHERE status = 'planned'") === CASES, 'the days are planned');
  await eventually(() => number(file, UNDER_WAY) === 0, 'the letters of today are written', 60_000);
  const mails = town.mails().length;
  assert.equal(number(file, LETTERS), 0);

  const days = number(file, "SELECT CAST(JULIANDAY(MAX(day)) - JULIANDAY('now') AS INTEGER) + 2 FROM case_later_day");
  town.env = { LD_PRELOAD: library, FAKETIME: `+${days}d` };
  await town.kill();
  await town.start();
  await eventually(() => number(file, DONE) > 0, 'the first reminder', 60_000);
  await town.kill(); // its letter is ordered, and not yet written
  assert.equal(number(file, LETTERS), number(file, DONE), 'a day is done with its letter, or not at all');

  await town.start();
  await eventually(() => number(file, UNDER_WAY) === 0, 'everything is sent', 60_000);
  assert.equal(number(file, DONE), CASES);
  assert.equal(number(file, LETTERS), CASES);
  assert.equal(number(file, WRITTEN), CASES, 'each letter is written');
  assert.equal(number(file, "SELECT COUNT(*) FROM event WHERE type = 'case.action' AND actor = 'system'"), CASES);
  assert.equal(number(file, "SELECT COUNT(DISTINCT subject) FROM event WHERE type = 'case.action' AND actor = 'system'"), CASES);
  const ids = town.mails().slice(mails).map(text => text.match(/^Message-ID:\s*(\S+)/mi)[1]);
  assert.equal(new Set(ids).size, ids.length, 'no mail lies there twice');
  assert.equal(JSON.parse(execFileSync(program, ['verify', '--data', town.dataDir, '--json'], { encoding: 'utf8' })).ok, true);
  assert.equal(number(file, "SELECT COUNT(*) FROM effect WHERE status = 'failed'"), 0);
});
