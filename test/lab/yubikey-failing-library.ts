/**
 * Stands between Trustdesk's token process and its PKCS#11 library: counts calls, and lets a planned one fail. Takes the
 * place of `electron/yubikey/pkcs11js-library.ts` in a bundle of the token process that is made for tests only.
 * The plan and the list of calls are files, so that they outlive a token process that is made to crash.
 */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  NotBuilt as RealNotBuilt,
  openPkcs11js as openReal,
} from '../../electron/yubikey/pkcs11js-library.ts';
import { Pkcs11Failure, type Pkcs11Library } from '../../electron/yubikey/pkcs11-port.ts';

export interface PlannedFailure {
  /** Which call from now on; 0 is the next. */
  readonly at: number;
  /**
   * `before`: refused instead of carried out. `after`: carried out, and then said to have been refused.
   * `crash`: the process ends instead.
   */
  readonly kind: 'before' | 'after' | 'crash';
  readonly rv: string;
}

/** `finalize` is no part of any act: it is the end of the process. */
const callNames = {
  facts: 'C_GetInfo',
  restart: 'C_Finalize',
  slotsWithToken: 'C_GetSlotList',
  tokenFacts: 'C_GetTokenInfo',
  openSession: 'C_OpenSession',
  closeSession: 'C_CloseSession',
  login: 'C_Login',
  logout: 'C_Logout',
  isUserLoggedIn: 'C_GetSessionInfo',
  setPin: 'C_SetPIN',
  find: 'C_FindObjects',
  attribute: 'C_GetAttributeValue',
  create: 'C_CreateObject',
  destroy: 'C_DestroyObject',
  generateKeyPair: 'C_GenerateKeyPair',
  signInit: 'C_SignInit',
  sign: 'C_Sign',
} as const satisfies Partial<Record<keyof Pkcs11Library, string>>;
type CallName = keyof typeof callNames;

const folder = process.env['YUBIKEY_LAB_FOLDER'] ?? '';
const planFile = `${folder}/plan.json`;
const callsFile = `${folder}/calls`;

/** The plan counts down in its file, so that a new process goes on where the last one ended. */
function dueFailure(): PlannedFailure | undefined {
  const plan = JSON.parse(readFileSync(planFile, 'utf8')) as PlannedFailure | null;
  if (plan === null) return undefined;
  const isDue = plan.at === 0;
  const next = JSON.stringify(isDue ? null : { ...plan, at: plan.at - 1 });
  writeFileSync(`${planFile}.next`, next);
  renameSync(`${planFile}.next`, planFile);
  return isDue ? plan : undefined;
}

function around<Result>(name: CallName, work: () => Result): Result {
  appendFileSync(callsFile, `${name}\n`);
  const failure = dueFailure();
  if (failure === undefined) return work();
  if (failure.kind === 'crash') process.kill(process.pid, 'SIGKILL');
  const refusal = new Pkcs11Failure(callNames[name], failure.rv);
  if (failure.kind === 'before') throw refusal;
  const result = work();
  if (!(result instanceof Promise)) throw refusal;
  return result.then(() => {
    throw refusal;
  }) as Result;
}

function failing(library: Pkcs11Library): Pkcs11Library {
  return new Proxy(library, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const call = (...args: readonly unknown[]): unknown => Reflect.apply(member, target, args);
      if (!(name in callNames)) return call;
      return (...args: readonly unknown[]) => around(name as CallName, () => call(...args));
    },
  });
}

export const NotBuilt = RealNotBuilt;

export async function openPkcs11js(path: string): Promise<Pkcs11Library> {
  return failing(await openReal(path));
}
