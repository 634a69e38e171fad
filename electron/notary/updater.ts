/**
 * Reads one repository: the sequence of downloads, in the order in which the trusted repository can believe them.
 * Main process and command line. Every rule of trust is in `electron/tuf`; this file only decides what to fetch,
 * when the cache will do, and what is kept.
 */
import type { Gun, RoleName } from '../../shared/brands.ts';
import { AppError, hasCode, isAppError } from '../../shared/errors.ts';
import { rememberDigests } from '../crypto/remembered-digests.ts';
import type { MetadataFile } from '../tuf/model.ts';
import { ROOT, SNAPSHOT, TARGETS, TIMESTAMP } from '../tuf/names.ts';
import type { TrustPinning } from '../tuf/pinning.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import { TrustedRepository } from '../tuf/trusted-repository.ts';
import { isFailureToReach, isWorthAnotherRoot } from './failure-kinds.ts';
import type { MetadataCache } from './metadata-cache.ts';
import { readAhead } from './read-ahead.ts';
import { ReadMemory } from './read-memory.ts';
import { repositoryWarnings } from './repository-warnings.ts';
import { RoleSource } from './role-source.ts';
import { fetchFirstRoot, fetchNextRoot, updateRoots } from './root-update.ts';
import type { NotaryTransport } from './transport.ts';
import { serverHost } from './trust-server.ts';
import type { Freshness, VerifiedRepository } from './verified-repository.ts';

export interface LoadOptions {
  readonly transport: NotaryTransport;
  readonly cache: MetadataCache;
  readonly crypto: TufCrypto;
  /** Taken once per operation; every date is compared with it. */
  readonly now: Date;
  readonly pinning?: TrustPinning | undefined;
  /**
   * `server-or-cache` (default): valid cached data when the server cannot be reached, and said.
   * `server`: only what the server confirmed now (before a change). `cache`: the server is not asked.
   */
  readonly from?: 'server-or-cache' | 'server' | 'cache';
  /** What the same operation has read before; its `crypto` is used then. */
  readonly memory?: ReadMemory | undefined;
}

/**
 * The verified repository. Throws `trust/no-data` (unknown to the server), other `trust/...` (not to be believed;
 * never answered from the cache), `network/...`, `notary/...`, `config/...`, `files/...`.
 */
export async function loadRepository(gun: Gun, options: LoadOptions): Promise<VerifiedRepository> {
  const { transport, from = 'server-or-cache' } = options;
  if (from === 'cache') return loadCached(gun, options, notAsked(serverHost(transport.server)));
  try {
    return await loadFromServer(gun, options);
  } catch (error) {
    const reason = (await hasNothingAnyMore(error, options)) ? noData(gun, transport.server, error) : error;
    if (from === 'server' || !isFailureToReach(error)) throw reason;
    return await loadCachedInstead(gun, options, reason as AppError);
  }
}

/** It was known here, and neither its timestamp nor any root is with the server now: it was deleted there. */
async function hasNothingAnyMore(error: unknown, { transport }: LoadOptions): Promise<boolean> {
  if (!hasCode(error, 'notary/metadata-missing') || error.details.role !== TIMESTAMP) return false;
  return transport.fetchCurrent(ROOT).then(
    () => false,
    (again: unknown) => hasCode(again, 'notary/metadata-missing'),
  );
}

function noData(gun: Gun, server: string, cause: unknown): AppError {
  return new AppError('trust/no-data', { gun, server: serverHost(server) }, { cause });
}

interface Run {
  readonly options: LoadOptions;
  readonly memory: ReadMemory;
  readonly trusted: TrustedRepository;
  readonly source: RoleSource;
}

function newRun(gun: Gun, options: LoadOptions): Run {
  const { now, pinning, transport, cache } = options;
  const memory = options.memory ?? new ReadMemory(rememberDigests(options.crypto));
  const { crypto } = memory;
  const trust = pinning === undefined ? {} : { pinning };
  const trusted = new TrustedRepository({ gun, crypto, now, memory, ...trust });
  return { options, memory, trusted, source: new RoleSource(transport, cache, crypto, memory) };
}

