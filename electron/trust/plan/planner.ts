/**
 * Makes plans from wishes: reads the repository, finds the keys at hand, applies the pure edit of the use case.
 * Privileged side. Changes nothing anywhere; `publishing.ts` carries a plan out.
 */
import { randomUUID } from 'node:crypto';
import type { CanonicalKeyId, Gun, RoleName } from '../../../shared/brands.ts';
import { AppError, hasCode } from '../../../shared/errors.ts';
import type { StoredKey } from '../../keystore/key-directory.ts';
import { readChangelist } from '../../notary/changelist.ts';
import { knownBefore } from '../../notary/metadata-cache.ts';
import type { ReadMemories } from '../../notary/read-memory.ts';
import { serverHost } from '../../notary/trust-server.ts';
import { registryOfGun } from '../../registry/image-reference.ts';
import type { Change } from '../../tuf/change.ts';
import type { PublicKey, TargetsBody } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { Connector } from '../connector.ts';
import { readRepository } from '../read-repository.ts';
import { availableKeys, type PlanTokens } from './available-keys.ts';
import { type DelegationEdit, refuseExisting } from './change-delegations.ts';
import { addSignerChanges, isSignerName, parseSignerName, removeSignerEdit } from './change-signers.ts';
import { rolesWithDelegations } from './delegation-roles.ts';
import { deletionPlan, isUnverifiable } from './delete-repository.ts';
import { makeFirstSignaturePlan } from './first-signer.ts';
import { onlyThese } from './identity.ts';
import { withKeysElsewhere } from './keys-elsewhere.ts';
import { makeInitialPlan } from './make-initial-plan.ts';
import type { PlanRequest, PlanSource } from './make-plan.ts';
import { type OfflineRoots, refuseSecondRoot, sayOffline } from './offline-root.ts';
import type { AvailableKey, Plan, PlanKind, PlanRotation } from './plan.ts';
import { toPlanSource } from './publishing.ts';
import { keysForRoles } from './renew-roles.ts';
import { restoreChanges } from './restore-edit.ts';
import { revokeEdit } from './revoke-tags.ts';
import { refuseRootKeys } from './root-keys-only.ts';
import {
  parseRotation,
  rotatedKeyName,
  rotationChanges,
  rotationTitle,
  standInKey,
} from './rotation-plan.ts';
import { signEdit, type TagToSign } from './sign-tags.ts';
import { makePlanWithSnapshot, SnapshotHolders } from './snapshot-holder.ts';
import { toChanges } from './staged-changes.ts';
import { nameStandIn } from './stand-in.ts';

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

/** Which signer acts, when the keys of several are on this computer. */
export interface ActAs {
  readonly signAs?: string | undefined;
}

/** For a repository that does not exist yet: which root key, `new`, or undefined when there is at most one. */
interface NewRepository {
  readonly gun: Gun;
  readonly rootKey?: CanonicalKeyId | 'new' | undefined;
}

export interface SignWish extends ActAs, NewRepository {
  readonly tags: readonly TagToSign[];
}

export interface AddSignerWish extends NewRepository {
  readonly name: string;
  readonly keys: readonly PublicKey[];
}

export interface RotationWish {
  readonly gun: Gun;
  /** A base role; what else a person types is refused. */
  readonly role: string;
  readonly key?: PlanRotation['key'] | undefined;
}

export interface DelegationWish extends ActAs, DelegationEdit {
  readonly gun: Gun;
}

export interface RestoreWish {
  readonly gun: Gun;
  /** The files of a restore point. */
  readonly earlier: ReadonlyMap<RoleName, TargetsBody>;
}

interface Reading {
  readonly source: PlanSource;
  readonly available: readonly AvailableKey[];
}

export class Planner {
  readonly #services: PlannerServices;
  readonly #holders: SnapshotHolders;

  constructor(services: PlannerServices, holders: SnapshotHolders = new SnapshotHolders(services)) {
    this.#services = services;
    this.#holders = holders;
  }

