/**
 * Removes what a backup that was cut off left half-written in a folder. Privileged process. Only the very files that this
 * computer's own records name: a folder may be shared, and another computer may be writing in it at this moment.
 */
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackupBeingWritten,
  type BackupPlace,
  isSameFolder,
  loadBackupRecords,
  updateBackupRecords,
} from './backup-records.ts';
import { endWriting, isCutOff } from './record-writing.ts';
import { temporaryName } from './write-backup.ts';

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
 * The names of the files that were removed. A folder that cannot be read or changed stays as it is: what is left there
 * is only untidy. Throws what reading and writing the records throws.
 */
export async function sweepLeftovers(sweep: Sweep): Promise<readonly string[]> {
  const { folder, where, recordsFile, now, except } = sweep;
  const { writing = [] } = await loadBackupRecords(recordsFile);
  const here = writing.filter(({ id, place }) => id !== except && isSameFolder(place, where));
  const cutOff = here.filter((entry) => isCutOff(entry, now.getTime()));
  // A file that is younger than a writing that still runs is left to the next sweep.
  const running = here.filter((entry) => !cutOff.includes(entry));
  const before = Math.min(...running.map(({ since }) => Date.parse(since)));
  const removed: string[] = [];
  for (const entry of cutOff) {
    const name = nameOf(entry);
    const outcome = name === undefined ? 'none' : await removeLeftover(join(folder, name), before);
    if (name !== undefined && outcome === 'removed') removed.push(name);
    if (outcome !== 'stays' && entry.isSettled === true) {
      await updateBackupRecords(recordsFile, (records) => endWriting(records, entry.id));
    }
  }
  return removed;
}

/** SECURITY: an ID of another form would name a file of somebody else. */
function nameOf({ id }: BackupBeingWritten): string | undefined {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? temporaryName(id) : undefined;
}

async function removeLeftover(file: string, before: number): Promise<'removed' | 'none' | 'stays'> {
  try {
    const found = await lstat(file);
    if (!found.isFile() || found.mtimeMs >= before) return 'stays';
    await rm(file);
    return 'removed';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'stays';
  }
}
