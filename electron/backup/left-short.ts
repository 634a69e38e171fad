/** Which offline keys would have too few proven copies once some copies are no longer counted. Records in, keys out. */
import type { ShortKey } from '../../shared/copy-standing.ts';
import { leavingCopies, NEEDED_COPIES } from './leaving-copies.ts';
import type { PlacedRecords } from './real-places.ts';

/**
 * Keys that are offline or visiting and in one of the copies `forgotten` (IDs of records). `now` is in milliseconds;
 * places are told apart by their IDs, see `withDisks`.
 */
export function keysLeftShort(
  records: PlacedRecords,
  forgotten: readonly string[],
  now: number,
): readonly ShortKey[] {
  const gone = records.backups.filter(({ id }) => forgotten.includes(id));
  const held = new Set(gone.flatMap(({ keys }) => keys.map(({ id }) => id)));
  const rest = { backups: records.backups.filter(({ id }) => !forgotten.includes(id)) };
  return records.offline
    .filter(({ id }) => held.has(id))
    .map(({ id, role, elsewhere }) => ({ id, role, left: leavingCopies(rest, id, now, elsewhere).counting }))
    .filter(({ left }) => left < NEEDED_COPIES);
}
