/** Which keys a backup takes. Pure. */
import type { KeyBackupView, Overview } from '../../../shared/ipc/backups.ts';

export type What = 'root' | 'all' | 'repositories';

/** The keys of a repository are those it names and those stored for it. */
export function chosenKeys(
  { keys }: Pick<Overview, 'keys'>,
  what: What,
  guns: ReadonlySet<string>,
): readonly KeyBackupView[] {
  if (what === 'all') return keys;
  if (what === 'root') return keys.filter(({ role }) => role === 'root');
  return keys.filter(
    ({ gun, usedBy }) => (gun !== undefined && guns.has(gun)) || usedBy.some((use) => guns.has(use)),
  );
}

/** Every repository that a key or trust metadata here belongs to. */
export function repositoriesOf({
  keys,
  repositories,
}: Pick<Overview, 'keys' | 'repositories'>): readonly string[] {
  const named = keys.flatMap(({ gun, usedBy }) => [...usedBy, ...(gun === undefined ? [] : [gun])]);
  return [...new Set([...repositories, ...named])].sort();
}
