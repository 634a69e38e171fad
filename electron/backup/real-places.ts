/**
 * Where recorded copies really lie: a folder reached through symbolic links, a file linked into two folders, and two
 * folders on one disk are one place. Privileged process. What is not there keeps the place it was recorded with.
 */
import { realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Medium } from '../../shared/place-words.ts';
import {
  type BackupPlace,
  type BackupRecord,
  type BackupRecords,
  type PlaceFacts,
  placeOf,
} from './backup-records.ts';
import { type Footing, footingOf, shareDisk } from './disks.ts';
import { type BlockDeviceSource, type Drive, driveOf, listDrives } from './drives.ts';

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

/** Where keys and drives are, to tell what lies beside what. */
export interface Surroundings {
  /** Those that are plugged in. */
  readonly drives: readonly Drive[];
  readonly trustDir: string;
}

export interface PlacedPlace extends BackupPlace {
  /** The drive or the real folder; `id` names the disk where that is known. */
  readonly real: string;
}
export interface PlacedBackup extends BackupRecord {
  readonly place: PlacedPlace;
}
export interface PlacedRecords extends BackupRecords {
  readonly backups: readonly PlacedBackup[];
}

/** The records with the places that count: whatever is lost with one disk is one place. */
export async function withDisks(records: BackupRecords, around: Surroundings): Promise<PlacedRecords> {
  const [real, own] = await Promise.all([withRealFolders(records), keysFooting(around)]);
  const backups = real.backups.map(async (backup) => {
    const { place } = backup;
    const footing = await footingOfPlace(place.id, around.drives);
    return { ...backup, place: { ...placed(place, footing, own), real: place.id } };
  });
  return { ...real, backups: await Promise.all(backups) };
}

/**
 * What is there now tells; what is not there is as it was recorded.
 * SECURITY: by the disk's name for good, where it has one: of two partitions of one stick, one may be unplugged.
 */
function placed(place: BackupPlace, footing: Footing | undefined, own: Footing | undefined): BackupPlace {
  if (footing === undefined) return place.disk === undefined ? place : { ...place, id: `disk:${place.disk}` };
  const { medium: _recorded, ...rest } = place;
  const medium = mediumOn(footing, own);
  const id = `disk:${footing.identity ?? footing.disk}`;
  return { ...rest, id, ...(medium === undefined ? {} : { medium }) };
}

function mediumOn(footing: Footing, own: Footing | undefined): Medium | undefined {
  const isOwn = own !== undefined && shareDisk(footing.disk, own.disk);
  return footing.medium ?? (isOwn ? 'own-disk' : undefined);
}

/** What speaks against a folder as a place of copies, and its disk's name for good; nothing for what is not there. */
export async function factsAt(folder: string, around: Surroundings): Promise<PlaceFacts> {
  const [footing, own] = await Promise.all([footingAt(folder, around.drives), keysFooting(around)]);
  return footing === undefined ? {} : { medium: mediumOn(footing, own), identity: footing.identity };
}

/** Where a backup file lies, for the records. */
export async function placeAt(file: string, around: Surroundings): Promise<BackupPlace> {
  return placeOf(file, driveOf(file, around.drives), await factsAt(dirname(file), around));
}

/**
 * Whether the place is there that a file was looked for at. SECURITY: while somebody looked for a passphrase, another drive may
 * have been plugged in where the first one was: what was read then says nothing about that.
 */
export async function isStillOn(
  file: string,
  before: BackupPlace,
  source: BlockDeviceSource | undefined,
): Promise<boolean> {
  if (before.kind === 'folder') return true;
  return placeOf(file, driveOf(file, await listDrives(source))).id === before.id;
}

function keysFooting({ trustDir, drives }: Surroundings): Promise<Footing | undefined> {
  return realpath(trustDir).then(
    (real) => footingAt(real, drives),
    () => undefined,
  );
}

/** What is on a drive stands on it, whatever the system says of the folder. */
function footingAt(folder: string, drives: readonly Drive[]): Promise<Footing | undefined> {
  const drive = driveOf(folder, drives);
  return drive === undefined ? footingOf(folder) : Promise.resolve(onDrive(drive));
}

const onDrive = ({ disk, identity }: Drive): Footing => ({ disk, identity, medium: undefined });

async function footingOfPlace(id: string, drives: readonly Drive[]): Promise<Footing | undefined> {
  if (id.startsWith(FOLDER)) return footingAt(id.slice(FOLDER.length), drives);
  const drive = drives.find((plugged) => id === `drive:${plugged.id}`);
  return drive === undefined ? undefined : onDrive(drive);
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
