/** What is told of a token that is plugged in. Token process; no I/O. */
import type { Attached } from './attached-token.ts';
import type { LibraryFacts } from './pkcs11-port.ts';
import { triesOf } from './token-failures.ts';
import type { DeviceFacts } from './token-messages.ts';

export function toDeviceFacts({ facts, isPiv, logins }: Attached, library: Version): DeviceFacts {
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

type Version = LibraryFacts['version'];

/** Yubico writes the second and third number of a version as one: 5.4.3 is 5.43. */
export function isAtLeast(
  { major, minor }: Version,
  [wantedMajor, wantedMinor]: readonly [number, number],
): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** Yubico's library takes touch and PIN policies from 2.3.0 on. */
export const choosesPolicies = (version: Version): boolean => isAtLeast(version, [2, 30]);
