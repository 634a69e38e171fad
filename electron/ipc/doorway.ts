/**
 * Everything behind the window, put together: services, prompts, checked calls in, checked events out.
 * Runs in the privileged process. The same for Electron and browser mode, which bring only the transport.
 */
import { randomBytes } from 'node:crypto';
import type { EventName } from '../../shared/ipc/bridge.ts';
import type { Log } from '../log/log.ts';
import { createBroker, type Broker } from '../prompts/broker.ts';
import { windowPrintedText } from '../prompts/printed-text.ts';
import type { FilePrompt } from '../prompts/prompts.ts';
import { processTimers, type Timers } from '../prompts/timers.ts';
import { windowPassphrase } from '../prompts/window-passphrase.ts';
import { windowConfirm } from '../prompts/window-prompts.ts';
import { windowTokenPrompts } from '../prompts/window-token.ts';
import { createDispatch, type Dispatch } from './dispatch.ts';
import { createHandlers, type Desktop } from './handlers.ts';
import { createEmit } from './outgoing.ts';
import type { ComposeForWindow, WindowSurroundings } from './window-services.ts';

export interface DoorwayParts extends Pick<
  WindowSurroundings,
  'mode' | 'version' | 'env' | 'startTokenProcess' | 'printer'
> {
  readonly compose: ComposeForWindow;
  readonly log: Log;
  readonly desktop: Desktop;
  /** Brings an event to the window; does nothing when there is none. */
  readonly send: (name: EventName, payload: unknown) => void;
  /** File choice: the system's dialog, or the window's. */
  readonly files: (broker: Broker) => FilePrompt;
  readonly timers?: Timers;
}

export interface Doorway {
  readonly dispatch: Dispatch;
  /** Call when the window is gone or reloads, and when the screen is locked: nobody is there to answer. */
  readonly cancelPrompts: () => void;
  /** The screen was locked: open questions are cancelled and remembered passphrases forgotten. */
  readonly lock: () => void;
  readonly close: () => Promise<void>;
}

const randomId = (bytes: number) => () => randomBytes(bytes).toString('hex');

/** Composes the services and opens the doorway. Throws an Error when a call of the contract has no handler. */
export async function openDoorway(parts: DoorwayParts): Promise<Doorway> {
  const { compose, log, desktop, send, files, mode, version, env, startTokenProcess, printer } = parts;
  const emit = createEmit(send, log);
  const broker = createBroker({ emit, newId: randomId(16), timers: parts.timers ?? processTimers });
  const secrets = {
    ...windowPassphrase(broker),
    ...windowPrintedText(broker),
    ...windowTokenPrompts(broker),
  };
  const prompts = { ...windowConfirm(broker), ...files(broker), ...secrets };
  const services = await compose({ mode, version, env, prompts, emit, log, startTokenProcess, printer });
  const handlers = createHandlers(services, desktop, broker);
  return {
    dispatch: createDispatch(handlers, { log, newId: randomId(4) }),
    cancelPrompts: broker.cancelAll,
    lock: () => {
      broker.cancelAll();
      services.lock.lock();
    },
    close: async () => {
      broker.cancelAll();
      await services.close();
    },
  };
}
