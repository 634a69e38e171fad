/** The two names of a key: by its object in metadata, and by the plain key inside. Pure. */
import type { CanonicalKeyId, TufKeyId } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { fromBase64 } from './base64.ts';
import { canonicalBytes } from './canonical-json.ts';
import { toHex } from './hex.ts';
import type { CertificateFacts, IdentifiedKey, KeyType, PublicKey } from './model.ts';
import { rememberPerKey } from './per-key.ts';
import type { TufCrypto } from './ports.ts';
import { fromUtf8 } from './utf8.ts';

const KEY_TYPES: ReadonlySet<string> = new Set(['ecdsa', 'ecdsa-x509', 'rsa', 'rsa-x509', 'ed25519']);

export function isKeyType(text: string): text is KeyType {
  return KEY_TYPES.has(text);
}

/** True for keys that are carried as a certificate. */
export function isCertificateKey(key: PublicKey): boolean {
  return key.keytype === 'ecdsa-x509' || key.keytype === 'rsa-x509';
}

/** SHA-256 over the canonical key object. For certificates this names the certificate, not the key. */
export const tufKeyId = rememberPerKey((key: PublicKey, crypto: Pick<TufCrypto, 'sha256'>): TufKeyId => {
  const object = { keytype: key.keytype, keyval: { private: null, public: key.publicBase64 } };
  return toHex(crypto.sha256(canonicalBytes(object))) as TufKeyId;
});

/** PEM text of a certificate key. Throws `trust/invalid-certificate`. */
export function certificatePem(key: PublicKey): string {
  const pem = knownTexts.get(key) ?? decodePem(key);
  knownTexts.set(key, pem);
  return pem;
}

/** As in per-key.ts; this one needs no digests. */
const knownTexts = new WeakMap<PublicKey, string>();

function decodePem(key: PublicKey): string {
  const bytes = fromBase64(key.publicBase64);
  const pem = bytes === undefined ? undefined : fromUtf8(bytes);
  if (pem === undefined)
    throw new AppError('trust/invalid-certificate', { reason: 'not base64 of PEM text' });
  return pem;
}

/** Certificates of a certificate key, leaf first. Throws `trust/invalid-certificate`. */
export function certificatesOf(key: PublicKey, crypto: TufCrypto): readonly CertificateFacts[] {
  return crypto.readCertificates(certificatePem(key));
}

/** The plain key: itself, or the one inside the first certificate. Throws `trust/invalid-certificate`. */
export function plainKey(key: PublicKey, crypto: TufCrypto): PublicKey {
  if (!isCertificateKey(key)) return key;
  const [leaf] = certificatesOf(key, crypto);
  if (leaf === undefined) throw new AppError('trust/invalid-certificate', { reason: 'no certificate' });
  return leaf.publicKey;
}

/** The name private keys are stored under. Throws `trust/invalid-certificate`. */
export function canonicalKeyId(key: PublicKey, crypto: TufCrypto): CanonicalKeyId {
  return tufKeyId(plainKey(key, crypto), crypto) as string as CanonicalKeyId;
}

/** A key with both of its names. Throws `trust/invalid-certificate`. */
export function identifyKey(key: PublicKey, crypto: TufCrypto): IdentifiedKey {
  return { key, tufId: tufKeyId(key, crypto), canonicalId: canonicalKeyId(key, crypto) };
}
