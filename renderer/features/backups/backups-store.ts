/**
 * Backups as main told them, and which sheet is open over the screen. Made with the bridge.
 * It names keys, places and copies by ID; passphrases and files are main's to ask for.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WireError } from '../../../shared/errors.ts';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { DestinationView, Opener, Overview, Progress, VisitEnd } from '../../../shared/ipc/backups.ts';
import { idle, type Loadable, loaded, reloading } from '../../bridge/loadable.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';

export type BackupSheet =
  | { readonly kind: 'none' }
  | { readonly kind: 'wizard' }
  /** `copy`: the one to check, when it was chosen in the list. `paper`: begins with a recovery sheet. */
  | { readonly kind: 'check'; readonly copy?: string | undefined; readonly paper?: true }
  | { readonly kind: 'restore'; readonly copy?: string | undefined }
  /** Of this computer's keys, or of those in a copy. */
  | { readonly kind: 'sheet'; readonly copy?: string | undefined; readonly fromCopy?: boolean }
  | { readonly kind: 'shares'; readonly copy?: string | undefined };

export interface BackupsState {
  readonly overview: Loadable<Overview>;
  /** Drives and folders to write to, while a sheet is open. */
  readonly destinations: readonly DestinationView[];
  /** What main is doing right now. */
  readonly progress: Progress | undefined;
  readonly sheet: BackupSheet;
  /** An open sheet shows the questions of main itself. */
  readonly isWorking: boolean;
  /** Why the last act on the screen did not work. */
  readonly error: WireError | undefined;
  readonly load: () => Promise<void>;
  readonly show: (sheet: BackupSheet) => void;
  readonly close: () => Promise<void>;
  /** After the connection was lost or the window reloaded: main watches what an open sheet shows, or nothing. */
  readonly resume: () => Promise<void>;
  /** Marks the work of a sheet; rethrows its failure. */
  readonly work: <T>(act: () => Promise<T>) => Promise<T>;
  readonly takeOffline: (key: string) => Promise<boolean>;
  readonly bringBack: (key: string, opener: Opener, until?: VisitEnd) => Promise<boolean>;
  readonly sendAway: (key: string) => Promise<boolean>;
  readonly keepHere: (key: string) => Promise<boolean>;
  readonly forgetCopy: (copy: string) => Promise<boolean>;
  readonly settleInterrupted: (id: string) => Promise<boolean>;
  readonly clearError: () => void;
}

export type BackupsStore = StoreApi<BackupsState>;

export function createBackupsStore(bridge: Bridge): BackupsStore {
  const calls = bridge.backups;
  const store = createStore<BackupsState>()((set, get) => {
    const act = async (call: Promise<void>): Promise<boolean> => {
      try {
        await call;
        set({ error: undefined });
        return true;
      } catch (thrown) {
        const error = toWireError(thrown);
        set({ error: isCancelled(error) ? undefined : error });
        return false;
      }
    };
    return {
      overview: idle,
      destinations: [],
      progress: undefined,
      sheet: { kind: 'none' },
      isWorking: false,
      error: undefined,
      load: async () => {
        set(({ overview }) => ({ overview: reloading(overview) }));
        set({ overview: await loaded(calls.list()) });
      },
      show: (sheet) => {
        set({ sheet, error: undefined, progress: undefined });
        void get().resume();
      },
      close: async () => {
        set({ sheet: { kind: 'none' }, destinations: [], progress: undefined });
        await calls.leave();
      },
      resume: async () => {
        if (get().sheet.kind === 'none') {
          // A window that was reloaded with a sheet open: main still watches drives for it. Nothing is lost if not.
          await loaded(calls.leave());
          return;
        }
        const destinations = await loaded(calls.open());
        if (destinations.kind === 'ready') set({ destinations: destinations.value });
        else if (destinations.kind === 'failed') set({ error: destinations.error });
      },
      work: async (work) => {
        set({ isWorking: true, progress: undefined });
        try {
          return await work();
        } finally {
          set({ isWorking: false });
        }
      },
      takeOffline: (key) => act(calls.takeOffline({ key })),
      bringBack: (key, opener, until = 'publish') => act(calls.bringBack({ key, opener, until })),
      sendAway: (key) => act(calls.sendAway({ key })),
      keepHere: (key) => act(calls.keepHere({ key })),
      forgetCopy: (copy) => act(calls.forgetCopy({ copy })),
      settleInterrupted: (id) => act(calls.settleInterrupted({ id })),
      clearError: () => set({ error: undefined }),
    };
  });
  bridge.on('backups.changed', (overview) =>
    store.setState({ overview: { kind: 'ready', value: overview } }),
  );
  bridge.on('backups.destinations', (destinations) => store.setState({ destinations }));
  bridge.on('backups.progress', (progress) => store.setState({ progress }));
  return store;
}
