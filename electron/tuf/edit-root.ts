/** What replacing the keys of a base role does to the root. Pure. */
import type { TufKeyId } from '../../shared/brands.ts';
import type { ReplaceBaseKeys } from './change.ts';
import { invalidChange } from './edit-rules.ts';
import { tufKeyId } from './key-id.ts';
import type { RootBody } from './model.ts';
import type { TufCrypto } from './ports.ts';

/**
 * The root with `change.keys` in the place of the role's; the very same root when it has them already.
 * @throws `trust/invalid-change` for fewer keys than the threshold
 */
export function replaceBaseKeys(root: RootBody, change: ReplaceBaseKeys, crypto: TufCrypto): RootBody {
  const old = root.roles.get(change.role);
  if (old === undefined || change.keys.length < Math.max(1, old.threshold))
    throw invalidChange(change.role, 'it needs at least as many keys as its threshold');
  const keys = new Map(root.keys);
  const ids = change.keys.map((key) => tufKeyId(key, crypto));
  if (sameIds(ids, old.keyids)) return root;
  const roles = new Map(root.roles).set(change.role, { keyids: ids, threshold: old.threshold });
  const stillUsed = new Set([...roles.values()].flatMap((role) => role.keyids));
  // notary: replaced root certificates stay in `keys` (old clients verify with them), other replaced keys go
  if (change.role !== 'root') for (const id of old.keyids) if (!stillUsed.has(id)) keys.delete(id);
  change.keys.forEach((key, i) => {
    const id = ids[i];
    if (id !== undefined) keys.set(id, key);
  });
  return { ...root, keys, roles };
}

function sameIds(a: readonly TufKeyId[], b: readonly TufKeyId[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}
