/** The private keys on this computer as the window sees them: never their bytes. Made with the bridge. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge, CallInput, CallOutput } from '../../../shared/ipc/bridge.ts';
import type {
  ChangeResult,
  ExportFormat,
  ImportResult,
  KeyRef,
  KeyRow,
  NewKey,
  RememberedWhere,
  Removal,
  StoredKeyView,
} from '../../../shared/ipc/keys.ts';
import { idle, type Loadable, loaded, reloading } from '../../bridge/loadable.ts';

export type KeyList = CallOutput<'keys.list'>;
export type CertificateWish = CallInput<'keys.certify'>;
/** What keys are called whose files do not say. */
export type ImportNames = CallInput<'keys.import'>;

/** What is being done in a sheet. */
export type KeyAct =
  | { readonly kind: 'generate' }
  | { readonly kind: 'import'; readonly wasDropped: boolean }
  | { readonly kind: 'export'; readonly keys: readonly KeyRow[] }
  | { readonly kind: 'change'; readonly key: KeyRow }
  | { readonly kind: 'certify'; readonly key: KeyRow }
  | { readonly kind: 'remove'; readonly key: KeyRow };

export interface KeysState {
  readonly list: Loadable<KeyList>;
  readonly query: string;
  /** `keyTag` of the key whose detail is shown. */
  readonly active: string | undefined;
  readonly act: KeyAct | undefined;
  readonly load: () => Promise<void>;
  readonly setQuery: (query: string) => void;
  readonly setActive: (active: string | undefined) => void;
  readonly begin: (act: KeyAct) => void;
  readonly end: () => void;
  readonly generate: (wish: NewKey) => Promise<StoredKeyView>;
  readonly importFiles: (names: ImportNames) => Promise<readonly ImportResult[]>;
  readonly exportTo: (keys: readonly KeyRef[], format: ExportFormat) => Promise<string>;
  readonly change: (key: KeyRef, shared: boolean) => Promise<readonly ChangeResult[]>;
  readonly certify: (wish: CertificateWish) => Promise<string>;
  readonly removalOf: (key: KeyRef) => Promise<Removal>;
  readonly remove: (key: KeyRef) => Promise<void>;
  readonly remembered: (key: KeyRef) => Promise<RememberedWhere>;
  readonly forget: (key: KeyRef) => Promise<void>;
}

export type KeysStore = StoreApi<KeysState>;

/** The same key may be in a file, on a token, and in the sandbox: each is a row of its own. */
export function keyTag({ id, sandbox, place }: KeyRef & { readonly place?: KeyRow['place'] }): string {
  if (place?.kind === 'yubikey') return `${place.serial} ${id}`;
  return sandbox ? `sandbox ${id}` : id;
}
export const refOf = ({ id, sandbox }: KeyRow): KeyRef => ({ id, sandbox });

export function createKeysStore(bridge: Bridge): KeysStore {
  const { keys } = bridge;
  return createStore<KeysState>()((set, get) => {
    const thenReload = async <T>(work: Promise<T>): Promise<T> => {
      const value = await work;
      await get().load();
      return value;
    };
    return {
      list: idle,
      query: '',
      active: undefined,
      act: undefined,
      load: async () => {
        set(({ list }) => ({ list: reloading(list) }));
        set({ list: await loaded(keys.list()) });
      },
      setQuery: (query) => set({ query }),
      setActive: (active) => set({ active }),
      begin: (act) => set({ act }),
      end: () => set({ act: undefined }),
      generate: async (wish) => {
        const made = await thenReload(keys.generate({ wish }));
        set({ active: keyTag({ id: made.id, sandbox: false }), query: '' });
        return made;
      },
      importFiles: (names) => thenReload(keys.import(names)),
      exportTo: async (chosen, format) => (await keys.export({ keys: [...chosen], format })).place,
      change: (key, shared) => thenReload(keys.change({ key, shared })),
      certify: async (wish) => (await keys.certify(wish)).place,
      removalOf: (key) => keys.removal({ key }),
      remove: (key) => thenReload(keys.remove({ key })),
      remembered: async (key) => (await keys.remembered({ key })).where,
      forget: (key) => keys.forget({ key }),
    };
  });
}
