/** Whose passphrases are remembered, and until when. Made with the bridge. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge, CallOutput } from '../../shared/ipc/bridge.ts';

export interface LockStateOfWindow {
  readonly state: CallOutput<'lock.state'>;
  readonly load: () => Promise<void>;
  readonly lock: () => Promise<void>;
}

export type LockStore = StoreApi<LockStateOfWindow>;

export function createLockStore(bridge: Bridge): LockStore {
  const store = createStore<LockStateOfWindow>()((set) => ({
    state: { unlocked: [] },
    load: async () => set({ state: await bridge.lock.state() }),
    lock: async () => set({ state: await bridge.lock.lock() }),
  }));
  bridge.on('lock.changed', (state) => store.setState({ state }));
  return store;
}
