/** Whose keys sign roles that are signed again as they are: each role's own, of people the person acts as. Pure. */
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import type { TargetsBody } from '../../tuf/model.ts';
import { isDelegation, parentRole, RELEASES } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { PlanSource } from './make-plan.ts';
import type { AvailableKey } from './plan.ts';
import { identityKeys } from './sign-tags.ts';

/**
 * The keys at hand of every role in `roles`. A signer's role is signed with that signer's keys only; the shared
 * `targets/releases` by the one signer who acts, or by those whose own roles are among `roles`.
 * SECURITY: other people's keys on this computer do not sign unasked.
 * @param earlier files that also name keys: what a restore brings back
 * @throws `signer/choose`, `signer/no-key`
 */
export function keysForRoles(
  source: PlanSource,
  roles: readonly RoleName[],
  available: readonly AvailableKey[],
  signAs: string | undefined,
  crypto: TufCrypto,
  earlier: ReadonlyMap<RoleName, TargetsBody> = new Map(),
): readonly CanonicalKeyId[] {
  const own = roles
    .filter((role) => isDelegation(role) && role !== RELEASES)
    .flatMap((role) => [
      ...namedKeys(source.targets.get(parentRole(role))?.body, role, crypto),
      ...namedKeys(earlier.get(parentRole(role)), role, crypto),
    ])
    .filter((id) => available.some(({ keyId }) => keyId === id));
  if (!roles.includes(RELEASES)) return own;
  const shared = namedKeys(source.targets.get(parentRole(RELEASES))?.body, RELEASES, crypto);
  if (own.some((id) => shared.includes(id))) return own;
  return [...own, ...identityKeys(source, available, signAs, crypto)];
}

function namedKeys(
  parent: TargetsBody | undefined,
  role: RoleName,
  crypto: TufCrypto,
): readonly CanonicalKeyId[] {
  const entry = parent?.delegations.find(({ name }) => name === role);
  return (entry?.keyids ?? []).flatMap((id) => {
    const key = parent?.delegationKeys.get(id);
    return key === undefined ? [] : [canonicalKeyId(key, crypto)];
  });
}