  /** The same, for a plan that is signed on other computers: their keys count as well. */
  countingKeysElsewhere(which: 'snapshot' | 'all' = 'all'): Planner {
    return new Planner({ ...this.#services, countsElsewhere: which }, this.#holders);
  }

  /** The private keys at hand for a repository, in files and on tokens. */
  async keysHere(gun: Gun): Promise<readonly AvailableKey[]> {
    return this.#available(await this.#services.connectorFor(gun));
  }

  /**
   * Makes repository and signer in the same publish when there is none yet, as docker does.
   * @throws `signer/*`, `plan/*`, `plan/gone-from-server`
   */
  async sign(wish: SignWish): Promise<Plan> {
    const reading = await this.#readIfThere(wish.gun);
    if (reading === undefined) return this.#signFirst(wish);
    const edit = signEdit(reading.source, wish.tags, reading.available, wish.signAs, this.#services.crypto);
    return this.#plan(reading, 'sign', `Sign ${count(wish.tags.length, 'tag')}`, edit.changes, edit.keyIds);
  }

  /** @throws `trust/no-signed-tag`, `signer/*`, `plan/*`, `trust/no-data` */
  async revoke(
    wish: ActAs & { readonly gun: Gun; readonly tags: readonly string[] | undefined },
  ): Promise<Plan> {
    const reading = await this.#read(wish.gun);
    const edit = revokeEdit(reading.source, wish.tags, reading.available, wish.signAs, this.#services.crypto);
    const title = wish.tags === undefined ? 'Revoke all tags' : `Revoke ${count(wish.tags.length, 'tag')}`;
    return this.#plan(reading, 'revoke', title, edit.changes, edit.keyIds);
  }

  /**
   * Initialises the repository in the same publish when there is none.
   * @throws `signer/malformed-name`, `signer/reserved-name`, `signer/root-key`, `plan/choose-root-key`, `plan/cannot-sign`,
   *   `plan/gone-from-server`
   */
  async addSigner(wish: AddSignerWish): Promise<Plan> {
    parseSignerName(wish.name);
    const changes = addSignerChanges(wish.name, wish.keys);
    const title = `Add signer ${wish.name}`;
    const reading = await this.#readIfThere(wish.gun);
    if (reading === undefined) return this.#initialPlan(wish, 'signer-add', title, changes);
    const { available, source } = reading;
    refuseRootKeys(changes, { gun: wish.gun, available, root: source.root }, this.#services.crypto);
    return this.#plan(reading, 'signer-add', title, changes, []);
  }

  /** @throws `signer/unknown`, `signer/reserved-name`, `signer/choose`, `plan/cannot-sign` */
  async removeSigner(wish: ActAs & { readonly gun: Gun; readonly name: string }): Promise<Plan> {
    parseSignerName(wish.name);
    const reading = await this.#read(wish.gun);
    const { crypto, now } = this.#services;
    const edit = removeSignerEdit(reading.source, wish.name, reading.available, wish.signAs, now(), crypto);
    return this.#plan(reading, 'signer-remove', `Remove signer ${wish.name}`, edit.changes, edit.keyIds);
  }

  /** Signs a role's file again as it is: to renew its expiry or to bring it back. @throws `plan/cannot-sign` */
  async witness(wish: ActAs & { readonly gun: Gun; readonly roles: readonly RoleName[] }): Promise<Plan> {
    const reading = await this.#read(wish.gun);
    const { source, available } = reading;
    const changes = wish.roles.map((role): Change => ({ kind: 'witness', role }));
    const keyIds = keysForRoles(source, wish.roles, available, wish.signAs, this.#services.crypto);
    return this.#plan(reading, 'witness', `Sign ${wish.roles.join(', ')} again`, changes, keyIds);
  }

  /**
   * Another key in the place of a base role's. Without `key` a new one: the server's own for the timestamp.
   * @throws `plan/rotation-refused`, `keystore/key-not-found`, `plan/cannot-sign`, `plan/root-key-offline`
   */
  async rotate(wish: RotationWish): Promise<Plan> {
    const reading = await this.#read(wish.gun);
    try {
      return await this.#rotation(wish, reading);
    } catch (error) {
      throw await sayOffline(error, wish.gun, this.#services.offlineRoots);
    }
  }

  async #rotation(wish: RotationWish, { source, available }: Reading): Promise<Plan> {
    const { crypto } = this.#services;
    const rotation = parseRotation(wish.role, wish.key, available);
    const plan = await this.#make(source, {
      ...this.#request('rotate', rotationTitle(rotation.role), rotationChanges(rotation)),
      rotation,
      available: [...available, ...standInKey(rotation, available, crypto)],
      mayUse: onlyThese([]),
    });
    return nameStandIn(plan, rotatedKeyName(rotation), crypto);
  }

  /** An empty repository, without signers. @throws `plan/exists`, `plan/choose-root-key` */
  async initialise(wish: NewRepository): Promise<Plan> {
    if ((await this.#readIfThere(wish.gun)) !== undefined)
      throw new AppError('plan/exists', { gun: wish.gun });
    return this.#initialPlan(wish, 'initialise', 'Create the repository', []);
  }

  /**
   * All its trust data leaves the server, also what cannot be verified any more.
   * @throws `trust/no-data` when there is nothing to delete, `network/*`
   */
  async delete(gun: Gun): Promise<Plan> {
    const connector = await this.#services.connectorFor(gun);
    const server = connector.serverFor(registryOfGun(gun).registry).url;
    const found = await this.#read(gun).then(
      ({ source }) => ({ source, problem: undefined }),
      (problem: unknown) => {
        if (!isUnverifiable(problem)) throw problem;
        return { source: undefined, problem };
      },
    );
    return deletionPlan({ gun, server, ...found, now: this.#services.now() }, this.#services.crypto);
  }

  /**
   * Tags and delegations as they were before an earlier publish.
   * @throws `plan/nothing-to-do`, `plan/cannot-sign`, `signer/choose`
   */
  async restore(wish: ActAs & RestoreWish): Promise<Plan> {
    const reading = await this.#read(wish.gun);
    const { source, available } = reading;
    const { crypto } = this.#services;
    const present = new Map([...source.targets].map(([role, file]) => [role, file.body]));
    const changes = restoreChanges(present, wish.earlier, crypto);
    const roles = changes.map(({ role }) => role as RoleName);
    const keyIds = keysForRoles(source, roles, available, wish.signAs, crypto, wish.earlier);
    return this.#plan(reading, 'restore', 'Restore what was signed before', changes, keyIds);
  }

  /**
   * Changes of delegations, as `change-delegations.ts` lists them.
   * @throws `trust/invalid-change`, `signer/root-key`, `plan/nothing-to-do`, `plan/cannot-sign`, `signer/choose`
   */
  async changes(wish: DelegationWish): Promise<Plan> {
    const reading = await this.#read(wish.gun);
    const { source, available } = reading;
    const { crypto } = this.#services;
    refuseExisting(source, wish);
    refuseRootKeys(wish.changes, { gun: wish.gun, available, root: source.root }, crypto);
    const roles = rolesWithDelegations(source, wish.changes, crypto);
    const keyIds = keysForRoles(source, roles, available, wish.signAs, crypto);
    return this.#plan(reading, 'delegation', wish.title, wish.changes, keyIds);
  }

  /** What notary staged on this computer, because the person includes it. @throws `plan/staged-unreadable` */
  async staged(gun: Gun): Promise<Plan> {
    const reading = await this.#read(gun);
    const { trustDirectory } = await this.#services.connectorFor(gun);
    const list = await readChangelist(trustDirectory, gun);
    const [bad] = list.unreadable;
    if (bad !== undefined) throw new AppError('plan/staged-unreadable', { ...bad });
    const all = reading.available.map((key) => key.keyId);
    const title = `Publish ${count(list.changes.length, 'staged change')}`;
    const files = list.changes.map((change) => change.file);
    return this.#plan(reading, 'staged', title, list.changes.flatMap(toChanges), all, files);
  }

  async #plan(
    { source, available }: Reading,
    kind: PlanKind,
    title: string,
    changes: readonly Change[],
    keyIds: readonly CanonicalKeyId[],
    staged: readonly string[] = [],
  ): Promise<Plan> {
    const request = { ...this.#request(kind, title, changes), staged, available, mayUse: onlyThese(keyIds) };
    return this.#make(source, request);
  }

  #make(source: PlanSource, request: PlanRequest): Promise<Plan> {
    const { crypto, countsElsewhere } = this.#services;
    return makePlanWithSnapshot(source, request, this.#holders, countsElsewhere !== undefined, crypto);
  }

  #request(kind: PlanKind, title: string, changes: readonly Change[]) {
    return { id: randomUUID(), kind, title, changes, now: this.#services.now() };
  }

  async #initialPlan(
    wish: NewRepository,
    kind: PlanKind,
    title: string,
    changes: readonly Change[],
  ): Promise<Plan> {
    const { crypto } = this.#services;
    const place = await this.#newPlace(wish, kind === 'initialise');
    refuseRootKeys(changes, { gun: wish.gun, available: place.available, root: undefined }, crypto);
    return makeInitialPlan({ ...place, kind, title, changes, mayUse: onlyThese([]) }, crypto);
  }

  async #signFirst(wish: SignWish): Promise<Plan> {
    const place = await this.#newPlace(wish, false);
    const name = wish.signAs ?? (await this.#accountName(wish.gun));
    return makeFirstSignaturePlan({ ...place, name, tags: wish.tags }, this.#services.crypto);
  }

  /** docker: the account of the registry names the first signer. @throws `signer/name-needed` */
  async #accountName(gun: Gun): Promise<string> {
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
  async #newPlace(wish: NewRepository, isDeliberate: boolean) {
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

  async #read(gun: Gun): Promise<Reading> {
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

  async #readIfThere(gun: Gun): Promise<Reading | undefined> {
    try {
      return await this.#read(gun);
    } catch (error) {
      if (hasCode(error, 'trust/no-data')) return undefined;
      throw error;
    }
  }

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

function count(n: number, one: string): string {
  return `${String(n)} ${one}${n === 1 ? '' : 's'}`;
}
