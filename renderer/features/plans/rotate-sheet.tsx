/** "Rotate…": which key takes the place of a base role's. The plan that follows says who signs it and what it changes. */
import { useState } from 'react';
import type { CallInput } from '../../../shared/ipc/bridge.ts';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { ChoiceList } from '../../ui/choice-list.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { type PresentKey, type RotatedRole, rotationChoices } from './key-choices.ts';

export type RotateWish = CallInput<'plans.rotate'>;

interface RotateSheetProps {
  readonly gun: string;
  readonly role: RotatedRole;
  readonly present: readonly PresentKey[];
  /** Private keys that the repository can use. */
  readonly keys: readonly KeyRow[];
  readonly onClose: () => void;
  readonly onRotate: (wish: RotateWish) => void;
}

const titles: Readonly<Record<RotatedRole, string>> = {
  root: 'Rotate the root key',
  targets: 'Rotate the repository key',
  snapshot: 'Rotate the snapshot key',
  timestamp: 'Rotate the timestamp key',
};

/** `Rotate the repository key`. */
export const rotateTitle = (role: RotatedRole): string => titles[role];

const purposes: Readonly<Record<RotatedRole, string>> = {
  root: 'The present root key signs the change as well, so that consumers follow to the new one by themselves.',
  targets: 'The root names another repository key. Signers and signed tags stay as they are.',
  snapshot: 'The root names another snapshot key. Signers and signed tags stay as they are.',
  timestamp: 'The root names another timestamp key. Signers and signed tags stay as they are.',
};

export function RotateSheet({ gun, role, present, keys, onClose, onRotate }: RotateSheetProps) {
  const choices = rotationChoices(gun, role, present, keys);
  const [key, setKey] = useState(choices[0]?.id ?? '');
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={`${titles[role]} of ${gun}`}
      purpose={purposes[role]}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button tone="primary" onPress={() => onRotate({ gun, role, key })}>
            Review…
          </Button>
        </>
      }
    >
      <ChoiceList label="What takes its place" choices={choices} value={key} onChange={setKey} />
      {role === 'root' && (
        <Banner tone="info" title="Keep the present root key afterwards.">
          Consumers that missed several rotations follow by it.
        </Banner>
      )}
      {role === 'snapshot' && key !== 'server' && (
        <Banner tone="warn" title="Every publish will need this key.">
          With a key of the trust server, signers need nothing but their own.
        </Banner>
      )}
    </Sheet>
  );
}
