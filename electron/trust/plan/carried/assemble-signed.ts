/**
 * The files of a saved plan, put together from its signatures over what the server shows now. Pure.
 * SECURITY: the bytes are computed anew from the server's state; a signature counts only when it is over exactly those.
 */
import type { RoleName } from '../../../../shared/brands.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { TufCrypto } from '../../../tuf/ports.ts';
import { validSignerIds } from '../../../tuf/verify.ts';
import { signFile } from '../../../tuf/write.ts';
import { authorisedKey } from '../authorities.ts';
import type { PlanSource } from '../make-plan.ts';
import type { Plan } from '../plan.ts';
import { type SignedRoles, unsignedRoles, type UnsignedRole } from '../sign-roles.ts';
import { unsignedSnapshot } from '../sign-snapshot.ts';
import type { CarriedSignature } from './plan-file.ts';

type SignedFile = SignedRoles['files'][number];

/**
 * The snapshot last, over the files as they come out: a signature for it is over the hash of each of them.
 * @throws `plan/signatures-moot` when the repository moved on so that a role comes to other bytes, `plan/moot`
 */
export async function assembleRoles(
  plan: Plan,
  signatures: readonly CarriedSignature[],
  source: PlanSource,
  floors: ReadonlyMap<RoleName, number>,
  now: Date,
  crypto: TufCrypto,
): Promise<SignedRoles> {
  refuseExpired(plan, now);
  const { edited, roles } = unsignedRoles(plan, source, floors, now, crypto);
  const files: SignedFile[] = [];
  for (const role of roles) files.push(await signedFile(role, plan, signatures, crypto));
  const snapshot = unsignedSnapshot(plan, source, { files, edited }, crypto);
  if (snapshot === undefined) return { files, edited };
  return { files: [...files, await signedFile(snapshot, plan, signatures, crypto)], edited };
}

/** The files of `roles` with the signatures over them that there are, enough of them or not. */
export async function fileAll(
  roles: readonly UnsignedRole[],
  signatures: readonly CarriedSignature[],
  crypto: TufCrypto,
): Promise<readonly SignedFile[]> {
  const files: SignedFile[] = [];
  for (const role of roles) files.push(await fileOf(role, signatures, crypto));
  return files;
}

async function fileOf(
  { planned, body, authorities }: UnsignedRole,
  signatures: readonly CarriedSignature[],
  crypto: TufCrypto,
): Promise<SignedFile> {
  const { role } = planned;
  const keep = signatures.flatMap((carried) => {
    const { keyid, method, sig } = carried;
    const key = authorisedKey(authorities, keyid);
    return carried.role !== role || key === undefined ? [] : [{ signature: { keyid, method, sig }, key }];
  });
  return signFile(role, body, [], crypto, keep);
}

async function signedFile(
  role: UnsignedRole,
  { gun }: Plan,
  signatures: readonly CarriedSignature[],
  crypto: TufCrypto,
): Promise<SignedFile> {
  const file = await fileOf(role, signatures, crypto);
  if (
    role.authorities.some((authority) => validSignerIds(file, authority, crypto).size < authority.threshold)
  )
    throw new AppError('plan/signatures-moot', { gun, role: file.role });
  return file;
}

/** A file that was signed years ago would be expired when it is published. */
function refuseExpired({ gun, roles }: Plan, now: Date): void {
  const late = roles.find(({ expires }) => Date.parse(expires) <= now.getTime());
  if (late === undefined) return;
  const reason = `what it signs for ${late.role} expired on ${late.expires.slice(0, 10)}`;
  throw new AppError('plan/moot', { gun, reason });
}
