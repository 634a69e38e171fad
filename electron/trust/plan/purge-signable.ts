/**
 * `delegation purge --skip-unsignable`: a key leaves every delegation that can be changed from here. Privileged side.
 * What is left out is part of the plan's changes, so that it is the same wherever the plan is signed.
 */
import type { CanonicalKeyId, Gun, RoleName } from '../../../shared/brands.ts';
import { type AppError, hasCode } from '../../../shared/errors.ts';
import { isDelegation, TARGETS } from '../../tuf/names.ts';
import { purgeKeys } from './change-delegations.ts';
import type { Plan } from './plan.ts';
import type { Planner } from './planner.ts';
import type { ActAs } from './wishes.ts';

export interface PurgeWish extends ActAs {
  readonly gun: Gun;
  readonly keyIds: readonly CanonicalKeyId[];
}

/** Whose delegations keep the keys, and whose signature it would have taken. */
export interface LeftOut {
  readonly role: RoleName;
  readonly keyIds: readonly string[];
}

export interface SignablePurge {
  readonly plan: Plan;
  readonly leftOut: readonly LeftOut[];
}

/** @throws `plan/cannot-sign` when nothing of it can be signed from here, and what `Planner.changes` throws */
export async function planSignablePurge(planner: Planner, wish: PurgeWish): Promise<SignablePurge> {
  const refusals: AppError<'plan/cannot-sign'>[] = [];
  for (;;) {
    const except = refusals.map(({ details }) => details.role as RoleName);
    try {
      const { gun, signAs } = wish;
      const plan = await planner.changes({ gun, signAs, ...purgeKeys(wish.keyIds, except) });
      return {
        plan,
        leftOut: refusals.map(({ details: { role, keyIds } }) => ({ role: role as RoleName, keyIds })),
      };
    } catch (error) {
      if (hasCode(error, 'plan/nothing-to-do')) throw refusals[0] ?? error;
      if (!isOfDelegations(error) || except.includes(error.details.role as RoleName)) throw error;
      refusals.push(error);
    }
  }
}

/** Not of the snapshot, which every publish may need. */
function isOfDelegations(error: unknown): error is AppError<'plan/cannot-sign'> {
  if (!hasCode(error, 'plan/cannot-sign')) return false;
  const { role } = error.details;
  return role === TARGETS || isDelegation(role);
}
