/**
 * Tokens made of software, behind the PKCS#11 port: real keys and real signatures, a PIN that counts its tries, touches
 * that come late or never, unplugging, and a failure planned for any call. Behaves as Yubico's library 2.2.0 does where
 * that matters (objects made up for every certificate, private keys hidden without a login, flags that stick).
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeFrame, encodeFrame } from '../../electron/yubikey/frames.ts';
import { cka, ckk, ckm, cko, Pkcs11Failure, tokenFlags } from '../../electron/yubikey/pkcs11-port.ts';
import type {
  Attribute,
  Handle,
  LoginAs,
  Mechanism,
  Pkcs11Library,
} from '../../electron/yubikey/pkcs11-port.ts';
import { spkiOfCertificate } from '../../electron/yubikey/public-keys.ts';
import { TokenEngine } from '../../electron/yubikey/token-engine.ts';
import type { StartTokenProcess, TokenLink } from '../../electron/yubikey/token-link.ts';
import { numberedRequest } from '../../electron/yubikey/token-messages.ts';
import { isAppError } from '../../shared/errors.ts';

const managementKey = '010203040506070801020304050607080102030405060708';
const p256 = Buffer.from('06082a8648ce3d030107', 'hex');
/** Stands for the curve spelt out, as metadata gives it. */
const explicitCurve = Buffer.alloc(250, 0x30);

export interface FakeKey {
  readonly privateKey: KeyObject;
  readonly asks: 'once' | 'always';
  readonly origin: 'imported' | 'generated';
}

/** `after`: touched after so many (imagined) milliseconds. */
export type Finger = 'not-wanted' | 'never' | { readonly after: number };

export class FakeToken {
  readonly serial: string;
  readonly firmware: readonly [number, number];
  readonly keys = new Map<string, FakeKey>();
  readonly certificates = new Map<string, Uint8Array>();
  pin = '123456';
  puk = '12345678';
  pinTries = 3;
  pukTries = 3;
  finger: Finger = 'not-wanted';
  isPlugged = true;
  /** So many sessions from now on show nothing: the token came while the library read it. */
  halfReads = 0;
  /** It left and came between two looks of its reader: nothing is read of it until the library begins anew. */
  isStale = false;
  /** The library reached it while it came: it knows neither version nor serial number until it begins anew. */
  isUnread = false;
  /** PINs that reached the token. */
  readonly tried: string[] = [];
  loggedIn: LoginAs | undefined;
  /** Whoever reaches the card now can use its keys; a logout does not change that, the end of the library does. */
  isVerified = false;

  constructor(serial: string, firmware: readonly [number, number] = [5, 43]) {
    this.serial = serial;
    this.firmware = firmware;
  }

  unplug(): void {
    this.isPlugged = false;
    this.loggedIn = undefined;
    this.isVerified = false;
  }

  plugIn(): void {
    this.isPlugged = true;
  }
}

interface Session {
  readonly token: FakeToken;
  readonly isHalfRead: boolean;
  operation?: { readonly id: string; pinGiven: boolean } | undefined;
}

interface FakeObject {
  readonly kind: number;
  readonly id: string;
}

type CallName = Exclude<keyof Pkcs11Library, 'finalize'>;

/** A reader with some tokens; the library as the token process has it. */
export class FakeReader implements Pkcs11Library {
  readonly tokens: readonly FakeToken[];
  readonly calls: CallName[] = [];
  /** Milliseconds that the token process believes to have passed. */
  clock = 0;
  hasService = true;
  /** Called before each call; throws to let it fail. */
  beforeCall: (name: CallName, count: number) => void = () => undefined;
  readonly #sessions = new Map<string, Session>();
  #count = 0;

  constructor(...tokens: readonly FakeToken[]) {
    this.tokens = tokens;
  }

  facts() {
    this.#called('facts');
    return { manufacturer: 'Yubico (www.yubico.com)', description: 'fake', version: { major: 2, minor: 20 } };
  }

  restart(): void {
    this.#called('restart');
    for (const token of this.tokens) {
      token.isStale = false;
      token.isUnread = false;
    }
    this.#end();
  }

  slotsWithToken(): readonly Handle[] {
    this.#called('slotsWithToken');
    if (!this.hasService) throw failure('C_GetSlotList', 'CKR_DEVICE_ERROR');
    return this.tokens.flatMap((token, i) => (token.isPlugged ? [Buffer.from([i])] : []));
  }

