/**
 * From a listed key and a passphrase to something that signs. Privileged process.
 * It asks nobody for a passphrase; `unlock.ts` does.
 */
import { readFile } from 'node:fs/promises';
import { fileReason, systemCode } from '../files/file-failure.ts';
import { AppError } from '../../shared/errors.ts';
import { openKeyBlock } from './key-block.ts';
import type { StoredKey } from './key-directory.ts';
import { decodeFirstPemBlock, type PemBlock } from './pem.ts';
import type { PrivateKey } from './private-key.ts';
import type { SecretBytes } from './secret-bytes.ts';

/**
 * Opens a stored key. The answer is a `RoleSigner`; whoever asked for it wipes it after use.
 * `passphrase` may be missing for unencrypted keys. The caller keeps ownership of it.
 *
 * Throws `keystore/wrong-passphrase`, `keystore/unsupported-encryption`, `keystore/not-a-key`,
 * `keystore/key-not-found` (the file is gone), `keystore/unreadable`, or `keystore/id-mismatch`.
 */
export async function openKey(stored: StoredKey, passphrase: SecretBytes | undefined): Promise<PrivateKey> {
  const block = await loadKeyBlock(stored);
  const key = await openKeyBlock(block, passphrase, { path: stored.path, keyId: stored.id });
  if (key.id === stored.id) return key;
  key.wipe();
  // SECURITY: a file renamed to another key's ID must not sign in that key's place.
  throw new AppError('keystore/id-mismatch', { path: stored.path, expected: stored.id, actual: key.id });
}

/** Reads the PEM block of a listed key anew: another program may have changed the file since. */
export async function loadKeyBlock(stored: StoredKey): Promise<PemBlock> {
  const bytes = await readStored(stored);
  const block = decodeFirstPemBlock(bytes);
  bytes.fill(0);
  if (block === undefined) {
    throw new AppError('keystore/not-a-key', { path: stored.path, reason: 'the file holds no PEM block' });
  }
  return block;
}

async function readStored(stored: StoredKey): Promise<Uint8Array> {
  try {
    return await readFile(stored.path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT')
      throw new AppError('keystore/key-not-found', { keyId: stored.id }, { cause: error });
    throw new AppError(
      'keystore/unreadable',
      { path: stored.path, reason: fileReason(code) },
      { cause: error },
    );
  }
}
