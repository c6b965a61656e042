// SPDX-License-Identifier: EUPL-1.2
// The machine's clock as a town sees it, moved while the town runs.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';

const LIBRARIES = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1'];

/** `env` for startTown(); `move('-2d')` sets the clock against the true one, `move('+0')` right. `file` keeps it. */
export function movableClock(file) {
  const library = LIBRARIES.find(existsSync);
  assert.ok(library, 'faketime is installed (scripts/need.sh test)');
  const move = offset => writeFileSync(file, offset);
  move('+0');
  return { move, env: { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' } };
}