async function loadFromServer(gun: Gun, options: LoadOptions): Promise<VerifiedRepository> {
  const run = newRun(gun, options);
  const { trusted, source } = run;
  const known = await source.cached(ROOT);
  if (known === undefined) await fetchFirstRoot(trusted, source, serverHost(options.transport.server));
  else await startFromCachedRoot(run, known);
  await passUntilRootIsNewest(run, known !== undefined);
  await keep(run);
  return toVerified(run, { kind: 'verified', at: options.now.getTime() });
}

/** The timestamp is already on its way while the cache is read. */
async function startFromCachedRoot({ trusted, source, memory }: Run, known: Uint8Array): Promise<void> {
  void source.timestamp();
  if (!trusted.loadCachedRoot(known)) await updateRoots(trusted, source);
  await readAhead(source, memory);
}

/**
 * Loads everything below the root. When that fails for what may be an old root's fault, the root is brought up to
 * date and all is tried once more; when it succeeds below a root of the cache, the server is still asked for a newer
 * one, so that stolen timestamp and snapshot keys cannot hide that they were replaced. A root that the server itself
 * gave as its present one a moment ago is not asked after.
 */
async function passUntilRootIsNewest(run: Run, keepRoots: boolean): Promise<void> {
  const { trusted, source } = run;
  try {
    const next = await pass(run, keepRoots);
    if (next === undefined) return;
    await updateRoots(trusted, source, next);
  } catch (error) {
    if (!isWorthAnotherRoot(error)) throw error;
    const changed = await updateRootsAfter(error, run);
    if (!changed && !hasCode(error, 'notary/metadata-missing')) throw error;
  }
  if (keepRoots) await keepRoot(run);
  source.renewTimestamp();
  await pass(run, false);
}

/**
 * SECURITY: when no newer root can be fetched, what was wrong before stays the outcome: a server that answers with
 * invalid data and then with nothing must not bring us to use the cache.
 */
async function updateRootsAfter(failure: unknown, { trusted, source }: Run): Promise<boolean> {
  try {
    return await updateRoots(trusted, source);
  } catch (error) {
    throw isFailureToReach(error) ? failure : error;
  }
}

/** Timestamp, snapshot, targets, delegations. Answers the root after the present one, if it is asked for and there. */
async function pass(run: Run, asksNext: boolean): Promise<Uint8Array | undefined> {
  const { trusted, source } = run;
  const timestamp = await source.timestamp();
  await rememberCached(run, TIMESTAMP);
  trusted.updateTimestamp(timestamp);
  const next = asksNext ? fetchNextRoot(trusted, source).catch(() => undefined) : undefined;
  await take(run, SNAPSHOT, (bytes) => trusted.updateSnapshot(bytes));
  await take(run, TARGETS, (bytes) => trusted.updateTargets(bytes));
  await takeDelegations(run);
  return next;
}

async function takeDelegations(run: Run): Promise<void> {
  const { trusted } = run;
  await prefetch(run, TARGETS);
  for (let next = trusted.nextDelegation(); next !== undefined; next = trusted.nextDelegation()) {
    const { role } = next;
    await take(run, role, (bytes) => trusted.updateDelegation(role, bytes));
    await prefetch(run, role);
  }
}

/** Starts the downloads of a role's children together; they are taken in their order later. */
async function prefetch({ trusted, source }: Run, parent: RoleName): Promise<void> {
  for (const { name } of trusted.targets.get(parent)?.body.delegations ?? []) {
    const announced = trusted.announced(name);
    if (announced === undefined || (await source.cachedAsAnnounced(name, announced)) !== undefined) continue;
    void source.announced(name, announced);
  }
}

/** Gives `accept` the announced bytes of a role: from the cache when they are the same, else from the server. */
async function take(run: Run, role: RoleName, accept: (bytes: Uint8Array) => unknown): Promise<void> {
  const { trusted, source } = run;
  const announced = trusted.announced(role);
  if (announced === undefined) throw new AppError('trust/missing-role', { role });
  const cached = await source.cachedAsAnnounced(role, announced);
  if (cached === undefined) await rememberCached(run, role);
  accept(cached ?? (await source.announced(role, announced)));
}

