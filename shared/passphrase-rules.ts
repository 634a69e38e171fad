/**
 * What a new passphrase must be, and how one is made up: words or characters, every outcome equally likely. Pure: the
 * random source is an argument, so that the privileged side and the prompt in the window use the same rules.
 */

/** docker and notary: at least 8 characters, where a person types it. Environment variables are not held to it. */
export const minimumPassphraseLength = 8;

/** What counts of a typed passphrase: docker drops blanks around it, and so do the window and the command line. */
export function withoutBlanksAround(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}

export interface GeneratedPassphrase {
  readonly text: string;
  /** Of the choice, not of the text: every outcome was equally likely. */
  readonly entropyBits: number;
}

/** A whole number from 0 to below `bound`, each equally likely, from a cryptographic source. */
export type RandomIndex = (bound: number) => number;

/** Letters and digits without 0/O, 1/l/I: they get written on paper. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** `count` words of the list, by hyphens. Throws a RangeError for fewer than 4 or more than 24. */
export function makeWords(
  wordlist: readonly string[],
  randomIndex: RandomIndex,
  count = 7,
): GeneratedPassphrase {
  if (!Number.isInteger(count) || count < 4 || count > 24) throw new RangeError('4 to 24 words');
  const words = Array.from({ length: count }, () => wordlist[randomIndex(wordlist.length)]);
  return { text: words.join('-'), entropyBits: Math.floor(count * Math.log2(wordlist.length)) };
}

/** `count` letters and digits that cannot be confused on paper. Throws a RangeError for fewer than 12 or more than 64. */
export function makeCharacters(randomIndex: RandomIndex, count = 20): GeneratedPassphrase {
  if (!Number.isInteger(count) || count < 12 || count > 64) throw new RangeError('12 to 64 characters');
  const letters = Array.from({ length: count }, () => ALPHABET.charAt(randomIndex(ALPHABET.length)));
  return { text: letters.join(''), entropyBits: Math.floor(count * Math.log2(ALPHABET.length)) };
}
