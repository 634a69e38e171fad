/**
 * Copies that are written, in the records: from before the first byte, so that a crash in the middle does not go unsaid.
 * Pure but for asking whether a process runs. Privileged process.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type BackupBeingWritten,
  type BackupPlace,
  type BackupRecord,
  type BackupRecords,
  fileNameOf,
  isSameFolder,
  recordedKeys,
} from './backup-records.ts';
import type { WrittenBackup } from './write-backup.ts';

/** Notes that a copy is about to be written, so that a crash in the middle does not go unsaid. */
export function beginWriting(
  records: BackupRecords,
  about: { readonly id: string; readonly where: BackupPlace; readonly at: Date },
): BackupRecords {
  const { id, where, at } = about;
  const added = { id, since: at.toISOString(), place: where, processId: process.pid, host: hostname() };
  return { ...records, writing: [...(records.writing ?? []), added] };
}

/**
 * Notes a backup that was written. What was cut off in the same folder before is no news any more; the next sweep ends the
 * note, once nothing is left of it. `now` in milliseconds.
 */
export function completeWriting(
  records: BackupRecords,
  id: string,
  done: { readonly written: WrittenBackup; readonly where: BackupPlace; readonly now: number },
): BackupRecords {
  const { written, where, now } = done;
  const writing = (records.writing ?? []).map((entry) =>
    isSameFolder(entry.place, where) && isCutOff(entry, now) ? { ...entry, isSettled: true } : entry,
  );
  return endWriting(addBackup({ ...records, writing }, written, where), id);
}

/** The person has read that the writing was cut off. */
export function settleWriting(records: BackupRecords, id: string): BackupRecords {
  const all = records.writing ?? [];
  return {
    ...records,
    writing: all.map((entry) => (entry.id === id ? { ...entry, isSettled: true } : entry)),
  };
}

/** The copy was written, or certainly not. */
export function endWriting(records: BackupRecords, id: string): BackupRecords {
  return { ...records, writing: (records.writing ?? []).filter((entry) => entry.id !== id) };
}

/** No drive takes this long for a file that fits into memory; a process ID may belong to somebody else by then. */
const LONGEST_WRITE_MS = 60 * 60 * 1000;

/** Copies whose writing was cut off, as far as nobody has read that yet. `now` is in milliseconds. */
export function interruptedWrites(
  { writing: underWay = [] }: BackupRecords,
  now: number,
): readonly BackupBeingWritten[] {
  return underWay.filter((entry) => entry.isSettled !== true && isCutOff(entry, now));
}

/** The process is gone. Of another computer's only the time is known. `now` is in milliseconds. */
export function isCutOff({ processId, since, host = hostname() }: BackupBeingWritten, now: number): boolean {
  if (now - Date.parse(since) > LONGEST_WRITE_MS) return true;
  return host === hostname() && !isProcessRunning(processId);
}

function isProcessRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Notes a backup that was written; unproven until `addProof`. It was written under a name that was free, so an older one
 * that is recorded under that name in that folder is gone.
 */
export function addBackup(records: BackupRecords, written: WrittenBackup, where: BackupPlace): BackupRecords {
  const { path, sha256, size, created, protection } = written;
  const name = fileNameOf(path);
  const keys = recordedKeys(written.keys);
  const added = {
    id: randomUUID(),
    created,
    file: { name, sha256, size },
    protection,
    place: where,
    keys,
    proofs: [],
  };
  const isGone = (old: BackupRecord): boolean => isSameFolder(old.place, where) && old.file.name === name;
  const still = records.backups.filter((old) => !isGone(old));
  return { ...records, backups: [...still, added] };
}
