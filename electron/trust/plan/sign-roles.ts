/**
 * Signs the roles of a plan over freshly read metadata. No network, no files: an offline machine does the same.
 * SECURITY: only roles and keys that the plan names are signed; anything else the edit would touch is refused.
 */
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import { AppError, hasCode } from '../../../shared/errors.ts';
import { applyChanges, type EditBase, type Edited } from '../../tuf/edit.ts';
import { ROOT, TARGETS } from '../../tuf/names.ts';
import type { MetadataFile, RootBody, SnapshotBody, TargetsBody } from '../../tuf/model.ts';
import type { RoleSigner, TufCrypto } from '../../tuf/ports.ts';
import { rootCertificates } from '../../tuf/root-certificates.ts';
import { validSignerIds, type RoleAuthority } from '../../tuf/verify.ts';
import { refuseUnknownFields, signerAs, signFile } from '../../tuf/write.ts';
import { authorisedKey, previousAuthority, roleKeys } from './authorities.ts';
import { refuseToStartAnew } from './expired-files.ts';
import { requireSameRevivals } from './revival.ts';
import type { PlanSource } from './make-plan.ts';
import { type Content, planLines } from './lines.ts';
import type { Plan, PlanLine, PlannedRole } from './plan.ts';
import { rotatedKeyName } from './rotation-plan.ts';
import { lineWith, standInId } from './stand-in.ts';

export type SignerFor = (keyId: CanonicalKeyId) => RoleSigner;

/** The signed files of a plan, parents first, and the edit they came from. */
export interface SignedRoles {
  readonly files: readonly MetadataFile<RootBody | TargetsBody | SnapshotBody>[];
  readonly edited: Edited;
}

/** A role as it will be, before anybody has signed it. */
export interface UnsignedRole {
  readonly planned: PlannedRole;
  readonly body: RootBody | TargetsBody | SnapshotBody;
  /** Whose signatures it needs: each of them to its threshold. */
  readonly authorities: readonly RoleAuthority[];
}

/**
 * Applies the plan's changes to `source` and signs every role that the plan names.
 * @param floors versions that the server already stores for a role, so that a new file goes above them
 * @throws `plan/moot` when others changed the repository so that the plan no longer fits what was reviewed
 */
export async function signRoles(
  plan: Plan,
  source: PlanSource,
  signerFor: SignerFor,
  floors: ReadonlyMap<RoleName, number>,
  now: Date,
  crypto: TufCrypto,
): Promise<SignedRoles> {
  const { edited, roles } = unsignedRoles(plan, source, floors, now, crypto);
  const files = [];
  for (const role of roles) files.push(await signRole(role, signerFor, plan, crypto));
  return { files, edited };
}

/**
 * What there is to sign: the plan's changes applied to `source`, the same bytes wherever it is done.
 * @throws `plan/moot` as `signRoles`
 */
export function unsignedRoles(
  plan: Plan,
  source: PlanSource,
  floors: ReadonlyMap<RoleName, number>,
  now: Date,
  crypto: TufCrypto,
): { readonly edited: Edited; readonly roles: readonly UnsignedRole[] } {
  const edited = applyAgain(plan, source, now, crypto);
  const needed = plan.roles.filter(({ role }) => needsSigning(role, edited, plan));
  for (const { role } of needed) refuseLoss(role, source);
  const roles = needed.map((planned) => unsignedRole(planned, edited, source, floors, plan));
  for (const role of roles) refuseUnsoundRoot(role, plan, now, crypto);
  return { edited, roles };
}

/** SECURITY: readers believe a root by its certificates; other keys than those would lock everybody out. */
function refuseUnsoundRoot(
  { body, authorities }: UnsignedRole,
  { gun }: Plan,
  now: Date,
  crypto: TufCrypto,
): void {
  if (body.type !== 'Root' || authorities.length < 2) return;
  const ids = body.roles.get('root')?.keyids ?? [];
  if (rootCertificates(body, gun, now.getTime(), crypto).length === ids.length) return;
  throw new AppError('trust/root-not-trusted', {
    gun,
    reason: 'unable to retrieve valid leaf certificates',
  });
}

/** @throws `plan/moot` when the plan would do anything now that was not reviewed */
export function requireFitting(plan: Plan, source: PlanSource, now: Date, crypto: TufCrypto): void {
  applyAgain(plan, source, now, crypto);
}

function applyAgain(plan: Plan, source: PlanSource, now: Date, crypto: TufCrypto): Edited {
  const body = (files: PlanSource['targets']): Map<RoleName, TargetsBody> =>
    new Map([...files].map(([role, file]) => [role, file.body]));
  const base = {
    root: source.root.body,
    targets: body(source.targets),
    unusable: body(source.unusable),
    now,
  };
  requireSameRevivals(plan, source, crypto);
  const edited = applyOrMoot(plan, base, crypto);
  refuseToStartAnew(source, edited, crypto);
  const planned = new Set(plan.roles.map((role) => role.role));
  const surprise = [...edited.changed].find((role) => !planned.has(role));
  if (surprise !== undefined || (edited.rootChanged && !planned.has(ROOT))) {
    throw moot(
      plan,
      `the repository changed meanwhile and ${surprise ?? 'root'} would have to be signed too`,
    );
  }
  // A new repository is signed even when it is empty.
  const changesNothing = edited.changed.size === 0 && !edited.rootChanged && plan.initialise === undefined;
  if (changesNothing) throw moot(plan, 'somebody else already made this change');
  refuseOtherLines(plan, base, edited, crypto);
  return edited;
}

