/**
 * Carries a reviewed plan out: read again, apply again, sign, keep a restore point, upload, read back, record.
 * The one way to change trust. Knows no bytes and no rules; those are in `electron/tuf`.
 *
 * Whatever fails: staged changes stay, keys stay, and the server has either all of the upload or none of it.
 */
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import { AppError, hasCode } from '../../../shared/errors.ts';
import type { RoleSigner, TufCrypto } from '../../tuf/ports.ts';
import { MAX_CLAIMED_VERSION } from '../../tuf/limits.ts';
import { isDelegation } from '../../tuf/names.ts';
import { toHex } from '../../tuf/hex.ts';
import { assembleRoles } from './carried/assemble-signed.ts';
import type { CarriedSignature } from './carried/plan-file.ts';
import { deleteRepository } from './delete-repository.ts';
import { signatureCount } from './key-making.ts';
import type { PlanSource } from './make-plan.ts';
import type { Plan, PlannedSignature } from './plan.ts';
import type { Consent, Initialised, PublishPorts, UploadFile } from './publish-ports.ts';
import { readBack } from './read-back.ts';
import { noteReceipt, type Receipt } from './receipt.ts';
import { requireFitting, signRole, signRoles, type SignedRoles } from './sign-roles.ts';
import { unsignedSnapshot } from './sign-snapshot.ts';
import { lacksSnapshotRole, replacesSnapshotKey, withoutSnapshotKey } from './snapshot-keys.ts';
import { isOvertaken, lacksSnapshotKey, tookNothing } from './upload-refusals.ts';

/** Notary's server answers VERSION when somebody published in between; after this many tries we say so. */
const MAX_TRIES = 5;

/**
 * @throws `plan/conflict` after five lost races, `plan/moot` when the plan no longer fits, `plan/not-read-back` when
 *   the server does not show what was uploaded, and everything the ports throw.
 * @param carried what was signed elsewhere; no key is opened here then. @throws `plan/signatures-moot`
 */
export async function publishPlan(
  reviewed: Plan,
  ports: PublishPorts,
  crypto: TufCrypto,
  carried?: readonly CarriedSignature[],
): Promise<Receipt> {
  if (reviewed.deletes === true) return deleteRepository(reviewed, ports, crypto);
  const start = await startingPoint(reviewed, ports, crypto);
  const { plan } = start;
  let { source } = start;
  if (carried !== undefined) await refuseWithoutSnapshot(plan, source, ports);
  const signers = carried === undefined ? await openSigners(start, ports) : new Map();
  const floors = new Map<RoleName, number>();
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    // Again after a lost race: what others published meanwhile is what must be restorable now.
    const keeping = keepRestorePoint(plan, source, ports);
    const signing =
      carried === undefined
        ? signAll(plan, source, signers, floors, ports, crypto)
        : assembleRoles(plan, carried, source, floors, ports.now(), crypto);
    const [signed, restorePoint] = await bothDone(signing, keeping);
    ports.signed(plan, signed.files);
    const closeJournal = await tryUpload(plan, signed, source, ports, crypto);
    if (closeJournal !== undefined) {
      const receipt = await finish(plan, signed, ports, crypto, { tries, restorePoint });
      await closeJournal();
      return receipt;
    }
    if (plan.initialise !== undefined) throw createdMeanwhile(plan);
    await raiseFloors(plan, floors, source, ports);
    source = await ports.readForUpdate(plan);
  }
  throw new AppError('plan/conflict', { gun: plan.gun, tries: MAX_TRIES });
}

async function keepRestorePoint(
  plan: Plan,
  source: PlanSource,
  ports: PublishPorts,
): Promise<string | undefined> {
  return plan.initialise === undefined ? ports.keepRestorePoint(plan, source) : undefined;
}

/** Waits for both, so that nothing goes on behind a failure; the first one's failure is the outcome. */
async function bothDone<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** Asked before keys are made for it: somebody else may have made the repository since the plan was. */
async function exists(plan: Plan, ports: PublishPorts): Promise<boolean> {
  try {
    await ports.readForUpdate({ ...plan, initialise: undefined });
    return true;
  } catch (error) {
    if (hasCode(error, 'trust/no-data')) return false;
    throw error;
  }
}

async function startingPoint(plan: Plan, ports: PublishPorts, crypto: TufCrypto): Promise<Initialised> {
  if (plan.initialise !== undefined) {
    if (await exists(plan, ports)) throw createdMeanwhile(plan);
    return ports.initialise(plan);
  }
  const source = await ports.readForUpdate(plan);
  if (plan.rotation === undefined) return { plan, source, signers: new Map() };
  // A key is made, here or by the server, only for a plan that still fits.
  requireFitting(plan, source, ports.now(), crypto);
  return { source, ...(await ports.makeRotatedKey(plan)) };
}

