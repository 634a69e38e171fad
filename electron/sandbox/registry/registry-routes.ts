/** Which request means what to the registry (OCI distribution specification, docker's v2 API). Pure. */
import type { Access } from '../access/access-control.ts';

export type RegistryRoute =
  | { readonly kind: 'ping' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags'; readonly name: string }
  | { readonly kind: 'manifest'; readonly name: string; readonly reference: string }
  | { readonly kind: 'blob'; readonly name: string; readonly digest: string }
  | { readonly kind: 'uploads'; readonly name: string }
  | { readonly kind: 'upload'; readonly name: string; readonly id: string }
  | { readonly kind: 'bad-name'; readonly name: string }
  | { readonly kind: 'not-found' };

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const NAME = new RegExp(`^${component}(?:/${component})*$`);
const MAX_NAME_LENGTH = 255;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

type Groups = Readonly<Record<string, string>>;
type ToRoute = (name: string, groups: Groups) => RegistryRoute;

const patterns: readonly (readonly [RegExp, ToRoute])[] = [
  [/^\/v2\/(?<name>.+)\/tags\/list$/s, (name) => ({ kind: 'tags', name })],
  [
    /^\/v2\/(?<name>.+)\/manifests\/(?<reference>[^/]+)$/s,
    (name, g) => ({ kind: 'manifest', name, reference: g['reference'] ?? '' }),
  ],
  [/^\/v2\/(?<name>.+)\/blobs\/uploads\/?$/s, (name) => ({ kind: 'uploads', name })],
  [
    /^\/v2\/(?<name>.+)\/blobs\/uploads\/(?<id>[0-9a-f-]{36})$/s,
    (name, g) => ({ kind: 'upload', name, id: g['id'] ?? '' }),
  ],
  [
    /^\/v2\/(?<name>.+)\/blobs\/(?<digest>[^/]+)$/s,
    (name, g) => ({ kind: 'blob', name, digest: g['digest'] ?? '' }),
  ],
];

export function matchRegistryRoute(path: string): RegistryRoute {
  if (path === '/v2/' || path === '/v2') return { kind: 'ping' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  for (const [pattern, toRoute] of patterns) {
    const groups = pattern.exec(path)?.groups;
    if (groups === undefined) continue;
    const name = groups['name'] ?? '';
    return isRepositoryName(name) ? toRoute(name, groups) : { kind: 'bad-name', name };
  }
  return { kind: 'not-found' };
}

export function isRepositoryName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && NAME.test(name);
}

export function isTag(reference: string): boolean {
  return TAG.test(reference);
}

export function isDigest(reference: string): boolean {
  return DIGEST.test(reference);
}

/** What a request needs to be allowed; an empty list asks only for some valid token. */
export function registryAccessOf(
  route: RegistryRoute,
  method: string,
  mountFrom: string | null,
): readonly Access[] {
  if (route.kind === 'catalog') return [{ type: 'registry', name: 'catalog', action: '*' }];
  if (!('name' in route)) return [];
  const on = (name: string, ...actions: readonly string[]): readonly Access[] =>
    actions.map((action) => ({ type: 'repository', name, action }));
  if (method === 'GET' || method === 'HEAD') return on(route.name, 'pull');
  if (method === 'DELETE') return on(route.name, route.kind === 'upload' ? 'push' : 'delete');
  return [...on(route.name, 'pull', 'push'), ...(mountFrom === null ? [] : on(mountFrom, 'pull'))];
}
