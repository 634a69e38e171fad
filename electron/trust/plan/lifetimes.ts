/** How long what we sign stays valid: the same as notary (notary-protocol 3). Pure. */
import type { RoleName } from '../../../shared/brands.ts';
import { formatExpiry } from '../../tuf/expiry.ts';
import { EXPIRY } from '../../tuf/limits.ts';

/** RFC 3339 in whole seconds, UTC: any other form may brick a repository (notary-protocol 2.2). */
export function expiryOf(role: RoleName, now: Date): string {
  const lifetime = role === 'root' ? EXPIRY.root : EXPIRY.targets;
  return formatExpiry(now.getTime() + lifetime);
}
