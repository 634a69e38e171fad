/**
 * What publishing needs from outside, as narrow ports: reading and writing a trust server, signers, and the places
 * where restore points, the journal and the activity log are kept. Types only; bound in `compose.ts`.
 */
import type { CanonicalKeyId, Gun, RoleName, Sha256Hex } from '../../../shared/brands.ts';
import type { MetadataFile } from '../../tuf/model.ts';
import type { RoleSigner } from '../../tuf/ports.ts';
import type { PlanSource } from './make-plan.ts';
import type { Plan, PlannedSignature } from './plan.ts';
import type { SnapshotHolder } from './snapshot-holder.ts';

/** What the person consents to when a passphrase or touch is asked: exactly this and nothing else. */
export interface Consent {
  readonly planId: string;
  readonly gun: Gun;
  readonly title: string;
  readonly roles: readonly RoleName[];
  /** Tags that the plan signs, moves or revokes. */
  readonly tags: readonly string[];
  /** How many signatures the key makes. */
  readonly signatures: number;
  readonly signature: PlannedSignature;
}

/** A private key that is ready to sign, in a file or on a token; whoever opened it ends it. */
export interface OpenSigner extends RoleSigner {
  readonly id: CanonicalKeyId;
  wipe(): void;
}

export interface UploadFile {
  readonly role: RoleName;
  readonly bytes: Uint8Array;
}

/** A restore point or journal entry: the files as they were, and the plan that is about to replace them. */
export interface PublishRecord {
  readonly plan: Plan;
  /** Hex SHA-256 per role of what is about to be uploaded. */
  readonly uploads: Readonly<Record<string, string>>;
}

/** A plan with its new keys filled in, and signers that were opened or made for that. */
export interface MadeKeys {
  readonly plan: Plan;
  readonly signers: ReadonlyMap<CanonicalKeyId, RoleSigner>;
}

/** A repository that is being made, and what it starts from. */
export interface Initialised extends MadeKeys {
  readonly source: PlanSource;
}

export interface PublishPorts {
  /** Reads the repository from the server, never from the cache alone. @throws `trust/no-data`, `network/*` */
  readForUpdate(plan: Plan): Promise<PlanSource>;
  /** Whose the snapshot of a repository is. @throws `network/*` */
  snapshotHolder(plan: Plan, source: PlanSource): Promise<SnapshotHolder>;
  /** Makes keys and the first root and targets of a repository that does not exist yet. Nothing is uploaded. */
  initialise(plan: Plan): Promise<Initialised>;
  /** Makes or opens the key of a rotation, or has the server make it. Nothing is uploaded. */
  makeRotatedKey(plan: Plan): Promise<MadeKeys>;
  /** Opens one private key; asks for its passphrase, PIN or touch when needed. @throws `prompt/cancelled` */
  openSigner(keyId: CanonicalKeyId, consent: Consent): Promise<RoleSigner>;
  /** Told of files that were signed and verified here, which reading back will show again. */
  signed(plan: Plan, files: readonly MetadataFile[]): void;
  /** One atomic upload. @throws `notary/rejected` with the server's code, `network/*` */
  upload(plan: Plan, files: readonly UploadFile[]): Promise<void>;
  /** Takes everything that the server has of the repository away. @throws `notary/unauthorised`, `network/*` */
  deleteAll(plan: Plan): Promise<void>;
  /** Takes cached files below the root away, which notary would hold against a repository that is made again. */
  forgetBelowRoot(gun: Gun): Promise<void>;
  /** The unverified version of a role's file on the server, for a delegation that comes back after removal. */
  storedVersion(plan: Plan, role: RoleName): Promise<number | undefined>;
  /** The version of exactly this file where the server keeps it, shown or not. */
  versionOfStored(plan: Plan, role: RoleName, sha256: Sha256Hex): Promise<number | undefined>;
  /** Keeps the verified files as they are. Answers the folder. @throws `plan/restore-point-failed` */
  keepRestorePoint(plan: Plan, source: PlanSource): Promise<string>;
  /** Says on disk that an upload is about to happen; the answer takes the note away again. */
  openJournal(record: PublishRecord): Promise<() => Promise<void>>;
  /** Removes changelist files that were part of the plan. */
  removeStaged(gun: Gun, names: readonly string[]): Promise<void>;
  /** Appends to the activity log. */
  record(what: string, gun: Gun, details: Readonly<Record<string, unknown>>): Promise<void>;
  now(): Date;
}
