/** The CHANGES of a plan as a person reads them: what is different in the edited files. Pure. */
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import type { Change } from '../../tuf/change.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import type { BaseRole, DelegationRole, RootBody, TargetsBody } from '../../tuf/model.ts';
import { BASE_ROLES, RELEASES, TARGETS } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { canonicalIdsOf } from '../../tuf/verify.ts';
import type { RoleBodies } from './consequences.ts';
import type { PlanLine } from './plan.ts';
import { digestHex } from './released-tags.ts';

/** The content of a repository: what an edit starts from, or comes to. */
export interface Content {
  readonly root: RootBody;
  readonly targets: RoleBodies;
}

/**
 * One line per tag and digest, delegation, key and re-signed role that `changes` touch, in the order of the changes.
 *
 * SECURITY: signing a role again that nobody believes now makes everything in its file believed, and whoever holds the
 * snapshot key (docker: the server) may have written that file. So its tags and delegations are lines as if added.
 */
export function planLines(
  changes: readonly Change[],
  before: Content,
  after: Content,
  crypto: TufCrypto,
): readonly PlanLine[] {
  const revived = revivedRoles(changes, before.targets, after.targets);
  return [
    ...baseKeyLines(changes, before.root, after.root, crypto),
    ...tagLines([...changes, ...revived.flatMap(([role, body]) => additions(role, body))], before.targets),
    ...delegationLines(changes, before.targets, after.targets, crypto, revived.length > 0),
    ...changes
      .filter((change) => change.kind === 'witness')
      .map((change): PlanLine => ({ kind: 'signed-again', role: change.role })),
  ];
}

function baseKeyLines(
  changes: readonly Change[],
  before: RootBody,
  after: RootBody,
  crypto: TufCrypto,
): readonly PlanLine[] {
  const replaced = new Set(
    changes.flatMap((change) => (change.kind === 'replace-base-keys' ? [change.role] : [])),
  );
  return BASE_ROLES.filter((role) => replaced.has(role)).map((role) => ({
    kind: 'base-keys-replaced',
    role,
    from: baseKeys(before, role, crypto),
    to: baseKeys(after, role, crypto),
  }));
}

function baseKeys(root: RootBody, role: BaseRole, crypto: TufCrypto): readonly CanonicalKeyId[] {
  const entry = root.roles.get(role);
  return entry === undefined ? [] : [...canonicalIdsOf({ ...entry, keys: root.keys }, crypto)];
}

function revivedRoles(
  changes: readonly Change[],
  before: RoleBodies,
  after: RoleBodies,
): readonly (readonly [RoleName, TargetsBody])[] {
  const witnessed = new Set(changes.flatMap((change) => (change.kind === 'witness' ? [change.role] : [])));
  return [...after].filter(([role]) => witnessed.has(role) && !before.has(role));
}

function additions(role: RoleName, body: TargetsBody): readonly Change[] {
  return body.targets.map((target) => ({ kind: 'add-target', role, target }));
}

/**
 * SECURITY: one tag may get another digest in one file than in the next, and every one of them is told; what is not told
 * would be signed unseen.
 */
function tagLines(changes: readonly Change[], before: RoleBodies): readonly PlanLine[] {
  const acts = lastActs(changes);
  const wanted = new Set(acts.map(([name]) => name));
  // What a consumer gets counts for what is signed; what any role holds counts for what is taken away.
  const digests = {
    pulled: digestsBefore(wanted, before, PULLED),
    held: digestsBefore(wanted, before, before.keys()),
  };
  const lines = new Map<string, PlanLine>();
  for (const [, change] of acts) {
    const line = tagLine(change, digests.pulled, digests.held);
    if (line !== undefined) lines.set(JSON.stringify(line), line);
  }
  return [...lines.values()];
}

/** What becomes of each file's tags, with their names: of several changes of one, the last holds. */
function lastActs(changes: readonly Change[]): readonly (readonly [name: string, change: Change])[] {
  const acts = new Map<string, readonly [string, Change]>();
  for (const change of changes) {
    if (change.kind !== 'add-target' && change.kind !== 'remove-target') continue;
    const name = change.kind === 'add-target' ? change.target.name : change.name;
    acts.set(`${change.role} ${name}`, [name, change]);
  }
  return [...acts.values()];
}

