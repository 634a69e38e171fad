/**
 * What became of an upload that a crash or a lost connection cut off: asks the server, says which state holds.
 * Runs at start and before the next change; changes nothing but the journal, the activity log, and staged changes that
 * turn out to be published.
 */
import type { Gun, RoleName, Sha256Hex } from '../../../shared/brands.ts';
import { AppError, hasCode, isAppError } from '../../../shared/errors.ts';
import { toHex } from '../../tuf/hex.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { PlanSource } from './make-plan.ts';
import type { PublishPorts } from './publish-ports.ts';
import { publishPorts, type PublishingServices } from './publishing.ts';
import type { UnfinishedPublish } from './restore-points.ts';

export type Outcome =
  | { readonly kind: 'published' }
  | { readonly kind: 'not-published' }
  /** The server cannot be asked now; the journal stays. */
  | { readonly kind: 'unknown'; readonly error: AppError };

export type Resolved = Outcome & { readonly gun: Gun; readonly title: string };

type Ports = Pick<PublishPorts, 'readForUpdate' | 'versionOfStored' | 'record' | 'removeStaged'>;

/**
 * Every upload that nobody finished, with what the server says of it now.
 * @param onlyPlan only that of one plan, when it has just failed
 * @throws `config/malformed`, `files/*`
 */
export async function resolveAllUnfinished(
  services: PublishingServices,
  onlyPlan?: string,
): Promise<readonly Resolved[]> {
  const entries = await services.restorePoints.unfinished();
  const wanted = entries.filter(({ plan }) => onlyPlan === undefined || plan.id === onlyPlan);
  return Promise.all(
    wanted.map(async (entry) => {
      const { gun, title } = entry.plan;
      return { gun, title, ...(await resolveEntry(entry, services)) };
    }),
  );
}

async function resolveEntry(entry: UnfinishedPublish, services: PublishingServices): Promise<Outcome> {
  const forget = (): Promise<void> => services.restorePoints.forget(entry);
  try {
    const ports = publishPorts(await services.connectorFor(entry.plan.gun), services, []);
    return await resolveUnfinished(entry, ports, forget, services.crypto);
  } catch (error) {
    // A sandbox that is not running, say: what became of it shows when it runs, and nothing else waits for that.
    if (hasCode(error, 'sandbox/not-running')) return { kind: 'unknown', error };
    throw error;
  }
}

/** Compares what was about to be uploaded with what the server shows now. */
export async function resolveUnfinished(
  entry: UnfinishedPublish,
  ports: Ports,
  forget: () => Promise<void>,
  crypto: TufCrypto,
): Promise<Outcome> {
  const { plan } = entry;
  let published: boolean;
  try {
    published = await isThere(entry, ports, crypto);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { kind: 'unknown', error };
  }
  if (published) await ports.removeStaged(plan.gun, plan.staged);
  await ports.record(published ? 'found-published' : 'found-not-published', plan.gun, {
    planId: plan.id,
    title: plan.title,
    uploads: entry.uploads,
  });
  await forget();
  return { kind: published ? 'published' : 'not-published' };
}

/**
 * Uploads are atomic: one of its files shown, or kept as an older version under later ones, means all of them are.
 * @throws `plan/stored-not-shown`, and what reading throws
 */
async function isThere(entry: UnfinishedPublish, ports: Ports, crypto: TufCrypto): Promise<boolean> {
  const { plan, uploads } = entry;
  let source: PlanSource;
  try {
    source = await ports.readForUpdate({ ...plan, initialise: undefined });
  } catch (error) {
    // The repository that was to be made, or one that was deleted since: nothing of it is there.
    if (hasCode(error, 'trust/no-data')) return false;
    throw error;
  }
  const current = [source.root, ...source.targets.values()];
  const roles = Object.entries(uploads) as [RoleName, Sha256Hex][];
  if (roles.some(([role, sha256]) => current.some((file) => isFile(file, role, sha256, crypto)))) return true;
  const one = roles.find(([role]) => current.some((file) => file.role === role)) ?? roles[0];
  if (one === undefined) return false;
  const stored = await ports.versionOfStored(plan, ...one);
  if (stored === undefined) return false;
  const shown = current.find(({ role }) => role === one[0])?.body.version;
  // SECURITY: kept is not published: nobody is told of the file as long as an older version is what is shown.
  if (shown !== undefined && shown <= stored)
    throw new AppError('plan/stored-not-shown', { gun: plan.gun, role: one[0] });
  return true;
}

function isFile(
  file: { readonly role: RoleName; readonly bytes: Uint8Array },
  role: RoleName,
  sha256: Sha256Hex,
  crypto: TufCrypto,
): boolean {
  return file.role === role && toHex(crypto.sha256(file.bytes)) === sha256;
}
