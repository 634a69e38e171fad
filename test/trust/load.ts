/** The update sequence over files in memory: what the updater does over a network, without the network. */
import type { Gun, RoleName } from '../../shared/brands.ts';
import { hasCode, isAppError } from '../../shared/errors.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { ROOT, SNAPSHOT, TARGETS, TIMESTAMP } from '../../electron/tuf/names.ts';
import type { TrustPinning } from '../../electron/tuf/pinning.ts';
import { TrustedRepository } from '../../electron/tuf/trusted-repository.ts';
import type { RepositoryFiles } from '../simulator/repository-builder.ts';

export interface LoadOptions {
  readonly gun: Gun;
  readonly now: Date;
  readonly cache?: RepositoryFiles | undefined;
  readonly pinning?: TrustPinning | undefined;
}

/** Loads everything. Throws what the core throws; a missing file is a plain Error, as the network would say. */
export function load(server: RepositoryFiles, options: LoadOptions): TrustedRepository {
  const { gun, now, cache = new Map<string, Uint8Array>(), pinning } = options;
  const repository = new TrustedRepository({ gun, now, crypto: nodeCrypto, ...(pinning && { pinning }) });
  const cachedRoot = cache.get(ROOT);
  if (cachedRoot !== undefined) repository.loadCachedRoot(cachedRoot);
  updateRoot(repository, server);
  const remember = (role: RoleName): void => {
    const bytes = cache.get(role);
    if (bytes !== undefined) repository.rememberCached(role, bytes);
  };
  remember(TIMESTAMP);
  repository.updateTimestamp(fetched(server, TIMESTAMP));
  remember(SNAPSHOT);
  repository.updateSnapshot(fetched(server, SNAPSHOT));
  remember(TARGETS);
  repository.updateTargets(fetched(server, TARGETS));
  for (let next = repository.nextDelegation(); next !== undefined; next = repository.nextDelegation()) {
    remember(next.role);
    repository.updateDelegation(next.role, fetched(server, next.role));
  }
  return repository;
}

function updateRoot(repository: TrustedRepository, server: RepositoryFiles): void {
  const newest = fetched(server, ROOT);
  if (repository.root !== undefined && Buffer.from(newest).equals(repository.root.bytes)) return;
  try {
    repository.updateRoot(newest);
  } catch (error) {
    if (!hasCode(error, 'trust/root-rotation-refused')) throw error;
    walkRoots(repository, server);
    repository.updateRoot(newest);
  }
}

function walkRoots(repository: TrustedRepository, server: RepositoryFiles): void {
  for (let version = (repository.root?.body.version ?? 0) + 1; ; version++) {
    const step = server.get(`${String(version)}.root`);
    const after = server.get(`${String(version + 1)}.root`);
    if (step === undefined || after === undefined) return;
    repository.updateRoot(step, 'intermediate');
  }
}

function fetched(files: RepositoryFiles, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Error(`404 ${name}`);
  return bytes;
}

/** `ok`, the code that ended the update, or `skipped <code>` for the first role that was left out. */
export function outcome(server: RepositoryFiles, options: LoadOptions): string {
  try {
    const [problem] = load(server, options).problems.values();
    return problem === undefined ? 'ok' : `skipped ${problem.code}`;
  } catch (error) {
    if (isAppError(error)) return error.code;
    if (error instanceof Error && error.message.startsWith('404')) return error.message;
    throw error;
  }
}
