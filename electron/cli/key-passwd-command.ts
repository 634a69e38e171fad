/**
 * `trustdesk key passwd ID`, in the place of notary's: another passphrase for one key, or for all that share the old
 * one. Command line. The old passphrase is always proven; a key is rewritten where it lies or left as it is.
 */
import { type AppError, hasCode, isAppError } from '../../shared/errors.ts';
import { keyBackupState } from '../backup/copy-standing.ts';
import {
  changePassphrase,
  changeSharedPassphrase,
  type PassphraseChange,
} from '../keystore/change-passphrase.ts';
import { systemKeyChain } from '../keystore/key-chain.ts';
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import type { SecretBytes } from '../keystore/secret-bytes.ts';
import { keyName } from '../prompts/terminal-passphrase.ts';
import { type Arguments, isOn, type RunCommand } from './command.ts';
import { explanation } from './failure.ts';
import { type KeyDesk, openKeyDesk } from './key-desk.ts';
import { generateOf, newPassphrase } from './new-passphrase.ts';
import { openStored } from './open-with.ts';
import { notaryWords } from './original-words.ts';
import { pickStored, shortName } from './pick-key.ts';
import { newPassphraseVariable } from './secrets.ts';
import type { Terminal } from './terminal.ts';

export const runKeyPasswd: RunCommand = async (args, terminal) => {
  const desk = await openKeyDesk(args, terminal);
  const stored = await pickStored(desk.trustDirectory, args.operands[0] ?? '');
  const { key, passphrase } = await openStored(stored, ['To give it another passphrase.'], terminal);
  key.wipe();
  try {
    const changes = await change(desk, stored, passphrase, args, terminal);
    return await finish(changes, desk, args, terminal);
  } finally {
    passphrase?.wipe();
  }
};

type Change = PassphraseChange | { readonly key: StoredKey; readonly outcome: 'would-change' };

async function change(
  desk: KeyDesk,
  stored: StoredKey,
  old: SecretBytes | undefined,
  args: Arguments,
  terminal: Terminal,
): Promise<readonly Change[]> {
  // A key without a passphrase shares it with nobody.
  const others = isOn(args, 'all-sharing') && old !== undefined ? await othersOf(desk, stored) : [];
  if (isOn(args, 'dry-run')) return rehearse([stored, ...others], old);
  const name = others.length === 0 ? keyName({ role: stored.role, keyId: stored.id }) : 'keys';
  const related = [stored.role, ...(stored.gun ?? '').split('/')].filter((word) => word !== '');
  const wanted = { name, variable: newPassphraseVariable, related, generate: generateOf(args) };
  const chosen = await newPassphrase(wanted, terminal);
  try {
    if (old !== undefined && others.length > 0) {
      return await changeSharedPassphrase([stored, ...others], old, chosen);
    }
    await changePassphrase(stored, old, chosen);
    return [{ key: stored, outcome: 'changed' }];
  } finally {
    chosen.wipe();
  }
}

async function othersOf(desk: KeyDesk, stored: StoredKey): Promise<readonly StoredKey[]> {
  const { keys } = await listKeys(desk.trustDirectory);
  return keys.filter(({ id, encryption }) => id !== stored.id && encryption !== 'none');
}

async function rehearse(
  keys: readonly StoredKey[],
  old: SecretBytes | undefined,
): Promise<readonly Change[]> {
  const { openKey } = await import('../keystore/open-key.ts');
  const changes: Change[] = [];
  for (const key of keys) {
    try {
      (await openKey(key, old)).wipe();
      changes.push({ key, outcome: 'would-change' });
    } catch (error) {
      const isOther = hasCode(error, 'keystore/wrong-passphrase');
      changes.push(isOther ? { key, outcome: 'other-passphrase' } : { key, outcome: 'failed', error });
    }
  }
  return changes;
}

async function finish(
  changes: readonly Change[],
  desk: KeyDesk,
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  for (const { key } of changes.filter(({ outcome }) => outcome === 'changed')) {
    await forgetOld(key);
    const details = { keyId: key.id, role: key.role };
    await desk.record('passphrase-changed', `Changed the passphrase of ${shortName(key)}`, details);
  }
  if (isOn(args, 'json')) printJson(changes, terminal);
  else for (const each of changes) say(each, terminal);
  if (!isOn(args, 'dry-run')) await sayBackups(changes, desk, terminal);
  return changes.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

/**
 * What the key chain remembers of it would no longer open the key. Where there is no key chain nothing is remembered;
 * where it is locked, the next question says that what it holds is wrong.
 */
async function forgetOld({ id }: StoredKey): Promise<void> {
  try {
    await systemKeyChain().forget(id);
  } catch (error) {
    if (!hasCode(error, 'keystore/key-chain')) throw error;
  }
}

function say(changed: Change, terminal: Terminal): void {
  const { id } = changed.key;
  switch (changed.outcome) {
    case 'changed': {
      terminal.stdout.write(`\nSuccessfully updated passphrase for key ID: ${id}\n`);
      return;
    }
    case 'would-change': {
      terminal.stdout.write(`Would change the passphrase of ${id}\n`);
      return;
    }
    case 'other-passphrase': {
      terminal.stdout.write(`Left as it is, for it has another passphrase: ${id}\n`);
      return;
    }
    case 'failed': {
      terminal.stderr.write(failure(id, changed.error));
      return;
    }
  }
}

function failure(id: string, error: unknown): string {
  if (!isAppError(error)) throw error;
  const words = notaryWords(error);
  return `Could not change ${id}: ${words}\n${explanation(error, words)}`;
}

/** Copies keep what they were written with: whoever restores one needs the old passphrase. */
async function sayBackups(changes: readonly Change[], desk: KeyDesk, terminal: Terminal): Promise<void> {
  const records = await desk.records();
  const now = terminal.now().getTime();
  const held = changes.filter(
    ({ key, outcome }) => outcome === 'changed' && keyBackupState(records, key.id, now).copies > 0,
  );
  if (held.length === 0) return;
  terminal.stderr.write(
    `Backups still hold ${held.map(({ key }) => shortName(key)).join(', ')} under the old passphrase. ` +
      'Keep it with them, or write and check a new backup.\n',
  );
}

function printJson(changes: readonly Change[], terminal: Terminal): void {
  const rows = changes.map((change) => {
    const { key, outcome } = change;
    const error = 'error' in change ? { error: codeOf(change.error) } : {};
    return { id: key.id, role: key.role, outcome, ...error };
  });
  terminal.stdout.write(`${JSON.stringify(rows, undefined, 4)}\n`);
}

function codeOf(error: unknown): AppError['code'] {
  if (!isAppError(error)) throw error;
  return error.code;
}
