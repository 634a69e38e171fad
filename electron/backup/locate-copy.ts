/** Where recorded copies lie now. Privileged process. Looks only. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BackupRecord } from './backup-records.ts';
import { type Drive, driveOf } from './drives.ts';
import { factsAt, type Surroundings } from './real-places.ts';

/** The file of a copy, or undefined when its drive or folder is not there. */
export async function locateCopy(
  record: BackupRecord,
  drives: readonly Drive[],
  remembered?: string,
): Promise<string | undefined> {
  const known = remembered !== undefined && isStillOn(record, remembered, drives) ? [remembered] : [];
  for (const path of [...known, ...recordedPaths(record, drives)]) if (await isFile(path)) return path;
  return undefined;
}

/** SECURITY: another drive may be plugged in at the same place, with the same file on it. */
function isStillOn({ place }: BackupRecord, path: string, drives: readonly Drive[]): boolean {
  return place.kind === 'folder' || `drive:${driveOf(path, drives)?.id ?? ''}` === place.id;
}

function recordedPaths({ place, file }: BackupRecord, drives: readonly Drive[]): readonly string[] {
  if (place.kind === 'folder') return [join(place.id.replace(/^folder:/, ''), file.name)];
  return drives
    .filter(({ id }) => `drive:${id}` === place.id)
    .map(({ mountPoint }) => join(mountPoint, place.folder ?? '', file.name));
}

/**
 * Whether the drive or the disk of the folder is there on which the copy was last seen.
 * SECURITY: a folder that was deleted is not one that was put away: what it lay in is looked at, which is of the same kind as
 * the folder was where its disk is still there, and the keys' own disk where it is not.
 */
export async function isPlaceHere({ place }: BackupRecord, around: Surroundings): Promise<boolean> {
  if (place.kind === 'drive') return around.drives.some(({ id }) => `drive:${id}` === place.id);
  const folder = place.id.replace(/^folder:/, '');
  const above = await nearestFolder(folder);
  return above === folder || (await factsAt(above, around)).medium === place.medium;
}

/** Itself, or the next above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const isThere = await stat(at).then(
      () => true,
      () => false,
    );
    if (isThere || dirname(at) === at) return at;
  }
}

export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