/** Changes that fitted when they were reviewed and do not any more: a role of theirs is gone or narrower. */
function applyOrMoot(plan: Plan, base: EditBase, crypto: TufCrypto): Edited {
  try {
    return applyChanges(base, plan.changes, crypto);
  } catch (error) {
    if (!hasCode(error, 'trust/invalid-change')) throw error;
    const { role, reason } = error.details;
    const words = `the repository changed meanwhile: ${role}: ${reason}`;
    throw new AppError('plan/moot', { gun: plan.gun, reason: words }, { cause: error });
  }
}

/**
 * SECURITY: what was reviewed is what is signed. When the same changes would now do something that is not among the
 * reviewed lines (a tag that moved, a key or delegation that changed, another file to sign again), it is reviewed again.
 */
function refuseOtherLines(plan: Plan, before: Content, edited: Edited, crypto: TufCrypto): void {
  const reviewed = new Set(plan.lines.map(lineFact));
  const lines = linesNow(plan, before, edited, crypto);
  const other = lines.find((line) => !reviewed.has(lineFact(line)));
  if (other === undefined) return;
  const did = 'tag' in other ? 'signed or revoked one of its tags' : 'changed its keys or delegations';
  throw moot(plan, `somebody else ${did} meanwhile`);
}

/** A key that is not known yet has the name in them that was reviewed. */
function linesNow(plan: Plan, before: Content, edited: Edited, crypto: TufCrypto): readonly PlanLine[] {
  const lines = planLines(plan.changes, before, edited, crypto);
  const { rotation } = plan;
  if (rotation === undefined) return lines;
  return lines.map((line) => lineWith(line, standInId(crypto), rotatedKeyName(rotation)));
}

function lineFact(line: PlanLine): string {
  if (!('tag' in line)) return JSON.stringify(Object.entries(line).sort(([a], [b]) => (a < b ? -1 : 1)));
  const from = 'from' in line ? line.from : line.kind === 'tag-added' ? '' : line.digest;
  const to = 'to' in line ? line.to : line.digest;
  return JSON.stringify([line.kind, line.tag, from, to]);
}

function needsSigning(role: RoleName, edited: Edited, plan: Plan): boolean {
  // A new repository's root and targets are signed even when nothing was changed in them yet.
  if (plan.initialise !== undefined && (role === ROOT || role === TARGETS)) return true;
  return role === ROOT ? edited.rootChanged : edited.changed.has(role);
}

function refuseLoss(role: RoleName, source: PlanSource): void {
  const file = role === ROOT ? source.root : (source.targets.get(role) ?? source.unusable.get(role));
  if (file !== undefined) refuseUnknownFields(file);
}

function unsignedRole(
  planned: PlannedRole,
  edited: Edited,
  source: PlanSource,
  floors: ReadonlyMap<RoleName, number>,
  plan: Plan,
): UnsignedRole {
  const old = planned.role === ROOT ? edited.root : edited.targets.get(planned.role);
  if (old === undefined) throw moot(plan, `${planned.role} is gone`);
  const version = Math.max(old.version, floors.get(planned.role) ?? 0) + 1;
  const expires = planned.expires;
  const body = { ...old, version, expires, expiresAt: Date.parse(expires) };
  const entry = roleKeys(planned.role, edited);
  if (entry === undefined) throw moot(plan, `${planned.role} is no longer a role of this repository`);
  const previous = previousAuthority(planned.role, source.root.body, edited);
  return { planned, body, authorities: previous === undefined ? [entry] : [entry, previous] };
}

/** Signs one role with every key that the plan names for it. @throws `plan/moot`, `trust/threshold-not-met` */
export async function signRole(
  { planned, body, authorities }: UnsignedRole,
  signerFor: SignerFor,
  plan: Plan,
  crypto: TufCrypto,
): Promise<MetadataFile<RootBody | TargetsBody | SnapshotBody>> {
  const signers = planned.signatures.map(({ keyId, tufId }) => {
    const key = authorisedKey(authorities, tufId);
    if (key === undefined) throw moot(plan, `${planned.role} no longer has the key ${keyId}`);
    return signerAs(signerFor(keyId), key);
  });
  const file = await signFile(planned.role, body, signers, crypto);
  for (const authority of authorities) checkSigned(file, authority, crypto);
  return file;
}

/** SECURITY: what goes out verifies here first, with the keys that the edited parent names. */
function checkSigned(
  file: MetadataFile<RootBody | TargetsBody | SnapshotBody>,
  entry: RoleAuthority,
  crypto: TufCrypto,
): void {
  const have = validSignerIds(file, entry, crypto).size;
  const need = entry.threshold;
  if (have < need) throw new AppError('trust/threshold-not-met', { role: file.role, have, need });
}

function moot(plan: Plan, reason: string): AppError {
  return new AppError('plan/moot', { gun: plan.gun, reason });
}
