/** Where recorded copies lie now. Privileged process. Looks only. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupRecord } from './backup-records.ts';
import type { Drive } from './drives.ts';

/** The file of a copy, or undefined when its drive or folder is not there. */
export async function locateCopy(
  record: BackupRecord,
  drives: readonly Drive[],
  remembered?: string,
): Promise<string | undefined> {
  const known = remembered === undefined ? [] : [remembered];
  for (const path of [...known, ...recordedPaths(record, drives)]) if (await isFile(path)) return path;
  return undefined;
}

function recordedPaths({ place, file }: BackupRecord, drives: readonly Drive[]): readonly string[] {
  if (place.kind === 'folder') return [join(place.id.replace(/^folder:/, ''), file.name)];
  return drives
    .filter(({ id }) => `drive:${id}` === place.id)
    .map(({ mountPoint }) => join(mountPoint, place.folder ?? '', file.name));
}

/** Whether the drive or folder is there on which the copy was last seen. */
export async function isPlaceHere({ place }: BackupRecord, drives: readonly Drive[]): Promise<boolean> {
  if (place.kind === 'drive') return drives.some(({ id }) => `drive:${id}` === place.id);
  return stat(place.id.replace(/^folder:/, '')).then(
    () => true,
    () => false,
  );
}

export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
