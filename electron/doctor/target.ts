/** What the doctor was asked about: an image, a repository, a server, or nothing in particular. Privileged process; pure. */
import type { Gun } from '../../shared/brands.ts';
import type { TrustServer } from '../notary/trust-server.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import { parseServerUrl } from '../settings/server-rules.ts';
import { attempt, type Outcome, passed } from './step.ts';

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
  return passed('reference', found, { image: { gun, tag }, registry, server: undefined });
}

const sources: Readonly<Record<TrustServer['source'], string>> = {
  environment: 'DOCKER_CONTENT_TRUST_SERVER says so',
  trustdesk: 'a rule in the settings says so',
  'notary-config': "notary's configuration says so",
  default: 'nothing else is configured for this registry',
  sandbox: 'the sandbox is its own',
};

/** Which trust server is meant, and why. */
export function findServer(
  target: Target,
  serverFor: (registry: string) => TrustServer,
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
    return Promise.resolve(passed('server', `${server.url}: ${sources[server.source]}.`, server));
  });
}
