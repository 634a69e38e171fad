/** The connection doctor: a target, and the steps as they come in. Made with the bridge. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { DoctorReport, DoctorStep } from '../../../shared/ipc/doctor.ts';
import type { WireError } from '../../../shared/errors.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';

export type Examination =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly target: string; readonly steps: readonly DoctorStep[] }
  | { readonly kind: 'ready'; readonly target: string; readonly report: DoctorReport }
  | { readonly kind: 'failed'; readonly target: string; readonly error: WireError };

export interface DoctorState {
  readonly isOpen: boolean;
  readonly target: string;
  readonly examination: Examination;
  /** Why the CA could not be trusted. */
  readonly trustError: WireError | undefined;
  /** Opens the panel; examines at once when a target is given. */
  readonly open: (target?: string) => void;
  readonly close: () => void;
  readonly setTarget: (target: string) => void;
  readonly run: () => Promise<void>;
  /** Trusts exactly the certificate that was shown, then examines again. */
  readonly trustCa: (server: string, sha256: string) => Promise<void>;
}

export type DoctorStore = StoreApi<DoctorState>;

export function createDoctorStore(bridge: Bridge): DoctorStore {
  const store = createStore<DoctorState>()((set, get) => ({
    isOpen: false,
    target: '',
    examination: { kind: 'idle' },
    trustError: undefined,
    open: (target) => {
      set({ isOpen: true, target: target ?? get().target });
      if (target !== undefined) void get().run();
    },
    close: () => set({ isOpen: false }),
    setTarget: (target) => set({ target }),
    run: async () => {
      const target = get().target.trim();
      if (target === '') return;
      set({ examination: { kind: 'running', target, steps: [] }, trustError: undefined });
      const examination = await examine(bridge, target);
      // A later examination may have been started meanwhile: its steps are the ones to show.
      if (get().examination.kind === 'running' && isOf(get().examination, target)) set({ examination });
    },
    trustCa: async (server, sha256) => {
      set({ trustError: undefined });
      try {
        await bridge.settings.trustShownCa({ server, sha256 });
        await get().run();
      } catch (thrown) {
        const trustError = toWireError(thrown);
        if (!isCancelled(trustError)) set({ trustError });
      }
    },
  }));
  bridge.on('doctor.step', ({ target, step }) =>
    store.setState(({ examination }) =>
      examination.kind === 'running' && examination.target === target
        ? { examination: { ...examination, steps: [...examination.steps, step] } }
        : {},
    ),
  );
  return store;
}

const isOf = (examination: Examination, target: string): boolean =>
  examination.kind !== 'idle' && examination.target === target;

async function examine(bridge: Bridge, target: string): Promise<Examination> {
  try {
    return { kind: 'ready', target, report: await bridge.doctor.run({ target }) };
  } catch (thrown) {
    return { kind: 'failed', target, error: toWireError(thrown) };
  }
}
