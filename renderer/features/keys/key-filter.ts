/** Which keys match what was typed. Pure. */
import type { KeyRow } from '../../../shared/ipc/keys.ts';

/** Every word must be in the ID, the role, the repository, or a repository that uses the key. */
export function filterKeys(keys: readonly KeyRow[], query: string): readonly KeyRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return keys;
  return keys.filter(({ id, role, gun, usedBy }) => {
    const text = [id, role, gun ?? '', ...usedBy.map((use) => use.gun)].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
