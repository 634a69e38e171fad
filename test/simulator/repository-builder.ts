/**
 * Makes whole repositories in memory with the real encoder and real keys: every role, every version, ready to be
 * read by the core or served over HTTPS. Knows no network and no clock: `now` is given.
 */
import type { Gun, RoleName, TufKeyId } from '../../shared/brands.ts';
import { makeRootCertificate } from '../../electron/crypto/certificate.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { canonicalKeyId, tufKeyId } from '../../electron/tuf/key-id.ts';
import type {
  BaseRole,
  DelegationRole,
  PublicKey,
  RootBody,
  SignedBody,
  TargetEntry,
  TargetsBody,
} from '../../electron/tuf/model.ts';
import { BASE_ROLES, parentRole, ROOT, SNAPSHOT, TARGETS, TIMESTAMP } from '../../electron/tuf/names.ts';
import {
  newRoot,
  newSnapshot,
  newTargets,
  newTimestamp,
  nextVersion,
} from '../../electron/tuf/new-metadata.ts';
import type { RoleSigner } from '../../electron/tuf/ports.ts';
import { fileMetaOf, signerAs, signFile } from '../../electron/tuf/write.ts';
import { newSigner } from '../fakes/software-keys.ts';

/** Files by name: a role (`targets/jeff`), or `<n>.root` for every version of the root. */
export type RepositoryFiles = ReadonlyMap<string, Uint8Array>;

export interface DelegationOptions {
  readonly paths?: readonly string[];
  readonly signers?: readonly RoleSigner[];
  readonly threshold?: number;
}

export class RepositoryBuilder {
  readonly gun: Gun;
  now: Date;
  readonly signers = new Map<RoleName, readonly RoleSigner[]>();
  readonly bodies = new Map<RoleName, SignedBody>();
  readonly files = new Map<string, Uint8Array>();
  /** Root signers of earlier versions, which must sign the next one too. */
  private previousRootSigners: readonly RoleSigner[] = [];
  private readonly dirty = new Set<RoleName>();

  private constructor(gun: Gun, now: Date) {
    this.gun = gun;
    this.now = now;
  }

  /** A published repository without targets. */
  static async create(gun: Gun, now: Date): Promise<RepositoryBuilder> {
    const builder = new RepositoryBuilder(gun, now);
    for (const role of BASE_ROLES) builder.signers.set(role as RoleName, [newSigner()]);
    builder.signers.set(ROOT, [await builder.newRootSigner()]);
    builder.bodies.set(ROOT, newRoot(builder.baseKeys(), now, nodeCrypto));
    builder.bodies.set(TARGETS, newTargets(now));
    await builder.signAll([ROOT, TARGETS]);
    return builder;
  }

  /** A fresh root key under its certificate for this repository. */
  async newRootSigner(signer: RoleSigner = newSigner()): Promise<RoleSigner> {
    return signerAs(signer, await makeRootCertificate(this.gun, signer, this.now));
  }

  targetsBody(role: RoleName): TargetsBody {
    const body = this.bodies.get(role);
    if (body?.type !== 'Targets') throw new TypeError(`${role} has no file`);
    return body;
  }

  rootBody(): RootBody {
    const body = this.bodies.get(ROOT);
    if (body?.type !== 'Root') throw new TypeError('there is no root');
    return body;
  }

  /** Replaces a body; it is signed with the next `publish`. */
  edit(role: RoleName, body: SignedBody): this {
    this.bodies.set(role, body);
    this.dirty.add(role);
    return this;
  }

  /** Adds or replaces a target; its digest follows from `content`. */
  addTarget(role: RoleName, name: string, content = name): this {
    const body = this.targetsBody(role);
    const others = body.targets.filter((target) => target.name !== name);
    return this.edit(role, { ...body, targets: [...others, targetOf(name, content)] });
  }

  /** Adds a delegation with its own empty file. Keys are new where none are given. */
  delegate(role: RoleName, options: DelegationOptions = {}): this {
    const signers = options.signers ?? [newSigner()];
    const parent = this.targetsBody(parentRole(role));
    const keys = new Map(parent.delegationKeys);
    for (const { key } of signers) keys.set(tufKeyId(key, nodeCrypto), key);
    const entry: DelegationRole = {
      name: role,
      keyids: signers.map(({ key }) => tufKeyId(key, nodeCrypto)),
      threshold: options.threshold ?? 1,
      paths: options.paths ?? [''],
    };
    this.edit(parentRole(role), {
      ...parent,
      delegationKeys: keys,
      delegations: [...parent.delegations, entry],
    });
    this.signers.set(role, signers);
    return this.edit(role, newTargets(this.now));
  }

