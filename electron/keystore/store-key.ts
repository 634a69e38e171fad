/**
 * Writing into a key store: new keys, changed passphrases, removal. Privileged process.
 * Everything is written as notary writes it, 0600 in 0700, atomically; nothing is overwritten unless the caller says so.
 */
import { mkdir, readdir, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { flushFolder, isTemporaryOf, writeFileAtomically } from '../files/atomic-file.ts';
import { fileReason, isMissing, systemCode, toWriteError } from '../files/file-failure.ts';
import { encodeKeyFile } from './key-block.ts';
import { listKeys, privateDirectory, type StoredKey } from './key-directory.ts';
import { checkKeyHeaders, type KeyHeaders } from './key-names.ts';
import type { PrivateKey } from './private-key.ts';
import { assertUsableKey } from './usable-key.ts';
import type { SecretBytes } from './secret-bytes.ts';

export interface StoreOptions {
  /** Replaces a key of the same ID. Only after the person said so. */
  readonly replace?: boolean;
}

/**
 * Stores a key as `private/<id>.key`. The caller keeps ownership of key and passphrase; an empty passphrase leaves
 * the file unencrypted, as in notary.
 *
 * Throws `keystore/key-exists` (also when an old layout holds it), `keystore/invalid-name`,
 * `keystore/needs-repository`, `keystore/unusable-key`, `files/write-failed`, `files/disk-full`.
 */
export async function storeKey(
  trustDir: string,
  key: PrivateKey,
  headers: KeyHeaders,
  passphrase: SecretBytes,
  options: StoreOptions = {},
): Promise<StoredKey> {
  checkKeyHeaders(headers);
  await assertUsableKey(key, `${key.id}.key`);
  const text = await encodeKeyFile(key, headers, passphrase);
  await storeKeyText(trustDir, key.id, text, options);
  return findKey(trustDir, key.id);
}

/** Stores the text of a key file unchanged under the ID it is known by. Throws as `storeKey`. */
export async function storeKeyText(
  trustDir: string,
  keyId: string,
  text: string,
  options: StoreOptions = {},
): Promise<void> {
  const present = (await listKeys(trustDir)).keys.some(({ id }) => id === keyId);
  if (present && options.replace !== true) throw new AppError('keystore/key-exists', { keyId });
  await writeKeyFile(trustDir, keyId, text, options);
}

/**
 * Writes `private/<id>.key` whatever old layouts hold. Throws `keystore/key-exists` when that very file exists and
 * `replace` is not given.
 */
export async function writeKeyFile(
  trustDir: string,
  keyId: string,
  content: string | Uint8Array,
  options: StoreOptions = {},
): Promise<string> {
  const folder = privateDirectory(trustDir);
  const file = join(folder, `${keyId}.key`);
  await makePrivateFolder(folder);
  try {
    await writeFileAtomically(file, content, { exclusive: options.replace !== true });
    return file;
  } catch (error) {
    // Somebody else (docker, notary, another window) was faster, or an unreadable file has that name.
    const isThere = systemCode(error instanceof Error ? error.cause : undefined) === 'EEXIST';
    throw isThere ? new AppError('keystore/key-exists', { keyId }, { cause: error }) : error;
  }
}

/** Makes a folder for keys, 0700. Throws `files/write-failed`, `files/disk-full`. */
export async function makePrivateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toWriteError(error, folder);
  }
}

/** One listed key. Throws `keystore/key-not-found`. */
export async function findKey(trustDir: string, keyId: string): Promise<StoredKey> {
  const found = (await listKeys(trustDir)).keys.find(({ id }) => id === keyId);
  if (found === undefined) throw new AppError('keystore/key-not-found', { keyId });
  return found;
}

/**
 * Deletes a key: every file in the store that promises its ID, and what killed writers left of them. What stops working is
 * the caller's to say first. `isMeant` is asked of the bytes of the file that docker and notary use, and of each file just before it goes.
 * Throws `keystore/key-not-found`, `keystore/changed-meanwhile`, `keystore/unreadable`, `files/write-failed`.
 */
export async function removeKey(
  trustDir: string,
  keyId: string,
  isMeant?: (bytes: Uint8Array, path: string) => boolean,
): Promise<void> {
  const { copies, path } = await findKey(trustDir, keyId);
  const assertMeant = async (each: string): Promise<void> => {
    if (isMeant?.(await readStored(each, keyId), each) === false)
      throw new AppError('keystore/changed-meanwhile', { path: each });
  };
  await assertMeant(path);
  // Copies first: should this be interrupted, the file that docker and notary use is still there.
  for (const each of [...copies, path]) {
    await removeLeftovers(each);
    await assertMeant(each);
    await removeFile(each);
  }
}

async function readStored(path: string, keyId: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    if (isMissing(cause)) throw new AppError('keystore/key-not-found', { keyId }, { cause });
    throw new AppError('keystore/unreadable', { path, reason: fileReason(systemCode(cause)) }, { cause });
  });
}

/**
 * Removes what writers of this key file that were killed left beside it. SECURITY: it holds the key, too, and nobody lists
 * it. A writer that is at work fails. Throws `files/write-failed`.
 */
export async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw toWriteError(error, folder);
  });
  for (const name of names.filter((each) => isTemporaryOf(path, each))) await removeFile(join(folder, name));
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
    await flushFolder(dirname(path));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw toWriteError(error, path);
  }
}
