/** A trust server on loopback that serves files from memory, and everything that reading from it needs. Test code. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Gun } from '../../../shared/brands.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { createHttpClient, type HttpClient } from '../../../electron/network/http-client.ts';
import type { TlsPolicy } from '../../../electron/network/tls-policy.ts';
import { openMetadataCache } from '../../../electron/notary/metadata-cache.ts';
import { createNotaryTransport, type NotaryTransport } from '../../../electron/notary/transport.ts';
import type { LoadOptions } from '../../../electron/notary/updater.ts';
import { fixedCredentials } from '../../../electron/registry/credentials.ts';
import { createAuthorizer } from '../../../electron/registry/token-auth.ts';
import { repositoryFolder } from '../../../electron/notary/repository-folder.ts';
import type { RepositoryFiles } from '../../simulator/repository-builder.ts';
import { type Issued, makeCa, makeLeaf } from '../network/certificates.ts';
import { startHttps } from '../network/loopback-server.ts';

let ca: Issued;
let leaf: Issued;
let http: HttpClient;
const folders: string[] = [];

beforeAll(async () => {
  ca = await makeCa('trust server ca');
  leaf = await makeLeaf(ca);
});
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});
afterAll(() => {
  http.close();
});

/** What the server answers with instead of a file; `undefined` serves the file. */
export type Interference = (
  name: string,
) => { readonly status: number; readonly body?: string } | 'hang up' | undefined;

export interface TestServer {
  readonly gun: Gun;
  /** What it answers with, by role or `<n>.root`. */
  files: RepositoryFiles;
  interfere: Interference;
  /** Names asked for since the last `takeRequests`. */
  takeRequests(): readonly string[];
  readonly transport: NotaryTransport;
}

export async function startRepository(gun: Gun, files: RepositoryFiles): Promise<TestServer> {
  const requests: string[] = [];
  const prefix = `/v2/${gun}/_trust/tuf/`;
  const handler: RequestListener = (request, response) => {
    const name = (request.url ?? '').slice(prefix.length);
    requests.push(name);
    const instead = state.interfere(name);
    if (instead === 'hang up') return void request.socket.destroy();
    if (instead !== undefined) return void response.writeHead(instead.status).end(instead.body);
    // Whoever spoils files on the way answers with them whatever hash was asked for.
    const bytes = state.files.get(name.replace(/(\.[0-9a-f]{64})?\.json$/, ''));
    if (bytes === undefined || !request.url?.startsWith(prefix)) return void response.writeHead(404).end();
    return void response.end(bytes);
  };
  const server = await startHttps(leaf, handler);
  const state: TestServer = {
    gun,
    files,
    interfere: () => undefined,
    takeRequests: () => requests.splice(0),
    transport: transportTo(gun, server.url, {
      extraRoots: [ca.certificatePem],
      exclusive: true,
      allowUnverified: false,
    }),
  };
  return state;
}

export function transportTo(gun: Gun, url: URL, tls: TlsPolicy): NotaryTransport {
  http = createHttpClient({ env: {}, timeouts: { idleMs: 2000 } });
  const credentials = fixedCredentials(undefined);
  const authorizer = createAuthorizer({ http, credentials, registry: 'r', tls, clock: () => 0 });
  return createNotaryTransport({ gun, server: url.origin, http, authorizer, tls, actions: 'pull' });
}

export interface Workplace {
  readonly trustDirectory: string;
  readonly options: (server: TestServer, now: Date, from?: LoadOptions['from']) => LoadOptions;
  /** Files below the trust directory with their contents' hashes and modes. */
  listing(): Promise<Readonly<Record<string, string>>>;
}

/** An empty trust directory. */
export async function newWorkplace(gun: Gun): Promise<Workplace> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trust-'));
  folders.push(folder);
  const trustDirectory = path.join(folder, 'trust');
  return {
    trustDirectory,
    options: ({ transport }, now, from) => ({
      transport,
      cache: openMetadataCache(trustDirectory, gun),
      crypto: nodeCrypto,
      now,
      ...(from === undefined ? {} : { from }),
    }),
    listing: () => listFolder(folder, folder),
  };
}

export function metadataFile(trustDirectory: string, gun: Gun, role: string): string {
  return path.join(repositoryFolder(trustDirectory, gun), 'metadata', `${role}.json`);
}

async function listFolder(folder: string, top: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    const mode = ((await stat(full)).mode & 0o777).toString(8);
    const name = path.relative(top, full);
    if (entry.isDirectory()) Object.assign(found, { [`${name}/`]: mode }, await listFolder(full, top));
    else
      found[name] = `${mode} ${createHash('sha256')
        .update(await readFile(full))
        .digest('hex')}`;
  }
  return found;
}
