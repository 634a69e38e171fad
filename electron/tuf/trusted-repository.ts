/**
 * Every rule of the client workflow in one place that does no I/O: what may be believed, in which order, and
 * what it is checked against. Pure; the sequence of downloads is the updater's. Modelled on TUF's
 * "trusted metadata set". One instance serves one update and holds one clock reading.
 *
 * Order: a cached or new root; timestamp; snapshot; targets; then delegations as `nextDelegation` names them.
 * A new root at any time drops everything below it, so the rest is loaded again.
 */
import type { Gun, RoleName } from '../../shared/brands.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import {
  MAX_DELEGATION_DEPTH,
  MAX_METADATA_BYTES,
  MAX_ROOT_ROTATIONS,
  MAX_TIMESTAMP_BYTES,
} from './limits.ts';
import type { FileMeta, MetadataFile, RootBody, SnapshotBody, TargetsBody, TimestampBody } from './model.ts';
import { isBaseRole, isWithinDepth, ROOT, SNAPSHOT, TARGETS, TIMESTAMP } from './names.ts';
import { parseMetadata, parseRoot, parseSnapshot, parseTargets, parseTimestamp } from './parse.ts';
import { LoadedTargets } from './loaded-targets.ts';
import { TRUST_ON_FIRST_USE, type TrustPinning } from './pinning.ts';
import type { TufCrypto } from './ports.ts';
import { baseAuthority, isSkipped, limitOf, sized } from './role-rules.ts';
import { SeenVersions } from './seen-versions.ts';
import {
  type RoleAuthority,
  verifyAnnounced,
  verifyExpiry,
  verifySignatures,
  verifyVersion,
} from './verify.ts';
import { type RootContext, verifyCachedRoot, verifyNewRoot } from './verify-root.ts';

export interface TrustedRepositoryOptions {
  readonly gun: Gun;
  readonly crypto: TufCrypto;
  /** Taken once per update; every date is compared with this. */
  readonly now: Date;
  /** Consulted only where there is no usable cached root, as notary does. Default: trust on first use. */
  readonly pinning?: TrustPinning;
  /** Files that were parsed before from the very same arrays. */
  readonly memory?: ParsedFiles | undefined;
}

/** Parsing has one outcome per role and bytes, so it need not be done twice for one array. */
export interface ParsedFiles {
  parsed(role: RoleName, bytes: Uint8Array): MetadataFile | undefined;
  keepParsed(file: MetadataFile): void;
}

/** A delegation whose file is to be fetched next, and what the snapshot says of it. */
export interface PendingDelegation {
  readonly role: RoleName;
  readonly announced: FileMeta;
}

export class TrustedRepository {
  readonly gun: Gun;
  private context: RootContext;
  private trustedRoot: MetadataFile<RootBody> | undefined;
  private rootIsUsable = false;
  private rotations = 0;
  private readonly seen: SeenVersions;
  private loadedTimestamp: MetadataFile<TimestampBody> | undefined;
  private loadedSnapshot: MetadataFile<SnapshotBody> | undefined;
  private readonly loaded = new LoadedTargets();
  private readonly memory: ParsedFiles | undefined;

  constructor(options: TrustedRepositoryOptions) {
    this.gun = options.gun;
    this.context = { ...options, pinning: options.pinning ?? TRUST_ON_FIRST_USE };
    this.seen = new SeenVersions(options.crypto);
    this.memory = options.memory;
  }

  /** The root believed now; it may have expired when `hasUsableRoot` is false. */
  get root(): MetadataFile<RootBody> | undefined {
    return this.trustedRoot;
  }
  get timestamp(): MetadataFile<TimestampBody> | undefined {
    return this.loadedTimestamp;
  }
  get snapshot(): MetadataFile<SnapshotBody> | undefined {
    return this.loadedSnapshot;
  }
  /** `targets` and the delegations that are believed, in the order they were loaded. */
  get targets(): ReadonlyMap<RoleName, MetadataFile<TargetsBody>> {
    return this.loaded.files;
  }
  /** Delegations that were downloaded as announced but are not believed, e.g. expired: witness can revive them. */
  get unusable(): ReadonlyMap<RoleName, MetadataFile<TargetsBody>> {
    return this.loaded.unusable;
  }
  /** Why a delegation is missing from `targets`. */
  get problems(): ReadonlyMap<RoleName, AppError> {
    return this.loaded.problems;
  }
  /** False until a root is there that has not expired: fetch a newer one. */
  get hasUsableRoot(): boolean {
    return this.rootIsUsable;
  }

