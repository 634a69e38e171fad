/**
 * Writes a backup to a drive or folder: as an age file, or as docker's plain archive. Privileged process.
 * Atomic, flushed, never over an existing file, and read back at once. Read back is not proven: `prove-backup.ts`.
 */
import { randomUUID } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { systemCode } from '../files/file-failure.ts';
import type { SecretBytes } from '../keystore/secret-bytes.ts';
import {
  AgeError,
  DEFAULT_WORK_FACTOR,
  isRecipient,
  sealToRecipients,
  sealWithPassphrase,
} from './age-file.ts';
import { type ArchiveEntry, TRUST_FOLDER } from './archive-entry.ts';
import type { BackupContents } from './collect.ts';
import { assertRoom } from './destination.ts';
import { type ManifestKey, sha256Hex } from './manifest.ts';
import { writeTarGz } from './tar-archive.ts';

export type Protection =
  | {
      readonly kind: 'passphrase';
      /** Stays the caller's. */
      readonly passphrase: SecretBytes;
      /** Binary logarithm of scrypt's cost; for tests. */
      readonly workFactor?: number;
    }
  | { readonly kind: 'recipients'; readonly recipients: readonly string[] }
  /** docker's documented `private_keys_backup.tar.gz`: keys are protected by their own passphrases only. */
  | { readonly kind: 'plain'; readonly trustDir: string };

/** A backup on a drive, not yet proven. */
export interface WrittenBackup {
  readonly path: string;
  readonly size: number;
  /** Lower-case hex, of the whole file. */
  readonly sha256: string;
  readonly protection: Protection['kind'];
  /** When its contents were gathered, RFC 3339. */
  readonly created: string;
  readonly keys: readonly ManifestKey[];
}

/** The bytes of a backup, to be written to as many places as wanted. */
export interface SealedBackup {
  readonly bytes: Uint8Array;
  readonly contents: BackupContents;
  readonly protection: Protection['kind'];
}

/** Packs and seals. Throws `backup/invalid-recipient`, `backup/nothing-chosen`, `backup/no-memory`. */
export async function sealBackup(contents: BackupContents, protection: Protection): Promise<SealedBackup> {
  const at = new Date(contents.manifest.created);
  if (protection.kind === 'plain') {
    const entries = plainEntries(contents.entries, protection.trustDir);
    return { bytes: await writeTarGz(entries, at), contents, protection: 'plain' };
  }
  const archive = await writeTarGz(contents.entries, at);
  try {
    return { bytes: await seal(archive, protection), contents, protection: protection.kind };
  } finally {
    archive.fill(0);
  }
}

async function seal(
  archive: Uint8Array,
  protection: Exclude<Protection, { kind: 'plain' }>,
): Promise<Uint8Array> {
  if (protection.kind === 'passphrase') {
    const { passphrase, workFactor = DEFAULT_WORK_FACTOR } = protection;
    return sealWithPassphrase(archive, passphrase, workFactor).catch((error: unknown) => {
      const isMemory = error instanceof AgeError && error.kind === 'no-memory';
      throw isMemory ? new AppError('backup/no-memory', {}, { cause: error }) : error;
    });
  }
  const recipients = protection.recipients.map((text) => text.trim());
  for (const recipient of recipients) {
    if (!(await isRecipient(recipient)))
      throw new AppError('backup/invalid-recipient', { recipient: withoutSecret(recipient) });
  }
  if (recipients.length === 0) throw new AppError('backup/invalid-recipient', { recipient: '' });
  return sealToRecipients(archive, recipients);
}

/** SECURITY: an error is shown and kept, and the private half is easily taken for the public one. */
function withoutSecret(recipient: string): string {
  return recipient.replace(/(AGE-SECRET-KEY-|AGE-PLUGIN-)[\s\S]*/i, '$1…');
}

/**
 * What `tar -zcf private_keys_backup.tar.gz ~/.docker/trust/private` holds: keys only, under the path of the trust
 * directory without its root, as tar strips it.
 */
function plainEntries(entries: readonly ArchiveEntry[], trustDir: string): readonly ArchiveEntry[] {
  const folder = trustDir
    .replace(/^[A-Za-z]:/, '')
    .split(/[\\/]/)
    .filter((part) => part !== '')
    .join('/');
  const keys = entries.filter(({ path }) => path.startsWith(`${TRUST_FOLDER}/private/`));
  if (keys.length === 0) throw new AppError('backup/nothing-chosen', {});
  return keys.map(({ path, bytes }) => ({ path: `${folder}${path.slice(TRUST_FOLDER.length)}`, bytes }));
}

/**
 * Writes a sealed backup into an existing folder under a name of its own, 0600, flushed to the device, and reads it
 * back. `writingId`: of the note that says it is being written, which so names the one file that a crash may leave.
 *
 * Throws `files/no-folder`, `files/disk-full`, `files/write-failed`, `backup/damaged` when what was read back
 * differs. Nothing half-written remains in any case, as far as the device still answers.
 */
export async function writeBackup(
  folder: string,
  backup: SealedBackup,
  writingId: string = randomUUID(),
): Promise<WrittenBackup> {
  const { bytes, contents, protection } = backup;
  await assertFolder(folder);
  await assertRoom(folder, bytes.length);
  const path = await writeUnderFreeName(folder, backup, temporaryName(writingId));
  await flushToDevice(path);
  if (sha256Hex(await readBack(path)) !== sha256Hex(bytes)) {
    throw new AppError('backup/damaged', {
      path,
      reason: 'the drive gave back other bytes than were written',
    });
  }
  const { created, keys } = contents.manifest;
  return { path, size: bytes.length, sha256: sha256Hex(bytes), protection, created, keys };
}

async function assertFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new AppError('files/no-folder', { path: folder });
}

const MAX_NAMES = 100;

/** The hidden file in which the writing of this ID (a UUID) lies until it is whole. */
export function temporaryName(writingId: string): string {
  return `.trustdesk-backup-${writingId}.tmp`;
}

async function writeUnderFreeName(folder: string, backup: SealedBackup, temporary: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(folder, backupName(backup, number));
    try {
      await writeFileAtomically(path, backup.bytes, { exclusive: true, temporaryName: temporary });
      return path;
    } catch (error) {
      const isTaken = systemCode(error instanceof Error ? error.cause : undefined) === 'EEXIST';
      if (!isTaken || number >= MAX_NAMES) throw error;
    }
  }
}

/** Names that every file system takes: no colons, no case games. */
function backupName({ contents, protection }: SealedBackup, number: number): string {
  const suffix = number === 1 ? '' : `-${number}`;
  if (protection === 'plain') return `private_keys_backup${suffix}.tar.gz`;
  return `trustdesk-backup-${contents.manifest.created.slice(0, 10)}${suffix}.tar.gz.age`;
}

async function flushToDevice(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readBack(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = `${basename(path)} cannot be read back (${systemCode(error)})`;
    throw new AppError('backup/damaged', { path, reason }, { cause: error });
  }
}
