/**
 * Private keys from and to the unencrypted forms found in files: SEC1, PKCS#1, PKCS#8 (Go's and everybody's), Ed25519
 * (notary's 96 bytes and RFC 8410). Privileged process. Whatever comes in is re-encoded, so a key has one form here.
 */
import { createECDH, createPrivateKey, createPublicKey, ECDH } from 'node:crypto';
import type { KeyType, PublicKey } from '../tuf/model.ts';
import { type Curve, curveByOid, oids } from './algorithms.ts';
import { DerError, DerReader, der, derBitString, derInteger, derOid, tag } from '../crypto/der.ts';
import { asBuffer, ed25519KeyObject, PrivateKey } from './private-key.ts';
import { SecretBytes } from './secret-bytes.ts';

/** The bytes are a well-formed key of a kind that Docker Content Trust cannot use; `message` says which. */
export class UnusableKey extends Error {
  override readonly name = 'UnusableKey';
}

/** RFC 5915 ECPrivateKey. `outerCurve` is the curve a PKCS#8 wrapper names. Throws `DerError`, `UnusableKey`. */
export function fromSec1(bytes: Uint8Array, outerCurve?: Curve): PrivateKey {
  const outer = new DerReader(bytes);
  const reader = outer.enter(tag.sequence);
  outer.end();
  if (reader.readSmallInteger() !== 1) throw new DerError('not an ECPrivateKey of version 1');
  const scalar = reader.read(tag.octetString);
  const curve = reader.peek() === tag.context0 ? readCurve(reader.enter(tag.context0)) : outerCurve;
  if (curve === undefined) throw new DerError('the key names no curve');
  if (outerCurve !== undefined && outerCurve !== curve)
    throw new DerError('the key names two different curves');
  // A public point may follow. It is not believed: like Go, we derive it, so a forged one cannot rename a key.
  const padded = padScalar(scalar, curve);
  try {
    return fromScalar(padded, curve);
  } finally {
    padded.fill(0);
  }
}

function readCurve(reader: DerReader): Curve {
  if (reader.peek() !== tag.oid) throw new UnusableKey('an EC key with explicit curve parameters');
  const oid = reader.readOid();
  const curve = curveByOid(oid);
  if (curve !== undefined) return curve;
  throw new UnusableKey(
    oid === '1.3.132.0.10' ? 'an EC key on curve secp256k1' : `an EC key on curve ${oid}`,
  );
}

function padScalar(scalar: Uint8Array, curve: Curve): Uint8Array {
  const surplus = scalar.length - curve.size;
  if (surplus > 0 && scalar.subarray(0, surplus).some((byte) => byte !== 0)) {
    throw new DerError('the private scalar is longer than the curve allows');
  }
  const padded = new Uint8Array(curve.size);
  padded.set(scalar.subarray(Math.max(0, surplus)), Math.max(0, -surplus));
  return padded;
}

/** SEC1 exactly as Go writes it: version 1, padded scalar, [0] curve, [1] uncompressed point. */
function fromScalar(scalar: Uint8Array, curve: Curve): PrivateKey {
  const ecdh = createECDH(curve.openssl);
  try {
    ecdh.setPrivateKey(scalar);
  } catch (error) {
    throw new DerError('the private scalar is out of range', { cause: error });
  }
  const point = ecdh.getPublicKey();
  const octets = der(tag.octetString, scalar);
  const sec1 = der(
    tag.sequence,
    derInteger(1),
    octets,
    der(tag.context0, derOid(curve.oid)),
    der(tag.context1, derBitString(point)),
  );
  octets.fill(0);
  const key = publicKey('ecdsa', ecSpki(curve, point));
  return new PrivateKey({ kind: 'sec1', curve }, curve.algorithm, key, SecretBytes.take(sec1));
}

/** SubjectPublicKeyInfo of an EC point, as Go's MarshalPKIXPublicKey: named curve, uncompressed. */
export function ecSpki(curve: Curve, point: Uint8Array): Uint8Array {
  const uncompressed =
    point[0] === 4
      ? point
      : asBytes(ECDH.convertKey(point, curve.openssl, undefined, undefined, 'uncompressed'));
  const algorithm = der(tag.sequence, derOid(oids.ecPublicKey), derOid(curve.oid));
  return der(tag.sequence, algorithm, derBitString(uncompressed));
}

function asBytes(value: Buffer | string): Uint8Array {
  return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'latin1')) : value;
}

/** RFC 8017 RSAPrivateKey. Throws `DerError`. */
export function fromPkcs1(bytes: Uint8Array): PrivateKey {
  const outer = new DerReader(bytes);
  outer.enter(tag.sequence);
  outer.end();
  const object = orDerError(() => createPrivateKey({ key: asBuffer(bytes), format: 'der', type: 'pkcs1' }));
  const secret = SecretBytes.take(object.export({ format: 'der', type: 'pkcs1' }));
  const spki = createPublicKey(object).export({ format: 'der', type: 'spki' });
  const bits = object.asymmetricKeyDetails?.modulusLength ?? 0;
  return new PrivateKey({ kind: 'pkcs1' }, `RSA ${bits}`, publicKey('rsa', spki), secret);
}