/**
 * The server makes the snapshot only where it has the key. A plan that was made where nobody could tell is not sent.
 * @throws `plan/moot`
 */
export async function refuseWithoutSnapshot(
  plan: Plan,
  source: PlanSource,
  ports: Pick<PublishPorts, 'snapshotHolder'>,
): Promise<void> {
  if (plan.signsSnapshot || replacesSnapshotKey(plan)) return;
  if ((await ports.snapshotHolder(plan, source)) !== 'owner') return;
  throw lacksSnapshotRole(plan);
}

/** Every key is opened once, before anything is written, so that a wrong passphrase costs nothing. */
async function openSigners(
  { plan, signers: made }: Initialised,
  ports: PublishPorts,
): Promise<ReadonlyMap<CanonicalKeyId, RoleSigner>> {
  const signers = new Map(made);
  for (const signature of plan.roles.flatMap((role) => role.signatures)) {
    if (signers.has(signature.keyId)) continue;
    signers.set(signature.keyId, await ports.openSigner(signature.keyId, consentFor(plan, signature)));
  }
  return signers;
}

/** What one key of a plan is asked to sign. */
export function consentFor(plan: Plan, signature: PlannedSignature): Consent {
  const roles = plan.roles
    .filter((role) => role.signatures.some((other) => other.keyId === signature.keyId))
    .map((role) => role.role);
  const tags = [...new Set(plan.lines.flatMap((line) => ('tag' in line ? [line.tag] : [])))];
  const signatures = signatureCount(plan, signature.keyId);
  return { planId: plan.id, gun: plan.gun, title: plan.title, roles, tags, signatures, signature };
}

async function signAll(
  plan: Plan,
  source: PlanSource,
  signers: ReadonlyMap<CanonicalKeyId, RoleSigner>,
  floors: ReadonlyMap<RoleName, number>,
  ports: PublishPorts,
  crypto: TufCrypto,
): Promise<SignedRoles> {
  const signerFor = (keyId: CanonicalKeyId): RoleSigner => {
    const signer = signers.get(keyId);
    if (signer === undefined) throw new Error(`no open signer for ${keyId}`);
    return signer;
  };
  const signed = await signRoles(plan, source, signerFor, floors, ports.now(), crypto);
  const snapshot = unsignedSnapshot(plan, source, signed, crypto);
  if (snapshot === undefined) return signed;
  return { ...signed, files: [...signed.files, await signRole(snapshot, signerFor, plan, crypto)] };
}

/** When the server took it: what closes the journal once the result was read back. Undefined: somebody else was first. */
async function tryUpload(
  plan: Plan,
  signed: SignedRoles,
  source: PlanSource,
  ports: PublishPorts,
  crypto: TufCrypto,
): Promise<(() => Promise<void>) | undefined> {
  const files: UploadFile[] = signed.files.map((file) => ({ role: file.role, bytes: file.bytes }));
  const uploads = Object.fromEntries(files.map((file) => [file.role, toHex(crypto.sha256(file.bytes))]));
  const closeJournal = await ports.openJournal({ plan, uploads });
  try {
    await ports.upload(plan, files);
  } catch (error) {
    // After anything that is no certain refusal (server gone) the journal stays and is resolved later.
    if (tookNothing(error)) await closeJournal();
    if (await isOvertaken(error, plan, source, ports)) return undefined;
    throw lacksSnapshotKey(error, plan) ? withoutSnapshotKey(plan, signed.edited.root, error, crypto) : error;
  }
  return closeJournal;
}

/** A removed delegation's file keeps its version on the server; a new file must go above it (notary-protocol 4.1). */
async function raiseFloors(
  plan: Plan,
  floors: Map<RoleName, number>,
  source: PlanSource,
  ports: PublishPorts,
): Promise<void> {
  for (const { role } of plan.roles) {
    if (!isDelegation(role) || source.targets.has(role)) continue;
    const stored = await ports.storedVersion(plan, role);
    if (stored === undefined) continue;
    if (stored > MAX_CLAIMED_VERSION) throw implausibleVersion(plan, role, stored);
    floors.set(role, stored);
  }
}

async function finish(
  plan: Plan,
  signed: SignedRoles,
  ports: PublishPorts,
  crypto: TufCrypto,
  facts: { readonly tries: number; readonly restorePoint: string | undefined },
): Promise<Receipt> {
  const roles = await readBack(plan, signed, ports, crypto);
  await ports.removeStaged(plan.gun, plan.staged);
  return noteReceipt(plan, ports, { roles, ...facts });
}

function implausibleVersion(plan: Plan, role: RoleName, version: number): AppError {
  const reason = `the server claims to have version ${String(version)} of ${role} already`;
  return new AppError('plan/moot', { gun: plan.gun, reason });
}

function createdMeanwhile(plan: Plan): AppError {
  return new AppError('plan/moot', {
    gun: plan.gun,
    reason: 'somebody else created the repository meanwhile',
  });
}
