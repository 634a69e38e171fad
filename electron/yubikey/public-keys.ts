/** Public keys as a token shows them, as SubjectPublicKeyInfo. Token process and app; plain Node, no I/O. */
import { createPublicKey, X509Certificate, type JsonWebKey } from 'node:crypto';
import type { TokenAlgorithm } from './token-messages.ts';

const coordinateBytes = { 32: 'P-256', 48: 'P-384' } as const;

/** From CKA_EC_POINT: an OCTET STRING around the uncompressed point, or the bare point (some libraries). */
export function spkiOfPoint(ecPoint: Uint8Array): Uint8Array | undefined {
  const point = ecPoint[0] === 0x04 && ecPoint[1] === ecPoint.length - 2 ? ecPoint.subarray(2) : ecPoint;
  const size = (point.length - 1) / 2;
  if (point[0] !== 0x04 || (size !== 32 && size !== 48)) return undefined;
  const x = base64url(point.subarray(1, 1 + size));
  const y = base64url(point.subarray(1 + size));
  return spkiOfJwk({ kty: 'EC', crv: coordinateBytes[size], x, y });
}

export function spkiOfModulus(modulus: Uint8Array, exponent: Uint8Array): Uint8Array | undefined {
  return spkiOfJwk({ kty: 'RSA', n: base64url(modulus), e: base64url(exponent) });
}

function spkiOfJwk(key: JsonWebKey): Uint8Array | undefined {
  try {
    const spki = createPublicKey({ key, format: 'jwk' }).export({ format: 'der', type: 'spki' });
    return new Uint8Array(spki);
  } catch {
    // A point that is not on its curve is no key; what the slot holds is then unknown.
    return undefined;
  }
}

/** The key inside a certificate, or undefined for what is no certificate. */
export function spkiOfCertificate(der: Uint8Array): Uint8Array | undefined {
  try {
    const { publicKey } = new X509Certificate(der);
    return new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
  } catch {
    return undefined;
  }
}

/** Undefined for a kind of key that signs nothing here. */
export function algorithmOfSpki(spki: Uint8Array): TokenAlgorithm | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
    if (namedCurve === 'prime256v1') return 'ECDSA P-256';
    if (namedCurve === 'secp384r1') return 'ECDSA P-384';
    return modulusLength === 2048 ? 'RSA 2048' : undefined;
  } catch {
    return undefined;
  }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
