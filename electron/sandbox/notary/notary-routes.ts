/**
 * Which request means what to the trust server: the routes of notary's server/server.go in their order,
 * with the same (greedy, anchored) patterns. Pure.
 */

export type NotaryRoute =
  | { readonly kind: 'ping' }
  | { readonly kind: 'update'; readonly gun: string }
  | { readonly kind: 'delete'; readonly gun: string }
  | { readonly kind: 'role-by-hash'; readonly gun: string; readonly role: string; readonly hash: string }
  | {
      readonly kind: 'role-by-version';
      readonly gun: string;
      readonly role: string;
      readonly version: string;
    }
  | { readonly kind: 'role'; readonly gun: string; readonly role: string }
  | { readonly kind: 'key'; readonly gun: string; readonly role: 'snapshot' | 'timestamp' }
  | { readonly kind: 'rotate-key'; readonly gun: string; readonly role: 'snapshot' | 'timestamp' }
  | { readonly kind: 'changefeed'; readonly gun: string | undefined }
  | { readonly kind: 'health' }
  | { readonly kind: 'metrics' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'method-not-allowed' };

type Groups = Readonly<Record<string, string>>;

interface RoutePattern {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  readonly to: (groups: Groups) => NotaryRoute;
}

const gun = '^/v2/(?<gun>[^*]+)/_trust';
const role = '(?<role>root|targets(?:/[^/\\s]+)*|snapshot|timestamp)';
const serverRole = '(?<role>snapshot|timestamp)';
const hash = '(?<hash>[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})';

const route = (method: RoutePattern['method'], path: string, to: RoutePattern['to']): RoutePattern => ({
  method,
  path: new RegExp(path, 'su'),
  to,
});
const text = (groups: Groups, name: string): string => groups[name] ?? '';
const gunOf = (groups: Groups): string => text(groups, 'gun');
const keyRole = (groups: Groups) => (text(groups, 'role') === 'snapshot' ? 'snapshot' : 'timestamp');

const routes: readonly RoutePattern[] = [
  route('GET', '^/v2/$', () => ({ kind: 'ping' })),
  // The slash at the end is required.
  route('POST', `${gun}/tuf/$`, (g) => ({ kind: 'update', gun: gunOf(g) })),
  route('GET', `${gun}/tuf/${role}\\.${hash}\\.json$`, (g) => ({
    kind: 'role-by-hash',
    gun: gunOf(g),
    role: text(g, 'role'),
    hash: text(g, 'hash'),
  })),
  route('GET', `${gun}/tuf/(?<version>[1-9]*[0-9]+)\\.${role}\\.json$`, (g) => ({
    kind: 'role-by-version',
    gun: gunOf(g),
    role: text(g, 'role'),
    version: text(g, 'version'),
  })),
  route('GET', `${gun}/tuf/${role}\\.json$`, (g) => ({ kind: 'role', gun: gunOf(g), role: text(g, 'role') })),
  route('GET', `${gun}/tuf/${serverRole}\\.key$`, (g) => ({ kind: 'key', gun: gunOf(g), role: keyRole(g) })),
  route('POST', `${gun}/tuf/${serverRole}\\.key$`, (g) => ({
    kind: 'rotate-key',
    gun: gunOf(g),
    role: keyRole(g),
  })),
  route('DELETE', `${gun}/tuf/$`, (g) => ({ kind: 'delete', gun: gunOf(g) })),
  route('GET', `${gun}/changefeed$`, (g) => ({ kind: 'changefeed', gun: gunOf(g) })),
  route('GET', '^/v2/_trust/changefeed$', () => ({ kind: 'changefeed', gun: undefined })),
  route('GET', '^/_notary_server/health$', () => ({ kind: 'health' })),
  route('GET', '^/metrics$', () => ({ kind: 'metrics' })),
];

/** The methods of the catch-all route; anything else is answered 405. */
const knownMethods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'HEAD', 'DELETE']);

/** Matches a decoded path. A HEAD request matches no metadata: the real server answers 404 too. */
export function matchNotaryRoute(method: string, path: string): NotaryRoute {
  for (const candidate of routes) {
    if (candidate.method !== method) continue;
    const groups = candidate.path.exec(path);
    if (groups !== null) return candidate.to(groups.groups ?? {});
  }
  return { kind: knownMethods.has(method) ? 'not-found' : 'method-not-allowed' };
}

/** The repository that a route is about, if any: decides prefixes, scope and metrics. */
export function gunOfRoute(matched: NotaryRoute): string | undefined {
  return 'gun' in matched ? matched.gun : undefined;
}

/** Go's router redirects to the cleaned path; undefined when the path is clean already. */
export function cleanedPath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const cleaned = `/${parts.join('/')}`;
  const whole = path.endsWith('/') && cleaned !== '/' ? `${cleaned}/` : cleaned;
  return whole === path ? undefined : whole;
}
