/** Shows the question that the privileged side asks, one at a time, and brings back the answer. */
import { useStore } from 'zustand';
import { Sheet } from '../../ui/sheet.tsx';
import { ConfirmQuestion } from './confirm-question.tsx';
import { PassphraseQuestion } from './passphrase-question.tsx';
import { printedTitle, PrintedTextQuestion } from './printed-text-question.tsx';
import { TokenQuestion, tokenPromptTitle } from './token-question.tsx';
import { ChooseFile } from './choose-file.tsx';
import { draftFor, type PromptsStore } from './prompts-store.ts';

interface PromptHostProps {
  readonly store: PromptsStore;
  /** Passphrases are asked for elsewhere: in the sheet of the plan that is being signed. */
  readonly isElsewhere: boolean;
}

export function PromptHost({ store, isElsewhere }: PromptHostProps) {
  const { queue, draft, answer } = useStore(store);
  const [prompt] = queue;
  if (prompt === undefined) return null;
  const cancel = (): void => void answer(prompt.id, { kind: 'cancel' });
  switch (prompt.kind) {
    case 'confirm':
      return (
        <ConfirmQuestion
          key={prompt.id}
          prompt={prompt}
          onAnswer={(value) => void answer(prompt.id, value)}
        />
      );
    case 'passphrase':
      return isElsewhere ? null : (
        <Sheet
          key={prompt.id}
          isOpen
          isAlert
          size="small"
          onClose={cancel}
          title={prompt.isNew ? 'New passphrase' : 'Passphrase'}
        >
          <PassphraseQuestion prompt={prompt} onAnswer={(value) => void answer(prompt.id, value)} />
        </Sheet>
      );
    case 'printed-text':
      return isElsewhere ? null : (
        <Sheet key={prompt.id} isOpen isAlert onClose={cancel} title={printedTitle(prompt)}>
          <PrintedTextQuestion
            prompt={prompt}
            draft={draftFor(prompt, draft)}
            onAnswer={(value) => void answer(prompt.id, value)}
          />
        </Sheet>
      );
    case 'pin':
    case 'touch':
    case 'plug-in':
      return isElsewhere ? null : (
        <Sheet key={prompt.id} isOpen isAlert size="small" onClose={cancel} title={tokenPromptTitle(prompt)}>
          <TokenQuestion prompt={prompt} onAnswer={(value) => void answer(prompt.id, value)} />
        </Sheet>
      );
    case 'choose-file':
      return (
        <ChooseFile key={prompt.id} prompt={prompt} onAnswer={(value) => void answer(prompt.id, value)} />
      );
  }
}
