/**
 * The last look before a key goes: are the copies that speak for it still there, byte for byte? Privileged process.
 * A copy that turns out to be another file by now loses its proofs for good.
 */
import { readFile } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import {
  addFailure,
  type BackupRecord,
  type BackupRecords,
  loadBackupRecords,
  placeName,
  updateBackupRecords,
} from './backup-records.ts';
import { keyBackupState, keyStanding, type WantedKey } from './copy-standing.ts';
import type { Drive } from './drives.ts';
import { isPlaceHere, locateCopy } from './locate-copy.ts';
import { sha256Hex } from './manifest.ts';
import { withDisks } from './real-places.ts';

/** Copies that must be proven before the last local one may go. */
export const NEEDED_COPIES = 2;

/** A drill this recent was a look by itself: with one socket, only one drive can be plugged in at the end. */
const RECENT = 60 * 60 * 1000;

export interface Recheck {
  readonly recordsFile: string;
  /** Those that are plugged in. */
  readonly drives: readonly Drive[];
  readonly now: Date;
}

/**
 * Throws `backup/not-proven` unless enough copies on different disks are proven for this very key file, within a year;
 * and `backup/copies-not-at-hand` when fewer of them could be looked at now. With `atHand` false, copies that are put away
 * count; one that is missing where its drive or folder is here never does. Its record stays: it may come back.
 */
export async function assertCopies(
  { recordsFile, drives, now }: Recheck,
  key: WantedKey,
  { atHand = true }: { readonly atHand?: boolean } = {},
): Promise<void> {
  const looked = await lookAtCopies(await loadBackupRecords(recordsFile), key, drives, now);
  const changed = looked.filter(({ found }) => found === 'changed').map(({ record }) => record.id);
  const records = await noteChanged(recordsFile, changed, now);
  assertEnough(await withDisks(records, drives), key, now);
  const counting: readonly Looked['found'][] = atHand ? AT_HAND : [...AT_HAND, 'away'];
  const counts = ({ id }: BackupRecord): boolean =>
    looked.some(({ record, found }) => record.id === id && counting.includes(found));
  const backups = records.backups.filter(counts);
  const { provenCopies: have } = keyBackupState(
    await withDisks({ ...records, backups }, drives),
    key,
    now.getTime(),
  );
  if (have >= NEEDED_COPIES) return;
  const absent = looked.filter(({ record }) => !counts(record)).map(({ record }) => placeName(record.place));
  const places = [...new Set(absent)];
  throw new AppError('backup/copies-not-at-hand', { keyId: key.id, places, have, need: NEEDED_COPIES });
}

/** A drill that was just passed is as good as a look. */
const AT_HAND = ['unchanged', 'recent'] as const;

function assertEnough(records: BackupRecords, key: WantedKey, now: Date): void {
  const { provenCopies } = keyBackupState(records, key, now.getTime());
  if (provenCopies >= NEEDED_COPIES) return;
  throw new AppError('backup/not-proven', { keyId: key.id, have: provenCopies, need: NEEDED_COPIES });
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
  drives: readonly Drive[],
  now: Date,
): Promise<readonly Looked[]> {
  const counting = backups.filter((record) => keyStanding(record, key, now.getTime()).kind === 'proven');
  const looked: Looked[] = [];
  for (const record of counting) {
    const path = await locateCopy(record, drives);
    if (path !== undefined) looked.push({ record, found: await compare(path, record) });
    else looked.push({ record, found: await absent(record, key, drives, now) });
  }
  return looked;
}

async function compare(path: string, { file }: BackupRecord): Promise<Looked['found']> {
  try {
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
  drives: readonly Drive[],
  now: Date,
): Promise<Looked['found']> {
  if (await isPlaceHere(record, drives)) return 'missing';
  const { at = -Infinity } = keyStanding(record, key, now.getTime());
  return now.getTime() - at < RECENT ? 'recent' : 'away';
}

/** SECURITY: other bytes under the recorded name mean that the copy which was proven is not there any more. */
async function noteChanged(recordsFile: string, ids: readonly string[], now: Date): Promise<BackupRecords> {
  if (ids.length === 0) return loadBackupRecords(recordsFile);
  return updateBackupRecords(recordsFile, (records) =>
    ids.reduce((known, id) => addFailure(known, id, now), records),
  );
}
