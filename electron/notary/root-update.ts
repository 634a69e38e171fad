/**
 * Brings the trusted root up to date: version by version, each signed by its predecessor. TUF 5.3.
 * Main process and command line.
 */
import { AppError, hasCode } from '../../shared/errors.ts';
import { MAX_ROOT_ROTATIONS } from '../tuf/limits.ts';
import { ROOT } from '../tuf/names.ts';
import type { TrustedRepository } from '../tuf/trusted-repository.ts';
import type { RoleSource } from './role-source.ts';

/**
 * The first root of a repository that was never seen here: trust on first use, or a pin.
 * Throws `trust/no-data` when the server has none, otherwise as `TrustedRepository.updateRoot`.
 */
export async function fetchFirstRoot(
  trusted: TrustedRepository,
  source: RoleSource,
  server: string,
): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = await source.current(ROOT);
  } catch (error) {
    if (!hasCode(error, 'notary/metadata-missing')) throw error;
    throw new AppError('trust/no-data', { gun: trusted.gun, server }, { cause: error });
  }
  trusted.updateRoot(bytes);
}

/** The bytes of the root after the trusted one, or undefined when the server has none. */
export async function fetchNextRoot(
  trusted: TrustedRepository,
  source: RoleSource,
): Promise<Uint8Array | undefined> {
  try {
    return await source.version(ROOT, rootVersion(trusted) + 1);
  } catch (error) {
    if (hasCode(error, 'notary/metadata-missing')) return undefined;
    throw error;
  }
}

/**
 * Walks to the newest root. A server that keeps no versions is asked for its current root, which the trusted
 * root's keys must have signed directly.
 * @param next the successor, when it was fetched already
 * @returns whether the root changed
 * @throws as `TrustedRepository.updateRoot`; network and server errors
 */
export async function updateRoots(
  trusted: TrustedRepository,
  source: RoleSource,
  next?: Uint8Array,
): Promise<boolean> {
  const before = rootVersion(trusted);
  let successor = next ?? (await fetchNextRoot(trusted, source));
  for (let steps = 0; successor !== undefined; steps++) {
    if (steps >= MAX_ROOT_ROTATIONS)
      throw new AppError('trust/too-many-root-rotations', { limit: MAX_ROOT_ROTATIONS });
    const root = trusted.updateRoot(successor, 'intermediate');
    requireStep(root.body.version, before + steps + 1, trusted);
    successor = await fetchNextRoot(trusted, source);
  }
  if (rootVersion(trusted) === before) await takeCurrentRoot(trusted, source);
  return rootVersion(trusted) !== before;
}

/** SECURITY: a file asked for by version must have it, or the walk would never end (TUF 5.3.5: exactly N+1). */
function requireStep(got: number, expected: number, trusted: TrustedRepository): void {
  if (got === expected) return;
  if (got < expected) throw new AppError('trust/rollback', { role: ROOT, have: expected, got });
  const reason = `version ${String(expected)} of the root is missing`;
  throw new AppError('trust/root-rotation-refused', { gun: trusted.gun, reason });
}

async function takeCurrentRoot(trusted: TrustedRepository, source: RoleSource): Promise<void> {
  const bytes = await source.current(ROOT);
  if (trusted.root !== undefined && Buffer.compare(trusted.root.bytes, bytes) === 0) return;
  trusted.updateRoot(bytes);
}

function rootVersion(trusted: TrustedRepository): number {
  return trusted.root?.body.version ?? 0;
}
