/**
 * Reads one repository of a registry (distribution API v2): what a tag is now, and which tags there are.
 * Main process and command line. SECURITY: a registry's word is not trust: it is shown beside what is signed.
 */
import { createHash } from 'node:crypto';
import type { Sha256Hex } from '../../shared/brands.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import type { HttpClient, HttpMethod, HttpResponse } from '../network/http-client.ts';
import { isLoopbackHost } from '../network/loopback.ts';
import type { TlsPolicy } from '../network/tls-policy.ts';
import { fetchAuthorized } from './authorized-fetch.ts';
import { type Authorizer, refusalOf, repositoryScope } from './token-auth.ts';
import { parseTagPage } from './tag-page.ts';

export interface RegistryOptions {
  /** host[:port] as in a GUN. */
  readonly registry: string;
  /** Path within the registry, `library/alpine`. */
  readonly repository: string;
  readonly http: HttpClient;
  readonly authorizer: Authorizer;
  readonly tls: TlsPolicy;
  readonly signal?: AbortSignal | undefined;
}

/** What the registry holds under a tag or digest: a manifest, an OCI index or a docker list alike. */
export interface RegistryManifest {
  readonly sha256: Sha256Hex;
  /** Bytes of the manifest. */
  readonly size: number;
  readonly mediaType: string;
}

/** Everything throws `registry/...`, `network/...`, `config/...` (credentials). */
export interface RegistryClient {
  /** The present manifest of a tag, undefined when there is no such tag. As the registry says (HEAD). */
  resolveTag(tag: string): Promise<RegistryManifest | undefined>;
  /** The same, with the bytes downloaded and the digest computed here: for what is going to be signed. */
  fetchManifest(tagOrDigest: string): Promise<RegistryManifest | undefined>;
  /** All tags in the registry's order. Throws `registry/not-found` for an unknown repository. */
  listTags(): Promise<readonly string[]>;
  /** True once an answer came unverified or over plain http (registries on this computer only). */
  readonly unverified: () => boolean;
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
/** distribution refuses larger manifests as well. */
const manifestLimit = 4 * 1024 * 1024;
const pageLimit = 16 * 1024 * 1024;
const mostPages = 10_000;

interface Session extends RegistryOptions {
  base: string;
  unverified: boolean;
}

interface Asked {
  readonly path: string;
  readonly method?: HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly limitBytes: number;
}

export function createRegistryClient(options: RegistryOptions): RegistryClient {
  const session: Session = { ...options, base: `https://${apiHost(options.registry)}`, unverified: false };
  return {
    resolveTag: (tag) => resolveTag(session, tag),
    fetchManifest: (tagOrDigest) => fetchManifest(session, tagOrDigest),
    listTags: () => listTags(session),
    unverified: () => session.unverified,
  };
}

/** docker: Hub's API is on another host than its name. */
export function apiHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}

const manifestPath = (session: Session, reference: string): string =>
  `/v2/${session.repository}/manifests/${encodeURIComponent(reference).replaceAll('%3A', ':')}`;

async function resolveTag(session: Session, tag: string): Promise<RegistryManifest | undefined> {
  const headers = { accept: manifestTypes.join(', ') };
  const answer = await ask(session, {
    path: manifestPath(session, tag),
    method: 'HEAD',
    headers,
    limitBytes: 0,
  });
  if (answer.status === 404) return undefined;
  // Some registries know no HEAD here, or leave out the digest: the manifest itself says it.
  if (answer.status === 405) return fetchManifest(session, tag);
  requireSuccess(session, answer);
  return announcedManifest(answer) ?? fetchManifest(session, tag);
}

function announcedManifest(answer: HttpResponse): RegistryManifest | undefined {
  const sha256 = /^sha256:([a-f0-9]{64})$/.exec(answer.header('docker-content-digest') ?? '')?.[1];
  const size = Number(answer.header('content-length') ?? 'x');
  if (sha256 === undefined || !Number.isSafeInteger(size) || size <= 0) return undefined;
  return { sha256: sha256 as Sha256Hex, size, mediaType: mediaTypeOf(answer) };
}

async function fetchManifest(session: Session, reference: string): Promise<RegistryManifest | undefined> {
  const headers = { accept: manifestTypes.join(', ') };
  const answer = await ask(session, {
    path: manifestPath(session, reference),
    headers,
    limitBytes: manifestLimit,
  });
  if (answer.status === 404) return undefined;
  requireSuccess(session, answer);
  const sha256 = createHash('sha256').update(answer.body).digest('hex') as Sha256Hex;
  const asked = /^sha256:([a-f0-9]{64})$/.exec(reference)?.[1];
  // SECURITY: what was asked for by digest must have it.
  if (asked !== undefined && asked !== sha256)
    throw badAnswer(session, 'the manifest does not have the digest that was asked for');
  return { sha256, size: answer.body.length, mediaType: mediaTypeOf(answer) };
}

function mediaTypeOf(answer: HttpResponse): string {
  return (answer.header('content-type') ?? '').split(';', 1)[0]?.trim().slice(0, 200) ?? '';
}

async function listTags(session: Session): Promise<readonly string[]> {
  const tags: string[] = [];
  let path: string | undefined = `/v2/${session.repository}/tags/list?n=1000`;
  for (let pages = 0; path !== undefined; pages++) {
    if (pages === mostPages) throw badAnswer(session, 'its list of tags does not end');
    const answer = await ask(session, { path, limitBytes: pageLimit });
    if (answer.status === 404)
      throw new AppError('registry/not-found', { reference: `${session.registry}/${session.repository}` });
    requireSuccess(session, answer);
    const page = parseTagPage(answer.body, answer.header('link'), answer.url);
    if (page === undefined) throw badAnswer(session, 'its list of tags cannot be read');
    tags.push(...page.tags);
    path = page.next === path ? undefined : page.next;
  }
  return tags;
}

async function ask(session: Session, asked: Asked): Promise<HttpResponse> {
  try {
    return await askAt(session, asked);
  } catch (error) {
    if (!mayBePlain(session, error)) throw error;
    session.base = session.base.replace(/^https:/, 'http:');
    return askAt(session, asked);
  }
}

/**
 * docker: a registry on this computer may speak plain http.
 * SECURITY: not where somebody named a root for it: then it is known to speak TLS, and a failure of TLS stays one.
 */
function mayBePlain(session: Session, error: unknown): boolean {
  if (session.tls.extraRoots.length > 0 || session.tls.exclusive) return false;
  if (!session.base.startsWith('https:') || !isLoopbackHost(session.registry) || !isAppError(error))
    return false;
  return error.code === 'network/tls' || error.code === 'network/interrupted';
}

async function askAt(session: Session, { path, ...rest }: Asked): Promise<HttpResponse> {
  const { http, authorizer, tls, signal, repository } = session;
  const scope = repositoryScope(repository, 'pull');
  const request = { url: new URL(`${session.base}${path}`), tls, signal, ...rest };
  const answer = await fetchAuthorized(http, authorizer, scope, request);
  session.unverified ||= !answer.tlsVerified;
  return answer;
}

function requireSuccess(session: Session, answer: HttpResponse): void {
  const { registry, authorizer, repository } = session;
  if (answer.status === 200) return;
  if (answer.status !== 401 && answer.status !== 403)
    throw new AppError('registry/error', { registry, status: answer.status });
  throw new AppError('registry/unauthorised', {
    registry,
    ...refusalOf(authorizer.facts(), repositoryScope(repository, 'pull'), answer.status),
  });
}

function badAnswer(session: Session, reason: string): AppError {
  return new AppError('registry/bad-answer', { registry: session.registry, reason });
}
