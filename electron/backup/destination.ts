/** What a folder is good for as a place of backups. Privileged process. Looks only. */
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import type { Medium } from '../../shared/place-words.ts';
import { systemCode } from '../files/file-failure.ts';
import { type Drive, driveOf } from './drives.ts';
import { factsAt } from './real-places.ts';

export interface Destination {
  readonly path: string;
  /** The drive it lies on, when that can be unplugged. */
  readonly drive: Drive | undefined;
  readonly freeBytes: number;
  readonly isReadOnly: boolean;
  /** `vfat`, `exfat`, `ext4`, …; undefined where the system does not tell. */
  readonly fileSystem: string | undefined;
  /** False where 0600 means nothing: whoever holds the drive reads the file. */
  readonly keepsPermissions: boolean;
  /** The largest file that fits the file system's rules; undefined for none that matters. */
  readonly maxFileBytes: number | undefined;
  /** What speaks against it as a place of copies. */
  readonly medium?: Medium | undefined;
  /** Its disk's name for good. */
  readonly identity?: string | undefined;
}

/** `f_type` of Linux's statfs. */
const byMagic: ReadonlyMap<number, string> = new Map([
  [0x4d44, 'vfat'],
  [0x2011bab0, 'exfat'],
  [0x5346544e, 'ntfs'],
  [0x7366746e, 'ntfs'],
  [0xef53, 'ext4'],
  [0x9123683e, 'btrfs'],
  [0x58465342, 'xfs'],
  [0x01021994, 'tmpfs'],
  [0x9660, 'iso9660'],
  [0x15013346, 'udf'],
  [0x6969, 'nfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'cifs'],
]);
const WITHOUT_PERMISSIONS: ReadonlySet<string> = new Set(['vfat', 'fat32', 'msdos', 'exfat', 'ntfs', 'cifs']);
const FAT: ReadonlySet<string> = new Set(['vfat', 'fat32', 'msdos']);
const FAT_MAX_FILE = 4 * 1024 * 1024 * 1024 - 1;

/** Throws `files/no-folder`, `config/unreadable`. */
export async function inspectDestination(
  path: string,
  trustDir: string,
  drives: readonly Drive[],
): Promise<Destination> {
  const facts = await readFacts(path);
  const drive = driveOf(path, drives);
  const fileSystem = drive?.fileSystem ?? byMagic.get(facts.type);
  return {
    path,
    drive,
    freeBytes: facts.free,
    isReadOnly: await isReadOnly(path),
    fileSystem,
    keepsPermissions: fileSystem === undefined || !WITHOUT_PERMISSIONS.has(fileSystem),
    maxFileBytes: fileSystem !== undefined && FAT.has(fileSystem) ? FAT_MAX_FILE : undefined,
    ...(await factsAt(path, { trustDir, drives })),
  };
}

async function readFacts(path: string): Promise<{ free: number; type: number }> {
  try {
    const [found, system] = await Promise.all([stat(path), statfs(path)]);
    if (!found.isDirectory()) throw new AppError('files/no-folder', { path });
    return { free: system.bavail * system.bsize, type: system.type };
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (systemCode(error) === 'ENOENT') throw new AppError('files/no-folder', { path }, { cause: error });
    throw new AppError('config/unreadable', { path, reason: systemCode(error) }, { cause: error });
  }
}

async function isReadOnly(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return false;
  } catch {
    return true;
  }
}

/** What a file needs beside its own bytes, for its folder entry and the temporary name. */
const OVERHEAD = 64 * 1024;

/** Throws `files/disk-full` before anything is written, where the file system tells what is free. */
export async function assertRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: Infinity, bsize: 1 }));
  if (bavail * bsize < bytes + OVERHEAD) throw new AppError('files/disk-full', { path: folder });
}
