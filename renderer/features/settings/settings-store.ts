/** Settings as main keeps them. Every act answers with the new view; nothing is decided here. Made with the bridge. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge, CallInput } from '../../../shared/ipc/bridge.ts';
import type { SettingsView } from '../../../shared/ipc/settings.ts';
import type { WireError } from '../../../shared/errors.ts';
import { idle, type Loadable, loaded, ready, reloading } from '../../bridge/loadable.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';

export type Theme = SettingsView['theme'];
export type NewServer = CallInput<'settings.addServer'>;

export interface SettingsState {
  readonly view: Loadable<SettingsView>;
  /** The last act that failed; the next act clears it. */
  readonly failure: WireError | undefined;
  /** The sheet for another trust server is open. */
  readonly adding: boolean;
  readonly load: () => Promise<void>;
  readonly setTheme: (theme: Theme) => Promise<boolean>;
  /** These answer true when it was done, false when it failed or the person changed their mind. */
  readonly addServer: (server: NewServer) => Promise<boolean>;
  readonly removeServer: (id: string) => Promise<boolean>;
  readonly addCa: (server: string) => Promise<boolean>;
  readonly removeCa: (server: string, sha256: string) => Promise<boolean>;
  readonly chooseTrustDirectory: () => Promise<boolean>;
  readonly clearFailure: () => void;
  readonly setAdding: (adding: boolean) => void;
}

export type SettingsStore = StoreApi<SettingsState>;

export function createSettingsStore(bridge: Bridge): SettingsStore {
  const store = createStore<SettingsState>()((set) => {
    const act = async (call: Promise<SettingsView>): Promise<boolean> => {
      set({ failure: undefined });
      try {
        set({ view: ready(await call) });
        return true;
      } catch (thrown) {
        const failure = toWireError(thrown);
        if (!isCancelled(failure)) set({ failure });
        return false;
      }
    };
    return {
      view: idle,
      failure: undefined,
      adding: false,
      load: async () => {
        set(({ view }) => ({ view: reloading(view) }));
        set({ view: await loaded(bridge.settings.get()) });
      },
      setTheme: (theme) => act(bridge.settings.setTheme({ theme })),
      addServer: (server) => act(bridge.settings.addServer(server)),
      removeServer: (id) => act(bridge.settings.removeServer({ id })),
      addCa: (server) => act(bridge.settings.addServerCa({ server })),
      removeCa: (server, sha256) => act(bridge.settings.removeServerCa({ server, sha256 })),
      chooseTrustDirectory: () => act(bridge.settings.chooseTrustDirectory()),
      clearFailure: () => set({ failure: undefined }),
      setAdding: (adding) => set({ adding }),
    };
  });
  bridge.on('settings.changed', (view) => store.setState({ view: ready(view) }));
  return store;
}
