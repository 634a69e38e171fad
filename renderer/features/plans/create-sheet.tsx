/** "Create a repository…": its name, and the root key that owns it. Main turns the reference into a name or refuses it. */
import { useState } from 'react';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import type { CodedError } from '../../copy/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { ChoiceList } from '../../ui/choice-list.tsx';
import { Field } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { type ActState, useAct } from '../../ui/use-act.ts';
import { keyToBringBack, rootKeyChoices } from './key-choices.ts';

export interface CreateWish {
  readonly reference: string;
  /** An ID, or `new`. */
  readonly rootKey: string;
}

interface CreateSheetProps {
  /** The repository that is open, or undefined: it is named here. */
  readonly gun: string | undefined;
  /** Private keys that a repository of this name can use. */
  readonly keysFor: (reference: string) => readonly KeyRow[];
  /** IDs of root keys that are kept offline, of a repository of this name; undefined while that is not known. */
  readonly offlineFor: (reference: string) => readonly string[] | undefined;
  readonly onBringBack: (keyId: string) => void;
  readonly onClose: () => void;
  /** Goes on to the review, or answers why the name is none. */
  readonly onCreate: (wish: CreateWish) => Promise<CodedError | undefined>;
}

export function CreateSheet({ gun, keysFor, offlineFor, onBringBack, onClose, onCreate }: CreateSheetProps) {
  const [typed, setTyped] = useState('');
  const reference = gun ?? typed.trim();
  const offline = offlineFor(reference);
  const choices = rootKeyChoices(keysFor(reference), offline ?? []);
  const [chosen, setChosen] = useState<string>();
  // SECURITY: among several root keys none is the usual one; a name of another registry has other keys.
  // Another root key beside one that is kept offline is chosen by hand only.
  const only = choices.length <= 2 && offline !== undefined ? choices[0]?.id : undefined;
  const rootKey = choices.find(({ id }) => id === chosen)?.id ?? only;
  const away = keyToBringBack(rootKey);
  const act = useAct<CodedError | undefined>();
  const isRunning = act.state.kind === 'running';
  const refused = act.state.kind === 'failed' ? act.state.error : doneWith(act.state);
  const create = (): void => {
    if (rootKey !== undefined) void act.run(() => onCreate({ reference, rootKey }));
  };
  return (
    <Sheet
      isOpen
      isHeld={isRunning}
      onClose={onClose}
      title={gun === undefined ? 'Create a repository' : `Create ${gun}`}
      purpose="An empty repository on the trust server, without signers. They are added next, or with the first signed tag."
      actions={
        <>
          <Button onPress={onClose} isDisabled={isRunning}>
            Cancel
          </Button>
          <Button
            tone="primary"
            isPending={isRunning}
            isDisabled={away === undefined && (reference === '' || rootKey === undefined)}
            onPress={away === undefined ? create : () => onBringBack(away)}
          >
            {away === undefined ? 'Review…' : 'Bring it back…'}
          </Button>
        </>
      }
    >
      {gun === undefined && (
        <Field
          label="Image reference"
          description="As for docker pull, for example registry.example.com/acme/app."
          value={typed}
          onChange={setTyped}
          mono
          autoFocus
        />
      )}
      <ChoiceList
        label="Root key that owns it"
        choices={choices}
        value={rootKey ?? ''}
        onChange={setChosen}
      />
      {refused !== undefined && <Problem error={refused} />}
    </Sheet>
  );
}

function doneWith(state: ActState<CodedError | undefined>): CodedError | undefined {
  return state.kind === 'done' ? state.value : undefined;
}
