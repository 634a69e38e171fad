/** The embedded trust server and registry, as main reports them. Made with the bridge. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { SandboxStatus } from '../../../shared/ipc/sandbox.ts';
import { idle, type Loadable, loaded, ready } from '../../bridge/loadable.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';

export interface SandboxState {
  readonly status: Loadable<SandboxStatus>;
  /** An act that main has not answered yet. */
  readonly pending: 'start' | 'stop' | 'reset' | undefined;
  readonly load: () => Promise<void>;
  /** These answer true when the sandbox is in the state that was asked for. */
  readonly start: () => Promise<boolean>;
  readonly stop: () => Promise<boolean>;
  readonly reset: () => Promise<boolean>;
}

export type SandboxStore = StoreApi<SandboxState>;

/** It is set up and does not run, or could not. */
export function isSandboxStopped({ status }: SandboxState): boolean {
  return status.kind === 'ready' && (status.value.kind === 'stopped' || status.value.kind === 'failed');
}

/** Whether an image lies in the sandbox as it runs now; a reset gives it another address. */
export function isInSandbox(status: SandboxStatus, reference: string): boolean {
  return status.kind === 'running' && reference.startsWith(`${new URL(status.registry).host}/`);
}

export function createSandboxStore(bridge: Bridge): SandboxStore {
  const store = createStore<SandboxState>()((set) => {
    const act = async (
      pending: 'start' | 'stop' | 'reset',
      call: Promise<SandboxStatus>,
    ): Promise<boolean> => {
      set({ pending });
      try {
        const status = await call;
        set({ status: ready(status) });
        return status.kind !== 'failed';
      } catch (thrown) {
        const error = toWireError(thrown);
        if (!isCancelled(error))
          set({ status: ready({ kind: 'failed', error: { ...error, details: { ...error.details } } }) });
        return false;
      } finally {
        set({ pending: undefined });
      }
    };
    return {
      status: idle,
      pending: undefined,
      load: async () => set({ status: await loaded(bridge.sandbox.status()) }),
      start: () => act('start', bridge.sandbox.start()),
      stop: () => act('stop', bridge.sandbox.stop()),
      reset: () => act('reset', bridge.sandbox.reset()),
    };
  });
  bridge.on('sandbox.changed', (status) => store.setState({ status: ready(status) }));
  return store;
}
