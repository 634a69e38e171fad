/**
 * Opens connections and keeps them for reuse: an agent per TLS policy, whose sockets were all verified by
 * `tls-socket.ts`. Main process and command line.
 */
import type http from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { AppError } from '../../shared/errors.ts';
import { ipFamily } from './ip-address.ts';
import { loopbackAddresses } from './loopback.ts';
import { type Peer, toNetworkError } from './network-error.ts';
import { openTunnel, type ProxyEnvironment, proxyFor, toProxyError } from './proxy.ts';
import { connectTls } from './tls-socket.ts';
import { systemTls, type TlsPolicy } from './tls-policy.ts';

export interface ConnectOptions {
  readonly proxies: ProxyEnvironment;
  /** Milliseconds for name resolution, TCP, proxy and TLS together. */
  readonly connectMs: number;
}

/** Sockets whose certificate was accepted without verifying; see `TlsPolicy.allowUnverified`. */
const unverified = new WeakSet<object>();

/** False when the socket's certificate did not verify. */
export function isVerified(socket: object): boolean {
  return !unverified.has(socket);
}

type OnConnected = (error: Error | null, socket: Duplex) => void;

/** An https agent that connects by our rules only. Idle sockets never keep the process alive. */
export class VerifyingAgent extends https.Agent {
  readonly #policy: TlsPolicy;
  readonly #options: ConnectOptions;

  constructor(policy: TlsPolicy, options: ConnectOptions) {
    // How many there are at a time is the exchange's business.
    super({ keepAlive: true, scheduling: 'lifo' });
    this.#policy = policy;
    this.#options = options;
  }

  override createConnection(options: http.ClientRequestArgs, onConnected?: OnConnected): undefined {
    const peer = { host: String(options.host), port: Number(options.port) };
    openVerified(peer, this.#policy, this.#options).then(
      (socket) => onConnected?.(null, socket),
      // The socket argument is unused when there is an error (node's own signature).
      (error: unknown) => onConnected?.(toNetworkError(error, peer), undefined as unknown as Duplex),
    );
    return undefined;
  }
}

/** One verified TLS socket to `peer`, through the proxy that the environment names. */
export async function openVerified(
  peer: Peer,
  policy: TlsPolicy,
  options: ConnectOptions,
): Promise<TLSSocket> {
  const opened = new Set<Socket>();
  const open = async (): Promise<Socket> => {
    const socket = await openPlain(peer, options, opened);
    opened.add(socket);
    return socket;
  };
  const connected = connectTls(peer, policy, open);
  const connection = await withDeadline(connected, peer, options.connectMs, opened);
  if (!connection.verified) unverified.add(connection.socket);
  return connection.socket;
}

async function openPlain(peer: Peer, options: ConnectOptions, opened: Set<Socket>): Promise<Socket> {
  const proxy = proxyFor(options.proxies, peer.host, peer.port);
  if (proxy === undefined) return openTcp(peer, opened);
  const proxyPeer = { host: bareHost(proxy), port: Number(proxy.port || defaultPort(proxy)) };
  const toProxy = await openProxy(proxy, proxyPeer, opened).catch((error: unknown) => {
    throw toProxyError(error, proxy);
  });
  return openTunnel(proxy, toProxy, peer.host, peer.port);
}

async function openProxy(proxy: URL, peer: Peer, opened: Set<Socket>): Promise<Socket> {
  const tcp = await openTcp(peer, opened);
  if (proxy.protocol !== 'https:') return tcp;
  return (await connectTls(peer, systemTls, () => Promise.resolve(tcp))).socket;
}

/** The first of the name's addresses that answers. */
async function openTcp(peer: Peer, opened: Set<Socket>): Promise<Socket> {
  const [first = peer.host, ...others] = loopbackAddresses(peer.host);
  return others.reduce(
    (tried, address) => tried.catch(() => openAddress(peer, address, opened)),
    openAddress(peer, first, opened),
  );
}

function openAddress(peer: Peer, host: string, opened: Set<Socket>): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port: peer.port, noDelay: true });
    opened.add(socket);
    const failed = (error: Error): void => {
      reject(toNetworkError(error, peer));
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      socket.on('error', () => undefined); // from here on the TLS socket above it reports
      resolve(socket);
    });
  });
}

/** The time limit on its own timer: a peer that accepts and then says nothing must not hold us. */
async function withDeadline<T>(work: Promise<T>, peer: Peer, ms: number, opened: Set<Socket>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new AppError('network/timeout', { host: peer.host, seconds: ms / 1000 }));
      for (const socket of opened) socket.destroy();
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Host of a URL without the brackets of an IPv6 literal. */
export function bareHost(url: URL): string {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return ipFamily(host) === 6 ? host : url.hostname;
}

/** 443 or 80, as the scheme says. */
export function defaultPort(url: URL): number {
  return url.protocol === 'https:' ? 443 : 80;
}
