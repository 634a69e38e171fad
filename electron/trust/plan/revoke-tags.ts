/** The edit behind "revoke": a tag goes from every role that makes it pullable, the administrator's included. Pure. */
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Change } from '../../tuf/change.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import { RELEASES, TARGETS } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { roleKeys } from './authorities.ts';
import type { PlanSource } from './make-plan.ts';
import type { AvailableKey } from './plan.ts';
import { identityKeys } from './sign-tags.ts';

export interface RevokeEdit {
  readonly changes: readonly Change[];
  readonly keyIds: readonly CanonicalKeyId[];
}

/**
 * @param tags the tags to revoke, or undefined for all that are signed
 * @throws `trust/no-signed-tag` when nothing signed has that name; `signer/choose`
 */
export function revokeEdit(
  source: PlanSource,
  tags: readonly string[] | undefined,
  available: readonly AvailableKey[],
  signAs: string | undefined,
  crypto: TufCrypto,
): RevokeEdit {
  const held = rolesHolding(source, tags === undefined ? undefined : new Set(tags));
  const missing = (tags ?? []).find((tag) => !held.some((holding) => holding.tag === tag));
  if (missing !== undefined) throw new AppError('trust/no-signed-tag', { gun: source.gun, tag: missing });
  const needsSigner = held.some((holding) => holding.role !== TARGETS);
  const keyIds = needsSigner ? identityKeys(source, available, signAs, crypto) : [];
  const changes = held
    .filter(({ role }) => mustChange(role) || canSign(source, role, keyIds, crypto))
    .map(({ role, tag }): Change => ({ kind: 'remove-target', role, name: tag }));
  return { changes, keyIds };
}

/** What makes a tag pullable; another signer's own list may keep it, consumers do not look there. */
function mustChange(role: RoleName): boolean {
  return role === RELEASES || role === TARGETS;
}

function rolesHolding(
  source: PlanSource,
  tags: ReadonlySet<string> | undefined,
): readonly { role: RoleName; tag: string }[] {
  return [...source.targets].flatMap(([role, file]) =>
    file.body.targets
      .filter((target) => tags === undefined || tags.has(target.name))
      .map((target) => ({ role, tag: target.name })),
  );
}

function canSign(
  source: PlanSource,
  role: RoleName,
  keyIds: readonly CanonicalKeyId[],
  crypto: TufCrypto,
): boolean {
  const targets = new Map([...source.targets].map(([name, file]) => [name, file.body]));
  const entry = roleKeys(role, { root: source.root.body, targets });
  return (entry?.keyids ?? []).some((id) => {
    const key = entry?.keys.get(id);
    return key !== undefined && keyIds.includes(canonicalKeyId(key, crypto));
  });
}
