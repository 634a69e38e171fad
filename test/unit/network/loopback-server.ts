/** Real HTTP(S) servers on loopback for one test, taken down with it. Test code only. */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach } from 'vitest';
import type { Issued } from './certificates.ts';

const running: { readonly server: net.Server; readonly sockets: Set<Socket> }[] = [];

afterEach(async () => {
  await Promise.all(
    running.splice(0).map(({ server, sockets }) => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

export interface Running {
  readonly port: number;
  readonly url: URL;
  /** Connections accepted so far. */
  connections(): number;
}

async function listen(server: net.Server, scheme: string): Promise<Running> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  running.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, url: new URL(`${scheme}://localhost:${String(port)}/`), connections: () => connections };
}

export function startHttps(
  pair: Pick<Issued, 'certificatePem' | 'keyPem'>,
  handler: http.RequestListener,
  options: https.ServerOptions = {},
): Promise<Running> {
  const server = https.createServer({ cert: pair.certificatePem, key: pair.keyPem, ...options }, handler);
  server.on('tlsClientError', () => undefined);
  return listen(server, 'https');
}

export function startHttp(handler: http.RequestListener): Promise<Running> {
  return listen(http.createServer(handler), 'http');
}

export function startTcp(onConnection: (socket: Socket) => void): Promise<Running> {
  return listen(net.createServer(onConnection), 'https');
}

/** A CONNECT proxy that sends every tunnel to `target`, whatever name was asked for. */
export async function startProxy(
  target: Running,
  options: { readonly status?: number; readonly seen?: http.IncomingMessage[] } = {},
): Promise<Running> {
  const server = http.createServer((_request, response) => response.writeHead(400).end());
  server.on('connect', (request: http.IncomingMessage, socket: Socket) => {
    options.seen?.push(request);
    if (options.status !== undefined) {
      socket.end(`HTTP/1.1 ${String(options.status)} no\r\n\r\n`);
      return;
    }
    const upstream = net.connect(target.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 ok\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
  });
  return listen(server, 'http');
}
