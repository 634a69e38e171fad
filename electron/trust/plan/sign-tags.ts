/** The edit behind "sign": which roles get which targets. Pure. Role choice as docker's, keys as the person chose. */
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Change } from '../../tuf/change.ts';
import { pathCovers, TARGETS } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { chooseSigner, directDelegations, localKeyIds, localSigners } from './identity.ts';
import type { PlanSource } from './make-plan.ts';
import type { AvailableKey } from './plan.ts';

export interface TagToSign {
  readonly tag: string;
  /** Base64, as targets files carry it. */
  readonly sha256: string;
  /** Bytes of the manifest. */
  readonly length: number;
}

export interface SignEdit {
  readonly changes: readonly Change[];
  readonly keyIds: readonly CanonicalKeyId[];
}

/**
 * docker: every direct delegation that the signer's keys can sign and whose paths cover the tag; `targets` only when
 * the repository has no delegations at all (notary-protocol 6.5).
 * @throws `signer/choose`, `signer/no-key`, `plan/cannot-sign`
 */
export function signEdit(
  source: PlanSource,
  tags: readonly TagToSign[],
  available: readonly AvailableKey[],
  signAs: string | undefined,
  crypto: TufCrypto,
): SignEdit {
  if (directDelegations(source).length === 0 && signAs === undefined) {
    return { changes: tags.map((tag) => addTo(TARGETS, tag)), keyIds: [] };
  }
  const keyIds = identityKeys(source, available, signAs, crypto);
  const chosen = available.filter((key) => keyIds.includes(key.keyId));
  const roles = directDelegations(source).filter(
    (role) => localKeyIds(source, role, chosen, crypto).length > 0,
  );
  const changes = tags.flatMap((tag) =>
    roles.filter((role) => pathCovers(role.paths, tag.tag)).map((role) => addTo(role.name, tag)),
  );
  const uncovered = tags.find((tag) => !changes.some((change) => change.target.name === tag.tag));
  if (uncovered !== undefined)
    throw new AppError('plan/cannot-sign', { gun: source.gun, role: 'targets/releases', keyIds: [] });
  return { changes, keyIds };
}

/** The chosen signer's keys; where no signer's key is here, keys that `targets/releases` itself names. */
export function identityKeys(
  source: PlanSource,
  available: readonly AvailableKey[],
  signAs: string | undefined,
  crypto: TufCrypto,
): readonly CanonicalKeyId[] {
  const signer = chooseSigner(source, localSigners(source, available, crypto), signAs);
  if (signer !== undefined) return signer.keyIds;
  return directDelegations(source).flatMap((role) => localKeyIds(source, role, available, crypto));
}

function addTo(role: RoleName, tag: TagToSign): Change & { kind: 'add-target' } {
  return { kind: 'add-target', role, target: { name: tag.tag, sha256: tag.sha256, length: tag.length } };
}
