/**
 * What the pure core needs from outside: digests, signature checks, certificate facts and a signer.
 * Types only. Implementations: `electron/crypto/` (node:crypto), `test/fakes/` (noble, as a cross-check).
 */
import type { CertificateFacts, PublicKey, SignatureMethod } from './model.ts';

export interface TufCrypto {
  sha256(bytes: Uint8Array): Uint8Array;
  sha512(bytes: Uint8Array): Uint8Array;
  /**
   * True when `signature` is a valid signature over `message` by `key`.
   * The caller has already bound `method` to `key.keytype`. Never throws for bad signatures or keys: false.
   */
  verify(key: PublicKey, method: SignatureMethod, message: Uint8Array, signature: Uint8Array): boolean;
  /** Facts of the PEM certificates in the order given. Throws `trust/invalid-certificate`. */
  readCertificates(pem: string): readonly CertificateFacts[];
  /**
   * True when the first certificate of `bundlePem` leads, over the others in it, to one of `authoritiesPem`
   * at `now` (ms). Throws `trust/invalid-certificate` when either text holds no certificates.
   */
  chainsToAuthority(bundlePem: string, authoritiesPem: string, now: number): boolean;
}

/** Signs with one private key; where it lives (file, token) is its own business. */
export interface RoleSigner {
  readonly key: PublicKey;
  sign(message: Uint8Array): Promise<{ readonly method: SignatureMethod; readonly signature: Uint8Array }>;
}
