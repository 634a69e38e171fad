/**
 * Takes the files of an update in the server's order and says of the first bad one what is wrong with it
 * (notary tuf/builder.go, as the server uses it). The rules are the trust core's; the order in which they are asked
 * and the words are notary's. Memory only.
 */
import type { Gun, RoleName } from '../../../shared/brands.ts';
import type { AppError } from '../../../shared/errors.ts';
import { hasCode } from '../../../shared/errors.ts';
import { canonicalBytes, readerOf } from '../../tuf/canonical-json.ts';
import type { JsonValue } from '../../tuf/canonical-json.ts';
import { JsonError } from '../../tuf/json-error.ts';
import type { MetadataFile, RootBody, Signature, SnapshotBody, TargetsBody } from '../../tuf/model.ts';
import { ROOT, SNAPSHOT, TARGETS, isBaseRole, parentRole } from '../../tuf/names.ts';
import { parseRoot, parseSnapshot, parseTargets } from '../../tuf/parse.ts';
import { TRUST_ON_FIRST_USE } from '../../tuf/pinning.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { verifyExpiry, verifySignatures, verifyVersion } from '../../tuf/verify.ts';
import type { RoleAuthority } from '../../tuf/verify.ts';
import { verifyNewRoot } from '../../tuf/verify-root.ts';
import { checksumFault } from './announced-hashes.ts';
import { structureFault } from './structure-faults.ts';
import { Refused, refusalText } from './update-faults.ts';

export interface BuilderContext {
  readonly gun: Gun;
  readonly now: Date;
  readonly crypto: TufCrypto;
}

/** Files that the server has checked itself may have expired since. */
export type Freshness = 'must-be-fresh' | 'may-be-expired';

export class RepositoryBuilder {
  readonly #context: BuilderContext;
  readonly #previousRoot: MetadataFile<RootBody> | undefined;
  #root: MetadataFile<RootBody> | undefined;
  #snapshot: MetadataFile<SnapshotBody> | undefined;
  readonly #targets = new Map<RoleName, MetadataFile<TargetsBody>>();

  constructor(context: BuilderContext, previousRoot?: MetadataFile<RootBody>) {
    this.#context = context;
    this.#previousRoot = previousRoot;
  }

  get root(): MetadataFile<RootBody> | undefined {
    return this.#root;
  }
  get snapshot(): MetadataFile<SnapshotBody> | undefined {
    return this.#snapshot;
  }
  get targets(): ReadonlyMap<RoleName, MetadataFile<TargetsBody>> {
    return this.#targets;
  }

  /** notary: 1 stands for "no root yet", so the first one may be version 1 or 2. */
  get rootVersion(): number {
    return this.#root?.body.version ?? 1;
  }

  /** An empty builder that takes a new root only when this one's root vouches for it. */
  successor(): RepositoryBuilder {
    return new RepositoryBuilder(this.#context, this.#root);
  }

  /** Throws Refused, with the server's sentence. */
  loadRoot(bytes: Uint8Array, minimumVersion: number, freshness: Freshness): void {
    const root = this.#orRefused(ROOT, bytes, undefined, () => {
      const file = parseRoot(bytes);
      verifyNewRoot(file, this.#previousRoot, { ...this.#context, pinning: TRUST_ON_FIRST_USE });
      verifyVersion(ROOT, file.body.version, minimumVersion);
      this.#checkExpiry(file, freshness);
      return file;
    });
    this.#root = root;
  }

