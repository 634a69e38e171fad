/**
 * The PKCS#11 calls that are used, as a narrow port, with the numbers they need. Runs in the token process only: a
 * vendor's library may block or crash, and neither may reach the app. Implementations: `pkcs11js-library.ts`, and a
 * token made of software in the tests. Types and constants; no I/O.
 */

/** What the library calls a slot, session or object; never looked into. */
export type Handle = Uint8Array;

export interface Attribute {
  readonly type: number;
  readonly value: number | boolean | string | Uint8Array;
}

export interface Mechanism {
  readonly type: number;
  /** For RSA-PSS. */
  readonly pss?: { readonly hash: number; readonly mgf: number; readonly saltBytes: number };
}

export interface LibraryFacts {
  readonly manufacturer: string;
  readonly description: string;
  readonly version: { readonly major: number; readonly minor: number };
}

export interface TokenFacts {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly flags: number;
  readonly firmware: { readonly major: number; readonly minor: number };
}

export type LoginAs = 'user' | 'administrator' | 'this-signature';

/** Every call throws `Pkcs11Failure` when the library refuses, and nothing else. */
export interface Pkcs11Library {
  facts(): LibraryFacts;
  /** Ends the library and begins anew: sessions and logins are over. Yubico's resets the cards only here. */
  restart(): void;
  /** Asks the readers anew. After a token came back this must be the first call. */
  slotsWithToken(): readonly Handle[];
  tokenFacts(slot: Handle): TokenFacts;
  openSession(slot: Handle): Handle;
  closeSession(session: Handle): void;
  /** SECURITY: the bytes are not kept; the caller zeroes them. */
  login(session: Handle, as: LoginAs, pin: Uint8Array): void;
  logout(session: Handle): void;
  /** What the library believes: a token that was pulled out and put back unseen is logged out. */
  isUserLoggedIn(session: Handle): boolean;
  setPin(session: Handle, old: Uint8Array, fresh: Uint8Array): void;
  find(session: Handle, template: readonly Attribute[]): readonly Handle[];
  /** Undefined where the object does not have or does not tell the attribute. */
  attribute(session: Handle, object: Handle, type: number): Uint8Array | undefined;
  create(session: Handle, template: readonly Attribute[]): Handle;
  destroy(session: Handle, object: Handle): void;
  generateKeyPair(
    session: Handle,
    mechanism: Mechanism,
    forPublic: readonly Attribute[],
    forPrivate: readonly Attribute[],
  ): void;
  signInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  /** May wait for a touch; the event loop runs on. */
  sign(session: Handle, data: Uint8Array, atMost: number): Promise<Uint8Array>;
  finalize(): void;
}

/** A refusal of the library, under the name that the standard gives it. */
export class Pkcs11Failure extends Error {
  override readonly name = 'Pkcs11Failure';
  /** `C_Sign` */
  readonly call: string;
  /** `CKR_DEVICE_ERROR` */
  readonly rv: string;

  constructor(call: string, rv: string, options?: { readonly cause?: unknown }) {
    super(`${call}: ${rv}`, options);
    this.call = call;
    this.rv = rv;
  }
}

export const cko = { certificate: 1, publicKey: 2, privateKey: 3 } as const;
export const ckk = { rsa: 0, ec: 3 } as const;
export const cka = {
  class: 0x0,
  token: 0x1,
  private: 0x2,
  label: 0x3,
  value: 0x11,
  certificateType: 0x80,
  keyType: 0x100,
  subject: 0x101,
  id: 0x102,
  sign: 0x108,
  verify: 0x10a,
  modulus: 0x120,
  modulusBits: 0x121,
  publicExponent: 0x122,
  privateExponent: 0x123,
  prime1: 0x124,
  prime2: 0x125,
  exponent1: 0x126,
  exponent2: 0x127,
  coefficient: 0x128,
  sensitive: 0x103,
  extractable: 0x162,
  ecParams: 0x180,
  ecPoint: 0x181,
  alwaysAuthenticate: 0x202,
  /** libykcs11 from 2.3.0 on. */
  yubicoTouchPolicy: 0xd9554201,
  yubicoPinPolicy: 0xd9554202,
} as const;
export const ckm = {
  rsaKeyPairGen: 0x0,
  rsaPss: 0xd,
  ecKeyPairGen: 0x1040,
  ecdsa: 0x1041,
  sha256: 0x250,
} as const;
export const ckgMgf1Sha256 = 2;
export const tokenFlags = {
  userPinCountLow: 0x10000,
  userPinFinalTry: 0x20000,
  userPinLocked: 0x40000,
  soPinCountLow: 0x100000,
  soPinFinalTry: 0x200000,
  soPinLocked: 0x400000,
} as const;
