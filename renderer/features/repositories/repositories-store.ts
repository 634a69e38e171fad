/** The list of repositories as the window caches it. Made with the bridge; knows no React. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { namesAtOnce } from '../../../shared/ipc/app.ts';
import type { Bridge, CallOutput } from '../../../shared/ipc/bridge.ts';
import type { RepositoryRow } from '../../../shared/ipc/repositories.ts';
import type { WireError } from '../../../shared/errors.ts';
import { idle, type Loadable, loaded, ready, reloading } from '../../bridge/loadable.ts';
import { toWireError } from '../../copy/error-text.ts';
import type { RowFilter, RowSort, SortColumn } from './row-order.ts';

export type AddResults = CallOutput<'repositories.add'>;

export type Refresh =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly done: number; readonly total: number }
  | { readonly kind: 'failed'; readonly error: WireError };

export interface RepositoriesState {
  readonly rows: Loadable<readonly RepositoryRow[]>;
  readonly refresh: Refresh;
  readonly query: string;
  readonly filter: RowFilter;
  readonly sort: RowSort;
  readonly load: () => Promise<void>;
  readonly refreshAll: () => Promise<void>;
  /** Reads those that were never read, each once: a row of "not read" helps nobody. */
  readonly readNew: () => Promise<void>;
  readonly add: (references: readonly string[]) => Promise<AddResults>;
  readonly hide: (gun: string) => Promise<void>;
  readonly setQuery: (query: string) => void;
  readonly setFilter: (filter: RowFilter) => void;
  /** The same column again turns the order round. */
  readonly sortBy: (column: SortColumn) => void;
}

export type RepositoriesStore = StoreApi<RepositoriesState>;

/** Replaces the row of the same repository, or adds it. */
function withRow(rows: Loadable<readonly RepositoryRow[]>, row: RepositoryRow): typeof rows {
  if (rows.kind !== 'ready') return rows;
  const at = rows.value.findIndex(({ gun }) => gun === row.gun);
  return ready(at < 0 ? [...rows.value, row] : rows.value.with(at, row));
}

/** GUNs of rows without any verified data that were not asked for yet. */
function unread(rows: Loadable<readonly RepositoryRow[]>, asked: ReadonlySet<string>): readonly string[] {
  const all = rows.kind === 'ready' ? rows.value : [];
  return all
    .filter(({ gun, freshness }) => freshness.kind === 'never' && !asked.has(gun))
    .map(({ gun }) => gun);
}

/** As many at a time as main takes in one call. */
function inParts(names: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(names.length / namesAtOnce);
  return Array.from({ length: count }, (_, part) =>
    names.slice(part * namesAtOnce, (part + 1) * namesAtOnce),
  );
}

export function createRepositoriesStore(bridge: Bridge): RepositoriesStore {
  const asked = new Set<string>();
  const store = createStore<RepositoriesState>()((set, get) => ({
    rows: idle,
    refresh: { kind: 'idle' },
    query: '',
    filter: 'all',
    sort: { column: 'gun', descending: false },
    load: async () => {
      set(({ rows }) => ({ rows: reloading(rows) }));
      set({ rows: await loaded(bridge.repositories.list()) });
    },
    refreshAll: async () => {
      const { rows, refresh } = get();
      if (refresh.kind === 'running') return;
      set({ refresh: { kind: 'running', done: 0, total: rows.kind === 'ready' ? rows.value.length : 0 } });
      try {
        await bridge.repositories.refresh({});
        set({ refresh: { kind: 'idle' } });
      } catch (thrown) {
        set({ refresh: { kind: 'failed', error: toWireError(thrown) } });
      }
    },
    readNew: async () => {
      const guns = unread(get().rows, asked);
      if (guns.length === 0) return;
      for (const gun of guns) asked.add(gun);
      try {
        for (const part of inParts(guns)) await bridge.repositories.refresh({ guns: [...part] });
      } catch (thrown) {
        set({ refresh: { kind: 'failed', error: toWireError(thrown) } });
      }
    },
    add: async (references) => {
      const results: AddResults = [];
      for (const part of inParts(references)) {
        results.push(...(await bridge.repositories.add({ references: [...part] })));
      }
      await get().load();
      return results;
    },
    hide: async (gun) => {
      await bridge.repositories.hide({ gun });
      await get().load();
    },
    setQuery: (query) => set({ query }),
    setFilter: (filter) => set({ filter }),
    sortBy: (column) =>
      set(({ sort }) => ({ sort: { column, descending: sort.column === column && !sort.descending } })),
  }));
  bridge.on('repositories.changed', (rows) => store.setState({ rows: ready(rows) }));
  bridge.on('repositories.refreshed', ({ done, total, row }) =>
    store.setState((state) => ({
      rows: row === undefined ? state.rows : withRow(state.rows, row),
      refresh: state.refresh.kind === 'running' ? { kind: 'running', done, total } : state.refresh,
    })),
  );
  return store;
}
