/** The activity log as main read and checked it. Made with the bridge. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge, CallOutput } from '../../../shared/ipc/bridge.ts';
import { idle, type Loadable, loaded, reloading } from '../../bridge/loadable.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';
import type { WireError } from '../../../shared/errors.ts';

export type ActivityView = CallOutput<'activity.list'>;

export interface ActivityState {
  readonly log: Loadable<ActivityView>;
  readonly exportError: WireError | undefined;
  readonly load: () => Promise<void>;
  /** True when a file was written. */
  readonly export: () => Promise<boolean>;
}

export type ActivityStore = StoreApi<ActivityState>;

export function createActivityStore(bridge: Bridge): ActivityStore {
  return createStore<ActivityState>()((set) => ({
    log: idle,
    exportError: undefined,
    load: async () => {
      set(({ log }) => ({ log: reloading(log) }));
      set({ log: await loaded(bridge.activity.list()) });
    },
    export: async () => {
      try {
        await bridge.activity.export();
        set({ exportError: undefined });
        return true;
      } catch (thrown) {
        const error = toWireError(thrown);
        set({ exportError: isCancelled(error) ? undefined : error });
        return false;
      }
    },
  }));
}
