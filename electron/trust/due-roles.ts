/**
 * Which roles of a repository are to be signed again: one answer for the window and `trustdesk renew`. Privileged process and
 * command line; pure.
 */
import type { RoleName } from '../../shared/brands.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import { ROOT } from '../tuf/names.ts';

export interface DueRole {
  readonly role: RoleName;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface DueRoles {
  readonly due: readonly DueRole[];
  /** Announced, and to be believed by nobody, for another reason than their age. */
  readonly unbelieved: readonly RoleName[];
}

/**
 * Roles that people sign and that expire before `before`; snapshot and timestamp follow with every publish.
 * SECURITY: a delegation that nobody believes is renewed only where its age is the reason: its signatures and version were
 * good. Whatever else a server announces is nothing to sign.
 */
export function dueRoles(
  {
    root,
    targets,
    unusable,
    problems,
  }: Pick<VerifiedRepository, 'root' | 'targets' | 'unusable' | 'problems'>,
  before: number,
): DueRoles {
  const isOnlyOld = (role: RoleName): boolean => problems.get(role)?.code === 'trust/expired';
  const expired = [...unusable].filter(([role]) => isOnlyOld(role));
  return {
    due: [[ROOT, root] as const, ...targets, ...expired]
      .map(([role, { body }]) => ({ role, expiresAt: body.expiresAt }))
      .filter(({ expiresAt }) => expiresAt < before),
    unbelieved: [...unusable.keys()].filter((role) => !isOnlyOld(role)),
  };
}
