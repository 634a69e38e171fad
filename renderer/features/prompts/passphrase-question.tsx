/**
 * A passphrase, asked with what it will sign. SECURITY: what is typed lives in this component only, goes to main as the
 * answer to this question's one-time ID, and is emptied at once; it never enters a store.
 */
import { type SyntheticEvent, useEffect, useRef, useState } from 'react';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { TextField } from 'react-aria-components/TextField';
import type { Prompt } from '../../../shared/ipc/prompts.ts';
import { Button } from '../../ui/button.tsx';
import type { Answer } from './prompts-store.ts';

type Question = Extract<Prompt, { kind: 'passphrase' }>;

interface PassphraseQuestionProps {
  readonly prompt: Question;
  readonly onAnswer: (value: Answer) => void;
  /** Stands in a sheet that can be cancelled itself. */
  readonly isInline?: boolean;
}

const problems = {
  wrong: 'That passphrase does not open this key. Try again.',
  'too-short': 'At least 8 characters, please: a password manager makes good ones.',
  'key-chain-wrong': 'The passphrase in the key chain no longer opens this key.',
  'key-chain-unavailable': 'The key chain could not be asked.',
} as const;

const remembers = {
  no: 'Only this time',
  session: 'For 15 minutes of use',
  'key-chain': 'In the system’s key chain',
} as const;

/** docker's rule for new passphrases. */
const shortest = 8;

export function PassphraseQuestion({ prompt, onAnswer, isInline = false }: PassphraseQuestionProps) {
  const [passphrase, setPassphrase] = useState('');
  const [repeated, setRepeated] = useState('');
  const [remember, setRemember] = useState<Question['canRemember'][number]>('no');
  const { isNew, owner, keyId, purpose, problem, canRemember } = prompt;
  const keyName = owner === 'root' || owner === 'repository' ? `the ${owner} key` : `${owner}’s key`;
  const isTooShort = isNew && passphrase.length < shortest;
  const differs = isNew && repeated !== '' && repeated !== passphrase;
  const isReady = passphrase !== '' && !isTooShort && (!isNew || repeated === passphrase);
  const form = useRef<HTMLFormElement>(null);
  // In a sheet that is taller than the window the question would be asked below the fold.
  useEffect(() => {
    form.current?.scrollIntoView({ block: 'end' });
  }, []);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    onAnswer({ kind: 'passphrase', passphrase, remember });
    setPassphrase('');
    setRepeated('');
  };
  return (
    <form ref={form} className="passphrase" onSubmit={submit} autoComplete="off">
      <div className="passphrase-purpose selectable">
        <strong>
          {isNew ? `A passphrase for the new ${owner} key` : `Passphrase of ${keyName}`}{' '}
          <span className="mono muted">{keyId.slice(0, 12)}</span>
        </strong>
        {purpose.map((line) => (
          <div key={line} className="muted">
            {line}
          </div>
        ))}
      </div>
      {problem === 'key-chain-unavailable' && <p className="muted">{problems[problem]}</p>}
      {problem !== undefined && problem !== 'key-chain-unavailable' && (
        <p className="field-error" role="alert">
          {problems[problem]}
        </p>
      )}
      <Secret
        label={isNew ? 'New passphrase' : 'Passphrase'}
        value={passphrase}
        onChange={setPassphrase}
        isFirst
      />
      {isNew && <Secret label="Once more" value={repeated} onChange={setRepeated} />}
      {isNew && passphrase !== '' && isTooShort && <p className="field-error">{problems['too-short']}</p>}
      {differs && <p className="field-error">The two are not the same.</p>}
      {!isNew && canRemember.length > 1 && (
        <fieldset className="fieldset">
          <legend className="visually-hidden">Remember it</legend>
          <div className="choices">
            {canRemember
              .filter((choice) => choice !== 'key-chain' || problem !== 'key-chain-unavailable')
              .map((choice) => (
                <label key={choice} className="choice">
                  <input
                    type="radio"
                    name="remember"
                    checked={choice === remember}
                    onChange={() => setRemember(choice)}
                  />
                  {remembers[choice]}
                </label>
              ))}
          </div>
        </fieldset>
      )}
      <div className="passphrase-line">
        {!isInline && <Button onPress={() => onAnswer({ kind: 'cancel' })}>Cancel</Button>}
        <Button tone="primary" type="submit" isDisabled={!isReady}>
          {isNew ? 'Use it' : 'Unlock and sign'}
        </Button>
      </div>
    </form>
  );
}

interface SecretProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isFirst?: boolean;
}

function Secret({ label, value, onChange, isFirst = false }: SecretProps) {
  return (
    <TextField className="field" type="password" value={value} onChange={onChange} autoFocus={isFirst}>
      <Label className="field-label">{label}</Label>
      <Input className="field-entry" autoComplete="off" spellCheck={false} maxLength={1024} />
    </TextField>
  );
}
