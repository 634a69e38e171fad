/** One signature by one key. Pure. */
import { fromBase64 } from './base64.ts';
import type { KeyType, PublicKey, Signature, SignatureMethod } from './model.ts';
import type { TufCrypto } from './ports.ts';

/** SECURITY: a method is only tried with the keys it belongs to (NCC 2015: algorithm not matched to key). */
const METHODS: Readonly<Record<KeyType, readonly SignatureMethod[]>> = {
  ecdsa: ['ecdsa'],
  'ecdsa-x509': ['ecdsa'],
  rsa: ['rsapss', 'rsapkcs1v15'],
  'rsa-x509': ['rsapss', 'rsapkcs1v15'],
  ed25519: ['eddsa'],
};

/** The method that new signatures by such a key have. */
export function signingMethod(keytype: KeyType): SignatureMethod {
  return METHODS[keytype][0] ?? 'ecdsa';
}

/** True when the signature is by `key` over `message`. False for unknown methods and methods of other keys. */
export function isValidSignature(
  signature: Signature,
  key: PublicKey,
  message: Uint8Array,
  crypto: TufCrypto,
): boolean {
  const method = METHODS[key.keytype].find((known) => known === signature.method);
  const bytes = fromBase64(signature.sig);
  return method !== undefined && bytes !== undefined && crypto.verify(key, method, message, bytes);
}