  /** `targets` or a delegation, whose parent must have been loaded before. Throws Refused. */
  loadTargets(role: RoleName, bytes: Uint8Array, freshness: Freshness): void {
    const root = this.#requireRoot();
    const authority = role === TARGETS ? baseAuthority(root, 'targets') : this.#delegation(role);
    const file = this.#orRefused(role, bytes, authority, () => {
      const parsed = parseTargets(role, bytes);
      verifySignatures(parsed, authority, this.#context.crypto);
      this.#checkExpiry(parsed, freshness);
      return parsed;
    });
    this.#targets.set(role, file);
  }

  /** Checks also that it announces every file loaded so far. Throws Refused. */
  loadSnapshot(bytes: Uint8Array, freshness: Freshness): void {
    const root = this.#requireRoot();
    const authority = baseAuthority(root, 'snapshot');
    const file = this.#orRefused(SNAPSHOT, bytes, authority, () => {
      const parsed = parseSnapshot(bytes);
      verifySignatures(parsed, authority, this.#context.crypto);
      this.#checkExpiry(parsed, freshness);
      return parsed;
    });
    for (const loaded of [root, ...this.#targets.values()]) {
      const fault = checksumFault(
        loaded.role,
        loaded.bytes,
        file.body.meta.get(loaded.role),
        this.#context.crypto,
      );
      if (fault !== undefined) throw new Refused(fault);
    }
    this.#snapshot = file;
  }

  /** Takes a snapshot that the server has just made. */
  acceptSnapshot(file: MetadataFile<SnapshotBody>): void {
    this.#snapshot = file;
  }

  /** The keys of a base role in the loaded root. */
  authorityOf(role: 'snapshot' | 'timestamp'): RoleAuthority {
    return baseAuthority(this.#requireRoot(), role);
  }

  #requireRoot(): MetadataFile<RootBody> {
    if (this.#root === undefined) throw new Refused('root must be loaded first');
    return this.#root;
  }

  #delegation(role: RoleName): RoleAuthority {
    if (!this.#targets.has(TARGETS)) throw new Refused('targets must be loaded first');
    const parent = this.#targets.get(parentRole(role))?.body;
    const entry = parent?.delegations.find(({ name }) => name === role);
    if (parent === undefined || entry === undefined) {
      throw new Refused(`tuf: invalid role ${role}. delegation does not exist`);
    }
    return { keys: parent.delegationKeys, keyids: entry.keyids, threshold: entry.threshold };
  }

  #checkExpiry(file: MetadataFile, freshness: Freshness): void {
    if (freshness === 'must-be-fresh') verifyExpiry(file, this.#context.now);
  }

  /** Runs the core's checks; puts what they throw into notary's words. */
  #orRefused<T>(role: RoleName, bytes: Uint8Array, authority: RoleAuthority | undefined, check: () => T): T {
    try {
      return check();
    } catch (error) {
      const cause = hasCode(error, 'trust/malformed') ? this.#explain(role, bytes, authority, error) : error;
      if (cause instanceof Refused) throw cause;
      const text = refusalText(cause, expiresOf(bytes));
      if (text === undefined) throw cause;
      throw new Refused(text, { cause });
    }
  }

  /**
   * Why a file that the core found malformed is refused. notary looks at the signatures of targets and snapshot
   * before their structure, at the structure of root and delegations before their signatures.
   */
  #explain(
    role: RoleName,
    bytes: Uint8Array,
    authority: RoleAuthority | undefined,
    error: AppError,
  ): unknown {
    try {
      const { signed, signatures } = looseFile(bytes);
      const message = canonicalOrRefused(signed);
      const signaturesFirst = isBaseRole(role) && authority !== undefined;
      if (signaturesFirst) verifySignatures({ role, message, signatures }, authority, this.#context.crypto);
      const fault = structureFault(role, signed);
      return new Refused(fault ?? reasonOf(error), { cause: error });
    } catch (caught) {
      if (caught instanceof JsonError) return new Refused(caught.message, { cause: error });
      return caught;
    }
  }
}

function baseAuthority(
  root: MetadataFile<RootBody>,
  role: 'targets' | 'snapshot' | 'timestamp',
): RoleAuthority {
  const entry = root.body.roles.get(role);
  return { keys: root.body.keys, keyids: entry?.keyids ?? [], threshold: entry?.threshold ?? 0 };
}

const reasonOf = (error: AppError): string =>
  hasCode(error, 'trust/malformed') ? error.details.reason : error.message;

interface LooseFile {
  readonly signed: JsonValue;
  readonly signatures: readonly Signature[];
}

/** The two halves of a file whatever is in them. Throws JsonError. */
function looseFile(bytes: Uint8Array): LooseFile {
  const { reader } = readerOf(bytes);
  const value = reader.value();
  reader.end();
  const file = value as { readonly signed?: JsonValue; readonly signatures?: readonly Signature[] | null };
  const signatures = (file.signatures ?? []).map((entry) => ({
    ...entry,
    method: entry.method.toLowerCase(),
  }));
  return { signed: file.signed ?? null, signatures };
}

/** notary: fractions cannot be canonicalised, and it says which. */
function canonicalOrRefused(signed: JsonValue): Uint8Array {
  const fraction = findFraction(signed);
  if (fraction !== undefined) throw new Refused(`json: unsupported value: ${fraction}`);
  return canonicalBytes(signed);
}

function findFraction(value: JsonValue): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? undefined : value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const item of Object.values<JsonValue>(value)) {
    const found = findFraction(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function expiresOf(bytes: Uint8Array): string | undefined {
  const found = /"expires":"([^"]*)"/.exec(Buffer.from(bytes).toString('utf8'));
  return found?.[1];
}
