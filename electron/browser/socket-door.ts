/**
 * The one WebSocket of browser mode: a greeting with the one-time secret, then calls in, replies and events out.
 * Runs in browser mode's process. Must not know any call; the dispatcher checks what is called.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { EventName } from '../../shared/ipc/bridge.ts';
import { closeCodes, type ServerFrame } from '../../shared/ipc/socket.ts';
import type { Dispatch } from '../ipc/dispatch.ts';
import type { Log } from '../log/log.ts';
import type { Timers } from '../prompts/timers.ts';
import { MAX_FRAME_BYTES, parseFrame } from './frames.ts';
import { mayBecomeSocket } from './http-door.ts';
import type { Sessions } from './sessions.ts';

/** Who connects greets at once. */
export const HELLO_MS = 5_000;
/** A page that does not answer a farewell is cut off. */
export const FAREWELL_MS = 500;
/** Sockets that have not greeted yet. */
const MAX_WAITING = 8;

export interface SocketDoor {
  /** Does nothing when no window is there. */
  readonly send: (name: EventName, payload: unknown) => void;
  readonly close: () => void;
}

export interface SocketParts {
  readonly server: Server;
  readonly port: number;
  readonly sessions: Sessions;
  readonly dispatch: Dispatch;
  readonly timers: Timers;
  readonly log: Log;
  readonly onLeft: () => void;
}

const textOf = (data: RawData, isBinary: boolean): string | undefined =>
  isBinary || !Buffer.isBuffer(data) ? undefined : data.toString('utf8');

const transmit = (socket: WebSocket, frame: ServerFrame): void => {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
};

/** Says goodbye, and cuts off who does not answer it: a place is not held by silence. */
function sendOff(socket: WebSocket, code: number, timers: Timers): void {
  socket.close(code);
  const stopTimer = timers.after(FAREWELL_MS, () => socket.terminate());
  socket.once('close', stopTimer);
}

/** Opens the door on a server that listens. */
export function openSocketDoor(parts: SocketParts): SocketDoor {
  const { server, port, sessions, dispatch, timers, log, onLeft } = parts;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  let admitted: WebSocket | undefined;
  let waiting = 0;

  const refuseUpgrade = (stream: Duplex, why: string) => {
    log.warn('A connection to the socket was refused', { why });
    stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  };

  const serveCalls = (socket: WebSocket) => {
    socket.on('message', (data: RawData, isBinary: boolean) => {
      const frame = parseFrame(textOf(data, isBinary) ?? '');
      if (frame === undefined || 'hello' in frame) {
        socket.close(closeCodes.malformed);
        return;
      }
      const { id, call, input } = frame;
      void dispatch(call, input).then((reply) => transmit(socket, { id, reply }));
    });
    socket.once('close', () => {
      admitted = undefined;
      sessions.leave();
      onLeft();
    });
  };

  const greet = (socket: WebSocket, text: string | undefined) => {
    const frame = parseFrame(text ?? '');
    if (frame === undefined || !('hello' in frame)) {
      sendOff(socket, closeCodes.malformed, timers);
      return;
    }
    const answer = sessions.admit(frame.hello);
    if (typeof answer === 'string') {
      log.warn('A window was not let in', { why: answer });
      sendOff(socket, closeCodes[answer], timers);
      return;
    }
    admitted = socket;
    serveCalls(socket);
    transmit(socket, answer);
  };

  const receive = (socket: WebSocket) => {
    waiting += 1;
    const onGreeting = (data: RawData, isBinary: boolean) => {
      settle();
      greet(socket, textOf(data, isBinary));
    };
    const stopTimer = timers.after(HELLO_MS, () => {
      socket.off('message', onGreeting); // what comes now would use up its secret for nothing
      sendOff(socket, closeCodes.late, timers);
    });
    const settle = () => {
      waiting -= 1;
      stopTimer();
      socket.off('close', settle);
    };
    socket.once('close', settle);
    socket.once('message', onGreeting);
    socket.on('error', () => socket.terminate()); // too large, or not WebSocket: ws has closed it with a code
  };

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    if (!mayBecomeSocket(request, port)) {
      refuseUpgrade(stream, 'host, origin or path');
      return;
    }
    if (waiting >= MAX_WAITING) {
      refuseUpgrade(stream, 'too many at once');
      return;
    }
    sockets.handleUpgrade(request, stream, head, receive);
  });

  return {
    send: (event, payload) => {
      if (admitted !== undefined) transmit(admitted, { event, payload });
    },
    close: () => {
      for (const socket of sockets.clients) socket.close(closeCodes.ending);
      timers.after(FAREWELL_MS, () => {
        for (const socket of sockets.clients) socket.terminate();
      });
    },
  };
}
