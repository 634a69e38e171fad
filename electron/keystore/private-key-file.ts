/**
 * Private keys from files that people bring: `key load`, `key import`, dropped files. Privileged process.
 * Reads every form docker and notary read and those they fail at; what cannot be used is refused with the reason.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { CanonicalKeyId } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { fileReason, systemCode } from '../files/file-failure.ts';
import { DerError, DerReader, tag } from '../crypto/der.ts';
import { openKeyBlock } from './key-block.ts';
import { encryptionOf, isKeyBlock } from './key-headers.ts';
import { decodePemBlocks, type PemBlock } from './pem.ts';
import type { PrivateKey } from './private-key.ts';
import type { SecretBytes } from './secret-bytes.ts';
import { assertUsableKey } from './usable-key.ts';

/** One private key in a file. */
export interface KeyFileEntry {
  /** What the file says about the key; '' and undefined when it says nothing. */
  readonly role: string;
  readonly gun: string | undefined;
  /** The ID an export bundle promises; unverified until opened. */
  readonly promisedId: CanonicalKeyId | undefined;
  readonly needsPassphrase: boolean;
  /** The block as it stands, for storing an export bundle's keys unchanged; absent for binary files. */
  readonly block: PemBlock | undefined;
  /**
   * Opens the key and tries it. The caller wipes the answer and keeps the passphrase.
   * Throws `keystore/wrong-passphrase`, `keystore/unsupported-encryption`, `keystore/unusable-key`,
   * `keystore/not-a-key`, `keystore/id-mismatch`.
   */
  open(passphrase: SecretBytes | undefined): Promise<PrivateKey>;
}

export interface KeyFile {
  readonly path: string;
  /** At least one. */
  readonly entries: readonly KeyFileEntry[];
  /** PEM blocks that were passed over (`EC PARAMETERS`, certificates beside the key), by type. */
  readonly skipped: readonly string[];
}

const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Reads a private key file without opening its keys.
 *
 * Throws `keystore/permissions-too-open` (docker: mode & 077, not on Windows), `keystore/public-key-given`,
 * `keystore/not-a-key`, `keystore/unreadable`.
 */
export async function loadKeyFile(path: string): Promise<KeyFile> {
  return parseKeyFile(path, await readPrivateFile(path));
}

/** As `loadKeyFile`, for bytes that are at hand. `path` appears in errors only. */
export function parseKeyFile(path: string, bytes: Uint8Array): KeyFile {
  const blocks = decodePemBlocks(bytes);
  if (blocks.length > 0) return fromBlocks(path, blocks);
  const entry = fromBinary(path, bytes);
  if (entry !== undefined) return { path, entries: [entry], skipped: [] };
  throw new AppError('keystore/not-a-key', { path, reason: 'it is neither PEM nor DER' });
}

async function readPrivateFile(path: string): Promise<Uint8Array> {
  try {
    // Opening a pipe would wait for its writer.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile())
        throw new AppError('keystore/not-a-key', { path, reason: 'it is no regular file' });
      assertPrivate(path, stats.mode);
      if (stats.size > MAX_FILE_BYTES) {
        throw new AppError('keystore/not-a-key', { path, reason: 'it is too large for a key file' });
      }
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'keystore/unreadable',
      { path, reason: fileReason(systemCode(error)) },
      { cause: error },
    );
  }
}

// SECURITY: docker's rule. A key that others could read may be known to them; it is not silently made ours.
function assertPrivate(path: string, mode: number): void {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  throw new AppError('keystore/permissions-too-open', {
    path,
    mode: (mode & 0o777).toString(8).padStart(4, '0'),
  });
}

function fromBlocks(path: string, blocks: readonly PemBlock[]): KeyFile {
  const entries = blocks.filter(isKeyBlock).map((block) => pemEntry(path, block));
  const skipped = blocks.filter((block) => !isKeyBlock(block)).map(({ type }) => type);
  if (entries.length > 0) return { path, entries, skipped };
  if (skipped.some((type) => type === 'PUBLIC KEY' || type === 'CERTIFICATE' || type === 'RSA PUBLIC KEY')) {
    throw new AppError('keystore/public-key-given', { path });
  }
  throw new AppError('keystore/not-a-key', { path, reason: foreignBlock(skipped[0] ?? '') });
}

