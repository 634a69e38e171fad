/**
 * Saved plans as use cases: written where there may be no key, signed where there may be no network, published where
 * there is one. Privileged side; shared by the window and the command line.
 */
import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { RoleName } from '../../../../shared/brands.ts';
import { AppError, hasCode, isAppError } from '../../../../shared/errors.ts';
import { textOf } from '../../../../shared/error-texts.ts';
import { writeFileAtomically } from '../../../files/atomic-file.ts';
import { fileReason, systemCode } from '../../../files/file-failure.ts';
import { readChangelist } from '../../../notary/changelist.ts';
import { SNAPSHOT, TIMESTAMP } from '../../../tuf/names.ts';
import type { RoleSigner } from '../../../tuf/ports.ts';
import { readRepository } from '../../read-repository.ts';
import { basisOf } from '../make-plan.ts';
import type { Plan } from '../plan.ts';
import { refuseWithoutSnapshot } from '../publish.ts';
import { publish, publishPorts, type PublishingServices, toPlanSource } from '../publishing.ts';
import type { Consent, OpenSigner } from '../publish-ports.ts';
import type { Receipt } from '../receipt.ts';
import { toChanges } from '../staged-changes.ts';
import { assembleRoles } from './assemble-signed.ts';
import { verifyCarriedBase } from './carried-base.ts';
import { type CarriedPlan, openCarried, requireSigned } from './carried-plan.ts';
import {
  makePlanFile,
  MAX_PLAN_FILE_BYTES,
  parsePlanFile,
  type PlanFile,
  refuseUnportablePlan,
  writePlanFile,
} from './plan-file.ts';
import { addSignatures, type KeyToSignWith } from './sign-carried.ts';

const DAY = 24 * 60 * 60 * 1000;

/** A file that was opened, as it stands and as what it comes to. */
export interface OpenedPlan {
  readonly file: PlanFile;
  readonly carried: CarriedPlan;
}

/** A plan as it was saved: the key of a rotation is known by then, and stays the one that it is. */
export interface SavedText {
  readonly plan: Plan;
  readonly text: string;
}

/**
 * The text of the file for a plan that was just made. The key of a rotation is made for it, or made by the server: whoever
 * signs the plan signs over its public half.
 * @throws `plan/not-portable`, `plan/moot` when the repository changed since, `network/*`, `trust/*`, as making a key
 */
export async function planFileText(wanted: Plan, services: PublishingServices): Promise<SavedText> {
  refuseUnportablePlan(wanted);
  const plan = await withRotatedKey(wanted, services);
  const connector = await services.connectorFor(plan.gun);
  const memory = services.memories?.of(plan.gun);
  const options = { now: services.now(), from: 'server', memory } as const;
  const repository = await readRepository(connector, plan.gun, options);
  const basis = basisOf(toPlanSource(repository), services.crypto);
  const snapshot = plan.roles.find(({ role }) => role === SNAPSHOT);
  const isOtherSnapshot = snapshot !== undefined && snapshot.fromVersion !== repository.snapshot.body.version;
  if (isOtherSnapshot || JSON.stringify(basis) !== JSON.stringify(plan.basis)) {
    throw new AppError('plan/moot', { gun: plan.gun, reason: 'somebody else published meanwhile' });
  }
  return { plan, text: writePlanFile(makePlanFile(plan, repository)) };
}

async function withRotatedKey(plan: Plan, services: PublishingServices): Promise<Plan> {
  if (plan.rotation === undefined) return plan;
  const opened: OpenSigner[] = [];
  try {
    const ports = publishPorts(await services.connectorFor(plan.gun), services, opened);
    return (await ports.makeRotatedKey(plan)).plan;
  } finally {
    for (const key of opened) key.wipe();
  }
}

/** Reads, verifies and computes again. Needs no network. @throws `plan/file-unreadable`, `config/*` */
export async function openPlanFile(path: string, services: PublishingServices): Promise<OpenedPlan> {
  const file = parsePlanFile(await readPlanBytes(path), path);
  const at = madeAt(file.plan, path, services.now());
  const { gun, server } = file.plan;
  const connector = await services.connectorFor(gun);
  const { cache, pinning } = await connector.connect(gun);
  const { crypto } = services;
  const { metadata } = file;
  const signed = signedRoles(file);
  try {
    const base = await verifyCarriedBase({ gun, server, metadata, signed, at, cache, pinning, crypto });
    return { file, carried: await openCarried(file, base, path, crypto) };
  } catch (error) {
    throw isAppError(error) ? notBelieved(error, file.plan, path) : error;
  }
}

/** SECURITY: a snapshot signs every file that it names, so none of them may be older than what was seen here. */
function signedRoles({ plan, metadata }: PlanFile): ReadonlySet<RoleName> {
  if (!plan.signsSnapshot) return new Set(plan.roles.map(({ role }) => role));
  return new Set([...metadata.keys()].filter((role) => role !== TIMESTAMP));
}

