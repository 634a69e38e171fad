/**
 * Turns a wish (a list of changes) into a Plan: which roles get new versions, who signs each, what consumers notice.
 * Pure: verified metadata and public facts about keys in, a value out. Refuses what could not be signed.
 */
import type { CanonicalKeyId, Gun, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Change } from '../../tuf/change.ts';
import { applyChanges, type EditBase, type Edited } from '../../tuf/edit.ts';
import { formatExpiry } from '../../tuf/expiry.ts';
import { toHex } from '../../tuf/hex.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import { expiryFrom } from '../../tuf/new-metadata.ts';
import { isDelegation, ROOT, SNAPSHOT, TARGETS } from '../../tuf/names.ts';
import type { MetadataFile, RootBody, SnapshotBody, TargetsBody } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { validSignerIds, type RoleAuthority } from '../../tuf/verify.ts';
import { refuseUnknownFields } from '../../tuf/write.ts';
import { previousAuthority, roleKeys } from './authorities.ts';
import { keyConsequences, returningRoles, tagConsequences } from './consequences.ts';
import { refuseToStartAnew } from './expired-files.ts';
import { planLines } from './lines.ts';
import { revivals } from './revival.ts';
import type { AvailableKey, Consequence, Plan, PlanKind, PlannedRole, PlannedSignature } from './plan.ts';
import { hasSnapshotKey } from './snapshot-keys.ts';

/** The verified state a plan is made from. */
export interface PlanSource {
  readonly gun: Gun;
  readonly server: string;
  readonly root: MetadataFile<RootBody>;
  /** Absent for a repository that is being made. */
  readonly snapshot: MetadataFile<SnapshotBody> | undefined;
  readonly targets: ReadonlyMap<RoleName, MetadataFile<TargetsBody>>;
  readonly unusable: ReadonlyMap<RoleName, MetadataFile<TargetsBody>>;
}

export interface PlanRequest {
  readonly id: string;
  readonly kind: PlanKind;
  readonly title: string;
  readonly changes: readonly Change[];
  readonly staged?: readonly string[];
  readonly initialise?: Plan['initialise'];
  readonly rotation?: Plan['rotation'];
  /** Private keys at hand. */
  readonly available: readonly AvailableKey[];
  /** SECURITY: only keys that the person chose for the role may sign; other people's keys here never do unasked. */
  readonly mayUse: (key: AvailableKey, role: RoleName) => boolean;
  /** The server did not say whether it signs the snapshot. */
  readonly snapshotUntold?: boolean | undefined;
  readonly now: Date;
}

/**
 * Makes the plan.
 * @throws `plan/nothing-to-do` when nothing would change, `plan/cannot-sign` when a role's keys are not at hand,
 *   `trust/invalid-change` when a change does not fit the repository, `trust/unknown-fields` when signing would lose data.
 */
export function makePlan(source: PlanSource, request: PlanRequest, crypto: TufCrypto): Plan {
  const before = bodies(source.targets);
  const base: EditBase = {
    root: source.root.body,
    targets: before,
    unusable: bodies(source.unusable),
    now: request.now,
  };
  const edited = applyChanges(base, request.changes, crypto);
  if (edited.changed.size === 0 && !edited.rootChanged)
    throw new AppError('plan/nothing-to-do', { gun: source.gun });
  for (const role of edited.changed) refuseLoss(source, role);
  refuseToStartAnew(source, edited, crypto);
  if (edited.rootChanged) refuseUnknownFields(source.root);
  const roles = plannedRoles(source, edited, request, crypto);
  const lost = rolesLosingSignatures(source, edited, crypto);
  const signsSnapshot = hasSnapshotKey(edited.root, request.available, crypto);
  const lines = planLines(request.changes, base, edited, crypto);
  return {
    format: 'trustdesk-plan/1',
    id: request.id,
    createdAt: formatExpiry(request.now.getTime()),
    kind: request.kind,
    title: request.title,
    gun: source.gun,
    server: source.server,
    basis: basisOf(source, crypto),
    initialise: request.initialise,
    rotation: request.rotation,
    changes: request.changes,
    staged: request.staged ?? [],
    roles,
    signsSnapshot,
    lines,
    consequences: [
      ...keyConsequences(lines, signsSnapshot),
      ...returningRoles(lines, source.snapshot?.body.meta, before),
      ...revivals(request.changes, source, crypto),
      ...lost.map((role): Consequence => unusableConsequence(role, edited, crypto)),
      ...[...edited.starvedRoles].map((role): Consequence => ({ kind: 'role-without-keys', role })),
      ...tagConsequences(before, without(edited.targets, lost)),
      ...(request.snapshotUntold === true ? [{ kind: 'snapshot-holder-untold' } as const] : []),
    ],
  };
}

/**
 * Roles that `edited` leaves untouched but whose present signatures no longer meet their (edited) threshold:
 * notary-protocol trap 16, "releases becomes invalid". A use case re-signs them in the same plan where it can.
 */
export function rolesLosingSignatures(
  source: PlanSource,
  edited: Edited,
  crypto: TufCrypto,
): readonly RoleName[] {
  return [...source.targets.keys()].filter((role) => {
    if (!isDelegation(role) || edited.changed.has(role) || edited.removedRoles.has(role)) return false;
    const file = source.targets.get(role);
    const entry = roleKeys(role, edited);
    if (file === undefined || entry === undefined) return false;
    return validSignerIds(file, entry, crypto).size < entry.threshold;
  });
}

