/**
 * Who signs: which signer of a repository the person is, by the private keys at hand and their choice. Pure.
 * SECURITY: docker signs with every key it finds on the machine, other people's included; here a signer is chosen.
 */
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import type { DelegationRole } from '../../tuf/model.ts';
import { isDelegation, RELEASES, TARGETS } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { PlanSource } from './make-plan.ts';
import type { AvailableKey } from './plan.ts';

export interface Signer {
  /** `jeff` for `targets/jeff`. */
  readonly name: string;
  readonly role: RoleName;
  /** Keys of the role whose private half is at hand. */
  readonly keyIds: readonly CanonicalKeyId[];
}

/** Direct children of `targets` (without releases) that the keys at hand can sign as. */
export function localSigners(
  source: PlanSource,
  available: readonly AvailableKey[],
  crypto: TufCrypto,
): readonly Signer[] {
  return directDelegations(source)
    .filter((role) => role.name !== RELEASES)
    .map((role) => ({
      name: role.name.slice('targets/'.length),
      role: role.name,
      keyIds: localKeyIds(source, role, available, crypto),
    }))
    .filter((signer) => signer.keyIds.length > 0);
}

/**
 * The signer to act as: the named one, or the only one.
 * @throws `signer/no-key` when the named one has no key here, `signer/unknown` when there is none of that name,
 * `signer/choose` when several could be meant
 */
export function chooseSigner(
  source: PlanSource,
  signers: readonly Signer[],
  wanted: string | undefined,
): Signer | undefined {
  if (wanted !== undefined) {
    const found = signers.find((signer) => signer.name === wanted);
    if (found !== undefined) return found;
    const isSigner = directDelegations(source).some(({ name }) => name === `targets/${wanted}`);
    throw new AppError(isSigner ? 'signer/no-key' : 'signer/unknown', { gun: source.gun, name: wanted });
  }
  if (signers.length > 1) {
    throw new AppError('signer/choose', { gun: source.gun, names: signers.map((signer) => signer.name) });
  }
  return signers[0];
}

export function directDelegations(source: PlanSource): readonly DelegationRole[] {
  return source.targets.get(TARGETS)?.body.delegations ?? [];
}

/** The canonical IDs of a direct delegation's keys whose private half is at hand. */
export function localKeyIds(
  source: PlanSource,
  role: DelegationRole,
  available: readonly AvailableKey[],
  crypto: TufCrypto,
): readonly CanonicalKeyId[] {
  const keys = source.targets.get(TARGETS)?.body.delegationKeys;
  return role.keyids.flatMap((id) => {
    const key = keys?.get(id);
    if (key === undefined) return [];
    const keyId = canonicalKeyId(key, crypto);
    return available.some((candidate) => candidate.keyId === keyId) ? [keyId] : [];
  });
}

/** Administration signs with whatever key the root names for the base role; delegations only with `keyIds`. */
export function onlyThese(keyIds: readonly CanonicalKeyId[]): (key: AvailableKey, role: RoleName) => boolean {
  return (key, role) => !isDelegation(role) || keyIds.includes(key.keyId);
}
