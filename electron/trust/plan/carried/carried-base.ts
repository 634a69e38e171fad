/**
 * The metadata that a saved plan starts from, verified by the same rules as a server's answers, without a network.
 * Privileged side. Nothing is written: a file that somebody carried here does not become what this computer trusts.
 */
import type { Gun, RoleName } from '../../../../shared/brands.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { MetadataCache } from '../../../notary/metadata-cache.ts';
import { ROOT, SNAPSHOT, TARGETS, TIMESTAMP } from '../../../tuf/names.ts';
import { pinFor, type TrustPinning } from '../../../tuf/pinning.ts';
import type { TufCrypto } from '../../../tuf/ports.ts';
import { TrustedRepository } from '../../../tuf/trusted-repository.ts';
import type { PlanSource } from '../make-plan.ts';

/** Why the root is believed: this computer knows the repository, a pin fits, or it is seen here for the first time. */
export type RootTrust = 'known' | 'pinned' | 'first-use';

export interface CarriedBase {
  readonly source: PlanSource;
  readonly trust: RootTrust;
}

export interface CarriedBaseOptions {
  readonly gun: Gun;
  readonly server: string;
  readonly metadata: ReadonlyMap<RoleName, Uint8Array>;
  /** Roles that the plan signs. What else was published since then is no matter. */
  readonly signed: ReadonlySet<RoleName>;
  /** When the plan was made: what was valid then is what it was made from. */
  readonly at: Date;
  /** What this computer knows of the repository; read only. */
  readonly cache: Pick<MetadataCache, 'read'>;
  readonly pinning: TrustPinning;
  readonly crypto: TufCrypto;
}

/**
 * @throws `trust/*` as a read from a server, `trust/rollback` when this computer has seen a newer version of what the
 *   plan signs; `trust/missing-role` for a file that is not there
 */
export async function verifyCarriedBase(options: CarriedBaseOptions): Promise<CarriedBase> {
  const { gun, server, metadata, signed, at, cache, pinning, crypto } = options;
  const trusted = new TrustedRepository({ gun, crypto, now: at, pinning });
  const take = async (role: RoleName, accept: (bytes: Uint8Array) => unknown): Promise<void> => {
    const bytes = fileOf(metadata, role);
    const known = signed.has(role) ? await cache.read(role) : undefined;
    // SECURITY: what was believed here before sets the version below which the file is a rollback.
    if (known !== undefined) trusted.rememberCached(role, known);
    accept(bytes);
  };
  const trust = await takeRoot(trusted, options);
  await take(TIMESTAMP, (bytes) => trusted.updateTimestamp(bytes));
  await take(SNAPSHOT, (bytes) => trusted.updateSnapshot(bytes));
  await take(TARGETS, (bytes) => trusted.updateTargets(bytes));
  for (let next = trusted.nextDelegation(); next !== undefined; next = trusted.nextDelegation()) {
    const { role } = next;
    await take(role, (bytes) => trusted.updateDelegation(role, bytes));
  }
  const { root, snapshot, targets, unusable } = trusted;
  if (root === undefined) throw new TypeError('verified without a root');
  return { trust, source: { gun, server, root, snapshot, targets, unusable } };
}

/** SECURITY: a known root is never replaced by one that does not follow from it. */
async function takeRoot(
  trusted: TrustedRepository,
  { gun, metadata, cache, pinning }: CarriedBaseOptions,
): Promise<RootTrust> {
  const bytes = fileOf(metadata, ROOT);
  const known = await cache.read(ROOT);
  if (known === undefined) {
    trusted.updateRoot(bytes);
    return pinFor(gun, pinning, false).kind === 'first-use' ? 'first-use' : 'pinned';
  }
  const isUsable = trusted.loadCachedRoot(known);
  if (!isUsable || Buffer.compare(known, bytes) !== 0) trusted.updateRoot(bytes);
  return 'known';
}

function fileOf(metadata: ReadonlyMap<RoleName, Uint8Array>, role: RoleName): Uint8Array {
  const bytes = metadata.get(role);
  if (bytes === undefined) throw new AppError('trust/missing-role', { role });
  return bytes;
}
