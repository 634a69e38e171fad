/**
 * Removes what a backup that was cut off left half-written in a folder. Privileged process. Only temporary files under
 * our own names, and only where nothing of ours is being written: a file of somebody else is never touched.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackupPlace,
  interruptedWrites,
  isSameFolder,
  loadBackupRecords,
  LONGEST_WRITE_MS,
} from './backup-records.ts';

/** `writeFileAtomically` of a `backupName`: `.NAME.UUID.tmp`. */
const leftover =
  /^\.(?:trustdesk-backup-\d{4}-\d{2}-\d{2}(?:-\d{1,3})?\.tar\.gz\.age|private_keys_backup(?:-\d{1,3})?\.tar\.gz)\.[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.tmp$/;

export interface Sweep {
  readonly folder: string;
  /** The same folder as the records name it. */
  readonly where: BackupPlace;
  readonly recordsFile: string;
  readonly now: Date;
  /** The writing that is just beginning and has no file yet. */
  readonly except?: string;
}

/**
 * The names of the files that were removed. A folder that cannot be listed or changed stays as it is: what is left there
 * is only untidy. Throws what reading the records throws.
 */
export async function sweepLeftovers(sweep: Sweep): Promise<readonly string[]> {
  const { folder, where, recordsFile, now, except } = sweep;
  const records = await loadBackupRecords(recordsFile);
  const here = (records.writing ?? []).filter(({ id, place }) => id !== except && isSameFolder(place, where));
  const cutOff = interruptedWrites({ ...records, writing: here }, now.getTime());
  if (cutOff.length < here.length) return [];
  const names = (await readdir(folder).catch(() => [])).filter((name) => leftover.test(name));
  const removed: string[] = [];
  for (const name of names) {
    if (await removeLeftover(join(folder, name), cutOff.length > 0, now)) removed.push(name);
  }
  return removed;
}

/** Where no record says that a writing of ours was cut off, another computer may be writing: then only old ones go. */
async function removeLeftover(file: string, isKnown: boolean, now: Date): Promise<boolean> {
  try {
    const found = await lstat(file);
    if (!found.isFile()) return false;
    if (!isKnown && now.getTime() - found.mtimeMs < LONGEST_WRITE_MS) return false;
    await rm(file);
    return true;
  } catch {
    return false;
  }
}
