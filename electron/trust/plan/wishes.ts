/** What a person can ask a plan to do, one shape per use case. Types only. */
import type { CanonicalKeyId, Gun, RoleName } from '../../../shared/brands.ts';
import type { PublicKey, TargetsBody } from '../../tuf/model.ts';
import type { DelegationEdit } from './change-delegations.ts';
import type { PlanRotation } from './plan.ts';
import type { TagToSign } from './sign-tags.ts';

/** Which signer acts, when the keys of several are on this computer. */
export interface ActAs {
  readonly signAs?: string | undefined;
}

/** For a repository that does not exist yet: which root key, `new`, or undefined when there is at most one. */
export interface NewRepository {
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
