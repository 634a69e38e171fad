/**
 * What can no longer be done when a key goes, and by which other keys it still can. Pure: verified repositories and
 * the IDs of the keys that stay in, sentences' worth of facts out.
 */
import type { CanonicalKeyId, Gun } from '../../shared/brands.ts';
import type { WayOut } from '../../shared/way-out.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import { walkRoles } from '../tuf/delegations.ts';
import { canonicalKeyId } from '../tuf/key-id.ts';
import type { PublicKey, RoleKeys } from '../tuf/model.ts';
import type { TufCrypto } from '../tuf/ports.ts';

/** A role of a repository with the keys that may sign it. */
export interface RoleOfKeys {
  readonly gun: Gun;
  /** `root`, `targets`, `snapshot`, `timestamp` or a delegation. */
  readonly role: string;
  readonly threshold: number;
  readonly keys: readonly CanonicalKeyId[];
}

export interface KeyImpact {
  readonly gun: Gun;
  readonly role: string;
  readonly effect: ImpactEffect;
  /** True of `targets` where there is no signer: its key signs every tag, too. */
  readonly signsTags: boolean;
  /** Who can put another key in its place; absent for the root, above which there is nothing. */
  readonly wayOut?: WayOut;
  /** Keys of the role that stay here. */
  readonly othersHere: readonly CanonicalKeyId[];
  /** Keys of the role whose private half is not here: somebody else's, on a token, offline. */
  readonly othersElsewhere: readonly CanonicalKeyId[];
}

export type ImpactEffect =
  /** Enough other keys of the role are here. */
  | 'still-signable-here'
  /** Others hold enough keys; not this computer. */
  | 'others-must-sign'
  /** No one has enough keys without it. */
  | 'nobody-can-sign';

/** Every role that names the key, worst first. `offline`: keys that are kept offline. Empty when no known repository needs it. */
export function impactOfLosing(
  keyId: string,
  roles: readonly RoleOfKeys[],
  keysHere: ReadonlySet<string>,
  offline: ReadonlySet<string> = new Set(),
): readonly KeyImpact[] {
  return roles
    .filter(({ keys }) => keys.some((id) => id === keyId))
    .map((role) => ({
      ...impactOnRole(keyId, role, keysHere),
      signsTags: role.role === 'targets' && !roles.some((other) => isSigner(other, role)),
      ...wayOutOf(role, roles, keysHere, offline),
    }))
    .sort((a, b) => severity(b.effect) - severity(a.effect));
}

function isSigner({ gun, role }: RoleOfKeys, { gun: wanted }: RoleOfKeys): boolean {
  return gun === wanted && role.startsWith('targets/');
}

function wayOutOf(
  { gun, role }: RoleOfKeys,
  roles: readonly RoleOfKeys[],
  here: ReadonlySet<string>,
  offline: ReadonlySet<string>,
): { readonly wayOut?: WayOut } {
  if (role === 'root') return {};
  const above = role.startsWith('targets/') ? 'targets' : 'root';
  const { keys = [], threshold = 1 } = roles.find((each) => each.gun === gun && each.role === above) ?? {};
  const reached = (isThere: (id: string) => boolean): boolean => keys.filter(isThere).length >= threshold;
  if (reached((id) => here.has(id))) return { wayOut: { with: above, where: 'here' } };
  const isKept = reached((id) => here.has(id) || offline.has(id));
  return { wayOut: { with: above, where: isKept ? 'offline' : 'elsewhere' } };
}

function impactOnRole(
  keyId: string,
  role: RoleOfKeys,
  keysHere: ReadonlySet<string>,
): Omit<KeyImpact, 'signsTags' | 'wayOut'> {
  const others = [...new Set(role.keys)].filter((id) => id !== keyId);
  const othersHere = others.filter((id) => keysHere.has(id));
  const othersElsewhere = others.filter((id) => !keysHere.has(id));
  const effect = effectOf(role.threshold, othersHere.length, others.length);
  return { gun: role.gun, role: role.role, effect, othersHere, othersElsewhere };
}

function effectOf(threshold: number, here: number, all: number): ImpactEffect {
  if (here >= threshold) return 'still-signable-here';
  return all >= threshold ? 'others-must-sign' : 'nobody-can-sign';
}

function severity(effect: ImpactEffect): number {
  return ['still-signable-here', 'others-must-sign', 'nobody-can-sign'].indexOf(effect);
}

/** The roles of a repository with the IDs under which private keys are stored. */
export function rolesOf(repository: VerifiedRepository, crypto: TufCrypto): readonly RoleOfKeys[] {
  const { gun, root } = repository;
  const toRole = (
    role: string,
    { keyids, threshold }: RoleKeys,
    keys: ReadonlyMap<string, PublicKey>,
  ): RoleOfKeys => {
    const known = keyids.flatMap((id) => keys.get(id) ?? []);
    return { gun, role, threshold, keys: known.flatMap((key) => canonicalIdOf(key, crypto)) };
  };
  const base = [...root.body.roles].map(([role, roleKeys]) => toRole(role, roleKeys, root.body.keys));
  const delegations = [...walkRoles(repository.targets)].flatMap(({ body }) =>
    body.delegations.map((role) => toRole(role.name, role, body.delegationKeys)),
  );
  return [...base, ...delegations];
}

/** A certificate that cannot be read names no private key. */
function canonicalIdOf(key: PublicKey, crypto: TufCrypto): readonly CanonicalKeyId[] {
  try {
    return [canonicalKeyId(key, crypto)];
  } catch {
    return [];
  }
}
