/** What is in the slots of a token, read from its objects without a PIN. Token process. */
import { cka, ckk, cko, type Handle, type Pkcs11Library } from './pkcs11-port.ts';
import { spkiOfCertificate, spkiOfModulus, spkiOfPoint } from './public-keys.ts';
import { attestationId } from './slot-names.ts';
import type { SlotFacts } from './token-messages.ts';

/** One object of the token. */
interface Found {
  readonly id: string;
  readonly object: Handle;
  readonly label: string;
}

interface Place {
  readonly library: Pkcs11Library;
  readonly session: Handle;
  readonly isPiv: boolean;
  readonly isLoggedIn: boolean;
  /** The device tells of keys that have no certificate. */
  readonly tellsOfKeys: boolean;
}

/** Every slot that holds anything, in the order of IDs; the device's own attestation key is left out. */
export function readContents(place: Place): readonly SlotFacts[] {
  const certificates = findAll(place, cko.certificate);
  const privateKeys = findAll(place, cko.privateKey);
  const publicKeys = findAll(place, cko.publicKey);
  const ids = new Set([...certificates, ...privateKeys, ...publicKeys].map(({ id }) => id));
  if (place.isPiv) ids.delete(attestationId);
  return [...ids].sort().map((id) => {
    const of = (all: readonly Found[]): readonly Found[] => all.filter((one) => one.id === id);
    return readSlot(place, id, of(certificates), of(privateKeys)[0], of(publicKeys)[0]);
  });
}

function findAll({ library, session }: Place, kind: number): readonly Found[] {
  return library.find(session, [{ type: cka.class, value: kind }]).flatMap((object) => {
    const id = library.attribute(session, object, cka.id);
    if (id === undefined || id.length === 0 || id.length > 32) return [];
    const label = library.attribute(session, object, cka.label) ?? new Uint8Array();
    return [{ id: toHex(id), object, label: Buffer.from(label).toString('utf8').slice(0, 200) }];
  });
}

function readSlot(
  place: Place,
  id: string,
  certificates: readonly Found[],
  privateKey: Found | undefined,
  publicKey: Found | undefined,
): SlotFacts {
  const own = certificates.find((one) => !isAttestation(place, one));
  const attested = certificates.find((one) => isAttestation(place, one));
  const valueOf = (one: Found | undefined): Uint8Array | undefined =>
    one === undefined ? undefined : place.library.attribute(place.session, one.object, cka.value);
  const certificate = valueOf(own);
  const attestation = valueOf(attested);
  // Tokens show private keys to a logged-in user only.
  const hidden = place.isLoggedIn ? 'absent' : 'hidden';
  const spki =
    spkiOf(place, publicKey) ?? spkiOf(place, privateKey) ?? keyOf(attestation) ?? keyOf(certificate);
  return {
    id,
    label: (own ?? privateKey ?? publicKey)?.label ?? '',
    ...(certificate === undefined ? {} : { certificate }),
    ...(spki === undefined ? {} : { spki }),
    privateKey: privateKey === undefined ? hidden : 'there',
    keyIs: evidence(place, publicKey, certificate, attestation),
    ...(attestation === undefined ? {} : { madeOnDevice: true }),
    ...policiesOf(place, id, privateKey, attestation),
  };
}

/** Yubico's library lists the device's statement about a key beside the key's own certificate. */
function isAttestation({ isPiv, library, session }: Place, { label, object }: Found): boolean {
  if (!isPiv) return false;
  if (/attestation/i.test(label)) return true;
  const value = library.attribute(session, object, cka.value);
  return value !== undefined && policyBytes(value) !== undefined;
}

function keyOf(certificate: Uint8Array | undefined): Uint8Array | undefined {
  return certificate === undefined ? undefined : spkiOfCertificate(certificate);
}

