/** The names and numbers of PIV: slots, algorithms, policies, data objects. Part of the software YubiKey; pure. */

export const algorithms = {
  rsa1024: 0x06,
  rsa2048: 0x07,
  p256: 0x11,
  p384: 0x14,
} as const;
export type AlgorithmName = keyof typeof algorithms;

export const pinPolicies = { default: 0, never: 1, once: 2, always: 3 } as const;
export const touchPolicies = { default: 0, never: 1, always: 2, cached: 3 } as const;
export type PinPolicy = Exclude<keyof typeof pinPolicies, 'default'>;
export type TouchPolicy = Exclude<keyof typeof touchPolicies, 'default'>;

export const attestationSlot = 0xf9;
export const managementSlot = 0x9b;
const retired = Array.from({ length: 20 }, (_, index) => 0x82 + index);
/** Every slot that holds a key: 24 for people, and the attestation key. */
export const keySlots: readonly number[] = [0x9a, 0x9c, 0x9d, 0x9e, ...retired, attestationSlot];

export const discoveryObject = '7e';
export const printedObject = '5fc109';
/** Data that is given out only after the PIN: the printed information, fingerprints, face, iris. */
export const privateObjects: ReadonlySet<string> = new Set([printedObject, '5fc103', '5fc108', '5fc121']);

const mainCertificates = new Map([
  [0x9a, '5fc105'],
  [0x9c, '5fc10a'],
  [0x9d, '5fc10b'],
  [0x9e, '5fc101'],
  [attestationSlot, '5fff01'],
]);

/** The data object in which a slot's certificate lies, as lower-case hex. */
export const certificateObject = (slot: number): string =>
  mainCertificates.get(slot) ?? (0x5fc10d + slot - 0x82).toString(16);

export function algorithmOf(code: number | undefined): AlgorithmName | undefined {
  return (Object.keys(algorithms) as AlgorithmName[]).find((name) => algorithms[name] === code);
}

/** What a slot does when nothing was asked for: 9C wants the PIN each time, 9E never, the others once. */
function defaultPinPolicy(slot: number): PinPolicy {
  if (slot === 0x9c) return 'always';
  return slot === 0x9e ? 'never' : 'once';
}

export function pinPolicyOf(code: number, slot: number): PinPolicy | undefined {
  if (code === pinPolicies.default) return defaultPinPolicy(slot);
  return (['never', 'once', 'always'] as const).find((name) => pinPolicies[name] === code);
}

export function touchPolicyOf(code: number): TouchPolicy | undefined {
  if (code === touchPolicies.default) return 'never';
  return (['never', 'always', 'cached'] as const).find((name) => touchPolicies[name] === code);
}
