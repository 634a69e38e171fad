/** The delegation tree: walk order, effective paths, and which role answers for a name (notary's lookup). Pure. */
import type { RoleName } from '../../shared/brands.ts';
import type { DelegationRole, MetadataFile, TargetEntry, TargetsBody } from './model.ts';
import { pathCovers, RELEASES, TARGETS } from './names.ts';
import { TakenNames } from './taken-names.ts';

/** Believed targets files by role, as TrustedRepository.targets. */
export type TargetsFiles = ReadonlyMap<RoleName, Pick<MetadataFile<TargetsBody>, 'body'>>;

/** Where docker looks for a tag, and in which order. */
export const DOCKER_ROLES: readonly RoleName[] = [RELEASES, TARGETS];

/** One role on the walk. Its paths are what the role may name, after every ancestor had its say. */
export interface WalkedRole {
  readonly role: RoleName;
  readonly paths: readonly string[];
  readonly body: TargetsBody;
}

export interface TargetOfRole {
  readonly role: RoleName;
  readonly target: TargetEntry;
}

/** A child's paths that some path of the parent is a prefix of. */
export function effectivePaths(parent: readonly string[], child: readonly string[]): readonly string[] {
  return child.filter((path) => pathCovers(parent, path));
}

/**
 * Roles breadth first from `targets`, restricted to the subtree of `start`. Roles in `skip` and everything below
 * them are left out; roles without a believed file end their branch.
 */
export function* walkRoles(
  files: TargetsFiles,
  start: RoleName = TARGETS,
  skip: ReadonlySet<RoleName> = new Set(),
): Generator<WalkedRole> {
  const queue: Pick<WalkedRole, 'role' | 'paths'>[] = [{ role: TARGETS, paths: [''] }];
  const visited = new Set<RoleName>();
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { role, paths } = next;
    const body = files.get(role)?.body;
    // A role listed twice counts where it is listed first.
    if (body === undefined || visited.has(role)) continue;
    visited.add(role);
    const onTheWay = start.startsWith(`${role}/`);
    const inSubtree = role === start || role.startsWith(`${start}/`);
    if (!onTheWay && (!inSubtree || skip.has(role))) continue;
    if (!onTheWay) yield { role, paths, body };
    queue.push(...children(body, paths));
  }
}

function children(
  body: TargetsBody,
  paths: readonly string[],
): readonly Pick<WalkedRole, 'role' | 'paths'>[] {
  return body.delegations.map((child) => ({ role: child.name, paths: effectivePaths(paths, child.paths) }));
}

/** Effective paths of a delegation, or undefined when it cannot be reached. `targets` has `[""]`. */
export function pathsOf(files: TargetsFiles, role: RoleName): readonly string[] | undefined {
  if (role === TARGETS) return [''];
  const parent = role.slice(0, role.lastIndexOf('/')) as RoleName;
  const above = parent.startsWith(TARGETS) ? pathsOf(files, parent) : undefined;
  const entry = delegationOf(files, role);
  return above === undefined || entry === undefined ? undefined : effectivePaths(above, entry.paths);
}

/** The entry by which its parent delegates to `role`. */
export function delegationOf(files: TargetsFiles, role: RoleName): DelegationRole | undefined {
  const parent = files.get(role.slice(0, role.lastIndexOf('/')) as RoleName);
  return parent?.body.delegations.find((delegation) => delegation.name === role);
}

/**
 * The targets that a consumer sees: for each role in order its subtree breadth first, without the subtrees of
 * the other listed roles; the first role that provides a name wins; names outside a role's paths do not count.
 */
export function listTargets(
  files: TargetsFiles,
  roles: readonly RoleName[] = [TARGETS],
): readonly TargetOfRole[] {
  return listByRole(files, roles).flatMap(({ role, targets }) => targets.map((target) => ({ role, target })));
}

/** What `listTargets` lists of one role. */
export interface TargetsOfRole {
  readonly role: RoleName;
  /** Never empty. */
  readonly targets: readonly TargetEntry[];
}

/** The same, a list for each role that provides any. */
export function listByRole(files: TargetsFiles, roles: readonly RoleName[]): readonly TargetsOfRole[] {
  const taken = new TakenNames();
  const lists: TargetsOfRole[] = [];
  for (const { role, paths, body } of walkInOrder(files, roles)) {
    const covered = paths.includes('')
      ? body.targets
      : body.targets.filter(({ name }) => pathCovers(paths, name));
    const targets = taken.take(covered);
    if (targets.length > 0) lists.push({ role, targets });
  }
  return lists;
}

/** The target that `listTargets` would list under `name`, without making the list. */
export function findTarget(
  files: TargetsFiles,
  name: string,
  roles: readonly RoleName[] = [TARGETS],
): TargetOfRole | undefined {
  for (const { role, paths, body } of walkInOrder(files, roles)) {
    const target = pathCovers(paths, name) ? targetIn(body, name) : undefined;
    if (target !== undefined) return { role, target };
  }
  return undefined;
}

/**
 * The target that docker would pull for a tag: `targets/releases` before `targets`; docker/cli, getTrustedPullTargets.
 * SECURITY: the roles are asked with everything below them, as notary asks, so the one that provides the name may be a
 * signer's own, whose tags nobody released. docker does not believe those, and goes on to no other role.
 */
export function findDockerTarget(files: TargetsFiles, name: string): TargetOfRole | undefined {
  const found = findTarget(files, name, DOCKER_ROLES);
  return found !== undefined && DOCKER_ROLES.includes(found.role) ? found : undefined;
}

/** Every role that names `name` (all names when undefined), breadth first, as docker's inspect and sign read it. */
export function allTargets(files: TargetsFiles, name?: string): readonly TargetOfRole[] {
  return [...walkRoles(files)].flatMap(({ role, paths, body }) => {
    const targets =
      name === undefined ? body.targets : [targetIn(body, name)].filter((found) => found !== undefined);
    return targets.filter((target) => pathCovers(paths, target.name)).map((target) => ({ role, target }));
  });
}

/** The entry of one file by its exact name. */
export function targetIn(body: TargetsBody, name: string): TargetEntry | undefined {
  return body.targets.find((target) => target.name === name);
}

function* walkInOrder(files: TargetsFiles, roles: readonly RoleName[]): Generator<WalkedRole> {
  for (const role of roles) {
    yield* walkRoles(files, role, new Set(roles.filter((other) => other !== role)));
  }
}
