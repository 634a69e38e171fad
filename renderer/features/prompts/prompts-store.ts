/**
 * Questions of the privileged side, in the order they came. Made with the bridge.
 * SECURITY: answers go to main with the prompt's one-time ID and are kept nowhere here.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge, CallInput } from '../../../shared/ipc/bridge.ts';
import type { Prompt } from '../../../shared/ipc/prompts.ts';

export type Answer = CallInput<'prompts.answer'>['value'];

export interface PromptsState {
  readonly queue: readonly Prompt[];
  /** Takes the prompt down at once; main closes it for good. */
  readonly answer: (id: string, value: Answer) => Promise<void>;
}

export type PromptsStore = StoreApi<PromptsState>;

export function createPromptsStore(bridge: Bridge): PromptsStore {
  const store = createStore<PromptsState>()((set) => ({
    queue: [],
    answer: async (id, value) => {
      set(({ queue }) => ({ queue: queue.filter((prompt) => prompt.id !== id) }));
      await bridge.prompts.answer({ id, value });
    },
  }));
  const without = (id: string) => (state: PromptsState) => ({
    queue: state.queue.filter((prompt) => prompt.id !== id),
  });
  bridge.on('prompts.asked', (prompt) =>
    store.setState((state) => ({ queue: [...without(prompt.id)(state).queue, prompt] })),
  );
  bridge.on('prompts.closed', ({ id }) => store.setState(without(id)));
  return store;
}
