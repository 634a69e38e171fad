/** One token that is plugged in, and what its facts tell of its kind. Token process; knows no library. */
import type { Logins } from './logins.ts';
import type { Handle, TokenFacts } from './pkcs11-port.ts';

export interface Attached {
  readonly slot: Handle;
  /** As of the last look. */
  facts: TokenFacts;
  /** Yubico's library: object IDs are PIV slots, and writing needs the management key. */
  readonly isPiv: boolean;
  session: Handle | undefined;
  /** Nobody: the library is logged out. */
  readonly logins: Logins;
}

/** Object IDs are PIV slots, and writing needs the management key. */
export const isYubicos = ({ manufacturer }: TokenFacts): boolean => /^Yubico/i.test(manufacturer);

/** A YubiKey tells its version to everybody: one without was never heard. Its serial number is not its own either. */
export const isUnreadPiv = (facts: TokenFacts): boolean => isYubicos(facts) && facts.firmware.major === 0;

/** Slots have no other identity than their bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
