/**
 * Docker's `config.json`: where credentials for a registry are. Read and never written.
 * Main process and command line. SECURITY: the values read here are secrets; no error or log may carry them.
 */
import {
  isObject,
  type JsonObject,
  malformedConfig,
  objectMember,
  readJsonObject,
} from '../settings/json-file.ts';

/** What to show a token server. An identity token stands for name and password. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'identity-token'; readonly username: string; readonly token: string };

export interface DockerConfig {
  readonly file: string;
  /** By registry key, as written (`https://index.docker.io/v1/`, `registry.example.test:5000`). */
  readonly auths: ReadonlyMap<string, Credentials>;
  /** Name of the helper for everything: `docker-credential-<name>`. */
  readonly credsStore: string | undefined;
  /** By registry host. */
  readonly credHelpers: ReadonlyMap<string, string>;
}

/** Docker Hub's key in `auths` and for helpers. */
export const dockerHubKey = 'https://index.docker.io/v1/';

/** The configuration, empty when there is no file. Throws `config/unreadable`, `config/malformed`. */
export async function loadDockerConfig(file: string): Promise<DockerConfig> {
  const config = (await readJsonObject(file)) ?? {};
  const auths = new Map<string, Credentials>();
  for (const [registry, entry] of Object.entries(objectMember(config, 'auths', file) ?? {})) {
    const credentials = parseAuth(entry, file);
    if (credentials !== undefined) auths.set(registry, credentials);
  }
  const helpers = Object.entries(objectMember(config, 'credHelpers', file) ?? {});
  const store = config['credsStore'];
  return {
    file,
    auths,
    credsStore: store === undefined || store === '' ? undefined : helperName(store, file),
    credHelpers: new Map(helpers.map(([host, helper]) => [host, helperName(helper, file)])),
  };
}

/** SECURITY: the name becomes part of a program's name; a path would run something else. */
function helperName(value: unknown, file: string): string {
  if (typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)) return value;
  throw malformedConfig(file, 'the name of a credential helper is not valid');
}

function parseAuth(entry: unknown, file: string): Credentials | undefined {
  if (!isObject(entry)) throw malformedConfig(file, 'an entry of "auths" is not an object');
  const basic = parseBasic(entry, file);
  const token = entry['identitytoken'];
  if (typeof token === 'string' && token !== '')
    return { kind: 'identity-token', username: basic?.username ?? '', token };
  return basic === undefined ? undefined : { kind: 'password', ...basic };
}

/** docker: `auth` is base64 of `user:password`, with trailing NULs cut; plain members are read as well. */
function parseBasic(
  entry: JsonObject,
  file: string,
): { readonly username: string; readonly password: string } | undefined {
  const { auth, username, password } = entry;
  if (typeof auth === 'string' && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 1) throw malformedConfig(file, 'an "auth" is not base64 of user:password');
    return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/^\0+|\0+$/g, '') };
  }
  if (typeof username !== 'string' || typeof password !== 'string' || username === '') return undefined;
  return { username, password };
}
