/** What a person wants of delegations, as changes: for the command line and the window alike. Pure. notary's rules. */
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Change } from '../../tuf/change.ts';
import { delegationOf } from '../../tuf/delegations.ts';
import type { PublicKey } from '../../tuf/model.ts';
import { TARGETS } from '../../tuf/names.ts';
import type { PlanSource } from './make-plan.ts';

/** Every name begins with it. */
export const ALL_PATHS = '';

export interface DelegationEdit {
  readonly title: string;
  readonly changes: readonly Change[];
  /** The person makes a role, and does not mean one that is there. */
  readonly newRole?: RoleName | undefined;
}

/** As `delegation add`: makes the delegation where it is new, else gives it these too. */
export function addToDelegation(
  role: RoleName,
  keys: readonly PublicKey[],
  paths: readonly string[],
): DelegationEdit {
  return { title: `Add to ${role}`, changes: given(role, keys, paths) };
}

/** The same, for a role that is not there yet. */
export function newDelegation(
  role: RoleName,
  keys: readonly PublicKey[],
  paths: readonly string[],
): DelegationEdit {
  return { title: `Add ${role}`, changes: given(role, keys, paths), newRole: role };
}

/** As `delegation remove` with key IDs or paths. `all`: every path. */
export function takeFromDelegation(
  role: RoleName,
  keyIds: readonly CanonicalKeyId[],
  paths: readonly string[] | 'all',
): DelegationEdit {
  return {
    title: `Take from ${role}`,
    changes: [...withoutKeys(role, keyIds), ...withoutPaths(role, paths)],
  };
}

/** Other paths in the place of those the person saw; what somebody else added meanwhile stays. */
export function changeDelegationPaths(
  role: RoleName,
  from: readonly string[],
  to: readonly string[],
): DelegationEdit {
  const [gone, come] = [from.filter((path) => !to.includes(path)), to.filter((path) => !from.includes(path))];
  return {
    title: `Change the paths of ${role}`,
    changes: [...(come.length > 0 ? given(role, [], come) : []), ...withoutPaths(role, gone)],
  };
}

/** As `delegation remove` without anything: the whole of it. */
export function removeDelegation(role: RoleName): DelegationEdit {
  return { title: `Remove ${role}`, changes: [{ kind: 'remove-delegation', role }] };
}

/** As `delegation purge`. @param except roles whose own delegations keep the keys */
export function purgeKeys(
  keyIds: readonly CanonicalKeyId[],
  except: readonly RoleName[] = [],
): DelegationEdit {
  const purge = { kind: 'purge-keys', role: TARGETS, keyIds } as const;
  const title = 'Take keys from every delegation';
  if (except.length === 0) return { title, changes: [purge] };
  return { title: `${title} but those of ${except.join(', ')}`, changes: [{ ...purge, except }] };
}

/** @throws `trust/invalid-change` when a role is to be made that is there */
export function refuseExisting({ targets }: PlanSource, { newRole }: DelegationEdit): void {
  if (newRole === undefined || delegationOf(targets, newRole) === undefined) return;
  const reason = 'it is there already; give it another key or other paths instead';
  throw new AppError('trust/invalid-change', { role: newRole, reason });
}

function given(role: RoleName, keys: readonly PublicKey[], paths: readonly string[]): readonly Change[] {
  return [{ kind: 'add-delegation', role, keys, paths, threshold: 1 }];
}

function withoutKeys(role: RoleName, keyIds: readonly CanonicalKeyId[]): readonly Change[] {
  return keyIds.length === 0 ? [] : [{ kind: 'remove-delegation-keys', role, keyIds }];
}

function withoutPaths(role: RoleName, paths: readonly string[] | 'all'): readonly Change[] {
  return paths.length === 0 ? [] : [{ kind: 'remove-delegation-paths', role, paths }];
}
