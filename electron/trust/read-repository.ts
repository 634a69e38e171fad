/**
 * Reads one repository over a connector. Privileged process; shared by the window, the command line and the doctor.
 * Changes nothing but the metadata cache.
 */
import type { Gun } from '../../shared/brands.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import type { ReadMemory } from '../notary/read-memory.ts';
import { type LoadOptions, loadRepository } from '../notary/updater.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import type { Connector } from './connector.ts';

export interface ReadOptions {
  readonly now: Date;
  /** See `LoadOptions.from`. */
  readonly from?: LoadOptions['from'];
  readonly signal?: AbortSignal;
  /** What the same operation has read before. */
  readonly memory?: ReadMemory | undefined;
}

/** The verified repository. @throws as `Connector.connect` and `loadRepository` */
export async function readRepository(
  connector: Connector,
  gun: Gun,
  { now, from = 'server-or-cache', signal, memory }: ReadOptions,
): Promise<VerifiedRepository> {
  const { transport, cache, pinning } = await connector.connect(gun, { signal });
  return loadRepository(gun, { transport, cache, pinning, crypto: nodeCrypto, now, from, memory });
}
