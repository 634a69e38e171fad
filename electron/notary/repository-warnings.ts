/** The warnings that go with a verified repository. Pure. notary: six months before anything expires, say so. */
import type { RoleName } from '../../shared/brands.ts';
import type { MetadataFile } from '../tuf/model.ts';
import { ROOT, SNAPSHOT } from '../tuf/names.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import { rootCertificates } from '../tuf/root-certificates.ts';
import type { TrustedRepository } from '../tuf/trusted-repository.ts';
import type { RepositoryWarning } from './verified-repository.ts';

export interface WarningFacts {
  readonly now: Date;
  readonly crypto: TufCrypto;
  /** Host of the trust server when an answer came over a connection that did not verify. */
  readonly unverifiedHost: string | undefined;
  readonly stagedChanges: number;
}

/** Most urgent first. */
export function repositoryWarnings(
  trusted: TrustedRepository,
  facts: WarningFacts,
): readonly RepositoryWarning[] {
  const { unverifiedHost, stagedChanges } = facts;
  return [
    ...(unverifiedHost === undefined ? [] : [{ kind: 'tls-not-verified', host: unverifiedHost } as const]),
    ...[...trusted.problems].map(([role, error]) => ({ kind: 'delegation-unusable', role, error }) as const),
    ...expiringRoles(trusted, facts.now),
    ...expiringCertificates(trusted, facts),
    ...(stagedChanges === 0 ? [] : [{ kind: 'staged-changes', count: stagedChanges } as const]),
  ];
}

/** The instant before which an expiry is "soon": six calendar months ahead. */
export function sixMonthsAfter(now: Date): number {
  const then = new Date(now);
  then.setUTCMonth(then.getUTCMonth() + 6);
  return then.getTime();
}

/** notary: root, targets and delegations, snapshot; never the timestamp, which lives for days. */
function expiringRoles(trusted: TrustedRepository, now: Date): readonly RepositoryWarning[] {
  const soon = sixMonthsAfter(now);
  const files: readonly (readonly [RoleName, MetadataFile | undefined])[] = [
    [ROOT, trusted.root],
    ...trusted.targets,
    [SNAPSHOT, trusted.snapshot],
  ];
  return files.flatMap(([role, file]) => {
    const at = file?.body.expiresAt;
    return at !== undefined && at < soon ? [{ kind: 'expires-soon', role, at } as const] : [];
  });
}

function expiringCertificates(
  trusted: TrustedRepository,
  { now, crypto }: WarningFacts,
): readonly RepositoryWarning[] {
  if (trusted.root === undefined) return [];
  const soon = sixMonthsAfter(now);
  return rootCertificates(trusted.root.body, trusted.gun, now.getTime(), crypto)
    .filter(({ leaf }) => leaf.notAfter < soon)
    .map(({ leaf }) => ({
      kind: 'certificate-expires-soon',
      commonName: leaf.commonName,
      at: leaf.notAfter,
    }));
}
