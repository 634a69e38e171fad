/** "Remove a key everywhere…": from every delegation that names it, as notary's purge. */
import { useState } from 'react';
import type { CallInput } from '../../../shared/ipc/bridge.ts';
import type { IdentifiedKey } from '../../../shared/ipc/plans.ts';
import { namesText } from '../../copy/trust-words.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { toggled } from './chosen-keys.ts';
import { type Delegation, namedKeys, ownerText, parentOf } from './delegation-rules.ts';
import { KeysElsewhere } from './keys-elsewhere.tsx';
import { KeyTicks } from './key-ticks.tsx';

interface PurgeSheetProps {
  readonly gun: string;
  readonly delegations: readonly Delegation[];
  /** Keys that repositories which were read name, this one or others. */
  readonly known: readonly IdentifiedKey[];
  /** A key of this role is on this computer. */
  readonly isKeyHere: (role: string) => boolean;
  readonly onClose: () => void;
  readonly onPurge: (wish: CallInput<'plans.purgeKeys'>) => void;
}

export function PurgeSheet({ gun, delegations, known, isKeyHere, onClose, onPurge }: PurgeSheetProps) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const named = delegations.filter(({ keyIds }) => keyIds.some((id) => ticked.has(id)));
  const away = named.map(({ role }) => parentOf(role)).find((parent) => !isKeyHere(parent));
  const bereft = named.filter(
    ({ keyIds, threshold }) => keyIds.filter((id) => !ticked.has(id)).length < threshold,
  );
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={`Remove a key everywhere in ${gun}`}
      purpose="It is taken from every delegation that names it, in one publish. The private key itself stays where it is."
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            tone="primary"
            isDisabled={ticked.size === 0}
            onPress={() => onPurge({ gun, keyIds: [...ticked] })}
          >
            Review…
          </Button>
        </>
      }
    >
      {away !== undefined && <KeysElsewhere of={away === 'targets' ? 'repository' : { role: away }} />}
      <KeyTicks
        label="Keys to remove"
        keys={namedKeys(delegations).map(({ id, roles }) => ({
          id,
          owner: ownerText(id, delegations, known),
          note: namesText(roles),
        }))}
        ticked={ticked}
        onToggle={(id) => setTicked(toggled(ticked, id))}
      />
      {bereft.length > 0 && (
        <Banner tone="warn" title={`${namesText(bereft.map(({ role }) => role))} cannot be used afterwards.`}>
          {bereft.length === 1 ? 'It has' : 'They have'} fewer keys than needed then. Add another key first,
          or remove the delegation.
        </Banner>
      )}
    </Sheet>
  );
}
