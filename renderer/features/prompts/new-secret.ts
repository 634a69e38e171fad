/**
 * A passphrase made up in the window, for the prompt that shows it.
 * SECURITY: it is made where a typed one would be and goes the same one way, as the answer to the prompt. Nothing brings
 * a secret from the privileged side to the window, not even this one (docs/adr).
 */
import {
  type GeneratedPassphrase,
  makeCharacters,
  makeWords,
  type RandomIndex,
} from '../../../shared/passphrase-rules.ts';

export type SecretStyle = 'words' | 'characters';

const RANGE = 2 ** 32;

/** From the browser's cryptographic source, without the bias that a plain remainder would have. */
export const randomIndex: RandomIndex = (bound) => {
  const limit = RANGE - (RANGE % bound);
  const draw = new Uint32Array(1);
  do crypto.getRandomValues(draw);
  while ((draw[0] ?? 0) >= limit);
  const index = (draw[0] ?? 0) % bound;
  draw.fill(0);
  return index;
};

/** The word list is loaded when it is first wanted. */
export async function makeSecret(style: SecretStyle): Promise<GeneratedPassphrase> {
  if (style === 'characters') return makeCharacters(randomIndex);
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  return makeWords(wordlist, randomIndex);
}
