/**
 * Public keys from files: what `signer add` and "who is this key?" are given. Privileged process.
 * Reads PEM and DER, plain keys and certificates, and gives the key as metadata carries it.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { CanonicalKeyId, TufKeyId } from '../../shared/brands.ts';
import { AppError, hasCode } from '../../shared/errors.ts';
import { certificateFacts } from '../crypto/certificate-facts.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import { fileReason, systemCode } from '../files/file-failure.ts';
import { canonicalKeyId, tufKeyId } from '../tuf/key-id.ts';
import type { CertificateFacts, KeyType, PublicKey } from '../tuf/model.ts';
import { certificateBlock } from '../tuf/root-certificates.ts';
import { curves } from './algorithms.ts';
import { DerError, DerReader } from '../crypto/der.ts';
import { isKeyBlock } from './key-headers.ts';
import { decodePemBlocks, type PemBlock } from './pem.ts';
import { asBuffer } from './private-key.ts';
import { ecSpki } from './private-key-formats.ts';
import { minimumRsaBits } from './usable-key.ts';

export interface PublicKeyFile {
  readonly path: string;
  /** As metadata carries it: SPKI, 32 raw bytes, or the first certificate re-encoded as Go does. */
  readonly key: PublicKey;
  readonly tufId: TufKeyId;
  /** The ID that docker and notary show, and the name of the private key's file. */
  readonly canonicalId: CanonicalKeyId;
  /** The `role` header that `key generate` writes: a suggestion for the signer's name. '' when there is none. */
  readonly name: string;
  readonly certificate: CertificateFacts | undefined;
  /** notary warns of certificates that end within six months. */
  readonly nearExpiry: boolean;
}

const MAX_FILE_BYTES = 1024 * 1024;
const DAY = 24 * 60 * 60 * 1000;

/**
 * Reads a public key or certificate file. `now` is in milliseconds.
 *
 * Throws `keystore/private-key-given`, `keystore/no-public-key`, `keystore/unusable-certificate` (SHA-1, not valid
 * now, RSA below 2048 bits), `keystore/unreadable`.
 */
export async function loadPublicKeyFile(path: string, now: number): Promise<PublicKeyFile> {
  return parsePublicKeyFile(path, await readPublicFile(path), now);
}

async function readPublicFile(path: string): Promise<Uint8Array> {
  try {
    const stats = await stat(path);
    if (stats.size > MAX_FILE_BYTES) throw noPublicKey(path, 'the file is too large for a key');
    return await readFile(path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'keystore/unreadable',
      { path, reason: fileReason(systemCode(error)) },
      { cause: error },
    );
  }
}

/** As `loadPublicKeyFile`, for bytes that are at hand. `path` appears in errors only. */
export function parsePublicKeyFile(path: string, bytes: Uint8Array, now: number): PublicKeyFile {
  const blocks = decodePemBlocks(bytes);
  // SECURITY: nobody is to get used to handing private keys around because the public half was taken from them.
  if (blocks.some(isKeyBlock)) throw new AppError('keystore/private-key-given', { path });
  const block = blocks.length > 0 ? firstPublic(path, blocks) : binaryBlock(path, bytes);
  const name = block.headers.get('role') ?? '';
  if (block.type === 'CERTIFICATE') return fromCertificate(path, block.bytes, name, now);
  const key = fromPublicKey(path, block);
  return { ...identify(path, key), name, certificate: undefined, nearExpiry: false };
}

function firstPublic(path: string, blocks: readonly PemBlock[]): PemBlock {
  const found = blocks.find(({ type }) => /^(?:RSA )?PUBLIC KEY$|^CERTIFICATE$/.test(type));
  if (found !== undefined) return found;
  const type = blocks[0]?.type ?? '';
  const request = type.endsWith('CERTIFICATE REQUEST');
  throw noPublicKey(path, request ? 'it is a certificate request, not a certificate' : `it holds a ${type}`);
}

function binaryBlock(path: string, bytes: Uint8Array): PemBlock {
  const type = binaryType(bytes);
  if (type === 'PRIVATE KEY') throw new AppError('keystore/private-key-given', { path });
  if (type === undefined) throw noPublicKey(path, 'no valid public key found');
  return { type, headers: new Map(), bytes };
}

