/**
 * Whether the trust server can be reached at all: its name, its port, its certificate. Privileged process.
 * Opens connections and sends nothing over them.
 */
import { lookup } from 'node:dns/promises';
import net, { isIP } from 'node:net';
import { AppError, hasCode, isAppError } from '../../shared/errors.ts';
import { bareHost, type ConnectOptions, defaultPort, openVerified } from '../network/connection.ts';
import { type Peer, toNetworkError } from '../network/network-error.ts';
import { anchorOf, presentedChain, type PresentedCertificate } from '../network/presented-chain.ts';
import { proxyFor, proxyName, toProxyError } from '../network/proxy.ts';
import type { TlsPolicy } from '../network/tls-policy.ts';
import { attempt, failed, type Outcome, passed, warned } from './step.ts';

const day = 24 * 60 * 60 * 1000;
/** A certificate that ends sooner than this is worth a warning. */
const soon = 30 * day;

/** The peer of a server's address. */
export function peerOf(server: URL): Peer {
  return { host: bareHost(server), port: Number(server.port === '' ? defaultPort(server) : server.port) };
}

/** Whom the first connection goes to: the proxy, where there is one. */
interface FirstHop {
  readonly peer: Peer;
  readonly proxy: string | undefined;
  /** What failed on the way to it. */
  readonly asFailure: (error: unknown) => unknown;
}

function firstHop(peer: Peer, { proxies }: ConnectOptions): FirstHop {
  const proxy = proxyFor(proxies, peer.host, peer.port);
  if (proxy === undefined) return { peer, proxy: undefined, asFailure: (error) => error };
  return {
    peer: peerOf(proxy),
    proxy: proxyName(proxy),
    asFailure: (error) => toProxyError(error, proxy),
  };
}

/** The addresses behind the server's name (or the proxy's). */
export function checkDns(peer: Peer, options: ConnectOptions): Promise<Outcome<readonly string[]>> {
  return attempt('dns', async () => {
    const { peer: hop, proxy, asFailure } = firstHop(peer, options);
    const through = proxy === undefined ? '' : ` The proxy looks up ${peer.host} itself.`;
    if (isIP(hop.host) !== 0) {
      return passed('dns', `${hop.host} is an address; no name to look up.${through}`, [hop.host]);
    }
    const addresses = await resolve(hop, options.connectMs).catch((error: unknown) => {
      throw asFailure(error);
    });
    return passed('dns', `${hop.host} is ${addresses.join(', ')}.${through}`, addresses);
  });
}

async function resolve(peer: Peer, ms: number): Promise<string[]> {
  const timeout = new AppError('network/timeout', { host: peer.host, seconds: ms / 1000 });
  try {
    const found = await withDeadline(lookup(peer.host, { all: true }), ms, timeout);
    return [...new Set(found.map(({ address }) => address))];
  } catch (error) {
    throw toNetworkError(error, peer);
  }
}

