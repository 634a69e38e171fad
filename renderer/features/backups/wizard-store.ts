/**
 * The backup wizard from "what" to "take it offline": what was chosen, what was written, what was proven. One store for
 * one opened wizard. Made with the bridge and the store of the screen.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WireError } from '../../../shared/errors.ts';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { CopyView, DrillView, Overview, WriteOrder, Written } from '../../../shared/ipc/backups.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';
import type { BackupsState, BackupsStore } from './backups-store.ts';
import { chosenKeys, type What } from './key-choice.ts';

export const wizardSteps = ['what', 'where', 'protect', 'write', 'prove', 'sheet', 'offline'] as const;
export type WizardStepId = (typeof wizardSteps)[number];

export interface WizardState {
  readonly step: number;
  readonly what: What;
  readonly guns: ReadonlySet<string>;
  readonly withMetadata: boolean;
  readonly withSettings: boolean;
  readonly places: readonly string[];
  readonly seal: WriteOrder['seal']['kind'];
  readonly recipients: string;
  readonly isBusy: boolean;
  readonly error: WireError | undefined;
  readonly results: readonly Written[];
  readonly drills: ReadonlyMap<string, DrillView>;
  /** Which copy is being proven. */
  readonly at: number;
  readonly change: (change: Partial<WizardChoices>) => void;
  readonly toggleGun: (gun: string) => void;
  readonly togglePlace: (id: string) => void;
  readonly addFolder: () => Promise<void>;
  readonly goTo: (step: number) => void;
  readonly write: (overview: Overview) => Promise<void>;
  readonly prove: (replug: boolean) => Promise<void>;
  /** Gives up waiting for the drive and proves the copy where it is. */
  readonly proveWithoutReplug: () => Promise<void>;
  readonly nextCopy: () => void;
  readonly stop: () => Promise<void>;
}

type WizardChoices = Pick<
  WizardState,
  'what' | 'withMetadata' | 'withSettings' | 'seal' | 'recipients' | 'error'
>;

export type WizardStore = StoreApi<WizardState>;

/** Copies that lie where they should. */
export function copiesOf({ results }: Pick<WizardState, 'results'>): readonly CopyView[] {
  return results.flatMap((result) => (result.ok ? [result.copy] : []));
}

export function recipientsIn(text: string): readonly string[] {
  return text.split(/\s+/).filter(Boolean);
}

const toggled = <T>(all: ReadonlySet<T>, one: T): ReadonlySet<T> => {
  const next = new Set(all);
  if (!next.delete(one)) next.add(one);
  return next;
};

/** Root keys, unless it is known that there are none here. */
function firstChoice({ overview }: Pick<BackupsState, 'overview'>): What {
  const isBare = overview.kind === 'ready' && !overview.value.keys.some(({ role }) => role === 'root');
  return isBare ? 'all' : 'root';
}

export function createWizardStore(bridge: Bridge, backups: BackupsStore): WizardStore {
  const calls = bridge.backups;
  return createStore<WizardState>()((set, get) => {
    /** Runs one piece of main's work; a failure is shown in the step, cancelling is not one. */
    const busy = async (act: () => Promise<void>): Promise<void> => {
      set({ isBusy: true, error: undefined });
      try {
        await backups.getState().work(act);
      } catch (thrown) {
        const error = toWireError(thrown);
        set({ error: isCancelled(error) ? undefined : error });
      } finally {
        set({ isBusy: false });
      }
    };
    return {
      step: 0,
      what: firstChoice(backups.getState()),
      guns: new Set(),
      withMetadata: false,
      withSettings: false,
      places: [],
      seal: 'passphrase',
      recipients: '',
      isBusy: false,
      error: undefined,
      results: [],
      drills: new Map(),
      at: 0,
      change: (change) => set(change),
      toggleGun: (gun) => set(({ guns }) => ({ guns: toggled(guns, gun) })),
      togglePlace: (id) => set(({ places }) => ({ places: [...toggled(new Set(places), id)] })),
      addFolder: async () => {
        try {
          const before = new Set(backups.getState().destinations.map(({ id }) => id));
          const destinations = await calls.addFolder();
          backups.setState({ destinations });
          const added = destinations.filter(({ id, readOnly }) => !before.has(id) && !readOnly);
          set(({ places }) => ({ places: [...places, ...added.map(({ id }) => id)], error: undefined }));
        } catch (thrown) {
          const error = toWireError(thrown);
          set({ error: isCancelled(error) ? undefined : error });
        }
      },
      goTo: (step) => set({ step, error: undefined }),
      write: async (overview) => {
        set({ step: wizardSteps.indexOf('write') });
        const present = new Set(backups.getState().destinations.map(({ id }) => id));
        const order = orderOf(get(), overview, present);
        // Gone back and forth without another place: what was written is there.
        if (order.to.length === 0) return;
        await busy(async () => {
          const results = await calls.write({ order });
          set((state) => ({ results: [...copiesKept(state, results), ...results], at: 0 }));
        });
      },
      prove: (replug) =>
        busy(async () => {
          const copy = copiesOf(get())[get().at];
          if (copy === undefined) return;
          const drill = await calls.prove({ copy: copy.id, replug });
          set(({ drills }) => ({ drills: new Map(drills).set(copy.id, drill) }));
        }),
      proveWithoutReplug: async () => {
        await calls.stop();
        await untilIdle(get);
        await get().prove(false);
      },
      nextCopy: () => set(({ at }) => ({ at: at + 1, error: undefined })),
      stop: async () => calls.stop(),
    };
  });
}

/** Main ends its work soon after it was stopped. */
async function untilIdle(get: () => WizardState): Promise<void> {
  while (get().isBusy) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Copies of an earlier try that are there already; only the places that failed are written again. */
function copiesKept({ results }: WizardState, fresh: readonly Written[]): readonly Written[] {
  return results.filter((result) => result.ok && fresh.every(({ to }) => to !== result.to));
}

/** `present`: places that are still there; a drive that was pulled out meanwhile is not written to. */
function orderOf(state: WizardState, overview: Overview, present: ReadonlySet<string>): WriteOrder {
  const { what, guns, withMetadata, withSettings, places, seal, recipients, results } = state;
  const there = new Set(results.flatMap((result) => (result.ok ? [result.to] : [])));
  const repositories =
    what === 'repositories' ? overview.repositories.filter((gun) => guns.has(gun)) : overview.repositories;
  return {
    keys: chosenKeys(overview, what, guns).map(({ id }) => id),
    repositories: withMetadata ? [...repositories] : [],
    settings: withSettings,
    to: places.filter((id) => present.has(id) && !there.has(id)),
    seal: seal === 'recipients' ? { kind: seal, recipients: [...recipientsIn(recipients)] } : { kind: seal },
  };
}
