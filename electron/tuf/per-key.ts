/** What follows from a key object alone, computed once: the same few keys are asked about at every step. Pure. */
import type { PublicKey } from './model.ts';

/**
 * `compute` with its answers remembered for as long as the key object lives; what it throws is not.
 * SECURITY: a key is known by its identity. Key objects are made by parsing and never changed.
 */
export function rememberPerKey<Crypto extends object, T>(
  compute: (key: PublicKey, crypto: Crypto) => T,
): (key: PublicKey, crypto: Crypto) => T {
  const known = new WeakMap<Crypto, WeakMap<PublicKey, { readonly answer: T }>>();
  return (key, crypto) => {
    const ofCrypto = known.get(crypto) ?? new WeakMap<PublicKey, { readonly answer: T }>();
    known.set(crypto, ofCrypto);
    const found = ofCrypto.get(key) ?? { answer: compute(key, crypto) };
    ofCrypto.set(key, found);
    return found.answer;
  };
}