async function withDeadline<T>(work: Promise<T>, ms: number, late: AppError): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const alarm = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(late);
    }, ms);
  });
  try {
    return await Promise.race([work, alarm]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether anything listens at the port. */
export function checkTcp(peer: Peer, options: ConnectOptions): Promise<Outcome<true>> {
  return attempt('tcp', async () => {
    const { peer: hop, proxy, asFailure } = firstHop(peer, options);
    const started = performance.now();
    await connect(hop, options.connectMs).catch((error: unknown) => {
      throw asFailure(error);
    });
    const took = `${String(Math.max(1, Math.round(performance.now() - started)))} ms`;
    const who = proxy === undefined ? `${hop.host}, port ${String(hop.port)},` : `The proxy ${proxy}`;
    return passed('tcp', `${who} answers within ${took}.`, true);
  });
}

function connect(peer: Peer, ms: number): Promise<void> {
  return new Promise((resolvePromise, reject) => {
    const socket = net.connect({ host: peer.host, port: peer.port });
    const end = (error?: Error): void => {
      socket.destroy();
      if (error === undefined) resolvePromise();
      else reject(toNetworkError(error, peer));
    };
    socket.setTimeout(ms, () => {
      end(new AppError('network/timeout', { host: peer.host, seconds: ms / 1000 }));
    });
    socket.once('connect', () => {
      end();
    });
    socket.once('error', end);
  });
}

export interface TlsFacts {
  /** False where a registry on this computer lets an unverified certificate pass. */
  readonly verified: boolean;
}

export interface TlsCheck {
  readonly server: URL;
  readonly policy: TlsPolicy;
  readonly options: ConnectOptions;
  readonly now: Date;
  /** Called with the certificate that the person is offered to trust. */
  readonly onUnknownCa: (server: URL, certificate: PresentedCertificate) => void;
}

/** Whether the server proves who it is, and until when. */
export function checkTls(check: TlsCheck): Promise<Outcome<TlsFacts>> {
  const { server, policy, options, now } = check;
  return attempt('tls', async () => {
    try {
      const socket = await openVerified(peerOf(server), { ...policy, allowUnverified: false }, options);
      const [leaf] = presentedChain(socket);
      const protocol = socket.getProtocol() ?? 'TLS';
      socket.destroy();
      return describeLeaf(leaf, protocol, now);
    } catch (error) {
      if (!isAppError(error)) throw error;
      return await refused(check, error);
    }
  });
}

function describeLeaf(
  leaf: PresentedCertificate | undefined,
  protocol: string,
  now: Date,
): Outcome<TlsFacts> {
  if (leaf === undefined) return passed('tls', `${protocol}, verified.`, { verified: true });
  const until = new Date(leaf.notAfter).toISOString().slice(0, 10);
  const found = `${protocol}; the certificate of ${leaf.subject}, issued by ${leaf.issuer}, is valid until ${until}.`;
  if (leaf.notAfter - now.getTime() > soon) return passed('tls', found, { verified: true });
  return warned('tls', found, 'Ask the operator of the server to renew its certificate in time.', {
    verified: true,
  });
}

async function refused(check: TlsCheck, error: AppError): Promise<Outcome<TlsFacts>> {
  if (hasCode(error, 'network/unknown-ca')) {
    const anchor = await presentedAnchor(check, error.details.sha256);
    if (!check.policy.allowUnverified) return unknownCa(check, error, anchor);
  }
  if (!check.policy.allowUnverified || !error.code.startsWith('network/')) throw error;
  if (!hasCode(error, 'network/unknown-ca') && !hasCode(error, 'network/tls')) throw error;
  const { step } = failed('tls', error);
  // docker: certificates of registries on this computer are not checked
  const found = `${step.found} It is accepted all the same, because the registry is on this computer.`;
  return warned('tls', found, step.fix ?? '', { verified: false });
}

function unknownCa(
  { server, onUnknownCa }: TlsCheck,
  error: AppError,
  anchor: PresentedCertificate | undefined,
): Outcome<never> {
  const outcome = failed('tls', error);
  if (anchor === undefined) return outcome;
  onUnknownCa(server, anchor);
  const { sha256, subject, issuer } = anchor;
  return {
    ...outcome,
    step: { ...outcome.step, unknownCa: { server: server.origin, sha256, subject, issuer } },
  };
}

/**
 * SECURITY: an unverified handshake, only to show the person what the server presents; nothing is sent over it.
 * What is shown must be the very certificate that was refused, or the server gave two answers to two questions.
 */
async function presentedAnchor(
  { server, policy, options }: TlsCheck,
  sha256: string,
): Promise<PresentedCertificate | undefined> {
  const socket = await openVerified(peerOf(server), { ...policy, allowUnverified: true }, options);
  const anchor = anchorOf(presentedChain(socket));
  socket.destroy();
  return anchor?.sha256 === sha256 ? anchor : undefined;
}
