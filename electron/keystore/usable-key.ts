/** Whether a key can do here what it is for, tried before it is stored or relied upon. Privileged process. */
import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import { DerReader, tag } from '../crypto/der.ts';
import type { PrivateKey } from './private-key.ts';

/** notary drops signatures of shorter RSA keys, so such a key would seem to work and sign nothing. */
export const minimumRsaBits = 2048;

/**
 * Signs a nonce and verifies it with the public half: a damaged key (an RSA factor changed, say) is found now and
 * not at the next release. `path` is for the error. Throws `keystore/unusable-key`.
 */
export async function assertUsableKey(key: PrivateKey, path: string): Promise<void> {
  const bits = key.algorithm.startsWith('RSA ') ? Number(key.algorithm.slice(4)) : minimumRsaBits;
  if (bits < minimumRsaBits) {
    const reason = `an RSA key of ${bits} bits, whose signatures docker and notary drop`;
    throw new AppError('keystore/unusable-key', { path, reason });
  }
  if (!(await signsANonce(key))) {
    throw new AppError('keystore/unusable-key', { path, reason: 'damaged: its signatures do not verify' });
  }
}

/** True when the key is consistent and makes a signature over fresh random bytes that its public key accepts. */
export async function signsANonce(key: PrivateKey): Promise<boolean> {
  if (key.form.kind === 'pkcs1' && !key.useSecret(isConsistentRsa)) return false;
  const nonce = createHash('sha256').update('trustdesk self-test\0').update(randomBytes(32)).digest();
  try {
    const { method, signature } = await key.sign(nonce);
    return nodeCrypto.verify(key.key, method, nonce, signature);
  } catch (error) {
    // OpenSSL refuses to sign with some damaged keys; being wiped is a bug of ours and must show.
    if (key.isWiped) throw error;
    return false;
  }
}

/**
 * The relations of RFC 8017 3.2. OpenSSL repairs what it can while signing, so a signature alone would not show a
 * damaged number; Go refuses such a key or computes with other numbers.
 * SECURITY: BigInts cannot be wiped. This runs when a key is brought in, stored or proven, not at each signature.
 */
function isConsistentRsa(pkcs1: Uint8Array): boolean {
  const reader = new DerReader(pkcs1).enter(tag.sequence);
  if (reader.readSmallInteger() !== 0) return false;
  const next = (): bigint => BigInt(`0x0${Buffer.from(reader.readUnsigned()).toString('hex')}`);
  const [n, e, d, p, q] = [next(), next(), next(), next(), next()];
  const [dp, dq, inverse] = [next(), next(), next()];
  if (p < 2n || q < 2n || p * q !== n) return false;
  const isInverse = (exponent: bigint, prime: bigint) => (exponent * e) % (prime - 1n) === 1n;
  return (
    isInverse(d, p) && isInverse(d, q) && isInverse(dp, p) && isInverse(dq, q) && (inverse * q) % p === 1n
  );
}
