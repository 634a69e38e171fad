/**
 * The snapshot of a repository whose snapshot key is its owner's (as `notary init` makes them). Where the server holds the
 * key, no snapshot is sent and the server makes it. Unlike the server's, ours drops files of removed delegations. Pure.
 */
import type { RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { FileMeta, MetadataFile, RootBody, SnapshotBody, TargetsBody } from '../../tuf/model.ts';
import { ROOT, SNAPSHOT } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { fileMetaOf } from '../../tuf/write.ts';
import { roleKeys } from './authorities.ts';
import type { PlanSource } from './make-plan.ts';
import type { Plan } from './plan.ts';
import type { SignedRoles, UnsignedRole } from './sign-roles.ts';

/**
 * The next snapshot over the files as they will be, before anybody has signed it; undefined where the server makes it.
 * Its bytes hold the hashes of the signed files, so it can only be made when no other signature will be added.
 */
export function unsignedSnapshot(
  plan: Plan,
  source: PlanSource,
  signed: SignedRoles,
  crypto: TufCrypto,
): UnsignedRole | undefined {
  const planned = plan.roles.find(({ role }) => role === SNAPSHOT);
  if (planned === undefined) return undefined;
  const authority = roleKeys(SNAPSHOT, signed.edited);
  if (authority === undefined)
    throw new AppError('plan/moot', { gun: plan.gun, reason: 'its root names no snapshot key' });
  const { expires } = planned;
  const body: SnapshotBody = {
    type: 'Snapshot',
    version: (source.snapshot?.body.version ?? 0) + 1,
    expires,
    expiresAt: Date.parse(expires),
    meta: nextMeta(source, signed, crypto),
  };
  return { planned, body, authorities: [authority] };
}

function nextMeta(source: PlanSource, signed: SignedRoles, crypto: TufCrypto): ReadonlyMap<string, FileMeta> {
  const files = new Map<RoleName, MetadataFile<RootBody | TargetsBody | SnapshotBody>>(source.targets);
  files.set(ROOT, source.root);
  for (const file of signed.files) files.set(file.role, file);
  for (const role of signed.edited.removedRoles) files.delete(role);
  const meta = new Map(source.snapshot?.body.meta);
  for (const role of signed.edited.removedRoles) meta.delete(role);
  for (const [role, file] of files) meta.set(role, fileMetaOf(file.bytes, crypto));
  return meta;
}
