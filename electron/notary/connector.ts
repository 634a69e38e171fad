/**
 * Puts the adapters together for one repository: which server, how to reach it, as whom, and which folder.
 * Main process and command line. One connector holds one state of the settings; make a new one when they change.
 */
import type { Gun } from '../../shared/brands.ts';
import type { HttpClient } from '../network/http-client.ts';
import { type CredentialSource, dockerCredentials } from '../registry/credentials.ts';
import { registryOfGun } from '../registry/image-reference.ts';
import { apiHost, createRegistryClient, type RegistryClient } from '../registry/registry-client.ts';
import { type Authorizer, createAuthorizer } from '../registry/token-auth.ts';
import type { NotaryConfig } from '../settings/notary-config.ts';
import type { Environment, Paths } from '../settings/paths.ts';
import type { Settings } from '../settings/settings-file.ts';
import type { TrustPinning } from '../tuf/pinning.ts';
import { type MetadataCache, openMetadataCache } from './metadata-cache.ts';
import { loadServerTls, type ServerTls } from './server-tls.ts';
import { createNotaryTransport, type NotaryTransport } from './transport.ts';
import { loadTrustPinning } from './trust-pinning.ts';
import { chooseDockerServer, chooseNotaryServer, type TrustServer } from './trust-server.ts';

export interface ConnectorOptions {
  readonly environment: Environment;
  readonly paths: Paths;
  readonly settings: Settings;
  readonly notaryConfig: NotaryConfig;
  readonly http: HttpClient;
  /** Milliseconds now; for the expiry of tokens. */
  readonly clock: () => number;
  /** Instead of docker's configuration. */
  readonly credentials?: CredentialSource;
}

export interface ConnectOptions {
  /** Whose rules choose the server: docker's (default) or notary's. */
  readonly asTool?: 'docker' | 'notary';
  /** Instead of the chosen server; an https address. */
  readonly server?: TrustServer;
  /** Token actions as they go on the wire; `pull` by default. */
  readonly actions?: string;
  readonly signal?: AbortSignal;
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
  readonly trustDirectory: string;
  serverFor(gun: Gun, options?: ConnectOptions): TrustServer;
  tlsFor(url: string, registry: string): Promise<ServerTls>;
  /** Reads configuration only; nothing is sent yet. Throws `config/...`, `notary/not-https`. */
  connect(gun: Gun, options?: ConnectOptions): Promise<RepositoryConnection>;
  connectRegistry(gun: Gun, signal?: AbortSignal): Promise<RegistryClient>;
}

export function createConnector(options: ConnectorOptions): Connector {
  const { environment, paths, settings, notaryConfig, http, clock } = options;
  const trustDirectory = settings.trustDirectory ?? paths.trustDirectory;
  const credentials = options.credentials ?? dockerCredentials(paths.dockerConfigFile, environment.env);
  // One policy and one authorizer per server, so that connections and tokens are reused.
  const policies = new Map<string, Promise<ServerTls>>();
  const authorizers = new Map<string, Authorizer>();

  const tlsFor = (url: string, registry: string): Promise<ServerTls> =>
    remembered(policies, `${url} ${registry}`, () => {
      const { dockerConfig } = paths;
      const certsD = url === `https://${apiHost(registry)}` ? engineFolders(environment, dockerConfig) : [];
      return loadServerTls({
        url,
        registry,
        dockerConfig,
        serverCas: settings.serverCas,
        notaryConfig,
        certsD,
      });
    });
  const authorizerFor = (url: string, registry: string, tls: ServerTls): Authorizer =>
    remembered(authorizers, `${url} ${registry}`, () =>
      createAuthorizer({ http, credentials, registry, tls: tls.policy, clock }),
    );
  const serverFor = (gun: Gun, { asTool = 'docker', server }: ConnectOptions = {}): TrustServer => {
    if (server !== undefined) return server;
    const choose = asTool === 'docker' ? chooseDockerServer : chooseNotaryServer;
    return choose(registryOfGun(gun).registry, {
      fromEnvironment: environment.env['DOCKER_CONTENT_TRUST_SERVER'],
      rules: settings.serverRules,
      fromNotaryConfig: notaryConfig.url,
    });
  };

  return {
    trustDirectory,
    serverFor,
    tlsFor,
    connect: async (gun, connect = {}) => {
      const server = serverFor(gun, connect);
      const { registry } = registryOfGun(gun);
      const [tls, pinning] = await Promise.all([
        tlsFor(server.url, registry),
        loadTrustPinning(notaryConfig),
      ]);
      const authorizer = authorizerFor(server.url, registry, tls);
      const { actions = 'pull', signal } = connect;
      const transport = createNotaryTransport({
        gun,
        server: server.url,
        http,
        authorizer,
        tls: tls.policy,
        actions,
        signal,
      });
      const folder = connect.asTool === 'notary' ? notaryConfig.trustDirectory : trustDirectory;
      return { server, tls, authorizer, transport, cache: openMetadataCache(folder, gun), pinning };
    },
    connectRegistry: async (gun, signal) => {
      const { registry, repository } = registryOfGun(gun);
      const url = `https://${apiHost(registry)}`;
      const tls = await tlsFor(url, registry);
      const authorizer = authorizerFor(url, registry, tls);
      return createRegistryClient({ registry, repository, http, authorizer, tls: tls.policy, signal });
    },
  };
}

/** Where the docker engine (Linux) and Docker Desktop look for a registry's roots. */
function engineFolders({ platform }: Environment, dockerConfig: string): readonly string[] {
  const own = `${dockerConfig}/certs.d`;
  return platform === 'linux' ? ['/etc/docker/certs.d', own] : [own];
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
