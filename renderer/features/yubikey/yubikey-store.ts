/** Tokens as the window sees them: what is plugged in, what is in their slots. Made with the bridge; told of every change. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import type {
  GenerateWish,
  PutResult,
  PutWish,
  TokenDeviceView,
  TokenSlots,
  YubikeyState,
} from '../../../shared/ipc/yubikey.ts';
import { idle, type Loadable, loaded, ready, reloading } from '../../bridge/loadable.ts';

/** What is being done in a sheet. */
export type YubikeyAct =
  /** `slot`: a certificate there waits for its key. `key`: the ID it has. */
  | { readonly kind: 'put'; readonly serial: string; readonly slot?: string; readonly key?: string }
  | { readonly kind: 'generate'; readonly serial: string }
  | { readonly kind: 'name'; readonly serial: string };

export interface YubikeyStoreState {
  readonly state: Loadable<YubikeyState>;
  /** Of the device that is looked at; the first one when it is not plugged in. */
  readonly chosen: string | undefined;
  /** By serial number, as last read. */
  readonly contents: ReadonlyMap<string, Loadable<TokenSlots>>;
  /** The slot that is looked at. */
  readonly slot: string | undefined;
  readonly act: YubikeyAct | undefined;
  readonly load: () => Promise<void>;
  readonly loadSlots: (serial: string) => Promise<void>;
  readonly choose: (serial: string) => void;
  readonly setSlot: (slot: string | undefined) => void;
  readonly begin: (act: YubikeyAct) => void;
  readonly end: () => void;
  /** The keys in files of this computer. */
  readonly ownKeys: () => Promise<readonly KeyRow[]>;
  readonly put: (wish: PutWish) => Promise<PutResult>;
  readonly generate: (wish: GenerateWish) => Promise<PutResult>;
  readonly exportPublic: (serial: string, key: string) => Promise<string>;
  readonly changePin: (serial: string) => Promise<void>;
  readonly changePuk: (serial: string) => Promise<void>;
  readonly unblock: (serial: string) => Promise<void>;
  readonly name: (serial: string, name: string) => Promise<void>;
  readonly lock: () => Promise<void>;
  readonly chooseLibrary: () => Promise<void>;
  readonly useUsualLibrary: () => Promise<void>;
}

export type YubikeyStore = StoreApi<YubikeyStoreState>;

/** The devices that are plugged in. */
export function devicesOf({ state }: Pick<YubikeyStoreState, 'state'>): readonly TokenDeviceView[] {
  return state.kind === 'ready' && state.value.kind === 'ready' ? state.value.devices : [];
}

/** The device that is looked at. */
export function deviceOf(store: Pick<YubikeyStoreState, 'state' | 'chosen'>): TokenDeviceView | undefined {
  const devices = devicesOf(store);
  return devices.find(({ serial }) => serial === store.chosen) ?? devices[0];
}

export function createYubikeyStore(bridge: Bridge): YubikeyStore {
  const { yubikey, keys } = bridge;
  const store = createStore<YubikeyStoreState>()((set, get) => {
    const thenLook = async (put: Promise<PutResult>): Promise<PutResult> => {
      const result = await put;
      await get().loadSlots(result.serial);
      set({ chosen: result.serial, slot: result.slot });
      return result;
    };
    const setContents = (
      serial: string,
      change: (last: Loadable<TokenSlots>) => Loadable<TokenSlots>,
    ): void =>
      set(({ contents }) => ({
        contents: new Map(contents).set(serial, change(contents.get(serial) ?? idle)),
      }));
    return {
      state: idle,
      chosen: undefined,
      contents: new Map(),
      slot: undefined,
      act: undefined,
      load: async () => {
        set(({ state }) => ({ state: reloading(state) }));
        set({ state: await loaded(yubikey.state()) });
      },
      loadSlots: async (serial) => {
        setContents(serial, reloading);
        const read = await loaded(yubikey.slots({ serial }));
        setContents(serial, () => read);
      },
      choose: (chosen) => set({ chosen, slot: undefined }),
      setSlot: (slot) => set({ slot }),
      begin: (act) => set({ act }),
      end: () => set({ act: undefined }),
      ownKeys: async () =>
        (await keys.list()).keys.filter(({ place, sandbox }) => place.kind === 'file' && !sandbox),
      put: (wish) => thenLook(yubikey.put(wish)),
      generate: (wish) => thenLook(yubikey.generate(wish)),
      exportPublic: async (serial, key) => (await yubikey.exportPublic({ serial, key })).place,
      changePin: (serial) => yubikey.changePin({ serial }),
      changePuk: (serial) => yubikey.changePuk({ serial }),
      unblock: (serial) => yubikey.unblock({ serial }),
      name: (serial, name) => yubikey.name({ serial, name }),
      lock: () => yubikey.lock(),
      chooseLibrary: () => yubikey.chooseLibrary(),
      useUsualLibrary: () => yubikey.useUsualLibrary(),
    };
  });
  bridge.on('yubikey.changed', (state) => store.setState({ state: ready(state) }));
  return store;
}
