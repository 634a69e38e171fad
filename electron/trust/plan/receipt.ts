/** What publishing proves afterwards: read back from the server, not assumed. Types only. */
import type { CanonicalKeyId, Gun, RoleName } from '../../../shared/brands.ts';

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
