/** What is told of a token that is plugged in. Token process; no I/O. */
import type { Attached } from './attached-tokens.ts';
import type { LibraryFacts } from './pkcs11-port.ts';
import { triesOf } from './token-failures.ts';
import type { DeviceFacts } from './token-messages.ts';

export function toDeviceFacts(
  { facts, isPiv, logins }: Attached,
  library: LibraryFacts['version'],
): DeviceFacts {
  const { serial, label, model, manufacturer, firmware } = facts;
  // Yubico's library has no place for the third number and writes 5.4.3 as 5.43.
  const { major, minor } = firmware;
  const rest = isPiv ? [Math.floor(minor / 10), minor % 10] : [minor];
  return {
    serial,
    label,
    model,
    manufacturer,
    firmware: [major, ...rest].join('.'),
    isPiv,
    isLoggedIn: !logins.isEmpty,
    isKept: logins.isKept,
    choosesTouch: isPiv && choosesPolicies(library),
    pin: triesOf(facts, 'pin'),
    puk: isPiv ? 'unknown' : triesOf(facts, 'puk'),
  };
}

/** Yubico's library takes touch and PIN policies from 2.3.0 on, which it counts as 2.30. */
export function choosesPolicies({ major, minor }: LibraryFacts['version']): boolean {
  return major > 2 || (major === 2 && minor >= 30);
}
