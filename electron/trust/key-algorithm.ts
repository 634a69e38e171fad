/** What kind of key a public key is, in the words people know. Privileged process; no I/O. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { hasCode } from '../../shared/errors.ts';
import { curves } from '../keystore/algorithms.ts';
import { plainKey } from '../tuf/key-id.ts';
import type { PublicKey } from '../tuf/model.ts';
import type { TufCrypto } from '../tuf/ports.ts';

/** `ECDSA P-256`, `RSA 2048`, `Ed25519`; `unknown` for a key that cannot be read. */
export function algorithmOf(key: PublicKey, crypto: TufCrypto): string {
  try {
    const plain = plainKey(key, crypto);
    return plain.keytype === 'ed25519' ? 'Ed25519' : describe(toKeyObject(plain));
  } catch (error) {
    if (hasCode(error, 'trust/invalid-certificate') || error instanceof UnreadableKey) return 'unknown';
    throw error;
  }
}

class UnreadableKey extends Error {}

function toKeyObject({ publicBase64 }: PublicKey): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(publicBase64, 'base64'), format: 'der', type: 'spki' });
  } catch (cause) {
    throw new UnreadableKey('not a public key', { cause });
  }
}

function describe(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) return `RSA ${String(modulusLength)}`;
  return curves.find(({ openssl }) => openssl === namedCurve)?.algorithm ?? 'unknown';
}
