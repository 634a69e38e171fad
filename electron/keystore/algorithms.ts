/** Object identifiers and names of what key files hold. Data only; no imports, so that listing keys stays cheap. */

export type KeyAlgorithm =
  'ECDSA P-224' | 'ECDSA P-256' | 'ECDSA P-384' | 'ECDSA P-521' | `RSA ${number}` | 'Ed25519';

export interface Curve {
  readonly algorithm: KeyAlgorithm & `ECDSA ${string}`;
  readonly oid: string;
  /** OpenSSL's name. */
  readonly openssl: string;
  /** Bytes of a coordinate, of the private scalar, and of half a raw signature. */
  readonly size: number;
}

/** The curves Go's crypto/elliptic has, hence all that docker and notary can use. secp256k1 is not among them. */
export const curves: readonly Curve[] = [
  { algorithm: 'ECDSA P-256', oid: '1.2.840.10045.3.1.7', openssl: 'prime256v1', size: 32 },
  { algorithm: 'ECDSA P-384', oid: '1.3.132.0.34', openssl: 'secp384r1', size: 48 },
  { algorithm: 'ECDSA P-521', oid: '1.3.132.0.35', openssl: 'secp521r1', size: 66 },
  { algorithm: 'ECDSA P-224', oid: '1.3.132.0.33', openssl: 'secp224r1', size: 28 },
];

export function curveByOid(oid: string): Curve | undefined {
  return curves.find((curve) => curve.oid === oid);
}

export const oids = {
  ecPublicKey: '1.2.840.10045.2.1',
  rsaEncryption: '1.2.840.113549.1.1.1',
  rsassaPss: '1.2.840.113549.1.1.10',
  /** GNU's arc, which Go's notary writes for Ed25519. */
  ed25519Notary: '1.3.6.1.4.1.11591.15.1',
  /** RFC 8410, which everybody else writes. */
  ed25519: '1.3.101.112',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  scrypt: '1.3.6.1.4.1.11591.4.11',
  hmacSha1: '1.2.840.113549.2.7',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
} as const;

/** PBKDF2 PRFs by object identifier: node's digest name. Absent PRF means HMAC-SHA-1 (RFC 8018 A.2). */
export const prfDigests: ReadonlyMap<string, string> = new Map([
  [oids.hmacSha1, 'sha1'],
  ['1.2.840.113549.2.8', 'sha224'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
  ['1.2.840.113549.2.12', 'sha512-224'],
  ['1.2.840.113549.2.13', 'sha512-256'],
  ['2.16.840.1.101.3.4.2.13', 'sha3-224'],
  ['2.16.840.1.101.3.4.2.14', 'sha3-256'],
  ['2.16.840.1.101.3.4.2.15', 'sha3-384'],
  ['2.16.840.1.101.3.4.2.16', 'sha3-512'],
]);

export interface CbcCipher {
  /** node's cipher name. */
  readonly node: string;
  readonly keyBytes: number;
  readonly blockBytes: number;
}

/** PBES2 encryption schemes by object identifier; all take the IV as their parameter. */
export const pbes2Ciphers: ReadonlyMap<string, CbcCipher> = new Map([
  ['2.16.840.1.101.3.4.1.2', { node: 'aes-128-cbc', keyBytes: 16, blockBytes: 16 }],
  ['2.16.840.1.101.3.4.1.22', { node: 'aes-192-cbc', keyBytes: 24, blockBytes: 16 }],
  [oids.aes256Cbc, { node: 'aes-256-cbc', keyBytes: 32, blockBytes: 16 }],
  ['1.2.840.113549.3.7', { node: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 }],
]);
