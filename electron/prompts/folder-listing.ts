/**
 * What a folder holds, for choosing files in a window that has no native dialog. Runs in the privileged process.
 * Reads names only, never contents.
 */
import { randomUUID } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';

export interface FolderEntry {
  readonly name: string;
  readonly directory: boolean;
}
export interface Listing {
  /** Absolute path. */
  readonly place: string;
  /** By opaque ID, folders first, then by name. */
  readonly entries: ReadonlyMap<string, FolderEntry>;
}

/** Links count as what they lead to; those that lead nowhere, and devices, cannot be chosen. */
async function toEntry(place: string, name: string): Promise<FolderEntry | undefined> {
  try {
    const found = await stat(join(place, name));
    return found.isDirectory() || found.isFile() ? { name, directory: found.isDirectory() } : undefined;
  } catch {
    return undefined;
  }
}

const byName = (a: FolderEntry, b: FolderEntry): number =>
  Number(b.directory) - Number(a.directory) || (a.name < b.name ? -1 : 1);

/** Lists `folder`. Throws `config/unreadable` when it cannot be read. */
export async function listFolder(folder: string): Promise<Listing> {
  const place = resolve(folder);
  try {
    const found = await Promise.all((await readdir(place)).map((name) => toEntry(place, name)));
    const entries = found.filter((entry) => entry !== undefined).sort(byName);
    return { place, entries: new Map(entries.map((entry) => [randomUUID(), entry])) };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new AppError('config/unreadable', { path: place, reason }, { cause: error });
  }
}

/** The folder above; the top is its own parent. */
export const parentOf = (place: string): string => dirname(place);

/** True for a plain file name on every system: no separator, no device, nothing that leads elsewhere. */
export function isFileName(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what must not be in a name
  if (name === '' || name.length > 200 || /[\u0000-\u001f\u007f<>:"/\\|?*]/.test(name)) return false;
  if (name === '.' || name === '..' || /[. ]$/.test(name)) return false;
  return !/^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i.test(name);
}
