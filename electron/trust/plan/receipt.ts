/** What publishing proves afterwards: read back from the server, not assumed. Pure but for its ports. */
import type { CanonicalKeyId, Gun, RoleName } from '../../../shared/brands.ts';
import type { Plan } from './plan.ts';
import type { PublishPorts } from './publish-ports.ts';

export interface ReceiptRole {
  readonly role: RoleName;
  readonly version: number;
  /** Hex SHA-256 of the file, equal on the server and here. */
  readonly sha256: string;
  readonly signedBy: readonly { readonly keyId: CanonicalKeyId; readonly owner: string }[];
}

export interface Receipt {
  readonly planId: string;
  readonly gun: Gun;
  readonly server: string;
  readonly title: string;
  /** RFC 3339. */
  readonly publishedAt: string;
  readonly roles: readonly ReceiptRole[];
  /** 1 when nobody else published meanwhile. */
  readonly tries: number;
  readonly restorePoint: string | undefined;
}

/** The receipt of a plan that was carried out and read back, noted in the activity log. Throws as `ports.record`. */
export async function noteReceipt(
  plan: Plan,
  ports: Pick<PublishPorts, 'now' | 'record'>,
  facts: Pick<Receipt, 'roles' | 'tries' | 'restorePoint'>,
): Promise<Receipt> {
  const receipt: Receipt = {
    planId: plan.id,
    gun: plan.gun,
    server: plan.server,
    title: plan.title,
    publishedAt: ports.now().toISOString(),
    ...facts,
  };
  await ports.record('published', plan.gun, { ...receipt, lines: plan.lines });
  return receipt;
}
