/**
 * Opens a backup: one of ours, docker's plain archive, or any tar with a trust directory in it. Privileged process.
 * Everything is read into memory and checked there; nothing is extracted to disk, so a hostile archive cannot land.
 */
import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import { fileReason, systemCode } from '../files/file-failure.ts';
import { MAX_KEY_FILE_BYTES } from '../keystore/key-directory.ts';
import { isKeyBlock } from '../keystore/key-headers.ts';
import { decodeFirstPemBlock } from '../keystore/pem.ts';
import { type KeyFileEntry, parseKeyFile } from '../keystore/private-key-file.ts';
import { AgeError, type AgeKey, isAgeFile, openAge, sealOf } from './age-file.ts';
import { type ArchiveEntry, MAX_ARCHIVE_BYTES, OWN_FOLDER } from './archive-entry.ts';
import {
  compareWithManifest,
  type Manifest,
  MANIFEST_PATH,
  ManifestError,
  parseManifest,
  sha256Hex,
} from './manifest.ts';
import { ArchiveError, isGzip, readTar } from './tar-archive.ts';

/** How a file on a drive has to be opened. */
export type BackupSeal = 'passphrase' | 'recipients' | 'plain';

export interface BackupKey {
  /** The ID its file name promises. */
  readonly id: string;
  readonly role: string;
  readonly gun: string | undefined;
  /** Path in the archive. */
  readonly file: string;
  /** Path below `private/`. */
  readonly storePath: string;
  readonly bytes: Uint8Array;
  /** Opens it, and compares the key inside with `id`; see `KeyFileEntry`. */
  readonly entry: KeyFileEntry;
}

/** A file of trust metadata: `tuf/<gun>/…`. */
export interface BackupMetadata {
  readonly file: string;
  /** Path below the trust directory, with forward slashes. */
  readonly storePath: string;
  readonly bytes: Uint8Array;
}

export interface OpenedBackup {
  readonly path: string;
  readonly seal: BackupSeal;
  readonly size: number;
  /** Lower-case hex, of the whole file: the name of this copy in the records. */
  readonly sha256: string;
  /** Absent from plain archives. */
  readonly manifest: Manifest | undefined;
  readonly keys: readonly BackupKey[];
  readonly metadata: readonly BackupMetadata[];
  readonly settings: Uint8Array | undefined;
  /** What is not as announced or cannot be used, as sentences. Empty in a sound backup. */
  readonly problems: readonly string[];
}

/**
 * How the file is to be opened, without opening it.
 * Throws `backup/not-a-backup`, `backup/damaged`, `config/unreadable`.
 */
export async function sealOfBackup(path: string): Promise<BackupSeal> {
  return sealOfBytes(path, await readBackupFile(path));
}

async function sealOfBytes(path: string, bytes: Uint8Array): Promise<BackupSeal> {
  if (isAgeFile(bytes)) return inOutcome(path, () => sealOf(bytes));
  if (isGzip(bytes) || isTar(bytes)) return 'plain';
  throw new AppError('backup/not-a-backup', { path, reason: 'it is neither an age file nor a tar archive' });
}

function isTar(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar';
}

/**
 * Reads a backup. `key` may be missing for plain archives.
 *
 * Throws `backup/wrong-passphrase`, `backup/wrong-identity`, `backup/damaged`, `backup/not-a-backup`,
 * `backup/too-large`, `config/unreadable`.
 */
export async function openBackup(path: string, key?: AgeKey): Promise<OpenedBackup> {
  return openBackupBytes(path, await readBackupFile(path), key);
}

/** As `openBackup`, for bytes at hand. */
export async function openBackupBytes(path: string, bytes: Uint8Array, key?: AgeKey): Promise<OpenedBackup> {
  const seal = await sealOfBytes(path, bytes);
  const entries = await inOutcome(path, async () =>
    readTar(seal === 'plain' ? bytes : await unseal(bytes, key)),
  );
  const manifest =
    seal === 'plain' ? undefined : await inOutcome(path, () => Promise.resolve(readManifest(entries)));
  const sorted = sortEntries(entries);
  if (sorted.keys.length + sorted.metadata.length === 0 && manifest === undefined) {
    throw new AppError('backup/not-a-backup', { path, reason: 'it holds neither keys nor trust metadata' });
  }
  const announced = manifest === undefined ? [] : compareWithManifest(manifest, entries);
  const problems = [...announced, ...sorted.problems, ...lostKeys(manifest, sorted.keys)];
  return { path, seal, size: bytes.length, sha256: sha256Hex(bytes), manifest, ...sorted, problems };
}

async function unseal(bytes: Uint8Array, key: AgeKey | undefined): Promise<Uint8Array> {
  if (key === undefined) throw new AgeError('wrong-passphrase', 'no passphrase was given');
  return openAge(bytes, key);
}

