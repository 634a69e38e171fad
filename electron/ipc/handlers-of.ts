/**
 * The shape of the privileged side's answers to the contract: one handler per call, none missing, none too many.
 * Types only.
 */
import type * as z from 'zod/mini';
import type { Call, Contract } from '../../shared/ipc/contract.ts';
import type { EventName, EventPayload } from '../../shared/ipc/bridge.ts';

/** `undefined` as an answer is the normal end of a function or an asynchronous one. */
type Answer<O> = [O] extends [undefined] ? undefined | Promise<void> : O | Promise<O>;

type Handler<T> = T extends Call<infer I, infer O> ? (input: z.output<I>) => Answer<z.input<O>> : never;

/** A missing handler does not compile; one with other shapes neither. */
export type Handlers<C = Contract> = {
  readonly [N in keyof C]: {
    readonly [V in keyof C[N] as C[N][V] extends Call ? V : never]: Handler<C[N][V]>;
  };
};

/** Tells the window. Does nothing when there is none. */
export type Emit = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;
