/**
 * Keys out of the store: notary's bundles, single files, PKCS#8 for other tools, public halves. Privileged process.
 * Gives texts; `writeExport` puts them into a new private file.
 */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { systemCode } from '../files/file-failure.ts';
import type { PublicKey } from '../tuf/model.ts';
import { pemHeaders } from './key-block.ts';
import type { StoredKey } from './key-directory.ts';
import { loadKeyBlock } from './open-key.ts';
import { encryptPkcs8Modern } from './pbes2.ts';
import { encodePem } from './pem.ts';
import { toStandardPkcs8 } from './private-key-formats.ts';
import { type PrivateKey, toSpki } from './private-key.ts';
import type { SecretBytes } from './secret-bytes.ts';

/**
 * What `notary key export` writes: each key as stored, with its ID as `path` header, in the order of file names.
 * Keys stay under their passphrases. Throws what reading a stored key throws.
 */
export async function exportBundle(keys: readonly StoredKey[]): Promise<string> {
  const sorted = [...keys].sort((a, b) => (a.id < b.id ? -1 : 1));
  const texts = await Promise.all(sorted.map((key) => exportBlock(key, new Map([['path', key.id]]))));
  return texts.join('');
}

/** One key as stored, in today's layout: the text of its `.key` file. */
export function exportStored(key: StoredKey): Promise<string> {
  return exportBlock(key, new Map());
}

async function exportBlock(key: StoredKey, more: ReadonlyMap<string, string>): Promise<string> {
  const block = await loadKeyBlock(key);
  // Role and GUN may be in the file's place instead of its headers, in old layouts.
  const headers = new Map([...block.headers, ...pemHeaders(key), ...more]);
  return encodePem({ ...block, headers });
}

/** Encrypted PKCS#8 with today's parameters, for OpenSSL and others; docker and notary cannot open it. */
export async function exportModern(key: PrivateKey, passphrase: SecretBytes): Promise<string> {
  const info = toStandardPkcs8(key);
  try {
    const bytes = await encryptPkcs8Modern(info, passphrase);
    return encodePem({ type: 'ENCRYPTED PRIVATE KEY', headers: new Map(), bytes });
  } finally {
    info.wipe();
  }
}

/** The public half as `docker trust key generate` writes it: PEM with a `role` header when there is a name. */
export function encodePublicKey(key: PublicKey, role = ''): string {
  const headers = new Map(role === '' ? [] : [['role', role] as const]);
  return encodePem({ type: 'PUBLIC KEY', headers, bytes: toSpki(key) });
}

/**
 * Writes a new file, 0600. Throws `files/exists`, `files/no-folder`, `files/write-failed`, `files/disk-full`.
 */
export async function writeExport(file: string, content: string | Uint8Array): Promise<void> {
  const folder = await stat(dirname(file)).catch(() => undefined);
  if (folder?.isDirectory() !== true) throw new AppError('files/no-folder', { path: dirname(file) });
  try {
    await writeFileAtomically(file, content, { exclusive: true });
  } catch (error) {
    const isThere = systemCode(error instanceof Error ? error.cause : undefined) === 'EEXIST';
    throw isThere ? new AppError('files/exists', { path: file }, { cause: error }) : error;
  }
}
