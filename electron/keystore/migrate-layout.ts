/**
 * Moves keys of notary 0.1 to 0.3 to where today's tools expect them, on request. Privileged process.
 * Unlike notary's own migration it deletes nothing it could not read, and no key before its copy is safely there.
 */
import { readdir, readFile, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../../shared/errors.ts';
import { flushFolder } from '../files/atomic-file.ts';
import { toWriteError } from '../files/file-failure.ts';
import { exportStored } from './export-key.ts';
import { listKeys, privateDirectory, type StoredKey, type UnreadableKey } from './key-directory.ts';
import { writeKeyFile } from './store-key.ts';

export interface Migration {
  readonly moved: readonly StoredKey[];
  /** Old files whose ID already has a file in the present layout; both are left. */
  readonly kept: readonly string[];
  /** Left where they are. */
  readonly unreadable: readonly UnreadableKey[];
}

/** Throws `files/write-failed`, `files/disk-full`; what was moved until then stays moved, the rest stays old. */
export async function migrateLayout(trustDir: string): Promise<Migration> {
  const { keys, unreadable } = await listKeys(trustDir);
  const moved: StoredKey[] = [];
  const kept = keys.flatMap(({ copies }) => copies);
  for (const key of keys.filter(({ layout }) => layout !== 'current')) {
    if (await moveKey(trustDir, key)) moved.push(key);
    else kept.push(key.path);
  }
  await removeEmptyFolders(trustDir);
  return { moved, kept, unreadable };
}

async function moveKey(trustDir: string, key: StoredKey): Promise<boolean> {
  const text = await exportStored(key);
  const written = await writeNew(trustDir, key.id, text);
  // SECURITY: the old file goes only after the new one was read back.
  if (written === undefined || (await readFile(written, 'utf8')) !== text) return false;
  try {
    await unlink(key.path);
    await flushFolder(dirname(key.path));
    return true;
  } catch (error) {
    throw toWriteError(error, key.path);
  }
}

/** An unreadable file may have the name that is needed; it is not ours to replace. */
async function writeNew(trustDir: string, keyId: string, text: string): Promise<string | undefined> {
  try {
    return await writeKeyFile(trustDir, keyId, text);
  } catch (error) {
    if (hasCode(error, 'keystore/key-exists')) return undefined;
    throw error;
  }
}

/** `rmdir` takes empty folders only, so nothing of value can go. */
async function removeEmptyFolders(trustDir: string): Promise<void> {
  for (const name of ['root_keys', 'tuf_keys']) await removeIfEmpty(join(privateDirectory(trustDir), name));
}

async function removeIfEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((each) => each.isDirectory()))
    await removeIfEmpty(join(folder, entry.name));
  // Not empty, or not there: left as it is.
  await rmdir(folder).catch(() => undefined);
}
