/**
 * A client that publishes to any trust server, right or wrong on purpose: the same uploads go to the sandbox's server
 * and to the real one. Test code; real keys, real encoder, no trust directory.
 */
import type { Gun, RoleName } from '../../shared/brands.ts';
import { makeRootCertificate } from '../../electron/crypto/certificate.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { isKeyType, tufKeyId } from '../../electron/tuf/key-id.ts';
import type {
  BaseRole,
  MetadataFile,
  PublicKey,
  RootBody,
  SignedBody,
  SnapshotBody,
  TargetsBody,
} from '../../electron/tuf/model.ts';
import { ROOT, SNAPSHOT, TARGETS, parseGun } from '../../electron/tuf/names.ts';
import { newRoot, newSnapshot, newTargets } from '../../electron/tuf/new-metadata.ts';
import type { RoleSigner } from '../../electron/tuf/ports.ts';
import { fileMetaOf, signFile, signerAs } from '../../electron/tuf/write.ts';
import { multipartBody } from '../../electron/sandbox/notary/local-client.ts';
import { newSigner } from '../fakes/software-keys.ts';
import { targetOf } from './repository-builder.ts';

export interface TrustAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** A trust server, wherever it is. `path` begins with a slash. */
export type TrustTransport = (
  method: string,
  path: string,
  options?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array },
) => Promise<TrustAnswer>;

export interface UploadedFile {
  readonly role: string;
  readonly bytes: Uint8Array;
}

export type SnapshotOwner = 'server' | 'client';

export class Publisher {
  readonly send: TrustTransport;
  readonly gun: Gun;
  readonly now: Date;
  readonly snapshotOwner: SnapshotOwner;
  readonly rootSigner: RoleSigner;
  readonly targetsSigner: RoleSigner = newSigner();
  readonly snapshotSigner: RoleSigner = newSigner();
  root: RootBody;
  targets: TargetsBody;

  private constructor(
    send: TrustTransport,
    gun: Gun,
    now: Date,
    snapshotOwner: SnapshotOwner,
    rootSigner: RoleSigner,
    serverKeys: { readonly snapshot: PublicKey; readonly timestamp: PublicKey },
  ) {
    this.send = send;
    this.gun = gun;
    this.now = now;
    this.snapshotOwner = snapshotOwner;
    this.rootSigner = rootSigner;
    const snapshot = snapshotOwner === 'client' ? this.snapshotSigner.key : serverKeys.snapshot;
    this.root = newRoot(
      {
        root: [rootSigner.key],
        targets: [this.targetsSigner.key],
        snapshot: [snapshot],
        timestamp: [serverKeys.timestamp],
      },
      now,
      nodeCrypto,
    );
    this.targets = { ...newTargets(now), targets: [targetOf('1.0', 'one')] };
  }

  /** A repository that is ready to be published and is not yet. */
  static async create(
    send: TrustTransport,
    name: string,
    now: Date,
    snapshotOwner: SnapshotOwner = 'server',
  ): Promise<Publisher> {
    const gun = parseGun(name);
    const keys = {
      snapshot: await fetchKey(send, gun, 'snapshot'),
      timestamp: await fetchKey(send, gun, 'timestamp'),
    };
    return new Publisher(send, gun, now, snapshotOwner, await rootSignerFor(gun, now), keys);
  }

  sign<Body extends SignedBody>(
    role: string,
    body: Body,
    ...signers: readonly RoleSigner[]
  ): Promise<MetadataFile<Body>> {
    return signFile(role as RoleName, body, signers, nodeCrypto);
  }

  signedRoot(
    changes: Partial<RootBody> = {},
    ...signers: readonly RoleSigner[]
  ): Promise<MetadataFile<RootBody>> {
    return this.sign(ROOT, { ...this.root, ...changes }, ...orElse(signers, this.rootSigner));
  }

  signedTargets(
    changes: Partial<TargetsBody> = {},
    ...signers: readonly RoleSigner[]
  ): Promise<MetadataFile<TargetsBody>> {
    return this.sign(TARGETS, { ...this.targets, ...changes }, ...orElse(signers, this.targetsSigner));
  }

