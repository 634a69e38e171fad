/**
 * A recorded copy that cannot be read any more, or under whose name another file lies now, loses the proofs it had,
 * whichever way the file was found. Privileged process.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { hasCode, isAppError } from '../../shared/errors.ts';
import { isMissing, systemCode } from '../files/file-failure.ts';
import {
  type BackupPlace,
  type BackupRecord,
  isSameFolder,
  loadBackupRecords,
  mayBeAt,
  updateBackupRecords,
} from './backup-records.ts';
import { addFailure } from './record-drills.ts';
import { sha256Hex } from './manifest.ts';
import { withRealFolders } from './real-places.ts';

export interface FailedRead {
  readonly path: string;
  readonly place: BackupPlace;
  /** The record by which it was found, where it was. */
  readonly recordId?: string | undefined;
  readonly error: unknown;
  readonly at: Date;
}

/**
 * Notes what opening a copy failed with, on every record of that place and file name. A wrong passphrase is no failure
 * of the copy unless the file is another one by now. Throws as `updateBackupRecords` does.
 */
export async function noteFailedRead(recordsFile: string, failed: FailedRead): Promise<void> {
  const isBad = isCopyBad(failed);
  const digest = isBad ? undefined : await digestOf(failed);
  if (!isBad && digest === undefined) return;
  // Older records may name their folder through a link.
  const { backups } = await withRealFolders(await loadBackupRecords(recordsFile));
  const meant = backups.filter((record) => isMeant(record, failed) && record.file.sha256 !== digest);
  if (meant.length === 0) return;
  await updateBackupRecords(recordsFile, (records) =>
    meant.reduce((now, { id }) => addFailure(now, id, failed.at), records),
  );
}

const damaged = ['backup/damaged', 'backup/not-a-backup', 'backup/too-large'];

/** A drive that was pulled out and a file that others may read only say nothing about the bytes. */
function isCopyBad({ error, path }: FailedRead): boolean {
  if (isAppError(error) && damaged.includes(error.code)) return true;
  // An identity file that cannot be read fails with the same code, and another path.
  if (!hasCode(error, 'config/unreadable') || error.details.path !== path) return false;
  return !isMissing(error.cause) && !['EACCES', 'EPERM'].includes(systemCode(error.cause));
}

/** Of a file that was not opened: nobody knows yet whether it is whole, only whether it is the recorded one. */
function digestOf({ path }: FailedRead): Promise<string | undefined> {
  return readFile(path).then(sha256Hex, () => undefined);
}

function isMeant({ id, place, file }: BackupRecord, { path, place: where, recordId }: FailedRead): boolean {
  return (
    (id === recordId && mayBeAt(place, where)) || (isSameFolder(place, where) && file.name === basename(path))
  );
}
