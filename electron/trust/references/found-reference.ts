/** An image reference that was found in a text, and where its digest can be written. Types, and the rule for the place. Pure. */
import type { AppError } from '../../../shared/errors.ts';
import { isUnbroken, type Tracked, textOfTracked } from './tracked-text.ts';

export type TextKind = 'dockerfile' | 'compose' | 'list';

/** Offsets count UTF-16 units of the whole text. */
export interface FoundReference {
  /** Where it stands, with its variables. */
  readonly offset: number;
  readonly length: number;
  /** From 1. */
  readonly line: number;
  /** Its variables filled in; as it stands where that cannot be done. */
  readonly reference: string;
  /** Why its variables cannot be filled in. */
  readonly problem: AppError | undefined;
  readonly pinning: PinPlace;
}

export type PinPlace =
  /** What a digest replaces; nothing yet when `length` is 0. `via`: the variables whose default that is. */
  | { readonly kind: 'place'; readonly offset: number; readonly length: number; readonly via: string }
  /** In whole words, after "because". */
  | { readonly kind: 'impossible'; readonly reason: string };

const impossible = (reason: string): PinPlace => ({ kind: 'impossible', reason });

/**
 * Where the digest of a reference goes: behind its tag, in place of the digest that is there.
 * A tag that is put together from several places has none: with another value of a variable the digest would be the one
 * of another tag, and docker looks at the digest alone.
 */
export function pinPlaceOf(marks: Tracked): PinPlace {
  const text = textOfTracked(marks);
  const at = text.indexOf('@');
  const nameEnd = at === -1 ? text.length : at;
  const last = marks[nameEnd - 1];
  if (last === undefined) return impossible('it has no name');
  const colon = text.lastIndexOf(':', nameEnd - 1);
  const tagStart = colon > text.lastIndexOf('/', nameEnd - 1) ? colon : nameEnd - 1;
  if (!isUnbroken(marks.slice(tagStart)))
    return impossible('its tag and digest are put together from variables or several lines');
  return { kind: 'place', offset: last.at + 1, length: marks.length - nameEnd, via: last.via };
}

/** Number of the line that an offset is in, from 1. Made once for a text. */
export function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    for (let high = starts.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
