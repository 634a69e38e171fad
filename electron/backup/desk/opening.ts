/**
 * Opens a backup with the person's help: the passphrase typed, put together from shares, or an age identity from a
 * file. Privileged process. Whatever was given is wiped here, unless it is asked to be kept for one piece of work.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError, hasCode, isAppError } from '../../../shared/errors.ts';
import type { Opener } from '../../../shared/ipc/backups.ts';
import { fileReason, systemCode } from '../../files/file-failure.ts';
import { SecretBytes } from '../../keystore/secret-bytes.ts';
import { combineShares, parseShare } from '../passphrase-shares.ts';
import { openBackup, type OpenedBackup, sealOfBackup } from '../read-backup.ts';
import { type DeskSetup, toWire } from './desk-setup.ts';

export interface OpenWish {
  readonly path: string;
  /** Where it lies, as the person knows it. */
  readonly label: string;
  readonly purpose: readonly string[];
  readonly how: Opener;
  readonly signal?: AbortSignal | undefined;
  /** A passphrase to try before anybody is asked; stays the caller's. */
  readonly known?: SecretBytes | undefined;
  /** Given a copy of the passphrase that opened it; the copy is the receiver's to wipe. */
  readonly keep?: (passphrase: SecretBytes) => void;
  /** Told when the person is asked. */
  readonly onAsking?: () => void;
  /** Told when it is decrypted, which takes a moment. */
  readonly onOpening?: () => void;
}

type Prompts = DeskSetup['prompts'];

/** As for keys: one try and three retries. */
const MAX_ATTEMPTS = 4;

/** Throws what `openBackup` throws (a wrong passphrase only after four tries), `prompt/cancelled`. */
export async function openWithPerson(prompts: Prompts, wish: OpenWish): Promise<OpenedBackup> {
  const seal = await sealOfBackup(wish.path);
  if (seal === 'plain') return openBackup(wish.path);
  if (seal === 'recipients') return openWithIdentity(prompts, wish);
  const opened = await tryKnown(wish);
  if (opened !== undefined) return opened;
  return wish.how === 'shares' ? openWithShares(prompts, wish) : openTyped(prompts, wish);
}

async function tryKnown(wish: OpenWish): Promise<OpenedBackup | undefined> {
  if (wish.known === undefined) return undefined;
  try {
    return await decrypt(wish, wish.known);
  } catch (error) {
    if (hasCode(error, 'backup/wrong-passphrase')) return undefined;
    throw error;
  }
}

async function openTyped(prompts: Prompts, wish: OpenWish): Promise<OpenedBackup> {
  for (let attempt = 0; ; attempt++) {
    wish.onAsking?.();
    const { passphrase } = await prompts.askPassphrase(
      {
        kind: 'open',
        subject: `${basename(wish.path)} on ${wish.label}`,
        keyId: '',
        role: '',
        gun: undefined,
        purpose: wish.purpose,
        attempt,
        problem: attempt === 0 ? undefined : 'wrong',
        canRemember: ['no'],
      },
      wish.signal,
    );
    try {
      return await decryptAndKeep(wish, passphrase);
    } catch (error) {
      if (!hasCode(error, 'backup/wrong-passphrase') || attempt + 1 >= MAX_ATTEMPTS) throw error;
    } finally {
      passphrase.wipe();
    }
  }
}

async function decryptAndKeep(wish: OpenWish, passphrase: SecretBytes): Promise<OpenedBackup> {
  const opened = await decrypt(wish, passphrase);
  wish.keep?.(passphrase.copy());
  return opened;
}

function decrypt({ path, onOpening }: OpenWish, passphrase: SecretBytes): Promise<OpenedBackup> {
  onOpening?.();
  return openBackup(path, { kind: 'passphrase', passphrase });
}

async function openWithShares(prompts: Prompts, wish: OpenWish): Promise<OpenedBackup> {
  const passphrase = await combineShares(await askForShares(prompts, wish));
  try {
    return await decryptAndKeep(wish, passphrase);
  } finally {
    passphrase.wipe();
  }
}

/** One after the other, until there are as many as the first one says. Doubles and strangers are said and not taken. */
async function askForShares(prompts: Prompts, wish: OpenWish): Promise<readonly string[]> {
  const shares = new Map<number, string>();
  let [set, need, problem]: [string | undefined, number | undefined, AppError | undefined] = [
    undefined,
    undefined,
    undefined,
  ];
  wish.onAsking?.();
  while (need === undefined || shares.size < need) {
    const question = { what: 'share' as const, purpose: wish.purpose, have: shares.size, need };
    const text = await prompts.askPrintedText(
      { ...question, problem: problem === undefined ? undefined : toWire(problem) },
      wish.signal,
    );
    problem = undefined;
    try {
      const share = parseShare(text);
      if (set !== undefined && share.set !== set) throw new AppError('backup/shares-mixed', {});
      [set, need] = [share.set, share.needed];
      const isDouble = shares.has(share.number);
      shares.set(share.number, share.text);
      if (isDouble) throw new AppError('backup/shares-missing', { have: shares.size, need });
    } catch (error) {
      if (!isAppError(error)) throw error;
      problem = error;
    }
  }
  return [...shares.values()];
}

/** A file of age identities is small. */
const MAX_IDENTITY_BYTES = 64 * 1024;

async function openWithIdentity(prompts: Prompts, wish: OpenWish): Promise<OpenedBackup> {
  wish.onAsking?.();
  const question = { title: 'Choose the file with your age key', want: 'file' as const };
  const [file] = await prompts.chooseFile(question, wish.signal);
  if (file === undefined) throw new AppError('prompt/cancelled', {});
  const identity = SecretBytes.fromText(identityIn(await readIdentity(file)));
  try {
    wish.onOpening?.();
    return await openBackup(wish.path, { kind: 'identity', identity });
  } finally {
    identity.wipe();
  }
}

async function readIdentity(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    return size > MAX_IDENTITY_BYTES ? '' : await readFile(path, 'utf8');
  } catch (error) {
    const reason = fileReason(systemCode(error));
    throw new AppError('config/unreadable', { path, reason }, { cause: error });
  }
}

/** `age-keygen` writes comments above it. */
function identityIn(text: string): string {
  return text.split(/\r?\n/).find((line) => line.startsWith('AGE-SECRET-KEY-')) ?? '';
}