/** Certificate: sequence, sequence, sequence…; SPKI: an algorithm and a BIT STRING; private keys start with a version. */
function binaryType(bytes: Uint8Array): 'CERTIFICATE' | 'PUBLIC KEY' | 'PRIVATE KEY' | undefined {
  try {
    const reader = new DerReader(bytes).enter(0x30);
    if (reader.peek() === 0x02) return 'PRIVATE KEY';
    reader.read(0x30);
    if (reader.peek() === 0x03) return 'PUBLIC KEY';
    return reader.peek() === 0x04 ? 'PRIVATE KEY' : 'CERTIFICATE';
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function fromPublicKey(path: string, block: PemBlock): PublicKey {
  const object = readPublicKey(path, block);
  switch (object.asymmetricKeyType) {
    case 'ec':
      return fromEcKey(path, object);
    case 'rsa':
      assertRsaBits(path, object);
      return { keytype: 'rsa', publicBase64: spkiOf(object).toString('base64') };
    case 'ed25519':
      return { keytype: 'ed25519', publicBase64: spkiOf(object).subarray(-32).toString('base64') };
    default:
      throw noPublicKey(
        path,
        `a key of the kind ${object.asymmetricKeyType ?? 'unknown'} signs nothing here`,
      );
  }
}

function readPublicKey(path: string, block: PemBlock): KeyObject {
  const type = block.type === 'RSA PUBLIC KEY' ? 'pkcs1' : 'spki';
  try {
    return createPublicKey({ key: asBuffer(block.bytes), format: 'der', type });
  } catch (error) {
    throw noPublicKey(path, 'the key is damaged or of an unknown kind', error);
  }
}

function fromEcKey(path: string, object: KeyObject): PublicKey {
  const name = object.asymmetricKeyDetails?.namedCurve;
  const curve = curves.find(({ openssl }) => openssl === name);
  if (curve === undefined)
    throw noPublicKey(path, `docker and notary do not know curve ${name ?? '(unnamed)'}`);
  const spki = new DerReader(spkiOf(object)).enter(0x30);
  spki.readAny();
  return { keytype: 'ecdsa', publicBase64: asBuffer(ecSpki(curve, spki.readBitString())).toString('base64') };
}

function spkiOf(object: KeyObject): Buffer {
  return object.export({ format: 'der', type: 'spki' });
}

// notary takes short RSA keys here and then drops their signatures; the person is better told now.
function assertRsaBits(path: string, object: KeyObject): void {
  const bits = object.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < minimumRsaBits)
    throw noPublicKey(path, `RSA bit length is too short (${bits}), at least ${minimumRsaBits} are needed`);
}

function fromCertificate(path: string, bytes: Uint8Array, name: string, now: number): PublicKeyFile {
  const facts = readFacts(path, bytes);
  const problem = certificateProblem(facts, now);
  if (problem !== undefined) throw new AppError('keystore/unusable-certificate', { path, reason: problem });
  const keytype: KeyType = facts.publicKey.keytype === 'rsa' ? 'rsa-x509' : 'ecdsa-x509';
  const key = { keytype, publicBase64: Buffer.from(certificateBlock(bytes)).toString('base64') };
  return { ...identify(path, key), name, certificate: facts, nearExpiry: endsWithinSixMonths(facts, now) };
}

function readFacts(path: string, bytes: Uint8Array): CertificateFacts {
  try {
    return certificateFacts(new X509Certificate(bytes));
  } catch (error) {
    const reason = hasCode(error, 'trust/invalid-certificate')
      ? error.details.reason
      : 'could not parse provided certificate';
    throw noPublicKey(path, reason, error);
  }
}

/** notary's rules for certificates, in its words. */
function certificateProblem(facts: CertificateFacts, now: number): string | undefined {
  if (facts.notBefore > facts.notAfter) return 'certificate validity window is invalid';
  if (facts.signedWithSha1) {
    return `certificate with CN ${facts.commonName} uses invalid SHA1 signature algorithm`;
  }
  if (facts.rsaBits !== undefined && facts.rsaBits < minimumRsaBits) return 'RSA bit length is too short';
  // notary allows clocks to differ by a day at the beginning.
  if (now + DAY < facts.notBefore) return `certificate with CN ${facts.commonName} is not valid yet`;
  if (now > facts.notAfter) return `certificate with CN ${facts.commonName} has expired`;
  return undefined;
}

function endsWithinSixMonths(facts: CertificateFacts, now: number): boolean {
  const limit = new Date(now);
  limit.setUTCMonth(limit.getUTCMonth() + 6);
  return facts.notAfter < limit.getTime();
}

function identify(
  path: string,
  key: PublicKey,
): Pick<PublicKeyFile, 'path' | 'key' | 'tufId' | 'canonicalId'> {
  return { path, key, tufId: tufKeyId(key, nodeCrypto), canonicalId: canonicalKeyId(key, nodeCrypto) };
}

function noPublicKey(path: string, reason: string, cause?: unknown): AppError {
  return new AppError('keystore/no-public-key', { path, reason }, { cause });
}
