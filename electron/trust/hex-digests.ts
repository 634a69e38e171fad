/** The digests of many targets in hex, as people read them. Privileged process and command line; pure. */
import type { TargetEntry } from '../tuf/model.ts';

const noDigest = 'A'.repeat(44);
const digestDigits = 64;
/** 44 characters of base64 without padding are 33 bytes. */
const digitsEach = 66;

/**
 * All digests in one decoding: one by one takes twice as long. Parsed digests are canonical base64 of 32 bytes, 43
 * characters and a padding, so with an `A` in the padding's place they can stand in a row, a zero byte behind each.
 * An entry without SHA-256 has an empty text.
 */
export function hexDigests(entries: readonly Pick<TargetEntry, 'sha256'>[]): readonly string[] {
  let row = '';
  for (const { sha256 } of entries) row += sha256 ?? noDigest;
  const hex = Buffer.from(row.replaceAll('=', 'A'), 'base64').toString('hex');
  return entries.map(({ sha256 }, at) =>
    sha256 === undefined ? '' : hex.slice(at * digitsEach, at * digitsEach + digestDigits),
  );
}
