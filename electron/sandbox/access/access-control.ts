/**
 * Who may do what in the sandbox. By default everybody on this computer; tests switch on basic or token
 * authentication to see every 401 that a real server answers with. Pure types and the two simple policies.
 */
import { timingSafeEqual, createHash } from 'node:crypto';
import type { SandboxRequest } from '../exchange.ts';

/** One thing that a request wants to do, as distribution's auth package names it. */
export interface Access {
  readonly type: 'repository' | 'registry';
  readonly name: string;
  readonly action: string;
}

/** Why a request is refused: the value of `Www-Authenticate`. */
export interface Challenge {
  readonly header: string;
}

export interface AccessControl {
  /** undefined when the request may do all of it. */
  check(request: SandboxRequest, wanted: readonly Access[]): Challenge | undefined;
}

export interface SandboxAccount {
  readonly user: string;
  readonly password: string;
  /** `pull`, `push`, `delete`, `*` on every repository that `repositories` covers. */
  readonly actions: readonly string[];
  /** Name prefixes; every repository when missing. */
  readonly repositories?: readonly string[];
  /** May read the catalogue and the change feed of all repositories. */
  readonly catalog?: boolean;
}

export const openToEverybody: AccessControl = { check: () => undefined };

/** The actions of `account` on `name`; `*` stands for all of them. */
export function isAllowed(account: SandboxAccount, wanted: Access): boolean {
  if (wanted.type === 'registry') return account.catalog === true;
  const covered = account.repositories?.some((prefix) => wanted.name.startsWith(prefix)) ?? true;
  return covered && (account.actions.includes(wanted.action) || account.actions.includes('*'));
}

/** User and password of an `Authorization: Basic` header. */
export function basicCredentials(
  request: SandboxRequest,
): { readonly user: string; readonly password: string } | undefined {
  const [scheme = '', value = ''] = (request.headers.get('authorization') ?? '').split(' ', 2);
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The account with that name and password. Compares digests, so that time says nothing about the password. */
export function findAccount(
  accounts: readonly SandboxAccount[],
  user: string,
  password: string,
): SandboxAccount | undefined {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const found = accounts.find((account) => account.user === user);
  return found !== undefined && timingSafeEqual(digest(found.password), digest(password)) ? found : undefined;
}

/** HTTP Basic authentication with a fixed list of accounts. */
export function basicAccess(realm: string, accounts: readonly SandboxAccount[]): AccessControl {
  const challenge: Challenge = { header: `Basic realm="${realm}"` };
  return {
    check: (request, wanted) => {
      const credentials = basicCredentials(request);
      if (credentials === undefined) return challenge;
      const account = findAccount(accounts, credentials.user, credentials.password);
      return account !== undefined && wanted.every((access) => isAllowed(account, access))
        ? undefined
        : challenge;
    },
  };
}

/** `Type`, `Class`, `Name`, `Action`: how both servers list in a 401 what was missing. */
export function toAccessDetail(wanted: readonly Access[]): readonly Record<string, string>[] {
  return wanted.map(({ type, name, action }) => ({ Type: type, Class: '', Name: name, Action: action }));
}
