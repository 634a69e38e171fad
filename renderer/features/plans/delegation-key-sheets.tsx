/** Keys of one delegation: give it more, take some away. */
import { useState } from 'react';
import type { CallInput } from '../../../shared/ipc/bridge.ts';
import type { IdentifiedKey } from '../../../shared/ipc/plans.ts';
import { namesText } from '../../copy/trust-words.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { type Identify, toggled, useChosenKeys } from './chosen-keys.ts';
import { type Delegation, ownersOf, parentOf } from './delegation-rules.ts';
import { KeyPicker } from './key-picker.tsx';
import { KeysElsewhere } from './keys-elsewhere.tsx';
import { KeyTicks } from './key-ticks.tsx';

interface DelegationSheetProps {
  readonly gun: string;
  readonly entry: Delegation;
  /** The key of the role above is on this computer. */
  readonly isKeyHere: boolean;
  readonly onClose: () => void;
}

/** Said when the plan has to be carried to the key of the role above. */
export function ParentElsewhere({ entry, isKeyHere }: Pick<DelegationSheetProps, 'entry' | 'isKeyHere'>) {
  if (isKeyHere) return null;
  const parent = parentOf(entry.role);
  return <KeysElsewhere of={parent === 'targets' ? 'repository' : { role: parent }} />;
}

interface AddKeysSheetProps extends DelegationSheetProps {
  readonly known: readonly IdentifiedKey[];
  readonly identify: Identify;
  readonly onAdd: (wish: CallInput<'plans.addDelegationKeys'>) => void;
}

export function AddKeysSheet({ gun, entry, isKeyHere, known, identify, onClose, onAdd }: AddKeysSheetProps) {
  const chosen = useChosenKeys(identify);
  const { role } = entry;
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={`Add a key to ${role}`}
      purpose={`Whoever holds the private key can then sign as ${role} in ${gun}.`}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            tone="primary"
            isDisabled={!chosen.isReady}
            onPress={() => onAdd({ gun, role, ...chosen.wish() })}
          >
            Review…
          </Button>
        </>
      }
    >
      <ParentElsewhere entry={entry} isKeyHere={isKeyHere} />
      <KeyPicker chosen={chosen} known={known} present={entry.keyIds} />
    </Sheet>
  );
}

interface RemoveKeysSheetProps extends DelegationSheetProps {
  readonly delegations: readonly Delegation[];
  readonly onRemove: (wish: CallInput<'plans.removeDelegationKeys'>) => void;
}

export function RemoveKeysSheet({ gun, entry, isKeyHere, delegations, ...rest }: RemoveKeysSheetProps) {
  const { onClose, onRemove } = rest;
  const { role, keyIds, threshold } = entry;
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set(keyIds.length === 1 ? keyIds : []));
  const left = keyIds.length - ticked.size;
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={`Remove a key from ${role}`}
      purpose={`It can no longer sign as ${role} in ${gun}. In other delegations it stays.`}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            tone="primary"
            isDisabled={ticked.size === 0}
            onPress={() => onRemove({ gun, role, keyIds: [...ticked] })}
          >
            Review…
          </Button>
        </>
      }
    >
      <ParentElsewhere entry={entry} isKeyHere={isKeyHere} />
      <KeyTicks
        label="Keys to remove"
        keys={keyIds.map((id) => ({ id, note: ownersText(id, role, delegations) }))}
        ticked={ticked}
        onToggle={(id) => setTicked(toggled(ticked, id))}
      />
      {ticked.size > 0 && left < threshold && (
        <Banner tone="warn" title={`${role} cannot be used afterwards.`}>
          It needs {threshold === 1 ? 'a key' : `${threshold} keys`}, and {left === 0 ? 'none' : left} would
          be left. Add another key first, or remove the delegation.
        </Banner>
      )}
    </Sheet>
  );
}

/** Who else has it. */
function ownersText(id: string, role: string, delegations: readonly Delegation[]): string {
  const owners = ownersOf(
    id,
    delegations.filter((entry) => entry.role !== role),
  );
  return owners.length === 0 ? '' : `also of ${namesText(owners)}`;
}
