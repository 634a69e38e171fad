/** Shows the question that the privileged side asks, one at a time, and brings back the answer. */
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { ChooseFile } from './choose-file.tsx';
import type { PromptsStore } from './prompts-store.ts';

export function PromptHost({ store }: { readonly store: PromptsStore }) {
  const { queue, answer } = useStore(store);
  const [prompt] = queue;
  if (prompt === undefined) return null;
  const cancel = (): void => void answer(prompt.id, { kind: 'cancel' });
  switch (prompt.kind) {
    case 'confirm':
      return (
        <Sheet
          key={prompt.id}
          isOpen
          isAlert
          size="small"
          onClose={cancel}
          title={prompt.title}
          actions={
            <>
              <Button onPress={cancel} autoFocus={prompt.destructive}>
                Cancel
              </Button>
              <Button
                tone={prompt.destructive ? 'danger' : 'primary'}
                autoFocus={!prompt.destructive}
                onPress={() => void answer(prompt.id, { kind: 'confirm' })}
              >
                {prompt.confirmLabel}
              </Button>
            </>
          }
        >
          <p className="prompt-text selectable">{prompt.text}</p>
        </Sheet>
      );
    case 'choose-file':
      return (
        <ChooseFile key={prompt.id} prompt={prompt} onAnswer={(value) => void answer(prompt.id, value)} />
      );
  }
}
