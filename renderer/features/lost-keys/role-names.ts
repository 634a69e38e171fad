/** Roles as people know them. Pure. */
import { roleTitle } from '../../copy/trust-words.ts';

/** Every signer signs here too; it has no keys of its own. */
export const RELEASES = 'targets/releases';

/** `Root key`, `Repository key`, `Signer jeff`. */
export function holderTitle(role: string): string {
  return role.startsWith('targets/') ? `Signer ${role.slice('targets/'.length)}` : roleTitle(role);
}

/** In a sentence: `the root key`, `the key of jeff`. */
export function holderName(role: string): string {
  return role.startsWith('targets/')
    ? `the key of ${role.slice('targets/'.length)}`
    : `the ${roleTitle(role).toLowerCase()}`;
}
