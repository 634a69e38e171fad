/** New passphrases for keys, as the window asks for it: one key, or all that share the old one. Privileged process. */
import { isAppError } from '../../shared/errors.ts';
import type { ChangeResult, KeyRef } from '../../shared/ipc/keys.ts';
import {
  changePassphrase,
  changeSharedPassphrase,
  type PassphraseChange,
} from '../keystore/change-passphrase.ts';
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import type { SecretBytes } from '../keystore/secret-bytes.ts';
import { type KeyDesk, keyTitle } from './key-desk.ts';
import { toWire } from './repository-row.ts';

/**
 * A new passphrase for one key, or for all of its folder that share the old one.
 * @throws `keystore/...`, `files/...`, `prompt/cancelled`; the files are untouched then
 */
export async function changeKeyPassphrase(
  desk: KeyDesk,
  ref: KeyRef,
  shared: boolean,
): Promise<ChangeResult[]> {
  const { key: stored, folder } = await desk.find(ref);
  const { unlocker } = desk.setup;
  const purpose = desk.purpose(folder, 'The passphrase it has now, to change it.');
  const { key, passphrase: old } = await unlocker.openWithPassphrase(stored, purpose);
  key.wipe();
  try {
    const chosen = await unlocker.choose({ ...stored, subject: keyTitle(stored) }, [
      shared ? 'For every key here that opens with the old one.' : 'Replaces the old one, for this key only.',
    ]);
    try {
      const changes =
        shared && old !== undefined
          ? await changeSharedPassphrase(await encryptedKeys(folder.trustDirectory), old, chosen)
          : await changeOne(stored, old, chosen);
      return await settle(desk, changes);
    } finally {
      chosen.wipe();
    }
  } finally {
    old?.wipe();
  }
}

async function changeOne(
  key: StoredKey,
  old: SecretBytes | undefined,
  chosen: SecretBytes,
): Promise<readonly PassphraseChange[]> {
  await changePassphrase(key, old, chosen);
  return [{ key, outcome: 'changed' }];
}

/** A key without a passphrase shares none. */
async function encryptedKeys(trustDirectory: string): Promise<readonly StoredKey[]> {
  return (await listKeys(trustDirectory)).keys.filter(({ encryption }) => encryption !== 'none');
}

async function settle(desk: KeyDesk, changes: readonly PassphraseChange[]): Promise<ChangeResult[]> {
  const changed = changes.filter(({ outcome }) => outcome === 'changed').map(({ key }) => key);
  for (const { id } of changed) await desk.letGo(id);
  const [first] = changed;
  if (first !== undefined) {
    const what = changed.length === 1 ? keyTitle(first) : `${String(changed.length)} keys`;
    const keyIds = changed.map(({ id }) => id);
    await desk.setup.record('passphrase-changed', { title: `Changed the passphrase of ${what}`, keyIds });
  }
  return changes.map(toResult);
}

function toResult(change: PassphraseChange): ChangeResult {
  const { id, role, gun } = change.key;
  const common = { id, role, ...(gun === undefined ? {} : { gun }) };
  switch (change.outcome) {
    case 'changed':
      return { ...common, outcome: 'changed' };
    case 'other-passphrase':
      return { ...common, outcome: 'other' };
    case 'failed':
      if (!isAppError(change.error)) throw change.error;
      return { ...common, outcome: 'failed', error: toWire(change.error) };
  }
}
