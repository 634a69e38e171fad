/**
 * The PKCS#11 port over `pkcs11js`, an optional native module that is loaded only when a token is looked for.
 * Token process only. Every failure comes out under one name: some calls of pkcs11js throw plain errors without a code.
 */
import type * as Module from 'pkcs11js';
import type { Attribute, LibraryFacts, LoginAs, Mechanism, Pkcs11Library } from './pkcs11-port.ts';
import { type Handle, Pkcs11Failure } from './pkcs11-port.ts';

type Native = InstanceType<typeof Module.PKCS11>;
type NativeMechanism = Parameters<Native['C_SignInit']>[1];

const userTypes: Readonly<Record<LoginAs, number>> = { administrator: 0, user: 1, 'this-signature': 2 };
/** Read-only and writable, as the user. */
const userStates: ReadonlySet<number> = new Set([1, 3]);
const serialSession = 4;
const writableSession = 2;
/** CK_RSA_PKCS_PSS_PARAMS, as pkcs11js numbers its parameter kinds. */
const pssParameters = 5;

/** The module is not there, or was not compiled for this system. */
export class NotBuilt extends Error {}

/**
 * Loads and initialises the library at `path`.
 * @throws NotBuilt without pkcs11js; `Pkcs11Failure` when the library cannot be loaded or refuses
 */
export async function openPkcs11js(path: string): Promise<Pkcs11Library> {
  const module = await loadModule();
  const native = new module.PKCS11();
  attempt('load', () => native.load(path));
  try {
    attempt('C_Initialize', () => native.C_Initialize());
  } catch (error) {
    native.close();
    throw error;
  }
  return new Pkcs11jsLibrary(native);
}

async function loadModule(): Promise<typeof Module> {
  try {
    const found = (await import('pkcs11js')) as typeof Module & { default?: typeof Module };
    return found.default ?? found;
  } catch (cause) {
    throw new NotBuilt('pkcs11js cannot be loaded', { cause });
  }
}

class Pkcs11jsLibrary implements Pkcs11Library {
  readonly #native: Native;

  constructor(native: Native) {
    this.#native = native;
  }

