/**
 * The registry's core: a request in, an answer out, over a store. Speaks docker's v2 API as docker, skopeo and
 * crane use it: images of docker and OCI, single and for several platforms. No sockets.
 */
import { createHash } from 'node:crypto';
import { openToEverybody, toAccessDetail } from '../access/access-control.ts';
import type { AccessControl } from '../access/access-control.ts';
import { BodyTooLarge, answer, goJson, readBody } from '../exchange.ts';
import type { SandboxRequest, SandboxResponse } from '../exchange.ts';
import { BlobUploads } from './blob-uploads.ts';
import { checkManifest } from './manifest-rules.ts';
import { RegistryError, toRegistryErrorResponse } from './registry-errors.ts';
import { isDigest, isTag, matchRegistryRoute, registryAccessOf } from './registry-routes.ts';
import type { RegistryRoute } from './registry-routes.ts';
import { emptyRepository, withManifest, withoutBlob, withoutReference } from './registry-store.ts';
import type { RegistryStore, RepositoryContent } from './registry-store.ts';

/** Larger manifests are refused, as docker's distribution does. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const MAX_PAGE = 1000;
const apiVersion = { 'Docker-Distribution-Api-Version': 'registry/2.0' };
const json = { 'Content-Type': 'application/json; charset=utf-8' };

export class RegistryService {
  readonly #store: RegistryStore;
  readonly #access: AccessControl;
  readonly #uploads: BlobUploads;

  constructor(store: RegistryStore, access: AccessControl = openToEverybody) {
    this.#store = store;
    this.#access = access;
    this.#uploads = new BlobUploads(store);
  }

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    const response = await this.#answerOrError(request);
    const headers = new Map([...Object.entries(apiVersion), ...response.headers]);
    return { ...response, headers };
  }

  async #answerOrError(request: SandboxRequest): Promise<SandboxResponse> {
    try {
      const route = matchRegistryRoute(request.path);
      return this.#challenge(route, request) ?? (await this.#answer(route, request));
    } catch (error) {
      if (error instanceof RegistryError) return toRegistryErrorResponse(error);
      if (error instanceof BodyTooLarge) return answer(413);
      throw error;
    }
  }

  #challenge(route: RegistryRoute, request: SandboxRequest): SandboxResponse | undefined {
    const wanted = registryAccessOf(route, request.method, request.query.get('from'));
    const challenge = this.#access.check(request, wanted);
    if (challenge === undefined) return undefined;
    const error = new RegistryError('UNAUTHORIZED', wanted.length === 0 ? undefined : toAccessDetail(wanted));
    return toRegistryErrorResponse(error, { 'Www-Authenticate': challenge.header });
  }

  #answer(route: RegistryRoute, request: SandboxRequest): Promise<SandboxResponse> | SandboxResponse {
    switch (route.kind) {
      case 'ping':
        return answer(200, json, '{}');
      case 'catalog':
        return paged(request, [...this.#store.state.keys()], (repositories) => ({ repositories }));
      case 'tags':
        return this.#tags(request, route.name);
      case 'manifest':
        return this.#manifest(request, route.name, route.reference);
      case 'blob':
        return this.#blob(request, route.name, route.digest);
      case 'uploads':
        return this.#uploads.start(request, route.name);
      case 'upload':
        return this.#uploads.proceed(request, route.name, route.id);
      case 'bad-name':
        throw new RegistryError('NAME_INVALID', { name: route.name });
      case 'not-found':
        return answer(404, { 'Content-Type': 'text/plain; charset=utf-8' }, '404 page not found\n');
    }
  }

  #content(name: string): RepositoryContent {
    return this.#store.state.get(name) ?? emptyRepository;
  }

  #tags(request: SandboxRequest, name: string): SandboxResponse {
    if (request.method !== 'GET') throw new RegistryError('UNSUPPORTED');
    if (!this.#store.state.has(name)) throw new RegistryError('NAME_UNKNOWN', { name });
    return paged(request, [...this.#content(name).tags.keys()], (tags) => ({ name, tags }));
  }

  #manifest(request: SandboxRequest, name: string, reference: string): Promise<SandboxResponse> {
    if (!isTag(reference) && !isDigest(reference)) throw new RegistryError('TAG_INVALID', { tag: reference });
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return this.#getManifest(request, name, reference);
      case 'PUT':
        return this.#putManifest(request, name, reference);
      case 'DELETE':
        return this.#deleteManifest(name, reference);
      default:
        throw new RegistryError('UNSUPPORTED');
    }
  }

  async #getManifest(request: SandboxRequest, name: string, reference: string): Promise<SandboxResponse> {
    const { tags, manifests } = this.#content(name);
    const digest = tags.get(reference) ?? reference;
    const mediaType = manifests.get(digest);
    const file = mediaType === undefined ? undefined : await this.#store.blob(digest);
    if (mediaType === undefined || file === undefined) {
      throw new RegistryError(
        'MANIFEST_UNKNOWN',
        isTag(reference) ? { Tag: reference } : { name, revision: reference },
      );
    }
    const headers = { 'Content-Type': mediaType, 'Docker-Content-Digest': digest, Etag: `"${digest}"` };
    if (request.headers.get('if-none-match') === `"${digest}"`) return answer(304, headers);
    // The stored kind is answered whatever `Accept` says: another kind would have another digest.
    return answer(200, headers, await readBody(file.open(), MAX_MANIFEST_BYTES));
  }

  async #putManifest(request: SandboxRequest, name: string, reference: string): Promise<SandboxResponse> {
    const bytes = await readBody(request.body, MAX_MANIFEST_BYTES);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (isDigest(reference) && reference !== digest) throw new RegistryError('DIGEST_INVALID');
    const mediaType = checkManifest(request.headers.get('content-type') ?? '', bytes, this.#content(name));
    await this.#store.putBytes(digest, bytes);
    const tag = isDigest(reference) ? undefined : reference;
    await this.#store.commit((state) => withManifest(state, name, { digest, mediaType }, tag));
    const location = `${request.origin}/v2/${name}/manifests/${digest}`;
    return answer(201, { Location: location, 'Docker-Content-Digest': digest });
  }

  async #deleteManifest(name: string, reference: string): Promise<SandboxResponse> {
    const { tags, manifests } = this.#content(name);
    if (!tags.has(reference) && !manifests.has(reference)) throw new RegistryError('MANIFEST_UNKNOWN');
    await this.#store.commit((state) => withoutReference(state, name, reference));
    return answer(202);
  }

  async #blob(request: SandboxRequest, name: string, digest: string): Promise<SandboxResponse> {
    if (!isDigest(digest)) throw new RegistryError('DIGEST_INVALID');
    // A blob is reachable through the repositories that have it, and through no other.
    const file = this.#content(name).blobs.has(digest) ? await this.#store.blob(digest) : undefined;
    if (file === undefined) throw new RegistryError('BLOB_UNKNOWN', { digest });
    if (request.method === 'DELETE') {
      await this.#store.commit((state) => withoutBlob(state, name, digest));
      return answer(202, { 'Docker-Content-Digest': digest });
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new RegistryError('UNSUPPORTED');
    const headers = new Map([
      ['Content-Type', 'application/octet-stream'],
      ['Docker-Content-Digest', digest],
      ['Etag', `"${digest}"`],
      ['Cache-Control', 'max-age=31536000'],
    ]);
    return { status: 200, headers, body: { kind: 'stream', length: file.size, chunks: file.open() } };
  }
}

/** One page of sorted names: `n` of them after `last`, with a `Link` to the next page. */
function paged(
  request: SandboxRequest,
  names: readonly string[],
  toBody: (page: readonly string[]) => Readonly<Record<string, unknown>>,
): SandboxResponse {
  const asked = request.query.get('n');
  const limit = asked === null ? Infinity : Number(asked);
  if (asked !== null && !/^[0-9]{1,9}$/.test(asked))
    throw new RegistryError('PAGINATION_NUMBER_INVALID', { n: asked });
  const last = request.query.get('last') ?? '';
  const rest = [...names].sort().filter((name) => name > last);
  const page = rest.slice(0, Math.min(limit, asked === null ? rest.length : MAX_PAGE));
  const end = page.at(-1);
  const more = page.length < rest.length && end !== undefined;
  const query = `n=${asked ?? ''}&last=${encodeURIComponent(end ?? '')}`;
  const link = more ? { Link: `<${request.path}?${query}>; rel="next"` } : {};
  return answer(200, { ...json, ...link }, `${goJson(toBody(page))}\n`);
}
