/**
 * Files that expired and are otherwise as their keys signed them. Pure. An edit cannot start from one, since nobody believes
 * it, and would start from an empty file: everything that was signed in the old one would be gone, and nobody told.
 */
import type { RoleName } from '../../../shared/brands.ts';
import { AppError, isAppError } from '../../../shared/errors.ts';
import type { Edited } from '../../tuf/edit.ts';
import type { TargetsBody } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { verifySignatures } from '../../tuf/verify.ts';
import { roleKeys } from './authorities.ts';
import type { PlanSource } from './make-plan.ts';

/** @throws `trust/invalid-change`: the role is to be signed again first, where a person sees what is in it */
export function refuseToStartAnew(source: PlanSource, edited: Edited, crypto: TufCrypto): void {
  for (const role of edited.changed) {
    const isNew = edited.targets.get(role)?.version === 0;
    if (isNew && isOnlyOld(role, source, crypto))
      throw new AppError('trust/invalid-change', { role, reason: 'its file has expired; renew it first' });
  }
}

/** A file with other keys' signatures, of a signer who was here before, is no loss to the role. */
function isOnlyOld(role: RoleName, source: PlanSource, crypto: TufCrypto): boolean {
  const file = source.unusable.get(role);
  const targets = new Map<RoleName, TargetsBody>([...source.targets].map(([name, { body }]) => [name, body]));
  const authority = roleKeys(role, { root: source.root.body, targets });
  if (file === undefined || authority === undefined) return false;
  try {
    verifySignatures(file, authority, crypto);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}
