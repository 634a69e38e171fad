/**
 * The copies on whose word a key may leave this computer. Pure.
 * SECURITY: what is in memory never counts, and what lies on the keys' own disk only when the person said that it is kept
 * elsewhere, too: otherwise one dead computer takes the key and its copies.
 */
import { keyStanding, type WantedKey } from './copy-standing.ts';
import type { PlacedBackup, PlacedRecords } from './real-places.ts';

/** Copies that must be proven before the last local one may go. */
export const NEEDED_COPIES = 2;

const FOLDER = 'folder:';

export interface LeavingCopies {
  /** Places with a proven copy that counts. */
  readonly counting: number;
  /** Folders with a proven copy on the keys' own disk, of which nobody said that they are kept elsewhere. */
  readonly ownFolders: readonly string[];
}

/** `now` in milliseconds; `elsewhere`: folders that the person spoke for. Each of those is a place of its own. */
export function leavingCopies(
  { backups }: Pick<PlacedRecords, 'backups'>,
  key: string | WantedKey,
  now: number,
  elsewhere: readonly string[] = [],
): LeavingCopies {
  const id = typeof key === 'string' ? key : key.id;
  const proven = backups.filter(
    (backup) => holds(backup, id) && keyStanding(backup, key, now).kind === 'proven',
  );
  const places = new Set<string>();
  const own = new Set<string>();
  for (const { place } of proven) {
    const folder = place.real.startsWith(FOLDER) ? place.real.slice(FOLDER.length) : undefined;
    if (place.medium === undefined) places.add(place.id);
    else if (place.medium === 'own-disk' && folder !== undefined)
      if (elsewhere.includes(folder)) places.add(place.real);
      else own.add(folder);
  }
  return { counting: places.size, ownFolders: [...own] };
}

function holds({ keys }: PlacedBackup, id: string): boolean {
  return keys.some((key) => key.id === id);
}

/**
 * `ready`: enough copies count. `on-your-word`: enough once the person says that folders on the keys' own disk are kept
 * elsewhere. `not-yet`: more copies are needed.
 */
export type Leave = 'ready' | 'on-your-word' | 'not-yet';

export function leaveOf({ counting, ownFolders }: LeavingCopies): Leave {
  if (counting >= NEEDED_COPIES) return 'ready';
  return counting + ownFolders.length >= NEEDED_COPIES ? 'on-your-word' : 'not-yet';
}
