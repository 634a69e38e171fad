/** What an upload's failure says: certainly nothing arrived, somebody else was first, or a signature is missing. */
import { type ErrorCode, hasCode, isAppError } from '../../../shared/errors.ts';
import type { PlanSource } from './make-plan.ts';
import type { Plan } from './plan.ts';
import type { PublishPorts } from './publish-ports.ts';

/** The server said no, or was never reached: the upload is certainly not there. */
const TOOK_NOTHING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'notary/rejected',
  'notary/unauthorised',
  'notary/metadata-missing',
  'network/dns',
  'network/refused',
  'network/unknown-ca',
  'network/proxy',
]);

/** Anything else (the server gone, a time-out) leaves it open. */
export function tookNothing(error: unknown): boolean {
  return isAppError(error) && TOOK_NOTHING.has(error.code);
}

/**
 * Somebody else published in between. notary-server: a snapshot over files that are not the current ones any more is bad
 * before its version is too old.
 */
export async function isOvertaken(
  error: unknown,
  plan: Plan,
  source: PlanSource,
  ports: Pick<PublishPorts, 'readForUpdate'>,
): Promise<boolean> {
  if (!hasCode(error, 'notary/rejected')) return false;
  if (error.details.code === 'VERSION') return true;
  if (!plan.signsSnapshot || error.details.detail?.startsWith('ErrBadSnapshot: ') !== true) return false;
  const now = await ports.readForUpdate(plan);
  return now.snapshot?.body.version !== source.snapshot?.body.version;
}

/** The server makes the snapshot only where it has its key; elsewhere the owner of the repository signs it. */
export function lacksSnapshotKey(error: unknown, { signsSnapshot }: Plan): boolean {
  return (
    !signsSnapshot &&
    hasCode(error, 'notary/rejected') &&
    error.details.detail?.startsWith('ErrBadHierarchy: ') === true
  );
}
