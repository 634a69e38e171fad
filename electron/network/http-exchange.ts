/**
 * One request and its answer over one connection: time limits, size cap, truncation. Main process and command line.
 * It follows nothing and knows no policy beyond the one it is given.
 */
import http from 'node:http';
import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import { AppError, isAppError } from '../../shared/errors.ts';
import { AtMost } from './at-most.ts';
import { bareHost, type ConnectOptions, defaultPort, isVerified, VerifyingAgent } from './connection.ts';
import { ipFamily } from './ip-address.ts';
import { errorCode, type Peer, toNetworkError } from './network-error.ts';
import { parseProxyEnvironment } from './proxy.ts';
import { sendBody } from './send-body.ts';
import type { TlsPolicy } from './tls-policy.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly tlsVerified: boolean;
}

export interface ExchangeRequest {
  readonly url: URL;
  readonly tls: TlsPolicy;
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly limitBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly limits: { readonly idleMs: number; readonly totalMs: number };
}

/**
 * Agents by policy, so that a server's connections are reused and never shared across policies. Node's own limit of
 * sockets does not hold where connecting takes time: it opens more, and closes what it opened when it is free again.
 */
export interface HttpExchange {
  /** The requests to one origin under one policy. */
  turnsFor(policy: TlsPolicy, origin: string): AtMost;
  agentFor(policy: TlsPolicy): VerifyingAgent;
  readonly plainAgent: http.Agent;
  close(): void;
}

export function newExchange(env: Environment, connectMs: number): HttpExchange {
  const agents = new Map<TlsPolicy, VerifyingAgent>();
  const turns = new Map<TlsPolicy, Map<string, AtMost>>();
  let options: ConnectOptions | undefined;
  const plainAgent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  return {
    plainAgent,
    turnsFor: (policy, origin) => {
      const ofPolicy = turns.get(policy) ?? new Map<string, AtMost>();
      turns.set(policy, ofPolicy);
      const found = ofPolicy.get(origin) ?? new AtMost(requestsAtOnce);
      ofPolicy.set(origin, found);
      return found;
    },
    agentFor: (policy) => {
      options ??= { proxies: parseProxyEnvironment(env), connectMs };
      const agent = agents.get(policy) ?? new VerifyingAgent(policy, options);
      agents.set(policy, agent);
      return agent;
    },
    close: () => {
      for (const agent of [...agents.values(), plainAgent]) agent.destroy();
    },
  };
}

/** To one server: as many connections are kept. */
const requestsAtOnce = 8;

/** A body that explains an error is read up to here and then cut; it is text for people, not data. */
const errorBodyLimit = 64 * 1024;

/** Sends when it is its turn, and reads to the end. */
export async function exchange(exchanges: HttpExchange, request: ExchangeRequest): Promise<RawResponse> {
  const turns = exchanges.turnsFor(request.tls, request.url.origin);
  try {
    return await turns.run(() => exchangeNow(exchanges, request), request.signal);
  } catch (error) {
    // Cancelled while it waited for its turn.
    if (request.signal?.aborted === true && error === request.signal.reason)
      throw abortReason(request.signal);
    throw error;
  }
}

/** A connection that the server had closed while idle is replaced once, for reads. */
async function exchangeNow(exchanges: HttpExchange, request: ExchangeRequest): Promise<RawResponse> {
  try {
    return await exchangeOnce(exchanges, request);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    const repeatable = request.method === undefined || request.method === 'GET' || request.method === 'HEAD';
    if (!repeatable) throw toNetworkError(error.cause, peerOf(request.url));
  }
  dropIdle(agentOf(exchanges, request));
  return exchangeOnce(exchanges, request).catch((error: unknown) => {
    throw error instanceof StaleConnection ? toNetworkError(error.cause, peerOf(request.url)) : error;
  });
}

/** The others that idled as long are no better. */
function dropIdle(agent: http.Agent): void {
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
}

function agentOf(exchanges: HttpExchange, { url, tls }: ExchangeRequest): http.Agent {
  return url.protocol === 'http:' ? exchanges.plainAgent : exchanges.agentFor(tls);
}

class StaleConnection extends Error {}

const noAnswer = 'closed without an answer';

function exchangeOnce(exchanges: HttpExchange, request: ExchangeRequest): Promise<RawResponse> {
  const peer = peerOf(request.url);
  return new Promise((resolve, reject) => {
    const sent = startRequest(exchanges, request, peer);
    const guard = guardRequest(sent, request, peer);
    const fail = (error: unknown): void => {
      const reason = guard.stop() ?? error;
      sent.destroy();
      const stale =
        sent.reusedSocket && !isAppError(reason) && errorCode(reason) === 'ECONNRESET' && !guard.answered();
      reject(stale ? new StaleConnection('stale', { cause: reason }) : toNetworkError(reason, peer));
    };
    sent.once('error', fail);
    // SECURITY: after "switching protocols" Node closes without an error or an answer; an outcome must come all the same.
    sent.once('close', () => {
      if (!guard.answered()) fail(new AppError('network/interrupted', { host: peer.host, reason: noAnswer }));
    });
    sent.once('response', (message) => {
      guard.onAnswer();
      const tlsVerified = request.url.protocol === 'https:' && isVerified(message.socket);
      readBody(message, request, peer, guard.onData).then((body) => {
        guard.stop();
        resolve({ status: message.statusCode ?? 0, headers: singleHeaders(message), body, tlsVerified });
      }, fail);
    });
    sendBody(sent, request.body, guard.onSent);
  });
}

