/**
 * Serves the window's files on loopback, and decides which request may become the socket. Runs in browser mode's process.
 * Holds no secret and knows no service: whoever reaches this port may read the window's code, and nothing else.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { socketPath } from '../../shared/ipc/socket.ts';
import type { Bundle, BundleFile } from '../window/bundle.ts';
import { contentSecurityPolicy, fileHeaders } from '../window/policy.ts';

/** The one name under which this server answers. */
export const authorityOf = (port: number): string => `127.0.0.1:${port}`;

const originOf = (port: number): string => `http://${authorityOf(port)}`;

/** What scripts of the page may talk to. */
export const socketSource = (port: number): string => `ws://${authorityOf(port)}`;

/** SECURITY: another name that leads here (DNS rebinding) is another site, whatever it resolves to. */
const hostIsOurs = ({ headers }: IncomingMessage, port: number): boolean =>
  headers.host === authorityOf(port);

/** SECURITY: a browser names the page that asks; a page of any other origin is refused. */
export function mayBecomeSocket(request: IncomingMessage, port: number): boolean {
  const { method, url, headers } = request;
  const ours = hostIsOurs(request, port) && headers.origin === originOf(port);
  return ours && method === 'GET' && url === socketPath;
}

/** Why a request gets no file, as a status; undefined when nothing speaks against it. */
function refusalOf(request: IncomingMessage, port: number): number | undefined {
  const { method, headers } = request;
  if (!hostIsOurs(request, port)) return 421;
  if (headers.origin !== undefined && headers.origin !== originOf(port)) return 403;
  return method === 'GET' || method === 'HEAD' ? undefined : 405;
}

function refuse(response: ServerResponse, status: number): void {
  response
    .writeHead(status, { 'Content-Security-Policy': contentSecurityPolicy(), Connection: 'close' })
    .end();
}

/** Files of the bundle by exact path, by GET or HEAD, for our own host name only. */
export function fileListener(bundle: Bundle, port: number): RequestListener {
  const send = async (
    file: BundleFile,
    method: string | undefined,
    response: ServerResponse,
  ): Promise<void> => {
    const bytes = await file.read();
    response.writeHead(200, {
      ...fileHeaders(file.type, socketSource(port)),
      'Content-Length': bytes.byteLength,
    });
    response.end(method === 'HEAD' ? undefined : bytes);
  };
  return (request, response) => {
    const refusal = refusalOf(request, port);
    const file = refusal === undefined ? bundle(request.url ?? '') : undefined;
    if (file === undefined) refuse(response, refusal ?? 404);
    else send(file, request.method, response).catch(() => refuse(response, 500));
  };
}