  facts(): LibraryFacts {
    const found = attempt('C_GetInfo', () => this.#native.C_GetInfo());
    return {
      manufacturer: found.manufacturerID.trim(),
      description: found.libraryDescription.trim(),
      version: found.libraryVersion,
    };
  }

  restart(): void {
    attempt('C_Finalize', () => this.#native.C_Finalize());
    attempt('C_Initialize', () => this.#native.C_Initialize());
  }

  slotsWithToken(): readonly Handle[] {
    return attempt('C_GetSlotList', () => this.#native.C_GetSlotList(true));
  }

  tokenFacts(slot: Handle) {
    const found = attempt('C_GetTokenInfo', () => this.#native.C_GetTokenInfo(buffer(slot)));
    return {
      label: found.label.trim(),
      manufacturer: found.manufacturerID.trim(),
      model: found.model.trim(),
      serial: found.serialNumber.trim(),
      flags: found.flags,
      firmware: found.firmwareVersion,
    };
  }

  openSession(slot: Handle): Handle {
    return attempt('C_OpenSession', () =>
      this.#native.C_OpenSession(buffer(slot), serialSession | writableSession),
    );
  }

  closeSession(session: Handle): void {
    attempt('C_CloseSession', () => this.#native.C_CloseSession(buffer(session)));
  }

  // SECURITY: pkcs11js takes PINs as strings, which cannot be wiped; they live in this process only, for one call.
  login(session: Handle, as: LoginAs, pin: Uint8Array): void {
    attempt('C_Login', () => this.#native.C_Login(buffer(session), userTypes[as], text(pin)));
  }

  logout(session: Handle): void {
    attempt('C_Logout', () => this.#native.C_Logout(buffer(session)));
  }

  isUserLoggedIn(session: Handle): boolean {
    const { state } = attempt('C_GetSessionInfo', () => this.#native.C_GetSessionInfo(buffer(session)));
    return userStates.has(state);
  }

  setPin(session: Handle, old: Uint8Array, fresh: Uint8Array): void {
    attempt('C_SetPIN', () => this.#native.C_SetPIN(buffer(session), text(old), text(fresh)));
  }

  find(session: Handle, template: readonly Attribute[]): readonly Handle[] {
    const at = buffer(session);
    attempt('C_FindObjectsInit', () => this.#native.C_FindObjectsInit(at, toNative(template)));
    try {
      const found: Handle[] = [];
      for (;;) {
        const some = attempt('C_FindObjects', () => this.#native.C_FindObjects(at, 64));
        found.push(...some);
        if (some.length < 64) return found;
      }
    } finally {
      attempt('C_FindObjectsFinal', () => this.#native.C_FindObjectsFinal(at));
    }
  }

  attribute(session: Handle, object: Handle, type: number): Uint8Array | undefined {
    try {
      const [found] = attempt('C_GetAttributeValue', () =>
        this.#native.C_GetAttributeValue(buffer(session), buffer(object), [{ type }]),
      );
      return found?.value;
    } catch (error) {
      if (error instanceof Pkcs11Failure && notTold.has(error.rv)) return undefined;
      throw error;
    }
  }

  create(session: Handle, template: readonly Attribute[]): Handle {
    return attempt('C_CreateObject', () => this.#native.C_CreateObject(buffer(session), toNative(template)));
  }

  destroy(session: Handle, object: Handle): void {
    attempt('C_DestroyObject', () => this.#native.C_DestroyObject(buffer(session), buffer(object)));
  }

  generateKeyPair(
    session: Handle,
    mechanism: Mechanism,
    forPublic: readonly Attribute[],
    forPrivate: readonly Attribute[],
  ): void {
    attempt('C_GenerateKeyPair', () =>
      this.#native.C_GenerateKeyPair(
        buffer(session),
        toNativeMechanism(mechanism),
        toNative(forPublic),
        toNative(forPrivate),
      ),
    );
  }

  signInit(session: Handle, mechanism: Mechanism, key: Handle): void {
    attempt('C_SignInit', () =>
      this.#native.C_SignInit(buffer(session), toNativeMechanism(mechanism), buffer(key)),
    );
  }

  async sign(session: Handle, data: Uint8Array, atMost: number): Promise<Uint8Array> {
    try {
      return await this.#native.C_SignAsync(buffer(session), buffer(data), Buffer.alloc(atMost));
    } catch (error) {
      throw toFailure('C_Sign', error);
    }
  }

  finalize(): void {
    attempt('C_Finalize', () => this.#native.C_Finalize());
    this.#native.close();
  }
}

const notTold: ReadonlySet<string> = new Set([
  'CKR_ATTRIBUTE_TYPE_INVALID',
  'CKR_ATTRIBUTE_SENSITIVE',
  'CKR_ATTRIBUTE_VALUE_INVALID',
]);

function attempt<T>(call: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toFailure(call, error);
  }
}

/** The name is in the message whether or not there is a code. */
function toFailure(call: string, error: unknown): Pkcs11Failure {
  const words = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error);
  const [name] = /CKR_[A-Z0-9_]+/.exec(words) ?? [];
  const [line = ''] = words.split('\n');
  return new Pkcs11Failure(call, name ?? (line.slice(0, 200) || 'no reason given'), { cause: error });
}

function toNative(template: readonly Attribute[]) {
  return template.map(({ type, value }) => ({
    type,
    value: value instanceof Uint8Array ? buffer(value) : value,
  }));
}

function toNativeMechanism({ type, pss }: Mechanism): NativeMechanism {
  if (pss === undefined) return { mechanism: type };
  const { hash, mgf, saltBytes } = pss;
  const parameter = { type: pssParameters, hashAlg: hash, mgf, saltLen: saltBytes };
  return { mechanism: type, parameter };
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function text(pin: Uint8Array): string {
  return buffer(pin).toString('utf8');
}
