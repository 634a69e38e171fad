/** The keys that could sign a repository, wherever their private halves are: for plans that are carried there. Pure. */
import type { CanonicalKeyId } from '../../../shared/brands.ts';
import { type AppError, hasCode } from '../../../shared/errors.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import type { DelegationRole, TargetsBody } from '../../tuf/model.ts';
import { RELEASES, ROOT, SNAPSHOT, TARGETS } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { PlanSource } from './make-plan.ts';
import type { AvailableKey, Plan } from './plan.ts';
import type { Planner } from './planner.ts';

/**
 * What is at hand, and every other key that root and delegations name, as being elsewhere. Not those of snapshot and
 * timestamp: whether anybody but the server has the snapshot's is asked when it is known that the plan needs it.
 */
export function withKeysElsewhere(
  source: PlanSource,
  available: readonly AvailableKey[],
  crypto: TufCrypto,
): readonly AvailableKey[] {
  const keys = new Map<CanonicalKeyId, AvailableKey>();
  const add = (keyId: CanonicalKeyId, role: string): void => {
    if (!keys.has(keyId)) keys.set(keyId, { keyId, role, place: { kind: 'elsewhere' } });
  };
  for (const [keyId, role] of [...baseKeys(source, crypto), ...delegatedKeys(source, crypto)])
    add(keyId, role);
  for (const key of available) keys.set(key.keyId, key);
  return [...keys.values()];
}

function baseKeys({ root }: PlanSource, crypto: TufCrypto): readonly (readonly [CanonicalKeyId, string])[] {
  return [ROOT, TARGETS].flatMap((role) =>
    (root.body.roles.get(role as 'root' | 'targets')?.keyids ?? []).flatMap((id) => {
      const key = root.body.keys.get(id);
      return key === undefined ? [] : [[canonicalKeyId(key, crypto), role] as const];
    }),
  );
}

/** A signer's own role names the key; `targets/releases` is shared, so it comes last. */
function delegatedKeys(
  { targets }: PlanSource,
  crypto: TufCrypto,
): readonly (readonly [CanonicalKeyId, string])[] {
  const entries = [...targets.values()].flatMap(({ body }) =>
    body.delegations.map((entry) => ({ entry, body })),
  );
  const own = entries.filter(({ entry }) => entry.name !== RELEASES);
  const shared = entries.filter(({ entry }) => entry.name === RELEASES);
  return [...own, ...shared].flatMap(({ entry, body }) => keysOf(entry, body, crypto));
}

function keysOf(
  { name, keyids }: DelegationRole,
  { delegationKeys }: TargetsBody,
  crypto: TufCrypto,
): readonly (readonly [CanonicalKeyId, string])[] {
  return keyids.flatMap((id) => {
    const key = delegationKeys.get(id);
    return key === undefined ? [] : [[canonicalKeyId(key, crypto), name.slice('targets/'.length)] as const];
  });
}

/**
 * A plan for those who have the keys: with the keys at hand where they are enough, with the snapshot's elsewhere where
 * only that is missing, else with everybody's.
 */
export async function planForElsewhere(
  planner: Planner,
  make: (planner: Planner) => Promise<Plan>,
): Promise<Plan> {
  try {
    return await make(planner);
  } catch (error) {
    if (!lacksKeys(error)) throw error;
    if (!isOfSnapshot(error)) return make(planner.countingKeysElsewhere());
  }
  try {
    return await make(planner.countingKeysElsewhere('snapshot'));
  } catch (error) {
    if (!lacksKeys(error)) throw error;
    return make(planner.countingKeysElsewhere());
  }
}

/** Nothing stands in the way of a plan but that keys are not here. */
export function lacksKeys(error: unknown): error is AppError<'plan/cannot-sign'> | AppError<'signer/no-key'> {
  return hasCode(error, 'plan/cannot-sign') || hasCode(error, 'signer/no-key');
}

const isOfSnapshot = (error: unknown): boolean =>
  hasCode(error, 'plan/cannot-sign') && error.details.role === SNAPSHOT;