function plannedRoles(
  source: PlanSource,
  edited: Edited,
  request: PlanRequest,
  crypto: TufCrypto,
): readonly PlannedRole[] {
  const names = [
    ...(edited.rootChanged ? [ROOT] : []),
    ...byDepth(edited.changed),
    ...(hasSnapshotKey(edited.root, request.available, crypto) ? [SNAPSHOT] : []),
  ];
  return names.map((role) => plannedRole(role, source, edited, request, crypto));
}

/** The part of a source that versions come from. */
type VersionSource = Pick<PlanSource, 'gun' | 'snapshot'> & { readonly root: { readonly body: RootBody } };

/** The next version of one role and who signs it. @throws `plan/cannot-sign` */
export function plannedRole(
  role: RoleName,
  source: VersionSource,
  edited: Edited,
  request: PlanRequest,
  crypto: TufCrypto,
): PlannedRole {
  const entry = roleKeys(role, edited);
  if (entry === undefined)
    throw new AppError('trust/invalid-change', { role, reason: 'the delegation does not exist' });
  const own = enough(role, entry, signaturesFor(role, entry, request, crypto), source, crypto);
  const previous = previousAuthority(role, source.root.body, edited);
  const old = previous === undefined ? [] : predecessors(role, previous, source, request, crypto);
  const fromVersion = versionBefore(role, source, edited);
  return {
    role,
    fromVersion,
    toVersion: fromVersion + 1,
    expires: expiryFrom(request.now, role === ROOT ? 'root' : 'targets').expires,
    threshold: previous === undefined ? entry.threshold : own.length + old.length,
    signatures: [...own, ...old],
  };
}

/** As many of the old root's keys as it takes, those at hand first. */
function predecessors(
  role: RoleName,
  previous: RoleAuthority,
  source: VersionSource,
  request: PlanRequest,
  crypto: TufCrypto,
): readonly PlannedSignature[] {
  const found = signaturesFor(role, previous, request, crypto);
  const isAway = ({ place }: PlannedSignature): number => (place.kind === 'elsewhere' ? 1 : 0);
  const nearest = found.toSorted((a, b) => isAway(a) - isAway(b));
  return enough(role, previous, nearest, source, crypto).slice(0, previous.threshold);
}

function enough(
  role: RoleName,
  authority: RoleAuthority,
  signatures: readonly PlannedSignature[],
  { gun }: VersionSource,
  crypto: TufCrypto,
): readonly PlannedSignature[] {
  if (signatures.length >= authority.threshold) return signatures;
  throw new AppError('plan/cannot-sign', { gun, role, keyIds: canonicalIdsOf(authority, crypto) });
}

/** A file with fields that we cannot write back is never signed again. */
function refuseLoss(source: PlanSource, role: RoleName): void {
  const file = source.targets.get(role) ?? source.unusable.get(role);
  if (file !== undefined) refuseUnknownFields(file);
}

function versionBefore(role: RoleName, source: VersionSource, edited: Edited): number {
  if (role === ROOT) return source.root.body.version;
  if (role === SNAPSHOT) return source.snapshot?.body.version ?? 0;
  return edited.targets.get(role)?.version ?? 0;
}

function signaturesFor(
  role: RoleName,
  entry: RoleAuthority,
  request: PlanRequest,
  crypto: TufCrypto,
): readonly PlannedSignature[] {
  return entry.keyids.flatMap((tufId) => {
    const key = entry.keys.get(tufId);
    if (key === undefined) return [];
    const keyId = canonicalKeyId(key, crypto);
    const found = request.available.find(
      (candidate) => candidate.keyId === keyId && request.mayUse(candidate, role),
    );
    return found === undefined ? [] : [{ keyId, tufId, owner: ownerName(found.role), place: found.place }];
  });
}

/** docker and notary call the targets key "repository" in prompts. */
function ownerName(storedRole: string): string {
  return storedRole === 'targets' || storedRole === 'snapshot' ? 'repository' : storedRole;
}

function unusableConsequence(role: RoleName, edited: Edited, crypto: TufCrypto): Consequence {
  const entry = roleKeys(role, edited);
  return {
    kind: 'role-unusable',
    role,
    remedyKeyIds: entry === undefined ? [] : canonicalIdsOf(entry, crypto),
  };
}

function canonicalIdsOf(entry: RoleAuthority, crypto: TufCrypto): readonly CanonicalKeyId[] {
  return entry.keyids.flatMap((id) => {
    const key = entry.keys.get(id);
    return key === undefined ? [] : [canonicalKeyId(key, crypto)];
  });
}

/** What a plan starts from, by hash. */
export function basisOf(source: PlanSource, crypto: TufCrypto): Plan['basis'] {
  return [source.root, ...source.targets.values()].map((file) => ({
    role: file.role,
    version: file.body.version,
    sha256: toHex(crypto.sha256(file.bytes)),
  }));
}

function bodies(files: ReadonlyMap<RoleName, MetadataFile<TargetsBody>>): ReadonlyMap<RoleName, TargetsBody> {
  return new Map([...files].map(([role, file]) => [role, file.body]));
}

function without<V>(map: ReadonlyMap<RoleName, V>, roles: readonly RoleName[]): ReadonlyMap<RoleName, V> {
  return new Map([...map].filter(([role]) => !roles.includes(role)));
}

/** Parents before children: the server verifies them in that order. */
function byDepth(roles: ReadonlySet<RoleName>): readonly RoleName[] {
  const depth = (role: RoleName): number => role.split('/').length;
  return [...roles].sort((a, b) => depth(a) - depth(b) || (a === TARGETS ? -1 : a < b ? -1 : 1));
}
