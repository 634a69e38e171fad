/** New private keys from the system's generator. Privileged process. They are in memory only until stored. */
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { fromPkcs8 } from './private-key-formats.ts';
import type { PrivateKey } from './private-key.ts';

/** docker and notary generate P-256 only; the others are for delegations that other tools sign for as well. */
export type GeneratedAlgorithm =
  'ECDSA P-256' | 'ECDSA P-384' | 'RSA 2048' | 'RSA 3072' | 'RSA 4096' | 'Ed25519';

/** The caller wipes the key after use. */
export async function generateKey(algorithm: GeneratedAlgorithm = 'ECDSA P-256'): Promise<PrivateKey> {
  const object = await generateKeyObject(algorithm);
  const info = object.export({ format: 'der', type: 'pkcs8' });
  try {
    return fromPkcs8(info);
  } finally {
    info.fill(0);
  }
}

async function generateKeyObject(algorithm: GeneratedAlgorithm): Promise<KeyObject> {
  switch (algorithm) {
    case 'ECDSA P-256':
    case 'ECDSA P-384':
      return (await promisify(generateKeyPair)('ec', { namedCurve: algorithm.slice('ECDSA '.length) }))
        .privateKey;
    case 'RSA 2048':
    case 'RSA 3072':
    case 'RSA 4096': {
      const modulusLength = Number(algorithm.slice('RSA '.length));
      return (await promisify(generateKeyPair)('rsa', { modulusLength })).privateKey;
    }
    case 'Ed25519':
      return (await promisify(generateKeyPair)('ed25519')).privateKey;
  }
}
