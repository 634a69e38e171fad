/**
 * A saved plan opened: everything it says is computed again from its verified base, and every signature is checked.
 * Pure. SECURITY: what is shown and signed follows from the changes and the base alone; a file whose words say anything
 * else is refused, so that nobody signs one thing while reading another.
 */
import type { CanonicalKeyId, RoleName } from '../../../../shared/brands.ts';
import { AppError, isAppError } from '../../../../shared/errors.ts';
import { canonicalText } from '../../../tuf/canonical-json.ts';
import type { JsonValue } from '../../../tuf/canonical-json.ts';
import type { TufCrypto } from '../../../tuf/ports.ts';
import { validSignatures } from '../../../tuf/verify.ts';
import { encodeBody } from '../../../tuf/write.ts';
import { makePlan, type PlanSource } from '../make-plan.ts';
import type { AvailableKey, Plan, PlannedRole, PlannedSignature } from '../plan.ts';
import { unsignedRoles, type UnsignedRole } from '../sign-roles.ts';
import { unsignedSnapshot } from '../sign-snapshot.ts';
import { fileAll } from './assemble-signed.ts';
import type { CarriedBase, RootTrust } from './carried-base.ts';
import { untoldChange } from './carried-changes.ts';
import type { CarriedSignature, PlanFile } from './plan-file.ts';
import { titleOf } from './plan-title.ts';

/** How far a role is signed. */
export interface CarriedRole {
  readonly planned: PlannedRole;
  /** Absent of a snapshot as long as a file that it is made over lacks signatures. */
  readonly unsigned: UnsignedRole | undefined;
  readonly signed: readonly PlannedSignature[];
  /** Signatures that may still be added: none below a snapshot that is signed, which would not fit any more. */
  readonly open: readonly PlannedSignature[];
}

export interface CarriedPlan {
  readonly plan: Plan;
  readonly source: PlanSource;
  readonly trust: RootTrust;
  readonly roles: readonly CarriedRole[];
  readonly signatures: readonly CarriedSignature[];
}

/** @throws `plan/file-unreadable` when the file's words, versions or signatures are not what its changes come to */
export async function openCarried(
  file: PlanFile,
  { source, trust }: CarriedBase,
  path: string,
  crypto: TufCrypto,
): Promise<CarriedPlan> {
  const refuse = (reason: string, cause?: unknown): AppError =>
    new AppError('plan/file-unreadable', { path, reason }, { cause });
  const again = remake(file.plan, source, crypto, refuse);
  if (textOf(again) !== textOf(file.plan)) throw refuse('what it says is not what its changes do');
  const untold = untoldChange(again, source, crypto);
  if (untold !== undefined) throw refuse(untold);
  const plan = { ...again, title: titleOf(again.lines) };
  const at = new Date(plan.createdAt);
  const { edited, roles } = unsignedRoles(plan, source, new Map(), at, crypto);
  const carried = roles.map((role) => carriedRole(role, file.signatures, refuse, crypto));
  const files = await fileAll(roles, file.signatures, crypto);
  const made = unsignedSnapshot(plan, source, { files, edited }, crypto);
  const all = made === undefined ? carried : withSnapshot(made, carried, file.signatures, refuse, crypto);
  const names = new Set(all.map(({ planned }) => planned.role));
  if (file.signatures.some(({ role }) => !names.has(role))) throw refuse('it has signatures of other roles');
  return { plan, source, trust, roles: all, signatures: file.signatures };
}

/**
 * SECURITY: the snapshot is what its owner signs everything with at once, so it is signed over exactly the files of this
 * plan and their signatures, once no other signature is missing.
 */
function withSnapshot(
  unsigned: UnsignedRole,
  others: readonly CarriedRole[],
  signatures: readonly CarriedSignature[],
  refuse: (reason: string) => AppError,
  crypto: TufCrypto,
): readonly CarriedRole[] {
  const snapshot = carriedRole(unsigned, signatures, refuse, crypto);
  if (firstUnsigned(others) === undefined) {
    const isBegun = snapshot.signed.length > 0;
    return [...(isBegun ? others.map((role) => ({ ...role, open: [] })) : others), snapshot];
  }
  if (snapshot.signed.length > 0) throw refuse('its snapshot is signed before what it is made over');
  return [...others, { ...snapshot, unsigned: undefined }];
}

