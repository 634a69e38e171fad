/**
 * What brings tags and delegations back to how a restore point kept them, as changes to the present state. Pure.
 * Versions only ever rise, so "back" is a new version with the old content. Keys of the root and of the base roles are
 * not brought back: they change by rotation only.
 */
import type { RoleName } from '../../../shared/brands.ts';
import type { Change } from '../../tuf/change.ts';
import { sameTarget } from '../../tuf/edit-rules.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import type { DelegationRole, PublicKey, TargetsBody } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';

type Files = ReadonlyMap<RoleName, TargetsBody>;

/** Parents come first, so that a role exists again before its tags are put back. */
export function restoreChanges(now: Files, then: Files, crypto: TufCrypto): readonly Change[] {
  const roles = [...new Set([...then.keys(), ...now.keys()])].sort((a, b) => depth(a) - depth(b));
  const delegations = roles.flatMap((role) => delegationChanges(now.get(role), then.get(role), crypto));
  const gone = new Set(delegations.flatMap((one) => (one.kind === 'remove-delegation' ? [one.role] : [])));
  const isGone = (role: RoleName): boolean =>
    [...gone].some((name) => role === name || role.startsWith(`${name}/`));
  const tags = roles
    .filter((role) => !isGone(role))
    .flatMap((role) => tagChanges(role, now.get(role), then.get(role)));
  return [...delegations, ...tags];
}

const depth = (role: RoleName): number => role.split('/').length;

function tagChanges(
  role: RoleName,
  now: TargetsBody | undefined,
  then: TargetsBody | undefined,
): readonly Change[] {
  const present = new Map((now?.targets ?? []).map((target) => [target.name, target]));
  const changes: Change[] = [];
  for (const target of then?.targets ?? []) {
    const other = present.get(target.name);
    present.delete(target.name);
    if (other === undefined || !sameTarget(other, target)) changes.push({ kind: 'add-target', role, target });
  }
  for (const name of present.keys()) changes.push({ kind: 'remove-target', role, name });
  return changes;
}

function delegationChanges(
  now: TargetsBody | undefined,
  then: TargetsBody | undefined,
  crypto: TufCrypto,
): readonly Change[] {
  const present = new Map((now?.delegations ?? []).map((role) => [role.name, role]));
  const changes: Change[] = [];
  for (const role of then?.delegations ?? []) {
    const other = present.get(role.name);
    present.delete(role.name);
    changes.push(...roleChanges(role, keysOf(role, then), other, keysOf(other, now), crypto));
  }
  for (const role of present.keys()) changes.push({ kind: 'remove-delegation', role });
  return changes;
}

/** Keys and paths are added before others are taken away, so that no role is without a key in between. */
function roleChanges(
  then: DelegationRole,
  keys: readonly PublicKey[],
  now: DelegationRole | undefined,
  present: readonly PublicKey[],
  crypto: TufCrypto,
): readonly Change[] {
  const { name: role, paths, threshold } = then;
  if (now === undefined) return [{ kind: 'add-delegation', role, keys, paths, threshold }];
  const missing = without(keys, present, crypto);
  const extra = without(present, keys, crypto);
  const missingPaths = paths.filter((path) => !now.paths.includes(path));
  const extraPaths = now.paths.filter((path) => !paths.includes(path));
  const changes: Change[] = [];
  if (missing.length + missingPaths.length > 0)
    changes.push({ kind: 'add-delegation', role, keys: missing, paths: missingPaths, threshold });
  if (extra.length > 0)
    changes.push({
      kind: 'remove-delegation-keys',
      role,
      keyIds: extra.map((key) => canonicalKeyId(key, crypto)),
    });
  if (extraPaths.length > 0) changes.push({ kind: 'remove-delegation-paths', role, paths: extraPaths });
  return changes;
}

function keysOf(role: DelegationRole | undefined, file: TargetsBody | undefined): readonly PublicKey[] {
  return (role?.keyids ?? []).flatMap((id) => {
    const key = file?.delegationKeys.get(id);
    return key === undefined ? [] : [key];
  });
}

function without(
  keys: readonly PublicKey[],
  others: readonly PublicKey[],
  crypto: TufCrypto,
): readonly PublicKey[] {
  const ids = new Set(others.map((key) => canonicalKeyId(key, crypto)));
  return keys.filter((key) => !ids.has(canonicalKeyId(key, crypto)));
}
