/** The edits behind "add signer" and "remove signer". Pure. Names and errors as docker's. */
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Change } from '../../tuf/change.ts';
import { applyChanges } from '../../tuf/edit.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import type { PublicKey } from '../../tuf/model.ts';
import { RELEASES, TARGETS } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { chooseSigner, directDelegations, localSigners } from './identity.ts';
import { rolesLosingSignatures, type PlanSource } from './make-plan.ts';
import type { AvailableKey } from './plan.ts';

const NAME = /^[a-z0-9][a-z0-9_-]*$/;

export function isSignerName(name: string): boolean {
  return NAME.test(name) && name !== 'releases';
}

/** docker's rule; `releases` is its shared role. @throws `signer/malformed-name`, `signer/reserved-name` */
export function parseSignerName(name: string): RoleName {
  if (!NAME.test(name)) throw new AppError('signer/malformed-name', { name });
  if (name === 'releases') throw new AppError('signer/reserved-name', { name });
  return `targets/${name}` as RoleName;
}

/** Adds the signer, or more keys to it: to its own role and to `targets/releases`, as docker stages it. */
export function addSignerChanges(name: string, keys: readonly PublicKey[]): readonly Change[] {
  const role = parseSignerName(name);
  const grant = (to: RoleName): Change => ({
    kind: 'add-delegation',
    role: to,
    keys,
    paths: [''],
    threshold: 1,
  });
  return [grant(role), grant(RELEASES)];
}

export interface RemoveSignerEdit {
  readonly changes: readonly Change[];
  /** Keys that sign `targets/releases` again, when its only signature goes with the signer. */
  readonly keyIds: readonly CanonicalKeyId[];
}

/**
 * Removes the signer for real, and signs `targets/releases` again where its last valid signature was the signer's.
 * @param signAs which remaining signer signs again when several have keys here
 * @throws `signer/unknown`, `signer/choose`
 */
export function removeSignerEdit(
  source: PlanSource,
  name: string,
  available: readonly AvailableKey[],
  signAs: string | undefined,
  now: Date,
  crypto: TufCrypto,
): RemoveSignerEdit {
  const role = parseSignerName(name);
  const removal = removalChanges(source, role, name, crypto);
  if (!leavesReleasesInvalid(source, removal, now, crypto)) return { changes: removal, keyIds: [] };
  const remaining = localSigners(source, available, crypto).filter((signer) => signer.role !== role);
  const signer = chooseSigner(source, remaining, signAs);
  if (signer === undefined) return { changes: removal, keyIds: [] };
  return { changes: [...removal, { kind: 'witness', role: RELEASES }], keyIds: signer.keyIds };
}

function removalChanges(
  source: PlanSource,
  role: RoleName,
  name: string,
  crypto: TufCrypto,
): readonly Change[] {
  const roles = directDelegations(source);
  const entry = roles.find((candidate) => candidate.name === role);
  if (entry === undefined) throw new AppError('signer/unknown', { gun: source.gun, name });
  const others = new Set(
    roles.filter((r) => r.name !== role && r.name !== RELEASES).flatMap((r) => r.keyids),
  );
  // A key that another signer uses too must stay able to sign releases.
  const own = entry.keyids.filter((id) => !others.has(id));
  const keyIds = canonicalIds(source, own, crypto);
  const hasReleases = roles.some((candidate) => candidate.name === RELEASES);
  return [
    ...(hasReleases && keyIds.length > 0
      ? [{ kind: 'remove-delegation-keys', role: RELEASES, keyIds } as const]
      : []),
    { kind: 'remove-delegation', role },
  ];
}

function canonicalIds(
  source: PlanSource,
  ids: readonly string[],
  crypto: TufCrypto,
): readonly CanonicalKeyId[] {
  const keys = source.targets.get(TARGETS)?.body.delegationKeys;
  return [...(keys ?? [])].filter(([id]) => ids.includes(id)).map(([, key]) => canonicalKeyId(key, crypto));
}

function leavesReleasesInvalid(
  source: PlanSource,
  changes: readonly Change[],
  now: Date,
  crypto: TufCrypto,
): boolean {
  const targets = new Map([...source.targets].map(([name, file]) => [name, file.body]));
  const edited = applyChanges({ root: source.root.body, targets, unusable: new Map(), now }, changes, crypto);
  return rolesLosingSignatures(source, edited, crypto).includes(RELEASES);
}
