/**
 * A PKCS#11 client for the tests of the software YubiKey, as another program would be: it knows nothing of Trustdesk.
 * Entry point, run inside the machine with `stack.runScript`: steps as JSON on standard input, results on standard output.
 */
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import pkcs11js from 'pkcs11js';

export type Step =
  | { readonly do: 'slots' | 'open' | 'logout' | 'flags' | 'objects' }
  | { readonly do: 'login'; readonly as: 'user' | 'administrator'; readonly pin: string }
  /** `scalar` in hex. `extra` is an attribute that notary's own template has. */
  | { readonly do: 'importKey'; readonly id: number; readonly scalar: string; readonly extra?: boolean }
  | { readonly do: 'importCertificate'; readonly id: number; readonly der: string }
  | { readonly do: 'sign'; readonly id: number; readonly pin?: string; readonly text: string }
  | { readonly do: 'setPin'; readonly old: string; readonly fresh: string };

export interface StepResult {
  /** The name of the refusal. */
  readonly rv?: string;
  readonly value?: unknown;
  readonly ms: number;
}

/** Notary's vendor attribute for touch, from the days of libykcs11 1. */
const TOUCH_MODE = 0x80000000 | 0x59554200 | 0x201;
const P256_OID = Buffer.from('06082a8648ce3d030107', 'hex');
const users = { user: pkcs11js.CKU_USER, administrator: pkcs11js.CKU_SO };
const library = new pkcs11js.PKCS11();
let session: Buffer = Buffer.alloc(0);

const attribute = (type: number, value: number | Buffer) => ({ type, value });

function find(type: number, id: number): Buffer {
  const template = [attribute(pkcs11js.CKA_CLASS, type), attribute(pkcs11js.CKA_ID, Buffer.from([id]))];
  library.C_FindObjectsInit(session, template);
  const [found] = library.C_FindObjects(session, 1);
  library.C_FindObjectsFinal(session);
  if (found === undefined) throw new Error('CKR_OBJECT_NOT_FOUND');
  return found;
}

function objects(): readonly string[] {
  library.C_FindObjectsInit(session, []);
  const found = library.C_FindObjects(session, 500);
  library.C_FindObjectsFinal(session);
  const byte = (object: Buffer, type: number): number | undefined =>
    library.C_GetAttributeValue(session, object, [{ type }])[0]?.value[0];
  const names = new Map([
    [pkcs11js.CKO_CERTIFICATE, 'certificate'],
    [pkcs11js.CKO_PRIVATE_KEY, 'private'],
  ]);
  return found.flatMap((object) => {
    const name = names.get(byte(object, pkcs11js.CKA_CLASS) ?? -1);
    return name === undefined ? [] : [`${name} ${byte(object, pkcs11js.CKA_ID) ?? 'none'}`];
  });
}

function sign({ id, pin, text: message }: Extract<Step, { do: 'sign' }>): string {
  library.C_SignInit(session, { mechanism: pkcs11js.CKM_ECDSA }, find(pkcs11js.CKO_PRIVATE_KEY, id));
  if (pin !== undefined) library.C_Login(session, pkcs11js.CKU_CONTEXT_SPECIFIC, pin);
  const digest = createHash('sha256').update(message).digest();
  return library.C_Sign(session, digest, Buffer.alloc(64)).toString('hex');
}

function importKey({ id, scalar, extra = false }: Extract<Step, { do: 'importKey' }>): void {
  library.C_CreateObject(session, [
    attribute(pkcs11js.CKA_CLASS, pkcs11js.CKO_PRIVATE_KEY),
    attribute(pkcs11js.CKA_KEY_TYPE, pkcs11js.CKK_EC),
    attribute(pkcs11js.CKA_ID, Buffer.from([id])),
    attribute(pkcs11js.CKA_EC_PARAMS, P256_OID),
    attribute(pkcs11js.CKA_VALUE, Buffer.from(scalar, 'hex')),
    ...(extra ? [attribute(TOUCH_MODE >>> 0, Buffer.from([1]))] : []),
  ]);
}

function carryOut(step: Step): unknown {
  switch (step.do) {
    case 'slots':
      return library.C_GetSlotList(true).length;
    case 'open':
      session = library.C_OpenSession(
        library.C_GetSlotList(true)[0]!,
        pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION,
      );
      return undefined;
    case 'flags':
      return library.C_GetTokenInfo(library.C_GetSlotList(true)[0]!).flags;
    case 'objects':
      return objects();
    case 'logout':
      library.C_Logout(session);
      return undefined;
    case 'login':
      library.C_Login(session, users[step.as], step.pin);
      return undefined;
    case 'importKey':
      importKey(step);
      return undefined;
    case 'importCertificate':
      library.C_CreateObject(session, [
        attribute(pkcs11js.CKA_CLASS, pkcs11js.CKO_CERTIFICATE),
        attribute(pkcs11js.CKA_ID, Buffer.from([step.id])),
        attribute(pkcs11js.CKA_VALUE, Buffer.from(step.der, 'hex')),
      ]);
      return undefined;
    case 'sign':
      return sign(step);
    case 'setPin':
      library.C_SetPIN(session, step.old, step.fresh);
      return undefined;
  }
}

function resultOf(step: Step): StepResult {
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  try {
    return { value: carryOut(step), ms: ms() };
  } catch (error) {
    return { rv: /CKR_[A-Z0-9_]+/.exec(String(error))?.[0] ?? String(error), ms: ms() };
  }
}

const [path = ''] = process.argv.slice(2);
const steps = JSON.parse(await text(process.stdin)) as readonly Step[];
library.load(path);
library.C_Initialize();
process.stdout.write(JSON.stringify(steps.map(resultOf)));
library.C_Finalize();