function foreignBlock(type: string): string {
  if (type !== 'OPENSSH PRIVATE KEY') return `it holds a PEM block of type ${type}`;
  return 'it is in the format of OpenSSH; `ssh-keygen -p -m PKCS8` converts a copy of it';
}

function pemEntry(path: string, block: PemBlock): KeyFileEntry {
  const { promisedId, gun } = readPathHeader(block.headers);
  return {
    role: block.headers.get('role') ?? '',
    gun,
    promisedId,
    needsPassphrase: encryptionOf(block) !== 'none',
    block,
    open: async (passphrase) => {
      const key = await openKeyBlock(block, passphrase, { path, keyId: promisedId ?? path });
      return checked(path, key, promisedId);
    },
  };
}

async function checked(path: string, key: PrivateKey, promisedId: string | undefined): Promise<PrivateKey> {
  try {
    if (promisedId !== undefined && key.id !== promisedId) {
      throw new AppError('keystore/id-mismatch', { path, expected: promisedId, actual: key.id });
    }
    await assertUsableKey(key, path);
    return key;
  } catch (error) {
    key.wipe();
    throw error;
  }
}

/** notary's export bundles: `path` is the ID, or in old ones `tuf_keys/<gun>/<id>` or `root_keys/<id>`. */
function readPathHeader(headers: ReadonlyMap<string, string>): {
  readonly promisedId: CanonicalKeyId | undefined;
  readonly gun: string | undefined;
} {
  const parts = (headers.get('path') ?? '').split('/');
  const id = parts.at(-1) ?? '';
  const fromPath = parts[0] === 'tuf_keys' ? parts.slice(1, -1).join('/') : '';
  const gun = fromPath === '' ? headers.get('gun') : fromPath;
  return {
    promisedId: /^[0-9a-f]{64}$/.test(id) ? (id as CanonicalKeyId) : undefined,
    gun: gun === '' ? undefined : gun,
  };
}

/** DER: PKCS#8 (encrypted or not), SEC1, PKCS#1, PKCS#12. Told apart by their first elements. */
function fromBinary(path: string, bytes: Uint8Array): KeyFileEntry | undefined {
  const form = binaryForm(bytes);
  if (form === undefined) return undefined;
  if (form === 'PUBLIC') throw new AppError('keystore/public-key-given', { path });
  if (form === 'PKCS12') return pkcs12Entry(path, bytes);
  return { ...pemEntry(path, { type: form, headers: new Map(), bytes }), block: undefined };
}

function pkcs12Entry(path: string, bytes: Uint8Array): KeyFileEntry {
  return {
    role: '',
    gun: undefined,
    promisedId: undefined,
    needsPassphrase: true,
    block: undefined,
    open: async (passphrase) => {
      const { openPkcs12 } = await import('./pkcs12.ts');
      return checked(path, openPkcs12(path, bytes, passphrase), undefined);
    },
  };
}

type BinaryForm =
  'PRIVATE KEY' | 'ENCRYPTED PRIVATE KEY' | 'EC PRIVATE KEY' | 'RSA PRIVATE KEY' | 'PKCS12' | 'PUBLIC';

function binaryForm(bytes: Uint8Array): BinaryForm | undefined {
  try {
    const reader = new DerReader(bytes).enter(tag.sequence);
    if (reader.peek() === tag.sequence) return sequenceFirst(reader);
    const version = reader.readSmallInteger();
    const next = reader.peek();
    if (next === tag.octetString) return 'EC PRIVATE KEY';
    if (next === tag.integer) return 'RSA PRIVATE KEY';
    if (next === tag.sequence) return version === 3 ? 'PKCS12' : 'PRIVATE KEY';
    return undefined;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** An algorithm followed by OCTET STRING is encrypted PKCS#8; by BIT STRING a public key; else a certificate. */
function sequenceFirst(reader: DerReader): BinaryForm {
  reader.read(tag.sequence);
  return reader.peek() === tag.octetString ? 'ENCRYPTED PRIVATE KEY' : 'PUBLIC';
}
