/**
 * The one fetch that everything uses: trust server, registry, token server. Main process and command line.
 * It verifies TLS, caps every answer, limits every wait, and follows redirects only where nothing leaks.
 * It knows nothing of tokens or metadata.
 */
import { AppError } from '../../shared/errors.ts';
import {
  type Environment,
  exchange,
  type HttpExchange,
  newExchange,
  type RawResponse,
} from './http-exchange.ts';
import { isLoopbackHost } from './loopback.ts';
import { policyForOtherHost, systemTls, type TlsPolicy } from './tls-policy.ts';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'DELETE';

export interface HttpRequest {
  readonly url: URL;
  readonly method?: HttpMethod;
  /** Names in lower case. `authorization` never leaves the first origin. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly tls?: TlsPolicy;
  /** Bytes of a successful body; one more and the answer is `network/too-large`. */
  readonly limitBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: Partial<HttpTimeouts>;
}

/** All in milliseconds. */
export interface HttpTimeouts {
  /** DNS, TCP, proxy and TLS together. */
  readonly connectMs: number;
  /** While nothing more of a large body goes out, without an answer, or with less than a kilobyte of it. */
  readonly idleMs: number;
  /** From the request to the last byte. */
  readonly totalMs: number;
}

export interface HttpResponse {
  readonly status: number;
  /** The URL that answered, after redirects. */
  readonly url: URL;
  readonly body: Uint8Array;
  /** False when plain http was spoken or the certificate was accepted without verifying. */
  readonly tlsVerified: boolean;
  /** A header's value; several of the same name are joined with ", ". */
  header(name: string): string | undefined;
}

export interface HttpClient {
  /** Any HTTP status is a result; only failures to get an answer throw (`network/...`). */
  fetch(request: HttpRequest): Promise<HttpResponse>;
  /** Drops idle connections. */
  close(): void;
}

const standardTimeouts: HttpTimeouts = { connectMs: 10_000, idleMs: 30_000, totalMs: 600_000 };
const maxRedirects = 5;
const redirectStatus = new Set([301, 302, 303, 307, 308]);

/** @param options.env where proxies are read from; `timeouts` replaces the standard ones. */
export function createHttpClient(options: {
  readonly env: Environment;
  readonly timeouts?: Partial<HttpTimeouts>;
}): HttpClient {
  const limits = { ...standardTimeouts, ...options.timeouts };
  const exchanges = newExchange(options.env, limits.connectMs);
  return {
    fetch: (request) => follow(exchanges, request, { ...limits, ...request.timeouts }),
    close: () => {
      exchanges.close();
    },
  };
}

interface Hop {
  readonly url: URL;
  readonly tls: TlsPolicy;
  readonly headers: Readonly<Record<string, string>>;
}

async function follow(
  exchanges: HttpExchange,
  request: HttpRequest,
  limits: HttpTimeouts,
): Promise<HttpResponse> {
  let hop: Hop = { url: request.url, tls: request.tls ?? systemTls, headers: request.headers ?? {} };
  for (let count = 0; ; count++) {
    refusePlainHttp(hop.url);
    const raw = await exchange(exchanges, { ...request, ...hop, limits });
    const location = redirectTarget(raw, request.method ?? 'GET');
    if (location === undefined) return toResponse(raw, hop);
    if (count === maxRedirects) throw refused(hop.url, 'too many redirects');
    hop = nextHop(hop, location);
  }
}

/** SECURITY: no secret and no metadata ever crosses a network in the clear; this computer is no network. */
function refusePlainHttp(url: URL): void {
  if (url.protocol === 'https:') return;
  if (url.protocol === 'http:' && isLoopbackHost(url.host)) return;
  throw new AppError('notary/not-https', { url: url.origin });
}

/** Only reads are redirected; a POST that is redirected is answered as it is. */
function redirectTarget(raw: RawResponse, method: HttpMethod): string | undefined {
  if (!redirectStatus.has(raw.status) || (method !== 'GET' && method !== 'HEAD')) return undefined;
  return raw.headers['location'];
}

/** Addresses may hold more; no host has it, and what is shown of an address is copied into shells. */
const plainHost = /^[a-z0-9._:[\]-]+$/i;

/** SECURITY: https never becomes http; another origin gets no Authorization and no client certificate. */
function nextHop(hop: Hop, location: string): Hop {
  if (!URL.canParse(location, hop.url.href)) throw refused(hop.url, location.slice(0, 200));
  const url = new URL(location, hop.url);
  if (url.protocol !== 'https:' && url.protocol !== hop.url.protocol) throw refused(hop.url, url.origin);
  if (url.username !== '' || url.password !== '' || !plainHost.test(url.host))
    throw refused(hop.url, url.host);
  if (url.origin === hop.url.origin) return { ...hop, url };
  return { url, tls: policyForOtherHost(hop.tls), headers: withoutSecrets(hop.headers) };
}

function withoutSecrets(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== 'authorization' && name !== 'cookie'),
  );
}

function refused(from: URL, to: string): AppError {
  return new AppError('network/redirect-refused', { host: from.host, to });
}

function toResponse(raw: RawResponse, hop: Hop): HttpResponse {
  return {
    status: raw.status,
    url: hop.url,
    body: raw.body,
    tlsVerified: raw.tlsVerified,
    header: (name) => raw.headers[name.toLowerCase()],
  };
}
