/**
 * The trust server's core: a request in, an answer out, over a store, keys and a clock. No sockets, no files.
 * Behaves as notary-server 0.7.0 does; see docs for the few places where that one drops the connection instead.
 */
import type { Gun } from '../../../shared/brands.ts';
import { isAppError } from '../../../shared/errors.ts';
import { openToEverybody, toAccessDetail } from '../access/access-control.ts';
import type { Access, AccessControl } from '../access/access-control.ts';
import { BodyTooLarge, answer, goJson, readBody } from '../exchange.ts';
import type { SandboxRequest, SandboxResponse } from '../exchange.ts';
import { Turns } from '../turns.ts';
import { MAX_METADATA_BYTES } from '../../tuf/limits.ts';
import { ROOT } from '../../tuf/names.ts';
import { parseRoot } from '../../tuf/parse.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { changefeedJson, parseChangefeedQuery, selectChanges } from './changefeed.ts';
import { NotaryMetrics } from './metrics.ts';
import { NotaryError, toErrorResponse } from './notary-errors.ts';
import { cleanedPath, gunOfRoute, matchNotaryRoute } from './notary-routes.ts';
import type { NotaryRoute } from './notary-routes.ts';
import { OldVersion } from './notary-store.ts';
import type { NotaryStore, StoredMetadata } from './notary-store.ts';
import { currentServerFile } from './server-files.ts';
import type { ServerKeys, ServerRole } from './server-keys.ts';
import { validateUpdate } from './update-validation.ts';
import { parseUpload } from './uploaded-files.ts';

export interface NotaryServiceOptions {
  readonly store: NotaryStore;
  readonly keys: ServerKeys;
  readonly crypto: TufCrypto;
  readonly clock: () => Date;
  readonly access?: AccessControl;
  /** Only repositories whose name starts with one of these; all when missing. */
  readonly gunPrefixes?: readonly string[];
}

/** Seconds that an answer may be cached: files whose name fixes their content, and those that may change. */
const CONSISTENT_SECONDS = 2_592_000;
const CURRENT_SECONDS = 300;
const textHeaders = { 'Content-Type': 'text/plain; charset=utf-8' };

export class NotaryService {
  readonly #options: NotaryServiceOptions;
  readonly #access: AccessControl;
  readonly #metrics = new NotaryMetrics();
  /** Updates, deletions and files made on request take turns per repository. */
  readonly #turns = new Turns();