/** True of a snapshot that waits for the other roles. */
export function isWaiting({ unsigned }: CarriedRole): boolean {
  return unsigned === undefined;
}

/** The same with each key where it is for this computer: the file says where it was for the one that made it. */
export function placedHere(carried: CarriedPlan, available: readonly AvailableKey[]): CarriedPlan {
  const places = new Map(available.map(({ keyId, place }) => [keyId, place]));
  const place = (signature: PlannedSignature): PlannedSignature => ({
    ...signature,
    place: places.get(signature.keyId) ?? { kind: 'elsewhere' },
  });
  const placed = (role: PlannedRole): PlannedRole => ({ ...role, signatures: role.signatures.map(place) });
  return {
    ...carried,
    plan: { ...carried.plan, roles: carried.plan.roles.map(placed) },
    roles: carried.roles.map((role) => ({
      ...role,
      planned: placed(role.planned),
      signed: role.signed.map(place),
      open: role.open.map(place),
    })),
  };
}

/** The first role that lacks signatures. */
export function firstUnsigned(roles: readonly CarriedRole[]): CarriedRole | undefined {
  return roles.find(({ planned, signed }) => signed.length < planned.threshold);
}

/** @throws `plan/signatures-missing` */
export function requireSigned({ plan, roles }: CarriedPlan): void {
  const lacking = firstUnsigned(roles);
  if (lacking === undefined) return;
  const { planned, signed, open } = lacking;
  throw new AppError('plan/signatures-missing', {
    gun: plan.gun,
    role: planned.role,
    have: signed.length,
    need: planned.threshold,
    keyIds: open.map(({ keyId }) => keyId),
  });
}

function remake(
  plan: Plan,
  source: PlanSource,
  crypto: TufCrypto,
  refuse: (reason: string, cause?: unknown) => AppError,
): Plan {
  const { id, kind, title, changes, staged, roles, createdAt } = plan;
  const may = new Map(roles.map(({ role, signatures }) => [role, new Set(signatures.map((s) => s.keyId))]));
  const mayUse = (key: AvailableKey, role: RoleName): boolean => may.get(role)?.has(key.keyId) === true;
  const snapshotUntold = plan.consequences.some((one) => one.kind === 'snapshot-holder-untold');
  const request = { id, kind, title, changes, staged, mayUse, snapshotUntold, now: new Date(createdAt) };
  try {
    return makePlan(source, { ...request, available: plannedKeys(roles) }, crypto);
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw refuse('its changes do not fit the metadata in it', error);
  }
}

/** The keys as the plan has them: `repository` is what prompts call the targets key. */
function plannedKeys(roles: readonly PlannedRole[]): readonly AvailableKey[] {
  const keys = new Map<CanonicalKeyId, AvailableKey>();
  for (const { keyId, owner, place } of roles.flatMap(({ signatures }) => signatures)) {
    keys.set(keyId, { keyId, place, role: owner === 'repository' ? 'targets' : owner });
  }
  return [...keys.values()];
}

/** Both have the same members, or they are not the same plan. */
function textOf(plan: Plan): string {
  return canonicalText(JSON.parse(JSON.stringify(plan)) as JsonValue);
}

function carriedRole(
  unsigned: UnsignedRole,
  signatures: readonly CarriedSignature[],
  refuse: (reason: string) => AppError,
  crypto: TufCrypto,
): CarriedRole {
  const { planned, body, authorities } = unsigned;
  const message = encodeBody(body);
  const own = signatures.filter(({ role }) => role === planned.role);
  const allowed = new Set<string>(planned.signatures.map(({ tufId }) => tufId));
  const file = { role: planned.role, message, signatures: own };
  const valid = [
    ...new Set(
      authorities.flatMap((authority) =>
        validSignatures(file, authority, crypto).map(({ signature }) => signature.keyid),
      ),
    ),
  ];
  if (valid.length !== own.length || valid.some((id) => !allowed.has(id))) {
    throw refuse(`a signature for ${planned.role} is not valid`);
  }
  const isSigned = ({ tufId }: PlannedSignature): boolean => valid.includes(tufId);
  return {
    planned,
    unsigned,
    signed: planned.signatures.filter(isSigned),
    open: planned.signatures.filter((signature) => !isSigned(signature)),
  };
}
