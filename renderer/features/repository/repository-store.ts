/**
 * One open repository: its facts, its tags, what the registry holds beside them. Made with the bridge; knows no React.
 * The window caches what main verified; it decides nothing about trust.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge, CallOutput } from '../../../shared/ipc/bridge.ts';
import type { RepositoryDetail, RepositoryRow } from '../../../shared/ipc/repositories.ts';
import type { WireError } from '../../../shared/errors.ts';
import { idle, type Loadable, loaded, ready, reloading } from '../../bridge/loadable.ts';
import { toWireError } from '../../copy/error-text.ts';
import { batchSize, withAnswers, withAsking, withFailure } from './registry-compare.ts';
import { indexTags, type RegistryState, type TagIndex, type TagSegment } from './tag-view.ts';

export type RawMetadata = CallOutput<'repositories.rawMetadata'>;
export type UnsignedTags = CallOutput<'repositories.unsignedTags'>;

export type Comparing =
  { readonly kind: 'idle' } | { readonly kind: 'running'; readonly done: number; readonly total: number };

export interface RawView {
  readonly role: string;
  readonly version: number | undefined;
  readonly content: Loadable<RawMetadata>;
}

export interface RepositoryState {
  readonly gun: string;
  readonly detail: Loadable<RepositoryDetail>;
  readonly tags: Loadable<TagIndex>;
  readonly unsigned: Loadable<UnsignedTags>;
  /** By tag; a tag that is not in it was not asked yet. */
  readonly registry: ReadonlyMap<string, RegistryState>;
  readonly comparing: Comparing;
  readonly refreshing: boolean;
  readonly refreshError: WireError | undefined;
  readonly segment: TagSegment;
  readonly query: string;
  /** The tag whose detail is shown. */
  readonly active: string | undefined;
  readonly selected: ReadonlySet<string>;
  readonly raw: RawView | undefined;
  readonly load: () => Promise<void>;
  /** What may be done with it, and where its keys are, without its tags: a token came or went. */
  readonly loadDetail: () => Promise<void>;
  readonly refresh: () => Promise<void>;
  /** Asks the registry for those of `tags` that were not asked yet. */
  readonly compare: (tags: readonly string[]) => Promise<void>;
  /** Asks for every signed tag, in batches, until done or stopped. */
  readonly compareAll: () => Promise<void>;
  readonly stopComparing: () => void;
  readonly loadUnsigned: () => Promise<void>;
  readonly showRaw: (role: string, version?: number) => Promise<void>;
  readonly setSegment: (segment: TagSegment) => void;
  readonly setQuery: (query: string) => void;
  readonly setActive: (tag: string | undefined) => void;
  readonly select: (tags: ReadonlySet<string>) => void;
  /** Stops listening to main. */
  readonly dispose: () => void;
}

export type RepositoryStore = StoreApi<RepositoryState>;

type Initial = Omit<
  RepositoryState,
  | 'load'
  | 'loadDetail'
  | 'refresh'
  | 'compare'
  | 'compareAll'
  | 'stopComparing'
  | 'loadUnsigned'
  | 'showRaw'
  | 'setSegment'
  | 'setQuery'
  | 'setActive'
  | 'select'
  | 'dispose'
>;

const initial = (gun: string): Initial => ({
  gun,
  detail: idle,
  tags: idle,
  unsigned: idle,
  registry: new Map(),
  comparing: { kind: 'idle' },
  refreshing: false,
  refreshError: undefined,
  segment: 'signed',
  query: '',
  active: undefined,
  selected: new Set(),
  raw: undefined,
});

function indexed(tags: Loadable<CallOutput<'repositories.tags'>>): Loadable<TagIndex> {
  return tags.kind === 'ready' ? ready(indexTags(tags.value)) : tags;
}

