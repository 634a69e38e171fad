/**
 * From verified metadata to what notary lists: targets by role priority, delegations with canonical key IDs.
 * Privileged process; pure, no I/O.
 */
import type { CanonicalKeyId, RoleName, TufKeyId } from '../../shared/brands.ts';
import {
  listByRole,
  type TargetOfRole,
  type TargetsFiles,
  type TargetsOfRole,
  walkRoles,
} from '../tuf/delegations.ts';
import { canonicalKeyId } from '../tuf/key-id.ts';
import type { TargetEntry, TargetsBody } from '../tuf/model.ts';
import { TARGETS } from '../tuf/names.ts';
import { inOrder } from '../tuf/ordered-targets.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import { compareUtf8, sortByUtf8 } from '../tuf/utf8.ts';

/** Targets and their roles as two lists side by side: 10,000 rows need no objects of their own. */
export interface ListedTargets {
  readonly targets: readonly TargetEntry[];
  /** As many. */
  readonly roles: readonly RoleName[];
}

/** As `notary list`: the first role of the list that provides a name wins; sorted by the bytes of the name. */
export function targetsByName(files: TargetsFiles, roles: readonly RoleName[]): ListedTargets {
  const lists = listByRole(files, roles.length === 0 ? [TARGETS] : roles);
  return lists.length > 1 ? merged(lists) : ofOneRole(lists[0]);
}

function ofOneRole(list: TargetsOfRole | undefined): ListedTargets {
  if (list === undefined) return { targets: [], roles: [] };
  const targets = inOrder(list.targets);
  return { targets, roles: new Array<RoleName>(targets.length).fill(list.role) };
}

function merged(lists: readonly TargetsOfRole[]): ListedTargets {
  const all = lists.flatMap(({ role, targets }) => targets.map((target) => ({ role, target })));
  const sorted = sortByUtf8(all, ({ target }) => target.name);
  return { targets: sorted.map(({ target }) => target), roles: sorted.map(({ role }) => role) };
}

/** SHA-256 of a target in hex; empty when its entry has none. */
export function sha256Of({ target }: TargetOfRole): string {
  return target.sha256 === undefined ? '' : Buffer.from(target.sha256, 'base64').toString('hex');
}

export interface DelegationView {
  readonly role: RoleName;
  /** Sorted; as written in the parent, without regard to what the parent itself may name. */
  readonly paths: readonly string[];
  /** In the order of the metadata. */
  readonly keyIds: readonly CanonicalKeyId[];
  readonly threshold: number;
}

/**
 * As `notary delegation list`: every delegation of every believed targets file, sorted by role.
 * Throws `trust/invalid-certificate` when a key cannot be read, as notary does.
 */
export function delegationsOf(files: TargetsFiles, crypto: TufCrypto): readonly DelegationView[] {
  const views = [...walkRoles(files)].flatMap(({ body }) =>
    body.delegations.map((delegation) => ({
      role: delegation.name,
      paths: [...delegation.paths].sort(compareUtf8),
      keyIds: canonicalIdsOf(delegation.keyids, body, crypto),
      threshold: delegation.threshold,
    })),
  );
  return views.sort((a, b) => compareUtf8(a.role, b.role));
}

/** The names under which private keys are stored, in the order given. Throws `trust/invalid-certificate`. */
export function canonicalIdsOf(
  ids: readonly TufKeyId[],
  { delegationKeys }: Pick<TargetsBody, 'delegationKeys'>,
  crypto: TufCrypto,
): readonly CanonicalKeyId[] {
  return ids.map((id) => {
    const key = delegationKeys.get(id);
    if (key === undefined) throw new Error('parsing refuses a role that names a key which is not there');
    return canonicalKeyId(key, crypto);
  });
}
