/** Shows the question that the privileged side asks, one at a time, and brings back the answer. */
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { PassphraseQuestion } from './passphrase-question.tsx';
import { ChooseFile } from './choose-file.tsx';
import type { PromptsStore } from './prompts-store.ts';

interface PromptHostProps {
  readonly store: PromptsStore;
  /** Passphrases are asked for elsewhere: in the sheet of the plan that is being signed. */
  readonly isElsewhere: boolean;
}

export function PromptHost({ store, isElsewhere }: PromptHostProps) {
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
    case 'passphrase':
      return isElsewhere ? null : (
        <Sheet key={prompt.id} isOpen isAlert size="small" onClose={cancel} title="Passphrase">
          <PassphraseQuestion prompt={prompt} onAnswer={(value) => void answer(prompt.id, value)} />
        </Sheet>
      );
    case 'choose-file':
      return (
        <ChooseFile key={prompt.id} prompt={prompt} onAnswer={(value) => void answer(prompt.id, value)} />
      );
  }
}
