/** Files in a backup archive and the names they may have. Pure. */
import { isWindowsDevice } from '../tuf/names.ts';

export interface ArchiveEntry {
  /** Relative, with forward slashes, e.g. `trust/private/<id>.key`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Everything of docker's own layout lies below this folder, so that `tar -x -C ~/.docker` puts it in its place. */
export const TRUST_FOLDER = 'trust';
/** What is ours lies apart. */
export const OWN_FOLDER = 'trustdesk-backup';

/** All files of an archive together. Trust metadata of the largest repositories is far below. */
export const MAX_ARCHIVE_BYTES = 512 * 1024 * 1024;

/**
 * Why a path must not come out of an archive, or undefined when it may.
 * SECURITY: archives come from drives that others held: nothing may leave the folder that is restored into, on any
 * system (`..`, absolute, backslash, drive letters, NUL). What only Windows cannot have is no reason to refuse an archive: a
 * signer may be called `aux`, and the keys beside it are wanted. See `isUnusableOnWindows`.
 */
export function pathProblem(path: string): string | undefined {
  if (path === '' || path.length > 4096) return 'its name is empty or too long';
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return 'its name has a control character or a backslash';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'its name is absolute';
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    return 'its name leaves the archive';
  return undefined;
}

/**
 * Whether Windows would open a device in the place of a file or folder of this name, or one of another name: it passes over
 * dots and blanks at the end.
 */
export function isUnusableOnWindows(name: string): boolean {
  return isWindowsDevice(name) || /[. ]$/.test(name);
}
