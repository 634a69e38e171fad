/**
 * Where recorded copies really lie: a folder reached through symbolic links, a file linked into two folders, and two
 * folders on one disk are one place. Privileged process. What is not there keeps the place it was recorded with.
 */
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupRecord, BackupRecords } from './backup-records.ts';
import { diskOf } from './disks.ts';
import type { Drive } from './drives.ts';

const FOLDER = 'folder:';

/** The records with folders by their real names: two ways to one folder or file have the same ID. */
export async function withRealFolders(records: BackupRecords): Promise<BackupRecords> {
  const placeOfFile = new Map<string, string>();
  const backups: BackupRecord[] = [];
  for (const backup of records.backups) {
    const { folder, file } = await lookAt(backup);
    // SECURITY: one file proves one copy, however many names it has.
    const id = placeOfFile.get(file) ?? folder;
    if (file !== '') placeOfFile.set(file, id);
    backups.push({ ...backup, place: { ...backup.place, id } });
  }
  return { ...records, backups };
}

/** The records with the places that count: whatever is lost with one disk is one place. */
export async function withDisks(records: BackupRecords, drives: readonly Drive[]): Promise<BackupRecords> {
  const real = await withRealFolders(records);
  const backups = real.backups.map(async (backup) => {
    const id = await diskIdOf(backup.place.id, drives);
    return { ...backup, place: { ...backup.place, id } };
  });
  return { ...real, backups: await Promise.all(backups) };
}

async function diskIdOf(id: string, drives: readonly Drive[]): Promise<string> {
  const disk = id.startsWith(FOLDER)
    ? await diskOf(id.slice(FOLDER.length))
    : drives.find((drive) => id === `drive:${drive.id}`)?.disk;
  return disk === undefined ? id : `disk:${disk}`;
}

/** The real folder as the ID of a place, and what names the file on this computer: '' where nothing does. */
async function lookAt({ place, file }: BackupRecord): Promise<{ folder: string; file: string }> {
  if (!place.id.startsWith(FOLDER)) return { folder: place.id, file: '' };
  const given = place.id.slice(FOLDER.length);
  const folder = await realpath(given).catch(() => given);
  const found = await stat(join(folder, file.name), { bigint: true }).catch(() => undefined);
  const isNamed = found !== undefined && found.ino !== 0n; // some network file systems number no files
  return { folder: FOLDER + folder, file: isNamed ? `${String(found.dev)}:${String(found.ino)}` : '' };
}