  tokenFacts(slot: Handle) {
    this.#called('tokenFacts');
    const token = this.#token(slot);
    const { pinTries, firmware } = token;
    const low = pinTries < 3 ? tokenFlags.userPinCountLow : 0;
    const last = pinTries === 1 ? tokenFlags.userPinFinalTry : low;
    const [major, minor] = token.isUnread ? ([0, 0] as const) : firmware;
    const serial = token.isUnread ? '0' : token.serial;
    return {
      label: `YubiKey PIV #${serial}`,
      manufacturer: 'Yubico (www.yubico.com)',
      model: 'YubiKey YK5',
      serial,
      flags: pinTries === 0 ? tokenFlags.userPinLocked : last,
      firmware: { major, minor },
    };
  }

  openSession(slot: Handle): Handle {
    this.#called('openSession');
    const name = `s${String((this.#count += 1))}`;
    const token = this.#token(slot);
    const isHalfRead = token.isStale || token.halfReads > 0;
    if (token.halfReads > 0) token.halfReads -= 1;
    this.#sessions.set(name, { token, isHalfRead });
    return Buffer.from(name);
  }

  closeSession(session: Handle): void {
    this.#called('closeSession');
    const found = this.#sessions.get(text(session));
    if (found !== undefined) found.token.loggedIn = undefined;
    this.#sessions.delete(text(session));
  }

  login(session: Handle, as: LoginAs, pin: Uint8Array): void {
    this.#called('login');
    const { token, operation } = this.#session(session, 'C_Login');
    const typed = text(pin);
    if (as === 'administrator') {
      if (typed !== managementKey) throw failure('C_Login', 'CKR_PIN_INCORRECT');
      token.loggedIn = as;
      return;
    }
    if (as === 'user' && token.loggedIn === 'user') throw failure('C_Login', 'CKR_USER_ALREADY_LOGGED_IN');
    this.#verify(token, typed, 'C_Login');
    if (as === 'user') token.loggedIn = as;
    else if (operation !== undefined) operation.pinGiven = true;
  }

  logout(session: Handle): void {
    this.#called('logout');
    const { token } = this.#session(session, 'C_Logout');
    if (token.loggedIn === undefined) throw failure('C_Logout', 'CKR_USER_NOT_LOGGED_IN');
    token.loggedIn = undefined;
  }

  isUserLoggedIn(session: Handle): boolean {
    this.#called('isUserLoggedIn');
    return this.#session(session, 'C_GetSessionInfo').token.loggedIn === 'user';
  }

  setPin(session: Handle, old: Uint8Array, fresh: Uint8Array): void {
    this.#called('setPin');
    const { token } = this.#session(session, 'C_SetPIN');
    const [from, to] = [text(old), text(fresh)];
    if (!from.startsWith('puk:')) {
      this.#verify(token, from, 'C_SetPIN');
      token.pin = to;
      return;
    }
    token.tried.push(from);
    if (token.pukTries === 0) throw failure('C_SetPIN', 'CKR_PIN_LOCKED');
    if (from !== `puk:${token.puk}`) {
      token.pukTries -= 1;
      throw failure('C_SetPIN', token.pukTries === 0 ? 'CKR_PIN_LOCKED' : 'CKR_PIN_INCORRECT');
    }
    token.pukTries = 3;
    if (to.startsWith('puk:')) token.puk = to.slice(4);
    else {
      token.pin = to.slice(4);
      token.pinTries = 3;
    }
  }

  find(session: Handle, template: readonly Attribute[]): readonly Handle[] {
    this.#called('find');
    const { token, isHalfRead } = this.#session(session, 'C_FindObjects');
    if (isHalfRead) return [];
    const wanted = (type: number) => template.find((one) => one.type === type)?.value;
    const id = wanted(cka.id);
    return this.#objects(token)
      .filter(({ kind }) => wanted(cka.class) === undefined || kind === wanted(cka.class))
      .filter((object) => id === undefined || object.id === Buffer.from(id as Uint8Array).toString('hex'))
      .map(({ kind, id: found }) => Buffer.from(`${String(kind)}:${found}`));
  }

  attribute(session: Handle, object: Handle, type: number): Uint8Array | undefined {
    this.#called('attribute');
    const { token } = this.#session(session, 'C_GetAttributeValue');
    const [kind = '', id = ''] = text(object).split(':');
    if (type === cka.id) return Buffer.from(id, 'hex');
    const certificate = token.certificates.get(id);
    if (Number(kind) === cko.certificate) return type === cka.value ? certificate : undefined;
    const key = token.keys.get(id);
    switch (type) {
      case cka.keyType:
        return Buffer.from([ckk.ec, 0, 0, 0, 0, 0, 0, 0]);
      case cka.ecPoint:
        return pointOf(spkiOf(key) ?? spkiOfCertificate(certificate ?? new Uint8Array()));
      case cka.ecParams:
        return key !== undefined && this.#tellsOfKeys(token) ? explicitCurve : p256;
      case cka.alwaysAuthenticate:
        return Number(kind) === cko.privateKey ? Buffer.from([key?.asks === 'always' ? 1 : 0]) : undefined;
      default:
        return undefined;
    }
  }

