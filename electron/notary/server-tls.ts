/**
 * Gathers what TLS to one trust server is checked against: docker's `tls/<host:port>/`, notary's `root_ca` and
 * client pair, and the CAs that the person trusts for that server. Main process and command line. Reads only.
 */
import { promises, readdirSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { fileReason, isMissing, systemCode } from '../files/file-failure.ts';
import { isLoopbackHost } from '../network/loopback.ts';
import { certificateBlocks } from '../network/pem-blocks.ts';
import { readCertificate } from '../crypto/read-certificate.ts';
import type { ClientCertificate, TlsPolicy } from '../network/tls-policy.ts';
import { malformedConfig, readTextFile } from '../settings/json-file.ts';
import type { NotaryConfig } from '../settings/notary-config.ts';
import type { ServerCa } from '../settings/settings-file.ts';
import { serverHost } from './trust-server.ts';

/** A root and where it was found. `pem` may hold several certificates. */
export interface ServerRoot {
  readonly pem: string;
  readonly source: 'docker-tls' | 'notary-config' | 'trustdesk';
}

export interface ServerTls {
  readonly policy: TlsPolicy;
  readonly roots: readonly ServerRoot[];
  /** Path of the client certificate, for showing. */
  readonly clientCertificateFile: string | undefined;
}

export interface ServerTlsInputs {
  /** Address of the trust server or the registry. */
  readonly url: string;
  /** host[:port] of the registry whose repositories are asked for. */
  readonly registry: string;
  /** Docker's configuration folder. */
  readonly dockerConfig: string;
  readonly serverCas: readonly ServerCa[];
  readonly notaryConfig: NotaryConfig | undefined;
  /** Folders like the engine's `/etc/docker/certs.d`, whose `<host:port>/*.crt` count as well; for registries. */
  readonly certsD?: readonly string[];
}

interface ClientPair {
  readonly certificate: ClientCertificate;
  readonly file: string;
}

/**
 * The policy for one server. A `root_ca` of notary for this very server is exclusive: the system's roots do not
 * count then. docker: for a registry on this computer a certificate that does not verify is accepted (and said), here
 * only where the server is on this computer too and has no root of its own.
 * Throws `config/unreadable`, `config/malformed` (no certificate in a file, a half client pair).
 */
export async function loadServerTls(inputs: ServerTlsInputs): Promise<ServerTls> {
  const [docker, notary, engine] = await Promise.all([
    readDockerTls(inputs),
    readNotaryTls(inputs),
    readCertsD(inputs),
  ]);
  const origin = new URL(inputs.url).origin;
  const own = inputs.serverCas
    .filter((ca) => ca.server === origin)
    .map(({ pem }): ServerRoot => ({ pem, source: 'trustdesk' }));
  const roots = [...docker.roots, ...engine, ...notary.roots, ...own];
  const pair = docker.pair ?? notary.pair;
  return {
    policy: {
      extraRoots: roots.map((root) => root.pem),
      exclusive: notary.roots.length > 0,
      clientCertificate: pair?.certificate,
      // SECURITY: docker looks at the registry alone, so that a trust server far away goes unverified with it; here the
      // server itself must be this computer, and nobody may have named a root for it.
      allowUnverified:
        isLoopbackHost(inputs.registry) && isLoopbackHost(serverHost(inputs.url)) && roots.length === 0,
    },
    roots,
    clientCertificateFile: pair?.file,
  };
}

interface FoundTls {
  readonly roots: readonly ServerRoot[];
  readonly pair: ClientPair | undefined;
}

/** docker registry.ReadCertsDirectory: `*.crt` are roots, `X.cert` needs `X.key` and the other way round. */
async function readDockerTls(inputs: ServerTlsInputs): Promise<FoundTls> {
  const folder = path.join(inputs.dockerConfig, 'tls', folderName(serverHost(inputs.url)));
  const names = listFolder(folder);
  const crts = names.filter((name) => name.endsWith('.crt'));
  const roots = await Promise.all(
    crts.map(async (name) => ({
      pem: await readCertificates(path.join(folder, name)),
      source: 'docker-tls' as const,
    })),
  );
  return { roots, pair: await readDockerPair(folder, names) };
}

/** The engine's roots for a host. They are root's on most systems: what cannot be read does not count. */
async function readCertsD({ certsD = [], url }: ServerTlsInputs): Promise<readonly ServerRoot[]> {
  const roots: ServerRoot[] = [];
  for (const folder of certsD.map((base) => path.join(base, folderName(serverHost(url))))) {
    const names = await promises.readdir(folder).catch(() => []);
    for (const name of names.filter((one) => one.endsWith('.crt')).sort()) {
      const pem = await readCertificates(path.join(folder, name)).catch(() => undefined);
      if (pem !== undefined) roots.push({ pem, source: 'docker-tls' });
    }
  }
  return roots;
}

async function readDockerPair(folder: string, names: readonly string[]): Promise<ClientPair | undefined> {
  const certificates = names.filter((name) => name.endsWith('.cert'));
  const keys = names.filter((name) => name.endsWith('.key'));
  for (const certificate of certificates) requirePartner(folder, names, certificate, '.cert', '.key');
  for (const key of keys) requirePartner(folder, names, key, '.key', '.cert');
  const [first] = certificates;
  if (first === undefined) return undefined;
  return readPair(path.join(folder, first), path.join(folder, `${first.slice(0, -'.cert'.length)}.key`));
}

function requirePartner(
  folder: string,
  names: readonly string[],
  name: string,
  from: string,
  to: string,
): void {
  const partner = `${name.slice(0, -from.length)}${to}`;
  if (!names.includes(partner))
    throw malformedConfig(path.join(folder, name), `${partner} is missing beside it`);
}

/** Only for the server that notary's configuration names: its roots and key say nothing about others. */
async function readNotaryTls({ url, notaryConfig }: ServerTlsInputs): Promise<FoundTls> {
  const none: FoundTls = { roots: [], pair: undefined };
  if (notaryConfig?.url === undefined || !URL.canParse(notaryConfig.url)) return none;
  if (new URL(notaryConfig.url).origin !== new URL(url).origin) return none;
  const { rootCaFile, clientCertificateFile, clientKeyFile, file } = notaryConfig;
  if ((clientCertificateFile === undefined) !== (clientKeyFile === undefined))
    throw malformedConfig(file, 'a client certificate needs both tls_client_cert and tls_client_key');
  const root = rootCaFile === undefined ? undefined : await readCertificates(rootCaFile);
  return {
    roots: root === undefined ? [] : [{ pem: root, source: 'notary-config' }],
    pair:
      clientCertificateFile === undefined || clientKeyFile === undefined
        ? undefined
        : await readPair(clientCertificateFile, clientKeyFile),
  };
}

async function readPair(certificateFile: string, keyFile: string): Promise<ClientPair> {
  const [certificatePem, keyPem] = await Promise.all([
    readCertificates(certificateFile),
    readRequired(keyFile),
  ]);
  const { createSecureContext } = await import('node:tls');
  try {
    createSecureContext({ cert: certificatePem, key: keyPem });
  } catch {
    // SECURITY: OpenSSL's message is about a private key; only the path is passed on.
    throw malformedConfig(keyFile, 'it is not the private key of the client certificate, or it is encrypted');
  }
  return { certificate: { certificatePem, keyPem }, file: certificateFile };
}

/** PEM text that holds certificates which can be read. */
async function readCertificates(file: string): Promise<string> {
  const pem = await readRequired(file);
  const blocks = certificateBlocks(pem);
  if (blocks.length === 0) throw malformedConfig(file, 'it holds no certificate in PEM form');
  for (const block of blocks) {
    try {
      readCertificate(block);
    } catch (error) {
      throw Object.assign(malformedConfig(file, 'a certificate in it cannot be read'), { cause: error });
    }
  }
  return blocks.join('\n');
}

async function readRequired(file: string): Promise<string> {
  const text = await readTextFile(file);
  if (text === undefined)
    throw new AppError('config/unreadable', { path: file, reason: 'there is no such file' });
  return text;
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    const reason = fileReason(systemCode(error));
    throw new AppError('config/unreadable', { path: folder, reason }, { cause: error });
  }
}

/** docker: the host with its port, as a folder name. Windows cannot have the colon: it is dropped there, as for certs.d. */
function folderName(host: string): string {
  return process.platform === 'win32' ? host.replaceAll(':', '') : host;
}
