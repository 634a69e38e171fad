/**
 * Answers 401: bearer tokens from a token server, or Basic, with docker's credentials or anonymously.
 * Main process and command line; for trust servers and registries alike.
 * SECURITY: secrets go only to the server that asked (Basic) or to the token server it named over https (Bearer).
 */
import { AppError, type Refusal } from '../../shared/errors.ts';
import type { HttpClient, HttpResponse } from '../network/http-client.ts';
import { isLoopbackHost } from '../network/loopback.ts';
import { policyForOtherHost, type TlsPolicy } from '../network/tls-policy.ts';
import { type Challenge, parseChallenges } from './auth-challenge.ts';
import type { CredentialSource, FoundCredentials } from './credentials.ts';
import { isObject } from '../settings/json-file.ts';

export interface AuthContext {
  readonly http: HttpClient;
  readonly credentials: CredentialSource;
  /** host[:port] whose credentials are used: the registry of the GUN, also for its trust server. */
  readonly registry: string;
  readonly tls: TlsPolicy;
  /** The instant "now" for token expiry, in milliseconds. */
  readonly clock: () => number;
}

/** How the last challenge was answered; for the doctor. No secrets. */
export interface AuthFacts {
  readonly scheme: 'none' | 'basic' | 'bearer';
  readonly scope: string;
  readonly account: string | undefined;
  /** Where the credentials came from; undefined when anonymous. */
  readonly source: string | undefined;
}

export interface Authorizer {
  /** The header to send now for a scope, if one is known from before. */
  known(scope: string): string | undefined;
  /**
   * A header that answers the 401 `refusal` for `scope`, or undefined when there is nothing (more) to offer.
   * Throws `config/...`, `network/...`, `registry/unauthorised` (the token server says no).
   */
  answer(refusal: HttpResponse, scope: string): Promise<string | undefined>;
  facts(): AuthFacts | undefined;
}

interface Held {
  readonly header: string;
  readonly validUntil: number;
}

const tokenLimit = 1024 * 1024;
/** distribution: tokens live at least a minute, whatever the server says. */
const shortestLifeSeconds = 60;

export function createAuthorizer(context: AuthContext): Authorizer {
  const held = new Map<string, Held>();
  let facts: AuthFacts | undefined;
  return {
    known: (scope) => {
      const one = held.get(scope);
      return one !== undefined && one.validUntil > context.clock() ? one.header : undefined;
    },
    answer: async (refusal, scope) => {
      const found = await context.credentials.find(context.registry);
      const challenges = parseChallenges(refusal.header('www-authenticate'));
      const bearer = challenges.find((challenge) => challenge.scheme === 'bearer');
      const scheme =
        bearer !== undefined ? 'bearer' : challenges.some((c) => c.scheme === 'basic') ? 'basic' : 'none';
      facts = { scheme, scope, account: accountOf(found), source: found?.source };
      const answer =
        bearer === undefined
          ? basicAnswer(scheme, found)
          : await fetchToken(context, bearer, scope, found, refusal.url);
      if (answer !== undefined) held.set(scope, answer);
      return answer?.header;
    },
    facts: () => facts,
  };
}

/** Scope text as docker writes it; the order of actions is the caller's. */
export function repositoryScope(repository: string, actions: string): string {
  return `repository:${repository}:${actions}`;
}

export function accountOf(found: FoundCredentials | undefined): string | undefined {
  return found === undefined || found.credentials.username === '' ? undefined : found.credentials.username;
}

/** What to say of an answer that let nobody in. */
export function refusalOf(facts: AuthFacts | undefined, scope: string, status: number): Refusal {
  const { account, source } = facts ?? {};
  return { scope, account: account ?? null, ...(source === undefined ? {} : { source }), status };
}

function basicAnswer(scheme: string, found: FoundCredentials | undefined): Held | undefined {
  if (scheme !== 'basic' || found?.credentials.kind !== 'password') return undefined;
  return { header: basicHeader(found.credentials), validUntil: Infinity };
}