/** SECURITY: what was believed before sets the version below which the server's file is a rollback. */
async function rememberCached({ trusted, source }: Run, role: RoleName): Promise<void> {
  const cached = await source.cached(role);
  if (cached !== undefined) trusted.rememberCached(role, cached);
}

/** Keeps what changed; the timestamp last, so that a crash in between is repaired by the next update. */
async function keep(run: Run): Promise<void> {
  const { trusted, options } = run;
  const { root, targets, unusable, snapshot } = trusted;
  await keepFile(run, snapshot); // makes the folder, which the others then find
  await Promise.all([root, ...targets.values(), ...unusable.values()].map((file) => keepFile(run, file)));
  await keepFile(run, trusted.timestamp);
  await options.cache.confirm(TIMESTAMP, options.now);
}

async function keepRoot(run: Run): Promise<void> {
  await keepFile(run, run.trusted.root);
}

async function keepFile({ options, source }: Run, file: MetadataFile | undefined): Promise<void> {
  if (file === undefined) return;
  const cached = await source.cached(file.role);
  if (cached === file.bytes || (cached !== undefined && Buffer.compare(cached, file.bytes) === 0)) return;
  await options.cache.write(file.role, file.bytes);
}

/** The cache's answer in place of the server's; when it has none, the reason is the outcome. */
async function loadCachedInstead(
  gun: Gun,
  options: LoadOptions,
  reason: AppError,
): Promise<VerifiedRepository> {
  try {
    return await loadCached(gun, options, reason);
  } catch (error) {
    if (isAppError(error) && isCacheUnusable(error)) throw reason;
    throw error;
  }
}

/** Not in the cache, or not valid (any more). A folder that cannot be read is another matter and is said. */
function isCacheUnusable(error: AppError): boolean {
  return error.code.startsWith('trust/');
}

/** Everything from the cache, verified by the same rules as from the server. Throws `trust/...`. */
async function loadCached(gun: Gun, options: LoadOptions, reason: AppError): Promise<VerifiedRepository> {
  const run = newRun(gun, options);
  const { trusted, source } = run;
  const read = async (role: RoleName): Promise<Uint8Array> => {
    const bytes = await source.cached(role);
    if (bytes === undefined)
      throw new AppError('trust/no-data', { gun, server: serverHost(options.transport.server) });
    return bytes;
  };
  trusted.loadCachedRoot(await read(ROOT));
  trusted.updateTimestamp(await read(TIMESTAMP));
  trusted.updateSnapshot(await read(SNAPSHOT));
  trusted.updateTargets(await read(TARGETS));
  for (let next = trusted.nextDelegation(); next !== undefined; next = trusted.nextDelegation())
    trusted.updateDelegation(next.role, await read(next.role));
  const at = (await options.cache.confirmedAt(TIMESTAMP)) ?? 0;
  return toVerified(run, { kind: 'cached', at, reason });
}

function toVerified({ trusted, options, source, memory }: Run, freshness: Freshness): VerifiedRepository {
  const { root, timestamp, snapshot, targets, unusable, problems, gun } = trusted;
  if (root === undefined || timestamp === undefined || snapshot === undefined)
    throw new Error('an incomplete update');
  const { now, cache, transport } = options;
  const { crypto } = memory;
  const unverifiedHost = source.tlsVerified ? undefined : serverHost(transport.server);
  const stagedChanges = cache.countStagedChanges();
  const warnings = repositoryWarnings(trusted, { now, crypto, unverifiedHost, stagedChanges });
  return {
    gun,
    server: transport.server,
    root,
    timestamp,
    snapshot,
    targets,
    unusable,
    problems,
    freshness,
    warnings,
  };
}

function notAsked(server: string): AppError {
  return new AppError('notary/not-asked', { server });
}
