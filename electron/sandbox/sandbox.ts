/**
 * The sandbox: a trust server and a registry on this computer, over HTTPS on loopback, with a demo inside.
 * Everything it keeps is in one folder. Privileged process; no window, no settings: others decide when it runs.
 *
 *   sandbox.json   ports, and that the demo is complete       tls/       its certificate authority
 *   notary/        metadata and server keys                   registry/  images
 *   trust/         keys and cache of its repositories: the trust directory to use for them, never the person's own
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256Hex } from '../../shared/brands.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import { isMissing } from '../files/file-failure.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import { openToEverybody } from './access/access-control.ts';
import type { AccessControl } from './access/access-control.ts';
import { TokenAccess, tokenPath } from './access/token-access.ts';
import type { TokenAccessOptions } from './access/token-access.ts';
import { certificateFingerprint, issueServerCertificate, openAuthority } from './authority.ts';
import { makeDemo } from './demo.ts';
import { signedDemoRepositories } from './demo-content.ts';
import { answer } from './exchange.ts';
import type { Handler } from './exchange.ts';
import { openEndpoint } from './https-endpoint.ts';
import type { Endpoint } from './https-endpoint.ts';
import { DiskNotaryStore } from './notary/disk-notary-store.ts';
import { NotaryService } from './notary/notary-service.ts';
import { ServerKeys } from './notary/server-keys.ts';
import type { ServerKeyAlgorithm } from './notary/server-keys.ts';
import { DiskRegistryStore } from './registry/disk-registry-store.ts';
import { MemoryRegistryStore } from './registry/memory-registry-store.ts';
import { RegistryService } from './registry/registry-service.ts';
import { loadDescription, saveDescription } from './sandbox-folder.ts';
import type { SandboxPorts } from './sandbox-folder.ts';
import { holdFolder } from './folder-owner.ts';

export interface SandboxOptions {
  /** Absolute path; made when it is missing. */
  readonly folder: string;
  /** Default: the system's clock. Tests travel in time with it. */
  readonly clock?: () => Date;
  /** Of the trust server; default: the same as last time, at first any free one. */
  readonly port?: number;
  /** Of the registry, likewise. It is part of the names of the demo repositories. */
  readonly registryPort?: number;
  /** Default: nobody has to log in. */
  readonly auth?: Omit<TokenAccessOptions, 'clock'> | AccessControl;
  /** Of the server's keys; default ecdsa, as with notary-signer. */
  readonly keyAlgorithm?: ServerKeyAlgorithm;
  /** Only repositories with one of these beginnings can be published. */
  readonly gunPrefixes?: readonly string[];
  /** False leaves the two servers empty. */
  readonly demo?: boolean;
  /** Told of errors that are bugs; the client sees status 500. */
  readonly onError?: (error: unknown) => void;
}

/** A running sandbox. After `reset` the addresses and the CA are new ones. */
export interface Sandbox {
  /** `https://localhost:<port>`, for DOCKER_CONTENT_TRUST_SERVER. */
  readonly trustServerUrl: string;
  readonly registryUrl: string;
  /** `localhost:<port>`: what images of the sandbox begin with. */
  readonly registryHost: string;
  readonly caPem: string;
  /** The file of the CA's certificate. */
  readonly caPath: string;
  readonly caSha256: Sha256Hex;
  /** The folder whose `private/` and `tuf/` belong to the sandbox's repositories. */
  readonly trustDirectory: string;
  /** GUNs of the demo repositories that have trust data. */
  readonly repositories: readonly string[];
  stop(): Promise<void>;
  /** Throws everything away, the demo keys too, and starts anew. */
  reset(): Promise<void>;
}

interface Running {
  readonly trustServer: Endpoint;
  readonly registry: Endpoint;
  readonly caPem: string;
  readonly release: () => Promise<void>;
}

/** Starts the sandbox of a folder. Throws `sandbox/start-failed`, with the reason as its cause. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  return RunningSandbox.start(options);
}

class RunningSandbox implements Sandbox {
  readonly #options: SandboxOptions;
  #running: Running;

  private constructor(options: SandboxOptions, running: Running) {
    this.#options = options;
    this.#running = running;
  }

  static async start(options: SandboxOptions): Promise<RunningSandbox> {
    return new RunningSandbox(options, await start(options));
  }

  get trustServerUrl(): string {
    return this.#running.trustServer.url;
  }
  get registryUrl(): string {
    return this.#running.registry.url;
  }
  get registryHost(): string {
    return `localhost:${this.#running.registry.port}`;
  }
  get caPem(): string {
    return this.#running.caPem;
  }
  get caPath(): string {
    return join(this.#options.folder, 'tls', 'ca.crt');
  }
  get caSha256(): Sha256Hex {
    return certificateFingerprint(this.caPem);
  }
  get trustDirectory(): string {
    return join(this.#options.folder, 'trust');
  }
  get repositories(): readonly string[] {
    if (this.#options.demo === false) return [];
    return signedDemoRepositories.map(({ name }) => `${this.registryHost}/${name}`);
  }

  stop(): Promise<void> {
    return this.#running.release();
  }

  async reset(): Promise<void> {
    await this.stop();
    await clearFolder(this.#options.folder);
    this.#running = await start(this.#options);
  }
}

/** The authority, by which the folder is known as a sandbox's, goes last. */
const parts = ['sandbox.json', 'notary', 'registry', 'trust', 'tls'] as const;