function tagLine(
  change: Change,
  pulled: ReadonlyMap<string, string>,
  held: ReadonlyMap<string, string>,
): (PlanLine & { tag: string }) | undefined {
  if (change.kind === 'add-target' && change.target.sha256 !== undefined) {
    const { name, sha256 } = change.target;
    return addedLine(name, digestHex(sha256), pulled.get(name));
  }
  if (change.kind !== 'remove-target') return undefined;
  const digest = held.get(change.name);
  return digest === undefined ? undefined : { kind: 'tag-removed', tag: change.name, digest };
}

function addedLine(tag: string, digest: string, old: string | undefined): PlanLine & { tag: string } {
  if (old === undefined) return { kind: 'tag-added', tag, digest };
  if (old === digest) return { kind: 'tag-signed-again', tag, digest };
  return { kind: 'tag-changed', tag, from: old, to: digest };
}

const PULLED: readonly RoleName[] = [RELEASES, TARGETS];

/** Digests (hex) that `roles` hold for `names`, releases before targets before any other. One pass over each file. */
function digestsBefore(
  names: ReadonlySet<string>,
  before: RoleBodies,
  roles: Iterable<RoleName>,
): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  for (const role of new Set([...PULLED, ...roles])) {
    for (const target of before.get(role)?.targets ?? []) {
      if (!names.has(target.name) || target.sha256 === undefined || digests.has(target.name)) continue;
      digests.set(target.name, digestHex(target.sha256));
    }
  }
  return digests;
}

function delegationLines(
  changes: readonly Change[],
  before: RoleBodies,
  after: RoleBodies,
  crypto: TufCrypto,
  revives: boolean,
): readonly PlanLine[] {
  const touchesDelegations = changes.some(
    (change) => change.kind.includes('delegation') || change.kind === 'purge-keys',
  );
  if (!touchesDelegations && !revives) return [];
  const parents = new Set([...before.keys(), ...after.keys()]);
  return [...parents].flatMap((parent) => parentLines(before.get(parent), after.get(parent), crypto));
}

function parentLines(
  before: TargetsBody | undefined,
  after: TargetsBody | undefined,
  crypto: TufCrypto,
): readonly PlanLine[] {
  const old = new Map((before?.delegations ?? []).map((role) => [role.name, role]));
  const lines: PlanLine[] = [];
  for (const role of after?.delegations ?? []) {
    lines.push(...roleLines(role, old.get(role.name), before, after, crypto));
    old.delete(role.name);
  }
  for (const [name, role] of old) {
    lines.push({ kind: 'delegation-removed', role: name, keyIds: canonicalIds(role, before, crypto) });
  }
  return lines;
}

function roleLines(
  role: DelegationRole,
  old: DelegationRole | undefined,
  before: TargetsBody | undefined,
  after: TargetsBody | undefined,
  crypto: TufCrypto,
): readonly PlanLine[] {
  const keyIds = canonicalIds(role, after, crypto);
  if (old === undefined) return [{ kind: 'delegation-added', role: role.name, keyIds, paths: role.paths }];
  const oldIds = canonicalIds(old, before, crypto);
  const lines: PlanLine[] = [];
  for (const keyId of keyIds)
    if (!oldIds.includes(keyId)) lines.push({ kind: 'key-added', role: role.name, keyId });
  for (const keyId of oldIds)
    if (!keyIds.includes(keyId)) lines.push({ kind: 'key-removed', role: role.name, keyId });
  if (JSON.stringify(old.paths) !== JSON.stringify(role.paths)) {
    lines.push({ kind: 'paths-changed', role: role.name, from: old.paths, to: role.paths });
  }
  return lines;
}

function canonicalIds(
  role: DelegationRole,
  file: TargetsBody | undefined,
  crypto: TufCrypto,
): readonly CanonicalKeyId[] {
  return role.keyids.flatMap((id) => {
    const key = file?.delegationKeys.get(id);
    return key === undefined ? [] : [canonicalKeyId(key, crypto)];
  });
}