/** notary's Ed25519 form: public key, seed, public key; 96 bytes. Throws `DerError` when they disagree. */
export function fromNotaryEd25519(bytes: Uint8Array): PrivateKey {
  if (bytes.length !== 96) throw new DerError('an Ed25519 key of notary has 96 bytes');
  const key = fromEd25519Seed(bytes.subarray(32, 64));
  const matches = key.useSecret((own) => own.every((byte, index) => byte === bytes[index]));
  if (matches) return key;
  key.wipe();
  throw new DerError('the public part does not belong to the private part');
}

/** From RFC 8032's 32-byte seed. */
export function fromEd25519Seed(seed: Uint8Array): PrivateKey {
  if (seed.length !== 32) throw new DerError('an Ed25519 seed has 32 bytes');
  const spki = createPublicKey(ed25519KeyObject(seed)).export({ format: 'der', type: 'spki' });
  const point = spki.subarray(spki.length - 32);
  const secret = new Uint8Array(96);
  secret.set(point);
  secret.set(seed, 32);
  secret.set(point, 64);
  return new PrivateKey(
    { kind: 'ed25519' },
    'Ed25519',
    publicKey('ed25519', point),
    SecretBytes.take(secret),
  );
}

/**
 * PKCS#8 PrivateKeyInfo as Go's notary, Go, OpenSSL and others write it. `surplus` bytes after the structure are
 * refused. Throws `DerError`, `UnusableKey`.
 */
export function fromPkcs8(bytes: Uint8Array): PrivateKey {
  const outer = new DerReader(bytes);
  const reader = outer.enter(tag.sequence);
  outer.end();
  if (reader.readSmallInteger() > 1) throw new DerError('not a PrivateKeyInfo of version 0 or 1');
  const algorithm = reader.enter(tag.sequence);
  const name = algorithm.readOid();
  const inner = reader.read(tag.octetString);
  switch (name) {
    case oids.ecPublicKey:
      return fromSec1(inner, algorithm.atEnd ? undefined : readCurve(algorithm));
    case oids.rsaEncryption:
      return fromPkcs1(inner);
    case oids.ed25519Notary:
      return fromNotaryEd25519(inner);
    case oids.ed25519:
      return fromEd25519Seed(new DerReader(inner).read(tag.octetString));
    case oids.rsassaPss:
      throw new UnusableKey('an RSA key restricted to PSS, which docker and notary do not know');
    default:
      throw new UnusableKey(`a key of the kind ${algorithmName(name)}`);
  }
}

function algorithmName(oid: string): string {
  const known: Readonly<Record<string, string>> = {
    '1.2.840.10040.4.1': 'DSA',
    '1.3.101.110': 'X25519',
    '1.3.101.111': 'X448',
    '1.3.101.113': 'Ed448',
    '1.2.840.113549.1.3.1': 'Diffie-Hellman',
  };
  return known[oid] ?? oid;
}

/**
 * The PrivateKeyInfo that Go's notary writes, quirks included: version 1 for EC keys, no NULL after rsaEncryption,
 * GNU's identifier for Ed25519. The caller wipes it.
 */
export function toNotaryPkcs8(key: PrivateKey): SecretBytes {
  switch (key.form.kind) {
    case 'sec1':
      return wrapPkcs8(key, 1, [derOid(oids.ecPublicKey), derOid(key.form.curve.oid)]);
    case 'pkcs1':
      return wrapPkcs8(key, 0, [derOid(oids.rsaEncryption)]);
    case 'ed25519':
      return wrapPkcs8(key, 0, [derOid(oids.ed25519Notary)]);
  }
}

/** The PrivateKeyInfo other tools expect (RFC 5208, RFC 8410). The caller wipes it. */
export function toStandardPkcs8(key: PrivateKey): SecretBytes {
  switch (key.form.kind) {
    case 'sec1':
      return wrapPkcs8(key, 0, [derOid(oids.ecPublicKey), derOid(key.form.curve.oid)]);
    case 'pkcs1':
      return wrapPkcs8(key, 0, [derOid(oids.rsaEncryption), der(tag.null)]);
    case 'ed25519':
      return key.useSecret((bytes) => {
        const seed = der(tag.octetString, bytes.subarray(32, 64));
        const octets = der(tag.octetString, seed);
        const info = der(tag.sequence, derInteger(0), der(tag.sequence, derOid(oids.ed25519)), octets);
        seed.fill(0);
        octets.fill(0);
        return SecretBytes.take(info);
      });
  }
}

function wrapPkcs8(key: PrivateKey, version: number, algorithm: readonly Uint8Array[]): SecretBytes {
  return key.useSecret((bytes) => {
    const octets = der(tag.octetString, bytes);
    const info = der(tag.sequence, derInteger(version), der(tag.sequence, ...algorithm), octets);
    octets.fill(0);
    return SecretBytes.take(info);
  });
}

function publicKey(keytype: KeyType, bytes: Uint8Array): PublicKey {
  return { keytype, publicBase64: asBuffer(bytes).toString('base64') };
}

function orDerError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new DerError('OpenSSL refuses the key', { cause: error });
  }
}