export function createRepositoryStore(bridge: Bridge, gun: string): RepositoryStore {
  const store: RepositoryStore = createStore<RepositoryState>()((set, get) => ({
    ...initial(gun),
    load: async () => {
      set(({ detail, tags }) => ({ detail: reloading(detail), tags: reloading(tags) }));
      const [detail, tags] = await Promise.all([
        loaded(bridge.repositories.detail({ gun })),
        loaded(bridge.repositories.tags({ gun })),
      ]);
      set({ detail, tags: indexed(tags) });
      if (tags.kind === 'ready' && !isBeside(get().segment)) keepSelected(store, tags.value.tags);
    },
    loadDetail: async () => {
      const detail = await loaded(bridge.repositories.detail({ gun }));
      set({ detail });
    },
    refresh: async () => {
      if (get().refreshing) return;
      set({ refreshing: true, refreshError: undefined });
      try {
        await bridge.repositories.refresh({ guns: [gun] });
        set({ registry: new Map(), unsigned: idle });
        await get().load();
      } catch (thrown) {
        set({ refreshError: toWireError(thrown) });
      } finally {
        set({ refreshing: false });
      }
    },
    compare: (tags) => compare(bridge, store, tags),
    compareAll: () => compareAll(store),
    stopComparing: () => set({ comparing: { kind: 'idle' } }),
    loadUnsigned: async () => {
      set(({ unsigned }) => ({ unsigned: reloading(unsigned) }));
      const unsigned = await loaded(bridge.repositories.unsignedTags({ gun }));
      set({ unsigned });
      if (isBeside(get().segment)) keepSelected(store, namesOf(unsigned));
    },
    showRaw: async (role, version) => {
      const isShown = (): boolean => get().raw?.role === role && get().raw?.version === version;
      if (!isShown()) set({ raw: { role, version, content: { kind: 'loading' } } });
      const input = version === undefined ? { gun, role } : { gun, role, version };
      const content = await loaded(bridge.repositories.rawMetadata(input));
      if (isShown()) set({ raw: { role, version, content } });
    },
    setSegment: (segment) => set({ segment, active: undefined, selected: new Set() }),
    setQuery: (query) => set({ query }),
    setActive: (active) => set({ active }),
    select: (selected) => set({ selected }),
    dispose: bridge.on('repositories.changed', (rows) => adoptRow(store, rows)),
  }));
  return store;
}

/** Segments that show other tags than the signed ones. */
function isBeside(segment: TagSegment): boolean {
  return segment === 'unsigned' || segment === 'unreleased';
}

function namesOf(unsigned: Loadable<UnsignedTags>): readonly string[] {
  if (unsigned.kind !== 'ready' || unsigned.value.kind !== 'tags') return [];
  const { tags, unreleased } = unsigned.value;
  return [...tags, ...unreleased.map(({ tag }) => tag)];
}

/** Ticks on tags that are gone (revoked, or signed by now) would act on nothing. */
function keepSelected(store: RepositoryStore, names: readonly string[]): void {
  const { selected, select } = store.getState();
  if (selected.size === 0) return;
  const present = new Set(names);
  const kept = [...selected].filter((name) => present.has(name));
  if (kept.length < selected.size) select(new Set(kept));
}

/** Main checked the repository again by itself: what is shown must be what was verified last. */
function adoptRow(store: RepositoryStore, rows: readonly RepositoryRow[]): void {
  const { gun, detail, refreshing, load } = store.getState();
  const row = rows.find((candidate) => candidate.gun === gun);
  if (row === undefined || detail.kind !== 'ready' || refreshing) return;
  const [before, after] = [detail.value.row.freshness, row.freshness];
  const moved = before.kind !== after.kind || ('at' in before && 'at' in after && before.at !== after.at);
  if (moved) void load();
}

async function compare(bridge: Bridge, store: RepositoryStore, tags: readonly string[]): Promise<void> {
  const { gun, registry } = store.getState();
  const asked = tags.filter((tag) => !registry.has(tag)).slice(0, 500);
  if (asked.length === 0) return;
  store.setState({ registry: withAsking(registry, asked) });
  const answers = await loaded(bridge.repositories.registryDigests({ gun, tags: asked }));
  store.setState((state) => {
    if (answers.kind === 'failed') return { registry: withFailure(state.registry, asked, answers.error) };
    if (answers.kind !== 'ready' || state.tags.kind !== 'ready') return {};
    return { registry: withAnswers(state.registry, state.tags.value.table, answers.value) };
  });
}

async function compareAll(store: RepositoryStore): Promise<void> {
  const { tags } = store.getState();
  if (tags.kind !== 'ready') return;
  const all = tags.value.table.tags;
  store.setState({ comparing: { kind: 'running', done: 0, total: all.length } });
  for (let at = 0; at < all.length; at += batchSize) {
    if (store.getState().comparing.kind !== 'running') return;
    await store.getState().compare(all.slice(at, at + batchSize));
    store.setState(({ comparing }) =>
      comparing.kind === 'running'
        ? { comparing: { ...comparing, done: Math.min(at + batchSize, all.length) } }
        : {},
    );
  }
  store.setState({ comparing: { kind: 'idle' } });
}
