/**
 * How many signatures of tokens a piece of work is still to make, over all of its keys, so that whoever touches one knows
 * how many touches follow. Pure.
 */
import type { CanonicalKeyId } from '../../shared/brands.ts';

export class TouchTally {
  readonly #left: Map<CanonicalKeyId, number>;

  /** @param expected signatures of keys that are not opened yet */
  constructor(expected: ReadonlyMap<CanonicalKeyId, number> = new Map()) {
    this.#left = new Map(expected);
  }

  /** What is known of a key once it is opened: 0 for one that wants no touch. */
  expect(keyId: CanonicalKeyId, signatures: number): void {
    this.#left.set(keyId, signatures);
  }

  signed(keyId: CanonicalKeyId): void {
    this.#left.set(keyId, Math.max(0, (this.#left.get(keyId) ?? 0) - 1));
  }

  /** After the one of `keyId` that is waited for now. */
  following(keyId: CanonicalKeyId): number {
    const others = [...this.#left].filter(([id]) => id !== keyId).reduce((sum, [, left]) => sum + left, 0);
    return others + Math.max(0, (this.#left.get(keyId) ?? 0) - 1);
  }
}
