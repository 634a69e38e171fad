/** A decision that main asks for. What cannot be undone may have to be typed first; main compares it. */
import { type SyntheticEvent, useState } from 'react';
import type { Prompt } from '../../../shared/ipc/prompts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { PromptText } from './prompt-text.tsx';
import type { Answer } from './prompts-store.ts';

type Question = Extract<Prompt, { kind: 'confirm' }>;

interface ConfirmQuestionProps {
  readonly prompt: Question;
  readonly onAnswer: (value: Answer) => void;
}

export function ConfirmQuestion({ prompt, onAnswer }: ConfirmQuestionProps) {
  const { title, text, confirmLabel, destructive, typed } = prompt;
  const [entry, setEntry] = useState('');
  const isReady = typed === undefined || entry === typed;
  const cancel = (): void => onAnswer({ kind: 'cancel' });
  const confirm = (): void => {
    if (isReady) onAnswer({ kind: 'confirm', ...(typed === undefined ? {} : { typed: entry }) });
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    confirm();
  };
  return (
    <Sheet
      isOpen
      isAlert
      size="small"
      onClose={cancel}
      title={title}
      actions={
        <>
          <Button onPress={cancel} autoFocus={destructive && typed === undefined}>
            Cancel
          </Button>
          <Button
            tone={destructive ? 'danger' : 'primary'}
            autoFocus={!destructive && typed === undefined}
            isDisabled={!isReady}
            onPress={confirm}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <PromptText text={text} />
      {typed !== undefined && (
        <form onSubmit={submit} autoComplete="off">
          <Field label={`Type ${typed} to confirm`} value={entry} onChange={setEntry} mono autoFocus />
        </form>
      )}
    </Sheet>
  );
}
