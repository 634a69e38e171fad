/**
 * The core's port over noble: a second, independent implementation that must agree with node:crypto.
 * RSA is arithmetic on BigInt here, straight from RFC 8017. Slow; for tests only.
 */
import { createPublicKey } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { oidText, readDer } from '../../electron/crypto/der.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { fromBase64 } from '../../electron/tuf/base64.ts';
import { plainKey } from '../../electron/tuf/key-id.ts';
import type { PublicKey, SignatureMethod } from '../../electron/tuf/model.ts';
import type { TufCrypto } from '../../electron/tuf/ports.ts';

export const nobleCrypto: TufCrypto = {
  sha256: (bytes) => sha256(bytes),
  sha512: (bytes) => sha512(bytes),
  verify,
  // X.509 is not noble's business; the certificate's key is.
  readCertificates: (pem) => nodeCrypto.readCertificates(pem),
  chainsToAuthority: (bundle, authorities, now) => nodeCrypto.chainsToAuthority(bundle, authorities, now),
};

function verify(
  key: PublicKey,
  method: SignatureMethod,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const plain = plainKey(key, nobleCrypto);
    const bytes = fromBase64(plain.publicBase64) ?? new Uint8Array();
    if (method === 'eddsa')
      return plain.keytype === 'ed25519' && ed25519.verify(signature, message, bytes, { zip215: false });
    if (method === 'ecdsa') return plain.keytype === 'ecdsa' && verifyEcdsa(bytes, message, signature);
    return plain.keytype === 'rsa' && verifyRsa(bytes, method, message, signature);
  } catch {
    return false;
  }
}

const CURVES = new Map([
  ['1.2.840.10045.3.1.7', { curve: p256, size: 32 }],
  ['1.3.132.0.34', { curve: p384, size: 48 }],
  ['1.3.132.0.35', { curve: p521, size: 66 }],
]);

function verifyEcdsa(spki: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const [algorithm, point] = readDer(readDer(spki)[0]?.content ?? new Uint8Array());
  const [, parameters] = readDer(algorithm?.content ?? new Uint8Array());
  const found = CURVES.get(oidText(parameters?.content ?? new Uint8Array()));
  if (found === undefined || point === undefined || signature.length !== 2 * found.size) return false;
  const { curve } = found;
  const digest = sha256(message);
  // Go and OpenSSL make both halves of signatures; noble would refuse the higher one by default.
  return curve.verify(signature, digest, point.content.subarray(1), { lowS: false, prehash: false });
}

function verifyRsa(
  spki: Uint8Array,
  method: SignatureMethod,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const jwk = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).export({
    format: 'jwk',
  });
  const n = fromBytes(Buffer.from(jwk.n ?? '', 'base64url'));
  const bits = n.toString(2).length;
  const size = Math.ceil(bits / 8);
  const s = fromBytes(signature);
  if (bits < 2048 || signature.length !== size || s >= n) return false;
  const encoded = toBytes(power(s, fromBytes(Buffer.from(jwk.e ?? '', 'base64url')), n), size);
  return method === 'rsapss' ? isPss(encoded, bits, sha256(message)) : isPkcs1(encoded, sha256(message));
}

const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** RFC 8017 9.2: the one right encoding, compared whole. */
function isPkcs1(encoded: Uint8Array, digest: Uint8Array): boolean {
  const tail = Buffer.concat([Buffer.of(0), SHA256_PREFIX, digest]);
  const right = Buffer.concat([Buffer.of(0, 1), Buffer.alloc(encoded.length - 2 - tail.length, 0xff), tail]);
  return right.equals(encoded);
}

/** RFC 8017 9.1.2 with SHA-256, MGF1-SHA-256 and 32 bytes of salt. */
function isPss(encoded: Uint8Array, bits: number, digest: Uint8Array): boolean {
  const emBits = bits - 1;
  const em = encoded.subarray(encoded.length - Math.ceil(emBits / 8));
  const db = em.slice(0, em.length - 33);
  const h = em.subarray(em.length - 33, em.length - 1);
  const unused = 8 * em.length - emBits;
  if (em.at(-1) !== 0xbc || ((db[0] ?? 0) & (0xff << (8 - unused)) & 0xff) !== 0) return false;
  const mask = mgf1(h, db.length);
  for (const [i, byte] of mask.entries()) db[i] = (db[i] ?? 0) ^ byte;
  db[0] = (db[0] ?? 0) & (0xff >> unused);
  const padding = db.length - 33;
  if (db.subarray(0, padding).some((byte) => byte !== 0) || db[padding] !== 1) return false;
  const again = sha256(Buffer.concat([Buffer.alloc(8), digest, db.subarray(padding + 1)]));
  return Buffer.from(h).equals(again);
}

function mgf1(seed: Uint8Array, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    sha256(Buffer.concat([seed, Buffer.of(0, 0, i >> 8, i & 255)])),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

function fromBytes(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
}
function toBytes(value: bigint, size: number): Uint8Array {
  return Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let b = base % modulus, e = exponent; e > 0n; e >>= 1n, b = (b * b) % modulus) {
    if ((e & 1n) === 1n) result = (result * b) % modulus;
  }
  return result;
}
