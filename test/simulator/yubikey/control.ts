/**
 * The remote control of the software YubiKeys: one JSON line in, one JSON line out, over a Unix socket. Test code. Both
 * ends are here, so that they cannot disagree. A device is named by its place in the list, from 0.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Device, DeviceState, LogEntry } from './device.ts';
import type { Failure } from './failures.ts';
import type { Finger } from './touch.ts';

/** What each call takes and gives. */
export interface ControlCalls {
  insert: (input: object) => void;
  remove: (input: object) => void;
  finger: (input: { readonly finger: Finger; readonly limitMs?: number }) => void;
  touch: (input: object) => boolean;
  fail: (input: { readonly failure?: Failure }) => void;
  lastTry: (input: { readonly status: '6983' | '63c0' }) => void;
  state: (input: object) => DeviceState;
  log: (input: object) => readonly LogEntry[];
  clearLog: (input: object) => void;
  /** As it came from the factory. */
  restore: (input: object) => void;
  /** Ends the machine; no answer comes. */
  end: (input: object) => void;
  startService: (input: object) => void;
  /** Ends pcscd: the machine then has no PC/SC service. */
  stopService: (input: object) => void;
  /** Listens at the port, and carries each connection to the Unix socket. */
  listen: (input: Tunnel) => void;
  /** The other way round. */
  offer: (input: Tunnel) => void;
}
export interface Tunnel {
  readonly port: number;
  readonly socket: string;
}
export type ControlName = keyof ControlCalls;
export type Input<Name extends ControlName> = Parameters<ControlCalls[Name]>[0];
export type Output<Name extends ControlName> = ReturnType<ControlCalls[Name]>;

export type ControlHandlers = {
  readonly [Name in ControlName]: (
    input: Input<Name>,
    device: Device,
  ) => Output<Name> | Promise<Output<Name>>;
};

interface Request {
  readonly name: ControlName;
  readonly device: number;
  readonly input: object;
}
type Response = { readonly value?: unknown } | { readonly error: string };

async function answer(
  line: string,
  handlers: ControlHandlers,
  devices: readonly Device[],
): Promise<Response> {
  try {
    const { name, device: index, input } = JSON.parse(line) as Request;
    const device = devices[index];
    if (device === undefined || !(name in handlers)) throw new Error(`no such call: ${name} ${index}`);
    const handler = handlers[name] as (input: object, device: Device) => unknown;
    return { value: await handler(input, device) };
  } catch (error) {
    return { error: String(error) };
  }
}

function serve(socket: Socket, handlers: ControlHandlers, devices: readonly Device[]): void {
  socket.on('error', () => undefined);
  createInterface({ input: socket }).once('line', (line) => {
    void answer(line, handlers, devices).then((response) => socket.end(`${JSON.stringify(response)}\n`));
  });
}

export function serveControl(
  path: string,
  handlers: ControlHandlers,
  devices: readonly Device[],
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => serve(socket, handlers, devices)).once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

/** One call, over a connection of its own. */
export function callControl<Name extends ControlName>(
  path: string,
  name: Name,
  device: number,
  input: Input<Name>,
): Promise<Output<Name>> {
  return new Promise((resolve, reject) => {
    const socket = connect(path).once('error', reject);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.once('end', () => {
      const gone = { error: `the software YubiKey ended during ${name}` };
      const response = text === '' ? gone : (JSON.parse(text) as Response);
      if ('error' in response) reject(new Error(response.error));
      else resolve(response.value as Output<Name>);
    });
    socket.once('connect', () => socket.write(`${JSON.stringify({ name, device, input })}\n`));
  });
}
