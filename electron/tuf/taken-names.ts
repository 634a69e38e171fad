/**
 * Which names earlier files of a walk already provided. Pure.
 * Files as Go writes them are sorted, so two of them are compared by walking both once; a set of 100,000 names
 * would cost more than everything else about a listing.
 */
import type { TargetEntry } from './model.ts';

export class TakenNames {
  private readonly lists: (readonly TargetEntry[])[] = [];
  /** Of the first list; those behind it are, or `names` is there. Undefined: not looked at yet. */
  private firstIsAscending: boolean | undefined;
  /** All names, once a file that is not sorted has come by. */
  private names: Set<string> | undefined;

  /** Those of `targets` whose names nobody provided before; from now on they are taken. */
  take(targets: readonly TargetEntry[]): readonly TargetEntry[] {
    if (targets.length === 0) return targets;
    if (this.lists.length === 0 && this.names === undefined) return this.takeFirst(targets);
    return this.areAscending(targets) ? this.takeAscending(targets) : this.takeAny(targets);
  }

  /** Most often there is no second one, so nobody looks at its order yet: the names of one file are unique. */
  private takeFirst(targets: readonly TargetEntry[]): readonly TargetEntry[] {
    this.lists.push(targets);
    return targets;
  }

  /** The lists so far and this one. */
  private areAscending(targets: readonly TargetEntry[]): boolean {
    if (this.names !== undefined) return false;
    this.firstIsAscending ??= isAscending(this.lists[0] ?? []);
    return this.firstIsAscending && isAscending(targets);
  }

  private takeAscending(targets: readonly TargetEntry[]): readonly TargetEntry[] {
    const free = this.lists.reduce(without, targets);
    if (free.length > 0) this.lists.push(free);
    return free;
  }

  private takeAny(targets: readonly TargetEntry[]): readonly TargetEntry[] {
    const names = (this.names ??= new Set(this.lists.flat().map(({ name }) => name)));
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
