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
 * and, unless `atHand` is false, `backup/copies-not-at-hand` when fewer of them could be looked at now.
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
  if (!atHand) return;
  const isSeen = ({ id }: BackupRecord): boolean =>
    looked.some(({ record, found }) => record.id === id && (found === 'unchanged' || found === 'recent'));
  const seen = { ...records, backups: records.backups.filter(isSeen) };
  const { provenCopies: have } = keyBackupState(await withDisks(seen, drives), key, now.getTime());
  if (have >= NEEDED_COPIES) return;
  const missing = looked.filter(({ record }) => !isSeen(record)).map(({ record }) => placeName(record.place));
  throw new AppError('backup/copies-not-at-hand', {
    keyId: key.id,
    places: [...new Set(missing)],
    have,
    need: NEEDED_COPIES,
  });
}

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
    /** Not here, or not readable. */
    | 'unseen';
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
    // Not readable now says little about the copy; but it was not seen either.
    return 'unseen';
  }
}

/** A file that is missing where its drive or folder is there was not merely put away. */
async function absent(
  record: BackupRecord,
  key: WantedKey,
  drives: readonly Drive[],
  now: Date,
): Promise<Looked['found']> {
  const { at = -Infinity } = keyStanding(record, key, now.getTime());
  const isRecent = now.getTime() - at < RECENT;
  return isRecent && !(await isPlaceHere(record, drives)) ? 'recent' : 'unseen';
}

/** SECURITY: other bytes under the recorded name mean that the copy which was proven is not there any more. */
async function noteChanged(recordsFile: string, ids: readonly string[], now: Date): Promise<BackupRecords> {
  if (ids.length === 0) return loadBackupRecords(recordsFile);
  return updateBackupRecords(recordsFile, (records) =>
    ids.reduce((known, id) => addFailure(known, id, now), records),
  );
}
