/**
 * A PIN, PUK or management key of a token, asked with what it will do. SECURITY: what is typed lives in this component
 * only, goes to main as the answer to this question's one-time ID, and is emptied at once; it never enters a store.
 */
import { type SyntheticEvent, useEffect, useRef, useState } from 'react';
import type { Prompt } from '../../../shared/ipc/prompts.ts';
import { Button } from '../../ui/button.tsx';
import type { Answer } from './prompts-store.ts';
import { SecretEntry } from './secret-entry.tsx';
import './prompts.css';

export type PinPrompt = Extract<Prompt, { kind: 'pin' }>;

interface PinQuestionProps {
  readonly prompt: PinPrompt;
  readonly onAnswer: (value: Answer) => void;
  /** Stands in the sheet of a plan, which can be cancelled itself. */
  readonly isInline?: boolean;
}

const problems = {
  wrong: 'That was wrong.',
  malformed: 'That cannot be right, so it was not tried.',
  factory: 'That is the one every token comes with. Choose another.',
} as const;

const lefts: Readonly<Record<PinPrompt['left'], string | undefined>> = {
  all: undefined,
  unknown: undefined,
  fewer: 'Some tries are used up.',
  last: 'This is the last try.',
  none: 'No try is left.',
};

export function PinQuestion({ prompt, onAnswer, isInline = false }: PinQuestionProps) {
  const { what, isNew, purpose, problem, left, canKeep, device, slot } = prompt;
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [keep, setKeep] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.scrollIntoView({ block: 'end' });
  }, []);
  const isReady = pin !== '' && (!isNew || pin === again);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    onAnswer({ kind: 'pin', pin, keep });
    setPin('');
    setAgain('');
  };
  const warning = [problem === undefined ? undefined : problems[problem], isNew ? undefined : lefts[left]];
  const words = warning.filter((one) => one !== undefined).join(' ');
  return (
    <form ref={form} className="passphrase" onSubmit={submit} autoComplete="off">
      <div className="passphrase-purpose selectable">
        <strong>
          {isNew ? `A new ${what}` : what} of {tokenName(device)}
          {slot !== undefined && <span className="muted">, slot {slot}</span>}
        </strong>
        {purpose.map((line) => (
          <div key={line} className="muted">
            {line}
          </div>
        ))}
      </div>
      {words !== '' && (
        <p className="field-error" role="alert">
          {words}
        </p>
      )}
      <SecretEntry label={isNew ? `New ${what}` : what} value={pin} onChange={setPin} isFirst />
      {isNew && <SecretEntry label="Once more" value={again} onChange={setAgain} />}
      {isNew && again !== '' && again !== pin && <p className="field-error">The two are not the same.</p>}
      {isNew && <p className="muted">6 to 8 characters. Digits work with every program.</p>}
      {canKeep && (
        <label className="choice">
          <input type="checkbox" checked={keep} onChange={(event) => setKeep(event.target.checked)} />
          Leave it unlocked until it is unplugged or locked, for 15 minutes at most
        </label>
      )}
      <div className="passphrase-line">
        {!isInline && <Button onPress={() => onAnswer({ kind: 'cancel' })}>Cancel</Button>}
        <Button tone="primary" type="submit" isDisabled={!isReady}>
          {isNew ? 'Use it' : 'Continue'}
        </Button>
      </div>
    </form>
  );
}

/** `Release key (12345678)`, or the model with its serial number. */
export function tokenName({ name, model, serial }: PinPrompt['device']): string {
  return name === undefined ? `${model} ${serial}` : `${name} (${serial})`;
}