  create(session: Handle, template: readonly Attribute[]): Handle {
    this.#called('create');
    const { token } = this.#session(session, 'C_CreateObject');
    if (token.loggedIn !== 'administrator') throw failure('C_CreateObject', 'CKR_USER_NOT_LOGGED_IN');
    const of = (type: number) => template.find((one) => one.type === type)?.value;
    const id = Buffer.from(of(cka.id) as Uint8Array).toString('hex');
    if (of(cka.class) === cko.certificate)
      token.certificates.set(id, Uint8Array.from(of(cka.value) as Uint8Array));
    else {
      const known = new Set<number>([cka.class, cka.keyType, cka.id, cka.ecParams, cka.value]);
      if (!template.every(({ type }) => known.has(type)))
        throw failure('C_CreateObject', 'CKR_ATTRIBUTE_VALUE_INVALID');
      const privateKey = keyOfScalar(of(cka.value) as Uint8Array);
      token.keys.set(id, { privateKey, asks: id === '02' ? 'always' : 'once', origin: 'imported' });
    }
    return Buffer.from(`0:${id}`);
  }

  destroy(session: Handle, object: Handle): void {
    this.#called('destroy');
    const { token } = this.#session(session, 'C_DestroyObject');
    token.certificates.delete(text(object).split(':')[1] ?? '');
  }

  generateKeyPair(session: Handle, _: Mechanism, forPublic: readonly Attribute[]): void {
    this.#called('generateKeyPair');
    const { token } = this.#session(session, 'C_GenerateKeyPair');
    if (token.loggedIn !== 'administrator') throw failure('C_GenerateKeyPair', 'CKR_USER_NOT_LOGGED_IN');
    const id = Buffer.from(forPublic.find((one) => one.type === cka.id)?.value as Uint8Array).toString('hex');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    token.keys.set(id, { privateKey, asks: id === '02' ? 'always' : 'once', origin: 'generated' });
  }

  signInit(session: Handle, mechanism: Mechanism, key: Handle): void {
    this.#called('signInit');
    const found = this.#session(session, 'C_SignInit');
    if (mechanism.type !== ckm.ecdsa) throw failure('C_SignInit', 'CKR_MECHANISM_INVALID');
    if (found.operation !== undefined) throw failure('C_SignInit', 'CKR_OPERATION_ACTIVE');
    found.operation = { id: text(key).split(':')[1] ?? '', pinGiven: false };
  }

  async sign(session: Handle, data: Uint8Array): Promise<Uint8Array> {
    this.#called('sign');
    const found = this.#session(session, 'C_Sign');
    const { token, operation } = found;
    found.operation = undefined;
    if (operation === undefined) throw failure('C_Sign', 'CKR_OPERATION_NOT_INITIALIZED');
    const key = token.keys.get(operation.id);
    if (key === undefined) throw failure('C_Sign', 'CKR_DEVICE_ERROR');
    if (token.loggedIn !== 'user' || (key.asks === 'always' && !operation.pinGiven))
      throw failure('C_Sign', 'CKR_USER_NOT_LOGGED_IN');
    await this.#waitForTouch(token);
    return signDigest(key.privateKey, data);
  }

  finalize(): void {
    this.#end();
  }