  /**
   * Starts from the cached root, which is how trust is pinned: no pinning is consulted.
   * @returns false when it has expired and only serves to verify a newer root
   * @throws `trust/malformed`, `trust/root-not-trusted`: fail hard, never fall back to first use
   */
  loadCachedRoot(bytes: Uint8Array): boolean {
    const root = this.parse(ROOT, sized(ROOT, bytes, MAX_METADATA_BYTES), parseRoot);
    const usable = verifyCachedRoot(root, this.context);
    // notary: pins are asked where trust begins, which is at no root or an expired one.
    if (usable) this.context = { ...this.context, pinning: TRUST_ON_FIRST_USE };
    this.trustRoot(root, usable);
    return usable;
  }

  /**
   * Takes a root from the server: the first one, or a successor.
   * @param step `intermediate` for a version on the way to the newest one, whose own expiry does not matter
   * @throws `trust/root-rotation-refused` when the present root's keys did not sign it: fetch the versions between
   *   and pass each, oldest first; `trust/root-not-trusted`, `trust/rollback`, `trust/expired`,
   *   `trust/too-many-root-rotations`
   */
  updateRoot(bytes: Uint8Array, step: 'newest' | 'intermediate' = 'newest'): MetadataFile<RootBody> {
    const root = this.parse(ROOT, sized(ROOT, bytes, MAX_METADATA_BYTES), parseRoot);
    verifyNewRoot(root, this.trustedRoot, this.context);
    if (step === 'newest') verifyExpiry(root, this.context.now);
    if (++this.rotations > MAX_ROOT_ROTATIONS) {
      throw new AppError('trust/too-many-root-rotations', { limit: MAX_ROOT_ROTATIONS });
    }
    this.trustRoot(root, root.body.expiresAt > this.context.now.getTime());
    return root;
  }

  /**
   * Remembers the version of a cached file, so that nothing older is taken from the server. Expiry and hashes
   * do not matter here. Delegations need their parent loaded.
   * @returns whether it was remembered
   */
  rememberCached(role: RoleName, bytes: Uint8Array): boolean {
    const authority = this.authorityOf(role);
    if (authority === undefined) return false;
    try {
      const file = this.parse(role, sized(role, bytes, limitOf(role)), (all) => parseMetadata(role, all));
      this.seen.remember(role, file.body.version, verifySignatures(file, authority, this.context.crypto));
      return true;
    } catch (error) {
      if (isAppError(error) && error.code.startsWith('trust/')) return false;
      throw error;
    }
  }

  /** The version below which `role` would be a rollback; 1 when nothing is remembered. */
  versionFloor(role: RoleName): number {
    const authority = this.authorityOf(role);
    return authority === undefined ? 1 : this.seen.floor(role, authority);
  }

  /** @throws `trust/expired` (also of the root), signature codes, `trust/rollback`, `trust/malformed` */
  updateTimestamp(bytes: Uint8Array): MetadataFile<TimestampBody> {
    const root = this.requireUsableRoot();
    const file = this.parse(TIMESTAMP, sized(TIMESTAMP, bytes, MAX_TIMESTAMP_BYTES), parseTimestamp);
    this.verifyFile(file, baseAuthority(root, 'timestamp'));
    this.dropBelowRoot();
    this.loadedTimestamp = file;
    return file;
  }

  /**
   * @throws `trust/hash-mismatch` with role `root` when the root in use is not the announced one: update the root
   *   and start again; with role `snapshot` and others as for the timestamp
   */
  updateSnapshot(bytes: Uint8Array): MetadataFile<SnapshotBody> {
    const root = this.requireUsableRoot();
    const announced = this.announced(SNAPSHOT);
    if (announced === undefined) throw new TypeError('the timestamp comes before the snapshot');
    verifyAnnounced(SNAPSHOT, bytes, announced, this.context.crypto);
    const file = this.parse(SNAPSHOT, bytes, parseSnapshot);
    this.verifyFile(file, baseAuthority(root, 'snapshot'));
    const rootMeta = file.body.meta.get(ROOT);
    if (rootMeta === undefined) throw new AppError('trust/missing-role', { role: ROOT });
    verifyAnnounced(ROOT, root.bytes, rootMeta, this.context.crypto);
    this.loaded.clear();
    this.loadedSnapshot = file;
    return file;
  }

  /** Everything wrong with the top targets role is fatal. */
  updateTargets(bytes: Uint8Array): MetadataFile<TargetsBody> {
    const root = this.requireUsableRoot();
    this.verifyTransport(TARGETS, bytes);
    const file = this.parse(TARGETS, bytes, (all) => parseTargets(TARGETS, all));
    this.verifyFile(file, baseAuthority(root, 'targets'));
    this.loaded.clear();
    this.loaded.accept(file);
    return file;
  }