function spkiOf({ library, session }: Place, found: Found | undefined): Uint8Array | undefined {
  if (found === undefined) return undefined;
  const told = (type: number): Uint8Array | undefined => library.attribute(session, found.object, type);
  if (toNumber(told(cka.keyType)) === ckk.ec) {
    const point = told(cka.ecPoint);
    return point === undefined ? undefined : spkiOfPoint(point);
  }
  const [modulus, exponent] = [told(cka.modulus), told(cka.publicExponent)];
  return modulus === undefined || exponent === undefined || exponent.length === 0
    ? undefined
    : spkiOfModulus(modulus, exponent);
}

/**
 * Whether there is a key behind a certificate. Yubico's library makes up key objects for every certificate, so only what
 * the device itself says of its keys counts: an attestation, or metadata (firmware 5.3 on). Keys known by metadata have
 * their curve spelt out there, as no certificate has it; libraries from 2.3.0 on may write it otherwise.
 */
function evidence(
  place: Place,
  publicKey: Found | undefined,
  certificate: Uint8Array | undefined,
  attestation: Uint8Array | undefined,
): SlotFacts['keyIs'] {
  const { library, session, isPiv, tellsOfKeys } = place;
  if (attestation !== undefined || !isPiv) return 'there';
  if (certificate === undefined) return publicKey === undefined ? 'missing' : 'there';
  if (publicKey === undefined) return 'missing';
  const parameters = library.attribute(session, publicKey.object, cka.ecParams);
  if (parameters === undefined) return 'unknown';
  if (parameters.length > longestCurveName) return 'there';
  const { major, minor } = library.facts().version;
  return tellsOfKeys && major === 2 && minor < 30 ? 'missing' : 'unknown';
}
const longestCurveName = 16;

const pinPolicies = { 1: 'never', 2: 'once', 3: 'always' } as const;
const touchPolicies = { 1: 'never', 2: 'always', 3: 'cached' } as const;

function policiesOf(
  { library, session, isPiv }: Place,
  id: string,
  privateKey: Found | undefined,
  attestation: Uint8Array | undefined,
): Pick<SlotFacts, 'pinPolicy' | 'touchPolicy'> {
  const told = (type: number): number | undefined =>
    privateKey === undefined ? undefined : toNumber(library.attribute(session, privateKey.object, type));
  const [attestedPin, attestedTouch] =
    (attestation === undefined ? undefined : policyBytes(attestation)) ?? [];
  const pin = pick(pinPolicies, (isPiv ? told(cka.yubicoPinPolicy) : undefined) ?? attestedPin);
  const touch = pick(touchPolicies, (isPiv ? told(cka.yubicoTouchPolicy) : undefined) ?? attestedTouch);
  const everyTime = told(cka.alwaysAuthenticate) === 1 ? ('always' as const) : undefined;
  const pinPolicy = everyTime ?? pin ?? (isPiv ? usualPinPolicies[id] : undefined);
  return {
    ...(pinPolicy === undefined ? {} : { pinPolicy }),
    ...(touch === undefined ? {} : { touchPolicy: touch }),
  };
}

/** PIV: slot 9c asks at every signature, slot 9e is for opening doors and never does. */
const usualPinPolicies: Readonly<Record<string, 'always' | 'never'>> = { '02': 'always', '04': 'never' };

function pick<T extends string>(from: Readonly<Record<number, T>>, value: number | undefined): T | undefined {
  return value === undefined ? undefined : from[value];
}

/** Yubico's extension 1.3.6.1.4.1.41482.3.8: PIN policy and touch policy, one byte each. */
const policyExtension = Buffer.from('060a2b0601040182c40a03080402', 'hex');

function policyBytes(certificate: Uint8Array): readonly [number, number] | undefined {
  const bytes = Buffer.from(certificate);
  const at = bytes.indexOf(policyExtension);
  const [pin, touch] = at < 0 ? [] : bytes.subarray(at + policyExtension.length);
  return pin === undefined || touch === undefined ? undefined : [pin, touch];
}

/** CK_ULONG and CK_BBOOL come in the machine's own byte order and width. */
function toNumber(bytes: Uint8Array | undefined): number | undefined {
  if (bytes === undefined || bytes.length === 0 || bytes.length > 8) return undefined;
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