  constructor(options: NotaryServiceOptions) {
    this.#options = options;
    this.#access = options.access ?? openToEverybody;
  }

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    const cleaned = cleanedPath(request.path);
    if (cleaned !== undefined) return answer(301, { Location: encodeURI(cleaned) });
    const route = matchNotaryRoute(request.method, request.path);
    const response = await this.#answerOrError(route, request);
    this.#metrics.count(route.kind, request.method, response.status);
    return response;
  }

  async #answerOrError(route: NotaryRoute, request: SandboxRequest): Promise<SandboxResponse> {
    try {
      this.#checkPrefix(route);
      return this.#challenge(route, request) ?? (await this.#answer(route, request));
    } catch (error) {
      return toErrorResponse(toNotaryError(error));
    }
  }

  #checkPrefix(route: NotaryRoute): void {
    const { gunPrefixes } = this.#options;
    const gun = gunOfRoute(route);
    if (gun === undefined || gunPrefixes === undefined || gunPrefixes.length === 0) return;
    if (gunPrefixes.some((prefix) => gun.startsWith(prefix))) return;
    if (route.kind !== 'update') throw new NotaryError('METADATA_NOT_FOUND');
    throw new NotaryError('INVALID_GUN', `Require GUNs with prefix: [${gunPrefixes.join(' ')}]`);
  }

  #challenge(route: NotaryRoute, request: SandboxRequest): SandboxResponse | undefined {
    const wanted = accessOf(route);
    if (wanted === undefined) return undefined;
    const challenge = this.#access.check(request, wanted);
    if (challenge === undefined) return undefined;
    const error = new NotaryError('UNAUTHORIZED', toAccessDetail(wanted));
    return toErrorResponse(error, { 'Www-Authenticate': challenge.header });
  }

  async #answer(route: NotaryRoute, request: SandboxRequest): Promise<SandboxResponse> {
    switch (route.kind) {
      case 'ping':
        return answer(200, textHeaders, '{}');
      case 'health':
        return answer(200, { 'Content-Type': 'application/json; charset=utf-8' }, '{}');
      case 'metrics':
        return answer(
          200,
          { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
          this.#metrics.toText(),
        );
      case 'update':
        return this.#update(route.gun, request);
      case 'delete':
        return this.#delete(route.gun);
      case 'role-by-hash':
        return fileResponse(this.#byHash(route), CONSISTENT_SECONDS);
      case 'role-by-version':
        return fileResponse(this.#byVersion(route), CONSISTENT_SECONDS);
      case 'role':
        return fileResponse(await this.#current(route.gun, route.role), CURRENT_SECONDS);
      case 'key':
        return this.#key(route.gun, route.role, 'current');
      case 'rotate-key':
        return this.#key(route.gun, route.role, 'new');
      case 'changefeed':
        return this.#changefeed(request, route.gun);
      case 'not-found':
        throw new NotaryError('METADATA_NOT_FOUND');
      case 'method-not-allowed':
        return answer(405);
    }
  }

  async #update(gun: string, request: SandboxRequest): Promise<SandboxResponse> {
    const body = await readBody(request.body, MAX_METADATA_BYTES);
    const uploaded = parseUpload(request.headers.get('content-type'), body);
    return this.#turns.take(gun, async () => {
      const { store, keys, crypto, clock } = this.#options;
      const now = clock();
      const files = await validateUpdate(uploaded, { gun: gun as Gun, now, store, keys, crypto });
      await store.updateMany(gun, files, now.getTime());
      return answer(200);
    });
  }

  #delete(gun: string): Promise<SandboxResponse> {
    return this.#turns.take(gun, async () => {
      await this.#options.store.delete(gun, this.#options.clock().getTime());
      return answer(200);
    });
  }

  #byHash({ gun, role, hash }: { gun: string; role: string; hash: string }): StoredMetadata | undefined {
    // Only SHA-256 is indexed; a longer hash is a valid address of nothing.
    return this.#options.store.byHash(gun, role, hash);
  }

  #byVersion({
    gun,
    role,
    version,
  }: {
    gun: string;
    role: string;
    version: string;
  }): StoredMetadata | undefined {
    const number = Number(version);
    if (Number.isSafeInteger(number)) return this.#options.store.byVersion(gun, role, number);
    throw new NotaryError('METADATA_NOT_FOUND', { Func: 'Atoi', Num: version, Err: {} });
  }

  #current(gun: string, role: string): Promise<StoredMetadata | undefined> {
    const { store, keys, crypto, clock } = this.#options;
    if (role !== 'timestamp' && role !== 'snapshot') return Promise.resolve(store.current(gun, role));
    return this.#turns.take(gun, () =>
      currentServerFile(role, { gun: gun as Gun, now: clock(), store, keys, crypto }),
    );
  }

  async #key(gun: string, role: ServerRole, which: 'current' | 'new'): Promise<SandboxResponse> {
    const { keys } = this.#options;
    const current = which === 'current' ? this.#keyInRoot(gun, role) : undefined;
    const { keytype, publicBase64 } = current ?? (await keys.create(gun, role));
    // Member order as Go's struct has it, which is not the canonical one.
    return answer(200, textHeaders, goJson({ keytype, keyval: { public: publicBase64, private: null } }));
  }

  #keyInRoot(gun: string, role: ServerRole) {
    const stored = this.#options.store.current(gun, ROOT);
    const ids = stored === undefined ? [] : (parseRoot(stored.bytes).body.roles.get(role)?.keyids ?? []);
    return ids.map((id) => this.#options.keys.publicKey(id)).find((key) => key !== undefined);
  }

  #changefeed(request: SandboxRequest, gun: string | undefined): SandboxResponse {
    const query = parseChangefeedQuery(request.query, gun);
    return answer(200, textHeaders, changefeedJson(selectChanges(this.#options.store.changes(), query)));
  }
}

/** A stored file with the caching that its name allows. Throws METADATA_NOT_FOUND. */
function fileResponse(file: StoredMetadata | undefined, seconds: number): SandboxResponse {
  if (file === undefined) throw new NotaryError('METADATA_NOT_FOUND', {});
  const revalidate = seconds === CURRENT_SECONDS ? ', must-revalidate' : '';
  return answer(
    200,
    {
      ...textHeaders,
      'Cache-Control': `public, max-age=${seconds}, s-maxage=${seconds}${revalidate}`,
      'Last-Modified': new Date(file.createdAt).toUTCString(),
    },
    file.bytes,
  );
}

/** What a route needs to be allowed; undefined for those that ask nobody. */
function accessOf(route: NotaryRoute): readonly Access[] | undefined {
  const onGun = (gun: string, ...actions: readonly string[]): readonly Access[] =>
    actions.map((action) => ({ type: 'repository', name: gun, action }));
  switch (route.kind) {
    case 'health':
    case 'metrics':
    case 'method-not-allowed':
      return undefined;
    case 'update':
    case 'key':
      return onGun(route.gun, 'push', 'pull');
    case 'rotate-key':
    case 'delete':
      return onGun(route.gun, '*');
    case 'role':
    case 'role-by-hash':
    case 'role-by-version':
      return onGun(route.gun, 'pull');
    case 'changefeed':
      if (route.gun !== undefined) return onGun(route.gun, 'pull');
      return catalog;
    case 'ping':
    case 'not-found':
      return catalog;
  }
}

/** Where no repository is named, the whole catalogue is asked for. */
const catalog: readonly Access[] = [{ type: 'registry', name: 'catalog', action: '*' }];

function toNotaryError(error: unknown): NotaryError {
  if (error instanceof NotaryError) return error;
  if (error instanceof OldVersion) return new NotaryError('VERSION', {});
  if (error instanceof BodyTooLarge) return new NotaryError('MALFORMED_UPLOAD', undefined, { cause: error });
  if (isAppError(error) && error.code.startsWith('files/')) {
    return new NotaryError('UPDATING', undefined, { cause: error });
  }
  throw error;
}
