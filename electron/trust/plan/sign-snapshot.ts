/**
 * The snapshot of a repository whose snapshot key is held here (as `notary init` makes them). Where the server holds the
 * key, no snapshot is sent and the server makes it. Unlike the server's, ours drops files of removed delegations.
 */
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import type { FileMeta, MetadataFile, RootBody, SnapshotBody, TargetsBody } from '../../tuf/model.ts';
import { expiryFrom } from '../../tuf/new-metadata.ts';
import { ROOT, SNAPSHOT } from '../../tuf/names.ts';
import type { RoleSigner, TufCrypto } from '../../tuf/ports.ts';
import { fileMetaOf, signerAs, signFile } from '../../tuf/write.ts';
import type { PlanSource } from './make-plan.ts';
import type { Plan } from './plan.ts';
import type { SignedRoles } from './sign-roles.ts';

/** Signs the next snapshot over the files as they will be. */
export async function signSnapshot(
  source: PlanSource,
  signed: SignedRoles,
  signerFor: (keyId: CanonicalKeyId) => RoleSigner,
  plan: Plan,
  now: Date,
  crypto: TufCrypto,
): Promise<MetadataFile<SnapshotBody>> {
  const body: SnapshotBody = {
    type: 'Snapshot',
    version: (source.snapshot?.body.version ?? 0) + 1,
    ...expiryFrom(now, 'snapshot'),
    meta: nextMeta(source, signed, crypto),
  };
  return signFile(SNAPSHOT, body, snapshotSigners(plan, signed.edited.root, signerFor, crypto), crypto);
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

function snapshotSigners(
  plan: Plan,
  root: RootBody,
  signerFor: (keyId: CanonicalKeyId) => RoleSigner,
  crypto: TufCrypto,
): readonly RoleSigner[] {
  const planned = plan.roles.find((role) => role.role === 'snapshot');
  const allowed = new Set(planned?.signatures.map((signature) => signature.keyId));
  const ids = (root.roles.get('snapshot')?.keyids ?? []).flatMap((id) => {
    const key = root.keys.get(id);
    return key === undefined ? [] : [{ key, keyId: canonicalKeyId(key, crypto) }];
  });
  const usable = ids.filter(({ keyId }) => allowed.has(keyId));
  if (usable.length === 0) {
    const keyIds = ids.map(({ keyId }) => keyId);
    throw new AppError('plan/cannot-sign', { gun: plan.gun, role: 'snapshot', keyIds });
  }
  return usable.map(({ keyId, key }) => signerAs(signerFor(keyId), key));
}
