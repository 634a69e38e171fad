/**
 * Questions of the privileged side, in the order they came. Made with the bridge.
 * SECURITY: answers go to main with the prompt's one-time ID and are kept nowhere here, but for the text of a recovery sheet:
 * an encrypted key, which nobody wants to type again because of one letter.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge, CallInput } from '../../../shared/ipc/bridge.ts';
import type { Prompt } from '../../../shared/ipc/prompts.ts';

export type Answer = CallInput<'prompts.answer'>['value'];

export interface PromptsState {
  readonly queue: readonly Prompt[];
  /** What was typed of a recovery sheet, while main says what is wrong with it. */
  readonly draft: string;
  /** Takes the prompt down at once; main closes it for good. */
  readonly answer: (id: string, value: Answer) => Promise<void>;
  /** The connection is gone: main has cancelled them all, and nothing typed now may wait for whoever comes next. */
  readonly dropAll: () => void;
}

export type PromptsStore = StoreApi<PromptsState>;

export function createPromptsStore(bridge: Bridge): PromptsStore {
  const store = createStore<PromptsState>()((set) => ({
    queue: [],
    draft: '',
    answer: async (id, value) => {
      set(({ queue, draft }) => ({
        queue: queue.filter((prompt) => prompt.id !== id),
        draft: draftAfter(
          draft,
          queue.find((prompt) => prompt.id === id),
          value,
        ),
      }));
      await bridge.prompts.answer({ id, value });
    },
    dropAll: () => set({ queue: [], draft: '' }),
  }));
  const without = (id: string) => (state: PromptsState) => ({
    queue: state.queue.filter((prompt) => prompt.id !== id),
  });
  bridge.on('prompts.asked', (prompt) =>
    store.setState((state) => ({
      queue: [...without(prompt.id)(state).queue, prompt],
      draft: isAskedAgain(prompt) ? state.draft : '',
    })),
  );
  bridge.on('prompts.closed', ({ id }) => store.setState(without(id)));
  bridge.on('prompts.textTaken', () => store.setState({ draft: '' }));
  return store;
}

/** Main wants the text of a sheet once more, or its next part. */
function isAskedAgain(prompt: Prompt): boolean {
  return prompt.kind === 'printed-text' && prompt.what === 'sheet-code' && prompt.problem !== undefined;
}

/** Parts that were taken come back too when they do not fit together. */
function draftAfter(draft: string, prompt: Prompt | undefined, value: Answer): string {
  if (prompt?.kind !== 'printed-text' || prompt.what !== 'sheet-code' || value.kind !== 'text') return '';
  return prompt.have === 0 ? value.text : `${draft}\n${value.text}`;
}

/** What the question begins with: nothing where main has the parts so far and waits for the next. */
export function draftFor(prompt: Prompt, draft: string): string {
  return isAskedAgain(prompt) && prompt.kind === 'printed-text' && prompt.have === 0 ? draft : '';
}
