/**
 * What the trust server says once it is reached: its health, whom it lets in, what time it has. Privileged process.
 */
import { AppError, hasCode } from '../../shared/errors.ts';
import type { HttpClient, HttpResponse } from '../network/http-client.ts';
import type { TlsPolicy } from '../network/tls-policy.ts';
import { fetchHealth, pingServer } from '../notary/server-status.ts';
import { serverHost } from '../notary/trust-server.ts';
import { parseChallenges } from '../registry/auth-challenge.ts';
import type { RepositoryConnection } from '../trust/connector.ts';
import { TIMESTAMP } from '../tuf/names.ts';
import type { DoctorStep } from '../../shared/ipc/doctor.ts';
import { attempt, type Outcome, passed, type StepId, warned } from './step.ts';

export interface Asked {
  readonly server: string;
  readonly http: HttpClient;
  readonly tls: TlsPolicy;
}

/** notary-server's own check of its database and its signer. */
export function checkHealth(asked: Asked): Promise<Outcome<true>> {
  return attempt('health', async () => {
    const { status, body, url } = await fetchHealth(asked);
    if (isElsewhere(url, asked)) return sentOn('health', asked, url, true);
    if (status === 200) return passed('health', 'The server says that it is well.', true);
    if (status === 503) return unwell(asked.server, body);
    if (status >= 500)
      throw new AppError('notary/server-error', { server: serverHost(asked.server), status });
    // Harbor, Artifactory and others speak the protocol without this page.
    return passed('health', `The server does not report its health (status ${String(status)}).`, true);
  });
}

/** SECURITY: what another server says is no word of the trust server; whoever stands between can send anybody there. */
function isElsewhere(answered: URL, { server }: Asked): boolean {
  return answered.origin !== new URL(server).origin;
}

function sentOn<T>(id: StepId, { server }: Asked, to: URL, value: T): Outcome<T> {
  const found = `${server} sends this question on to ${to.origin}, whose answer says nothing about it.`;
  const fix = `If ${to.origin} is the trust server, name it instead: DOCKER_CONTENT_TRUST_SERVER=${to.origin}. If not, ask the operator of ${serverHost(server)} why it is sent there.`;
  return warned(id, found, fix, value);
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
  /** Undefined when only a server was named: then nobody logs in. */
  readonly repository: Pick<RepositoryConnection, 'authorizer' | 'transport'> | undefined;
}

/** Whom the server lets in, with whose credentials, for what. The value is the server's answer, also where it refused. */
export async function checkLogin(check: LoginCheck): Promise<Outcome<HttpResponse>> {
  const ping = await attempt('authentication', async () =>
    passed('authentication', 'Anyone may read; no login is asked for.', await pingOrThrow(check)),
  );
  const { value } = ping;
  if (value === undefined) return ping;
  if (isElsewhere(value.url, check)) return sentOn('authentication', check, value.url, value);
  const { repository } = check;
  if (repository === undefined) return value.status === 200 ? ping : describeChallenge(value);
  const login = await attempt('authentication', () => logIn(check, repository, value));
  return { step: withTokenServer(login.step, check, value), value };
}

async function pingOrThrow(check: LoginCheck): Promise<HttpResponse> {
  const { server } = check;
  const ping = await pingServer(check);
  const { status } = ping;
  if (status >= 500) throw new AppError('notary/server-error', { server: serverHost(server), status });
  // A gateway may refuse this page and let the repository be read.
  if ((status >= 200 && status < 300) || status === 401 || status === 403) return ping;
  throw new AppError('notary/bad-answer', {
    server,
    reason: `${server}/v2/ answers with status ${String(status)}`,
  });
}

/** A person who never heard of the token server would look for the fault at the trust server. */
function withTokenServer(step: DoctorStep, { server }: LoginCheck, ping: HttpResponse): DoctorStep {
  const realm = realmOf(ping);
  if (step.error?.code.startsWith('network/') !== true || realm === undefined) return step;
  const sameHost = URL.canParse(realm) && new URL(realm).host === new URL(server).host;
  if (sameHost) return step;
  const found = `${step.found} Logins go to its token server, ${realm}.`;
  if (step.error.code !== 'network/unknown-ca') return { ...step, found };
  const host = serverHost(server);
  // What is trusted for the trust server counts for its token server; nothing can be trusted for that one alone.
  const fix = `Get the certificate of that authority from its operator and add it to those for ${host}: in the settings, or in docker's folder tls/${host}/ as another file that ends in .crt.`;
  return { ...step, found, fix };
}

function describeChallenge(ping: HttpResponse): Outcome<HttpResponse> {
  const [challenge] = parseChallenges(ping.header('www-authenticate'));
  if (challenge === undefined)
    return warned(
      'authentication',
      `The server answers with status ${String(ping.status)} and does not say how to log in.`,
      'Name an image to see whether it can be read all the same; if not, ask the operator of the trust server.',
      ping,
    );
  const how = challenge.scheme === 'basic' ? 'with a password' : tokenFrom(realmOf(ping));
  return passed('authentication', `A login is asked for, ${how}. Name an image to try it.`, ping);
}

const realmOf = (ping: HttpResponse): string | undefined =>
  parseChallenges(ping.header('www-authenticate'))
    .find(({ scheme }) => scheme === 'bearer')
    ?.parameters.get('realm');

function tokenFrom(realm: string | undefined): string {
  return realm === undefined ? 'in a way that is not known' : `with a token from ${realm}`;
}

/** By reading what is always read first: what `/v2/` lets in for says nothing about a repository. */
async function logIn(
  { server }: LoginCheck,
  { authorizer, transport }: NonNullable<LoginCheck['repository']>,
  ping: HttpResponse,
): Promise<Outcome<HttpResponse>> {
  await transport.fetchCurrent(TIMESTAMP).catch((error: unknown) => {
    // Let in: there is no such file, or the server itself has a fault, which the trust data will say.
    if (hasCode(error, 'notary/metadata-missing') || hasCode(error, 'notary/server-error')) return;
    throw error;
  });
  const facts = authorizer.facts();
  if (facts === undefined) return passed('authentication', 'Anyone may read; no login is asked for.', ping);
  const { account, source, scope, scheme } = facts;
  const from = source === undefined ? '' : ` (credentials from ${source})`;
  const who = account === undefined ? `without an account${from}` : `as ${account}${from}`;
  const how = scheme === 'basic' ? 'with a password' : tokenFrom(realmOf(ping) ?? server);
  return passed('authentication', `Let in ${who} for ${scope}, ${how}.`, ping);
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
