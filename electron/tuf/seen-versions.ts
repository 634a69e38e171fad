/** Versions that were believed once, against rollback. Pure. */
import type { CanonicalKeyId, RoleName } from '../../shared/brands.ts';
import type { TufCrypto } from './ports.ts';
import { canonicalIdsOf, type RoleAuthority } from './verify.ts';

interface SeenVersion {
  readonly version: number;
  /** The keys that vouched for it. */
  readonly signers: ReadonlySet<CanonicalKeyId>;
}

export class SeenVersions {
  private readonly seen = new Map<RoleName, readonly SeenVersion[]>();
  private readonly crypto: TufCrypto;

  constructor(crypto: TufCrypto) {
    this.crypto = crypto;
  }

  remember(role: RoleName, version: number, signers: ReadonlySet<CanonicalKeyId>): void {
    this.seen.set(role, [...(this.seen.get(role) ?? []), { version, signers }]);
  }

  /**
   * The version below which `role` would be a rollback; 1 when nothing is remembered. A version counts only as
   * long as the keys that signed it still could: after a rotation it says nothing (TUF 5.3.11, fast-forward).
   */
  floor(role: RoleName, authority: RoleAuthority): number {
    const ids = canonicalIdsOf(authority, this.crypto);
    const counts = ({ signers }: SeenVersion): boolean =>
      [...signers].filter((id) => ids.has(id)).length >= authority.threshold;
    const versions = (this.seen.get(role) ?? []).filter(counts).map((seen) => seen.version);
    return Math.max(1, ...versions);
  }
}
