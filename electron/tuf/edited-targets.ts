/** The targets of one file while it is edited: what was there, and the few entries that are other now. Pure. */
import type { TargetEntry } from './model.ts';

/** So many names are looked for one by one; for more an index of the whole file is worth its while. */
const MAX_SCANS = 8;

export class EditedTargets {
  readonly #base: readonly TargetEntry[];
  /** By name; undefined for an entry that was removed. */
  readonly #edits = new Map<string, TargetEntry | undefined>();
  #index: ReadonlyMap<string, TargetEntry> | undefined;
  #scans = 0;

  constructor(base: readonly TargetEntry[]) {
    this.#base = base;
  }

  get(name: string): TargetEntry | undefined {
    return this.#edits.has(name) ? this.#edits.get(name) : this.#inBase(name);
  }

  set(target: TargetEntry): void {
    this.#edits.set(target.name, target);
  }

  /** @returns whether there was one */
  delete(name: string): boolean {
    if (this.get(name) === undefined) return false;
    this.#edits.set(name, undefined);
    return true;
  }

  /** In file order, new ones last; the very list of before when nothing was edited. */
  list(): readonly TargetEntry[] {
    if (this.#edits.size === 0) return this.#base;
    const added = new Map(this.#edits);
    const kept = this.#base.flatMap((entry) => {
      if (!this.#edits.has(entry.name)) return entry;
      added.delete(entry.name);
      return this.#edits.get(entry.name) ?? [];
    });
    return [...kept, ...[...added.values()].filter((entry) => entry !== undefined)];
  }

  #inBase(name: string): TargetEntry | undefined {
    this.#scans += 1;
    if (this.#scans <= MAX_SCANS) return this.#base.find((entry) => entry.name === name);
    this.#index ??= new Map(this.#base.map((entry) => [entry.name, entry]));
    return this.#index.get(name);
  }
}