  /** New keys for a base role; the root names them with the next `publish`. */
  async rotate(role: BaseRole): Promise<this> {
    if (role === 'root') this.previousRootSigners = this.signersOf(ROOT);
    const fresh = role === 'root' ? await this.newRootSigner() : newSigner();
    return this.setBaseKeys(role, [fresh]);
  }

  /** Exactly these signers for a base role. */
  setBaseKeys(role: BaseRole, signers: readonly RoleSigner[], threshold = 1): this {
    const root = this.rootBody();
    const keys = new Map(root.keys);
    for (const { key } of signers) keys.set(tufKeyId(key, nodeCrypto), key);
    const keyids = signers.map(({ key }) => tufKeyId(key, nodeCrypto));
    this.signers.set(role as RoleName, signers);
    if (role === 'targets') this.dirty.add(TARGETS);
    return this.edit(ROOT, { ...root, keys, roles: new Map(root.roles).set(role, { keyids, threshold }) });
  }

  /** Signs every edited role with its next version, then snapshot and timestamp. */
  async publish(): Promise<this> {
    for (const role of this.dirty) {
      const body = this.bodies.get(role);
      if (body !== undefined && this.files.has(role)) this.bodies.set(role, nextVersion(body, this.now));
    }
    await this.signAll([...this.dirty]);
    this.dirty.clear();
    return this;
  }

  /** A copy of what is published, as a server or a cache would hold it. */
  published(): Map<string, Uint8Array> {
    return new Map(this.files);
  }

  /** Signs a body with the role's own keys, outside of any publish. */
  async sign(role: RoleName, body: SignedBody, signers = this.signersOf(role)): Promise<Uint8Array> {
    return (await signFile(role, body, signers, nodeCrypto)).bytes;
  }

  signersOf(role: RoleName): readonly RoleSigner[] {
    return this.signers.get(role) ?? [];
  }

  private async signAll(roles: readonly RoleName[]): Promise<void> {
    for (const role of roles) {
      const body = this.bodies.get(role);
      if (body === undefined) continue;
      this.files.set(role, await this.sign(role, body, this.publishingSigners(role)));
      if (role === ROOT)
        this.files.set(`${String(body.version)}.root`, this.files.get(ROOT) ?? new Uint8Array());
    }
    await this.signSnapshot();
    await this.signTimestamp();
  }

  private publishingSigners(role: RoleName): readonly RoleSigner[] {
    if (role !== ROOT) return this.signersOf(role);
    const ids = new Set(this.signersOf(ROOT).map(({ key }) => tufKeyId(key, nodeCrypto)));
    const old = this.previousRootSigners.filter(({ key }) => !ids.has(tufKeyId(key, nodeCrypto)));
    return [...this.signersOf(ROOT), ...old];
  }

  private async signSnapshot(): Promise<void> {
    const announced = [...this.files].filter(([name]) => name === ROOT || name.startsWith(TARGETS));
    const meta = new Map(announced.map(([name, bytes]) => [name, fileMetaOf(bytes, nodeCrypto)]));
    const old = this.bodies.get(SNAPSHOT);
    const body = newSnapshot(meta, this.now);
    this.bodies.set(SNAPSHOT, { ...body, version: (old?.version ?? 0) + 1 });
    await this.put(SNAPSHOT);
  }

  private async signTimestamp(): Promise<void> {
    const snapshot = this.files.get(SNAPSHOT) ?? new Uint8Array();
    const old = this.bodies.get(TIMESTAMP);
    const body = newTimestamp(fileMetaOf(snapshot, nodeCrypto), this.now);
    this.bodies.set(TIMESTAMP, { ...body, version: (old?.version ?? 0) + 1 });
    await this.put(TIMESTAMP);
  }

  private async put(role: RoleName): Promise<void> {
    const body = this.bodies.get(role);
    if (body !== undefined) this.files.set(role, await this.sign(role, body));
  }

  private baseKeys(): Record<BaseRole, readonly PublicKey[]> {
    const keys = (role: RoleName): readonly PublicKey[] => this.signersOf(role).map(({ key }) => key);
    return { root: keys(ROOT), targets: keys(TARGETS), snapshot: keys(SNAPSHOT), timestamp: keys(TIMESTAMP) };
  }
}

/** A target whose digest and length follow from its content. */
export function targetOf(name: string, content: string): TargetEntry {
  const bytes = new TextEncoder().encode(content);
  const sha256 = Buffer.from(nodeCrypto.sha256(bytes)).toString('base64');
  return { name, length: bytes.length, sha256 };
}

/** Canonical ID of a signer's key: its name in a key store. */
export function keyIdOf(signer: RoleSigner): string {
  return canonicalKeyId(signer.key, nodeCrypto);
}

/** ID of a signer's key as metadata names it. */
export function metadataKeyIdOf(signer: RoleSigner): TufKeyId {
  return tufKeyId(signer.key, nodeCrypto);
}
