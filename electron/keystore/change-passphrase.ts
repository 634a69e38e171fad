/**
 * New passphrases for stored keys: one, or all that share the old one. Privileged process.
 * A key is rewritten where it lies, in notary's present format, only if nobody changed the file in between.
 */
import { readFile } from 'node:fs/promises';
import { AppError, hasCode } from '../../shared/errors.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { fileReason, systemCode } from '../files/file-failure.ts';
import { encodeKeyFile, openKeyBlock } from './key-block.ts';
import type { StoredKey } from './key-directory.ts';
import { decodePemBlocks, encodePem } from './pem.ts';
import type { SecretBytes } from './secret-bytes.ts';

/** What became of one key when several were asked for. */
export type PassphraseChange =
  | { readonly key: StoredKey; readonly outcome: 'changed' }
  /** The old passphrase does not open it, so it has another one and keeps it. */
  | { readonly key: StoredKey; readonly outcome: 'other-passphrase' }
  | { readonly key: StoredKey; readonly outcome: 'failed'; readonly error: unknown };

/**
 * Gives one key a new passphrase. `oldPassphrase` may be missing for an unencrypted key.
 * Throws what opening and writing throw, and `keystore/changed-meanwhile`; the file is untouched then.
 */
export async function changePassphrase(
  stored: StoredKey,
  oldPassphrase: SecretBytes | undefined,
  newPassphrase: SecretBytes,
): Promise<void> {
  const rewrite = await prepareRewrite(stored, oldPassphrase, newPassphrase);
  await rewrite();
}

/**
 * Gives every one of `keys` that `oldPassphrase` opens the new one. All are opened and encrypted before the first
 * is written. Should the machine stop in between, each file has either passphrase: trying both finds out.
 */
export async function changeSharedPassphrase(
  keys: readonly StoredKey[],
  oldPassphrase: SecretBytes,
  newPassphrase: SecretBytes,
): Promise<readonly PassphraseChange[]> {
  const prepared: { key: StoredKey; rewrite: () => Promise<void> }[] = [];
  const changes: PassphraseChange[] = [];
  for (const key of keys) {
    try {
      prepared.push({ key, rewrite: await prepareRewrite(key, oldPassphrase, newPassphrase) });
    } catch (error) {
      const isOther = hasCode(error, 'keystore/wrong-passphrase');
      changes.push(isOther ? { key, outcome: 'other-passphrase' } : { key, outcome: 'failed', error });
    }
  }
  for (const { key, rewrite } of prepared) {
    changes.push(
      await rewrite().then(
        () => ({ key, outcome: 'changed' as const }),
        (error: unknown) => ({ key, outcome: 'failed' as const, error }),
      ),
    );
  }
  return changes;
}

async function prepareRewrite(
  stored: StoredKey,
  oldPassphrase: SecretBytes | undefined,
  newPassphrase: SecretBytes,
): Promise<() => Promise<void>> {
  const before = await readKey(stored);
  const [block, ...others] = decodePemBlocks(before);
  if (block === undefined) {
    throw new AppError('keystore/not-a-key', { path: stored.path, reason: 'the file holds no PEM block' });
  }
  const key = await openKeyBlock(block, oldPassphrase, { path: stored.path, keyId: stored.id });
  try {
    if (key.id !== stored.id) {
      throw new AppError('keystore/id-mismatch', { path: stored.path, expected: stored.id, actual: key.id });
    }
    const text = await encodeKeyFile(key, { role: stored.role, gun: stored.gun }, newPassphrase);
    // Blocks after the first are nobody's key, but not ours to drop either.
    const whole = text + others.map(encodePem).join('');
    return () => replaceUnchanged(stored.path, before, whole);
  } finally {
    key.wipe();
  }
}

async function readKey(stored: StoredKey): Promise<Buffer> {
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

async function replaceUnchanged(path: string, before: Buffer, text: string): Promise<void> {
  const now = await readFile(path).catch((error: unknown) => {
    throw new AppError('keystore/changed-meanwhile', { path }, { cause: error });
  });
  if (!now.equals(before)) throw new AppError('keystore/changed-meanwhile', { path });
  await writeFileAtomically(path, text);
}
