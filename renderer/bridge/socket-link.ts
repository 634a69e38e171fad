/**
 * Browser mode: the contract over one WebSocket to the process that served this page. Runs in the page.
 * SECURITY: nothing is heard or told before the other end has proven that it is the process that let this window in.
 * Keeps the session only in memory of the tab (`sessionStorage`), so that a reload finds its way back in.
 */
import { AppError } from '../../shared/errors.ts';
import type { Reply, Transport } from '../../shared/ipc/bridge.ts';
import { type ClientFrame, closeCodes, halvesOf, type ServerFrame } from '../../shared/ipc/socket.ts';
import type { Connection, Link } from './connection.ts';

/** What a socket needs to do here; a browser's WebSocket, or a fake in tests. */
export interface Socket {
  readonly send: (text: string) => void;
  readonly close: () => void;
}

/** What a socket tells, in this order. */
export interface SocketEvents {
  readonly opened: () => void;
  readonly received: (text: string) => void;
  readonly closed: (code: number) => void;
}

export interface SocketLinkOptions {
  readonly open: (events: SocketEvents) => Socket;
  /** The one-time token of the address, or the session that was kept. */
  readonly secret: string;
  /** Each session opens the door once; the new one replaces what was kept. */
  readonly keep: (session: string) => void;
  readonly later: (act: () => void, milliseconds: number) => void;
}

/** How long after each loss the next attempt is made; then the process is taken to have ended. */
const attempts = [150, 300, 600, 1200, 2500] as const;

interface Waiting {
  readonly frame: ClientFrame;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

const gone = (): AppError =>
  new AppError('network/interrupted', { host: 'Trustdesk', reason: 'its process does not answer' });

type ClosedConnection = Extract<Connection, { kind: 'closed' }>;

/** Nobody there would let this window in. */
const isFinal = (code: number): boolean => code === closeCodes.refused || code === closeCodes.ending;

function whyClosed(code: number): ClosedConnection['why'] {
  if (code === closeCodes.refused) return 'refused';
  return code === closeCodes.busy ? 'busy' : 'ended';
}

export function socketLink(options: SocketLinkOptions): Link {
  return new SocketLink(options);
}

class SocketLink implements Link {
  readonly transport: Transport;
  readonly #options: SocketLinkOptions;
  readonly #watchers = new Set<() => void>();
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>();
  readonly #waiting = new Map<number, Waiting>();
  #connection: Connection = { kind: 'opening' };
  #secret: string;
  #socket: Socket | undefined;
  #lastId = 0;
  #failures = 0;

  constructor(options: SocketLinkOptions) {
    this.#options = options;
    this.#secret = options.secret;
    this.transport = {
      invoke: (name, input) => this.#invoke(name, input),
      listen: (name, listener) => this.#listen(name, listener),
    };
    this.#open();
  }

  state = (): Connection => this.#connection;

  subscribe = (listener: () => void): (() => void) => {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  };

  #become(connection: Connection): void {
    this.#connection = connection;
    for (const watcher of this.#watchers) watcher();
  }

  #open(): void {
    this.#socket = this.#options.open({
      opened: () => this.#send({ hello: halvesOf(this.#secret).greeting }),
      // The frames are validated where they are made: the other end is the process that served this very code.
      received: (text) => this.#receive(JSON.parse(text) as ServerFrame),
      closed: (code) => this.#closed(code),
    });
  }

  #send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #receive(frame: ServerFrame): void {
    if (this.#connection.kind === 'closed') return;
    if ('welcome' in frame) this.#welcomed(frame);
    else if (this.#connection.kind !== 'open') this.#leaveStranger();
    else if ('event' in frame) this.#announce(frame.event, frame.payload);
    else {
      this.#waiting.get(frame.id)?.resolve(frame.reply);
      this.#waiting.delete(frame.id);
    }
  }

  #welcomed({ welcome, proof }: Extract<ServerFrame, { welcome: string }>): void {
    const { proof: expected } = halvesOf(this.#secret);
    if (this.#connection.kind === 'open' || expected === '' || proof !== expected) {
      this.#leaveStranger();
      return;
    }
    this.#secret = welcome;
    this.#options.keep(welcome);
    this.#failures = 0;
    this.#become({ kind: 'open' });
    // Calls made while the door was closed.
    for (const { frame } of this.#waiting.values()) this.#send(frame);
  }

  /** The process is gone, and its port is somebody else's. */
  #leaveStranger(): void {
    const socket = this.#socket;
    this.#end('ended');
    socket?.close();
  }

  #announce(name: string, payload: unknown): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(payload);
  }

  #closed(code: number): void {
    if (this.#connection.kind === 'closed') return;
    this.#socket = undefined;
    const wait = isFinal(code) ? undefined : attempts[this.#failures];
    this.#failures += 1;
    // What was sent may or may not have been done: the caller has to look again. What was not sent can wait.
    if (this.#connection.kind === 'open') this.#rejectAll();
    if (wait === undefined) {
      this.#end(whyClosed(code));
    } else {
      this.#become(this.#connection.kind === 'opening' ? { kind: 'opening' } : { kind: 'lost' });
      this.#options.later(() => this.#open(), wait);
    }
  }

  #end(why: ClosedConnection['why']): void {
    this.#socket = undefined;
    this.#rejectAll();
    this.#become({ kind: 'closed', why });
  }

  #rejectAll(): void {
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  }

  #invoke(call: string, input: unknown): Promise<Reply> {
    if (this.#connection.kind === 'closed') return Promise.reject(gone());
    this.#lastId += 1;
    const id = this.#lastId;
    const frame = input === undefined ? { id, call } : { id, call, input };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { frame, resolve, reject });
      if (this.#connection.kind === 'open') this.#send(frame);
    });
  }

  #listen(name: string, listener: (payload: unknown) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }
}
