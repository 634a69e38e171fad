/**
 * Signing a saved plan with the keys that are here: which of them can sign what now, and the file with their signatures.
 * Opens keys by a port and needs no network. The snapshot comes last: its bytes hold the hashes of the signed files.
 */
import type { CanonicalKeyId } from '../../../../shared/brands.ts';
import { AppError } from '../../../../shared/errors.ts';
import { SNAPSHOT } from '../../../tuf/names.ts';
import type { RoleSigner, TufCrypto } from '../../../tuf/ports.ts';
import { signerAs, signFile } from '../../../tuf/write.ts';
import { authorisedKey } from '../authorities.ts';
import type { AvailableKey, PlannedSignature } from '../plan.ts';
import { consentFor } from '../publish.ts';
import type { Consent } from '../publish-ports.ts';
import { hasSnapshotKey, lacksSnapshotRole, replacesSnapshotKey } from '../snapshot-keys.ts';
import { type CarriedPlan, type CarriedRole, firstUnsigned, openCarried } from './carried-plan.ts';
import type { CarriedSignature, PlanFile } from './plan-file.ts';

/** One key that can sign here, for the roles that it still has to sign. */
export interface KeyToSignWith {
  readonly key: AvailableKey;
  readonly roles: readonly CarriedRole[];
}

/** The plan's keys that are here and can sign now; the snapshot's only when nothing else will be missing then. */
export function keysReady(
  { roles }: CarriedPlan,
  available: readonly AvailableKey[],
): readonly KeyToSignWith[] {
  const ids = new Set<CanonicalKeyId>(available.map(({ keyId }) => keyId));
  const others = roles.filter(({ planned }) => planned.role !== SNAPSHOT);
  const ready = others.every((role) => willBeSigned(role, ids)) ? roles : others;
  return available
    .map((key) => ({
      key,
      roles: ready.filter((role) => role.open.some(({ keyId }) => keyId === key.keyId)),
    }))
    .filter((one) => one.roles.length > 0)
    .toSorted((a, b) => firstRole(a, roles) - firstRole(b, roles));
}

function willBeSigned({ planned, signed, open }: CarriedRole, here: ReadonlySet<CanonicalKeyId>): boolean {
  return signed.length + open.filter(({ keyId }) => here.has(keyId)).length >= planned.threshold;
}

/** In the order of the plan, so that what is signed last is asked for last. */
function firstRole({ roles: [first] }: KeyToSignWith, all: readonly CarriedRole[]): number {
  return first === undefined ? all.length : all.indexOf(first);
}

/**
 * @throws `plan/no-key-here` when none is left to sign with, `plan/snapshot-comes-last` when it is not its turn, `plan/moot`
 *   when the snapshot's key is here and the plan counts on the server
 */
export function keysToSignWith(
  carried: CarriedPlan,
  available: readonly AvailableKey[],
  crypto: TufCrypto,
): readonly KeyToSignWith[] {
  refuseWithoutSnapshot(carried, available, crypto);
  const ready = keysReady(carried, available);
  if (ready.length > 0) return ready;
  const { gun } = carried.plan;
  const isHere = ({ keyId }: PlannedSignature): boolean => available.some((key) => key.keyId === keyId);
  const lacking = firstUnsigned(carried.roles);
  if (lacking !== undefined && carried.roles.some(({ open }) => open.some(isHere))) {
    const keyIds = lacking.open.map(({ keyId }) => keyId);
    throw new AppError('plan/snapshot-comes-last', { gun, role: lacking.planned.role, keyIds });
  }
  const keyIds = [...new Set(carried.roles.flatMap(({ open }) => open.map(({ keyId }) => keyId)))];
  throw new AppError('plan/no-key-here', { gun, keyIds });
}

/** Whoever has the key knows better than the account that made the plan; the server would refuse it. */
function refuseWithoutSnapshot(
  { plan, source: { root } }: CarriedPlan,
  available: readonly AvailableKey[],
  crypto: TufCrypto,
): void {
  if (plan.signsSnapshot || replacesSnapshotKey(plan)) return;
  if (hasSnapshotKey(root.body, available, crypto)) throw lacksSnapshotRole(plan);
}

/** A plan that is being signed, and its file as it was read. */
export interface PlanToSign {
  readonly file: PlanFile;
  readonly carried: CarriedPlan;
  /** For errors. */
  readonly path: string;
}

/**
 * The file with a signature of every one of `keys`.
 * @param open opens one key; whoever calls wipes it
 * @throws what `open` throws, `trust/signing-failed`
 */
export async function addSignatures(
  plan: PlanToSign,
  keys: readonly KeyToSignWith[],
  open: (consent: Consent) => Promise<RoleSigner>,
  crypto: TufCrypto,
): Promise<PlanFile> {
  const signers = new Map<CanonicalKeyId, RoleSigner>();
  let { file } = plan;
  for (const { key, roles } of keys) {
    const signer = await open(consentOf(plan.carried, key, roles));
    signers.set(key.keyId, signer);
    for (const role of roles.filter(({ planned }) => planned.role !== SNAPSHOT))
      file = withSignature(file, await signOne(role, key.keyId, signer, crypto));
  }
  const last = keys.filter(({ roles }) => roles.some(({ planned }) => planned.role === SNAPSHOT));
  if (last.length === 0) return file;
  // SECURITY: over what was signed by now, opened and verified again like every file.
  const { source, trust } = plan.carried;
  const { roles } = await openCarried(file, { source, trust }, plan.path, crypto);
  const snapshot = roles.find(({ planned }) => planned.role === SNAPSHOT);
  for (const { key } of last) {
    const signer = signers.get(key.keyId);
    if (snapshot === undefined || signer === undefined) throw new Error('a snapshot that is not planned');
    file = withSignature(file, await signOne(snapshot, key.keyId, signer, crypto));
  }
  return file;
}

const withSignature = (file: PlanFile, made: CarriedSignature): PlanFile => ({
  ...file,
  signatures: [...file.signatures, made],
});

/** What the key signs now, which may be less than what the plan has for it. */
function consentOf({ plan }: CarriedPlan, key: AvailableKey, roles: readonly CarriedRole[]): Consent {
  const planned = roles.flatMap(({ open }) => open).find(({ keyId }) => keyId === key.keyId);
  if (planned === undefined) throw new Error('a key that is not planned');
  // It is planned where it was thought to be; it is opened where it is.
  const consent = consentFor(plan, { ...planned, place: key.place });
  return { ...consent, roles: roles.map((role) => role.planned.role), signatures: roles.length };
}

async function signOne(
  { planned, unsigned, open }: CarriedRole,
  keyId: CanonicalKeyId,
  signer: RoleSigner,
  crypto: TufCrypto,
): Promise<CarriedSignature> {
  const tufId = open.find((signature) => signature.keyId === keyId)?.tufId;
  const key =
    tufId === undefined || unsigned === undefined ? undefined : authorisedKey(unsigned.authorities, tufId);
  if (key === undefined || unsigned === undefined) throw new Error('a key that its role does not name');
  const file = await signFile(planned.role, unsigned.body, [signerAs(signer, key)], crypto);
  const [made] = file.signatures;
  if (made === undefined) throw new Error('signed without a signature');
  return { role: planned.role, ...made };
}
