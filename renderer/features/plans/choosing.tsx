/** What main does not guess when several could be meant: which signer acts, which root key a new repository belongs to. */
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { usesText } from './key-choices.ts';
import type { Choices } from './plan-store.ts';
import { SignerChoice } from './sign-sheet.tsx';

interface ChoosingProps {
  readonly title: string;
  readonly choices: Choices;
  readonly choose: (option: string) => void;
  readonly usesOfKey: (id: string) => readonly string[];
  readonly onClose: () => void;
}

const purposes: Readonly<Record<Choices['kind'], string>> = {
  signAs: 'Several signers could do this. Only the one you choose signs.',
  rootKey:
    'This repository is new, and several root keys are on this computer. The one you choose owns it: nobody can administer it without that key.',
};

export function Choosing({ title, choices: { kind, options }, choose, usesOfKey, onClose }: ChoosingProps) {
  const [option, setOption] = useState<string>();
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={title}
      purpose={purposes[kind]}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            tone="primary"
            isDisabled={option === undefined}
            onPress={() => (option === undefined ? undefined : choose(option))}
          >
            Review…
          </Button>
        </>
      }
    >
      {kind === 'signAs' ? (
        <SignerChoice signers={options} value={option} onChange={setOption} />
      ) : (
        <RootKeyChoice options={options} value={option} usesOfKey={usesOfKey} onChange={setOption} />
      )}
    </Sheet>
  );
}

interface RootKeyChoiceProps extends Pick<ChoosingProps, 'usesOfKey'> {
  readonly options: readonly string[];
  readonly value: string | undefined;
  readonly onChange: (id: string) => void;
}

function RootKeyChoice({ options, value, usesOfKey, onChange }: RootKeyChoiceProps) {
  return (
    <fieldset className="fieldset">
      <legend className="field-label">Root key</legend>
      <ul className="tick-list">
        {options.map((id) => (
          <li key={id}>
            <label className="tick-row">
              <input type="radio" name="root-key" checked={id === value} onChange={() => onChange(id)} />
              {id === 'new' ? (
                <span>A new root key</span>
              ) : (
                <>
                  <span className="mono" title={id}>
                    {id.slice(0, 12)}
                  </span>
                  <span className="muted tick-note truncate">{usesText(usesOfKey(id))}</span>
                </>
              )}
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
