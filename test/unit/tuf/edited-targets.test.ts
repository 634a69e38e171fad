/** The edited view of a file's targets behaves like a map that is copied, for few names and for many. */
import { expect, test } from 'vitest';
import { EditedTargets } from '../../../electron/tuf/edited-targets.ts';
import type { TargetEntry } from '../../../electron/tuf/model.ts';

const entry = (name: string, length = 1): TargetEntry => ({ name, length, sha256: 'AAAA' });
const base = ['a', 'b', 'c', '__proto__'].map((name) => entry(name));

test('without an edit it is the very list of before', () => {
  const targets = new EditedTargets(base);
  expect(targets.get('b')).toBe(base[1]);
  expect(targets.delete('z')).toBe(false);
  expect(targets.list()).toBe(base);
});

test('replaces in place, removes, adds at the end, and takes back', () => {
  const targets = new EditedTargets(base);
  targets.set(entry('b', 2));
  targets.set(entry('new'));
  expect(targets.delete('a')).toBe(true);
  expect(targets.delete('a')).toBe(false);
  expect(targets.delete('__proto__')).toBe(true);
  targets.set(entry('gone'));
  targets.delete('gone');
  expect(targets.get('b')?.length).toBe(2);
  expect(targets.get('a')).toBeUndefined();
  expect(targets.list()).toEqual([entry('b', 2), entry('c'), entry('new')]);
});

test('random edits of many names come to what a map comes to', () => {
  const many = Array.from({ length: 200 }, (_, i) => entry(`tag-${String(i)}`));
  const targets = new EditedTargets(many);
  const map = new Map(many.map((one) => [one.name, one]));
  let seed = 7;
  for (let step = 0; step < 2000; step += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    const name = `tag-${String(seed % 300)}`;
    expect(targets.get(name)).toEqual(map.get(name));
    if (seed % 3 === 0) expect(targets.delete(name)).toBe(map.delete(name));
    else {
      map.set(name, entry(name, step));
      targets.set(entry(name, step));
    }
  }
  const sorted = (all: Iterable<TargetEntry>): TargetEntry[] =>
    [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
  expect(sorted(targets.list())).toEqual(sorted(map.values()));
});
