/**
 * The files of a saved plan, put together from its signatures over what the server shows now. Pure.
 * SECURITY: the bytes are computed anew from the server's state; a signature counts only when it is over exactly those.
 */
import type { RoleName } from '../../../../shared/brands.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { MetadataFile, RootBody, TargetsBody } from '../../../tuf/model.ts';
import type { TufCrypto } from '../../../tuf/ports.ts';
import { validSignerIds } from '../../../tuf/verify.ts';
import { signFile } from '../../../tuf/write.ts';
import { authorisedKey } from '../authorities.ts';
import type { PlanSource } from '../make-plan.ts';
import type { Plan } from '../plan.ts';
import { type SignedRoles, unsignedRoles, type UnsignedRole } from '../sign-roles.ts';
import type { CarriedSignature } from './plan-file.ts';

/** @throws `plan/signatures-moot` when the repository moved on so that a role comes to other bytes, `plan/moot` */
export async function assembleRoles(
  plan: Plan,
  signatures: readonly CarriedSignature[],
  source: PlanSource,
  floors: ReadonlyMap<RoleName, number>,
  now: Date,
  crypto: TufCrypto,
): Promise<SignedRoles> {
  const { edited, roles } = unsignedRoles(plan, source, floors, now, crypto);
  const files: MetadataFile<RootBody | TargetsBody>[] = [];
  for (const role of roles) files.push(await assembleRole(role, plan, signatures, crypto));
  return { files, edited };
}

async function assembleRole(
  { planned, body, authorities }: UnsignedRole,
  plan: Plan,
  signatures: readonly CarriedSignature[],
  crypto: TufCrypto,
): Promise<MetadataFile<RootBody | TargetsBody>> {
  const { role } = planned;
  const keep = signatures.flatMap((carried) => {
    const { keyid, method, sig } = carried;
    const key = authorisedKey(authorities, keyid);
    return carried.role !== role || key === undefined ? [] : [{ signature: { keyid, method, sig }, key }];
  });
  const file = await signFile(role, body, [], crypto, keep);
  if (authorities.some((authority) => validSignerIds(file, authority, crypto).size < authority.threshold)) {
    throw new AppError('plan/signatures-moot', { gun: plan.gun, role });
  }
  return file;
}