function notBelieved(error: AppError, { gun }: Plan, path: string): AppError {
  if (hasCode(error, 'trust/rollback')) {
    const { role, have, got } = error.details;
    const reason = `it starts from version ${String(got)} of ${role}, and version ${String(have)} was seen here`;
    return new AppError('plan/moot', { gun, reason }, { cause: error });
  }
  if (!error.code.startsWith('trust/')) return error;
  const reason = `the metadata in it is not believed here: ${textOf(error).title}`;
  return new AppError('plan/file-unreadable', { path, reason: reason.replace(/\.$/, '') }, { cause: error });
}

async function readPlanBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_PLAN_FILE_BYTES) {
      throw new AppError('plan/file-unreadable', { path, reason: 'it is too large' });
    }
    return await readFile(path);
  } catch (error) {
    if (isAppError(error)) throw error;
    throw new AppError(
      'plan/file-unreadable',
      { path, reason: fileReason(systemCode(error)) },
      { cause: error },
    );
  }
}

function madeAt({ createdAt }: Plan, path: string, now: Date): Date {
  const at = new Date(createdAt);
  // A clock that is a day off is common; a plan of next week is not.
  if (at.getTime() <= now.getTime() + DAY) return at;
  const reason = `it is of ${createdAt}, which is not yet; check the clock of this computer`;
  throw new AppError('plan/file-unreadable', { path, reason });
}

/**
 * Signs with every one of `keys` and writes the file again. Nothing is uploaded; but a key that came for one publish has
 * done what it came for, and its visit ends as after one. @throws `prompt/cancelled`,
 * `keystore/*`, `yubikey/*`, `files/*`
 */
export async function signPlanAt(
  place: string,
  opened: OpenedPlan,
  keys: readonly KeyToSignWith[],
  services: PublishingServices,
): Promise<void> {
  const { text, used } = await signWith(opened, keys, place, services);
  await writeFileAtomically(place, text);
  await services.beforeUpload?.(used);
  await services.afterPublish?.(used);
}

async function signWith(
  { file, carried }: OpenedPlan,
  keys: readonly KeyToSignWith[],
  place: string,
  services: PublishingServices,
): Promise<{ readonly text: string; readonly used: readonly string[] }> {
  const { plan } = carried;
  const opened: OpenSigner[] = [];
  const ports = publishPorts(await services.connectorFor(plan.gun), services, opened);
  const open = (consent: Consent): Promise<RoleSigner> => ports.openSigner(consent.signature.keyId, consent);
  let signed: PlanFile;
  try {
    signed = await addSignatures({ file, carried, path: place }, keys, open, services.crypto);
  } finally {
    for (const key of opened) key.wipe();
  }
  const details = { planId: plan.id, title: plan.title, keyIds: keys.map(({ key }) => key.keyId) };
  await ports.record('signed-plan', plan.gun, details);
  return { text: writePlanFile(signed), used: opened.map(({ id }) => id) };
}

/**
 * Whether the plan could be published now; changes nothing.
 * @throws `plan/signatures-missing`, `plan/signatures-moot`, `plan/moot`, `network/*`
 */
export async function tryCarried(carried: CarriedPlan, services: PublishingServices): Promise<void> {
  requireSigned(carried);
  const { plan, signatures } = carried;
  const ports = publishPorts(await services.connectorFor(plan.gun), services, []);
  const source = await ports.readForUpdate(plan);
  await refuseWithoutSnapshot(plan, source, ports);
  await assembleRoles(plan, signatures, source, new Map(), services.now(), services.crypto);
}

/** Publishes what was signed elsewhere. @throws as `publish`, `plan/signatures-missing`, `plan/signatures-moot` */
export async function publishCarried(
  carried: CarriedPlan,
  services: PublishingServices,
  signal?: AbortSignal,
): Promise<Receipt> {
  requireSigned(carried);
  const { plan, signatures } = carried;
  const staged = await stagedHere(plan, services);
  // SECURITY: nobody signs a plan's ID, and restore points and journal entries are named after it.
  return publish({ ...plan, id: randomUUID(), staged }, services, signal, signatures);
}

/** SECURITY: the file may name anything; a staged change goes only when the plan makes that very change. */
async function stagedHere(plan: Plan, services: PublishingServices): Promise<readonly string[]> {
  if (plan.staged.length === 0) return [];
  const { trustDirectory } = await services.connectorFor(plan.gun);
  const { changes } = await readChangelist(trustDirectory, plan.gun);
  const made = new Set(plan.changes.map((change) => JSON.stringify(change)));
  return changes
    .filter(({ file }) => plan.staged.includes(file))
    .filter((staged) => toChanges(staged).every((change) => made.has(JSON.stringify(change))))
    .map(({ file }) => file);
}
