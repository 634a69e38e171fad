/**
 * The last look before a key goes: are the copies that speak for it still there, byte for byte? Privileged process.
 * A copy that turns out to be another file by now loses its proofs for good.
 */
import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import {
  type BackupRecord,
  type BackupRecords,
  loadBackupRecords,
  placeName,
  updateBackupRecords,
} from './backup-records.ts';
import { addFailure } from './record-drills.ts';
import { isProvenWithoutFile, keyStanding, type WantedKey } from './copy-standing.ts';
import type { Drive } from './drives.ts';
import { leaveOf, leavingCopies, NEEDED_COPIES } from './leaving-copies.ts';
import { isPlaceHere, locateCopy } from './locate-copy.ts';
import { sha256Hex } from './manifest.ts';
import { type PlacedRecords, type Surroundings, withDisks } from './real-places.ts';

/** A drill this recent was a look by itself: with one socket, only one drive can be plugged in at the end. */
const RECENT = 60 * 60 * 1000;

export interface Recheck {
  readonly recordsFile: string;
  /** Those that are plugged in. */
  readonly drives: readonly Drive[];
  readonly trustDir: string;
  readonly now: Date;
}

export interface CopiesWanted {
  /** False: copies that are put away count, too. */
  readonly atHand?: boolean;
  /** Folders on the keys' own disk that the person said are kept elsewhere. */
  readonly elsewhere?: readonly string[];
}

/**
 * Throws `backup/not-proven` unless enough copies that count (`leavingCopies`) are proven for this very key file, within a
 * year; `backup/on-own-disk` where the person's word would make them enough; and `backup/copies-not-at-hand` when fewer of them could be looked at now. With `atHand` false, copies that are put away
 * count; one that is missing where its drive or folder is here never does. Its record stays: it may come back.
 */
export async function assertCopies(
  { recordsFile, drives, trustDir, now }: Recheck,
  key: WantedKey,
  { atHand = true, elsewhere = [] }: CopiesWanted = {},
): Promise<void> {
  const looked = await lookAtCopies(await loadBackupRecords(recordsFile), key, { drives, trustDir }, now);
  const changed = looked.filter(({ found }) => found === 'changed').map(({ record }) => record.id);
  const records = await noteChanged(recordsFile, changed, now);
  assertEnough(await withDisks(records, { drives, trustDir }), key, now, elsewhere);
  const good: readonly Looked['found'][] = atHand ? AT_HAND : [...AT_HAND, 'away'];
  const counts = ({ id }: BackupRecord): boolean =>
    looked.some(({ record, found }) => record.id === id && good.includes(found));
  const backups = records.backups.filter(counts);
  const still = await withDisks({ ...records, backups }, { drives, trustDir });
  const { counting: have } = leavingCopies(still, key, now.getTime(), elsewhere);
  if (have >= NEEDED_COPIES) return;
  const absent = looked.filter(({ record }) => !counts(record)).map(({ record }) => placeName(record.place));
  const places = [...new Set(absent)];
  throw new AppError('backup/copies-not-at-hand', { keyId: key.id, places, have, need: NEEDED_COPIES });
}

/** A drill that was just passed is as good as a look. */
const AT_HAND = ['unchanged', 'recent'] as const;

function assertEnough(records: PlacedRecords, key: WantedKey, now: Date, elsewhere: readonly string[]): void {
  const copies = leavingCopies(records, key, now.getTime(), elsewhere);
  const leave = leaveOf(copies);
  const older = records.backups.filter((record) => isProvenWithoutFile(record, key.id, now.getTime()));
  const again = [...new Set(older.map(({ place }) => placeName(place)))];
  const checkAgain = again.length === 0 ? {} : { checkAgain: again };
  const facts = { keyId: key.id, have: copies.counting, need: NEEDED_COPIES, ...checkAgain };
  if (leave === 'not-yet') throw new AppError('backup/not-proven', facts);
  if (leave === 'on-your-word')
    throw new AppError('backup/on-own-disk', { ...facts, folders: copies.ownFolders });
}

interface Looked {
  readonly record: BackupRecord;
  readonly found:
    | 'unchanged'
    | 'changed'
    /** Its drive or folder is not here, and it was opened less than an hour ago. */
    | 'recent'
    /** Its drive or folder is not here. */
    | 'away'
    /** Its drive or folder is here and the file is not, or it cannot be read. */
    | 'missing';
}

/** Only those that would count are read. */
async function lookAtCopies(
  { backups }: BackupRecords,
  key: WantedKey,
  around: Surroundings,
  now: Date,
): Promise<readonly Looked[]> {
  const counting = backups.filter((record) => keyStanding(record, key, now.getTime()).kind === 'proven');
  const looked: Looked[] = [];
  for (const record of counting) {
    const path = await locateCopy(record, around.drives);
    if (path !== undefined) looked.push({ record, found: await compare(path, record) });
    else looked.push({ record, found: await absent(record, key, around, now) });
  }
  return looked;
}

async function compare(path: string, { file }: BackupRecord): Promise<Looked['found']> {
  try {
    // What has grown to another size need not be read to the end, and may be too large to be.
    if ((await stat(path)).size !== file.size) return 'changed';
    return sha256Hex(await readFile(path)) === file.sha256 ? 'unchanged' : 'changed';
  } catch {
    // SECURITY: what cannot be read where it lies is no copy to rely on.
    return 'missing';
  }
}

/** A file that is missing where its drive or folder is there was not merely put away. */
async function absent(
  record: BackupRecord,
  key: WantedKey,
  around: Surroundings,
  now: Date,
): Promise<Looked['found']> {
  if (await isPlaceHere(record, around)) return 'missing';
  const { at = -Infinity } = keyStanding(record, key, now.getTime());
  const age = now.getTime() - at;
  // A drill of tomorrow is one by another clock.
  return age >= 0 && age < RECENT ? 'recent' : 'away';
}

/** SECURITY: other bytes under the recorded name mean that the copy which was proven is not there any more. */
async function noteChanged(recordsFile: string, ids: readonly string[], now: Date): Promise<BackupRecords> {
  if (ids.length === 0) return loadBackupRecords(recordsFile);
  return updateBackupRecords(recordsFile, (records) =>
    ids.reduce((known, id) => addFailure(known, id, now), records),
  );
}
