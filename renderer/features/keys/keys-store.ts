/** The private keys on this computer as the window sees them: never their bytes. Made with the bridge. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge, CallOutput } from '../../../shared/ipc/bridge.ts';
import { idle, type Loadable, loaded, reloading } from '../../bridge/loadable.ts';

export type KeyList = CallOutput<'keys.list'>;

export interface KeysState {
  readonly list: Loadable<KeyList>;
  readonly query: string;
  /** ID of the key whose detail is shown. */
  readonly active: string | undefined;
  readonly load: () => Promise<void>;
  readonly setQuery: (query: string) => void;
  readonly setActive: (id: string | undefined) => void;
}

export type KeysStore = StoreApi<KeysState>;

export function createKeysStore(bridge: Bridge): KeysStore {
  return createStore<KeysState>()((set) => ({
    list: idle,
    query: '',
    active: undefined,
    load: async () => {
      set(({ list }) => ({ list: reloading(list) }));
      set({ list: await loaded(bridge.keys.list()) });
    },
    setQuery: (query) => set({ query }),
    setActive: (active) => set({ active }),
  }));
}
