/** "Change paths…": which names a delegation may sign. */
import { useState } from 'react';
import type { CallInput } from '../../../shared/ipc/bridge.ts';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { ParentElsewhere } from './delegation-key-sheets.tsx';
import { type Delegation, parentOf, pathsBelow } from './delegation-rules.ts';
import { PathChoice, pathProblem, pathsOf, wishOf } from './path-choice.tsx';

interface ChangePathsSheetProps {
  readonly gun: string;
  readonly entry: Delegation;
  readonly delegations: readonly Delegation[];
  readonly isKeyHere: boolean;
  readonly onClose: () => void;
  readonly onChange: (wish: CallInput<'plans.changeDelegationPaths'>) => void;
}

export function ChangePathsSheet({ gun, entry, delegations, isKeyHere, ...rest }: ChangePathsSheetProps) {
  const { onClose, onChange } = rest;
  const { role, paths: present } = entry;
  const [path, setPath] = useState(wishOf(present));
  const to = pathsOf(path, present);
  const come = (to === 'all' ? [''] : to).filter((one) => !present.includes(one));
  const problem = pathProblem(
    to === 'all' ? (come.length > 0 ? 'all' : []) : come,
    pathsBelow(parentOf(role), delegations),
  );
  const isOther = come.length > 0 || present.some((one) => !(to === 'all' ? [''] : to).includes(one));
  const isEmpty = path.kind === 'some' && to.length === 0;
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={`Paths of ${role}`}
      purpose={`What its keys can sign in ${gun}. What lies outside does not count, also what was signed before.`}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            tone="primary"
            isDisabled={!isOther || isEmpty || problem !== undefined}
            onPress={() => onChange({ gun, role, from: [...present], to })}
          >
            Review…
          </Button>
        </>
      }
    >
      <ParentElsewhere entry={entry} isKeyHere={isKeyHere} />
      <PathChoice value={path} onChange={setPath} problem={problem} mayBeNone />
    </Sheet>
  );
}
