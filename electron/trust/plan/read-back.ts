/** Whether the server shows what was uploaded: read again, verified, compared by hash. Privileged side. */
import type { RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { toHex } from '../../tuf/hex.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { Plan } from './plan.ts';
import type { PublishPorts } from './publish-ports.ts';
import type { ReceiptRole } from './receipt.ts';
import type { SignedRoles } from './sign-roles.ts';

/**
 * Reads the repository again and compares every file with what was sent; the snapshot is the server's word for them.
 * @throws `plan/not-read-back`, and what reading throws
 */
export async function readBack(
  plan: Plan,
  signed: SignedRoles,
  ports: PublishPorts,
  crypto: TufCrypto,
): Promise<readonly ReceiptRole[]> {
  const now = await ports.readForUpdate({ ...plan, initialise: undefined });
  return signed.files
    .filter((file) => file.role !== 'snapshot')
    .map((file) => {
      const planned = plan.roles.find((role) => role.role === file.role);
      const found = file.role === 'root' ? now.root : now.targets.get(file.role);
      const sha256 = toHex(crypto.sha256(file.bytes));
      if (found === undefined || found.body.version < file.body.version) {
        throw notReadBack(plan, file.role, 'the server does not show the new version');
      }
      // Somebody may have published on top meanwhile: a higher version is fine, the same version must be ours.
      if (found.body.version === file.body.version && toHex(crypto.sha256(found.bytes)) !== sha256) {
        throw notReadBack(plan, file.role, 'the server shows another file with the same version');
      }
      const signedBy = (planned?.signatures ?? [])
        .filter(({ tufId }) => file.signatures.some(({ keyid }) => keyid === tufId))
        .map(({ keyId, owner }) => ({ keyId, owner }));
      return { role: file.role, version: file.body.version, sha256, signedBy };
    });
}

function notReadBack(plan: Plan, role: RoleName, reason: string): AppError {
  return new AppError('plan/not-read-back', { gun: plan.gun, role, reason });
}
