/**
 * Docker's and notary's metadata cache on disk: same place, same names, the bytes as they were downloaded.
 * Main process and command line. Reading never creates anything; writing is atomic, 0600 in 0700.
 */
import { promises, type Stats, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import type { Gun, RoleName } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { fileReason, isMissing, systemCode } from '../files/file-failure.ts';
import { readWhole } from '../files/read-whole.ts';
import { MAX_METADATA_BYTES } from '../tuf/limits.ts';
import { parseRoleName, ROOT, SNAPSHOT, TARGETS, TIMESTAMP } from '../tuf/names.ts';
import { countStagedChanges } from './changelist.ts';
import { hasRoot, readFolder } from './known-repositories.ts';
import { repositoryFolder } from './repository-folder.ts';

export interface MetadataCache {
  /** The stored bytes of a role (untrusted), or undefined. Throws `config/unreadable`. */
  read(role: RoleName): Promise<Uint8Array | undefined>;
  /** When the role's file was last stored or confirmed, in milliseconds; undefined when there is none. */
  confirmedAt(role: RoleName): Promise<number | undefined>;
  /** Throws `files/...`; the old file is untouched then. */
  write(role: RoleName, bytes: Uint8Array): Promise<void>;
  /** Notes when the server last confirmed the bytes: the file's time, as docker leaves it by rewriting the file. */
  confirm(role: RoleName, at: Date): Promise<void>;
  /** Changes that were staged with notary and are not published yet. */
  countStagedChanges(): number;
}

/** @param trustDirectory docker's `trust` folder, or notary's `trust_dir`. */
export function openMetadataCache(trustDirectory: string, gun: Gun): MetadataCache {
  const folder = path.join(repositoryFolder(trustDirectory, gun), 'metadata');
  const fileOf = (role: RoleName): string => metadataFile(folder, role);
  return {
    read: (role) => readCached(fileOf(role)),
    confirmedAt: (role) => Promise.resolve(statCached(fileOf(role))?.mtimeMs),
    // The root is what everything else is believed by, and must never be torn; the rest is verified whenever it is read.
    write: (role, bytes) =>
      writeFileAtomically(fileOf(role), bytes, { flush: role === ROOT ? 'content' : false }),
    confirm: (role, at) => {
      confirmFile(fileOf(role), at);
      return Promise.resolve();
    },
    countStagedChanges: () => countStagedChanges(trustDirectory, gun),
  };
}

function confirmFile(file: string, at: Date): void {
  // Said a moment ago: an operation reads several times.
  if (Math.abs((statCached(file)?.mtimeMs ?? 0) - at.getTime()) < SAME_MOMENT_MS) return;
  try {
    utimesSync(file, at, at);
  } catch {
    // Only an age is lost when this fails, e.g. in a read-only folder.
  }
}

/**
 * Takes what is cached of every role but the root out of the cache. The root stays: a new one is measured by it.
 * SECURITY: a GUN may go on behind `metadata`, so the folder of another repository can lie in this one's; it is left alone,
 * as is whatever is no metadata. Throws `config/unreadable`, and what removing a file throws.
 */
export async function forgetBelowRoot(trustDirectory: string, gun: Gun): Promise<void> {
  const folder = path.join(repositoryFolder(trustDirectory, gun), 'metadata');
  for (const role of [TIMESTAMP, SNAPSHOT, TARGETS])
    await promises.rm(metadataFile(folder, role), { force: true });
  await forgetDelegations(path.join(folder, TARGETS));
}

async function forgetDelegations(folder: string): Promise<void> {
  for (const entry of await readFolder(folder)) {
    const place = path.join(folder, entry.name);
    if (entry.isFile() && entry.name.endsWith('.json')) await promises.rm(place, { force: true });
    else if (entry.isDirectory() && !(await isRepository(place))) await forgetDelegations(place);
  }
}

/** Has the metadata of a repository of its own in it. */
async function isRepository(folder: string): Promise<boolean> {
  return path.basename(folder) === 'metadata' || hasRoot(path.join(folder, 'metadata'));
}

/** What this computer knew of a repository before: nothing, a root, or also that a server once vouched for it. */
export type KnownBefore = 'nothing' | 'root' | 'published';

/**
 * SECURITY: a server that has nothing of what it once published lost it, or hides it, or somebody deleted it there. A
 * deletion from here takes the cached timestamp along, so that it is not told as a loss. @throws `config/unreadable`
 */
export async function knownBefore(trustDirectory: string, gun: Gun): Promise<KnownBefore> {
  const cache = openMetadataCache(trustDirectory, gun);
  if ((await cache.confirmedAt(ROOT)) === undefined) return 'nothing';
  return (await cache.confirmedAt(TIMESTAMP)) === undefined ? 'root' : 'published';
}

/** An age is told in minutes at best. */
const SAME_MOMENT_MS = 1000;

/** SECURITY: both names were parsed, and the result must still lie inside the folder. */
function metadataFile(folder: string, role: RoleName): string {
  const file = path.join(folder, ...`${parseRoleName(role)}.json`.split('/'));
  if (!file.startsWith(folder + path.sep)) throw new Error('a role name left the metadata folder');
  return file;
}

async function readCached(file: string): Promise<Uint8Array | undefined> {
  const found = statCached(file);
  if (found === undefined) return undefined;
  if (!found.isFile()) throw unreadable(file, 'it is not a file');
  if (found.size > MAX_METADATA_BYTES) throw unreadable(file, 'it is too large');
  try {
    return await readWhole(file, found);
  } catch (error) {
    if (isMissing(error)) return undefined; // docker removes before it writes
    throw unreadable(file, fileReason(systemCode(error)), error);
  }
}

function statCached(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(file, fileReason(systemCode(error)), error);
  }
}

function unreadable(file: string, reason: string, cause?: unknown): AppError {
  return new AppError('config/unreadable', { path: file, reason }, { cause });
}
