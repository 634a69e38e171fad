/**
 * What the trust server says once it is reached: its health, whom it lets in, what time it has. Privileged process.
 */
import { AppError, isAppError } from '../../shared/errors.ts';
import type { HttpClient, HttpResponse } from '../network/http-client.ts';
import type { TlsPolicy } from '../network/tls-policy.ts';
import { fetchHealth, pingServer } from '../notary/server-status.ts';
import { parseChallenges } from '../registry/auth-challenge.ts';
import { fetchAuthorized } from '../registry/authorized-fetch.ts';
import { type Authorizer, repositoryScope } from '../registry/token-auth.ts';
import type { Gun } from '../../shared/brands.ts';
import { attempt, type Outcome, passed, warned } from './step.ts';

export interface Asked {
  readonly server: string;
  readonly http: HttpClient;
  readonly tls: TlsPolicy;
}

/** notary-server's own check of its database and its signer. */
export function checkHealth(asked: Asked): Promise<Outcome<true>> {
  return attempt('health', async () => {
    const { status, body } = await fetchHealth(asked);
    if (status === 200) return passed('health', 'The server says that it is well.', true);
    if (status === 503) return unwell(asked.server, body);
    if (status >= 500) throw new AppError('notary/server-error', { server: asked.server, status });
    // Harbor, Artifactory and others speak the protocol without this page.
    return passed('health', `The server does not report its health (status ${String(status)}).`, true);
  });
}

/** The failures, by name, without what a proxy may have put in their place. */
function unwell(server: string, body: Uint8Array): Outcome<true> {
  const names = failureNames(body);
  const which = names.length === 0 ? '' : `: ${names.join(', ')}`;
  const found = `${server} says that it is not well${which}.`;
  return warned(
    'health',
    found,
    'Ask the operator of the trust server to look at its database and its signer.',
    true,
  );
}

function failureNames(body: Uint8Array): readonly string[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject
      ? Object.keys(value)
          .map((name) => name.slice(0, 80))
          .slice(0, 10)
      : [];
  } catch {
    return []; // any other page; the status says enough
  }
}

export interface LoginCheck extends Asked {
  readonly authorizer: Authorizer;
  /** Undefined when only a server was named: then nobody logs in. */
  readonly gun: Gun | undefined;
}

/** Whom the server lets in, with whose credentials, for what. The value is the server's answer. */
export function checkLogin(check: LoginCheck): Promise<Outcome<HttpResponse>> {
  return attempt('authentication', async () => {
    const ping = await pingServer(check);
    if (ping.status === 401) {
      return check.gun === undefined ? describeChallenge(ping) : await logIn(check, check.gun, ping);
    }
    if (ping.status >= 200 && ping.status < 300)
      return passed('authentication', 'Anyone may read; no login is asked for.', ping);
    const { server } = check;
    if (ping.status >= 500) throw new AppError('notary/server-error', { server, status: ping.status });
    throw new AppError('notary/bad-answer', { server, reason: `GET /v2/ answers ${String(ping.status)}` });
  });
}

function describeChallenge(ping: HttpResponse): Outcome<HttpResponse> {
  const [challenge] = parseChallenges(ping.header('www-authenticate'));
  const how =
    challenge?.scheme === 'basic' ? 'with a password' : tokenFrom(challenge?.parameters.get('realm'));
  return passed('authentication', `A login is asked for, ${how}. Name an image to try it.`, ping);
}

function tokenFrom(realm: string | undefined): string {
  return realm === undefined ? 'in a way that is not known' : `with a token from ${realm}`;
}

async function logIn(check: LoginCheck, gun: Gun, ping: HttpResponse): Promise<Outcome<HttpResponse>> {
  const { server, http, tls, authorizer } = check;
  const scope = repositoryScope(gun, 'pull');
  const url = new URL(`${server}/v2/`);
  const request = { url, tls, limitBytes: 64 * 1024 };
  const answer = await fetchAuthorized(http, authorizer, scope, request).catch((error: unknown) => {
    throw asRefusal(error, server, scope);
  });
  const facts = authorizer.facts();
  if (answer.status === 401 || answer.status === 403) {
    throw new AppError('notary/unauthorised', { server, scope, account: facts?.account ?? null });
  }
  const who =
    facts?.account === undefined
      ? 'without an account'
      : `as ${facts.account} (credentials from ${facts.source ?? 'nowhere'})`;
  const found = `Let in ${who} for ${scope}, ${facts?.scheme === 'basic' ? 'with a password' : 'with a token'}.`;
  return passed('authentication', found, ping);
}

/** The token server's refusal is this server's. */
function asRefusal(error: unknown, server: string, scope: string): unknown {
  if (!isAppError(error) || error.code !== 'registry/unauthorised') return error;
  const { account } = error.details as { readonly account: string | null };
  return new AppError('notary/unauthorised', { server, scope, account }, { cause: error });
}

const minute = 60_000;
/** Certificates and timestamps are judged by this clock: beyond some minutes something will be refused. */
const tolerable = 5 * minute;

/** Compares this computer's clock with the server's `Date`. */
export function checkClock(answer: HttpResponse, now: Date): Outcome<true> {
  const date = Date.parse(answer.header('date') ?? '');
  if (Number.isNaN(date)) return passed('clock', 'The server does not say what time it has.', true);
  const difference = now.getTime() - date;
  if (Math.abs(difference) <= tolerable)
    return passed('clock', 'This computer and the server have the same time.', true);
  const amount = `${String(Math.round(Math.abs(difference) / minute))} minutes`;
  const found = `This computer's clock is ${amount} ${difference > 0 ? 'ahead of' : 'behind'} the server's.`;
  return warned(
    'clock',
    found,
    "Set the clock of this computer (or ask the operator to set the server's): expiry is judged by it.",
    true,
  );
}
