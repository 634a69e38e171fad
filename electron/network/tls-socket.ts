/**
 * Opens one verified TLS connection under a `TlsPolicy`. Main process and command line.
 * Nothing is sent over a socket before it was checked here; only this file decides what "verified" means.
 *
 * SECURITY: chain, dates, purposes and host name are judged by OpenSSL and Node, except for a certificate that one of
 * the server's own roots issued directly and that is plain in every respect; see `direct-issue.ts`.
 */
import { X509Certificate } from 'node:crypto';
import tls, { type PeerCertificate, type SecureContext, type TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import { AppError, type ErrorDetails } from '../../shared/errors.ts';
import { loadSystemRoots } from './system-roots.ts';
import { isIssuedDirectly } from './direct-issue.ts';
import { ipFamily } from './ip-address.ts';
import { type Peer, toNetworkError } from './network-error.ts';
import { anchorOf, presentedChain, type PresentedCertificate } from './presented-chain.ts';
import { certificateBlocks } from './pem-blocks.ts';
import { readCertificate } from '../crypto/read-certificate.ts';
import { systemTls, type TlsPolicy } from './tls-policy.ts';

export interface TlsConnection {
  readonly socket: TLSSocket;
  /** False only under `allowUnverified`: the certificate did not verify and was accepted all the same. */
  readonly verified: boolean;
}

/** Opens the plain connection (direct or through a proxy) that TLS is then spoken over. */
export type OpenSocket = () => Promise<Socket>;

const unknownIssuer = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

/**
 * Connects and verifies. The server's own few roots are tried before they are joined with the system's:
 * a chain that ends in the small pool also ends in the joined one, and reading all of the system's roots
 * takes longer than another handshake.
 * Throws `network/unknown-ca`, `network/tls`, or what `open` throws.
 */
export async function connectTls(peer: Peer, policy: TlsPolicy, open: OpenSocket): Promise<TlsConnection> {
  const direct = await connectDirectly(peer, policy, open);
  if (direct !== undefined) return { socket: direct, verified: true };
  const pools = rootPools(policy);
  for (const [index, context] of pools.entries()) {
    const socket = await handshake(peer, context(), await open());
    if (socket.authorized) return { socket, verified: true };
    if (index < pools.length - 1) socket.destroy();
    else if (policy.allowUnverified) return { socket, verified: false };
    else throw refusal(peer, socket);
  }
  throw new Error('a TLS policy without any root pool');
}

/** Policies whose server turned out to need OpenSSL's judgement. */
const needOpenSsl = new WeakSet<TlsPolicy>();

/**
 * A connection to a server whose certificate one of its own roots issued directly; undefined when OpenSSL must judge.
 * SECURITY: the handshake proves that the server has the certificate's key; issuer and host name are checked here.
 */
async function connectDirectly(
  peer: Peer,
  policy: TlsPolicy,
  open: OpenSocket,
): Promise<TLSSocket | undefined> {
  if (policy.extraRoots.length === 0 || needOpenSsl.has(policy)) return undefined;
  const socket = await handshake(
    peer,
    contextOf(policy, 'none', () => []),
    await open(),
  );
  if (isDirect(socket, peer, policy)) return socket;
  socket.destroy();
  needOpenSsl.add(policy);
  return undefined;
}

function isDirect(socket: TLSSocket, peer: Peer, policy: TlsPolicy): boolean {
  // Not `getPeerX509Certificate`: it takes the certificate out of the connection, and the doctor shows it later.
  const presented = socket.getPeerCertificate();
  if ((presented as Partial<PeerCertificate>).raw === undefined) return false;
  const server = new X509Certificate(presented.raw);
  if (!isIssuedDirectly(server, authoritiesOf(policy), Date.now())) return false;
  return isNamed(server, peer.host) || checkServerIdentity(peer.host, presented) === undefined;
}

/**
 * Whether one of the certificate's alternative names is this very name; OpenSSL compares. Node's own check, which knows the
 * rest, first holds every name against a long pattern for IPv6. SECURITY: to OpenSSL a leading dot means any subdomain.
 */
function isNamed(server: X509Certificate, host: string): boolean {
  if (ipFamily(host) !== 0 || host.startsWith('.')) return false;
  return server.checkHost(host, { subject: 'never', wildcards: false }) !== undefined;
}

/** None when one of them cannot be read: OpenSSL then says what is wrong with it. */
function authoritiesOf({ extraRoots }: TlsPolicy): readonly X509Certificate[] {
  try {
    return extraRoots.flatMap(certificateBlocks).map(readCertificate);
  } catch {
    return [];
  }
}

/** The smallest sufficient pool first. */
function rootPools(policy: TlsPolicy): readonly (() => SecureContext)[] {
  const own = (): SecureContext => contextOf(policy, 'own', () => [...policy.extraRoots]);
  if (policy.exclusive) return [own];
  if (isPlain(policy)) return [systemContext];
  const all = (): SecureContext => contextOf(policy, 'all', () => withSystemRoots(policy.extraRoots));
  return policy.extraRoots.length === 0 ? [all] : [own, all];
}

/** Nothing but the system's roots: many servers share that one pool. */
function isPlain({ extraRoots, clientCertificate }: TlsPolicy): boolean {
  return extraRoots.length === 0 && clientCertificate === undefined;
}

function systemContext(): SecureContext {
  return contextOf(systemTls, 'all', () => withSystemRoots([]));
}

// Kept per policy: parsing roots is slow.
const contexts = new WeakMap<TlsPolicy, Map<string, SecureContext>>();

function contextOf(policy: TlsPolicy, pool: string, roots: () => string[] | undefined): SecureContext {
  const known = contexts.get(policy) ?? new Map<string, SecureContext>();
  contexts.set(policy, known);
  const context = known.get(pool) ?? createContext(policy, roots());
  known.set(pool, context);
  return context;
}

function createContext(policy: TlsPolicy, ca: string[] | undefined): SecureContext {
  const pair = policy.clientCertificate;
  return tls.createSecureContext({
    ...(ca === undefined ? {} : { ca }),
    ...(pair === undefined ? {} : { cert: pair.certificatePem, key: pair.keyPem }),
    minVersion: 'TLSv1.2',
    // As Go: every certificate of the pool is an anchor, an intermediate too. Setting it makes Node read its roots.
    ...(ca?.length === 0 ? {} : { allowPartialTrustChain: true }),
  });
}

let systemRoots: { readonly roots: readonly string[] | undefined } | undefined;

function withSystemRoots(extra: readonly string[]): string[] | undefined {
  systemRoots ??= { roots: loadSystemRoots({ platform: process.platform, env: process.env }) };
  const system = systemRoots.roots ?? (extra.length === 0 ? undefined : tls.rootCertificates);
  return system === undefined ? undefined : [...system, ...extra];
}

/**
 * SECURITY: `rejectUnauthorized` is off only so that the presented chain can be named when it is refused;
 * `connectTls` looks at `authorized` (chain and host name) before anyone gets the socket.
 */
function handshake(peer: Peer, secureContext: SecureContext, plain: Socket): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      socket: plain,
      secureContext,
      rejectUnauthorized: false,
      checkServerIdentity,
      ALPNProtocols: ['http/1.1'],
      ...(ipFamily(peer.host) === 0 ? { servername: peer.host } : { host: peer.host }),
    });
    const failed = (error: Error): void => {
      socket.destroy();
      reject(toNetworkError(error, peer));
    };
    const closed = (): void => {
      failed(
        new AppError('network/interrupted', { host: peer.host, reason: 'closed during the TLS handshake' }),
      );
    };
    socket.once('error', failed).once('close', closed);
    socket.once('secureConnect', () => {
      socket.off('error', failed).off('close', closed);
      resolve(socket);
    });
  });
}

