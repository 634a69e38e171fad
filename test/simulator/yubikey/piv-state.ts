/** What the PIV applet of the software YubiKey remembers, for good and until the next reset of the card. Pure. */
import { makeAttester, type Attester } from './attestation.ts';
import { attestationSlot, certificateObject, type PinPolicy, type TouchPolicy } from './slots.ts';
import { materialOfRsa, type KeyMaterial } from './key-material.ts';
import { PinReference } from './pin-reference.ts';
import { refuse, sw } from './apdu.ts';

export const firmwares = { '4.3.5': [4, 3, 5], '5.2.4': [5, 2, 4], '5.4.3': [5, 4, 3] } as const;
export type Firmware = keyof typeof firmwares;

/** What every YubiKey is delivered with. */
export const factory = {
  pin: '123456',
  puk: '12345678',
  managementKey: '010203040506070801020304050607080102030405060708',
} as const;

export interface SlotKey {
  readonly material: KeyMaterial;
  readonly pinPolicy: PinPolicy;
  readonly touchPolicy: TouchPolicy;
  readonly origin: 'generated' | 'imported';
  /** When it was last touched, by `PivState.now`: policy `cached` asks again after 15 seconds. */
  touchedAt?: number;
}

export interface ManagementKey {
  readonly value: Buffer;
  readonly needsTouch: boolean;
}

/** Cleared by SELECT, power and reset. */
export interface PivSession {
  pinVerified: boolean;
  /** VERIFY was the command before this one: what `always` asks for. */
  pinFresh: boolean;
  managementVerified: boolean;
  /** What a host must have decrypted or encrypted in the next command, if it is to manage the card. */
  expected?: Buffer | undefined;
}

export interface PivState {
  readonly firmware: Firmware;
  readonly version: readonly [number, number, number];
  readonly serial: number;
  readonly pin: PinReference;
  readonly puk: PinReference;
  readonly keys: Map<number, SlotKey>;
  /** Contents of data objects by their ID in hex. */
  readonly objects: Map<string, Buffer>;
  readonly attester: Attester;
  readonly now: () => number;
  managementKey: ManagementKey;
  session: PivSession;
}

export interface PivOptions {
  readonly firmware?: Firmware;
  readonly serial?: number;
  /** The status of the wrong try that blocks: `6983` or `63c0`. */
  readonly lastTry?: '6983' | '63c0';
  readonly attester?: Attester;
  readonly now?: () => number;
}

export const newSession = (): PivSession => ({
  pinVerified: false,
  pinFresh: false,
  managementVerified: false,
});

const factoryManagementKey = (): ManagementKey => ({
  value: Buffer.from(factory.managementKey, 'hex'),
  needsTouch: false,
});

/** The attestation key survives a reset; nothing else does. */
function fillFactory(state: PivState): void {
  state.keys.clear();
  state.objects.clear();
  state.keys.set(attestationSlot, {
    material: materialOfRsa('rsa2048', state.attester.privateKey),
    ...{ pinPolicy: 'never', touchPolicy: 'never', origin: 'imported' },
  });
  state.objects.set(certificateObject(attestationSlot), certificateContent(state.attester.certificate));
}

/** A certificate as its data object holds it: 70 the certificate, 71 not compressed, FE nothing. */
export function certificateContent(certificate: Buffer): Buffer {
  const length = Buffer.from([0x82, certificate.length >> 8, certificate.length & 0xff]);
  return Buffer.concat([Buffer.from([0x70]), length, certificate, Buffer.from('710100fe00', 'hex')]);
}

export function makePivState(options: PivOptions = {}): PivState {
  const { firmware = '5.4.3', serial = 1_234_567, lastTry = '6983', now = () => performance.now() } = options;
  const last = Number.parseInt(lastTry, 16);
  const state: PivState = {
    ...{ firmware, version: firmwares[firmware], serial, now },
    pin: new PinReference(factory.pin, last),
    puk: new PinReference(factory.puk, last),
    keys: new Map(),
    objects: new Map(),
    attester: options.attester ?? makeAttester(),
    managementKey: factoryManagementKey(),
    session: newSession(),
  };
  fillFactory(state);
  return state;
}

/** As it came from the factory, with the same serial number and attestation key. */
export function restoreFactory(state: PivState): void {
  state.pin.restore();
  state.puk.restore();
  state.managementKey = factoryManagementKey();
  state.session = newSession();
  fillFactory(state);
}

export const isAtLeast = (state: PivState, ...wanted: readonly [number, number]): boolean => {
  const [major, minor] = state.version;
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
};

export function mustManage(state: PivState): void {
  if (!state.session.managementVerified) refuse(sw.securityStatus);
}
