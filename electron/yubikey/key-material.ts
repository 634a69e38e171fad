/**
 * A private key's numbers as a token takes them. Privileged process.
 * SECURITY: the bytes are copies that the token process's client zeroes once they were sent.
 */
import { AppError } from '../../shared/errors.ts';
import { DerReader, tag } from '../crypto/der.ts';
import type { PrivateKey } from '../keystore/private-key.ts';
import type { KeyMaterial } from './token-messages.ts';

const curves = { 'ECDSA P-256': 'P-256', 'ECDSA P-384': 'P-384' } as const;

/** @throws `yubikey/unsupported` */
export function toKeyMaterial(key: PrivateKey, serial: string): KeyMaterial {
  const { algorithm } = key;
  if (algorithm === 'ECDSA P-256' || algorithm === 'ECDSA P-384') {
    return key.useSecret((sec1) => readScalar(sec1, curves[algorithm]));
  }
  if (algorithm === 'RSA 2048') return key.useSecret(readRsa);
  throw new AppError('yubikey/unsupported', { serial, what: `it takes no key of the kind ${algorithm}` });
}

/** RFC 5915: version, scalar, and what a token finds out itself. */
function readScalar(sec1: Uint8Array, curve: 'P-256' | 'P-384'): KeyMaterial {
  const size = curve === 'P-256' ? 32 : 48;
  const reader = new DerReader(sec1).enter(tag.sequence);
  reader.readSmallInteger();
  const scalar = padded(reader.read(tag.octetString), size);
  return { kind: 'ec', curve, scalar };
}

/** RFC 8017: version, n, e, d, p, q, dp, dq, qinv. */
function readRsa(pkcs1: Uint8Array): KeyMaterial {
  const reader = new DerReader(pkcs1).enter(tag.sequence);
  reader.readSmallInteger();
  const next = (size: number): Uint8Array => padded(reader.readUnsigned(), size);
  const modulus = next(256);
  const publicExponent = Uint8Array.from(reader.readUnsigned());
  return {
    kind: 'rsa',
    modulus,
    publicExponent,
    privateExponent: next(256),
    prime1: next(128),
    prime2: next(128),
    exponent1: next(128),
    exponent2: next(128),
    coefficient: next(128),
  };
}

/** Tokens want numbers at their full length. */
function padded(number: Uint8Array, size: number): Uint8Array {
  let start = 0;
  while (number.length - start > size && number[start] === 0) start += 1;
  const bytes = new Uint8Array(size);
  bytes.set(number.subarray(start), size - (number.length - start));
  return bytes;
}
