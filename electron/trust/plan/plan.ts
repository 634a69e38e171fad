/**
 * A Plan: everything that alters trust is one of these before it happens. Plain JSON, no secret, so it can be shown,
 * printed, saved, carried to the machine that has the keys, and carried out later. Types only.
 */
import type { CanonicalKeyId, Gun, RoleName, Sha256Hex, TufKeyId } from '../../../shared/brands.ts';
import type { Change } from '../../tuf/change.ts';
import type { BaseRole } from '../../tuf/model.ts';

export type PlanKind =
  | 'sign'
  | 'revoke'
  | 'signer-add'
  | 'signer-remove'
  | 'delegation'
  | 'witness'
  | 'renew'
  | 'restore'
  | 'initialise'
  | 'rotate'
  | 'delete'
  | 'staged';

/** Where the private half of a key is. */
export type KeyPlace =
  | { readonly kind: 'file' }
  | { readonly kind: 'yubikey'; readonly serial: string }
  | { readonly kind: 'new' }
  /** On another computer: the plan is saved and carried there. */
  | { readonly kind: 'elsewhere' };

/** One key that will sign one role. */
export interface PlannedSignature {
  readonly keyId: CanonicalKeyId;
  /** The ID under which the metadata names the key (of the certificate for X.509). */
  readonly tufId: TufKeyId;
  /** `jeff`, `root`, `repository`: what the key is called in prompts. */
  readonly owner: string;
  readonly place: KeyPlace;
}

/** A role that gets a new version. */
export interface PlannedRole {
  readonly role: RoleName;
  /** 0 when the role has no file yet. */
  readonly fromVersion: number;
  readonly toVersion: number;
  /** RFC 3339, whole seconds, UTC. */
  readonly expires: string;
  /** How many of `signatures` it needs; of a root that gets other keys all, those of its predecessor included. */
  readonly threshold: number;
  readonly signatures: readonly PlannedSignature[];
}

/** One line of CHANGES, as a person reads it. */
export type PlanLine =
  | { readonly kind: 'tag-added'; readonly tag: string; readonly digest: string }
  | {
      readonly kind: 'tag-changed';
      readonly tag: string;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly kind: 'tag-signed-again';
      readonly tag: string;
      readonly digest: string;
    }
  | { readonly kind: 'tag-removed'; readonly tag: string; readonly digest: string }
  | {
      readonly kind: 'delegation-added';
      readonly role: RoleName;
      readonly keyIds: readonly CanonicalKeyId[];
      readonly paths: readonly string[];
    }
  | {
      readonly kind: 'delegation-removed';
      readonly role: RoleName;
      readonly keyIds: readonly CanonicalKeyId[];
    }
  | { readonly kind: 'key-added'; readonly role: RoleName; readonly keyId: CanonicalKeyId }
  | { readonly kind: 'key-removed'; readonly role: RoleName; readonly keyId: CanonicalKeyId }
  | {
      readonly kind: 'paths-changed';
      readonly role: RoleName;
      readonly from: readonly string[];
      readonly to: readonly string[];
    }
  | {
      /** The same ID on both sides: the root key stays and gets a new certificate. */
      readonly kind: 'base-keys-replaced';
      readonly role: BaseRole;
      readonly from: readonly CanonicalKeyId[];
      readonly to: readonly CanonicalKeyId[];
    }
  | { readonly kind: 'signed-again'; readonly role: RoleName }
  | { readonly kind: 'repository-created'; readonly gun: Gun }
  | { readonly kind: 'repository-deleted'; readonly gun: Gun };

