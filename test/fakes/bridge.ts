/**
 * A privileged side made of plain functions, for the window's tests and for looking at its screens.
 * Runs anywhere; ships nowhere. The bridge over it is the real one.
 */
import { AppError, isAppError } from '../../shared/errors.ts';
import {
  type Bridge,
  type CallInput,
  type CallName,
  type CallOutput,
  createBridge,
  type EventName,
  type EventPayload,
  type Transport,
} from '../../shared/ipc/bridge.ts';
import { contract } from '../../shared/ipc/contract.ts';

export type Handlers = {
  readonly [Name in CallName]?: (input: CallInput<Name>) => CallOutput<Name> | Promise<CallOutput<Name>>;
};

export interface FakeBridge {
  readonly bridge: Bridge;
  readonly transport: Transport;
  /** Every call so far, as `noun.verb` with its input. */
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  readonly emit: <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;
}

/** A call without a handler is refused with `ipc/refused`, as main would refuse one that it does not know. */
export function fakeBridge(handlers: Handlers): FakeBridge {
  const calls: { name: string; input: unknown }[] = [];
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const transport: Transport = {
    invoke: async (name, input) => {
      calls.push({ name, input });
      const handler = handlers[name as CallName] as ((input: unknown) => unknown) | undefined;
      try {
        if (handler === undefined) throw new AppError('ipc/refused', { channel: name });
        return { ok: true, value: await handler(input) };
      } catch (thrown) {
        if (!isAppError(thrown)) throw thrown;
        return { ok: false, error: { code: thrown.code, details: thrown.details } };
      }
    },
    listen: (name, listener) => {
      const those = listeners.get(name) ?? new Set();
      listeners.set(name, those.add(listener));
      return () => those.delete(listener);
    },
  };
  const emit = (name: string, payload: unknown): void => {
    for (const listener of listeners.get(name) ?? []) listener(payload);
  };
  return { bridge: createBridge(contract, transport), transport, calls, emit };
}
