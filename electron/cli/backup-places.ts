/** Where backups are and may go, on the command line: drives, folders, and what they are called. Command line. */
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type BackupPlace, placeOf } from '../backup/backup-records.ts';
import { type Drive, driveOf, listDrives } from '../backup/drives.ts';
import type { Surroundings } from '../backup/real-places.ts';
import { fileReason, isMissing, systemCode } from '../files/file-failure.ts';
import { printable } from './columns.ts';
import type { Terminal } from './terminal.ts';

/** What a backup is called when Trustdesk or docker's documentation wrote it. */
const backupName = /^(?:trustdesk-backup-.*\.tar\.gz\.age|private_keys_backup.*\.tar\.gz)$/;

export function drivesOf({ blockDevices }: Pick<Terminal, 'blockDevices'>): Promise<readonly Drive[]> {
  return listDrives(blockDevices);
}

/** The name a file has for the system, so that two ways to one folder are one place. */
export async function realPlace(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}

/** Which drive or folder a file lies in. */
export function placeIn(file: string, drives: readonly Drive[]): BackupPlace {
  return placeOf(file, driveOf(file, drives));
}

/** What is plugged in, and where the keys are. */
export async function aroundOf(
  { trustDirectory }: { readonly trustDirectory: string },
  terminal: Pick<Terminal, 'blockDevices'>,
): Promise<Surroundings> {
  return { drives: await drivesOf(terminal), trustDir: trustDirectory };
}

/** The file or folder that was typed; where there is none, the drive that is called so. */
export async function placeGiven(given: string, terminal: Terminal): Promise<string> {
  const typed = path.resolve(terminal.workingDirectory, given);
  if (await exists(typed)) return typed;
  const drive = (await drivesOf(terminal)).find(({ label }) => label === given);
  return drive?.mountPoint ?? typed;
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

export interface FoundBackup {
  readonly file: string;
  /** Others in the same folder, which were not asked for. */
  readonly others: number;
}

/**
 * The file itself, or the newest backup of a folder.
 * @throws `backup/none-in-folder`, `config/unreadable`
 */
export async function findBackup(given: string): Promise<FoundBackup> {
  const file = await realPlace(given);
  const found = await stat(file).catch((error: unknown) => {
    if (isMissing(error)) throw new AppError('backup/none-in-folder', { path: given }, { cause: error });
    const reason = fileReason(systemCode(error));
    throw new AppError('config/unreadable', { path: given, reason }, { cause: error });
  });
  if (!found.isDirectory()) return { file, others: 0 };
  const all = await backupsIn(file);
  const [newest] = all;
  if (newest === undefined) throw new AppError('backup/none-in-folder', { path: given });
  return { file: newest, others: all.length - 1 };
}

/**
 * The same for what was typed, and whoever reads standard error learns that there were others to choose from.
 * @throws as `findBackup`
 */
export async function findSaying(given: string, terminal: Terminal): Promise<string> {
  const found = await findBackup(await placeGiven(given, terminal));
  sayOthers(found, terminal);
  return found.file;
}

export function sayOthers({ file, others }: FoundBackup, { stderr }: Pick<Terminal, 'stderr'>): void {
  if (others === 0) return;
  const older = others === 1 ? '1 older backup is' : `${others} older backups are`;
  stderr.write(
    `${older} beside ${printable(path.basename(file))}, which is used; name a file to use another.\n`,
  );
}

/** Newest first. */
async function backupsIn(folder: string): Promise<readonly string[]> {
  const listed = await readdir(folder).catch((error: unknown) => {
    const reason = fileReason(systemCode(error));
    throw new AppError('config/unreadable', { path: folder, reason }, { cause: error });
  });
  const names = listed.filter((name) => backupName.test(name));
  const dated = names.map(async (name) => {
    const file = path.join(folder, name);
    return { file, at: (await stat(file)).mtimeMs };
  });
  return (await Promise.all(dated)).sort((a, b) => b.at - a.at).map(({ file }) => file);
}

/** `2.3 kB`, `14 GB`: as drives are labelled, in powers of a thousand. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 10 ? String(Math.round(value)) : value.toFixed(1)} ${units[power] ?? ''}`;
}
