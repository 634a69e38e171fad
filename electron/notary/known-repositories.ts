/** Which repositories a trust directory knows. Main process and command line. Reads only. */
import { type Dirent, promises } from 'node:fs';
import path from 'node:path';
import type { Gun } from '../../shared/brands.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import { fileReason, isMissing, systemCode } from '../files/file-failure.ts';
import { parseGun } from '../tuf/names.ts';
import { fromFolderName } from './repository-folder.ts';

const deepest = 32;

/**
 * GUNs with a cached root, in byte order. docker leaves empty folders behind for every name it was asked about:
 * those are not repositories. Symbolic links are not followed. Throws `config/unreadable` for `tuf/` itself.
 */
export async function listKnownRepositories(trustDirectory: string): Promise<readonly Gun[]> {
  const top = path.join(trustDirectory, 'tuf');
  const found: Gun[] = [];
  await walk(top, [], found, await readFolder(top));
  return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

async function walk(
  folder: string,
  parts: readonly string[],
  found: Gun[],
  entries: readonly Dirent[],
): Promise<void> {
  if (parts.length > deepest) return;
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  if (parts.length > 0 && folders.includes('metadata') && (await hasRoot(path.join(folder, 'metadata')))) {
    const gun = toGun(parts);
    if (gun !== undefined) found.push(gun);
    // Below a repository there can be another one, but not below its own two folders.
    folders.splice(
      0,
      folders.length,
      ...folders.filter((name) => name !== 'metadata' && name !== 'changelist'),
    );
  }
  for (const name of folders) {
    const below = path.join(folder, name);
    await walk(below, [...parts, fromFolderName(name, process.platform)], found, await readFolder(below));
  }
}

/** @param folder `metadata` of a repository. Throws `config/unreadable` */
export async function hasRoot(folder: string): Promise<boolean> {
  return (await readFolder(folder)).some((entry) => entry.name === 'root.json' && entry.isFile());
}

/** A folder that no repository can have is somebody else's. */
function toGun(parts: readonly string[]): Gun | undefined {
  try {
    return parseGun(parts.join('/'));
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

/** What is in a folder; nothing where there is none. Throws `config/unreadable`. */
export async function readFolder(folder: string): Promise<readonly Dirent[]> {
  try {
    return await promises.readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    const reason = fileReason(systemCode(error));
    throw new AppError('config/unreadable', { path: folder, reason }, { cause: error });
  }
}
