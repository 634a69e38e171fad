/** What main accepts of delegations, told while typing, and the facts its sheets are made of. Pure; main decides all the same. */
import type { IdentifiedKey } from '../../../shared/ipc/plans.ts';
import type { RepositoryDetail } from '../../../shared/ipc/repositories.ts';
import { namesText, roleOwner } from '../../copy/trust-words.ts';

export type Delegation = RepositoryDetail['delegations'][number];

export const roleNameRule = 'targets/ and a name: lower-case letters, digits, - and _; / for a level below.';

const form = /^targets(?:\/[-a-z0-9_]+)+$/;
const longestName = 255;

export function isDelegationName(role: string): boolean {
  return role.length <= longestName && form.test(role);
}

/** The role whose file names this one, and whose key signs a change of it. */
export function parentOf(role: string): string {
  return role.slice(0, role.lastIndexOf('/'));
}

/** Why no delegation of this name can be added, or undefined. */
export function nameProblem(role: string, delegations: readonly Delegation[]): string | undefined {
  if (role === '' || role === 'targets' || role === 'targets/') return undefined;
  if (!isDelegationName(role)) return roleNameRule;
  const isThere = (name: string): boolean => delegations.some((entry) => entry.role === name);
  if (isThere(role)) return 'It is there already: change it in the list.';
  const parent = parentOf(role);
  if (parent !== 'targets' && !isThere(parent)) return `${parent} is no delegation of this repository.`;
  return undefined;
}

/** The paths that a role below `parent` can be given. */
export function pathsBelow(parent: string, delegations: readonly Delegation[]): readonly string[] {
  return delegations.find(({ role }) => role === parent)?.paths ?? [''];
}

/** Those that no prefix in `allowed` covers. */
export function uncovered(allowed: readonly string[], paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !allowed.some((prefix) => path.startsWith(prefix)));
}

/** Every key that a delegation names, with the roles that name it. */
export function namedKeys(
  delegations: readonly Delegation[],
): readonly { readonly id: string; readonly roles: readonly string[] }[] {
  const ids = [...new Set(delegations.flatMap(({ keyIds }) => keyIds))];
  return ids.map((id) => ({
    id,
    roles: delegations.filter(({ keyIds }) => keyIds.includes(id)).map(({ role }) => role),
  }));
}

/** Whose key it is, as far as roles of their own say; `targets/releases` is everybody's. */
export function ownersOf(id: string, delegations: readonly Delegation[]): readonly string[] {
  return delegations
    .filter(({ role, keyIds }) => keyIds.includes(id) && role !== 'targets/releases')
    .map(({ role }) => roleOwner(role));
}

/**
 * The person behind a key, in words: the roles of their own that name it here, else its certificate, else where else it is
 * known. Undefined when nothing tells.
 */
export function ownerText(
  id: string,
  delegations: readonly Delegation[],
  known: readonly IdentifiedKey[],
): string | undefined {
  const here = ownersOf(id, delegations);
  if (here.length > 0) return namesText(here);
  const key = known.find((one) => one.id === id);
  const elsewhere = key?.knownAs.find(
    ({ role }) => role !== 'targets/releases' && role.startsWith('targets/'),
  );
  return (
    key?.certificate?.commonName ??
    (elsewhere === undefined ? undefined : `${roleOwner(elsewhere.role)} of ${elsewhere.gun}`)
  );
}