async function readBackupFile(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    // A pipe would keep its reader waiting, and a device has no end.
    if (!found.isFile() && !found.isDirectory())
      throw new AppError('backup/not-a-backup', { path, reason: 'it is no regular file' });
    if (found.size > MAX_ARCHIVE_BYTES)
      throw new AppError('backup/too-large', { limitBytes: MAX_ARCHIVE_BYTES });
    return await readFile(path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'config/unreadable',
      { path, reason: fileReason(systemCode(error)) },
      { cause: error },
    );
  }
}

async function inOutcome<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toOutcome(path, error);
  }
}

function toOutcome(path: string, error: unknown): unknown {
  if (error instanceof ArchiveError || error instanceof ManifestError) {
    return new AppError('backup/damaged', { path, reason: error.message }, { cause: error });
  }
  if (!(error instanceof AgeError)) return error;
  switch (error.kind) {
    case 'wrong-passphrase':
      return new AppError('backup/wrong-passphrase', { path }, { cause: error });
    case 'wrong-identity':
      return new AppError('backup/wrong-identity', { path }, { cause: error });
    case 'unsupported':
      return new AppError('backup/not-a-backup', { path, reason: error.message }, { cause: error });
    case 'no-memory':
      return new AppError('backup/no-memory', {}, { cause: error });
    case 'damaged':
      return new AppError('backup/damaged', { path, reason: error.message }, { cause: error });
  }
}

/** An archive without manifest is somebody's own tar inside age; its keys count all the same. */
function readManifest(entries: readonly ArchiveEntry[]): Manifest | undefined {
  const found = entries.find(({ path }) => path === MANIFEST_PATH);
  return found === undefined ? undefined : parseManifest(found.bytes);
}

interface Sorted {
  readonly keys: readonly BackupKey[];
  readonly metadata: readonly BackupMetadata[];
  readonly settings: Uint8Array | undefined;
  readonly problems: readonly string[];
}

/** Below whatever folders lead there (`trust/`, `home/anna/.docker/trust/`, `./`), the layout is docker's. */
const PRIVATE = /^(?:.*\/)?private\/((?:.*\/)?[^/]+\.key)$/;
const TUF = /^(?:.*\/)?(tuf\/.+\/(?:metadata|changelist)\/.+)$/;

/** Whether a file of an archive is trust metadata or a staged change. */
export function isMetadataPath(path: string): boolean {
  return TUF.test(path);
}

function sortEntries(entries: readonly ArchiveEntry[]): Sorted {
  const keys: BackupKey[] = [];
  const metadata: BackupMetadata[] = [];
  const problems: string[] = [];
  for (const { path, bytes } of entries.filter((entry) => !entry.path.startsWith(`${OWN_FOLDER}/`))) {
    const [, storePath] = PRIVATE.exec(path) ?? [];
    const [, tufPath] = TUF.exec(path) ?? [];
    if (storePath !== undefined) {
      const key = readKey(path, storePath, bytes);
      if (typeof key === 'string') problems.push(key);
      else keys.push(key);
    } else if (tufPath !== undefined) metadata.push({ file: path, storePath: tufPath, bytes });
    else problems.push(`${path} is no part of a trust directory`);
  }
  const settings = entries.find(({ path }) => path === `${OWN_FOLDER}/settings.json`)?.bytes;
  return { keys, metadata, settings, problems };
}

/** A key, or the sentence why it is none. Old layouts name role and repository in the path; see `key-directory.ts`. */
function readKey(file: string, storePath: string, bytes: Uint8Array): BackupKey | string {
  const parts = storePath.slice(0, -'.key'.length).split('/');
  const [id = '', roleInName] = (parts.at(-1) ?? '').split('_', 2);
  if (!/^[0-9a-f]{64}$/.test(id)) return `${file} is not named after a key ID`;
  // A key store would not take it either.
  if (bytes.length > MAX_KEY_FILE_BYTES) return `${file} is too large for a key`;
  const block = decodeFirstPemBlock(bytes);
  if (block === undefined || !isKeyBlock(block)) return `${file} holds no key`;
  const [entry] = parseKeyFile(file, bytes).entries;
  if (entry === undefined) return `${file} holds no key`;
  const folder = parts[0] === 'tuf_keys' ? parts.slice(1, -1).join('/') : '';
  const gun = folder === '' ? entry.gun : folder;
  return { id, role: roleInName ?? entry.role, gun, file, storePath, bytes, entry };
}

/** SECURITY: a key that the manifest promises and the archive does not hold must not go unnoticed. */
function lostKeys(manifest: Manifest | undefined, keys: readonly BackupKey[]): readonly string[] {
  const present = new Set(keys.map(({ id }) => id));
  return (manifest?.keys ?? []).filter(({ id }) => !present.has(id)).map(({ id }) => `key ${id} is missing`);
}
