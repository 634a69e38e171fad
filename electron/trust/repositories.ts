/**
 * The repositories that the window shows: found in the trust directories, added by the person, the sandbox's own.
 * Privileged process. Reads and verifies; changes nothing but the metadata cache and the list in our own settings.
 */
import type { Gun, RoleName } from '../../shared/brands.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import type { CallOutput, EventPayload } from '../../shared/ipc/bridge.ts';
import type { RepositoryDetail, RepositoryRow, TagTable } from '../../shared/ipc/repositories.ts';
import { listKnownRepositories } from '../notary/known-repositories.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import { parseImageReference, registryOfGun } from '../registry/image-reference.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import type { TokenKey } from '../yubikey/token-keys.ts';
import { inParallel } from './in-parallel.ts';
import { signedNames, signedTags } from './inspect.ts';
import { type LocalKeys, readLocalKeys } from './local-keys.ts';
import type { Place, Places } from './places.ts';
import { fileOf, type RawMetadata, toText } from './raw-metadata.ts';
import { readRepository } from './read-repository.ts';
import {
  compareWithRegistry,
  findUnsignedTags,
  type RegistryDigests,
  type SignedNames,
  type UnsignedTags,
} from './registry-comparison.ts';
import { emptyDetail, toDetail } from './repository-detail.ts';
import {
  failedAt,
  freshnessOf,
  isGone,
  type RepositoryState,
  type RowFreshness,
  toRow,
  toWire,
} from './repository-row.ts';
import { readRootChain } from './root-chain.ts';
import { toTagTable } from './tag-table.ts';

export interface RepositoriesSetup {
  readonly places: Places;
  readonly crypto: TufCrypto;
  readonly now: () => Date;
  /** Keys on tokens that are plugged in. */
  readonly tokenKeys: () => readonly TokenKey[];
  /** The registry of the sandbox while it is stopped: nothing answers there, and that is no trouble of the network. */
  readonly stoppedRegistry: () => Promise<string | undefined>;
  readonly onChanged: (rows: EventPayload<'repositories.changed'>) => void;
  readonly onRefreshed: (progress: EventPayload<'repositories.refreshed'>) => void;
}

type AddResult = CallOutput<'repositories.add'>[number];

/** Repositories read at the same time: enough to hide a server's latency, few enough to be polite. */
const atOnce = 16;

interface Known {
  readonly verified: VerifiedRepository | undefined;
  readonly freshness: RowFreshness;
  /** Why the last reading failed. */
  readonly failure?: AppError;
}

export class Repositories {
  readonly #setup: RepositoriesSetup;
  readonly #known = new Map<Gun, Known>();
  readonly #reading = new Map<Gun, Promise<Known>>();

  constructor(setup: RepositoriesSetup) {
    this.#setup = setup;
  }

  /** Every row. What was never read since the start comes from the cache, which is verified all the same. */
  async list(): Promise<RepositoryRow[]> {
    const guns = await this.guns();
    const fresh = guns.filter((gun) => !this.#known.has(gun));
    await Promise.all(inParallel(fresh, atOnce, (gun) => this.#readCache(gun)));
    const keys = new Map<Place, Promise<LocalKeys>>();
    return Promise.all(guns.map(async (gun) => this.#row(gun, await this.#localKeys(gun, keys))));
  }

  /** What was verified of the repositories so far. */
  get verified(): readonly VerifiedRepository[] {
    return [...this.#known.values()].flatMap(({ verified }) => (verified === undefined ? [] : [verified]));
  }

  /** Adds rows by image reference; each reference has its own result. @throws `config/...`, `files/...` */
  async add(references: readonly string[]): Promise<AddResult[]> {
    const results = references.map(toAddResult);
    const guns = results.flatMap((result) => (result.ok ? [result.gun as Gun] : []));
    if (guns.length > 0) {
      await this.#setup.places.changeSettings((now) => ({
        ...now,
        added: [...new Set([...now.added, ...guns])],
        hidden: now.hidden.filter((gun) => !guns.includes(gun)),
      }));
      await this.announce();
    }
    return results;
  }

  /** Takes a row away; trust data stays where it is. @throws `config/...`, `files/...` */
  async hide(gun: Gun): Promise<void> {
    await this.#setup.places.changeSettings((now) => ({
      ...now,
      added: now.added.filter((one) => one !== gun),
      hidden: [...new Set([...now.hidden, gun])],
    }));
    await this.announce();
  }