function startRequest(exchanges: HttpExchange, request: ExchangeRequest, peer: Peer): http.ClientRequest {
  const plain = request.url.protocol === 'http:';
  const options: https.RequestOptions = {
    host: peer.host,
    port: peer.port,
    path: request.url.pathname + request.url.search,
    method: request.method ?? 'GET',
    headers: {
      host: request.url.host,
      'accept-encoding': 'identity',
      ...request.headers,
      ...lengthOf(request.body),
    },
    agent: agentOf(exchanges, request),
    // Said here, because finding out takes node:https milliseconds.
    servername: ipFamily(peer.host) === 0 ? peer.host : '',
    maxHeaderSize: 64 * 1024,
  };
  return plain ? http.request(options) : https.request(options);
}

function lengthOf(body: Uint8Array | undefined): Readonly<Record<string, string>> {
  return body === undefined ? {} : { 'content-length': String(body.byteLength) };
}

interface Guard {
  /** Ends the limits; answers the limit that was exceeded, if one was. */
  readonly stop: () => AppError | undefined;
  readonly onSent: () => void;
  readonly onAnswer: () => void;
  readonly onData: (bytes: number) => void;
  readonly answered: () => boolean;
}

/** An answer that brings less than this in the time of the idle limit does not come at all: 34 bytes a second by default. */
const slowestBytes = 1024;

/** Idle and total limits and the abort signal; whichever strikes first destroys the request. */
function guardRequest(sent: http.ClientRequest, request: ExchangeRequest, peer: Peer): Guard {
  let struck: AppError | undefined;
  let answered = false;
  const strike = (error: AppError): void => {
    struck ??= error;
    sent.destroy(error);
  };
  const timeout = (ms: number) => (): void => {
    strike(new AppError('network/timeout', { host: peer.host, seconds: ms / 1000 }));
  };
  const onAbort = (): void => {
    strike(abortReason(request.signal));
  };
  const total = setTimeout(timeout(request.limits.totalMs), request.limits.totalMs);
  let idle: NodeJS.Timeout | undefined;
  let sinceRefresh = 0;
  sent.once('socket', () => (idle = setTimeout(timeout(request.limits.idleMs), request.limits.idleMs)));
  request.signal?.addEventListener('abort', onAbort, { once: true });
  if (request.signal?.aborted === true) queueMicrotask(onAbort);
  return {
    stop: () => {
      clearTimeout(total);
      clearTimeout(idle);
      request.signal?.removeEventListener('abort', onAbort);
      return struck;
    },
    // Or no large upload over a slow line would ever arrive.
    onSent: () => idle?.refresh(),
    onAnswer: () => {
      answered = true;
      idle?.refresh();
    },
    onData: (bytes) => {
      sinceRefresh += bytes;
      if (sinceRefresh < slowestBytes) return;
      sinceRefresh = 0;
      idle?.refresh();
    },
    answered: () => answered,
  };
}

/** Cancelling is an outcome, not a failure. */
function abortReason(signal: AbortSignal | undefined): AppError {
  const reason: unknown = signal?.reason;
  return isAppError(reason) ? reason : new AppError('prompt/cancelled', {}, { cause: reason });
}

/** SECURITY: stops at the cap, whatever Content-Length said; a body that ends early is never used. */
async function readBody(
  message: IncomingMessage,
  { limitBytes, method }: ExchangeRequest,
  peer: Peer,
  onData: (bytes: number) => void,
): Promise<Uint8Array> {
  const successful = message.statusCode !== undefined && message.statusCode < 400;
  const limit = successful ? limitBytes : Math.min(limitBytes, errorBodyLimit);
  const announced = method === 'HEAD' ? 0 : Number(message.headers['content-length'] ?? '0');
  const tooLarge = (): AppError => new AppError('network/too-large', { host: peer.host, limitBytes });
  if (successful && announced > limit) throw tooLarge();
  const { chunks, size } = await readChunks(message, limit, onData);
  if (size > limit && successful) throw tooLarge();
  if (!message.complete && size <= limit)
    throw new AppError('network/interrupted', { host: peer.host, reason: 'the answer ended early' });
  return joined(chunks, Math.min(size, limit));
}

/**
 * What comes, up to its end or until it is more than `limit`; then the connection is ended. By events, because a large
 * answer comes in hundreds of chunks and a promise for each takes longer than decrypting it.
 */
function readChunks(
  message: IncomingMessage,
  limit: number,
  onData: (bytes: number) => void,
): Promise<{ readonly chunks: readonly Buffer[]; readonly size: number }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      if (size > limit) return;
      onData(chunk.length);
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) message.destroy();
    });
    message.once('error', reject);
    message.once('close', () => {
      resolve({ chunks, size });
    });
  });
}

function joined(chunks: readonly Buffer[], size: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1 && only.length === size) return only;
  return Buffer.concat(chunks, size);
}

function singleHeaders(message: IncomingMessage): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}

function peerOf(url: URL): Peer {
  return { host: bareHost(url), port: Number(url.port) || defaultPort(url) };
}
