/**
 * One line of the list of repositories: what the window shows of a repository without opening it. Privileged process;
 * pure: verified metadata and facts about local keys in, a view out.
 */
import type { Gun } from '../../shared/brands.ts';
import type { AppError } from '../../shared/errors.ts';
import type { RepositoryRow } from '../../shared/ipc/repositories.ts';
import type { RepositoryWarning, VerifiedRepository } from '../notary/verified-repository.ts';
import { RELEASES, TARGETS } from '../tuf/names.ts';
import type { MetadataFile } from '../tuf/model.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import { signedTags, signersOf, toSignerName } from './inspect.ts';
import { isHere, type LocalKeys, type NamedKey, namedKeys } from './local-keys.ts';

export type RowFreshness = RepositoryRow['freshness'];

/** What is known of one repository now. What was verified once stays, with its age, whatever happened since. */
export interface RepositoryState {
  readonly gun: Gun;
  /** Address of the trust server; '' when none can be chosen. */
  readonly server: string;
  readonly sandbox: boolean;
  readonly verified: VerifiedRepository | undefined;
  readonly freshness: RowFreshness;
}

/** An outcome as it crosses the bridge. */
export function toWire(error: AppError): { code: string; details: Record<string, unknown> } {
  return { code: error.code, details: { ...error.details } };
}

/** The freshness of what was just read. */
export function freshnessOf({ freshness }: VerifiedRepository): RowFreshness {
  const { kind, at } = freshness;
  return kind === 'verified' ? { kind, at } : { kind, at, reason: toWire(freshness.reason) };
}

/** The freshness after a failure. */
export function failedAt(at: number, error: AppError): RowFreshness {
  return { kind: 'failed', at, error: toWire(error) };
}

/** It was read once, and its server has nothing of it any more: nothing of what is known is signed there now. */
export function isGone(freshness: RowFreshness): boolean {
  if (freshness.kind === 'cached') return freshness.reason.code === 'trust/no-data';
  return freshness.kind === 'failed' && freshness.error.code === 'trust/no-data';
}

/** @param tags the number of signed tags, when it is known already: counting takes time at 100,000 */
export function toRow(state: RepositoryState, local: LocalKeys, crypto: TufCrypto): RepositoryRow {
  const { gun, server, sandbox, verified, freshness } = state;
  const common = { gun, server, sandbox, freshness };
  if (verified === undefined) {
    return { ...common, abilities: { signAs: [], administer: false, rootKey: false }, warnings: [] };
  }
  return {
    ...common,
    signedTags: countSignedTags(verified),
    signers: signersOf(verified.targets, crypto).length,
    nextExpiry: nextExpiryOf(verified, local, crypto),
    abilities: abilitiesOf(verified, local, crypto),
    warnings: verified.warnings.map(toWarning),
  };
}

const counts = new WeakMap<VerifiedRepository, number>();

/** Counted once per reading. */
function countSignedTags(repository: VerifiedRepository): number {
  const known = counts.get(repository) ?? signedTags(repository.targets).tags.length;
  counts.set(repository, known);
  return known;
}

/** The keys that root names for a base role. */
export function baseRoleKeys(
  { root }: VerifiedRepository,
  role: 'root' | 'targets' | 'snapshot' | 'timestamp',
  crypto: TufCrypto,
): readonly NamedKey[] {
  return namedKeys(root.body.roles.get(role)?.keyids ?? [], root.body.keys, crypto);
}

/** What the keys on this computer allow. */
export function abilitiesOf(
  repository: VerifiedRepository,
  local: LocalKeys,
  crypto: TufCrypto,
): RepositoryRow['abilities'] {
  const targets = repository.targets.get(TARGETS)?.body;
  const signers = (targets?.delegations ?? []).filter(
    ({ name, keyids }) =>
      name !== RELEASES && isHere(namedKeys(keyids, targets?.delegationKeys ?? new Map(), crypto), local),
  );
  return {
    signAs: signers.map(({ name }) => toSignerName(name)),
    administer: isHere(baseRoleKeys(repository, 'targets', crypto), local),
    rootKey: isHere(baseRoleKeys(repository, 'root', crypto), local),
  };
}

/**
 * The earliest expiry that a person has to prevent. The server renews the timestamp, and the snapshot where it has
 * its key, which is so unless the key is here.
 */
export function nextExpiryOf(
  repository: VerifiedRepository,
  local: LocalKeys,
  crypto: TufCrypto,
): RepositoryRow['nextExpiry'] {
  const { root, targets, snapshot } = repository;
  const ownSnapshot = isHere(baseRoleKeys(repository, 'snapshot', crypto), local);
  const files: readonly MetadataFile[] = [root, ...targets.values(), ...(ownSnapshot ? [snapshot] : [])];
  const [first] = [...files].sort((a, b) => a.body.expiresAt - b.body.expiresAt);
  return first === undefined ? undefined : { role: first.role, at: first.body.expiresAt };
}

/** A warning as it crosses the bridge. */
export function toWarning(warning: RepositoryWarning): RepositoryRow['warnings'][number] {
  return warning.kind === 'delegation-unusable'
    ? { ...warning, error: toWire(warning.error) }
    : { ...warning };
}
