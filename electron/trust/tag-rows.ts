/**
 * Rows of signed tags under construction: a row is a place in a few parallel lists, so that 100,000 of them need no
 * objects of their own and share a handful of sets of signers. Privileged process; pure.
 */
import type { TargetEntry } from '../tuf/model.ts';
import type { SignedTags } from './inspection.ts';
import { hexDigestsOf } from './hex-digests.ts';
import { naturalOrder } from './natural-order.ts';

const nobody = -1;

export class TagRows {
  #entries: TargetEntry[] = [];
  #signerSet: number[] = [];
  /** The next row of the same tag with another digest, where there is one. */
  readonly #next: number[] = [];
  readonly #sets: (readonly string[])[] = [[]];
  /** The first row of each tag; made when a second list comes, because most repositories have only one. */
  #firstRow: Map<string, number> | undefined;

  /** Adds the tags of a released role; pairs of tag and digest that are there already stay as they are. */
  release(entries: readonly TargetEntry[]): void {
    if (this.#entries.length === 0) {
      this.#entries = [...entries]; // the names of one role are unique
      this.#signerSet = entries.map(() => 0);
      return;
    }
    const places = this.#places();
    for (const entry of entries) {
      const first = places.get(entry.name);
      if (first !== undefined && this.#find(first, entry) !== nobody) continue;
      const row = this.#append(entry);
      if (first !== undefined) this.#next[first] = row;
      else places.set(entry.name, row);
    }
  }

  /** Notes a signer on every row whose very digest it signed. */
  sign(entries: readonly TargetEntry[], signer: string): void {
    if (entries.length === 0) return;
    const places = this.#places();
    const grown = new Map<number, number>();
    for (const entry of entries) {
      const first = places.get(entry.name);
      const row = first === undefined ? nobody : this.#find(first, entry);
      if (row !== nobody) this.#signerSet[row] = this.#grow(this.#signerSet[row] ?? 0, signer, grown);
    }
  }

  /** In natural order of the tags; of two digests the one that was released first. */
  toColumns(): SignedTags {
    const order = naturalOrder(this.#entries.map(({ name }) => name));
    const entries =
      order === undefined ? this.#entries : order.map((row) => this.#entries[row] as TargetEntry);
    return {
      tags: entries.map(({ name }) => name),
      digests: hexDigestsOf(entries),
      sizes: entries.map(({ length }) => length),
      signers: order === undefined ? this.#signerSet : order.map((row) => this.#signerSet[row] ?? 0),
      signerSets: this.#sets,
    };
  }

  #append(entry: TargetEntry): number {
    this.#signerSet.push(0);
    return this.#entries.push(entry) - 1;
  }

  #places(): Map<string, number> {
    this.#firstRow ??= new Map(this.#entries.map(({ name }, row) => [name, row]));
    return this.#firstRow;
  }

  /** The row that holds this very digest. Parsed digests are canonical base64, so equal texts are equal bytes. */
  #find(first: number, { sha256 }: TargetEntry): number {
    for (let row = first; row !== nobody; row = this.#next[row] ?? nobody) {
      if (this.#entries[row]?.sha256 === sha256) return row;
    }
    return nobody;
  }

  #grow(set: number, signer: string, grown: Map<number, number>): number {
    const known = grown.get(set);
    if (known !== undefined) return known;
    const added = this.#sets.push([...(this.#sets[set] ?? []), signer]) - 1;
    grown.set(set, added);
    return added;
  }
}
