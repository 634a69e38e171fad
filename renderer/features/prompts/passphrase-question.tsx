/**
 * A passphrase, asked with what it will do. SECURITY: what is typed lives in this component only, goes to main as the
 * answer to this question's one-time ID, and is emptied at once; it never enters a store.
 */
import { type SyntheticEvent, useEffect, useRef, useState } from 'react';
import type { Prompt } from '../../../shared/ipc/prompts.ts';
import { Button } from '../../ui/button.tsx';
import { NewPassphrase, tooShort } from './new-passphrase.tsx';
import type { Answer } from './prompts-store.ts';
import { SecretEntry } from './secret-entry.tsx';
import './prompts.css';

type Question = Extract<Prompt, { kind: 'passphrase' }>;
type Remember = Question['canRemember'][number];

interface PassphraseQuestionProps {
  readonly prompt: Question;
  readonly onAnswer: (value: Answer) => void;
  /** Stands in the sheet of a plan, which can be cancelled itself. */
  readonly isInline?: boolean;
}

/** For what is no key: a backup. */
const wrongForFile = 'That passphrase does not open it. Try again.';

const problems = {
  wrong: 'That passphrase does not open this key. Try again.',
  'too-short': tooShort,
  'key-chain-wrong': 'The passphrase in the key chain no longer opens this key.',
  'key-chain-unavailable':
    'The system’s key chain could not be asked: it is locked, or not running. Unlock or start it, or go on without it; the log says more.',
} as const;

export function PassphraseQuestion({ prompt, onAnswer, isInline = false }: PassphraseQuestionProps) {
  const [passphrase, setPassphrase] = useState('');
  const [remember, setRemember] = useState(() => chosenBefore(prompt));
  const { isNew, owner, gun = '', problem } = prompt;
  const form = useRef<HTMLFormElement>(null);
  // In a sheet that is taller than the window the question would be asked below the fold.
  useEffect(() => {
    form.current?.scrollIntoView({ block: 'end' });
  }, []);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (passphrase === '') return;
    onAnswer({ kind: 'passphrase', passphrase, remember });
    setPassphrase('');
  };
  return (
    <form ref={form} className="passphrase" onSubmit={submit} autoComplete="off">
      <Purpose prompt={prompt} />
      {problem === 'key-chain-unavailable' && <p className="muted">{problems[problem]}</p>}
      {problem !== undefined && problem !== 'key-chain-unavailable' && (
        <p className="field-error" role="alert">
          {problem === 'wrong' && prompt.keyId === '' ? wrongForFile : problems[problem]}
        </p>
      )}
      {isNew ? (
        <NewPassphrase related={[owner, ...gun.split('/'), 'trustdesk', 'docker']} onReady={setPassphrase} />
      ) : (
        <>
          <SecretEntry label="Passphrase" value={passphrase} onChange={setPassphrase} isFirst />
          <RememberIt prompt={prompt} value={remember} onChange={setRemember} />
        </>
      )}
      <div className="passphrase-line">
        {!isInline && <Button onPress={() => onAnswer({ kind: 'cancel' })}>Cancel</Button>}
        <Button tone="primary" type="submit" isDisabled={passphrase === ''}>
          {isNew ? 'Use it' : isInline ? 'Unlock and sign' : 'Unlock'}
        </Button>
      </div>
    </form>
  );
}

/** What is opened or protected, and what for. */
function Purpose({ prompt: { isNew, owner, keyId, subject, purpose } }: { readonly prompt: Question }) {
  const keyName = owner === 'root' || owner === 'repository' ? `the ${owner} key` : `${owner}’s key`;
  const newKeyName =
    owner === 'root' || owner === 'repository' ? `the new ${owner} key` : `${owner}’s new key`;
  const title = isNew ? `A passphrase for ${subject ?? newKeyName}` : `Passphrase of ${subject ?? keyName}`;
  return (
    <div className="passphrase-purpose selectable">
      <strong>
        {title} {subject === undefined && <span className="mono muted">{keyId.slice(0, 12)}</span>}
      </strong>
      {purpose.map((line) => (
        <div key={line} className="muted">
          {line}
        </div>
      ))}
    </div>
  );
}

const remembers: Readonly<Record<Remember, string>> = {
  no: 'Only this time',
  session: 'For 15 minutes of use',
  'key-chain': 'In the system’s key chain',
};

interface RememberItProps {
  readonly prompt: Question;
  readonly value: Remember;
  readonly onChange: (value: Remember) => void;
}

/** A wrong passphrase is no reason to choose again where the right one is kept. */
function chosenBefore({ remember = 'no', canRemember }: Question): Remember {
  return canRemember.includes(remember) ? remember : 'no';
}

function RememberIt({ prompt: { canRemember }, value, onChange }: RememberItProps) {
  if (canRemember.length < 2) return null;
  return (
    <fieldset className="fieldset">
      <legend className="visually-hidden">Remember it</legend>
      <div className="choices">
        {canRemember.map((choice) => (
          <label key={choice} className="choice">
            <input
              type="radio"
              name="remember"
              checked={choice === value}
              onChange={() => onChange(choice)}
            />
            {remembers[choice]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
