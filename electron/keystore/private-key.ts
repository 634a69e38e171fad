/**
 * A private key in memory: what it is, its ID, its public half, and how it signs. Privileged process only.
 *
 * The secret is kept as the bytes Go's notary keeps (`SEC1`, `PKCS#1` or pub‖seed‖pub), re-encoded on the way in, so
 * that what we write is what notary would have written. Not here: files, PEM, encryption.
 */
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  type KeyObject,
} from 'node:crypto';
import { inspect } from 'node:util';
import type { CanonicalKeyId } from '../../shared/brands.ts';
import { tufKeyId } from '../tuf/key-id.ts';
import type { PublicKey, SignatureMethod } from '../tuf/model.ts';
import type { RoleSigner } from '../tuf/ports.ts';
import { type Curve, type KeyAlgorithm, oids } from './algorithms.ts';
import { der, derOid, tag } from '../crypto/der.ts';
import type { SecretBytes } from './secret-bytes.ts';

/** What the bytes inside are; decides how they are signed with and written. */
export type SecretForm =
  /** RFC 5915 ECPrivateKey with curve and public point. */
  | { readonly kind: 'sec1'; readonly curve: Curve }
  /** RFC 8017 RSAPrivateKey. */
  | { readonly kind: 'pkcs1' }
  /** 96 bytes: public key, seed, public key. */
  | { readonly kind: 'ed25519' };

export class PrivateKey implements RoleSigner {
  /** The plain public key (never a certificate). */
  readonly key: PublicKey;
  /** The name of its file in a key store. */
  readonly id: CanonicalKeyId;
  readonly algorithm: KeyAlgorithm;
  readonly form: SecretForm;
  readonly #secret: SecretBytes;

  /** SECURITY: makes structuredClone, postMessage and v8.serialize throw. */
  readonly doesNotTravel = (): never => {
    throw new Error('private keys do not travel');
  };

  /** Takes ownership of `secret`. For the parsers in `private-key-formats.ts`; others have no bytes to pass. */
  constructor(form: SecretForm, algorithm: KeyAlgorithm, key: PublicKey, secret: SecretBytes) {
    this.form = form;
    this.algorithm = algorithm;
    this.key = key;
    // For a plain key both IDs are the same.
    this.id = tufKeyId(key, { sha256 }) as string as CanonicalKeyId;
    this.#secret = secret;
  }

  /** Lends the secret; see `SecretBytes.use`. */
  useSecret<T>(work: (bytes: Uint8Array) => T): T {
    return this.#secret.use(work);
  }

  /**
   * Signs as TUF wants it: ECDSA raw r‖s over SHA-256 whatever the curve, RSA-PSS with 32 bytes of salt,
   * plain Ed25519. Off the main thread.
   */
  async sign(
    message: Uint8Array,
  ): Promise<{ readonly method: SignatureMethod; readonly signature: Uint8Array }> {
    const key = toKeyObject(this);
    switch (this.form.kind) {
      case 'sec1':
        return {
          method: 'ecdsa',
          signature: await signAsync('sha256', message, { key, dsaEncoding: 'ieee-p1363' }),
        };
      case 'pkcs1': {
        const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
        return { method: 'rsapss', signature: await signAsync('sha256', message, pss) };
      }
      case 'ed25519':
        return { method: 'eddsa', signature: await signAsync(null, message, { key }) };
    }
  }

  /** An independent copy, to be wiped by whoever asked for it. */
  copy(): PrivateKey {
    return new PrivateKey(this.form, this.algorithm, this.key, this.#secret.copy());
  }

  get isWiped(): boolean {
    return this.#secret.isWiped;
  }

  wipe(): void {
    this.#secret.wipe();
  }

  toJSON(): string {
    return `[private key ${this.id}]`;
  }

  [inspect.custom](): string {
    return this.toJSON();
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function signAsync(
  digest: 'sha256' | null,
  message: Uint8Array,
  key: Parameters<typeof cryptoSign>[2],
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    cryptoSign(digest, message, key, (error, signature) => {
      if (error === null) resolve(new Uint8Array(signature));
      else reject(error);
    });
  });
}

/** OpenSSL's view of the key, made for one use and dropped. */
export function toKeyObject(key: PrivateKey): KeyObject {
  switch (key.form.kind) {
    case 'sec1':
      return key.useSecret((bytes) =>
        createPrivateKey({ key: asBuffer(bytes), format: 'der', type: 'sec1' }),
      );
    case 'pkcs1':
      return key.useSecret((bytes) =>
        createPrivateKey({ key: asBuffer(bytes), format: 'der', type: 'pkcs1' }),
      );
    case 'ed25519':
      return key.useSecret((bytes) => ed25519KeyObject(bytes.subarray(32, 64)));
  }
}

/** A KeyObject from a 32-byte seed, by way of RFC 8410's PrivateKeyInfo. */
export function ed25519KeyObject(seed: Uint8Array): KeyObject {
  const inner = der(tag.octetString, seed);
  const wrapped = der(tag.octetString, inner);
  const info = der(tag.sequence, Uint8Array.of(2, 1, 0), der(tag.sequence, derOid(oids.ed25519)), wrapped);
  try {
    return createPrivateKey({ key: asBuffer(info), format: 'der', type: 'pkcs8' });
  } finally {
    for (const bytes of [inner, wrapped, info]) bytes.fill(0);
  }
}

/** The public half of the key as other tools know it: SubjectPublicKeyInfo DER. */
export function toSpki(key: PublicKey): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(key.publicBase64, 'base64'));
  if (key.keytype === 'ecdsa' || key.keytype === 'rsa') return bytes;
  if (key.keytype === 'ed25519') {
    return der(
      tag.sequence,
      der(tag.sequence, derOid(oids.ed25519)),
      der(tag.bitString, Uint8Array.of(0), bytes),
    );
  }
  const spki = createPublicKey(asBuffer(bytes)).export({ format: 'der', type: 'spki' });
  return new Uint8Array(spki);
}

/** A Buffer over the same memory (node's key functions take no plain Uint8Array everywhere). */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
