/** "Add a delegation…": its role, whose keys, which paths. The threshold is 1, as notary makes it. */
import { useState } from 'react';
import type { CallInput } from '../../../shared/ipc/bridge.ts';
import type { IdentifiedKey } from '../../../shared/ipc/plans.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { type Identify, useChosenKeys } from './chosen-keys.ts';
import {
  type Delegation,
  isDelegationName,
  nameProblem,
  parentOf,
  pathsBelow,
  roleNameRule,
} from './delegation-rules.ts';
import type { Identified } from './key-cards.tsx';
import { KeyPicker } from './key-picker.tsx';
import { KeysElsewhere } from './keys-elsewhere.tsx';
import { PathChoice, pathProblem, pathsOf, type PathWish, wishOf } from './path-choice.tsx';
import { isSignerName } from './signer-name.ts';

export type AddDelegationWish = CallInput<'plans.addDelegation'>;

interface AddDelegationSheetProps {
  readonly gun: string;
  readonly delegations: readonly Delegation[];
  readonly known: readonly IdentifiedKey[];
  /** A key of this role is on this computer. */
  readonly isKeyHere: (role: string) => boolean;
  readonly identify: Identify;
  readonly onClose: () => void;
  readonly onAdd: (wish: AddDelegationWish) => void;
}

export function AddDelegationSheet({ gun, delegations, known, ...rest }: AddDelegationSheetProps) {
  const { isKeyHere, identify, onClose, onAdd } = rest;
  const chosen = useChosenKeys(identify);
  const [typed, setTyped] = useState<string>();
  const [wish, setWish] = useState<PathWish>();
  const role = typed ?? chosen.results.map(suggestedRole).find((name) => name !== '') ?? 'targets/';
  const parent = isDelegationName(role) ? parentOf(role) : 'targets';
  const allowed = pathsBelow(parent, delegations);
  const path = wish ?? wishOf(allowed.length === 0 ? [''] : allowed);
  const paths = pathsOf(path);
  const problem = pathProblem(paths, allowed);
  const isNamed = isDelegationName(role) && nameProblem(role, delegations) === undefined;
  const isReady = isNamed && chosen.isReady && problem === undefined && paths.length > 0;
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={`Add a delegation to ${gun}`}
      purpose="Whoever holds one of its keys can sign in this role. For a signer of docker, add one under Signers."
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            tone="primary"
            isDisabled={!isReady}
            onPress={() => onAdd({ gun, role, ...chosen.wish(), prefixes: paths })}
          >
            Review…
          </Button>
        </>
      }
    >
      {!isKeyHere(parent) && <KeysElsewhere of={parent === 'targets' ? 'repository' : { role: parent }} />}
      <Field
        label="Role"
        description={roleNameRule}
        value={role}
        onChange={setTyped}
        error={nameProblem(role, delegations)}
        mono
        autoFocus
      />
      <KeyPicker chosen={chosen} known={known} />
      <PathChoice value={path} onChange={setWish} problem={problem} />
    </Sheet>
  );
}

/** What the header of the key's file suggests. */
function suggestedRole(result: Identified): string {
  const name = result.ok ? result.key.suggestedName : '';
  return isSignerName(name) ? `targets/${name}` : '';
}
