/**
 * What plans are made from: the repository as its server has it now, the keys at hand, and for a repository that is to be
 * made its place and its root key. Privileged side; changes nothing.
 */
import { randomUUID } from 'node:crypto';
import type { Gun } from '../../../shared/brands.ts';
import { AppError, hasCode } from '../../../shared/errors.ts';
import type { StoredKey } from '../../keystore/key-directory.ts';
import { knownBefore } from '../../notary/metadata-cache.ts';
import type { ReadMemories } from '../../notary/read-memory.ts';
import { serverHost } from '../../notary/trust-server.ts';
import { registryOfGun } from '../../registry/image-reference.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { Connector } from '../connector.ts';
import { readRepository } from '../read-repository.ts';
import { availableKeys, type PlanTokens } from './available-keys.ts';
import { isSignerName } from './change-signers.ts';
import { withKeysElsewhere } from './keys-elsewhere.ts';
import type { PlanSource } from './make-plan.ts';
import { type OfflineRoots, refuseSecondRoot } from './offline-root.ts';
import type { AvailableKey } from './plan.ts';
import { toPlanSource } from './publishing.ts';
import type { NewRepository } from './wishes.ts';

export interface PlannerServices {
  readonly connectorFor: (gun: Gun) => Promise<Connector>;
  readonly listKeys: (trustDirectory: string) => Promise<readonly StoredKey[]>;
  /** Absent where tokens are not used. */
  readonly tokens?: Pick<PlanTokens, 'keys'> | undefined;
  /** Shared with publishing, which reads the same again. */
  readonly memories?: ReadMemories;
  /** Plans with keys of other computers too, to be carried there: with the snapshot's, or with everybody's. */
  readonly countsElsewhere?: 'snapshot' | 'all';
  /** Absent where nothing is known of keys that are kept offline. */
  readonly offlineRoots?: OfflineRoots | undefined;
  readonly crypto: TufCrypto;
  readonly now: () => Date;
}

/** A repository that is there, and the keys that may sign for it. */
export interface Reading {
  readonly source: PlanSource;
  readonly available: readonly AvailableKey[];
}

export class PlanReader {
  readonly #services: PlannerServices;

  constructor(services: PlannerServices) {
    this.#services = services;
  }

  /** The private keys at hand for a repository, in files and on tokens. */
  async keysHere(gun: Gun): Promise<readonly AvailableKey[]> {
    return this.#available(await this.#services.connectorFor(gun));
  }

  /** The repository as its server has it now, beside the keys at hand. @throws `trust/*`, `network/*` */
  async read(gun: Gun): Promise<Reading> {
    const connector = await this.#services.connectorFor(gun);
    const memory = this.#services.memories?.of(gun);
    const [repository, available] = await Promise.all([
      readRepository(connector, gun, { now: this.#services.now(), from: 'server', memory }),
      this.#available(connector),
    ]);
    const source = toPlanSource(repository);
    if (this.#services.countsElsewhere !== 'all') return { source, available };
    return { source, available: withKeysElsewhere(source, available, this.#services.crypto) };
  }

  /** The same, undefined where the server has nothing of it. */
  async readIfThere(gun: Gun): Promise<Reading | undefined> {
    try {
      return await this.read(gun);
    } catch (error) {
      if (hasCode(error, 'trust/no-data')) return undefined;
      throw error;
    }
  }

  /** docker: the account of the registry names the first signer. @throws `signer/name-needed` */
  async accountName(gun: Gun): Promise<string> {
    const connector = await this.#services.connectorFor(gun);
    const account = await connector.accountFor(registryOfGun(gun).registry);
    if (account === undefined || !isSignerName(account)) {
      throw new AppError('signer/name-needed', { gun, account: account ?? null });
    }
    return account;
  }

  /**
   * What every plan of a repository that is made needs. @param isDeliberate the person asks for nothing else
   * @throws `plan/choose-root-key`, `plan/root-key-offline`, `plan/gone-from-server`
   */
  async newPlace(wish: NewRepository, isDeliberate: boolean) {
    const { now, connectorFor } = this.#services;
    const connector = await connectorFor(wish.gun);
    const server = connector.serverFor(registryOfGun(wish.gun).registry).url;
    const known = await knownBefore(connector.trustDirectory, wish.gun);
    if (known === 'published' && !isDeliberate)
      throw new AppError('plan/gone-from-server', { gun: wish.gun, server: serverHost(server) });
    const available = await this.#available(connector);
    await refuseSecondRoot(wish, available, this.#services.offlineRoots);
    const rootKey = chooseRootKey(wish, available);
    const isOtherRootKnown = known !== 'nothing';
    return { id: randomUUID(), available, gun: wish.gun, server, rootKey, isOtherRootKnown, now: now() };
  }

  /** The private keys at hand, in files and on tokens. */
  async #available(connector: Connector): Promise<readonly AvailableKey[]> {
    const { listKeys, tokens } = this.#services;
    const [files, onTokens] = await Promise.all([listKeys(connector.trustDirectory), tokens?.keys() ?? []]);
    return availableKeys(files, onTokens);
  }
}

/** The named key, the only one, or a new one; never a guess among several. */
function chooseRootKey(wish: NewRepository, available: readonly AvailableKey[]): AvailableKey | undefined {
  const roots = available.filter((key) => key.role === 'root');
  if (wish.rootKey === 'new') return undefined;
  if (wish.rootKey !== undefined) {
    const found = roots.find((key) => key.keyId === wish.rootKey);
    if (found === undefined) throw new AppError('keystore/key-not-found', { keyId: wish.rootKey });
    return found;
  }
  if (roots.length > 1) {
    throw new AppError('plan/choose-root-key', { gun: wish.gun, keyIds: roots.map((key) => key.keyId) });
  }
  return roots[0];
}
