/** What the doctor was asked about: an image, a repository, a server, or nothing in particular. Privileged process; pure. */
import type { Gun } from '../../shared/brands.ts';
import type { TrustServer } from '../notary/trust-server.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import { parseServerUrl } from '../settings/server-rules.ts';
import { attempt, type Outcome, passed, warned } from './step.ts';

export interface Target {
  /** Undefined when only a server was named. */
  readonly image: { readonly gun: Gun; readonly tag: string | undefined } | undefined;
  /** host[:port] whose repositories are asked for; decides about credentials and docker's leniency. '' when unknown. */
  readonly registry: string;
  /** Set when the person named the server. */
  readonly server: URL | undefined;
}

/** An address with `://` is a server; everything else an image; nothing at all is docker's own server. */
export function readTarget(text: string): Promise<Outcome<Target>> {
  return attempt('reference', () => Promise.resolve(parseTarget(text.trim())));
}

function parseTarget(text: string): Outcome<Target> {
  if (text === '') {
    const target = { image: undefined, registry: 'docker.io', server: undefined };
    return passed('reference', 'No image was named; this looks at the trust server only.', target);
  }
  if (text.includes('://')) {
    const server = parseServerUrl(text);
    // SECURITY: only a registry on this computer is excused from certificates; a server named alone is none.
    const target = { image: undefined, registry: '', server };
    return passed('reference', `The trust server ${server.origin}; no image was named.`, target);
  }
  const { gun, tag, registry } = parseImageReference(text);
  const found = tag === undefined ? `The repository ${gun}.` : `The repository ${gun}, tag ${tag}.`;
  const target = { image: { gun, tag }, registry, server: undefined };
  if (!looksLikeServer(text)) return passed('reference', found, target);
  return warned('reference', found, `If you mean the trust server, write https://${text}.`, target);
}

/** `notary.example.com:4443` is an image of Docker Hub with a tag. */
function looksLikeServer(text: string): boolean {
  return /^(?:localhost|[^/:@]+\.[^/:@]+)(?::\d+)?$/.test(text);
}

const sources: Readonly<Record<TrustServer['source'], string>> = {
  environment: 'DOCKER_CONTENT_TRUST_SERVER says so',
  trustdesk: 'a rule in the settings says so',
  'notary-config': "notary's configuration says so",
  default: 'nothing else is configured for this registry',
  sandbox: 'the sandbox is its own',
};

/** What notary's own commands are told to use. */
export interface NotaryServer {
  readonly url: string;
  readonly file: string;
}

interface Told {
  readonly notary?: NotaryServer | undefined;
  /** By notary's option. */
  readonly isServerNamed?: boolean;
}

/** Which trust server is meant, and why. */
export function findServer(
  target: Target,
  serverFor: (registry: string) => TrustServer,
  { notary, isServerNamed = false }: Told = {},
): Promise<Outcome<TrustServer>> {
  return attempt('server', () => {
    if (target.server !== undefined) {
      const { origin, pathname } = target.server;
      const url = `${origin}${pathname.replace(/\/+$/, '')}`;
      return Promise.resolve(
        passed('server', `${url}, as you named it.`, { url, source: 'default' } as const),
      );
    }
    const server = serverFor(target.registry);
    const isNamed = isServerNamed && server.source === 'notary-config';
    const found = `${server.url}: ${isNamed ? 'the option --server says so' : sources[server.source]}.`;
    const isOther = notary !== undefined && notary.url.replace(/\/+$/, '') !== server.url;
    if (server.source !== 'default' || !isOther) return Promise.resolve(passed('server', found, server));
    const fix = `If that is where this registry's trust is, set DOCKER_CONTENT_TRUST_SERVER to it or add it in the settings; \`trustdesk doctor ${notary.url}\` examines it.`;
    return Promise.resolve(
      warned('server', `${found} notary's commands use ${notary.url} (${notary.file}).`, fix, server),
    );
  });
}
