/**
 * A request and its answer as the sandbox's services see them: no sockets, no TLS, nothing of Node's http.
 * Pure types and total functions; the HTTPS layer and the tests' simulator both speak them.
 */

export interface SandboxRequest {
  readonly method: string;
  /** Decoded path, as Go's routers match it. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: AsyncIterable<Uint8Array>;
  /** `https://localhost:40123`: how the caller reached us; absolute addresses in answers start with it. */
  readonly origin: string;
}

export interface SandboxResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: ResponseBody;
}

/** Bytes, or a stream of known length for blobs that should not be held in memory. */
export type ResponseBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly length: number; readonly chunks: AsyncIterable<Uint8Array> };

export type Handler = (request: SandboxRequest) => Promise<SandboxResponse>;

/** The body was larger than the reader allows. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`the body is larger than ${limitBytes} bytes`);
    this.limitBytes = limitBytes;
  }
}

const encoder = new TextEncoder();

/** A request out of nothing but what matters; for the simulator and tests. */
export function toRequest(
  method: string,
  url: string,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array | string } = {},
): SandboxRequest {
  const { pathname, searchParams, origin } = new URL(url);
  const headers = Object.entries(options.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  const body = typeof options.body === 'string' ? encoder.encode(options.body) : options.body;
  return {
    method,
    path: decodePath(pathname) ?? pathname,
    query: searchParams,
    headers: new Map(headers),
    body: chunksOf(body ?? new Uint8Array()),
    origin,
  };
}

/** The decoded path, or undefined when its percent signs or UTF-8 are broken. */
export function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** One chunk as a stream. */
export async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield await Promise.resolve(bytes);
}

/** The whole body. Throws BodyTooLarge as soon as more than `limitBytes` have arrived. */
export async function readBody(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limitBytes) throw new BodyTooLarge(limitBytes);
    chunks.push(chunk);
  }
  return concatBytes(chunks, length);
}

function concatBytes(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** An answer with bytes; `Content-Length` follows from them. */
export function answer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: Uint8Array | string = '',
): SandboxResponse {
  const bytes = typeof body === 'string' ? encoder.encode(body) : body;
  return { status, headers: new Map(Object.entries(headers)), body: { kind: 'bytes', bytes } };
}

/** JSON as Go's encoder writes it: HTML characters escaped. */
export function goJson(value: unknown): string {
  const escape = (found: string): string => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escape);
}

/** The bytes of an answer, for callers in this process. */
export async function bytesOf(response: SandboxResponse): Promise<Uint8Array> {
  if (response.body.kind === 'bytes') return response.body.bytes;
  return readBody(response.body.chunks, response.body.length);
}