function basicHeader(pair: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${pair.username}:${pair.password}`).toString('base64')}`;
}

async function fetchToken(
  context: AuthContext,
  challenge: Challenge,
  scope: string,
  found: FoundCredentials | undefined,
  asker: URL,
): Promise<Held> {
  const realm = parseRealm(challenge, asker);
  const service = challenge.parameters.get('service') ?? '';
  const tls = realm.origin === asker.origin ? context.tls : policyForOtherHost(context.tls);
  const request =
    found?.credentials.kind === 'identity-token'
      ? refreshRequest(realm, service, scope, found.credentials.token)
      : tokenRequest(realm, service, scope, found);
  const response = await context.http.fetch({ ...request, tls, limitBytes: tokenLimit });
  if (response.status !== 200) throw tokenRefused(context, realm, scope, response, found);
  return parseToken(response, context.clock());
}

/** SECURITY: a realm gets credentials, so it must be https; this computer may do without. */
function parseRealm(challenge: Challenge, asker: URL): URL {
  const text = challenge.parameters.get('realm') ?? '';
  if (!URL.canParse(text))
    throw new AppError('registry/bad-answer', {
      registry: asker.host,
      reason: 'the challenge names no token server',
    });
  const realm = new URL(text);
  if (realm.protocol === 'https:' || (realm.protocol === 'http:' && isLoopbackHost(realm.host))) return realm;
  throw new AppError('registry/bad-answer', {
    registry: asker.host,
    reason: `the token server ${realm.origin} is not https`,
  });
}

function tokenRequest(realm: URL, service: string, scope: string, found: FoundCredentials | undefined) {
  const url = new URL(realm);
  const pair = found?.credentials.kind === 'password' ? found.credentials : undefined;
  if (pair !== undefined) url.searchParams.append('account', pair.username);
  url.searchParams.append('scope', scope);
  if (service !== '') url.searchParams.append('service', service);
  return { url, headers: pair === undefined ? {} : { authorization: basicHeader(pair) } };
}

/** docker: an identity token is exchanged by a POST (OAuth2 refresh). */
function refreshRequest(realm: URL, service: string, scope: string, token: string) {
  const form = new URLSearchParams({
    client_id: 'docker',
    grant_type: 'refresh_token',
    refresh_token: token,
    scope,
    service,
  });
  return {
    url: realm,
    method: 'POST' as const,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
  };
}

/** OAuth2 (RFC 6749 5.2): a refresh token that is not valid any more is refused with 400. */
function tokenRefused(
  { registry }: AuthContext,
  realm: URL,
  scope: string,
  { status }: HttpResponse,
  found: FoundCredentials | undefined,
): AppError {
  const isNoToken = status === 400 && found?.credentials.kind === 'identity-token';
  if (status !== 401 && status !== 403 && !isNoToken)
    return new AppError('registry/error', { registry: realm.host, status });
  const account = accountOf(found) ?? null;
  const source = found === undefined ? {} : { source: found.source };
  const refusal = { scope, account, ...source, status, tokenServer: realm.host };
  return new AppError('registry/unauthorised', { registry, ...refusal });
}

function parseToken(response: HttpResponse, now: number): Held {
  const answer = parseObject(response);
  const token = [answer['token'], answer['access_token']].find(
    (one) => typeof one === 'string' && one !== '',
  );
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
    throw new AppError('registry/bad-answer', {
      registry: response.url.host,
      reason: 'the token server sent no token',
    });
  const seconds = typeof answer['expires_in'] === 'number' ? answer['expires_in'] : 0;
  // `issued_at` is the server's clock; ours started the request, which is never later.
  return { header: `Bearer ${token}`, validUntil: now + Math.max(seconds, shortestLifeSeconds) * 1000 };
}

function parseObject(response: HttpResponse): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(response.body).toString('utf8'));
    if (isObject(value)) return value;
  } catch {
    // The parser's message would quote a token.
  }
  throw new AppError('registry/bad-answer', {
    registry: response.url.host,
    reason: 'the token server sent no JSON object',
  });
}
