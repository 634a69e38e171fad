/**
 * Lists of targets known to be in canonical order (by the bytes of their names), because they were read in it. Looking at
 * 10,000 names once more takes longer than most of what is then done with them. Pure.
 */
import type { TargetEntry } from './model.ts';
import { sortByUtf8 } from './utf8.ts';

const ordered = new WeakSet<readonly TargetEntry[]>();

/** Only for a list that nobody changes any more. */
export function noteInOrder(targets: readonly TargetEntry[]): void {
  ordered.add(targets);
}

/** The targets by the bytes of their names; the very list when it is known to be in that order. */
export function inOrder(targets: readonly TargetEntry[]): readonly TargetEntry[] {
  return ordered.has(targets) ? targets : sortByUtf8(targets, ({ name }) => name);
}
