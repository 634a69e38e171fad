/**
 * Splits the passphrase of a copy among people. Privileged process. Only a passphrase that has just opened the copy is
 * split, so that no sheet is handed out that opens nothing.
 */
import { AppError } from '../../../shared/errors.ts';
import type { SecretBytes } from '../../keystore/secret-bytes.ts';
import { type BackupRecord, placeOf } from '../backup-records.ts';
import { type Drive, driveOf } from '../drives.ts';
import { sealOfBackup } from '../read-backup.ts';
import type { DeskSession } from './desk-session.ts';
import type { DeskSetup } from './desk-setup.ts';
import { openWithPerson } from './opening.ts';
import { printShares, saveShares } from './sheets.ts';

export interface ShareOrder {
  readonly needed: number;
  readonly total: number;
  readonly how: 'save' | 'print';
}

interface Sharing {
  readonly setup: DeskSetup;
  readonly session: DeskSession;
  readonly drives: readonly Drive[];
  readonly signal: AbortSignal;
}

interface Copy {
  readonly path: string;
  readonly record: BackupRecord;
}

/**
 * `where`: the folder the sheets were saved in. Throws what opening throws, `backup/not-shareable`,
 * `backup/another-backup`, `files/*`.
 */
export async function shareCopy(
  sharing: Sharing,
  { path, record }: Copy,
  { how, ...wish }: ShareOrder,
): Promise<{ where?: string }> {
  const passphrase = await passphraseOf(sharing, { path, record });
  try {
    if (how === 'save') return { where: await saveShares(sharing.setup, passphrase, { ...wish, record }) };
    await printShares(sharing.setup, passphrase, { ...wish, record });
    return {};
  } finally {
    passphrase.wipe();
  }
}

async function passphraseOf(
  { setup, session, drives, signal }: Sharing,
  { path, record }: Copy,
): Promise<SecretBytes> {
  if ((await sealOfBackup(path)) !== 'passphrase') throw new AppError('backup/not-shareable', {});
  const opened = await openWithPerson(setup.prompts, {
    path,
    label: placeOf(path, driveOf(path, drives)).label,
    purpose: ['Makes sure that it opens the copy, then splits it into shares.'],
    how: 'typed',
    signal,
    known: session.typed,
    keep: (given) => session.keep(given),
  });
  // The sheets name the recorded copy: shares that open another one would be found out when it is too late.
  if (opened.sha256 !== record.file.sha256) throw new AppError('backup/another-backup', { path });
  const { typed } = session;
  if (typed === undefined) throw new AppError('backup/not-shareable', {});
  return typed.copy();
}
