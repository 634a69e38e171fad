/**
 * The wish to put another key in the place of a base role's, as a change of a plan. Pure. A stand-in is in the change
 * until the key is known (`rotation.ts`).
 */
import type { CanonicalKeyId } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Change } from '../../tuf/change.ts';
import type { BaseRole } from '../../tuf/model.ts';
import { isBaseRole, isDelegation } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { AvailableKey, PlanRotation } from './plan.ts';
import {
  NEW_REPOSITORY_KEY,
  NEW_ROOT_KEY,
  NEW_SERVER_KEY,
  NEW_SNAPSHOT_KEY,
  standIn,
  standInId,
} from './stand-in.ts';

/**
 * Which keys may take the place of a role's: notary's rules, and the repository key may be one that is here already.
 * @throws `plan/rotation-refused`, `keystore/key-not-found`
 */
export function parseRotation(
  role: string,
  key: PlanRotation['key'] | undefined,
  available: readonly AvailableKey[],
): PlanRotation {
  const base = parseBaseRole(role);
  const wanted = key ?? (base === 'timestamp' ? 'server' : 'new');
  if (wanted === 'server' && (base === 'root' || base === 'targets')) throw refused(role, 'not-by-server');
  if (wanted !== 'server' && base === 'timestamp') throw refused(role, 'only-by-server');
  if (wanted === 'new' || wanted === 'server') return { role: base, key: wanted };
  const found = available.find(({ keyId, place }) => keyId === wanted && place.kind !== 'elsewhere');
  if (found === undefined) throw new AppError('keystore/key-not-found', { keyId: wanted });
  // SECURITY: a root key is kept apart; one that signs releases every day must not become it by a slip.
  if ((base === 'root') !== (found.role === 'root')) throw refused(role, 'other-kind');
  return { role: base, key: found.keyId };
}

function parseBaseRole(role: string): BaseRole {
  if (isDelegation(role)) throw refused(role, 'delegation');
  if (isBaseRole(role)) return role;
  throw refused(role, 'no-role');
}

const refusals = {
  delegation: 'a delegation has signers, whose keys are added and removed',
  'not-by-server': 'the server cannot hold it',
  'only-by-server': 'only the server can hold it',
  'other-kind': 'root keys are for root, and for nothing else',
  'no-role': 'there is no such role',
} as const;

function refused(role: string, why: keyof typeof refusals): AppError {
  return new AppError('plan/rotation-refused', { role, reason: refusals[why] });
}

/** `Rotate the repository key`. */
export function rotationTitle(role: BaseRole): string {
  return `Rotate the ${role === 'targets' ? 'repository' : role} key`;
}

/** The change of a plan whose key is not known yet. */
export function rotationChanges({ role }: PlanRotation): readonly Change[] {
  return [{ kind: 'replace-base-keys', role, keys: [standIn] }];
}

/** The stand-in as a key at hand: it signs where the key that it stands for is. Not for a key of the server's. */
export function standInKey(
  { role, key }: PlanRotation,
  available: readonly AvailableKey[],
  crypto: TufCrypto,
): readonly AvailableKey[] {
  if (key === 'server') return [];
  const place = available.find(({ keyId }) => keyId === key)?.place ?? { kind: 'new' };
  return [{ keyId: standInId(crypto), role, place }];
}

/** What the key is called until it is known. */
export function rotatedKeyName({ role, key }: PlanRotation): CanonicalKeyId {
  if (key === 'server') return NEW_SERVER_KEY;
  if (key !== 'new') return key;
  if (role === 'root') return NEW_ROOT_KEY;
  return role === 'targets' ? NEW_REPOSITORY_KEY : NEW_SNAPSHOT_KEY;
}