/** As Go: a certificate without subject alternative names names no host; the common name does not count. */
function checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname !== undefined) return tls.checkServerIdentity(host, certificate);
  return Object.assign(new Error('the certificate has no subject alternative names'), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
}

function refusal(peer: Peer, socket: TLSSocket): AppError {
  const chain = presentedChain(socket);
  const names = alternativeNames(socket);
  socket.destroy();
  const code = String(socket.authorizationError);
  if (!unknownIssuer.has(code))
    return new AppError('network/tls', { host: peer.host, reason: refusalReason(code, chain, names) });
  return unknownCa(peer, chain);
}

function unknownCa(peer: Peer, chain: readonly PresentedCertificate[]): AppError {
  const anchor = anchorOf(chain);
  return new AppError('network/unknown-ca', {
    host: peer.host,
    port: peer.port,
    issuer: anchor?.issuer ?? '',
    sha256: anchor?.sha256 ?? '',
    shown: whose(chain),
  });
}

/** Servers are told to leave the root away, and many send nothing but their own certificate. */
function whose(chain: readonly PresentedCertificate[]): ErrorDetails['network/unknown-ca']['shown'] {
  const isRoot = anchorOf(chain)?.selfIssued === true;
  if (chain.length > 1) return isRoot ? 'authority' : 'intermediate';
  return isRoot ? 'self-signed' : 'server';
}

const mostNames = 5;

/** `DNS:a.example, IP Address:192.0.2.1` without what kind each is. */
function alternativeNames(socket: TLSSocket): readonly string[] {
  const { subjectaltname = '' } = socket.getPeerCertificate() as Partial<PeerCertificate>;
  const names = subjectaltname.split(', ').map((name) => name.replace(/^[^:]*:/, '').slice(0, 100));
  return names.filter((name) => name !== '').slice(0, mostNames);
}

function refusalReason(
  code: string,
  chain: readonly PresentedCertificate[],
  names: readonly string[],
): string {
  const leaf = chain[0];
  const until = leaf === undefined ? '' : ` (valid until ${new Date(leaf.notAfter).toISOString()})`;
  if (code === 'CERT_HAS_EXPIRED') return `the certificate has expired${until}`;
  if (code === 'CERT_NOT_YET_VALID') return 'the certificate is not valid yet';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate is for ${names.length === 0 ? 'no host' : names.join(', ')}, not for this host`;
  return code;
}
