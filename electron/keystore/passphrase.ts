/**
 * Rules, generation and rating of passphrases. Privileged process; the dictionaries are loaded only when needed.
 * SECURITY: a generated passphrase is shown to the person once and never logged.
 */
import { randomInt } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import {
  type GeneratedPassphrase,
  makeCharacters,
  makeWords,
  minimumPassphraseLength,
} from '../../shared/passphrase-rules.ts';
import type { SecretBytes } from './secret-bytes.ts';

/** Throws `keystore/short-passphrase`. Counts characters, not bytes. */
export function assertLongEnough(passphrase: SecretBytes): void {
  const length = passphrase.use((bytes) => Array.from(new TextDecoder().decode(bytes)).length);
  if (length < minimumPassphraseLength) {
    throw new AppError('keystore/short-passphrase', { minimum: minimumPassphraseLength });
  }
}

/** `count` words of BIP-39's English list (2,048 words, all different in their first four letters), by hyphens. */
export async function generateWords(count = 7): Promise<GeneratedPassphrase> {
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  return makeWords(wordlist, (bound) => randomInt(bound), count);
}

/** `count` letters and digits that cannot be confused on paper. */
export function generateCharacters(count = 20): GeneratedPassphrase {
  return makeCharacters((bound) => randomInt(bound), count);
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
