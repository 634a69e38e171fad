/** Which offline keys would have too few proven copies once some copies are no longer counted. Records in, keys out. */
import type { ShortKey } from '../../shared/copy-standing.ts';
import { type BackupRecords, removeBackup } from './backup-records.ts';
import { keyBackupState } from './copy-standing.ts';
import { NEEDED_COPIES } from './recheck-copies.ts';

/**
 * Keys that are offline or visiting and in one of the copies `forgotten` (IDs of records). `now` is in milliseconds;
 * places are told apart by their IDs, see `withDisks`.
 */
export function keysLeftShort(
  records: BackupRecords,
  forgotten: readonly string[],
  now: number,
): readonly ShortKey[] {
  const gone = records.backups.filter(({ id }) => forgotten.includes(id));
  const held = new Set(gone.flatMap(({ keys }) => keys.map(({ id }) => id)));
  const rest = forgotten.reduce(removeBackup, records);
  return records.offline
    .filter(({ id }) => held.has(id))
    .map(({ id, role }) => ({ id, role, left: keyBackupState(rest, id, now).provenCopies }))
    .filter(({ left }) => left < NEEDED_COPIES);
}
