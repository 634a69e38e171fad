/**
 * Something that was printed and has to come back in: a share of a passphrase, or the codes of a recovery sheet.
 * SECURITY: what is typed goes to main as the answer to this one question. A share lives in this component only; the text
 * of a sheet, an encrypted key, stays in the store of questions while it has to be corrected.
 */
import { type SyntheticEvent, useState } from 'react';
import type { Prompt } from '../../../shared/ipc/prompts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemText } from '../../ui/problem.tsx';
import type { Answer } from './prompts-store.ts';
import './prompts.css';

type Question = Extract<Prompt, { kind: 'printed-text' }>;

interface PrintedTextProps {
  readonly prompt: Question;
  /** What was typed of a sheet before, to be corrected. */
  readonly draft: string;
  readonly onAnswer: (value: Answer) => void;
}

export function printedTitle({ what, have, need }: Question): string {
  if (what === 'sheet-code') return 'Text of the recovery sheet';
  return need === undefined ? 'A share of the passphrase' : `Share ${have + 1} of the ${need} needed`;
}

const help = {
  share: 'Capital and small letters are the same, hyphens and blanks do not matter.',
  'sheet-code':
    'Scan the QR code with any reader and paste its text, or type what is printed beside it. Blanks and line ends do not matter.',
} as const;

export function PrintedTextQuestion({ prompt, draft, onAnswer }: PrintedTextProps) {
  const { what, purpose, have, problem } = prompt;
  const [text, setText] = useState(what === 'sheet-code' ? draft : '');
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    onAnswer({ kind: 'text', text });
  };
  return (
    <form className="passphrase" onSubmit={submit} autoComplete="off">
      <div className="passphrase-purpose selectable">
        {purpose.map((line) => (
          <div key={line} className="muted">
            {line}
          </div>
        ))}
      </div>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          <ProblemText error={problem} />
        </p>
      )}
      <Field
        label={
          what === 'share' ? 'Share, as printed' : have === 0 ? 'Text of the code' : 'Text of the next part'
        }
        description={help[what]}
        value={text}
        onChange={setText}
        lines={what === 'share' ? 3 : 9}
        mono
        autoFocus
      />
      <div className="passphrase-line">
        <Button onPress={() => onAnswer({ kind: 'cancel' })}>Cancel</Button>
        <Button tone="primary" type="submit" isDisabled={text.trim() === ''}>
          {what === 'share' ? 'Take this share' : 'Read it'}
        </Button>
      </div>
    </form>
  );
}
