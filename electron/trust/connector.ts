/**
 * Puts the adapters together for one repository: how to reach its server, as whom, and which folder. Privileged
 * process and command line. One connector holds one state of the settings; make a new one when they change.
 */
import type { Gun } from '../../shared/brands.ts';
import type { HttpClient } from '../network/http-client.ts';
import { type MetadataCache, openMetadataCache } from '../notary/metadata-cache.ts';
import { loadServerTls, type ServerTls } from '../notary/server-tls.ts';
import { createNotaryTransport, type NotaryTransport } from '../notary/transport.ts';
import type { TrustServer } from '../notary/trust-server.ts';
import type { CredentialSource } from '../registry/credentials.ts';
import { registryOfGun } from '../registry/image-reference.ts';
import { apiHost, createRegistryClient, type RegistryClient } from '../registry/registry-client.ts';
import { type Authorizer, createAuthorizer } from '../registry/token-auth.ts';
import type { NotaryConfig } from '../settings/notary-config.ts';
import type { ServerCa } from '../settings/settings-file.ts';
import type { TrustPinning } from '../tuf/pinning.ts';
import { loadTrustPinning } from './trust-pinning.ts';

export interface ConnectorOptions {
  /** Whose leniency counts: docker accepts any certificate for a registry on this computer, notary never does. */
  readonly asTool: 'docker' | 'notary';
  readonly platform: string;
  /** Docker's configuration folder. */
  readonly dockerConfig: string;
  /** Where the metadata is kept. */
  readonly trustDirectory: string;
  readonly serverCas: readonly ServerCa[];
  readonly notaryConfig: NotaryConfig;
  /** @throws `notary/not-https` */
  readonly chooseServer: (registry: string) => TrustServer;
  readonly credentials: CredentialSource;
  readonly http: HttpClient;
  /** Milliseconds now; for the expiry of tokens. */
  readonly clock: () => number;
}

export interface ConnectOptions {
  /** Token actions as they go on the wire; `pull` by default. */
  readonly actions?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Everything that reading (or changing) one repository needs. */
export interface RepositoryConnection {
  readonly server: TrustServer;
  readonly tls: ServerTls;
  readonly authorizer: Authorizer;
  readonly transport: NotaryTransport;
  readonly cache: MetadataCache;
  readonly pinning: TrustPinning;
}

export interface Connector {
  readonly http: HttpClient;
  readonly trustDirectory: string;
  /** The trust server of a registry. @throws `notary/not-https` */
  serverFor(registry: string): TrustServer;
  /** @throws `config/...` */
  tlsFor(url: string, registry: string): Promise<ServerTls>;
  /** Holds the tokens for `url` with the credentials of `registry`. @throws `config/...` */
  authorizerFor(url: string, registry: string): Promise<Authorizer>;
  /** Whom docker's credentials for a registry belong to. @throws `config/...` */
  accountFor(registry: string): Promise<string | undefined>;
  /** Reads configuration only; nothing is sent yet. @throws `config/...`, `notary/not-https` */
  connect(gun: Gun, options?: ConnectOptions): Promise<RepositoryConnection>;
  /** @throws `config/...` */
  connectRegistry(gun: Gun, signal?: AbortSignal): Promise<RegistryClient>;
}

export function createConnector(options: ConnectorOptions): Connector {
  const { http, trustDirectory, notaryConfig } = options;
  // One policy and one authorizer per server, so that connections and tokens are reused.
  const policies = new Map<string, Promise<ServerTls>>();
  const authorizers = new Map<string, Promise<Authorizer>>();
  const pinning = remember(() => loadTrustPinning(notaryConfig));

  const tlsFor = (url: string, registry: string): Promise<ServerTls> =>
    remembered(policies, `${url} ${registry}`, () => loadTls(options, url, registry));
  const authorizerFor = (url: string, registry: string): Promise<Authorizer> =>
    remembered(authorizers, `${url} ${registry}`, async () => {
      const { policy } = await tlsFor(url, registry);
      const { credentials, clock } = options;
      return createAuthorizer({ http, credentials, registry, tls: policy, clock });
    });

  return {
    http,
    trustDirectory,
    serverFor: options.chooseServer,
    tlsFor,
    authorizerFor,
    accountFor: async (registry) => (await options.credentials.find(registry))?.credentials.username,
    connect: async (gun, { actions = 'pull', signal } = {}) => {
      const { registry } = registryOfGun(gun);
      const server = options.chooseServer(registry);
      const { url } = server;
      const [tls, authorizer] = await Promise.all([tlsFor(url, registry), authorizerFor(url, registry)]);
      const wire = { gun, server: url, http, authorizer, tls: tls.policy, actions, signal };
      const transport = createNotaryTransport(wire);
      const cache = openMetadataCache(trustDirectory, gun);
      return { server, tls, authorizer, transport, cache, pinning: await pinning() };
    },
    connectRegistry: async (gun, signal) => {
      const { registry, repository } = registryOfGun(gun);
      const url = registryUrl(registry);
      const [{ policy }, authorizer] = await Promise.all([
        tlsFor(url, registry),
        authorizerFor(url, registry),
      ]);
      return createRegistryClient({ registry, repository, http, authorizer, tls: policy, signal });
    },
  };
}

const registryUrl = (registry: string): string => `https://${apiHost(registry)}`;

async function loadTls(options: ConnectorOptions, url: string, registry: string): Promise<ServerTls> {
  const { dockerConfig, serverCas, notaryConfig } = options;
  const inputs = { url, registry, dockerConfig, serverCas };
  if (options.asTool === 'docker') {
    const certsD = url === registryUrl(registry) ? engineFolders(options) : [];
    return loadServerTls({ ...inputs, notaryConfig, certsD });
  }
  // notary's certificates count for whatever server it was told to use.
  const tls = await loadServerTls({ ...inputs, notaryConfig: { ...notaryConfig, url } });
  // SECURITY: notary verifies always, also on this computer; its skipTLSVerify is not followed.
  return { ...tls, policy: { ...tls.policy, allowUnverified: false } };
}

/** Where the docker engine (Linux) and Docker Desktop look for a registry's roots. */
function engineFolders({ platform, dockerConfig }: ConnectorOptions): readonly string[] {
  const own = `${dockerConfig}/certs.d`;
  return platform === 'linux' ? ['/etc/docker/certs.d', own] : [own];
}

/** What failed is forgotten, so that the next attempt reads again. */
function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const present = known.get(key);
  if (present !== undefined) return present;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}

function remember<T>(make: () => Promise<T>): () => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return () => remembered(known, '', make);
}
