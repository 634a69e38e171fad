/**
 * What docker with content trust takes for the content of a tag. Privileged process and command line; pure.
 * Rule: docker/cli cli/command/image/trust.go, `TrustedReference` and `trustedPull`.
 */
import type { RoleName } from '../../shared/brands.ts';
import {
  DOCKER_ROLES,
  findDockerTarget,
  listTargets,
  type TargetOfRole,
  type TargetsFiles,
} from '../tuf/delegations.ts';
import { sortNaturally } from './natural-order.ts';
import { sha256Of } from './role-views.ts';

export interface PulledTarget {
  readonly tag: string;
  /** `sha256:<hex>` */
  readonly digest: string;
  /** `targets/releases`, or `targets` for what the administrator alone signed. */
  readonly role: RoleName;
}

/** Undefined when docker would not pull it. */
export function pulledTarget(files: TargetsFiles, tag: string): PulledTarget | undefined {
  const found = findDockerTarget(files, tag);
  return found !== undefined && isPulled(found) ? toPulled(found) : undefined;
}

/** All of them, in natural order; docker's own order is random. */
export function pulledTargets(files: TargetsFiles): readonly PulledTarget[] {
  const pulled = listTargets(files, DOCKER_ROLES).filter(isPulled).map(toPulled);
  return sortNaturally(pulled, ({ tag }) => tag);
}

function isPulled({ role, target }: TargetOfRole): boolean {
  return DOCKER_ROLES.includes(role) && target.sha256 !== undefined;
}

function toPulled(found: TargetOfRole): PulledTarget {
  return { tag: found.target.name, digest: `sha256:${sha256Of(found)}`, role: found.role };
}