  /** A snapshot over the given files. */
  signedSnapshot(
    files: readonly UploadedFile[],
    changes: Partial<SnapshotBody> = {},
    ...signers: readonly RoleSigner[]
  ): Promise<MetadataFile<SnapshotBody>> {
    const meta = new Map(files.map(({ role, bytes }) => [role, fileMetaOf(bytes, nodeCrypto)]));
    const body = { ...newSnapshot(meta, this.now), ...changes };
    return this.sign(SNAPSHOT, body, ...orElse(signers, this.snapshotSigner));
  }

  /** What a first publish sends. */
  async firstFiles(): Promise<readonly UploadedFile[]> {
    const files = [await this.signedRoot(), await this.signedTargets()];
    return this.snapshotOwner === 'server' ? files : [...files, await this.signedSnapshot(files)];
  }

  /** Publishes for the first time; anything but success is an error. */
  async init(): Promise<readonly UploadedFile[]> {
    const files = await this.firstFiles();
    const answer = await this.upload(files);
    if (answer.status !== 200) throw new Error(`the first publish was refused: ${answer.body.toString()}`);
    return files;
  }

  upload(files: readonly UploadedFile[]): Promise<TrustAnswer> {
    return this.uploadRaw('multipart/form-data; boundary=lab', multipartBody(files, 'lab'));
  }

  uploadRaw(contentType: string, body: Uint8Array): Promise<TrustAnswer> {
    return this.send('POST', this.path(''), { headers: { 'Content-Type': contentType }, body });
  }

  get(file: string): Promise<TrustAnswer> {
    return this.send('GET', this.path(file));
  }

  /** `/v2/<gun>/_trust/tuf/<file>` */
  path(file: string): string {
    return `/v2/${this.gun}/_trust/tuf/${file}`;
  }
}

const orElse = (signers: readonly RoleSigner[], fallback: RoleSigner): readonly RoleSigner[] =>
  signers.length > 0 ? signers : [fallback];

/** A fresh root key under its certificate for `gun`. */
export async function rootSignerFor(gun: Gun, now: Date, signer = newSigner()): Promise<RoleSigner> {
  return signerAs(signer, await makeRootCertificate(gun, signer, now));
}

/** The server's key for a role. */
export async function fetchKey(
  send: TrustTransport,
  gun: string,
  role: 'snapshot' | 'timestamp',
  method: 'GET' | 'POST' = 'GET',
): Promise<PublicKey> {
  const { status, body } = await send(method, `/v2/${gun}/_trust/tuf/${role}.key`);
  if (status !== 200) throw new Error(`no ${role} key: ${status} ${body.toString()}`);
  const key = JSON.parse(body.toString()) as {
    readonly keytype: string;
    readonly keyval: { readonly public: string };
  };
  if (!isKeyType(key.keytype)) throw new Error(`a key of type ${key.keytype}`);
  return { keytype: key.keytype, publicBase64: key.keyval.public };
}

/** A root whose role has these keys instead. */
export function withRoleKeys(
  root: RootBody,
  role: BaseRole,
  keys: readonly PublicKey[],
  threshold = 1,
): RootBody {
  const all = new Map(root.keys);
  const keyids = keys.map((key) => tufKeyId(key, nodeCrypto));
  keys.forEach((key, i) => all.set(keyids[i] ?? tufKeyId(key, nodeCrypto), key));
  return { ...root, keys: all, roles: new Map(root.roles).set(role, { keyids, threshold }) };
}

/** Targets that delegate to a role. */
export function withDelegation(
  body: TargetsBody,
  name: string,
  signers: readonly RoleSigner[],
  threshold = 1,
): TargetsBody {
  const keys = new Map(body.delegationKeys);
  for (const { key } of signers) keys.set(tufKeyId(key, nodeCrypto), key);
  const keyids = signers.map(({ key }) => tufKeyId(key, nodeCrypto));
  const role = { name: name as RoleName, keyids, threshold, paths: [''] };
  return { ...body, delegationKeys: keys, delegations: [...body.delegations, role] };
}
