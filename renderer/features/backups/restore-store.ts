/** One restore from opening to the results. Made with the bridge, once for each opened sheet. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WireError } from '../../../shared/errors.ts';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type {
  Opener,
  Restored,
  RestoreItemView,
  RestorePlan,
  RestoreSource,
} from '../../../shared/ipc/backups.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';
import type { BackupsStore } from './backups-store.ts';

export interface RestoreState {
  readonly isBusy: boolean;
  readonly error: WireError | undefined;
  readonly plan: RestorePlan | undefined;
  /** IDs of items to bring back. */
  readonly chosen: ReadonlySet<string>;
  /** Those of them that may replace what is there. */
  readonly replacing: ReadonlySet<string>;
  readonly results: readonly Restored[] | undefined;
  readonly open: (source: RestoreSource, opener: Opener) => Promise<void>;
  readonly toggle: (item: RestoreItemView) => void;
  readonly restore: () => Promise<void>;
  /** Back to the choice of a backup. */
  readonly again: () => void;
}

export type RestoreStore = StoreApi<RestoreState>;

/** What can be brought back at all. */
export function isChoosable({ state }: RestoreItemView): boolean {
  return state === 'new' || state === 'different';
}

export function createRestoreStore(bridge: Bridge, backups: BackupsStore): RestoreStore {
  const calls = bridge.backups;
  return createStore<RestoreState>()((set, get) => {
    const busy = async (act: () => Promise<Partial<RestoreState>>): Promise<void> => {
      set({ isBusy: true, error: undefined });
      try {
        set(await backups.getState().work(act));
      } catch (thrown) {
        const error = toWireError(thrown);
        set({ error: isCancelled(error) ? undefined : error });
      }
      set({ isBusy: false });
    };
    return {
      isBusy: false,
      error: undefined,
      plan: undefined,
      chosen: new Set(),
      replacing: new Set(),
      results: undefined,
      open: (source, opener) =>
        busy(async () => {
          const plan = await calls.planRestore({ source, opener });
          // What is there already in another form stays as it is, until the person says otherwise.
          const chosen = plan.items.filter(({ state, kind }) => state === 'new' && kind !== 'settings');
          return { plan, chosen: new Set(chosen.map(({ id }) => id)), replacing: new Set() };
        }),
      toggle: ({ id, state }) =>
        set(({ chosen, replacing }) => {
          const isOn = !chosen.has(id);
          return {
            chosen: withOrWithout(chosen, id, isOn),
            replacing: withOrWithout(replacing, id, isOn && state === 'different'),
          };
        }),
      restore: () =>
        busy(async () => {
          const { plan, chosen, replacing } = get();
          if (plan === undefined) return {};
          const order = { id: plan.id, items: [...chosen], replace: [...replacing] };
          return { results: await calls.restore(order) };
        }),
      again: () => set({ plan: undefined, results: undefined, error: undefined }),
    };
  });
}

function withOrWithout(all: ReadonlySet<string>, id: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(all);
  if (isIn) next.add(id);
  else next.delete(id);
  return next;
}
