// SPDX-License-Identifier: EUPL-1.2
// Disks that are full.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A small disk of its own, taken away by one of `cleanup`; null where this is not allowed: mounting needs root, which a test machine is. */
export function smallDisk(scratch, megabytes, cleanup) {
  const folder = join(scratch, `disk-${megabytes}`);
  mkdirSync(folder);
  const run = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  if (run.status !== 0) return null;
  cleanup.push(() => spawnSync('umount', ['-l', folder]));
  return folder;
}

/** Write until nothing more fits. */
export function fill(file) {
  const ballast = openSync(file, 'w');
  try {
    for (const size of [1 << 16, 1 << 12]) {
      try {
        for (;;) writeSync(ballast, Buffer.alloc(size));
      } catch (error) {
        assert.equal(error.code, 'ENOSPC');
      }
    }
  } finally {
    closeSync(ballast);
  }
}
