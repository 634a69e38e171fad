/**
 * What the window calls: `bridge.keys.list()`, `bridge.on('sandbox.changed', show)`. Derived from the contract, so that
 * a call which the contract does not have does not compile. Pure; the transport brings the bytes across.
 * Must not know Electron, sockets or the DOM.
 */
import { AppError, type WireError } from '../errors.ts';
import type * as z from 'zod/mini';
import type { Call, Contract, Event } from './contract.ts';

type Noun<C> = keyof C & string;

/** The input as a parameter list: none for a call without input. */
type Parameters<I> = [I] extends [undefined] ? [] : [input: I];

type CallFunction<T> =
  T extends Call<infer I, infer O> ? (...input: Parameters<z.input<I>>) => Promise<z.output<O>> : never;

/** `noun.verb` of every call of a contract. */
export type CallName<C = Contract> = {
  [N in Noun<C>]: { [V in keyof C[N] & string]: C[N][V] extends Call ? `${N}.${V}` : never }[keyof C[N] &
    string];
}[Noun<C>];

/** `noun.verb` of every event of a contract. */
export type EventName<C = Contract> = {
  [N in Noun<C>]: { [V in keyof C[N] & string]: C[N][V] extends Event ? `${N}.${V}` : never }[keyof C[N] &
    string];
}[Noun<C>];

type At<C, Name> = Name extends `${infer N}.${infer V}`
  ? N extends keyof C
    ? V extends keyof C[N]
      ? C[N][V]
      : never
    : never
  : never;

/** What a call takes. `undefined` when it takes nothing. */
export type CallInput<Name extends string, C = Contract> =
  At<C, Name> extends Call<infer I> ? z.output<I> : never;
/** What a call answers. */
export type CallOutput<Name extends string, C = Contract> =
  At<C, Name> extends Call<z.ZodMiniType, infer O> ? z.output<O> : never;
/** What an event carries. */
export type EventPayload<Name extends string, C = Contract> =
  At<C, Name> extends Event<infer P> ? z.output<P> : never;

/** `bridge.<noun>.<verb>(input)`; rejects with `AppError` only. */
export type Calls<C = Contract> = {
  readonly [N in Noun<C>]: {
    readonly [V in keyof C[N] as C[N][V] extends Call ? V : never]: CallFunction<C[N][V]>;
  };
};

/** The window's whole view of the privileged side. */
export type Bridge<C = Contract> = Calls<C> & {
  /** Listens until the returned function is called. */
  readonly on: <Name extends EventName<C>>(
    name: Name,
    listener: (payload: EventPayload<Name, C>) => void,
  ) => () => void;
};

/** The answer to a call as it crosses: never an exception object, never a stack. */
export type Reply =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

/** Brings calls and events across: Electron's IPC, a WebSocket, or a fake in a test. */
export interface Transport {
  /** `name` is `noun.verb`. Rejects only when the other side is gone. */
  readonly invoke: (name: string, input: unknown) => Promise<Reply>;
  /** Calls `listener` for each event called `name`; the returned function stops that. */
  readonly listen: (name: string, listener: (payload: unknown) => void) => () => void;
}

/**
 * What the preload puts on `window.trustdesk` in Electron; absent in browser mode (see `socket.ts` there).
 * One function per call and event of the contract, keyed by `noun.verb`, and nothing else.
 */
export interface Exposed {
  readonly calls: Readonly<Record<string, (input: unknown) => Promise<Reply>>>;
  readonly events: Readonly<Record<string, (listener: (payload: unknown) => void) => () => void>>;
}

/** The transport over what the preload exposed. */
export function exposedTransport({ calls, events }: Exposed): Transport {
  const own = <T>(table: Readonly<Record<string, T>>, name: string): T => {
    const found = Object.hasOwn(table, name) ? table[name] : undefined;
    if (found === undefined) throw new Error(`${name} is not in the contract`);
    return found;
  };
  return {
    invoke: async (name, input) => own(calls, name)(input),
    listen: (name, listener) => own(events, name)(listener),
  };
}

/** The outcome as it was thrown on the other side, without its cause. */
export function fromWireError({ code, details }: WireError): AppError {
  return new AppError(code, details);
}

async function invoke(transport: Transport, name: string, input: unknown): Promise<unknown> {
  const reply = await transport.invoke(name, input);
  if (reply.ok) return reply.value;
  throw fromWireError(reply.error);
}

/**
 * The bridge over a transport. `contract` is only read for its names; what arrives was validated on the other side.
 * Calls reject with `AppError`.
 */
export function createBridge<C extends object = Contract>(contract: C, transport: Transport): Bridge<C> {
  const nouns = Object.entries(contract).map(([noun, verbs]: [string, object]) => {
    const calls = Object.entries(verbs)
      .filter(([, { kind }]: [string, Call | Event]) => kind === 'call')
      .map(([verb]) => [verb, (input: unknown) => invoke(transport, `${noun}.${verb}`, input)] as const);
    return [noun, Object.freeze(Object.fromEntries(calls))] as const;
  });
  const on = (name: string, listener: (payload: never) => void): (() => void) =>
    transport.listen(name, listener as (payload: unknown) => void);
  return Object.freeze({ ...Object.fromEntries(nouns), on }) as unknown as Bridge<C>;
}
