/**
 * Finds the credentials for a registry as docker does: its helper, else the store, else config.json.
 * Main process and command line. Nothing is read before it is asked for.
 */
import { askCredentialHelper, type HelperPatience } from './credential-helper.ts';
import { type Credentials, type DockerConfig, dockerHubKey, loadDockerConfig } from './docker-config.ts';

/** What was found and where, so that it can be said: the source never contains a secret. */
export interface FoundCredentials {
  readonly credentials: Credentials;
  /** `docker-credential-pass`, or the path of config.json. */
  readonly source: string;
}

export interface CredentialSource {
  /**
   * @param registry host[:port] as in a GUN; docker looks up by registry, not by trust server.
   * Throws `config/...` when the place where they should be cannot be read.
   */
  find(registry: string): Promise<FoundCredentials | undefined>;
}

/** Docker's configuration as a credential source; read once, at the first question. */
export function dockerCredentials(
  configFile: string,
  env: Readonly<Record<string, string | undefined>>,
  patience: HelperPatience = {},
): CredentialSource {
  let config: Promise<DockerConfig> | undefined;
  return {
    find: async (registry) => {
      config ??= loadDockerConfig(configFile);
      return findIn(await config, registry, env, patience);
    },
  };
}

/** Fixed credentials (`NOTARY_AUTH`, or a test). */
export function fixedCredentials(found: FoundCredentials | undefined): CredentialSource {
  return { find: () => Promise.resolve(found) };
}

/** notary: `NOTARY_AUTH` is base64 of `user:password`; undefined when unset or not that. */
export function notaryAuthCredentials(value: string | undefined): FoundCredentials | undefined {
  const text = Buffer.from(value ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  const credentials = {
    kind: 'password',
    username: text.slice(0, colon),
    password: text.slice(colon + 1),
  } as const;
  return { credentials, source: 'NOTARY_AUTH' };
}

async function findIn(
  config: DockerConfig,
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
  patience: HelperPatience,
): Promise<FoundCredentials | undefined> {
  const key = registry === 'docker.io' ? dockerHubKey : registry;
  const helper = config.credHelpers.get(key) ?? config.credHelpers.get(registry) ?? config.credsStore;
  if (helper !== undefined) {
    const credentials = await askCredentialHelper(helper, key, env, patience);
    return credentials === undefined ? undefined : { credentials, source: `docker-credential-${helper}` };
  }
  const credentials = config.auths.get(key) ?? findByHost(config, key);
  return credentials === undefined ? undefined : { credentials, source: config.file };
}

/** docker: a key may be an address; its host part is compared (registry.ConvertToHostname). */
function findByHost(config: DockerConfig, key: string): Credentials | undefined {
  const host = hostOf(key);
  for (const [registry, credentials] of config.auths) {
    if (hostOf(registry) === host) return credentials;
  }
  return undefined;
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
}
