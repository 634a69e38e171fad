/** Key pairs with a certificate as notary puts them on a token: subject is the role, signed by the key itself. Test code. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { PemConverter, X509CertificateGenerator, cryptoProvider } from '@peculiar/x509';

const DAY_MS = 86_400_000;

export interface CertifiedKey {
  readonly privatePem: string;
  readonly certificatePem: string;
  readonly certificateDer: Buffer;
  readonly jwk: JsonWebKey;
}

type Algorithm = 'P-256' | 'P-384' | 'RSA';
const parameters = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  RSA: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const;

/** A certificate over a pair of WebCrypto keys. */
async function certify(keys: CryptoKeyPair, role: string, algorithm: Algorithm): Promise<CertifiedKey> {
  cryptoProvider.set(webcrypto as Crypto);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${role}`,
    keys: keys,
    signingAlgorithm: parameters[algorithm],
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 3650 * DAY_MS),
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    privatePem: PemConverter.encode(pkcs8, 'PRIVATE KEY'),
    certificatePem: certificate.toString('pem'),
    certificateDer: Buffer.from(certificate.rawData),
    jwk: await webcrypto.subtle.exportKey('jwk', keys.privateKey),
  };
}

/** A new key. */
export async function makeCertifiedKey(role: string, algorithm: Algorithm = 'P-256'): Promise<CertifiedKey> {
  const keys = await webcrypto.subtle.generateKey(parameters[algorithm], true, ['sign', 'verify']);
  return certify(keys, role, algorithm);
}

/** A key that is there already, for example one of notary's. */
export async function certifyKey(jwk: JsonWebKey, role: string): Promise<CertifiedKey> {
  const { d: _, ...publicJwk } = jwk;
  const load = (key: JsonWebKey, use: 'sign' | 'verify') =>
    webcrypto.subtle.importKey('jwk', key, parameters['P-256'], true, [use]);
  const keys = { privateKey: await load(jwk, 'sign'), publicKey: await load(publicJwk, 'verify') };
  return certify(keys, role, 'P-256');
}
