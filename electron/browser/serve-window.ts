/**
 * Browser mode's window: files over HTTP and the contract over one WebSocket, on loopback only.
 * Runs in browser mode's process. Composes the doors; knows no service.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../shared/errors.ts';
import type { EventName } from '../../shared/ipc/bridge.ts';
import type { Dispatch } from '../ipc/dispatch.ts';
import type { Log } from '../log/log.ts';
import { processTimers, type Timers } from '../prompts/timers.ts';
import type { Bundle } from '../window/bundle.ts';
import { authorityOf, fileListener } from './http-door.ts';
import { createSessions } from './sessions.ts';
import { openSocketDoor } from './socket-door.ts';

const LOOPBACK = '127.0.0.1';

export interface WindowParts {
  readonly bundle: Bundle;
  readonly dispatch: Dispatch;
  /** 0 for any that is free. */
  readonly port: number;
  readonly log: Log;
  readonly onLeft: () => void;
  /** The window is not back after a moment; `address` opens a new one. */
  readonly onAway: (address: string) => void;
  /** The window has been gone for a minute. */
  readonly onGone: () => void;
  readonly timers?: Timers;
}

export interface ServedWindow {
  /** With the one-time token in its fragment. */
  readonly address: string;
  readonly send: (name: EventName, payload: unknown) => void;
  readonly close: () => Promise<void>;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new AppError('app/port-unavailable', { port, reason: error.code ?? 'unknown' }, { cause: error }),
      );
    });
    server.listen({ host: LOOPBACK, port, exclusive: true }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}

/** SECURITY: small limits, because anybody on this computer can connect. */
function limitedServer(): Server {
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 5_000, maxHeaderSize: 16_384 });
  server.maxConnections = 64;
  server.keepAliveTimeout = 5_000;
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

/** Listens and serves. Throws `app/port-unavailable`. */
export async function serveWindow(parts: WindowParts): Promise<ServedWindow> {
  const { bundle, dispatch, log, timers = processTimers, onLeft } = parts;
  const server = limitedServer();
  const port = await listen(server, parts.port);
  const addressWith = (token: string) => `http://${authorityOf(port)}/#${token}`;
  const sessions = createSessions(() => randomBytes(32).toString('base64url'), timers, {
    onAway: (token) => parts.onAway(addressWith(token)),
    onGone: parts.onGone,
  });
  server.on('request', fileListener(bundle, port));
  const door = openSocketDoor({ server, port, sessions, dispatch, timers, log, onLeft });
  return {
    address: addressWith(sessions.firstToken),
    send: door.send,
    close: async () => {
      sessions.end();
      door.close();
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
      sessions.end(); // the window that just left started the clocks again
    },
  };
}
