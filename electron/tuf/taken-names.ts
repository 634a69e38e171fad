/**
 * Which names earlier files of a walk already provided. Pure.
 * Files as Go writes them are sorted, so two of them are compared by walking both once; a set of 100,000 names
 * would cost more than everything else about a listing.
 */
import type { TargetEntry } from './model.ts';

export class TakenNames {
  private readonly sorted: (readonly TargetEntry[])[] = [];
  /** All names, once a file that is not sorted has come by. */
  private names: Set<string> | undefined;

  /** Those of `targets` whose names nobody provided before; from now on they are taken. */
  take(targets: readonly TargetEntry[]): readonly TargetEntry[] {
    return this.names === undefined && isAscending(targets)
      ? this.takeSorted(targets)
      : this.takeAny(targets);
  }

  private takeSorted(targets: readonly TargetEntry[]): readonly TargetEntry[] {
    const free = this.sorted.reduce(without, targets);
    if (free.length > 0) this.sorted.push(free);
    return free;
  }

  private takeAny(targets: readonly TargetEntry[]): readonly TargetEntry[] {
    const names = (this.names ??= new Set(this.sorted.flat().map(({ name }) => name)));
    const free = targets.filter(({ name }) => !names.has(name));
    for (const { name } of free) names.add(name);
    return free;
  }
}

/** Strictly ascending in JavaScript's own order; any total order serves for walking two lists side by side. */
function isAscending(targets: readonly TargetEntry[]): boolean {
  let last: string | undefined;
  for (const { name } of targets) {
    if (last !== undefined && last >= name) return false;
    last = name;
  }
  return true;
}

/** The entries of one ascending list whose names are not in the other. */
function without(targets: readonly TargetEntry[], taken: readonly TargetEntry[]): readonly TargetEntry[] {
  let at = 0;
  return targets.filter(({ name }) => {
    let other = taken[at];
    while (other !== undefined && other.name < name) other = taken[++at];
    return other?.name !== name;
  });
}
