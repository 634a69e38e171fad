/**
 * From verified metadata to what `docker trust inspect` shows. Privileged process; pure, no I/O.
 * Rules: docker/cli cli/command/trust (which tags are released, who their signers are).
 */
import { isAppError } from '../../shared/errors.ts';
import type { TufKeyId } from '../../shared/brands.ts';
import { walkRoles, type TargetsFiles, type WalkedRole } from '../tuf/delegations.ts';
import type { BaseRole, MetadataFile, RootBody, TargetEntry } from '../tuf/model.ts';
import { pathCovers, RELEASES, TARGETS } from '../tuf/names.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import type { Inspection, SignedTags, SignerKeys } from './inspection.ts';
import { canonicalIdsOf } from './role-views.ts';
import { TagRows } from './tag-rows.ts';

/** The verified files that a view is made of. */
export interface InspectedFiles {
  readonly root: Pick<MetadataFile<RootBody>, 'body'>;
  readonly targets: TargetsFiles;
}

/** @param name as typed; @param tag only this tag, as in `inspect IMAGE:TAG` */
export function inspect(
  files: InspectedFiles,
  name: string,
  tag: string | undefined,
  crypto: TufCrypto,
): Inspection {
  return {
    name,
    tags: signedTags(files.targets, tag),
    signers: signersOf(files.targets, crypto),
    rootKeys: keyIdsOf(files, 'root'),
    repositoryKeys: keyIdsOf(files, 'targets'),
  };
}

/** The keys that root names for a base role, in its order. */
function keyIdsOf({ root }: InspectedFiles, role: BaseRole): readonly TufKeyId[] {
  return root.body.roles.get(role)?.keyids ?? [];
}

/**
 * Everyone with a delegation except `targets/releases`, with canonical key IDs.
 * docker shows no signers at all when a key of any delegation cannot be read; so do we.
 */
export function signersOf(targets: TargetsFiles, crypto: TufCrypto): readonly SignerKeys[] {
  const signers = new Map<string, SignerKeys>();
  try {
    for (const { body } of walkRoles(targets)) {
      for (const delegation of body.delegations) {
        if (delegation.name === RELEASES) continue;
        const name = toSignerName(delegation.name);
        signers.set(name, { name, keyIds: canonicalIdsOf(delegation.keyids, body, crypto) });
      }
    }
  } catch (error) {
    if (isAppError(error) && error.code === 'trust/invalid-certificate') return [];
    throw error;
  }
  return [...signers.values()];
}

/** `targets/jeff` -> `jeff`; a nested delegation keeps its path. */
export function toSignerName(role: string): string {
  return role.slice('targets/'.length);
}

const isReleasedRole = (role: string): boolean => role === TARGETS || role === RELEASES;

/**
 * Released tags: the pairs of tag and digest that `targets/releases` or `targets` hold. Their signers are the other
 * roles that hold the same pair. Without a tag docker does not ask whether a role's paths cover the name, with one
 * it does; kept so, because both must print the same.
 */
export function signedTags(targets: TargetsFiles, tag?: string): SignedTags {
  const walked = [...walkRoles(targets)].filter(({ paths }) => tag === undefined || pathCovers(paths, tag));
  const rows = new TagRows();
  for (const role of releasesFirst(walked)) rows.release(entriesOf(role, tag));
  for (const role of walked) {
    if (!isReleasedRole(role.role)) rows.sign(entriesOf(role, tag), toSignerName(role.role));
  }
  return rows.toColumns();
}

/** Names of tags that docker pulls, and of those that only signers' own roles hold, each with these signers. */
export function signedNames(targets: TargetsFiles): {
  readonly released: readonly string[];
  readonly unreleased: ReadonlyMap<string, readonly string[]>;
} {
  const walked = [...walkRoles(targets)];
  const namesOf = ({ body }: WalkedRole): readonly string[] => body.targets.map(({ name }) => name);
  const released = new Set(walked.filter(({ role }) => isReleasedRole(role)).flatMap(namesOf));
  const unreleased = new Map<string, readonly string[]>();
  for (const role of walked) {
    if (isReleasedRole(role.role)) continue;
    for (const name of namesOf(role)) {
      if (released.has(name)) continue;
      unreleased.set(name, [...(unreleased.get(name) ?? []), toSignerName(role.role)]);
    }
  }
  return { released: [...released], unreleased };
}

function releasesFirst(walked: readonly WalkedRole[]): readonly WalkedRole[] {
  return walked.filter(({ role }) => isReleasedRole(role)).sort((a, b) => b.role.length - a.role.length);
}

function entriesOf({ body }: WalkedRole, tag: string | undefined): readonly TargetEntry[] {
  return tag === undefined ? body.targets : body.targets.filter(({ name }) => name === tag);
}
