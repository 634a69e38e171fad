/**
 * One person's computer: a temporary home with docker's folder in it, on which the real docker, the real notary and
 * Trustdesk's own command line all work with the same files.
 */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustRun, run } from './child.ts';
import type { Result } from './child.ts';
import type { DockerEngine } from './docker-engine.ts';
import type { DockerRegistry } from './docker-registry.ts';
import type { NotaryServer } from './notary-server.ts';
import { peerPath } from './peers.ts';
import type { Scope } from './scope.ts';
import { basicAuth } from './token-server.ts';

/** The throw-away passphrases of every lab key. */
export const rootPassphrase = 'rootpass1';
export const repositoryPassphrase = 'repopass1';

const trustdeskProgram = fileURLToPath(new URL('../../dist/cli/trustdesk.js', import.meta.url));

export type TrustServer = Pick<NotaryServer, 'url' | 'host' | 'caPem' | 'caPath'>;

export interface WorkstationOptions {
  readonly notary: TrustServer;
  /** Registry hosts and who is logged in there. */
  readonly logins?: Readonly<Record<string, { readonly user: string; readonly password: string }>>;
  readonly registries?: readonly DockerRegistry[];
  readonly engine?: DockerEngine;
  /** False leaves the server's CA out of docker's and notary's configuration. */
  readonly trustsServer?: boolean;
  /** Where the programs run, when not here: `YubikeyStack.inside`. */
  readonly inside?: (program: string) => string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

export interface Workstation {
  readonly home: string;
  /** `DOCKER_CONFIG`. */
  readonly dockerConfig: string;
  /** `DOCKER_CONFIG/trust`, which notary uses as well. */
  readonly trustDirectory: string;
  readonly trustdeskHome: string;
  readonly environment: Readonly<Record<string, string>>;
  docker(args: readonly string[], options?: RunOptions): Promise<Result>;
  notary(args: readonly string[], options?: RunOptions): Promise<Result>;
  trustdesk(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** The same, but anything but success throws: for the steps of a set-up. */
  readonly must: {
    docker(args: readonly string[], options?: RunOptions): Promise<Result>;
    notary(args: readonly string[], options?: RunOptions): Promise<Result>;
    trustdesk(args: readonly string[], options?: RunOptions): Promise<Result>;
  };
}

const passphrases = {
  DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE: rootPassphrase,
  DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: repositoryPassphrase,
  NOTARY_ROOT_PASSPHRASE: rootPassphrase,
  NOTARY_TARGETS_PASSPHRASE: repositoryPassphrase,
  NOTARY_SNAPSHOT_PASSPHRASE: repositoryPassphrase,
  NOTARY_DELEGATION_PASSPHRASE: repositoryPassphrase,
};

async function writeDockerCa(dockerConfig: string, host: string, caPem: string): Promise<void> {
  const folder = join(dockerConfig, 'tls', host);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'ca.crt'), caPem);
}

async function writeConfiguration(
  home: string,
  dockerConfig: string,
  options: WorkstationOptions,
): Promise<void> {
  const auths = Object.entries(options.logins ?? {}).map(
    ([host, { user, password }]) => [host, { auth: basicAuth(user, password) }] as const,
  );
  await writeFile(join(dockerConfig, 'config.json'), JSON.stringify({ auths: Object.fromEntries(auths) }));
  const { notary, trustsServer = true } = options;
  if (trustsServer) await writeDockerCa(dockerConfig, notary.host, notary.caPem);
  for (const { host, caPem } of options.registries ?? []) {
    if (caPem !== undefined) await writeDockerCa(dockerConfig, host, caPem);
  }
  await mkdir(join(home, '.notary'));
  await writeFile(
    join(home, '.notary', 'config.json'),
    JSON.stringify({
      trust_dir: join(dockerConfig, 'trust'),
      remote_server: { url: notary.url, ...(trustsServer ? { root_ca: notary.caPath } : {}) },
    }),
  );
}

function environmentOf(
  home: string,
  dockerConfig: string,
  options: WorkstationOptions,
): Record<string, string> {
  return {
    HOME: home,
    DOCKER_CONFIG: dockerConfig,
    DOCKER_CONTENT_TRUST_SERVER: options.notary.url,
    TRUSTDESK_HOME: join(home, 'trustdesk'),
    ...(options.engine === undefined ? {} : { DOCKER_HOST: options.engine.address }),
    ...passphrases,
  };
}

type Inside = NonNullable<WorkstationOptions['inside']>;

function tools(
  environment: Readonly<Record<string, string>>,
  home: string,
  start: typeof run,
  inside: Inside = (program) => program,
) {
  const with_ = (options: RunOptions = {}) => ({
    cwd: home,
    ...options,
    env: { ...environment, ...options.env },
  });
  return {
    docker: (args: readonly string[], options?: RunOptions) =>
      start(inside(peerPath('docker')), args, with_(options)),
    notary: (args: readonly string[], options?: RunOptions) =>
      start(inside(peerPath('notary')), args, with_(options)),
    trustdesk: (args: readonly string[], options?: RunOptions) =>
      start(inside(process.execPath), [trustdeskProgram, ...args], with_(options)),
  };
}

let count = 0;

/** A new computer in the scope's folder; `copyOf` starts it with everything another one has in its docker folder. */
export async function makeWorkstation(
  scope: Scope,
  options: WorkstationOptions,
  copyOf?: Workstation,
): Promise<Workstation> {
  count += 1;
  const home = join(scope.folder, `home-${count}`);
  const dockerConfig = join(home, '.docker');
  await mkdir(dockerConfig, { recursive: true, mode: 0o700 });
  if (copyOf !== undefined) await cp(copyOf.dockerConfig, dockerConfig, { recursive: true });
  await writeConfiguration(home, dockerConfig, options);
  const environment = environmentOf(home, dockerConfig, options);
  return {
    home,
    dockerConfig,
    trustDirectory: join(dockerConfig, 'trust'),
    trustdeskHome: join(home, 'trustdesk'),
    environment,
    ...tools(environment, home, run, options.inside),
    must: tools(environment, home, mustRun, options.inside),
  };
}
