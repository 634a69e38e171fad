/**
 * One HTTPS server on loopback in front of a handler. Privileged process.
 * SECURITY: bound to 127.0.0.1 only; answers to loopback host names only (DNS rebinding) and to no browser: what
 * carries an `Origin` or comes from a page is refused, so that a web page cannot write into a server whose
 * certificate authority the person may have trusted.
 */
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import type { ServerCertificate } from './authority.ts';
import { answer, decodePath } from './exchange.ts';
import type { Handler, SandboxRequest, SandboxResponse } from './exchange.ts';

export interface Endpoint {
  readonly port: number;
  /** `https://localhost:<port>` */
  readonly url: string;
  /** Ends open connections too: nothing answers after this. */
  close(): Promise<void>;
}

export interface EndpointOptions {
  readonly certificate: ServerCertificate;
  /** 0 or missing: any free one. */
  readonly port?: number;
  readonly handler: Handler;
  /** Told of errors that are bugs; the caller sees status 500. */
  readonly onError?: (error: unknown) => void;
}

const LOOPBACK = '127.0.0.1';
const MAX_HEADER_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 30_000;
/** A connection on which nothing moves is ended. */
const SILENCE_MS = 120_000;

/** Starts to listen. Rejects with the system's error (EADDRINUSE) when the port is taken. */
export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { certificate, handler, onError } = options;
  const server = createServer(
    {
      cert: certificate.chainPem,
      key: certificate.privateKeyPem,
      minVersion: 'TLSv1.2',
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
    },
    (incoming, outgoing) => void serve(incoming, outgoing, handler, onError ?? (() => undefined)),
  );
  // Uploads of large layers take as long as they take; a silent peer is ended by the socket's time-out.
  server.requestTimeout = 0;
  server.setTimeout(SILENCE_MS);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(options.port ?? 0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `https://localhost:${port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handler: Handler,
  onError: (error: unknown) => void,
): Promise<void> {
  try {
    const request = toSandboxRequest(incoming);
    const response = typeof request === 'number' ? answer(request) : await handler(request);
    await send(outgoing, incoming.method === 'HEAD', response);
  } catch (error) {
    // The peer went away in the middle: nobody is left to be told.
    if (incoming.destroyed && !incoming.complete) return;
    onError(error);
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(500).end();
  }
}

/** The request, or the status to refuse it with. */
function toSandboxRequest(incoming: IncomingMessage): SandboxRequest | number {
  const host = incoming.headers.host ?? '';
  const port = String(incoming.socket.localPort);
  if (!isLoopbackHost(host, port)) return 421;
  if (incoming.headers.origin !== undefined || incoming.headers['sec-fetch-site'] !== undefined) return 403;
  const [target, query] = splitOnce(incoming.url ?? '/', '?');
  const path = decodePath(target);
  if (path === undefined || !path.startsWith('/')) return 400;
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: new Map(headers),
    body: incoming as AsyncIterable<Uint8Array>,
    origin: `https://${host}`,
  };
}

function isLoopbackHost(host: string, port: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].some((name) => host === `${name}:${port}` || host === name);
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

async function send(outgoing: ServerResponse, isHead: boolean, response: SandboxResponse): Promise<void> {
  const { body } = response;
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  // A HEAD answer may name a length of its own.
  if (!response.headers.has('Content-Length')) {
    outgoing.setHeader('Content-Length', body.kind === 'bytes' ? body.bytes.length : body.length);
  }
  outgoing.writeHead(response.status);
  if (isHead) outgoing.end();
  else if (body.kind === 'bytes') outgoing.end(body.bytes);
  else await stream(outgoing, body.chunks);
}

async function stream(outgoing: ServerResponse, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  // Each chunk leaves before the next is read: nothing piles up, and a peer that went away ends the loop.
  for await (const chunk of chunks) await write(outgoing, chunk);
  outgoing.end();
}

function write(outgoing: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    outgoing.write(chunk, (error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}
