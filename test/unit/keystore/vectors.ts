/** Where key stores and keys written by the real docker, notary and OpenSSL lie, and what opens them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PemBlock, decodePemBlocks } from '../../../electron/keystore/pem.ts';

const root = join(import.meta.dirname, '../../..');

/** Made with docker 28.2.2 and notary 0.7.0; see its README. */
export const dockerTrust = join(root, 'test/vectors/docker-trust');
/** Not part of the project: present only beside it. */
export const notary03 = join(root, '../shared/vectors/notary-0.3');
export const wycheproof = join(root, '../shared/vectors/wycheproof');
export const hasNotary03 = existsSync(notary03);
export const hasWycheproof = existsSync(wycheproof);

export const rootPassphrase = 'rootpass1';
export const repositoryPassphrase = 'repopass1';
export const legacyPassphrase = 'oldpass12';
export const notary03Passphrase = 'password';

export function readVector(...parts: readonly string[]): Buffer {
  return readFileSync(join(dockerTrust, ...parts));
}

/** The blocks of a PEM file among the vectors. */
export function vectorBlocks(...parts: readonly string[]): readonly PemBlock[] {
  return decodePemBlocks(readVector(...parts));
}

/** A key that OpenSSL wrote; see `fixtures/README.md`. The passphrase is `pass`. */
export function openSslKey(name: string): PemBlock {
  const [block] = decodePemBlocks(readFileSync(join(import.meta.dirname, 'fixtures', name)));
  if (block === undefined) throw new Error(`${name} holds no PEM block`);
  return block;
}

/** The stored keys among the vectors: ID, role, algorithm, passphrase. */
export const storedKeys = [
  ['29598dbd1d44772bfcb88399d4082cfabf72241154743313a9307bcf0977f38b', 'root', 'ECDSA P-256', rootPassphrase],
  ['400fbc8b13813cf7074e203493ed49cda1f44e56715183f3440d06022f2bd9fa', 'root', 'ECDSA P-256', rootPassphrase],
  [
    '0ba33d85c8a1c0c66957b671e3ac4bcdb4c44d1a68e84d6f0fb1d9e774baa0be',
    'targets',
    'ECDSA P-256',
    repositoryPassphrase,
  ],
  [
    '0eba51f961194d49c5632232eb9e6ce3d2ab54fa034feb2febdcf2d30bc64cca',
    'targets',
    'ECDSA P-256',
    repositoryPassphrase,
  ],
  [
    '570adc0f67263a14dc4e60d654516757c54f050cfb5e07578c7f2b52c7eb6b76',
    'jeff',
    'ECDSA P-256',
    repositoryPassphrase,
  ],
  [
    'bce130cff74e9089ebbee94ae21339ab97b13d3c01a83ea69a260cbfb489849c',
    'ops',
    'RSA 2048',
    repositoryPassphrase,
  ],
  [
    'e47b66321e7841e040cb78630a479f2cca644553e899ba992ffde8289eff06cd',
    'ops',
    'ECDSA P-256',
    repositoryPassphrase,
  ],
] as const;
