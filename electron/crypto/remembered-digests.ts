/**
 * Digests computed once per array, for the length of one update: a cached file is compared with its announcement
 * to decide whether it must be downloaded, and verified against it again when it is taken. Plain Node; no I/O.
 *
 * SECURITY: an array is known by its identity, so nobody may write into one after it was read. Nothing does:
 * metadata bytes are only ever read. Do not share an instance beyond one operation.
 */
import type { TufCrypto } from '../tuf/ports.ts';

/** `crypto` with digests remembered by array. */
export function rememberDigests(crypto: TufCrypto): TufCrypto {
  return {
    sha256: remembered((bytes) => crypto.sha256(bytes)),
    sha512: remembered((bytes) => crypto.sha512(bytes)),
    verify: (key, method, message, signature) => crypto.verify(key, method, message, signature),
    readCertificates: (pem) => crypto.readCertificates(pem),
    chainsToAuthority: (bundle, authorities, now) => crypto.chainsToAuthority(bundle, authorities, now),
  };
}

function remembered(digest: (bytes: Uint8Array) => Uint8Array): (bytes: Uint8Array) => Uint8Array {
  const known = new WeakMap<Uint8Array, Uint8Array>();
  return (bytes) => {
    const found = known.get(bytes) ?? digest(bytes);
    known.set(bytes, found);
    return found;
  };
}
