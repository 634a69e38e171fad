/** First versions of metadata, and the next one of what is there. Pure; version and expiry are set here only. */
import type { TufKeyId } from '../../shared/brands.ts';
import { formatExpiry } from './expiry.ts';
import { tufKeyId } from './key-id.ts';
import { EXPIRY } from './limits.ts';
import type {
  BaseRole,
  FileMeta,
  PublicKey,
  RoleKeys,
  RootBody,
  SignedBody,
  SnapshotBody,
  TargetsBody,
  TimestampBody,
} from './model.ts';
import { BASE_ROLES } from './names.ts';
import type { TufCrypto } from './ports.ts';

type Lifetime = keyof typeof EXPIRY;

/** Expiry for a file signed now: whole seconds in UTC, which Go prints the same way. */
export function expiryFrom(
  now: Date,
  role: Lifetime,
): { readonly expires: string; readonly expiresAt: number } {
  const expiresAt = Math.floor((now.getTime() + EXPIRY[role]) / 1000) * 1000;
  return { expires: formatExpiry(expiresAt), expiresAt };
}

/** The body with the next version and a new expiry; `above` is a version that must be exceeded too. */
export function nextVersion<Body extends SignedBody>(body: Body, now: Date, above = 0): Body {
  const lifetime = body.type.toLowerCase() as Lifetime;
  return { ...body, version: Math.max(body.version, above) + 1, ...expiryFrom(now, lifetime) };
}

/** Root version 1. Root keys are certificates; every role gets threshold 1, as notary does. */
export function newRoot(
  keys: Readonly<Record<BaseRole, readonly PublicKey[]>>,
  now: Date,
  crypto: Pick<TufCrypto, 'sha256'>,
): RootBody {
  const all = new Map<TufKeyId, PublicKey>();
  const roles = BASE_ROLES.map((role): [BaseRole, RoleKeys] => {
    const keyids = keys[role].map((key) => tufKeyId(key, crypto));
    keys[role].forEach((key, i) => all.set(keyids[i] ?? tufKeyId(key, crypto), key));
    return [role, { keyids, threshold: 1 }];
  });
  return {
    type: 'Root',
    version: 1,
    ...expiryFrom(now, 'root'),
    consistentSnapshot: false,
    keys: all,
    roles: new Map(roles),
  };
}

/** An empty targets file (also of a delegation), version 1. */
export function newTargets(now: Date): TargetsBody {
  return {
    type: 'Targets',
    version: 1,
    ...expiryFrom(now, 'targets'),
    targets: [],
    delegationKeys: new Map(),
    delegations: [],
  };
}

/** Snapshot version 1 over the files given by role name. */
export function newSnapshot(meta: ReadonlyMap<string, FileMeta>, now: Date): SnapshotBody {
  return { type: 'Snapshot', version: 1, ...expiryFrom(now, 'snapshot'), meta };
}

/** Timestamp version 1 over a snapshot. */
export function newTimestamp(snapshot: FileMeta, now: Date): TimestampBody {
  return {
    type: 'Timestamp',
    version: 1,
    ...expiryFrom(now, 'timestamp'),
    meta: new Map([['snapshot', snapshot]]),
  };
}
