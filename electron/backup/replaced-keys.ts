/**
 * Key files that a restore replaces are kept aside first: nothing that could still sign is lost by it. Privileged process.
 * They lie among our own files, where docker and notary do not list them, as they were: under their passphrases.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../../shared/errors.ts';
import { isMissing, toWriteError } from '../files/file-failure.ts';
import { writeExport } from '../keystore/export-key.ts';
import { makePrivateFolder } from '../keystore/store-key.ts';
import type { BackupSources } from './collect.ts';
import { sha256Hex } from './manifest.ts';

/** Where they are kept. */
export function replacedKeysFolder({ settingsFile }: Pick<BackupSources, 'settingsFile'>): string {
  return join(dirname(settingsFile), 'replaced-keys');
}

/**
 * Copies a key file that is about to be replaced, 0600, and answers where; undefined when there is none. The same
 * bytes are kept once. Throws `files/write-failed`, `files/disk-full`; the key must not be replaced then.
 */
export async function keepAside(folder: string, keyId: string, path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw toWriteError(error, path);
  });
  if (bytes === undefined) return undefined;
  const kept = join(folder, `${keyId}-${sha256Hex(bytes).slice(0, 12)}.key`);
  await makePrivateFolder(folder);
  await writeExport(kept, bytes).catch(async (error: unknown) => {
    const isKept = hasCode(error, 'files/exists') && (await readFile(kept)).equals(bytes);
    if (!isKept) throw error;
  });
  return kept;
}
