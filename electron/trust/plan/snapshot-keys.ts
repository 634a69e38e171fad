/** The snapshot keys that a root names, and which of them are at hand. Pure. */
import type { CanonicalKeyId, Gun } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import type { RootBody } from '../../tuf/model.ts';
import { SNAPSHOT } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { AvailableKey, Plan } from './plan.ts';

/** `available`, and every other snapshot key that `root` names, as being on another computer. */
export function withSnapshotElsewhere(
  root: RootBody,
  available: readonly AvailableKey[],
  crypto: TufCrypto,
): readonly AvailableKey[] {
  const others = snapshotKeyIds(root, crypto).filter((id) => !available.some(({ keyId }) => keyId === id));
  const elsewhere = { role: SNAPSHOT, place: { kind: 'elsewhere' } } as const;
  return [...available, ...others.map((keyId) => ({ keyId, ...elsewhere }))];
}

export function hasSnapshotKey(
  root: RootBody,
  available: readonly AvailableKey[],
  crypto: TufCrypto,
): boolean {
  const ids = snapshotKeyIds(root, crypto);
  return available.some(({ keyId }) => ids.includes(keyId));
}

/** @returns `plan/cannot-sign` of the snapshot */
export function withoutSnapshotKey(
  { gun }: { readonly gun: Gun },
  root: RootBody,
  cause: unknown,
  crypto: TufCrypto,
): AppError {
  const keyIds = snapshotKeyIds(root, crypto);
  return new AppError('plan/cannot-sign', { gun, role: SNAPSHOT, keyIds }, { cause });
}

/** @returns `plan/moot`: the plan counts on the server for a snapshot that its owner signs */
export function lacksSnapshotRole({ gun }: Pick<Plan, 'gun'>): AppError {
  const reason = 'its owner signs the snapshot, and no signature for that is planned';
  return new AppError('plan/moot', { gun, reason });
}

/** Such a plan says itself whose the snapshot is from then on. */
export function replacesSnapshotKey({ changes }: Pick<Plan, 'changes'>): boolean {
  return changes.some((change) => change.kind === 'replace-base-keys' && change.role === SNAPSHOT);
}

function snapshotKeyIds(root: RootBody, crypto: TufCrypto): readonly CanonicalKeyId[] {
  return (root.roles.get('snapshot')?.keyids ?? []).flatMap((id) => {
    const key = root.keys.get(id);
    return key === undefined ? [] : [canonicalKeyId(key, crypto)];
  });
}
