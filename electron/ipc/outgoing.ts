/**
 * Checks what is told to the window against the contract. Runs in the privileged process.
 */
import type * as z from 'zod/mini';
import { contract, type Call, type Event } from '../../shared/ipc/contract.ts';
import type { EventName } from '../../shared/ipc/bridge.ts';
import type { Log } from '../log/log.ts';
import type { Emit } from './handlers-of.ts';

const payloads = new Map<string, z.ZodMiniType>(
  Object.entries(contract).flatMap(([noun, verbs]) =>
    Object.entries(verbs as Record<string, Call | Event>).flatMap(([verb, entry]) =>
      entry.kind === 'event' ? [[`${noun}.${verb}`, entry.payload] as const] : [],
    ),
  ),
);

/**
 * An `Emit` that lets only valid payloads pass to `send`. An invalid one is a bug: logged, not sent, and not thrown,
 * since the work that it reports on goes on.
 */
export function createEmit(send: (name: EventName, payload: unknown) => void, log: Log): Emit {
  return (name, payload) => {
    const parsed = payloads.get(name)?.safeParse(payload);
    if (parsed?.success === true) send(name, parsed.data);
    else
      log.error(`${name} does not match the contract and was not sent`, {
        issues: parsed?.error.issues.length,
      });
  };
}
