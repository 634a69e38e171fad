/**
 * notary-server's HTTP API for one repository: bytes in, bytes out. Main process and command line.
 * It believes nothing: what it returns is untrusted until the updater has verified it.
 */
import { randomBytes } from 'node:crypto';
import type { Gun, RoleName, Sha256Hex } from '../../shared/brands.ts';
import { AppError, hasCode } from '../../shared/errors.ts';
import type { HttpClient, HttpMethod, HttpResponse } from '../network/http-client.ts';
import type { TlsPolicy } from '../network/tls-policy.ts';
import { fetchAuthorized } from '../registry/authorized-fetch.ts';
import { type Authorizer, refusalOf, repositoryScope } from '../registry/token-auth.ts';
import { MAX_KEY_BYTES, MAX_METADATA_BYTES, MAX_TIMESTAMP_BYTES } from '../tuf/limits.ts';
import { TIMESTAMP } from '../tuf/names.ts';
import { multipartBody } from './multipart.ts';
import { serverHost } from './trust-server.ts';
import { toServerError } from './wire-errors.ts';

export interface TransportOptions {
  readonly gun: Gun;
  /** https address without a trailing slash. */
  readonly server: string;
  readonly http: HttpClient;
  readonly authorizer: Authorizer;
  readonly tls: TlsPolicy;
  /** Token actions in the order that goes on the wire: `pull` for reading, `push,pull` or `*` for changing. */
  readonly actions: string;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes as they came, and whether the server proved who it is. */
export interface Downloaded {
  readonly bytes: Uint8Array;
  readonly tlsVerified: boolean;
}

/** A key whose private half the server holds. */
export type ServerRole = 'timestamp' | 'snapshot';

/** Everything throws `notary/...`, `network/...`, `config/...` (credentials). */
export interface NotaryTransport {
  readonly server: string;
  readonly gun: Gun;
  /** The current file of a role. Throws `notary/metadata-missing`. */
  fetchCurrent(role: RoleName): Promise<Downloaded>;
  /** A file by the SHA-256 that timestamp or snapshot announce. `limitBytes` is its announced length. */
  fetchByHash(role: RoleName, sha256: Sha256Hex, limitBytes: number): Promise<Downloaded>;
  /** `<n>.<role>.json` */
  fetchByVersion(role: RoleName, version: number): Promise<Downloaded>;
  /** Uploads all changed roles at once. Throws `notary/rejected` with the server's code and words. */
  publish(files: ReadonlyMap<RoleName, Uint8Array>): Promise<void>;
  /** Deletes the repository on the server; also succeeds for one that is unknown. */
  deleteAll(): Promise<void>;
  /** The public key object (JSON text) that the server signs `role` with; `rotate` makes a new one. */
  fetchServerKey(role: ServerRole): Promise<Uint8Array>;
  rotateServerKey(role: ServerRole): Promise<Uint8Array>;
  /** Raw change feed; `records` is mandatory on the wire. */
  fetchChangefeed(records: number, changeId?: string): Promise<Uint8Array>;
}

interface Asked {
  readonly path: string;
  readonly limitBytes: number;
  readonly method?: HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export function createNotaryTransport(options: TransportOptions): NotaryTransport {
  const { gun, server } = options;
  const file = async (name: string, limitBytes: number): Promise<Downloaded> => {
    const answer = await ask(options, { path: `tuf/${name}`, limitBytes });
    if (isWebPage(answer.body)) {
      const reason = 'it sent a web page where metadata was asked for';
      throw new AppError('notary/bad-answer', { server: serverHost(server), reason });
    }
    return { bytes: answer.body, tlsVerified: answer.tlsVerified };
  };
  const key = async (role: ServerRole, method: HttpMethod): Promise<Uint8Array> =>
    (await ask(options, { path: `tuf/${role}.key`, limitBytes: MAX_KEY_BYTES, method })).body;
  return {
    gun,
    server,
    fetchCurrent: (role) => file(`${role}.json`, limitOf(role)),
    fetchByHash: (role, sha256, limitBytes) =>
      file(`${role}.${sha256}.json`, Math.min(limitBytes, limitOf(role))),
    fetchByVersion: (role, version) => file(`${String(version)}.${role}.json`, limitOf(role)),
    publish: async (files) => {
      const { contentType, bytes } = multipartBody(files, randomBytes(30).toString('hex'));
      const headers = { 'content-type': contentType };
      await ask(options, { path: 'tuf/', limitBytes: MAX_KEY_BYTES, method: 'POST', headers, body: bytes });
    },
    deleteAll: async () => {
      await ask(options, { path: 'tuf/', limitBytes: MAX_KEY_BYTES, method: 'DELETE' });
    },
    fetchServerKey: (role) => key(role, 'GET'),
    rotateServerKey: (role) => key(role, 'POST'),
    fetchChangefeed: async (records, changeId) => {
      const query = new URLSearchParams({
        records: String(records),
        ...(changeId === undefined ? {} : { change_id: changeId }),
      });
      return (await ask(options, { path: `changefeed?${query.toString()}`, limitBytes: MAX_METADATA_BYTES }))
        .body;
    },
  };
}

/** Of a proxy or a login page. Metadata is JSON; were it believed to be some, the fault would be looked for there. */
function isWebPage(body: Uint8Array): boolean {
  return body.find((byte) => byte > 0x20) === 0x3c; // <
}

function limitOf(role: RoleName): number {
  return role === TIMESTAMP ? MAX_TIMESTAMP_BYTES : MAX_METADATA_BYTES;
}

async function ask(options: TransportOptions, asked: Asked): Promise<HttpResponse> {
  const { http, authorizer, gun, actions, tls, signal } = options;
  const scope = repositoryScope(gun, actions);
  const { path, ...rest } = asked;
  const url = new URL(`${options.server}/v2/${urlPath(gun)}/_trust/${path}`);
  const answer = await fetchAuthorized(http, authorizer, scope, { url, tls, signal, ...rest }).catch(
    (error: unknown) => {
      throw withOurScope(error, options, scope);
    },
  );
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw refusal(options, asked, answer, scope);
}

/** Slashes and colon go unescaped, as notary sends them; what would end or change the path does not. */
function urlPath(gun: Gun): string {
  return gun
    .split('/')
    .map(encodeURIComponent)
    .join('/')
    .replaceAll('%3A', ':')
    .replaceAll(/%5B|%5D/g, decodeURIComponent);
}

function refusal(options: TransportOptions, asked: Asked, answer: HttpResponse, scope: string): AppError {
  const { gun, authorizer } = options;
  const server = serverHost(options.server);
  if (answer.status === 404)
    return new AppError('notary/metadata-missing', { gun, role: roleOf(asked.path) });
  if (answer.status === 401 || answer.status === 403)
    return new AppError('notary/unauthorised', {
      server,
      ...refusalOf(authorizer.facts(), scope, answer.status),
    });
  return toServerError({ server, status: answer.status, body: answer.body });
}

/** `tuf/targets/a.<hash>.json` -> `targets/a.<hash>`: the name that notary's own message uses. */
function roleOf(path: string): string {
  return path
    .replace(/^tuf\//, '')
    .replace(/\.json$/, '')
    .replace(/\?.*$/, '');
}

/** The token server's refusal is this server's: say for whom and for what. */
function withOurScope(error: unknown, options: TransportOptions, scope: string): unknown {
  const server = serverHost(options.server);
  if (hasCode(error, 'registry/unauthorised')) {
    const { registry: _, ...refusal } = error.details;
    return new AppError('notary/unauthorised', { server, ...refusal, scope }, { cause: error });
  }
  if (hasCode(error, 'registry/bad-answer'))
    return new AppError('notary/bad-answer', { server, reason: error.details.reason }, { cause: error });
  return error;
}
