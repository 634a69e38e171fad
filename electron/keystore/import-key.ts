/**
 * Keys from files into the store: `key load` and `key import`. Privileged process.
 * It asks nobody: passphrases and names come from the caller, who asked the person.
 */
import { AppError } from '../../shared/errors.ts';
import type { StoredKey } from './key-directory.ts';
import { isRepositoryRole } from './key-headers.ts';
import { checkKeyHeaders, type KeyHeaders } from './key-names.ts';
import { pemHeaders } from './key-block.ts';
import { encodePem } from './pem.ts';
import type { KeyFileEntry } from './private-key-file.ts';
import type { SecretBytes } from './secret-bytes.ts';
import { findKey, storeKey, type StoreOptions, storeKeyText } from './store-key.ts';

/** What to call a key whose file does not say. docker's `key load` uses `signer`, notary's `key import` `delegation`. */
export interface ImportNames {
  /** Wins over the file's own role. */
  readonly role?: string;
  /** Where the file names no role. */
  readonly fallbackRole: string;
  readonly fallbackGun?: string;
}

/** The headers an entry is stored with. Throws `keystore/invalid-name`, `keystore/needs-repository`. */
export function importHeaders(entry: KeyFileEntry, names: ImportNames): KeyHeaders {
  const role = names.role ?? (entry.role === '' ? names.fallbackRole : entry.role);
  const headers = { role, gun: isRepositoryRole(role) ? (entry.gun ?? names.fallbackGun) : undefined };
  checkKeyHeaders(headers);
  return headers;
}

/**
 * Opens an entry with `oldPassphrase` and stores it encrypted with `newPassphrase`.
 * Throws what opening (`KeyFileEntry.open`) and storing (`storeKey`) throw.
 */
export async function importKey(
  trustDir: string,
  entry: KeyFileEntry,
  names: ImportNames,
  passphrases: { readonly old: SecretBytes | undefined; readonly new: SecretBytes },
  options: StoreOptions = {},
): Promise<StoredKey> {
  const headers = importHeaders(entry, names);
  const key = await entry.open(passphrases.old);
  try {
    return await storeKey(trustDir, key, headers, passphrases.new, options);
  } finally {
    key.wipe();
  }
}

/** True for a key of an export bundle, which can be stored as it is, under the ID it promises. */
export function canStayEncrypted(entry: KeyFileEntry): boolean {
  return entry.needsPassphrase && entry.promisedId !== undefined && entry.block !== undefined;
}

/**
 * Stores an encrypted key of an export bundle unchanged but for its headers, without its passphrase, as notary does.
 * Whether it is the key it promises to be shows when it is first opened, which every use checks.
 * Throws `keystore/not-a-key` for entries that `canStayEncrypted` rejects, and what `storeKey` throws.
 */
export async function importEncrypted(
  trustDir: string,
  entry: KeyFileEntry,
  names: ImportNames,
  options: StoreOptions = {},
): Promise<StoredKey> {
  const { block, promisedId } = entry;
  if (block === undefined || promisedId === undefined || !entry.needsPassphrase) {
    throw new AppError('keystore/not-a-key', {
      path: '',
      reason: 'only a key of an export bundle stays encrypted',
    });
  }
  const headers = new Map(block.headers);
  for (const name of ['path', 'gun', 'role']) headers.delete(name);
  for (const [name, value] of pemHeaders(importHeaders(entry, names))) headers.set(name, value);
  await storeKeyText(trustDir, promisedId, encodePem({ ...block, headers }), options);
  return findKey(trustDir, promisedId);
}
