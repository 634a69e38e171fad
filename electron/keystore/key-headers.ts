/**
 * What a key's PEM block says without a passphrase: role, repository, encryption, and a guess at the algorithm.
 * Pure; free of cryptography, so that listing keys starts fast.
 */
import { curveByOid, type KeyAlgorithm, oids } from './algorithms.ts';
import { DerError, DerReader, tag } from '../crypto/der.ts';
import type { PemBlock } from './pem.ts';

export type KeyEncryption = 'none' | 'pkcs8' | 'rfc1423';

/** The block types notary accepts in a key store. */
const keyTypes: ReadonlySet<string> = new Set([
  'ENCRYPTED PRIVATE KEY',
  'PRIVATE KEY',
  'EC PRIVATE KEY',
  'RSA PRIVATE KEY',
  'ED25519 PRIVATE KEY',
]);

export function isKeyBlock(block: PemBlock): boolean {
  return keyTypes.has(block.type);
}

/** Roles whose keys belong to one repository; keys of all other roles carry no GUN. */
export function isRepositoryRole(role: string): boolean {
  return role === 'targets' || role === 'snapshot' || role === 'timestamp';
}

export function encryptionOf(block: PemBlock): KeyEncryption {
  if (block.type === 'ENCRYPTED PRIVATE KEY') return 'pkcs8';
  // Go: a block with this header is an encrypted one, whatever `Proc-Type` says.
  return block.headers.has('DEK-Info') ? 'rfc1423' : 'none';
}

/** Lengths of an encrypted PKCS#8 body, by algorithm, as notary and OpenSSL write them. RSA varies by some bytes. */
const pkcs8Lengths: readonly (readonly [from: number, to: number, KeyAlgorithm])[] = [
  [48, 64, 'Ed25519'],
  [128, 128, 'Ed25519'],
  [144, 160, 'ECDSA P-256'],
  [192, 208, 'ECDSA P-384'],
  [240, 256, 'ECDSA P-521'],
  [1190, 1260, 'RSA 2048'],
  [1770, 1840, 'RSA 3072'],
  [2350, 2420, 'RSA 4096'],
];
/** The same for the encrypted bodies of the old forms, SEC1 and PKCS#1. */
const legacyLengths: readonly (readonly [from: number, to: number, KeyAlgorithm])[] = [
  [112, 136, 'ECDSA P-256'],
  [160, 184, 'ECDSA P-384'],
  [216, 240, 'ECDSA P-521'],
  [1180, 1208, 'RSA 2048'],
  [1760, 1784, 'RSA 3072'],
  [2340, 2360, 'RSA 4096'],
];

/**
 * The algorithm a block most likely holds, judged by its outside; undefined when that says nothing. A hint for
 * lists: certain knowledge comes from opening the key or from metadata that names its ID.
 */
export function likelyAlgorithm(block: PemBlock): KeyAlgorithm | undefined {
  try {
    if (block.type === 'ED25519 PRIVATE KEY') return 'Ed25519';
    const encryption = encryptionOf(block);
    if (encryption === 'rfc1423') return byLength(legacyLengths, block.bytes.length);
    if (encryption === 'pkcs8') return byLength(pkcs8Lengths, ciphertextLength(block.bytes));
    return plainAlgorithm(block.type, new DerReader(block.bytes).enter(tag.sequence));
  } catch (error) {
    // A body that is no DER is reported when it is opened; a list only lacks the hint.
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function byLength(
  table: readonly (readonly [from: number, to: number, KeyAlgorithm])[],
  length: number,
): KeyAlgorithm | undefined {
  return table.find(([from, to]) => length >= from && length <= to)?.[2];
}

function ciphertextLength(encryptedInfo: Uint8Array): number {
  const info = new DerReader(encryptedInfo).enter(tag.sequence);
  info.readAny();
  return info.read(tag.octetString).length;
}

function plainAlgorithm(type: string, reader: DerReader): KeyAlgorithm | undefined {
  reader.readSmallInteger();
  if (type === 'RSA PRIVATE KEY') return `RSA ${reader.readUnsigned().length * 8}`;
  if (type === 'EC PRIVATE KEY') {
    reader.read(tag.octetString);
    return curveByOid(reader.enter(tag.context0).readOid())?.algorithm;
  }
  const algorithm = reader.enter(tag.sequence);
  const name = algorithm.readOid();
  if (name === oids.ed25519 || name === oids.ed25519Notary) return 'Ed25519';
  if (name === oids.ecPublicKey) return curveByOid(algorithm.readOid())?.algorithm;
  if (name !== oids.rsaEncryption) return undefined;
  return plainAlgorithm('RSA PRIVATE KEY', new DerReader(reader.read(tag.octetString)).enter(tag.sequence));
}
