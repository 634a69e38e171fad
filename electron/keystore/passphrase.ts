/**
 * Rules, generation and rating of passphrases. Privileged process; the dictionaries are loaded only when needed.
 * SECURITY: a generated passphrase is shown to the person once and never logged.
 */
import { randomInt } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { SecretBytes } from './secret-bytes.ts';

/** docker and notary: at least 8 characters, where a person types it. Environment variables are not held to it. */
export const minimumPassphraseLength = 8;

/** Throws `keystore/short-passphrase`. Counts characters, not bytes. */
export function assertLongEnough(passphrase: SecretBytes): void {
  const length = passphrase.use((bytes) => Array.from(new TextDecoder().decode(bytes)).length);
  if (length < minimumPassphraseLength) {
    throw new AppError('keystore/short-passphrase', { minimum: minimumPassphraseLength });
  }
}

export interface GeneratedPassphrase {
  readonly text: string;
  /** Of the choice, not of the text: every outcome was equally likely. */
  readonly entropyBits: number;
}

const BITS_PER_WORD = 11;

/** `count` words of BIP-39's English list (2,048 words, all different in their first four letters), by hyphens. */
export async function generateWords(count = 7): Promise<GeneratedPassphrase> {
  if (!Number.isInteger(count) || count < 4 || count > 24) throw new RangeError('4 to 24 words');
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  const words = Array.from({ length: count }, () => wordlist[randomInt(wordlist.length)]);
  return { text: words.join('-'), entropyBits: count * BITS_PER_WORD };
}

/** Letters and digits without 0/O, 1/l/I: they get written on paper. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** `count` letters and digits that cannot be confused on paper. */
export function generateCharacters(count = 20): GeneratedPassphrase {
  if (!Number.isInteger(count) || count < 12 || count > 64) throw new RangeError('12 to 64 characters');
  const letters = Array.from({ length: count }, () => ALPHABET.charAt(randomInt(ALPHABET.length)));
  return { text: letters.join(''), entropyBits: Math.floor(count * Math.log2(ALPHABET.length)) };
}

export interface PassphraseStrength {
  /** 0 (guessed at once) to 4 (out of reach). */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** Power of ten of the guesses needed. */
  readonly guessesLog10: number;
  /** What is weak about it, as a sentence; undefined when nothing is. */
  readonly warning: string | undefined;
  readonly suggestions: readonly string[];
  readonly longEnough: boolean;
}

/** zxcvbn's rating. `related` are words an attacker would try first: repository, signer and account names. */
export async function ratePassphrase(
  passphrase: SecretBytes,
  related: readonly string[] = [],
): Promise<PassphraseStrength> {
  const rate = await loadRater();
  const text = passphrase.use((bytes) => new TextDecoder().decode(bytes));
  const { score, guessesLog10, feedback } = rate(text, related);
  return {
    score,
    guessesLog10,
    warning: feedback.warning ?? undefined,
    suggestions: feedback.suggestions,
    longEnough: Array.from(text).length >= minimumPassphraseLength,
  };
}

type Rater = (
  text: string,
  related: readonly string[],
) => {
  readonly score: 0 | 1 | 2 | 3 | 4;
  readonly guessesLog10: number;
  readonly feedback: { readonly warning: string | null; readonly suggestions: string[] };
};

let rater: Promise<Rater> | undefined;

function loadRater(): Promise<Rater> {
  rater ??= makeRater();
  return rater;
}

async function makeRater(): Promise<Rater> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  const factory = new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  });
  return (text, related) => factory.check(text, [...related]);
}
