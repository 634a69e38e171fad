/**
 * The real notary-server on a random loopback port: signing on its own (Ed25519), or through notary-signer (ECDSA)
 * as in production; optionally behind token authentication. State is in memory and ends with the scope.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeAuthority, writeServerFiles } from './certificates.ts';
import type { Authority, CertificateFiles } from './certificates.ts';
import { freePort, startServer } from './child.ts';
import type { Server } from './child.ts';
import { answers } from './https-get.ts';
import { peerPath } from './peers.ts';
import type { Scope } from './scope.ts';
import type { TokenServer } from './token-server.ts';

export interface NotaryServer extends Server {
  /** For example `https://localhost:40123`. */
  readonly url: string;
  /** `localhost:40123`: the name of docker's TLS folder for it. */
  readonly host: string;
  readonly caPem: string;
  readonly caPath: string;
  /** Its own certificate. */
  readonly certificatePem: string;
  readonly port: number;
}

export interface NotaryServerOptions {
  /** `local`: the server's own Ed25519 keys. `remote`: a notary-signer with ECDSA keys behind mutual TLS. */
  readonly signing?: 'local' | 'remote';
  readonly auth?: TokenServer;
  readonly gunPrefixes?: readonly string[];
  readonly authority?: Authority;
  /** A certificate of other hosts or days than usual, for tests of TLS failures. */
  readonly certificate?: { readonly hosts: readonly string[]; readonly validDays?: number };
  /** Sends its authority's certificate after its own. */
  readonly sendsChain?: boolean;
  /** The port of a server that has been stopped, to start it again with nothing in it. */
  readonly port?: number;
}

const level = { level: 'info' };
const storage = { backend: 'memory' };

async function startSigner(scope: Scope, tls: CertificateFiles): Promise<number> {
  const port = await freePort();
  const config = join(scope.folder, `signer-${port}.json`);
  const server = {
    grpc_addr: `127.0.0.1:${port}`,
    tls_cert_file: tls.certificate,
    tls_key_file: tls.key,
    client_ca_file: tls.ca,
  };
  await writeFile(config, JSON.stringify({ server, logging: level, storage }));
  // gRPC with a client certificate: that it accepts connections is all that can be asked from outside.
  await startServer(scope, peerPath('notary-signer'), ['-config', config], () => accepts(port));
  return port;
}

async function accepts(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function trustService(
  scope: Scope,
  signing: 'local' | 'remote',
  tls: CertificateFiles,
): Promise<object> {
  if (signing === 'local') return { type: 'local' };
  return {
    type: 'remote',
    hostname: 'localhost',
    port: String(await startSigner(scope, tls)),
    key_algorithm: 'ecdsa',
    tls_ca_file: tls.ca,
    tls_client_cert: tls.certificate,
    tls_client_key: tls.key,
  };
}

const authSection = (auth: TokenServer) => ({
  type: 'token',
  options: { realm: auth.realm, service: auth.service, issuer: auth.issuer, rootcertbundle: auth.bundlePath },
});

export async function startNotaryServer(
  scope: Scope,
  options: NotaryServerOptions = {},
): Promise<NotaryServer> {
  const port = options.port ?? (await freePort());
  const authority = options.authority ?? (await makeAuthority('Lab trust server CA'));
  const tls = await writeServerFiles(scope.folder, `notary-${port}`, authority, {
    commonName: 'localhost',
    hosts: options.certificate?.hosts ?? ['localhost', '127.0.0.1'],
    validDays: options.certificate?.validDays ?? 1,
  });
  const certificatePem = await readFile(tls.certificate, 'utf8');
  if (options.sendsChain === true)
    await writeFile(tls.certificate, `${certificatePem}\n${authority.certificatePem}`);
  const config = {
    server: { http_addr: `127.0.0.1:${port}`, tls_cert_file: tls.certificate, tls_key_file: tls.key },
    trust_service: await trustService(scope, options.signing ?? 'local', tls),
    logging: level,
    storage,
    ...(options.auth === undefined ? {} : { auth: authSection(options.auth) }),
    ...(options.gunPrefixes === undefined ? {} : { repositories: { gun_prefixes: options.gunPrefixes } }),
  };
  const file = join(scope.folder, `notary-${port}.json`);
  await writeFile(file, JSON.stringify(config));
  const isReady = () =>
    options.certificate === undefined
      ? answers(`https://localhost:${port}/_notary_server/health`, authority.certificatePem, [200])
      : accepts(port);
  const server = await startServer(scope, peerPath('notary-server'), ['-config', file], isReady);
  const host = `localhost:${port}`;
  return {
    ...server,
    port,
    host,
    url: `https://${host}`,
    caPem: authority.certificatePem,
    caPath: tls.ca,
    certificatePem,
  };
}
