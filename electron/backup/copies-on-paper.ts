/** Which copies a recovery sheet names: paper outlives what is said of it, so those that were opened once. Pure. */
import { placeDoubt } from '../../shared/place-words.ts';
import { type BackupRecord, placeName } from './backup-records.ts';
import { countingProofs, copyStanding } from './copy-standing.ts';
import type { RecoverySheet } from './recovery-sheet.ts';

type PaperCopy = RecoverySheet['copies'][number];

/**
 * Copies that hold one of the keys, the last proven first. Where none was proven all are named, as not proven; damaged ones
 * never. `now` is in milliseconds.
 */
export function copiesForPaper(
  backups: readonly BackupRecord[],
  keys: readonly { readonly id: string }[],
  now: number,
): readonly PaperCopy[] {
  const copies = backups
    .filter((record) => record.keys.some(({ id }) => keys.some((key) => key.id === id)))
    .filter((record) => copyStanding(record, now).kind !== 'damaged')
    .map(toPaperCopy);
  const proven = copies.filter((copy) => copy.proven !== undefined);
  const byDate = (one: PaperCopy, other: PaperCopy) => dateOf(other).localeCompare(dateOf(one));
  return (proven.length === 0 ? copies : proven).toSorted(byDate);
}

const dateOf = ({ proven, written }: PaperCopy): string => proven ?? written;

function toPaperCopy(record: BackupRecord): PaperCopy {
  const proven = countingProofs(record).findLast(({ complete }) => complete)?.at;
  const { place, file, protection, created } = record;
  return {
    // The paper is for the day when the computer is gone, and that copy with it.
    label:
      place.medium === undefined ? placeName(place) : `${placeName(place)} (${placeDoubt(place.medium)})`,
    file: file.name,
    sha256: file.sha256,
    protection,
    written: created,
    proven,
  };
}
