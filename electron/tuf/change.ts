/**
 * The closed list of things that can be changed in a repository. Types only, plain JSON, no secrets:
 * a plan is a list of these, and notary's changelist files map onto them one to one (notary-protocol 1.4).
 */
import type { CanonicalKeyId, RoleName } from '../../shared/brands.ts';
import type { BaseRole, PublicKey, TargetEntry } from './model.ts';

/** Adds a target to a role, or replaces the one of the same name. An identical target changes nothing. */
export interface AddTarget {
  readonly kind: 'add-target';
  readonly role: RoleName;
  readonly target: TargetEntry;
}
/** An absent target changes nothing. */
export interface RemoveTarget {
  readonly kind: 'remove-target';
  readonly role: RoleName;
  readonly name: string;
}
/** Creates a delegation (keys needed) or adds keys and paths to an existing one. */
export interface AddDelegation {
  readonly kind: 'add-delegation';
  readonly role: RoleName;
  readonly keys: readonly PublicKey[];
  readonly paths: readonly string[];
  /** Only used when the role is created. */
  readonly threshold: number;
}
/** Keys are named by canonical ID; those the role does not have are ignored, as notary does. */
export interface RemoveDelegationKeys {
  readonly kind: 'remove-delegation-keys';
  readonly role: RoleName;
  readonly keyIds: readonly CanonicalKeyId[];
}
export interface RemoveDelegationPaths {
  readonly kind: 'remove-delegation-paths';
  readonly role: RoleName;
  /** `all` clears every path. */
  readonly paths: readonly string[] | 'all';
}
export interface RemoveDelegation {
  readonly kind: 'remove-delegation';
  readonly role: RoleName;
}
/** Removes keys from every delegation in the subtree below `role` that the signer may edit. */
export interface PurgeKeys {
  readonly kind: 'purge-keys';
  readonly role: RoleName;
  readonly keyIds: readonly CanonicalKeyId[];
  /** Roles whose own lists of delegations stay as they are. */
  readonly except?: readonly RoleName[] | undefined;
}
/** Signs the role's file again as it is, with a new version and expiry. */
export interface Witness {
  readonly kind: 'witness';
  readonly role: RoleName;
}
/** Replaces all keys of a base role (root: X.509 keys). */
export interface ReplaceBaseKeys {
  readonly kind: 'replace-base-keys';
  readonly role: BaseRole;
  readonly keys: readonly PublicKey[];
}

export type Change =
  | AddTarget
  | RemoveTarget
  | AddDelegation
  | RemoveDelegationKeys
  | RemoveDelegationPaths
  | RemoveDelegation
  | PurgeKeys
  | Witness
  | ReplaceBaseKeys;
