/** What belongs to the window as a whole: where it is, what it says in passing, what main told about itself. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AppInfo } from '../../shared/ipc/app.ts';
import type { Bridge } from '../../shared/ipc/bridge.ts';
import type { RotatedRole } from '../features/plans/key-choices.ts';
import type { DelegationAct } from '../features/repository/repository-screen.tsx';
import { idle, type Loadable, loaded } from '../bridge/loadable.ts';
import type { ToastEntry } from '../ui/toast.tsx';
import { isSamePlace, type Route } from './routes.ts';

/** Sheets that the app itself opens over whatever is shown. */
export type OpenSheet =
  | 'add-repositories'
  | 'connect'
  | 'pending'
  | 'who'
  | { readonly kind: 'sign'; readonly gun: string; readonly chosen: readonly string[] }
  | { readonly kind: 'lost-keys'; readonly gun: string | undefined }
  | { readonly kind: 'add-signer'; readonly gun: string; readonly signer?: string | undefined }
  | { readonly kind: 'delegation'; readonly gun: string; readonly act: DelegationAct }
  | { readonly kind: 'rotate'; readonly gun: string; readonly role: RotatedRole }
  /** A repository that is named in the sheet, or the one that is open. */
  | { readonly kind: 'create'; readonly gun: string | undefined }
  | undefined;

export interface AppState {
  readonly info: Loadable<AppInfo>;
  readonly route: Route;
  readonly past: readonly Route[];
  readonly toasts: readonly ToastEntry[];
  readonly isPaletteOpen: boolean;
  readonly sheet: OpenSheet;
  readonly loadInfo: () => Promise<void>;
  readonly go: (route: Route) => void;
  /** Another tab of the same page: no step to go back. */
  readonly replace: (route: Route) => void;
  readonly back: () => void;
  /** The browser went back or forward by itself. */
  readonly arrive: (route: Route) => void;
  readonly say: (text: string, tone?: ToastEntry['tone']) => void;
  readonly setPaletteOpen: (open: boolean) => void;
  readonly setSheet: (sheet: OpenSheet) => void;
}

export type AppStore = StoreApi<AppState>;

/** How long a toast stays, in milliseconds. */
const toastLife = 2600;
const remembered = 50;
const start: Route = { screen: 'repositories' };

export function createAppStore(bridge: Bridge): AppStore {
  let lastToast = 0;
  return createStore<AppState>()((set, get) => ({
    info: idle,
    route: start,
    past: [],
    toasts: [],
    isPaletteOpen: false,
    sheet: undefined,
    loadInfo: async () => {
      const isFirst = get().info.kind === 'idle';
      const info = await loaded(bridge.app.info());
      set({ info });
      // Whoever went somewhere before the answer came stays there.
      const isUntouched = isFirst && get().route === start;
      if (isUntouched && info.kind === 'ready' && info.value.firstRun) set({ route: { screen: 'welcome' } });
    },
    go: (route) => set(({ route: here, past }) => ({ route, past: [...past, here].slice(-remembered) })),
    replace: (route) => set({ route }),
    back: () =>
      set(({ past }) => {
        const route = past.at(-1);
        return route === undefined ? {} : { route, past: past.slice(0, -1) };
      }),
    arrive: (route) =>
      set(({ route: here, past }) => {
        if (isSamePlace(here, route)) return {};
        const isBack = isSamePlace(past.at(-1), route);
        return { route, past: isBack ? past.slice(0, -1) : [...past, here].slice(-remembered) };
      }),
    say: (text, tone = 'ok') => {
      lastToast += 1;
      const id = lastToast;
      set(({ toasts }) => ({ toasts: [...toasts.slice(-2), { id, text, tone }] }));
      setTimeout(
        () => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
        toastLife,
      );
    },
    setPaletteOpen: (isPaletteOpen) => set({ isPaletteOpen }),
    setSheet: (sheet) => set({ sheet }),
  }));
}