/** Removes what a sandbox keeps, and only that: the folder may have been chosen by a person. */
async function clearFolder(folder: string): Promise<void> {
  for (const part of parts) await rm(join(folder, part), { recursive: true, force: true });
}

/**
 * SECURITY: the folder may be a link, or another program's, and `trust` is also what docker calls its own: keys are removed
 * only beside an authority of ours, which is made before them. @throws `config/malformed`
 */
async function requireOwnKeys(folder: string): Promise<void> {
  const keys = await readdir(join(folder, 'trust', 'private')).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const isOurs = await stat(join(folder, 'tls', 'ca-key.pem')).then(
    () => true,
    () => false,
  );
  if (keys.length > 0 && !isOurs)
    throw new AppError('config/malformed', {
      path: folder,
      reason: 'it holds keys that are not those of a sandbox',
    });
}

async function start(options: SandboxOptions): Promise<Running> {
  const release: (() => Promise<void>)[] = [];
  const releaseAll = async (): Promise<void> => {
    for (const one of release.splice(0).reverse()) await one();
  };
  try {
    release.push(await holdFolder(options.folder));
    return { ...(await open(options, release)), release: releaseAll };
  } catch (error) {
    await releaseAll();
    throw new AppError('sandbox/start-failed', { reason: reasonOf(error) }, { cause: error });
  }
}

async function open(
  options: SandboxOptions,
  release: (() => Promise<void>)[],
): Promise<Omit<Running, 'release'>> {
  const { folder, onError } = options;
  const clock = options.clock ?? (() => new Date());
  const known = await loadDescription(folder);
  // Without a description the last start did not get as far as a complete demo.
  if (known === undefined) {
    await requireOwnKeys(folder);
    await clearFolder(folder);
  }
  // Not the injected clock: the clients of TLS have their own.
  const authority = await openAuthority(join(folder, 'tls'), new Date());
  const certificate = await issueServerCertificate(authority, new Date());
  let handlers = starting;
  const listen = async (port: number | undefined, handler: Handler): Promise<Endpoint> => {
    const endpoint = await openEndpoint({
      certificate,
      port: port ?? 0,
      handler,
      ...(onError && { onError }),
    });
    release.push(() => endpoint.close());
    return endpoint;
  };
  const trustServer = await listen(options.port ?? known?.ports.trustServer, (r) => handlers.trustServer(r));
  const registry = await listen(options.registryPort ?? known?.ports.registry, (r) => handlers.registry(r));
  const ports = { trustServer: trustServer.port, registry: registry.port };
  handlers = await openServices(options, clock, ports, known !== undefined);
  await saveDescription(folder, { ports });
  return { trustServer, registry, caPem: authority.certificatePem };
}

interface Handlers {
  readonly trustServer: Handler;
  readonly registry: Handler;
}

const notYet: Handler = () => Promise.resolve(answer(503, { 'Retry-After': '1' }));
const starting: Handlers = { trustServer: notYet, registry: notYet };

async function openServices(
  options: SandboxOptions,
  clock: () => Date,
  ports: SandboxPorts,
  hasDemo: boolean,
): Promise<Handlers> {
  const { folder, gunPrefixes, demo } = options;
  const store = await DiskNotaryStore.open(join(folder, 'notary'));
  const keys = await ServerKeys.open(join(folder, 'notary', 'keys'), options.keyAlgorithm);
  const images = await DiskRegistryStore.open(join(folder, 'registry'));
  if (!hasDemo && demo !== false) {
    const made = new MemoryRegistryStore();
    await makeDemo({
      notary: new NotaryService({ store, keys, crypto: nodeCrypto, clock }),
      registry: new RegistryService(made),
      registryHost: `localhost:${ports.registry}`,
      trustDirectory: join(folder, 'trust'),
      now: clock(),
    });
    await made.copyTo(images);
  }
  const access = accessOf(options, clock);
  const notary = new NotaryService({
    store,
    keys,
    crypto: nodeCrypto,
    clock,
    access,
    ...(gunPrefixes && { gunPrefixes }),
  });
  const registry = new RegistryService(images, access);
  return {
    trustServer: withRealm(access, toHandler(notary)),
    registry: withRealm(access, withTrust(registry, notary)),
  };
}

const toHandler =
  (service: { handle: Handler }): Handler =>
  (request) =>
    service.handle(request);

function accessOf({ auth }: SandboxOptions, clock: () => Date): AccessControl {
  if (auth === undefined) return openToEverybody;
  return 'check' in auth ? auth : new TokenAccess({ ...auth, clock });
}

/** The realm of token authentication answers at both servers. */
const withRealm =
  (access: AccessControl, handler: Handler): Handler =>
  (request) =>
    access instanceof TokenAccess && request.path === tokenPath ? access.handle(request) : handler(request);

/**
 * Trust data is also answered at the registry's address, where docker looks for it when it is told of no other
 * trust server.
 */
const withTrust =
  (registry: RegistryService, notary: NotaryService): Handler =>
  (request) =>
    request.path.includes('/_trust/') ? notary.handle(request) : registry.handle(request);

function reasonOf(error: unknown): string {
  const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (code === 'EADDRINUSE') return `port ${String(port)} is used by another program`;
  if (isAppError(error) && error.code === 'files/locked') return 'another Trustdesk is running it';
  if (isAppError(error)) return error.message;
  return error instanceof Error ? error.message : 'unknown';
}
