/** Plans of delegations for the window: add, change, remove, take a key from all. Privileged process. */
import type { CanonicalKeyId, Gun, RoleName } from '../../../shared/brands.ts';
import type { VerifiedRepository } from '../../notary/verified-repository.ts';
import type { PublicKey } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import {
  addToDelegation,
  ALL_PATHS,
  changeDelegationPaths,
  type DelegationEdit,
  newDelegation,
  purgeKeys,
  removeDelegation,
  takeFromDelegation,
} from './change-delegations.ts';
import { type Dropped, publicKeysIn } from './identify-keys.ts';
import { findPublicKeys, knownPublicKeys } from './known-public-keys.ts';
import type { PlansUnderReview } from './plans-under-review.ts';

interface WindowDelegationsSetup {
  readonly review: PlansUnderReview;
  /** The repositories that were read. */
  readonly verified: () => readonly VerifiedRepository[];
  readonly crypto: TufCrypto;
  readonly now: () => Date;
}

/** Which delegation, and as whom where several could sign. */
export interface DelegationPlace {
  readonly gun: Gun;
  readonly role: RoleName;
  readonly signAs?: string | undefined;
}

/** Files that the person dropped, and keys that are known here already. */
export interface KeyWish {
  readonly files: readonly Dropped[];
  readonly keyIds: readonly CanonicalKeyId[];
}

/** SECURITY: every path is a word of its own, so that no empty entry can come to mean it. */
export type PathsWish = readonly string[] | 'all';

export class WindowDelegations {
  readonly #setup: WindowDelegationsSetup;

  constructor(setup: WindowDelegationsSetup) {
    this.#setup = setup;
  }

  /** One that is not there yet. @throws `trust/invalid-change`, `signer/root-key`, `keystore/*`, `plan/*` */
  async add(place: DelegationPlace, keys: KeyWish, paths: PathsWish) {
    return this.#plan(place, newDelegation(place.role, this.#publicKeys(keys), pathList(paths)));
  }

  /** @throws as `add` */
  async addKeys(place: DelegationPlace, keys: KeyWish) {
    return this.#plan(place, addToDelegation(place.role, this.#publicKeys(keys), []));
  }

  async removeKeys(place: DelegationPlace, keyIds: readonly CanonicalKeyId[]) {
    return this.#plan(place, takeFromDelegation(place.role, keyIds, []));
  }

  /** @param from the paths that the person saw */
  async changePaths(place: DelegationPlace, from: readonly string[], to: PathsWish) {
    return this.#plan(place, changeDelegationPaths(place.role, from, pathList(to)));
  }

  async remove(place: DelegationPlace) {
    return this.#plan(place, removeDelegation(place.role));
  }

  /** From every delegation that names one of them. */
  async purge(place: Omit<DelegationPlace, 'role'>, keyIds: readonly CanonicalKeyId[]) {
    return this.#plan(place, purgeKeys(keyIds));
  }

  /** What can be chosen without a file. */
  knownKeys() {
    return Promise.resolve(knownPublicKeys(this.#setup.verified(), this.#setup));
  }

  #plan({ gun, signAs }: Omit<DelegationPlace, 'role'>, edit: DelegationEdit) {
    return this.#setup.review.make((planner) => planner.changes({ gun, signAs, ...edit }));
  }

  #publicKeys({ files, keyIds }: KeyWish): readonly PublicKey[] {
    return [
      ...publicKeysIn(files, this.#setup),
      ...findPublicKeys(keyIds, this.#setup.verified(), this.#setup),
    ];
  }
}

function pathList(paths: PathsWish): readonly string[] {
  return paths === 'all' ? [ALL_PATHS] : paths;
}
