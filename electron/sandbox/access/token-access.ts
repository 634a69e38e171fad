/**
 * Token authentication as registries and trust servers use it: a challenge that names a realm, a token for a scope
 * from there, the token on every request. The realm is served by the sandbox itself at `/sandbox/token`.
 * Tokens are random names for what they allow, kept in memory: nothing to forge, nothing left after a restart.
 */
import { randomBytes } from 'node:crypto';
import { answer, goJson, readBody } from '../exchange.ts';
import type { SandboxRequest, SandboxResponse } from '../exchange.ts';
import { basicCredentials, findAccount, isAllowed } from './access-control.ts';
import type { Access, AccessControl, Challenge, SandboxAccount } from './access-control.ts';

export const tokenPath = '/sandbox/token';

const MAX_FORM_BYTES = 16 * 1024;
/** Docker assumes at least 60 seconds. */
const DEFAULT_LIFE_S = 300;
const MAX_TOKENS = 10_000;

export interface TokenAccessOptions {
  readonly accounts: readonly SandboxAccount[];
  /** What somebody without credentials may do on every repository. */
  readonly anonymous?: readonly string[];
  readonly service?: string;
  readonly lifeSeconds?: number;
  readonly clock: () => Date;
}

interface Token {
  readonly expiresAt: number;
  readonly allows: readonly Access[];
}

export class TokenAccess implements AccessControl {
  readonly #options: TokenAccessOptions;
  readonly #service: string;
  readonly #tokens = new Map<string, Token>();
  /** Identity token to user name. */
  readonly #identities = new Map<string, string>();

  constructor(options: TokenAccessOptions) {
    this.#options = options;
    this.#service = options.service ?? 'trustdesk-sandbox';
  }

  check(request: SandboxRequest, wanted: readonly Access[]): Challenge | undefined {
    const [scheme = '', value = ''] = (request.headers.get('authorization') ?? '').split(' ', 2);
    if (scheme.toLowerCase() !== 'bearer') return this.#challenge(request, wanted);
    const token = this.#tokens.get(value);
    if (token === undefined || token.expiresAt <= this.#now()) {
      return this.#challenge(request, wanted, 'invalid_token');
    }
    const missing = wanted.filter((access) => !token.allows.some((allowed) => covers(allowed, access)));
    return missing.length === 0 ? undefined : this.#challenge(request, wanted, 'insufficient_scope');
  }

  /** An identity token of a user, as `docker login` gets and keeps one. */
  issueIdentity(user: string): string {
    const identity = randomBytes(32).toString('base64url');
    this.#identities.set(identity, user);
    return identity;
  }

  /** The realm: `GET` with Basic credentials or none, `POST` with an OAuth 2 form. */
  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    const form = request.method === 'POST' ? await readForm(request) : undefined;
    if (request.method !== 'GET' && form === undefined) return answer(405);
    const subject = form === undefined ? this.#basicSubject(request) : this.#formSubject(form);
    if (subject === 'refused') return refuse();
    const query = form ?? request.query;
    const allows = parseScopes(query.getAll('scope')).filter((access) => this.#allowed(subject, access));
    return this.#issue(allows, this.#refreshToken(form, query, subject));
  }

  #issue(allows: readonly Access[], refreshToken: string | undefined): SandboxResponse {
    const token = randomBytes(32).toString('base64url');
    const life = this.#options.lifeSeconds ?? DEFAULT_LIFE_S;
    this.#forgetExpired();
    this.#tokens.set(token, { expiresAt: this.#now() + life * 1000, allows });
    const body = {
      token,
      access_token: token,
      expires_in: life,
      issued_at: this.#options.clock().toISOString(),
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    };
    return answer(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }, goJson(body));
  }

  #refreshToken(
    form: URLSearchParams | undefined,
    query: URLSearchParams,
    subject: SandboxAccount | undefined,
  ): string | undefined {
    if (form?.get('grant_type') === 'refresh_token') return form.get('refresh_token') ?? undefined;
    const wanted = query.get('offline_token') === 'true' || query.get('access_type') === 'offline';
    return wanted && subject !== undefined ? this.issueIdentity(subject.user) : undefined;
  }

  #basicSubject(request: SandboxRequest): SandboxAccount | undefined | 'refused' {
    if (!request.headers.has('authorization')) return undefined;
    const credentials = basicCredentials(request);
    if (credentials === undefined) return 'refused';
    return findAccount(this.#options.accounts, credentials.user, credentials.password) ?? 'refused';
  }

  #formSubject(form: URLSearchParams): SandboxAccount | 'refused' {
    if (form.get('grant_type') === 'password') {
      const found = findAccount(
        this.#options.accounts,
        form.get('username') ?? '',
        form.get('password') ?? '',
      );
      return found ?? 'refused';
    }
    const user = this.#identities.get(form.get('refresh_token') ?? '');
    return this.#options.accounts.find((account) => account.user === user) ?? 'refused';
  }

  #allowed(subject: SandboxAccount | undefined, access: Access): boolean {
    if (subject !== undefined) return isAllowed(subject, access);
    return access.type === 'repository' && (this.#options.anonymous ?? []).includes(access.action);
  }

  #challenge(request: SandboxRequest, wanted: readonly Access[], error?: string): Challenge {
    const parts = [`realm="${request.origin}${tokenPath}"`, `service="${this.#service}"`];
    if (wanted.length > 0) parts.push(`scope="${toScope(wanted)}"`);
    if (error !== undefined) parts.push(`error="${error}"`);
    return { header: `Bearer ${parts.join(',')}` };
  }

  #forgetExpired(): void {
    for (const [token, { expiresAt }] of this.#tokens) {
      if (expiresAt <= this.#now() || this.#tokens.size >= MAX_TOKENS) this.#tokens.delete(token);
    }
  }

  #now(): number {
    return this.#options.clock().getTime();
  }
}

const refuse = (): SandboxResponse =>
  answer(401, { 'Content-Type': 'application/json' }, goJson({ details: 'incorrect username or password' }));

function covers(allowed: Access, wanted: Access): boolean {
  if (allowed.type !== wanted.type || allowed.name !== wanted.name) return false;
  return allowed.action === wanted.action || allowed.action === '*';
}

/** `repository:<name>:push,pull`, one word per thing that is accessed. */
function toScope(wanted: readonly Access[]): string {
  const actions = new Map<string, string[]>();
  for (const { type, name, action } of wanted) {
    actions.set(`${type}:${name}`, [...(actions.get(`${type}:${name}`) ?? []), action]);
  }
  return [...actions].map(([resource, list]) => `${resource}:${list.join(',')}`).join(' ');
}

/** The name in a scope may hold colons of its own (a port). */
export function parseScopes(scopes: readonly string[]): readonly Access[] {
  return scopes
    .flatMap((scope) => scope.split(' '))
    .flatMap((scope) => {
      const [, type = '', name = '', actions = ''] =
        /^([a-z]+)(?:\([a-z]+\))?:(.+):([^:]*)$/.exec(scope) ?? [];
      if (type !== 'repository' && type !== 'registry') return [];
      return actions.split(',').map((action): Access => ({ type, name, action }));
    });
}

async function readForm(request: SandboxRequest): Promise<URLSearchParams> {
  return new URLSearchParams(Buffer.from(await readBody(request.body, MAX_FORM_BYTES)).toString('utf8'));
}
