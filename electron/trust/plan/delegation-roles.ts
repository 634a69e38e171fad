/** Which roles' files hold the delegations that changes are about; their keys sign. Pure. */
import type { RoleName } from '../../../shared/brands.ts';
import type { Change, PurgeKeys } from '../../tuf/change.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import { isDelegation, parentRole } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { PlanSource } from './make-plan.ts';

/** Each role once. */
export function rolesWithDelegations(
  source: PlanSource,
  changes: readonly Change[],
  crypto: TufCrypto,
): readonly RoleName[] {
  return [
    ...new Set(
      changes.flatMap((change) => {
        if (change.kind === 'purge-keys') return rolesNaming(source, change, crypto);
        return isDelegation(change.role) ? [parentRole(change.role as RoleName)] : [];
      }),
    ),
  ];
}

/** The roles that delegate to one of the keys. */
function rolesNaming(
  source: PlanSource,
  { keyIds, except = [] }: PurgeKeys,
  crypto: TufCrypto,
): readonly RoleName[] {
  return [...source.targets]
    .filter(([, { body }]) =>
      [...body.delegationKeys.values()].some((key) => keyIds.includes(canonicalKeyId(key, crypto))),
    )
    .map(([role]) => role)
    .filter((role) => !except.includes(role));
}
