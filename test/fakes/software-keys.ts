/** Throw-away key pairs behind the signer port, for tests and the simulator. Never written anywhere. */
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { PublicKey, SignatureMethod } from '../../electron/tuf/model.ts';
import type { RoleSigner } from '../../electron/tuf/ports.ts';

export type SoftwareKeyKind = 'p256' | 'p384' | 'p521' | 'rsa2048' | 'ed25519';

export function newSigner(kind: SoftwareKeyKind = 'p256'): RoleSigner {
  const { publicKey, privateKey } = generate(kind);
  return signerOf(publicKey, privateKey);
}

/** A signer over an existing key pair, e.g. an RSA key made once per test file because it is slow to make. */
export function signerOf(publicKey: KeyObject, privateKey: KeyObject): RoleSigner {
  const key = publicKeyOf(publicKey);
  return {
    key,
    sign: (message) => Promise.resolve({ method: methodOf(key), signature: signWith(privateKey, message) }),
  };
}

function generate(kind: SoftwareKeyKind): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  switch (kind) {
    case 'p256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'p384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case 'p521':
      return generateKeyPairSync('ec', { namedCurve: 'P-521' });
    case 'rsa2048':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    case 'ed25519':
      return generateKeyPairSync('ed25519');
  }
}

/** The plain key object of metadata. */
export function publicKeyOf(key: KeyObject): PublicKey {
  const spki = key.export({ type: 'spki', format: 'der' });
  if (key.asymmetricKeyType === 'ed25519') {
    return { keytype: 'ed25519', publicBase64: spki.subarray(-32).toString('base64') };
  }
  return {
    keytype: key.asymmetricKeyType === 'rsa' ? 'rsa' : 'ecdsa',
    publicBase64: spki.toString('base64'),
  };
}

function methodOf(key: PublicKey): SignatureMethod {
  if (key.keytype === 'ed25519') return 'eddsa';
  return key.keytype === 'rsa' ? 'rsapss' : 'ecdsa';
}

function signWith(key: KeyObject, message: Uint8Array): Uint8Array {
  if (key.asymmetricKeyType === 'ed25519') return sign(null, message, key);
  if (key.asymmetricKeyType === 'rsa') {
    return sign('sha256', message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
  }
  return sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
}
