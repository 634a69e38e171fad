/**
 * Makes plans from wishes: reads the repository, finds the keys at hand, applies the pure edit of the use case.
 * Privileged side. Changes nothing anywhere; `publishing.ts` carries a plan out.
 */
import { randomUUID } from 'node:crypto';
import type { CanonicalKeyId, Gun, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { readChangelist } from '../../notary/changelist.ts';
import { registryOfGun } from '../../registry/image-reference.ts';
import type { Change } from '../../tuf/change.ts';
import { refuseExisting } from './change-delegations.ts';
import { addSignerChanges, parseSignerName, removeSignerEdit } from './change-signers.ts';
import { rolesWithDelegations } from './delegation-roles.ts';
import { deletionPlan, isUnverifiable } from './delete-repository.ts';
import { makeFirstSignaturePlan } from './first-signer.ts';
import { onlyThese } from './identity.ts';
import { makeInitialPlan } from './make-initial-plan.ts';
import type { PlanRequest, PlanSource } from './make-plan.ts';
import { sayOffline } from './offline-root.ts';
import { PlanReader, type PlannerServices, type Reading } from './plan-reader.ts';
import type { AvailableKey, Plan, PlanKind } from './plan.ts';
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
import { signEdit } from './sign-tags.ts';
import { makePlanWithSnapshot, SnapshotHolders } from './snapshot-holder.ts';
import { toChanges } from './staged-changes.ts';
import { nameStandIn } from './stand-in.ts';
import type {
  ActAs,
  AddSignerWish,
  DelegationWish,
  NewRepository,
  RestoreWish,
  RotationWish,
  SignWish,
} from './wishes.ts';

export class Planner {
  readonly #services: PlannerServices;
  readonly #reader: PlanReader;
  readonly #holders: SnapshotHolders;

  constructor(services: PlannerServices, holders: SnapshotHolders = new SnapshotHolders(services)) {
    this.#services = services;
    this.#reader = new PlanReader(services);
    this.#holders = holders;
  }

  /** The same, for a plan that is signed on other computers: their keys count as well. */
  countingKeysElsewhere(which: 'snapshot' | 'all' = 'all'): Planner {
    return new Planner({ ...this.#services, countsElsewhere: which }, this.#holders);
  }

  /** The private keys at hand for a repository, in files and on tokens. */
  async keysHere(gun: Gun): Promise<readonly AvailableKey[]> {
    return this.#reader.keysHere(gun);
  }

  /**
   * Makes repository and signer in the same publish when there is none yet, as docker does.
   * @throws `signer/*`, `plan/*`, `plan/gone-from-server`
   */
  async sign(wish: SignWish): Promise<Plan> {
    const reading = await this.#reader.readIfThere(wish.gun);
    if (reading === undefined) return this.#signFirst(wish);
    const edit = signEdit(reading.source, wish.tags, reading.available, wish.signAs, this.#services.crypto);
    return this.#plan(reading, 'sign', `Sign ${count(wish.tags.length, 'tag')}`, edit.changes, edit.keyIds);
  }

  /** @throws `trust/no-signed-tag`, `signer/*`, `plan/*`, `trust/no-data` */
  async revoke(
    wish: ActAs & { readonly gun: Gun; readonly tags: readonly string[] | undefined },
  ): Promise<Plan> {
    const reading = await this.#reader.read(wish.gun);
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
    const reading = await this.#reader.readIfThere(wish.gun);
    if (reading === undefined) return this.#initialPlan(wish, 'signer-add', title, changes);
    const { available, source } = reading;
    refuseRootKeys(changes, { gun: wish.gun, available, root: source.root }, this.#services.crypto);
    return this.#plan(reading, 'signer-add', title, changes, []);
  }

  /** @throws `signer/unknown`, `signer/reserved-name`, `signer/choose`, `plan/cannot-sign` */
  async removeSigner(wish: ActAs & { readonly gun: Gun; readonly name: string }): Promise<Plan> {
    parseSignerName(wish.name);
    const reading = await this.#reader.read(wish.gun);
    const { crypto, now } = this.#services;
    const edit = removeSignerEdit(reading.source, wish.name, reading.available, wish.signAs, now(), crypto);
    return this.#plan(reading, 'signer-remove', `Remove signer ${wish.name}`, edit.changes, edit.keyIds);
  }

  /** Signs a role's file again as it is: to renew its expiry or to bring it back. @throws `plan/cannot-sign` */
  async witness(wish: ActAs & { readonly gun: Gun; readonly roles: readonly RoleName[] }): Promise<Plan> {
    const reading = await this.#reader.read(wish.gun);
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
    const reading = await this.#reader.read(wish.gun);
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
    if ((await this.#reader.readIfThere(wish.gun)) !== undefined)
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
    const found = await this.#reader.read(gun).then(
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
    const reading = await this.#reader.read(wish.gun);
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
    const reading = await this.#reader.read(wish.gun);
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
    const reading = await this.#reader.read(gun);
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
    const place = await this.#reader.newPlace(wish, kind === 'initialise');
    refuseRootKeys(changes, { gun: wish.gun, available: place.available, root: undefined }, crypto);
    return makeInitialPlan({ ...place, kind, title, changes, mayUse: onlyThese([]) }, crypto);
  }

  async #signFirst(wish: SignWish): Promise<Plan> {
    const place = await this.#reader.newPlace(wish, false);
    const name = wish.signAs ?? (await this.#reader.accountName(wish.gun));
    return makeFirstSignaturePlan({ ...place, name, tags: wish.tags }, this.#services.crypto);
  }
}

function count(n: number, one: string): string {
  return `${String(n)} ${one}${n === 1 ? '' : 's'}`;
}
