/**
 * Whose signatures a role's new file needs: those that the edited parent names, and of a root that gets other keys those
 * of its predecessor as well. Pure; used alike for planning, signing, and putting carried signatures together.
 */
import type { RoleName, TufKeyId } from '../../../shared/brands.ts';
import type { Edited } from '../../tuf/edit.ts';
import type { PublicKey, RootBody } from '../../tuf/model.ts';
import { isDelegation, parentRole, ROOT } from '../../tuf/names.ts';
import type { RoleAuthority } from '../../tuf/verify.ts';

/** The keys that must sign `role` after the edit: from the root, or from the edited parent. */
export function roleKeys(
  role: RoleName,
  edited: Pick<Edited, 'root' | 'targets'>,
): RoleAuthority | undefined {
  if (!isDelegation(role)) {
    const entry = edited.root.roles.get(role as 'root' | 'targets');
    return entry === undefined ? undefined : { ...entry, keys: edited.root.keys };
  }
  const parent = edited.targets.get(parentRole(role));
  const entry = parent?.delegations.find((delegation) => delegation.name === role);
  return parent === undefined || entry === undefined
    ? undefined
    : { keyids: entry.keyids, threshold: entry.threshold, keys: parent.delegationKeys };
}

/**
 * The keys of the root that is replaced, when `role` is a root that gets other keys; undefined for everything else.
 * TUF 5.3.4 and notary's server: the new root needs a threshold of the old keys as well.
 * @param before the root that the edit starts from
 */
export function previousAuthority(
  role: RoleName,
  before: RootBody,
  edited: Pick<Edited, 'root'>,
): RoleAuthority | undefined {
  if (role !== ROOT) return undefined;
  const old = before.roles.get('root');
  const ids = edited.root.roles.get('root')?.keyids ?? [];
  const isSame = old?.keyids.length === ids.length && ids.every((id) => old.keyids.includes(id));
  return old === undefined || isSame ? undefined : { ...old, keys: before.keys };
}

/** The key that any of the authorities files under `id`. */
export function authorisedKey(authorities: readonly RoleAuthority[], id: TufKeyId): PublicKey | undefined {
  return authorities.find(({ keyids }) => keyids.includes(id))?.keys.get(id);
}
