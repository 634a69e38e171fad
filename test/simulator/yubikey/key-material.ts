/**
 * Private keys of the software YubiKey and what a slot computes with them: signatures over ready digests, ECDH and raw
 * RSA. Test code; pure apart from randomness. Keys never leave this object except as public keys.
 */
import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  type KeyObject,
} from 'node:crypto';
import { p256, p384 } from '@noble/curves/nist.js';
import { sw, refuse } from './apdu.ts';
import type { AlgorithmName } from './slots.ts';
import { tlv } from './tlv.ts';

type EcName = 'p256' | 'p384';
const curves = {
  p256: { curve: p256, size: 32, jwk: 'P-256' },
  p384: { curve: p384, size: 48, jwk: 'P-384' },
} as const;
const rsaBits = { rsa1024: 1024, rsa2048: 2048 } as const;
const PUBLIC_EXPONENT = 65537n;

export interface KeyMaterial {
  readonly algorithm: AlgorithmName;
  readonly publicKey: KeyObject;
  /** As GENERATE and METADATA answer it: `86 point`, or `81 modulus 82 exponent`. */
  readonly publicTlv: Buffer;
  /** DER signature over a digest, or the raw RSA operation over a padded block. */
  sign(input: Buffer): Buffer;
  /** ECDH with an uncompressed point: the shared x. Refused for RSA. */
  agree(point: Buffer): Buffer;
}

const isEc = (name: AlgorithmName): name is EcName => name === 'p256' || name === 'p384';
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

function ecMaterial(algorithm: EcName, secret: Uint8Array): KeyMaterial {
  const { curve, size, jwk } = curves[algorithm];
  if (!curve.utils.isValidSecretKey(secret)) refuse(sw.wrongData);
  const point = Buffer.from(curve.getPublicKey(secret, false));
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  return {
    algorithm,
    publicKey: createPublicKey({
      key: { kty: 'EC', crv: jwk, x: base64url(x), y: base64url(y) },
      format: 'jwk',
    }),
    publicTlv: tlv(0x86, point),
    sign: (digest) => {
      // A digest is cut or filled up to the size of the curve by its owner; the card takes at most that.
      if (digest.length === 0 || digest.length > size) refuse(sw.wrongData);
      const padded = Buffer.concat([Buffer.alloc(size - digest.length), digest]);
      const options = { prehash: false, lowS: false, format: 'der' } as const;
      return Buffer.from(curve.sign(padded, secret, options));
    },
    agree: (peer) => {
      try {
        return Buffer.from(curve.getSharedSecret(secret, peer)).subarray(1);
      } catch {
        return refuse(sw.wrongData);
      }
    },
  };
}

/** For the attestation key, which the device is made with. */
export function materialOfRsa(algorithm: keyof typeof rsaBits, privateKey: KeyObject): KeyMaterial {
  const publicKey = createPublicKey(privateKey);
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const size = rsaBits[algorithm] / 8;
  return {
    algorithm,
    publicKey,
    publicTlv: Buffer.concat([
      tlv(0x81, Buffer.from(n, 'base64url')),
      tlv(0x82, Buffer.from(e, 'base64url')),
    ]),
    sign: (block) => {
      if (block.length !== size) refuse(sw.wrongData);
      try {
        // Signing and deciphering are the same raw operation; this one takes any block below the modulus.
        return privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block);
      } catch {
        return refuse(sw.wrongData);
      }
    },
    agree: () => refuse(sw.wrongData),
  };
}

export function generateMaterial(algorithm: AlgorithmName): KeyMaterial {
  if (isEc(algorithm)) return ecMaterial(algorithm, curves[algorithm].curve.utils.randomSecretKey());
  return materialOfRsa(
    algorithm,
    generateKeyPairSync('rsa', { modulusLength: rsaBits[algorithm] }).privateKey,
  );
}

const toInteger = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
const toBytes = (value: bigint, size: number): Buffer =>
  Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex');

function inverse(value: bigint, modulus: bigint): bigint {
  let [before, now, low, high] = [0n, 1n, modulus, value % modulus];
  while (high > 0n) {
    const quotient = low / high;
    [low, high, before, now] = [high, low - quotient * high, now, before - quotient * now];
  }
  return ((before % modulus) + modulus) % modulus;
}

/** The five CRT numbers make a key only when they belong together: anything else would sign nonsense. */
function importRsa(algorithm: keyof typeof rsaBits, parts: readonly Buffer[]): KeyMaterial {
  const half = rsaBits[algorithm] / 16;
  if (parts.length !== 5 || parts.some(({ length }) => length !== half)) refuse(sw.wrongData);
  const [p, q, dp, dq, qi] = parts.map(toInteger) as [bigint, bigint, bigint, bigint, bigint];
  const fits =
    (dp * PUBLIC_EXPONENT) % (p - 1n) === 1n &&
    (dq * PUBLIC_EXPONENT) % (q - 1n) === 1n &&
    (qi * q) % p === 1n;
  if (!fits) refuse(sw.wrongData);
  const d = inverse(PUBLIC_EXPONENT, (p - 1n) * (q - 1n));
  const field = (value: bigint, size: number) => base64url(toBytes(value, size));
  const key = {
    kty: 'RSA',
    ...{ n: field(p * q, half * 2), e: 'AQAB', d: field(d, half * 2) },
    ...{
      p: field(p, half),
      q: field(q, half),
      dp: field(dp, half),
      dq: field(dq, half),
      qi: field(qi, half),
    },
  };
  return materialOfRsa(algorithm, createPrivateKey({ key, format: 'jwk' }));
}

/** From the fields of IMPORT: `06` a scalar of full length, `01`–`05` p, q, dP, dQ, qInv. */
export function importMaterial(algorithm: AlgorithmName, fields: ReadonlyMap<number, Buffer>): KeyMaterial {
  if (isEc(algorithm)) {
    const scalar = fields.get(0x06);
    if (scalar?.length !== curves[algorithm].size) return refuse(sw.wrongData);
    return ecMaterial(algorithm, Uint8Array.from(scalar));
  }
  const parts = [1, 2, 3, 4, 5].flatMap((tag) => fields.get(tag) ?? []);
  return importRsa(algorithm, parts);
}
