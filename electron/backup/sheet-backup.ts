/**
 * Keys of a recovery sheet as an opened backup, so that they are restored and proven as those of any other copy.
 * Privileged process. Nothing on the paper vouches for a key: only its own passphrase shows that it is whole.
 */
import { basename } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { encodePem } from '../keystore/pem.ts';
import { type KeyFileEntry, parseKeyFile } from '../keystore/private-key-file.ts';
import { sha256Hex } from './manifest.ts';
import { type KeyPassphrases, proveKey } from './prove-backup.ts';
import type { BackupKey, OpenedBackup } from './read-backup.ts';

/** Its path is empty. @throws `backup/code-unreadable` */
export function sheetBackup(entries: readonly KeyFileEntry[]): OpenedBackup {
  const keys = entries.map(toBackupKey);
  const all = Buffer.concat(keys.map(({ bytes }) => bytes));
  return {
    path: '',
    seal: 'plain',
    size: all.length,
    sha256: sha256Hex(all),
    manifest: undefined,
    keys,
    metadata: [],
    settings: undefined,
    problems: [],
  };
}

function toBackupKey({ block, promisedId: id, role, gun }: KeyFileEntry): BackupKey {
  if (block === undefined || id === undefined) {
    throw new AppError('backup/code-unreadable', { reason: 'its key does not say which one it is' });
  }
  const headers = new Map(block.headers);
  headers.delete('path');
  const bytes = Buffer.from(encodePem({ ...block, headers }));
  const storePath = `${id}.key`;
  const [entry] = parseKeyFile(basename(storePath), bytes).entries;
  if (entry === undefined) throw new AppError('backup/code-unreadable', { reason: 'there is no key in it' });
  return { id, role, gun, file: `trust/private/${storePath}`, storePath, bytes, entry };
}

/**
 * Opens a key of a sheet with its own passphrase, matches it to the ID and lets it sign. True when that was done, false
 * when nobody gave a passphrase: then nobody knows whether the text is as it was printed.
 *
 * Throws `backup/sheet-not-opened` after four wrong passphrases, `backup/code-unreadable`, and what `passphrases` throws.
 */
export async function isSheetKeyProven(key: BackupKey, passphrases: KeyPassphrases): Promise<boolean> {
  switch (await proveKey(key, passphrases)) {
    case 'proven':
      return true;
    case 'not-tried':
      return false;
    case 'wrong-passphrase':
      throw new AppError('backup/sheet-not-opened', { keyId: key.id });
    case 'other-key':
      throw new AppError('backup/code-unreadable', {
        reason: 'it holds another key than its line "path" names: a letter is not as it was printed',
      });
    case 'damaged':
      throw new AppError('backup/code-unreadable', { reason: 'the key in it does not sign' });
  }
}
