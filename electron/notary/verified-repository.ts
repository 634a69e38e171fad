/** What an update ends with: files that were all verified, and how sure one can be that they are the newest. Types. */
import type { Gun, RoleName } from '../../shared/brands.ts';
import type { AppError } from '../../shared/errors.ts';
import type { MetadataFile, RootBody, SnapshotBody, TargetsBody, TimestampBody } from '../tuf/model.ts';

/** `verified`: the server was asked at `at`. `cached`: it was last asked at `at`; `reason` is why not now. */
export type Freshness =
  | { readonly kind: 'verified'; readonly at: number }
  | { readonly kind: 'cached'; readonly at: number; readonly reason: AppError };

/** Something the person should know although all is verified. Instants in milliseconds. */
export type RepositoryWarning =
  | { readonly kind: 'expires-soon'; readonly role: RoleName; readonly at: number }
  | { readonly kind: 'certificate-expires-soon'; readonly commonName: string; readonly at: number }
  | { readonly kind: 'delegation-unusable'; readonly role: RoleName; readonly error: AppError }
  | { readonly kind: 'tls-not-verified'; readonly host: string }
  | { readonly kind: 'staged-changes'; readonly count: number };

export interface VerifiedRepository {
  readonly gun: Gun;
  /** Address of the trust server. */
  readonly server: string;
  readonly root: MetadataFile<RootBody>;
  readonly timestamp: MetadataFile<TimestampBody>;
  readonly snapshot: MetadataFile<SnapshotBody>;
  /** `targets` and every delegation that is believed. */
  readonly targets: ReadonlyMap<RoleName, MetadataFile<TargetsBody>>;
  /** Delegations that are as announced but not believed (expired, too few signatures): witness can revive them. */
  readonly unusable: ReadonlyMap<RoleName, MetadataFile<TargetsBody>>;
  /** Why a delegation is missing from `targets`. */
  readonly problems: ReadonlyMap<RoleName, AppError>;
  readonly freshness: Freshness;
  readonly warnings: readonly RepositoryWarning[];
}
