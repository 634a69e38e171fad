/**
 * Which trust server a registry's repositories are on: the environment, a rule of ours, notary's configuration,
 * or docker's own default. Pure; main process and command line.
 */
import { AppError } from '../../shared/errors.ts';
import { defaultNotaryServer } from '../settings/notary-config.ts';
import { parseServerUrl, ruleFor, type ServerRule } from '../settings/server-rules.ts';

export interface TrustServer {
  /** https address, possibly with a path prefix; never ends in a slash. */
  readonly url: string;
  readonly source: 'environment' | 'trustdesk' | 'notary-config' | 'default' | 'sandbox';
}

export interface ServerChoices {
  /** The value of DOCKER_CONTENT_TRUST_SERVER. */
  readonly fromEnvironment: string | undefined;
  readonly rules: readonly ServerRule[];
  /** `remote_server.url` of notary's configuration. */
  readonly fromNotaryConfig: string | undefined;
}

const dockerHubServer = 'https://notary.docker.io';

/**
 * The server for a registry, as `docker trust` would choose it, with our rules between its environment variable
 * and its default. Throws `notary/not-https`.
 */
export function chooseDockerServer(registry: string, choices: ServerChoices): TrustServer {
  const { fromEnvironment, rules } = choices;
  if (fromEnvironment !== undefined && fromEnvironment !== '') return server(fromEnvironment, 'environment');
  const rule = ruleFor(rules, registry);
  if (rule !== undefined) return server(rule.url, 'trustdesk');
  return server(registry === 'docker.io' ? dockerHubServer : `https://${registry}`, 'default');
}

/** The server as `notary` would choose it: its configuration before our rules, then its built-in default. */
export function chooseNotaryServer(registry: string, choices: ServerChoices): TrustServer {
  if (choices.fromNotaryConfig !== undefined) return server(choices.fromNotaryConfig, 'notary-config');
  const rule = ruleFor(choices.rules, registry);
  return rule === undefined ? server(defaultNotaryServer, 'default') : server(rule.url, 'trustdesk');
}

/** docker: "valid https URL required for trust server". */
function server(text: string, source: TrustServer['source']): TrustServer {
  const url = parseServerUrl(text);
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, source };
}

/** `host[:port]` of a server's address, as docker's `tls/` folder and its messages name it. */
export function serverHost(server: TrustServer | string): string {
  const url = typeof server === 'string' ? server : server.url;
  if (!URL.canParse(url)) throw new AppError('notary/not-https', { url });
  return new URL(url).host;
}
