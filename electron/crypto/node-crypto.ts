/** The core's digests and signature checks over `node:crypto`. Main process, command line, tests; no I/O. */
import { constants, createHash, createPublicKey, type KeyObject, verify as verifyNative } from 'node:crypto';
import { fromBase64 } from '../tuf/base64.ts';
import { certificatePem, isCertificateKey } from '../tuf/key-id.ts';
import type { PublicKey, SignatureMethod } from '../tuf/model.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import { chainsToAuthority } from './certificate-chain.ts';
import { parseCertificates, readCertificates } from './certificate-facts.ts';

/** notary: RSA keys below 2048 bits never verify. */
const MIN_RSA_BITS = 2048;
/** TUF's rsapss: salt as long as the digest. */
const PSS_SALT_BYTES = 32;
/** What Go can parse; OpenSSL would accept more, and then the two sides disagree about a file. */
const CURVES: ReadonlySet<string> = new Set(['secp224r1', 'prime256v1', 'secp384r1', 'secp521r1']);
/** SPKI of an Ed25519 key is this prefix and the 32 raw bytes (RFC 8410). */
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export const nodeCrypto: TufCrypto = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  sha512: (bytes) => createHash('sha512').update(bytes).digest(),
  verify: verifySignature,
  readCertificates,
  chainsToAuthority,
};

function verifySignature(
  key: PublicKey,
  method: SignatureMethod,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return verifyWith(publicKeyObject(key), method, message, signature);
  } catch {
    // A key or signature that OpenSSL cannot read does not verify; there is nothing else to learn from it.
    return false;
  }
}

// SECURITY: the method decides the scheme, and each scheme insists on its own kind of key.
function verifyWith(
  key: KeyObject,
  method: SignatureMethod,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  switch (method) {
    case 'ecdsa':
      return isCurve(key) && verifyNative('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
    case 'rsapss':
      return (
        isLongRsa(key) &&
        verifyNative(
          'sha256',
          message,
          { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_BYTES },
          signature,
        )
      );
    case 'rsapkcs1v15':
      return (
        isLongRsa(key) &&
        verifyNative('sha256', message, { key, padding: constants.RSA_PKCS1_PADDING }, signature)
      );
    case 'eddsa':
      return key.asymmetricKeyType === 'ed25519' && verifyNative(null, message, key, signature);
  }
}

function isCurve(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ec' && CURVES.has(key.asymmetricKeyDetails?.namedCurve ?? '');
}

function isLongRsa(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
}

/** Reading a key takes as long as checking a signature with it, and the same few keys check everything. */
const keyObjects = new WeakMap<PublicKey, KeyObject>();

function publicKeyObject(key: PublicKey): KeyObject {
  const object = keyObjects.get(key) ?? readPublicKey(key);
  keyObjects.set(key, object);
  return object;
}

function readPublicKey(key: PublicKey): KeyObject {
  if (isCertificateKey(key)) {
    const [leaf] = parseCertificates(certificatePem(key));
    if (leaf === undefined) throw new TypeError('no certificate');
    return leaf.publicKey;
  }
  const bytes = fromBase64(key.publicBase64);
  if (bytes === undefined) throw new TypeError('not base64');
  if (key.keytype !== 'ed25519')
    return createPublicKey({ key: Buffer.from(bytes), format: 'der', type: 'spki' });
  if (bytes.length !== 32) throw new TypeError('an Ed25519 key has 32 bytes');
  return createPublicKey({ key: Buffer.concat([ED25519_SPKI_PREFIX, bytes]), format: 'der', type: 'spki' });
}