  /** Tells the window all rows anew, e.g. after the settings changed. */
  async announce(): Promise<void> {
    this.#setup.onChanged(await this.list());
  }

  /** What was known of repositories of another configuration or sandbox is not to be shown any more. */
  forget(isForgotten: (gun: Gun) => boolean = () => true): void {
    for (const gun of [...this.#known.keys()]) if (isForgotten(gun)) this.#known.delete(gun);
  }

  /** Asks the servers, in parallel; every finished repository is told. */
  async refresh(guns: readonly Gun[] | undefined): Promise<void> {
    const all = guns ?? (await this.guns());
    const total = all.length;
    const keys = new Map<Place, Promise<LocalKeys>>();
    let done = 0;
    this.#setup.onRefreshed({ done, total });
    const work = async (gun: Gun): Promise<void> => {
      await this.#read(gun);
      const row = this.#row(gun, await this.#localKeys(gun, keys));
      done++;
      this.#setup.onRefreshed({ done, total, row });
    };
    await Promise.all(inParallel(all, atOnce, work));
  }

  async detail(gun: Gun): Promise<RepositoryDetail> {
    const { crypto, now } = this.#setup;
    const { verified } = await this.#present(gun);
    const local = await this.#localKeys(gun);
    const row = this.#row(gun, local);
    if (verified === undefined) return emptyDetail(row);
    const rootChain = await this.#rootChain(gun, verified);
    return toDetail({ row, verified, local, rootChain, crypto, now: now() });
  }

  /** @throws what reading it failed with, when nothing was ever verified */
  async tags(gun: Gun): Promise<TagTable> {
    return toTagTable(signedTags((await this.#verified(gun)).targets));
  }

  registryDigests(gun: Gun, tags: readonly string[]): Promise<RegistryDigests> {
    return compareWithRegistry(() => this.#place(gun).connector.connectRegistry(gun), tags);
  }

  async unsignedTags(gun: Gun): Promise<UnsignedTags> {
    const { verified, failure, freshness } = await this.#present(gun);
    // Where there is no trust data (any more), nothing is signed.
    if (verified === undefined && !isGone(freshness)) throw failure ?? unread();
    const isNothing = verified === undefined || isGone(freshness);
    const names = isNothing ? nothingSigned : signedNames(verified.targets);
    return findUnsignedTags(() => this.#place(gun).connector.connectRegistry(gun), names);
  }

  /**
   * The file of a role as it was verified, or an older version as the server keeps it (unverified).
   * @throws `trust/missing-role`, and what reading fails with
   */
  async rawMetadata(gun: Gun, role: RoleName, version: number | undefined): Promise<RawMetadata> {
    const verified = await this.#verified(gun);
    const present = fileOf(verified, role);
    if (version === undefined || version === present?.body.version) {
      if (present === undefined) throw new AppError('trust/missing-role', { role });
      return toText(present.bytes);
    }
    const { transport } = await this.#place(gun).connector.connect(gun);
    return toText((await transport.fetchByVersion(role, version)).bytes);
  }

  /** Found in the trust directories, the sandbox's own, and added; without the hidden ones. */
  async guns(): Promise<readonly Gun[]> {
    const { places } = this.#setup;
    const { added, hidden } = places.configured.settings;
    const found = await Promise.all(
      places.all.map(({ connector }) => listKnownRepositories(connector.trustDirectory)),
    );
    const own = places.all.flatMap(({ repositories }) => repositories);
    const all = new Set([...found.flat(), ...own, ...added]);
    return [...all].filter((gun) => !hidden.includes(gun)).sort();
  }

  #place(gun: Gun): Place {
    return this.#setup.places.placeOf(gun);
  }

  #row(gun: Gun, local: LocalKeys): RepositoryRow {
    const { sandbox } = this.#place(gun);
    const known = this.#known.get(gun) ?? { verified: undefined, freshness: { kind: 'never' } as const };
    const server = this.#serverOf(gun);
    const { verified, freshness } = known;
    const state: RepositoryState = { gun, sandbox, verified, freshness, server: server.url };
    const row = toRow(state, local, this.#setup.crypto);
    return server.problem === undefined ? row : { ...row, freshness: server.problem };
  }

  /** A server that cannot be chosen (http, say) is one row's trouble, not the list's. */
  #serverOf(gun: Gun): { readonly url: string; readonly problem: RowFreshness | undefined } {
    try {
      const { url } = this.#place(gun).connector.serverFor(registryOfGun(gun).registry);
      return { url, problem: undefined };
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { url: '', problem: failedAt(this.#setup.now().getTime(), error) };
    }
  }

  /** @param known read once per place while a list is made */
  async #localKeys(gun: Gun, known = new Map<Place, Promise<LocalKeys>>()): Promise<LocalKeys> {
    const place = this.#place(gun);
    const { tokenKeys } = this.#setup;
    const keys = known.get(place) ?? readLocalKeys(place.connector.trustDirectory, tokenKeys());
    known.set(place, keys);
    return keys;
  }

  /** What is known, read first when nothing is. */
  async #present(gun: Gun): Promise<Known> {
    const known = this.#known.get(gun);
    return known?.verified === undefined ? this.#read(gun) : known;
  }

  async #verified(gun: Gun): Promise<VerifiedRepository> {
    const { verified, failure } = await this.#present(gun);
    if (verified !== undefined) return verified;
    throw failure ?? unread();
  }

  /** Asks the server once, however many ask at the same time. */
  #read(gun: Gun): Promise<Known> {
    const started = this.#reading.get(gun) ?? this.#readNow(gun).finally(() => this.#reading.delete(gun));
    this.#reading.set(gun, started);
    return started;
  }

  async #readNow(gun: Gun): Promise<Known> {
    const now = this.#setup.now();
    let known: Known;
    try {
      await this.#mustRun(gun);
      const verified = await readRepository(this.#place(gun).connector, gun, { now });
      known = { verified, freshness: freshnessOf(verified) };
    } catch (error) {
      if (!isAppError(error)) throw error;
      // What was verified before stays visible; that it failed now is said.
      const verified = this.#known.get(gun)?.verified;
      known = { verified, freshness: failedAt(now.getTime(), error), failure: error };
    }
    this.#known.set(gun, known);
    return known;
  }

  /** Nothing is asked in place of a sandbox that is stopped. @throws `sandbox/not-running` */
  async #mustRun(gun: Gun): Promise<void> {
    const { registry } = registryOfGun(gun);
    if (!registry.startsWith('localhost:')) return;
    if (registry === (await this.#setup.stoppedRegistry())) throw new AppError('sandbox/not-running', {});
  }

  /** The cache, as far as it is valid; otherwise the server will be asked when the row is refreshed. */
  async #readCache(gun: Gun): Promise<void> {
    const now = this.#setup.now();
    try {
      const verified = await readRepository(this.#place(gun).connector, gun, { now, from: 'cache' });
      this.#known.set(gun, { verified, freshness: freshnessOf(verified) });
    } catch (error) {
      if (!isAppError(error)) throw error;
    }
  }

  async #rootChain(
    gun: Gun,
    { root, freshness }: VerifiedRepository,
  ): Promise<RepositoryDetail['rootChain']> {
    const isOnline = freshness.kind === 'verified';
    const transport = isOnline ? (await this.#place(gun).connector.connect(gun)).transport : undefined;
    return [...(await readRootChain(transport, root, this.#setup.crypto))];
  }
}

const nothingSigned: SignedNames = { released: [], unreleased: new Map() };

function unread(): Error {
  return new Error('read without an outcome');
}

function toAddResult(reference: string): AddResult {
  try {
    return { ok: true, reference, gun: parseImageReference(reference.trim()).gun };
  } catch (error) {
    if (isAppError(error)) return { ok: false, reference, error: toWire(error) };
    throw error;
  }
}
