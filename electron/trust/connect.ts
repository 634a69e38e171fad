/**
 * Connectors that find their servers, certificates and folders as docker does, or as notary does, from what is
 * configured on this computer. Privileged process and command line. Reads configuration, never writes.
 */
import { existsSync } from 'node:fs';
import { AppError, isAppError } from '../../shared/errors.ts';
import { createHttpClient, type HttpClient } from '../network/http-client.ts';
import { chooseDockerServer, chooseNotaryServer, type TrustServer } from '../notary/trust-server.ts';
import {
  type CredentialSource,
  dockerCredentials,
  fixedCredentials,
  notaryAuthCredentials,
} from '../registry/credentials.ts';
import { loadNotaryConfig, type NotaryConfig, parseNotaryConfig } from '../settings/notary-config.ts';
import { type Environment, type Paths, resolvePaths } from '../settings/paths.ts';
import { loadSettings, type Settings } from '../settings/settings-file.ts';
import { type Connector, createConnector } from './connector.ts';

export interface Surroundings extends Environment {
  readonly now: () => Date;
  /** Told which of docker's credential helpers is being waited for, when that takes long. */
  readonly onSlowHelper?: ((helper: string) => void) | undefined;
  /** Shared by several connectors; one of their own when absent. */
  readonly http?: HttpClient;
}

/** What is configured on this computer, read once. */
export interface Configured {
  readonly paths: Paths;
  readonly settings: Settings;
  /** notary's own defaults when there is no file, or none that can be read. */
  readonly notary: NotaryConfig;
  /** Why notary's file cannot be read: of no concern to docker, and worth saying. */
  readonly notaryProblem: AppError | undefined;
}

/** @throws `config/unreadable`, `config/malformed` (of our own settings) */
export async function readConfiguration(environment: Environment): Promise<Configured> {
  const paths = resolvePaths(environment);
  const { home } = environment;
  const [settings, notary] = await Promise.all([
    loadSettings(paths.settingsFile),
    loadNotaryConfig(paths.notaryConfigFile, home).catch(asProblem),
  ]);
  if (!(notary instanceof AppError)) return { paths, settings, notary, notaryProblem: undefined };
  const defaults = parseNotaryConfig({}, paths.notaryConfigFile, home);
  return { paths, settings, notary: defaults, notaryProblem: notary };
}

function asProblem(error: unknown): AppError {
  if (isAppError(error)) return error;
  throw error;
}

/** docker's folder unless the settings name another; DOCKER_CONFIG, said for this very process, before both. */
export function trustDirectoryOf({ paths, settings }: Pick<Configured, 'paths' | 'settings'>): string {
  if (paths.trustDirectorySource === 'DOCKER_CONFIG') return paths.trustDirectory;
  return settings.trustDirectory ?? paths.trustDirectory;
}

/** As `docker trust`: its variable, our rules, its default; and trust on first use, whatever notary pins. */
export function connectLikeDocker(configured: Configured, surroundings: Surroundings): Connector {
  const { paths, settings, notary } = configured;
  const { env, now, platform } = surroundings;
  return createConnector({
    asTool: 'docker',
    platform,
    dockerConfig: paths.dockerConfig,
    trustDirectory: trustDirectoryOf(configured),
    serverCas: settings.serverCas,
    notaryConfig: { ...notary, pinning: noPins },
    chooseServer: (registry) => chooseDockerServer(registry, serverChoices(env, settings, undefined)),
    credentials: dockerCredentials(paths.dockerConfigFile, env, { onSlow: surroundings.onSlowHelper }),
    http: surroundings.http ?? createHttpClient({ env }),
    clock: () => now().getTime(),
  });
}

const noPins: NotaryConfig['pinning'] = { certs: new Map(), ca: new Map(), disableTofu: false };

function serverChoices(env: Environment['env'], settings: Settings, url: string | undefined) {
  return {
    fromEnvironment: env['DOCKER_CONTENT_TRUST_SERVER'],
    rules: settings.serverRules,
    fromNotaryConfig: url,
  };
}

/** notary's global options, as far as given. Paths are absolute. */
export interface NotaryChoices {
  readonly configFile?: string | undefined;
  readonly server?: string | undefined;
  readonly trustDirectory?: string | undefined;
  readonly caFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/**
 * As `notary`: option, then configuration file. Where neither names a server or a folder, docker's way, because
 * notary's built-in defaults (`https://notary-server:4443`, `~/.notary`) fit nobody who has no such file.
 */
export async function connectLikeNotary(
  surroundings: Surroundings,
  choices: NotaryChoices,
): Promise<Connector> {
  const { env, now, platform } = surroundings;
  const { paths, settings, notary, trustDirectory } = await readForNotary(surroundings, choices);
  const { url } = notary;
  const choose = url === undefined ? chooseDockerServer : chooseNotaryServer;
  return createConnector({
    asTool: 'notary',
    platform,
    dockerConfig: paths.dockerConfig,
    trustDirectory,
    serverCas: settings.serverCas,
    notaryConfig: notary,
    chooseServer: (registry): TrustServer => choose(registry, serverChoices(env, settings, url)),
    credentials: notaryCredentials(paths, surroundings),
    http: surroundings.http ?? createHttpClient({ env }),
    clock: () => now().getTime(),
  });
}

/** Where notary's commands look for keys and trust data. @throws `config/...` */
export async function resolveNotaryTrustDirectory(
  environment: Environment,
  choices: NotaryChoices,
): Promise<string> {
  return choices.trustDirectory ?? (await readForNotary(environment, choices)).trustDirectory;
}

interface NotaryConfigured {
  readonly paths: Paths;
  readonly settings: Settings;
  readonly notary: NotaryConfig;
  readonly trustDirectory: string;
}

async function readForNotary(environment: Environment, choices: NotaryChoices): Promise<NotaryConfigured> {
  const paths = resolvePaths(environment);
  const file = choices.configFile ?? paths.notaryConfigFile;
  const isThere = existsSync(file);
  const [settings, config] = await Promise.all([
    loadSettings(paths.settingsFile),
    loadNotaryConfig(file, environment.home),
  ]);
  if (choices.configFile !== undefined && !isThere)
    throw new AppError('config/unreadable', { path: file, reason: 'there is no such file' });
  const fromFile = isThere ? config.trustDirectory : trustDirectoryOf({ paths, settings });
  const trustDirectory = choices.trustDirectory ?? fromFile;
  return { paths, settings, notary: withChoices(config, choices), trustDirectory };
}

/** The options in the place of the file's members, as notary merges them. */
function withChoices(config: NotaryConfig, choices: NotaryChoices): NotaryConfig {
  return {
    ...config,
    url: choices.server ?? config.url,
    rootCaFile: choices.caFile ?? config.rootCaFile,
    clientCertificateFile: choices.certificateFile ?? config.clientCertificateFile,
    clientKeyFile: choices.keyFile ?? config.clientKeyFile,
  };
}

/** notary reads NOTARY_AUTH and asks otherwise; docker's credentials serve as well. */
function notaryCredentials(paths: Paths, { env, onSlowHelper }: Surroundings): CredentialSource {
  const found = notaryAuthCredentials(env['NOTARY_AUTH']);
  if (found !== undefined) return fixedCredentials(found);
  return dockerCredentials(paths.dockerConfigFile, env, { onSlow: onSlowHelper });
}
