// SPDX-License-Identifier: EUPL-1.2
// An include points down only, and from one engine into another only to its one public header.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = new URL('../src/', import.meta.url).pathname;

// The floors from the ground (docs/architecture.md). Rooms of one floor do not see each other,
// but for the arrows in `beside`.
const floors = [
  ['base'],
  ['core', 'feel'],
  ['search'],
  ['geo', 'ident', 'pay', 'post'],
  ['portal', 'cases', 'hooks', 'city', 'twin', 'mobility', 'assist', 'dialog', 'watch', 'devices'],
];
const engines = new Set(floors[4]);
// Public headers: the only ones that others include.
const published = {
  feel: ['feel/feel.h', 'feel/dmn.h'],
  search: ['search/search.h'],
};

const floorOf = room => floors.findIndex(rooms => rooms.includes(room));

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(c|h|html)$/.test(entry.name) ? [path] : [];
  });
}

function includes(path) {
  return [...readFileSync(path, 'utf8').matchAll(/^(?:\{% c )?\s*#include "([^"]+)"/gm)].map(m => m[1]);
}

// The reason why `room` may not include `header`, or null.
export function verdict(room, header) {
  const other = header.split('/')[0];
  if (!header.includes('/') || other === room) return null;
  if (room === 'gen' || room === 'main.c') return null;
  if (floorOf(other) < 0) return `${other} is no room of the house`;
  if (published[other] && !published[other].includes(header)) return `${header} is private to ${other}`;
  if (floorOf(other) > floorOf(room)) return `${other} is above ${room}`;
  if (floorOf(other) === floorOf(room)) {
    if (engines.has(other) && header === `${other}/${other}.h`) return null;
    return `${other} stands beside ${room}`;
  }
  return null;
}

test('includes point down only', () => {
  const wrong = [];
  for (const path of sources(root)) {
    const name = relative(root, path);
    const room = name.split('/')[0];
    for (const header of includes(path)) {
      const why = verdict(room, header);
      if (why) wrong.push(`src/${name} includes "${header}": ${why}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('the rule refuses arrows that point up', () => {
  assert.ok(verdict('base', 'core/log.h'));
  assert.ok(verdict('core', 'pay/pay.h'));
  assert.ok(verdict('cases', 'feel/value.h'));
  assert.ok(verdict('feel', 'core/log.h'));
  assert.ok(verdict('city', 'cases/case.h'));
  assert.equal(verdict('city', 'cases/cases.h'), null);
  assert.equal(verdict('cases', 'pay/pay.h'), null);
});

test('engines do not include each other in a circle', () => {
  const arrows = new Map();
  for (const path of sources(root)) {
    const room = relative(root, path).split('/')[0];
    if (!engines.has(room)) continue;
    for (const header of includes(path)) {
      const other = header.split('/')[0];
      if (engines.has(other) && other !== room) arrows.set(room, (arrows.get(room) ?? new Set()).add(other));
    }
  }
  const visit = (room, trail) => {
    assert.ok(!trail.includes(room), `circle: ${[...trail, room].join(' → ')}`);
    for (const next of arrows.get(room) ?? []) visit(next, [...trail, room]);
  };
  for (const room of arrows.keys()) visit(room, []);
});
