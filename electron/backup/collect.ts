/**
 * Gathers what goes into a backup: docker's own files as they are, a manifest, and instructions to restore by hand.
 * Privileged process. Reads only; keys stay under their passphrases.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Gun } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { fileReason, isMissing, systemCode } from '../files/file-failure.ts';
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { repositoryFolder } from '../notary/repository-folder.ts';
import {
  type ArchiveEntry,
  MAX_ARCHIVE_BYTES,
  OWN_FOLDER,
  pathProblem,
  TRUST_FOLDER,
} from './archive-entry.ts';
import { encodeManifest, makeManifest, type Manifest, MANIFEST_PATH } from './manifest.ts';
import { isMetadataPath } from './read-backup.ts';
import { restoreInstructions } from './restore-instructions.ts';

export interface BackupChoice {
  /** `all`, or the IDs of the keys to take. */
  readonly keys: 'all' | readonly string[];
  /** Trust metadata and staged changes: of no, all, or some repositories. */
  readonly metadata: 'none' | 'all' | readonly Gun[];
  /** Our own settings file. */
  readonly settings: boolean;
}

export interface BackupSources {
  readonly trustDir: string;
  readonly settingsFile: string;
}

export interface BackupContents {
  readonly manifest: Manifest;
  /** The manifest first. */
  readonly entries: readonly ArchiveEntry[];
}

/**
 * Throws `backup/nothing-chosen`, `keystore/key-not-found` for a key that is not here, `backup/too-large`,
 * `keystore/unreadable`, `config/unreadable`.
 */
export async function collectBackup(
  sources: BackupSources,
  choice: BackupChoice,
  about: { readonly created: Date; readonly writer: string },
): Promise<BackupContents> {
  const keys = await chooseKeys(sources.trustDir, choice.keys);
  const keyEntries = await Promise.all(keys.map((key) => readEntry(sources.trustDir, key.path)));
  const metadata = await readMetadata(sources.trustDir, choice.metadata);
  const settings = choice.settings ? await readSettings(sources.settingsFile) : [];
  const files = [...keyEntries, ...metadata, ...settings];
  if (files.length === 0) throw new AppError('backup/nothing-chosen', {});
  assertSize(files);
  const notes = { path: `${OWN_FOLDER}/RESTORE.txt`, bytes: new TextEncoder().encode(restoreInstructions()) };
  const all = [notes, ...files];
  const manifestKeys = keys.map(({ id, role, gun }, index) => {
    return { id, role, gun, file: keyEntries[index]?.path ?? '' };
  });
  const manifest = makeManifest(all, manifestKeys, about);
  return { manifest, entries: [{ path: MANIFEST_PATH, bytes: encodeManifest(manifest) }, ...all] };
}

async function chooseKeys(trustDir: string, choice: BackupChoice['keys']): Promise<readonly StoredKey[]> {
  const { keys } = await listKeys(trustDir);
  if (choice === 'all') return keys;
  const here = new Map<string, StoredKey>(keys.map((key) => [key.id, key]));
  return [...new Set(choice)].map((keyId) => {
    const key = here.get(keyId);
    if (key === undefined) throw new AppError('keystore/key-not-found', { keyId });
    return key;
  });
}

async function readMetadata(
  trustDir: string,
  choice: BackupChoice['metadata'],
): Promise<readonly ArchiveEntry[]> {
  if (choice === 'none') return [];
  const tops =
    choice === 'all' ? [join(trustDir, 'tuf')] : choice.map((gun) => repositoryFolder(trustDir, gun));
  const files = (await Promise.all(tops.map(findFiles))).flat();
  return Promise.all(
    files.filter((file) => isMetadata(trustDir, file)).map((file) => readEntry(trustDir, file)),
  );
}

/** What else lies there, such as a file manager's notes: a drill would call a copy with it damaged. */
function isMetadata(trustDir: string, file: string): boolean {
  const path = archivePath(trustDir, file);
  return isMetadataPath(path) && pathProblem(path) === undefined;
}

function archivePath(trustDir: string, file: string): string {
  return [TRUST_FOLDER, ...relative(trustDir, file).split(sep)].join('/');
}

/** Regular files below a folder; links are not followed. */
async function findFiles(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw unreadable(folder, error);
  }
}

async function readEntry(trustDir: string, file: string): Promise<ArchiveEntry> {
  const path = archivePath(trustDir, file);
  try {
    return { path, bytes: new Uint8Array(await readFile(file)) };
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function readSettings(file: string): Promise<readonly ArchiveEntry[]> {
  try {
    return [{ path: `${OWN_FOLDER}/settings.json`, bytes: new Uint8Array(await readFile(file)) }];
  } catch (error) {
    // Nobody changed a setting yet.
    if (isMissing(error)) return [];
    throw unreadable(file, error);
  }
}

function assertSize(files: readonly ArchiveEntry[]): void {
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > MAX_ARCHIVE_BYTES) throw new AppError('backup/too-large', { limitBytes: MAX_ARCHIVE_BYTES });
}

function unreadable(path: string, error: unknown): AppError {
  return new AppError('config/unreadable', { path, reason: fileReason(systemCode(error)) }, { cause: error });
}