/** What a consumer, or another signer, notices afterwards. */
export type Consequence =
  | { readonly kind: 'tag-moves'; readonly tag: string; readonly from: string; readonly to: string }
  | { readonly kind: 'tag-unpullable'; readonly tag: string }
  /** `left`: the signers that it keeps; nobody is named for it any more when that is empty. */
  | {
      readonly kind: 'signature-lost';
      readonly tag: string;
      readonly signer: string;
      readonly left: readonly string[];
    }
  | { readonly kind: 'admin-copy-differs'; readonly tag: string; readonly digest: string }
  | {
      readonly kind: 'role-unusable';
      readonly role: RoleName;
      readonly remedyKeyIds: readonly CanonicalKeyId[];
    }
  | { readonly kind: 'role-without-keys'; readonly role: RoleName }
  /** Nobody's valid signature is on its present file, whose whole content is signed anew; `sha256` of that file. */
  | { readonly kind: 'role-revived'; readonly role: RoleName; readonly sha256: Sha256Hex }
  /** A delegation that was removed once comes back, and with it what was signed in it, where its keys are the same. */
  | { readonly kind: 'role-returns'; readonly role: RoleName }
  | { readonly kind: 'root-expires-soon'; readonly at: string }
  /** Consumers follow by themselves; whoever pins the root's certificate has to pin the new one. */
  | { readonly kind: 'root-certificate-changes' }
  /** Every publish needs the snapshot key from then on, or no longer needs one. */
  | { readonly kind: 'snapshot-signed-by'; readonly by: 'owner' | 'server' }
  /** The server tells only accounts that may publish whether it signs the snapshot. */
  | { readonly kind: 'snapshot-holder-untold' }
  /** It signs nothing in this repository any more; its file stays. */
  | { readonly kind: 'key-not-needed'; readonly role: BaseRole; readonly keyId: CanonicalKeyId }
  /** Whoever used the repository refuses its name until the old root is forgotten. */
  | { readonly kind: 'repository-gone' }
  /** Another root of the name was trusted here before: whoever trusted it too refuses the new one. */
  | { readonly kind: 'other-root-known' }
  /** What is deleted could not be verified, so nothing of it can be kept. */
  | { readonly kind: 'content-unknown'; readonly code: string };

/** The verified version that a plan starts from. */
export interface PlanBasis {
  readonly role: RoleName;
  readonly version: number;
  /** Hex SHA-256 of the file. */
  readonly sha256: string;
}

/** How a repository that does not exist yet is made: server-managed snapshot, as docker does. */
export interface PlanInitialise {
  /** `new`: a root key is made when the plan is carried out. */
  readonly rootKey: CanonicalKeyId | 'new';
  /** Its first signer, where tags are signed in the same publish; `new`: the key is made then too. */
  readonly signer?: { readonly name: string; readonly key: CanonicalKeyId | 'new' } | undefined;
}

/** A base role's key that is not known yet: its public half is found out when the plan is carried out. */
export interface PlanRotation {
  readonly role: BaseRole;
  /** `new`: made here; `server`: made by the server; an ID: a key that is here, for a root under a new certificate. */
  readonly key: CanonicalKeyId | 'new' | 'server';
}

export interface Plan {
  readonly format: 'trustdesk-plan/1';
  readonly id: string;
  readonly createdAt: string;
  readonly kind: PlanKind;
  /** One plain line: `Sign 2 tags`. */
  readonly title: string;
  readonly gun: Gun;
  /** URL of the trust server. */
  readonly server: string;
  readonly basis: readonly PlanBasis[];
  readonly initialise?: PlanInitialise | undefined;
  readonly rotation?: PlanRotation | undefined;
  /** SECURITY: everything the server has of the repository goes. Never in a saved plan: its shape has no such member. */
  readonly deletes?: true | undefined;
  readonly changes: readonly Change[];
  /** Changelist files of notary that are part of `changes`; they are removed once published. */
  readonly staged: readonly string[];
  readonly roles: readonly PlannedRole[];
  /** True when the owner signs the snapshot (repositories made by `notary init`); else the server does. */
  readonly signsSnapshot: boolean;
  readonly lines: readonly PlanLine[];
  readonly consequences: readonly Consequence[];
}

/** A private key at hand, as the plan needs to know it. */
export interface AvailableKey {
  readonly keyId: CanonicalKeyId;
  /** The stored role header: `root`, `targets`, `snapshot`, or a signer's name. */
  readonly role: string;
  readonly place: KeyPlace;
}

/** The keys that a plan's signatures need, each once. */
export function keysOf(plan: Plan): readonly CanonicalKeyId[] {
  return [...new Set(plan.roles.flatMap((role) => role.signatures.map((signature) => signature.keyId)))];
}
