/**
 * What became of an upload that a crash or a lost connection cut off: asks the server, says which state holds.
 * Runs at start and after a failed upload; changes nothing but the journal and the activity log.
 */
import { toHex } from '../../tuf/hex.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { PlanSource } from './make-plan.ts';
import type { PublishPorts } from './publish-ports.ts';
import type { UnfinishedPublish } from './restore-points.ts';

export type Outcome =
  | { readonly kind: 'published' }
  | { readonly kind: 'not-published' }
  /** The server cannot be asked now; the journal stays. */
  | { readonly kind: 'unknown'; readonly error: unknown };

/** Compares what was about to be uploaded with what the server shows now. */
export async function resolveUnfinished(
  entry: UnfinishedPublish,
  ports: Pick<PublishPorts, 'readForUpdate' | 'record' | 'removeStaged'>,
  forget: () => Promise<void>,
  crypto: TufCrypto,
): Promise<Outcome> {
  const { plan } = entry;
  let source: PlanSource;
  try {
    source = await ports.readForUpdate({ ...plan, initialise: undefined });
  } catch (error) {
    return { kind: 'unknown', error };
  }
  const published = isThere(entry, source, crypto);
  if (published) await ports.removeStaged(plan.gun, plan.staged);
  await ports.record(published ? 'found-published' : 'found-not-published', plan.gun, {
    planId: plan.id,
    title: plan.title,
    uploads: entry.uploads,
  });
  await forget();
  return { kind: published ? 'published' : 'not-published' };
}

/** Uploads are atomic: one role's file there means all of them are, unless others published on top since. */
function isThere(entry: UnfinishedPublish, source: PlanSource, crypto: TufCrypto): boolean {
  return Object.entries(entry.uploads).some(([role, sha256]) =>
    [source.root, ...source.targets.values()].some(
      (file) => file.role === role && toHex(crypto.sha256(file.bytes)) === sha256,
    ),
  );
}
