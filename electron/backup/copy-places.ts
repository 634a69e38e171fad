/**
 * Where the proven copies of a key are, of what kind, and what is to be said of each: read before the key goes.
 * Privileged process. Looks only.
 */
import { placeKindText, type PlaceWarning, placeWarnings } from '../../shared/place-words.ts';
import { placeName } from './backup-records.ts';
import { keyStanding, type WantedKey } from './copy-standing.ts';
import { inspectDestination } from './destination.ts';
import type { PlacedBackup, PlacedRecords, Surroundings } from './real-places.ts';

/** A line for each copy, and one more, further in, for each warning. `now` in milliseconds. */
export async function provenCopyLines(
  { backups }: PlacedRecords,
  key: WantedKey,
  around: Surroundings,
  now: number,
): Promise<readonly string[]> {
  const lines = backups.map(async (backup) => {
    const { kind, at = 0 } = keyStanding(backup, key, now);
    if (kind !== 'proven') return [];
    const day = new Date(at).toISOString().slice(0, 10);
    const { place, file } = backup;
    const line = `  ${placeName(place)} (${placeKindText(place)}): ${file.name}, proven ${day}`;
    const warnings = await warningsOf(backup, around);
    return [line, ...warnings.map(({ text }) => `    ${text}`)];
  });
  return (await Promise.all(lines)).flat();
}

async function warningsOf(backup: PlacedBackup, around: Surroundings): Promise<readonly PlaceWarning[]> {
  const { place, protection } = backup;
  const folder = folderOf(backup, around);
  const found =
    folder === undefined
      ? undefined
      : await inspectDestination(folder, around.trustDir, around.drives).catch(() => undefined);
  const { kind, medium } = place;
  const { keepsPermissions } = found ?? {};
  const plain: PlaceWarning = {
    tone: 'warn',
    text: 'Not encrypted as a whole: each key has its own passphrase only.',
  };
  return [...placeWarnings({ kind, medium, keepsPermissions }), ...(protection === 'plain' ? [plain] : [])];
}

function folderOf({ place }: PlacedBackup, { drives }: Surroundings): string | undefined {
  if (place.kind === 'folder') return place.real.replace(/^folder:/, '');
  return drives.find(({ id }) => place.real === `drive:${id}`)?.mountPoint;
}