  #end(): void {
    this.#sessions.clear();
    for (const token of this.tokens) Object.assign(token, { loggedIn: undefined, isVerified: false });
  }

  async #waitForTouch(token: FakeToken): Promise<void> {
    if (token.finger === 'not-wanted') return;
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!token.isPlugged) throw failure('C_Sign', 'CKR_DEVICE_ERROR');
    this.clock += token.finger === 'never' ? 15_000 : token.finger.after;
    if (token.finger === 'never') throw failure('C_Sign', 'CKR_USER_NOT_LOGGED_IN');
  }

  #verify(token: FakeToken, typed: string, call: string): void {
    token.tried.push(typed);
    if (token.pinTries === 0) throw failure(call, 'CKR_PIN_LOCKED');
    token.isVerified = typed === token.pin;
    if (token.isVerified) {
      token.pinTries = 3;
      return;
    }
    token.pinTries -= 1;
    throw failure(call, token.pinTries === 0 ? 'CKR_PIN_LOCKED' : 'CKR_PIN_INCORRECT');
  }

  /** Key objects are made up for every certificate, and private ones are shown to a logged-in user. */
  #objects(token: FakeToken): readonly FakeObject[] {
    const told = [...token.keys.keys()].filter(() => this.#tellsOfKeys(token));
    const ids = [...new Set([...token.certificates.keys(), ...told])];
    const of = (kind: number, some: Iterable<string>) => [...some].map((id) => ({ kind, id }));
    return [
      // The device's own, which comes with every key from firmware 4.3 on.
      ...of(cko.certificate, [...token.certificates.keys(), '19']),
      ...of(cko.publicKey, ids),
      ...(token.loggedIn === 'user' ? of(cko.privateKey, ids) : []),
    ];
  }

  #tellsOfKeys({ firmware: [major, minor] }: FakeToken): boolean {
    return major > 5 || (major === 5 && minor >= 30);
  }

  #called(name: CallName): void {
    this.calls.push(name);
    this.beforeCall(name, this.calls.length);
  }

  #token(slot: Handle): FakeToken {
    const token = this.tokens[slot[0] ?? -1];
    if (token?.isPlugged !== true) throw failure('C_OpenSession', 'CKR_TOKEN_NOT_PRESENT');
    return token;
  }

  #session(session: Handle, call: string): Session {
    const found = this.#sessions.get(text(session));
    if (found === undefined) throw failure(call, 'CKR_SESSION_HANDLE_INVALID');
    if (!found.token.isPlugged) throw failure(call, 'CKR_DEVICE_ERROR');
    return found;
  }
}

/** The token process, but in this one: everything that is said passes through frames and the schemas all the same. */
export function fakeLinks(reader: Pkcs11Library & { readonly clock?: number }): StartTokenProcess {
  return (): TokenLink => {
    const engine = new TokenEngine({
      open: () => Promise.resolve(reader),
      wait: () => Promise.resolve(),
      now: () => reader.clock ?? 0,
    });
    let listener: (value: unknown) => void = () => undefined;
    let ended: (reason: string) => void = () => undefined;
    let isAlive = true;
    const reply = (value: unknown): void => {
      if (isAlive) listener(passed(value));
    };
    return {
      send: (value) => {
        const { number, request } = numberedRequest.parse(passed(value));
        engine.handle(request).then(
          (answer) => reply({ ok: true, number, answer }),
          (error: unknown) => reply({ ok: false, number, error: toWire(error) }),
        );
      },
      onMessage: (next) => void (listener = next),
      onEnd: (next) => void (ended = next),
      kill: () => {
        isAlive = false;
        engine.close();
        ended('SIGKILL');
      },
    };
  };
}

function passed(value: unknown): unknown {
  return decodeFrame(encodeFrame(value).subarray(4));
}

function toWire(error: unknown): object {
  if (isAppError(error)) return { code: error.code, details: error.details };
  return { code: 'app/internal', details: { id: String(error) } };
}

export function failure(call: string, rv: string): Pkcs11Failure {
  return new Pkcs11Failure(call, rv);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

function spkiOf(key: FakeKey | undefined): Uint8Array | undefined {
  if (key === undefined) return undefined;
  return createPublicKey(key.privateKey).export({ format: 'der', type: 'spki' });
}

/** CKA_EC_POINT: an OCTET STRING around the point, which ends a P-256 SubjectPublicKeyInfo. */
function pointOf(spki: Uint8Array | undefined): Uint8Array | undefined {
  return spki === undefined ? undefined : Buffer.concat([Buffer.from([0x04, 65]), spki.subarray(-65)]);
}

function keyOfScalar(scalar: Uint8Array): KeyObject {
  const sec1 = Buffer.concat([
    Buffer.from('30310201010420', 'hex'),
    Buffer.from(scalar),
    Buffer.from('a00a', 'hex'),
    p256,
  ]);
  return createPrivateKey({ key: sec1, format: 'der', type: 'sec1' });
}

/** Node hashes what it signs, so the digest is signed by arithmetic: s = (z + r·d) / k. */
function signDigest(key: KeyObject, digest: Uint8Array): Uint8Array {
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const big = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const d = big(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url'));
  const once = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const k = big(Buffer.from(once.d ?? '', 'base64url'));
  const r = big(Buffer.from(once.x ?? '', 'base64url')) % n;
  const s = (inverse(k, n) * (big(digest) + r * d)) % n;
  const hex = (value: bigint) => value.toString(16).padStart(64, '0');
  return Buffer.from(hex(r) + hex(s), 'hex');
}

function inverse(a: bigint, n: bigint): bigint {
  let [r0, r1, t0, t1] = [n, a % n, 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1, t0, t1] = [r1, r0 - q * r1, t1, t0 - q * t1];
  }
  return ((t0 % n) + n) % n;
}
