/** The digests of many targets in hex, as people read them. Privileged process and command line; pure. */
import type { TargetEntry } from '../tuf/model.ts';

const digestDigits = 64;
const charactersEach = 44;
const lastCharacter = 43;
const letterA = 65;
const noDigest = 'A'.repeat(charactersEach);
/** 44 characters of base64 without padding are 33 bytes. */
const digitsEach = 66;

type Entries = readonly Pick<TargetEntry, 'sha256'>[];

/** The digest of the entry in a row; an entry without SHA-256 has an empty text. */
export interface HexDigests {
  readonly at: (row: number) => string;
  /** Length of the longest. */
  readonly longest: number;
}

/**
 * All digests in one decoding: one by one takes twice as long. Parsed digests are canonical base64 of 32 bytes, 43
 * characters and a padding, so with an `A` in the padding's place they can stand in a row, a zero byte behind each.
 */
export function hexDigestsOf(entries: Entries): HexDigests {
  const row = entries.map(({ sha256 }) => sha256 ?? noDigest).join('');
  const bytes = Buffer.from(row, 'latin1');
  // In place, because replacing in the text makes it anew twice.
  for (let at = lastCharacter; at < bytes.length; at += charactersEach) bytes[at] = letterA;
  const hex = Buffer.from(bytes.toString('latin1'), 'base64').toString('hex');
  return {
    at: (row) =>
      entries[row]?.sha256 === undefined ? '' : hex.slice(row * digitsEach, row * digitsEach + digestDigits),
    longest: entries.some(({ sha256 }) => sha256 !== undefined) ? digestDigits : 0,
  };
}
