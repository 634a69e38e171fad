/**
 * Which proxy a connection takes, by the rules of Go's http.ProxyFromEnvironment, and the tunnel through it.
 * Main process and command line.
 */
import { BlockList, type Socket } from 'node:net';
import { AppError, type ErrorCode, isAppError } from '../../shared/errors.ts';
import { ipFamily } from './ip-address.ts';
import { isLoopbackHost } from './loopback.ts';

export interface ProxyEnvironment {
  readonly httpsProxy: URL | undefined;
  /** Entries of NO_PROXY, lower-cased. */
  readonly exceptions: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads HTTPS_PROXY and NO_PROXY, upper case before lower case as Go does.
 * HTTP_PROXY is not needed: plain http is only ever spoken to this computer, which is never proxied.
 * Throws `config/malformed` for an address that is not http(s).
 */
export function parseProxyEnvironment(env: Environment): ProxyEnvironment {
  const [name, value] = firstSet(env, ['HTTPS_PROXY', 'https_proxy']);
  const [, exceptions] = firstSet(env, ['NO_PROXY', 'no_proxy']);
  return {
    httpsProxy: value === '' ? undefined : parseProxyUrl(name, value),
    exceptions: exceptions
      .split(',')
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => entry !== ''),
  };
}

function firstSet(env: Environment, names: readonly string[]): readonly [string, string] {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== '') return [name, value];
  }
  return [names[0] ?? '', ''];
}

function parseProxyUrl(name: string, value: string): URL {
  const text = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(text)) throw new AppError('config/malformed', { path: name, reason: 'not an address' });
  const url = new URL(text);
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new AppError('config/malformed', { path: name, reason: `${url.protocol} proxies are not supported` });
}

/** The proxy for `host:port`, or undefined for a direct connection. This computer is never proxied. */
export function proxyFor(environment: ProxyEnvironment, host: string, port: number): URL | undefined {
  if (environment.httpsProxy === undefined || isLoopbackHost(host)) return undefined;
  const name = host.toLowerCase();
  const exempt = environment.exceptions.some((entry) => isException(entry, name, port));
  return exempt ? undefined : environment.httpsProxy;
}

/** golang.org/x/net/http/httpproxy: `*`, IP, CIDR, `host[:port]`, `.domain`, `*.domain`. */
function isException(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInSubnet(entry, host);
  const [, name = entry, onlyPort] =
    /^(.+?)(?::(\d+))?$/.exec(ipFamily(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (onlyPort !== undefined && Number(onlyPort) !== port) return false;
  const bare = name.replace(/^\[|\]$/g, '');
  if (ipFamily(bare) !== 0) return bare === host;
  const domain = bare.replace(/^\*?\./, '');
  const onlySubdomains = domain !== bare;
  return host.endsWith(`.${domain}`) || (!onlySubdomains && host === domain);
}

function isInSubnet(entry: string, host: string): boolean {
  const [network = '', prefix = ''] = entry.split('/');
  const family = ipFamily(network);
  const bits = Number(prefix);
  if (family === 0 || family !== ipFamily(host) || !/^\d+$/.test(prefix) || bits > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** For messages: never the user information. */
export function proxyName(proxy: URL): string {
  return proxy.host;
}

const failures: Partial<Record<ErrorCode, string>> = {
  'network/dns': 'its name cannot be resolved',
  'network/refused': 'nothing answers there',
  'network/timeout': 'it does not answer in time',
  'network/unreachable': 'it cannot be reached',
  'network/unknown-ca': 'its certificate was issued by an authority that is not known here',
  'network/tls': 'no secure connection to it can be made',
};

/** What reaching the proxy failed with, said of the proxy: the server behind it was never asked. */
export function toProxyError(error: unknown, proxy: URL): unknown {
  const reason = isAppError(error) ? failures[error.code] : undefined;
  if (reason === undefined) return error;
  return new AppError('network/proxy', { proxy: proxyName(proxy), reason }, { cause: error });
}

const longestAnswer = 16 * 1024;

/** Sends CONNECT over a fresh connection to the proxy and resolves once the tunnel stands. */
export async function openTunnel(proxy: URL, plain: Socket, host: string, port: number): Promise<Socket> {
  const authority = `${ipFamily(host) === 6 ? `[${host}]` : host}:${String(port)}`;
  plain.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${proxyAuthorization(proxy)}\r\n`);
  const status = await readConnectStatus(plain, proxy);
  if (status >= 200 && status < 300) return plain;
  plain.destroy();
  throw new AppError('network/proxy', { proxy: proxyName(proxy), reason: `answered ${String(status)}` });
}

function proxyAuthorization(proxy: URL): string {
  if (proxy.username === '') return '';
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Proxy-Authorization: Basic ${Buffer.from(pair).toString('base64')}\r\n`;
}

/** Reads byte-exactly up to the empty line; what follows belongs to TLS and is put back. */
function readConnectStatus(plain: Socket, proxy: URL): Promise<number> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const fail = (reason: string) => (): void => {
      plain.destroy();
      reject(new AppError('network/proxy', { proxy: proxyName(proxy), reason }));
    };
    const closed = fail('closed the connection');
    const onReadable = (): void => {
      for (let chunk = plain.read() as Buffer | null; chunk !== null; chunk = plain.read() as Buffer | null) {
        received = Buffer.concat([received, chunk]);
      }
      const end = received.indexOf('\r\n\r\n');
      if (end === -1) {
        if (received.length > longestAnswer) fail('answered too much')();
        return;
      }
      plain.off('readable', onReadable).off('close', closed).off('error', closed);
      if (received.length > end + 4) plain.unshift(received.subarray(end + 4));
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(received.subarray(0, end).toString('latin1'))?.[1];
      if (status === undefined) fail('answered something that is not HTTP')();
      else resolve(Number(status));
    };
    plain.on('readable', onReadable).once('close', closed).once('error', closed);
  });
}
