/**
 * Opens something locked (a stored key, a key in a file) with docker's and notary's variables, else with what is typed,
 * and hands on the passphrase that did it. Command line.
 */
import { AppError, hasCode } from '../../shared/errors.ts';
import type { StoredKey } from '../keystore/key-directory.ts';
import { openKey } from '../keystore/open-key.ts';
import { setPassphraseVariables } from '../keystore/passphrase-variables.ts';
import type { PrivateKey } from '../keystore/private-key.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';
import { passphrasePrompt } from './passphrase-prompt.ts';
import { maximumAttempts } from './secrets.ts';
import type { Terminal } from './terminal.ts';

export interface Locked {
  readonly keyId: string;
  /** What it is, where that is not just a key of this computer. */
  readonly subject?: string;
  readonly role: string;
  readonly gun: string | undefined;
  /** What it is opened for, in whole lines. */
  readonly purpose: readonly string[];
}

/** Both are the caller's to wipe. */
export interface Opened {
  readonly key: PrivateKey;
  readonly passphrase: SecretBytes | undefined;
}

type Open = (passphrase: SecretBytes) => Promise<PrivateKey>;

/** @throws `keystore/wrong-passphrase`, `prompt/no-terminal`, `prompt/cancelled`, and what `open` throws */
export async function openWith(locked: Locked, open: Open, terminal: Terminal): Promise<Opened> {
  const variables = setPassphraseVariables(locked.role, terminal.env);
  for (const [, value] of variables) {
    const opened = await tryOpen(open, SecretBytes.fromText(value));
    if (opened !== undefined) return opened;
  }
  try {
    return await askUntilOpen(locked, open, terminal);
  } catch (error) {
    const [first] = variables;
    if (first === undefined || !hasCode(error, 'prompt/no-terminal')) throw error;
    const details = { keyId: locked.keyId, variable: first[0] };
    throw new AppError('keystore/wrong-passphrase', details, { cause: error });
  }
}

/** A key of the store; unencrypted ones have no passphrase. @throws as `openWith` and `openKey` */
export async function openStored(
  stored: StoredKey,
  purpose: readonly string[],
  terminal: Terminal,
): Promise<Opened> {
  if (stored.encryption === 'none') return { key: await openKey(stored, undefined), passphrase: undefined };
  const { id: keyId, role, gun } = stored;
  return openWith({ keyId, role, gun, purpose }, (passphrase) => openKey(stored, passphrase), terminal);
}

async function askUntilOpen(locked: Locked, open: Open, terminal: Terminal): Promise<Opened> {
  const prompt = passphrasePrompt(terminal);
  for (let attempt = 0; attempt < maximumAttempts; attempt++) {
    const problem = attempt === 0 ? undefined : ('wrong' as const);
    const question = { ...locked, kind: 'open', attempt, problem, canRemember: [] } as const;
    const opened = await tryOpen(open, (await prompt.askPassphrase(question)).passphrase);
    if (opened !== undefined) return opened;
  }
  throw new AppError('keystore/wrong-passphrase', { keyId: locked.keyId });
}

/** Undefined when the passphrase is wrong; it is wiped then. */
async function tryOpen(open: Open, passphrase: SecretBytes): Promise<Opened | undefined> {
  try {
    return { key: await open(passphrase), passphrase };
  } catch (error) {
    passphrase.wipe();
    if (hasCode(error, 'keystore/wrong-passphrase')) return undefined;
    throw error;
  }
}
