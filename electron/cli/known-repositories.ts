/**
 * Every repository that this computer knows, read for what its keys are: from its server, or as it was when the server
 * was last asked. Command line. Advice is made of it, nothing is signed by it, so old data is better than none, and said.
 */
import type { Gun } from '../../shared/brands.ts';
import { type AppError, isAppError } from '../../shared/errors.ts';
import { listKnownRepositories } from '../notary/known-repositories.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import type { Connector } from '../trust/connector.ts';
import { inParallel } from '../trust/in-parallel.ts';
import { readRepository } from '../trust/read-repository.ts';
import { TIMESTAMP } from '../tuf/names.ts';
import type { KeyDesk } from './key-desk.ts';
import type { Terminal } from './terminal.ts';

export interface KnownRepository {
  readonly gun: Gun;
  /** Whose keys sign it: those of this computer, or the sandbox's own. */
  readonly place: { readonly trustDirectory: string; readonly sandbox: boolean };
  /** Undefined when neither the server nor the cache gives anything that can be believed. */
  readonly repository: VerifiedRepository | undefined;
  /** Why the server's present state could not be had. */
  readonly problem: AppError | undefined;
}

const atOnce = 8;

/** @param guns those that are asked for; all that are known when undefined. @throws `config/*` */
export async function readKnownRepositories(
  desk: KeyDesk,
  terminal: Terminal,
  guns?: readonly Gun[],
): Promise<readonly KnownRepository[]> {
  const wanted = guns ?? (await listKnownRepositories(desk.trustDirectory));
  return Promise.all(inParallel(wanted, atOnce, (gun) => readKnown(desk, gun, terminal.now())));
}

async function readKnown(desk: KeyDesk, gun: Gun, now: Date): Promise<KnownRepository> {
  const { trustDirectory } = desk;
  try {
    const { connector, sandbox } = await desk.connectorFor(gun);
    return await readOver(connector, gun, { now, sandbox });
  } catch (error) {
    // The sandbox is not running, or a server is not to be spoken to.
    if (!isAppError(error)) throw error;
    return { gun, place: { trustDirectory, sandbox: false }, repository: undefined, problem: error };
  }
}

async function readOver(
  connector: Connector,
  gun: Gun,
  { now, sandbox }: { readonly now: Date; readonly sandbox: boolean },
): Promise<KnownRepository> {
  const place = { trustDirectory: connector.trustDirectory, sandbox };
  try {
    return { gun, place, repository: await readRepository(connector, gun, { now }), problem: undefined };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { gun, place, repository: await readAsOfThen(connector, gun), problem: error };
  }
}

/** Everything is verified as usual, on the day the server last confirmed it. */
async function readAsOfThen(connector: Connector, gun: Gun): Promise<VerifiedRepository | undefined> {
  try {
    const { cache } = await connector.connect(gun);
    const at = await cache.confirmedAt(TIMESTAMP);
    if (at === undefined) return undefined;
    return await readRepository(connector, gun, { now: new Date(at), from: 'cache' });
  } catch (error) {
    if (!isAppError(error)) throw error;
    // The first failure is the one that is said.
    return undefined;
  }
}
