/**
 * The plan under review: made by main, shown, then published, saved or dropped. Made with the bridge.
 * It holds what main said of the plan and names it by its ID; nothing here decides what is signed.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WireError } from '../../../shared/errors.ts';
import type { Bridge, CallOutput, EventPayload } from '../../../shared/ipc/bridge.ts';
import type { PlanView, ReceiptView } from '../../../shared/ipc/plans.ts';
import { idle, type Loadable, loaded } from '../../bridge/loadable.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';

export type PublishStep = EventPayload<'plans.progress'>['step'];
export type Interrupted = CallOutput<'plans.unfinished'>[number];
export type StagedChange = CallOutput<'plans.stagedChanges'>[number];

export type Review =
  | { readonly kind: 'closed' }
  | { readonly kind: 'making'; readonly title: string }
  | {
      readonly kind: 'refused';
      readonly title: string;
      readonly error: WireError;
      /** What the person can choose between, when that is all that was missing. */
      readonly choices: Choices | undefined;
      readonly choose: (chosen: string) => Promise<void>;
    }
  | { readonly kind: 'reviewing'; readonly plan: PlanView; readonly error: WireError | undefined }
  | { readonly kind: 'publishing'; readonly plan: PlanView; readonly step: PublishStep | undefined }
  | { readonly kind: 'published'; readonly plan: PlanView; readonly receipt: ReceiptView };

/** What main does not guess: who acts, or which root key a new repository belongs to. */
export interface Choices {
  readonly kind: 'signAs' | 'rootKey';
  readonly options: readonly string[];
}

/** The answers so far; members of a call's input. */
export type Chosen = { readonly [kind in Choices['kind']]?: string };

export type PlanWork = (plans: Bridge['plans'], chosen: Chosen) => Promise<PlanView>;

export interface PlanState {
  readonly review: Review;
  readonly staged: Loadable<readonly StagedChange[]>;
  /** Publishes that were cut off, and what main found out about them; until the person has seen it. */
  readonly interrupted: readonly Interrupted[];
  /** Asks main for a plan and opens the review. */
  readonly make: (title: string, work: PlanWork, chosen?: Chosen) => Promise<void>;
  readonly publish: () => Promise<void>;
  readonly save: () => Promise<boolean>;
  /** A plan that was saved, here or elsewhere. */
  readonly open: () => Promise<void>;
  /** Signs the opened plan with the keys that are here. */
  readonly signSaved: () => Promise<void>;
  /** Drops the plan, or stops a publish before its upload. */
  readonly close: () => Promise<void>;
  readonly loadStaged: () => Promise<void>;
  /** Asks main what became of publishes that were cut off. Main tells each outcome once. */
  readonly askInterrupted: () => Promise<void>;
  readonly dismissInterrupted: () => void;
}

export type PlanStore = StoreApi<PlanState>;

/** @param onPublished told after each receipt, so that what is shown is read again */
export function createPlanStore(bridge: Bridge, onPublished: (gun: string) => void): PlanStore {
  const store = createStore<PlanState>()((set, get) => ({
    review: { kind: 'closed' },
    staged: idle,
    interrupted: [],
    make: async (title, work, chosen = {}) => {
      set({ review: { kind: 'making', title } });
      try {
        set({ review: { kind: 'reviewing', plan: await work(bridge.plans, chosen), error: undefined } });
      } catch (thrown) {
        const error = toWireError(thrown);
        const choices = choicesOf(error);
        const choose = (option: string): Promise<void> =>
          get().make(title, work, choices === undefined ? chosen : { ...chosen, [choices.kind]: option });
        set({ review: { kind: 'refused', title, error, choices, choose } });
      }
    },
    publish: async () => {
      const { review } = get();
      if (review.kind !== 'reviewing') return;
      const { plan } = review;
      set({ review: { kind: 'publishing', plan, step: undefined } });
      try {
        const receipt = await bridge.plans.publish({ id: plan.id });
        set({ review: { kind: 'published', plan, receipt } });
        onPublished(plan.gun);
        await get().loadStaged();
      } catch (thrown) {
        const error = toWireError(thrown);
        // Cancelling is no failure: back to the review, with everything as it was.
        set({ review: { kind: 'reviewing', plan, error: isCancelled(error) ? undefined : error } });
        if (!isCancelled(error)) await get().askInterrupted();
      }
    },
    save: async () => {
      const { review } = get();
      if (review.kind !== 'reviewing') return false;
      try {
        await bridge.plans.save({ id: review.plan.id });
        return true;
      } catch (thrown) {
        const error = toWireError(thrown);
        if (!isCancelled(error)) set({ review: { ...review, error } });
        return false;
      }
    },
    open: async () => {
      const title = 'Open a saved plan';
      try {
        const plan = await bridge.plans.open();
        set({ review: { kind: 'reviewing', plan, error: undefined } });
      } catch (thrown) {
        const error = toWireError(thrown);
        if (isCancelled(error)) return;
        const choose = (): Promise<void> => Promise.resolve();
        set({ review: { kind: 'refused', title, error, choices: undefined, choose } });
      }
    },
    signSaved: async () => {
      const { review } = get();
      if (review.kind !== 'reviewing') return;
      const { plan } = review;
      set({ review: { kind: 'publishing', plan, step: 'signing' } });
      try {
        const signed = await bridge.plans.signSaved({ id: plan.id });
        set({ review: { kind: 'reviewing', plan: signed, error: undefined } });
      } catch (thrown) {
        const error = toWireError(thrown);
        set({ review: { kind: 'reviewing', plan, error: isCancelled(error) ? undefined : error } });
      }
    },
    close: async () => {
      const { review } = get();
      if (review.kind === 'publishing') {
        await bridge.plans.cancel({ id: review.plan.id });
        return;
      }
      set({ review: { kind: 'closed' } });
      if (review.kind === 'reviewing') await bridge.plans.discard({ id: review.plan.id });
    },
    loadStaged: async () => {
      set({ staged: await loaded(bridge.plans.stagedChanges()) });
    },
    askInterrupted: async () => {
      const found = await loaded(bridge.plans.unfinished());
      // A journal that cannot be read is named by the next publish; it hides nothing here.
      if (found.kind === 'ready') set({ interrupted: withNews(get().interrupted, found.value) });
    },
    dismissInterrupted: () => set({ interrupted: [] }),
  }));
  bridge.on('plans.progress', ({ id, step }) => {
    const { review } = store.getState();
    if (review.kind === 'publishing' && review.plan.id === id)
      store.setState({ review: { ...review, step } });
  });
  return store;
}

/** An outcome that was not known before replaces its question; everything else that was found stays until seen. */
function withNews(known: readonly Interrupted[], news: readonly Interrupted[]): readonly Interrupted[] {
  return [...known.filter(({ outcome }) => outcome !== 'unknown'), ...news];
}

/** SECURITY: among several signers or root keys main never guesses; the person says which. */
function choicesOf({ code, details }: WireError): Choices | undefined {
  if (code === 'signer/choose' && 'names' in details) return { kind: 'signAs', options: details.names };
  if (code === 'plan/choose-root-key' && 'keyIds' in details)
    return { kind: 'rootKey', options: [...details.keyIds, 'new'] };
  return undefined;
}