  /** Length and hashes of a role's file as timestamp (for snapshot) or snapshot (for others) announce them. */
  announced(role: RoleName): FileMeta | undefined {
    if (role === SNAPSHOT) return this.loadedTimestamp?.body.meta.get(SNAPSHOT);
    return this.loadedSnapshot?.body.meta.get(role);
  }

  /**
   * The next delegation that the snapshot has a file of, depth first in listed order; undefined when all were
   * visited. Answer it with `updateDelegation` or `skipDelegation`. Roles without a file are passed over.
   */
  nextDelegation(): PendingDelegation | undefined {
    const role = this.loaded.next((name) => this.announced(name) !== undefined);
    const announced = role === undefined ? undefined : this.announced(role);
    return role === undefined || announced === undefined ? undefined : { role, announced };
  }

  /**
   * Takes a delegation's file. When the announced file itself is not to be believed the role is skipped.
   * @returns why it was skipped, or undefined when it is loaded
   * @throws `trust/length-mismatch`, `trust/hash-mismatch`, `trust/rollback`
   */
  updateDelegation(role: RoleName, bytes: Uint8Array): AppError | undefined {
    this.verifyTransport(role, bytes);
    let file: MetadataFile<TargetsBody> | undefined;
    try {
      file = this.parseDelegation(role, bytes);
      this.verifyFile(file, this.requireAuthority(role));
    } catch (error) {
      if (!isSkipped(error)) throw error;
      this.loaded.skip(role, error, file);
      return error;
    }
    this.loaded.accept(file);
    return undefined;
  }

  /** Leaves a delegation out for a reason that the core cannot know. */
  skipDelegation(role: RoleName, reason: AppError): void {
    this.loaded.skip(role, reason);
  }

  /** The keys that must sign `role`, as far as its parent is loaded; undefined when the parent does not name it. */
  authorityOf(role: RoleName): RoleAuthority | undefined {
    if (!isBaseRole(role)) return this.loaded.authorityOf(role);
    return this.trustedRoot === undefined ? undefined : baseAuthority(this.trustedRoot, role);
  }

  private parseDelegation(role: RoleName, bytes: Uint8Array): MetadataFile<TargetsBody> {
    if (!isWithinDepth(role))
      throw new AppError('trust/limit-exceeded', { what: 'delegation depth', limit: MAX_DELEGATION_DEPTH });
    return this.parse(role, bytes, (all) => parseTargets(role, all));
  }

  private parse<File extends MetadataFile>(
    role: RoleName,
    bytes: Uint8Array,
    read: (bytes: Uint8Array) => File,
  ): File {
    const known = this.memory?.parsed(role, bytes);
    // The role decides what is parsed, so what was kept for it has the same type.
    if (known !== undefined) return known as File;
    const file = read(bytes);
    this.memory?.keepParsed(file);
    return file;
  }

  private requireAuthority(role: RoleName): RoleAuthority {
    const authority = this.authorityOf(role);
    if (authority === undefined) throw new TypeError(`${role} was not named by a loaded role`);
    return authority;
  }

  private verifyTransport(role: RoleName, bytes: Uint8Array): void {
    const announced = this.announced(role);
    if (announced === undefined) throw new AppError('trust/missing-role', { role });
    verifyAnnounced(role, sized(role, bytes, MAX_METADATA_BYTES), announced, this.context.crypto);
  }

  /** TUF 5.4.2 to 5.4.4 in their order: signatures, rollback, freeze. */
  private verifyFile(file: MetadataFile, authority: RoleAuthority): void {
    const signers = verifySignatures(file, authority, this.context.crypto);
    verifyVersion(file.role, file.body.version, this.versionFloor(file.role));
    verifyExpiry(file, this.context.now);
    this.seen.remember(file.role, file.body.version, signers);
  }

  private requireUsableRoot(): MetadataFile<RootBody> {
    if (this.trustedRoot === undefined) throw new TypeError('a root comes first');
    // TUF 5.3.10: only the newest root's expiry matters, and it matters before anything below is read.
    if (this.rootIsUsable) return this.trustedRoot;
    verifyExpiry(this.trustedRoot, this.context.now);
    throw new AppError('trust/root-not-trusted', { gun: this.gun, reason: 'its certificates have expired' });
  }

  private trustRoot(root: MetadataFile<RootBody>, usable: boolean): void {
    this.trustedRoot = root;
    this.rootIsUsable = usable;
    this.dropBelowRoot();
  }

  private dropBelowRoot(): void {
    this.loadedTimestamp = undefined;
    this.loadedSnapshot = undefined;
    this.loaded.clear();
  }
}
