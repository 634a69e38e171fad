/** "Generate on the device…": a key that never leaves the token, and so cannot be backed up. Main asks once more. */
import { useState } from 'react';
import type {
  PutResult,
  TokenAlgorithm,
  TokenDeviceView,
  TokenSlots,
  TouchPolicy,
} from '../../../shared/ipc/yubikey.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { type Choice, ChoiceList } from '../../ui/choice-list.tsx';
import { Field } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { useAct } from '../../ui/use-act.ts';
import { PutDone } from './put-done.tsx';
import { SlotField, TouchField } from './slot-field.tsx';
import type { YubikeyStore } from './yubikey-store.ts';
import { deviceName } from './yubikey-words.ts';

interface GenerateSheetProps {
  readonly store: YubikeyStore;
  readonly device: TokenDeviceView;
  readonly contents: TokenSlots;
  readonly onClose: () => void;
}

type Kind = 'signer' | 'root';

const kinds: readonly { readonly id: Kind; readonly label: string }[] = [
  { id: 'signer', label: 'Signer’s key' },
  { id: 'root', label: 'Root key' },
];

const algorithms: readonly Choice<TokenAlgorithm>[] = [
  { id: 'ECDSA P-256', label: 'ECDSA P-256', note: 'What docker and notary use. The right one unless told.' },
  { id: 'ECDSA P-384', label: 'ECDSA P-384', note: 'Where a rule asks for it.' },
  { id: 'RSA 2048', label: 'RSA 2048', note: 'Takes the token up to half a minute.' },
];

const nameForm = /^[a-z0-9][a-z0-9_-]*$/;

export function GenerateSheet({ store, device, contents, onClose }: GenerateSheetProps) {
  const [kind, setKind] = useState<Kind>('signer');
  const [name, setName] = useState('');
  const [algorithm, setAlgorithm] = useState<TokenAlgorithm>('ECDSA P-256');
  const [slot, setSlot] = useState(contents.free[0] ?? contents.slots[0]?.slot);
  const [touch, setTouch] = useState<TouchPolicy>('always');
  const act = useAct<PutResult>();
  const { state } = act;
  if (state.kind === 'done') {
    return (
      <PutDone
        store={store}
        device={device}
        put={state.value}
        isCopy={false}
        onClose={onClose}
        onBackUp={undefined}
      />
    );
  }
  const isRunning = state.kind === 'running';
  const generate = (): void => {
    const { serial, choosesTouch } = device;
    const where = slot === undefined ? {} : { slot };
    const how = choosesTouch ? { touch } : {};
    const what =
      kind === 'root' ? { role: 'root', algorithm: 'ECDSA P-256' as const } : { role: name, algorithm };
    void act.run(() => store.getState().generate({ serial, ...what, ...where, ...how }));
  };
  return (
    <Sheet
      isOpen
      isHeld={isRunning}
      onClose={onClose}
      title="Generate a key on the device"
      purpose={`It is made inside ${deviceName(device)} and never leaves it.`}
      actions={
        <>
          <Button onPress={onClose} isDisabled={isRunning}>
            Cancel
          </Button>
          <Button
            tone="primary"
            isPending={isRunning}
            isDisabled={kind === 'signer' && !nameForm.test(name)}
            onPress={generate}
          >
            {isRunning ? 'Making the key' : 'Generate…'}
          </Button>
        </>
      }
    >
      <Banner tone="warn" title="Such a key cannot be backed up.">
        {kind === 'root'
          ? 'When the token is lost, nobody can administer the repositories of this root key any more. A key that is made on this computer and put on two tokens can be backed up.'
          : 'When the token is lost, the signer gets a new key, and an owner of each repository has to add it.'}
      </Banner>
      <Segmented label="What the key is for" segments={kinds} value={kind} onChange={setKind} />
      {kind === 'signer' && (
        <>
          <Field
            label="Name"
            description="Of the signer, for example jeff. Lower-case letters, digits, - and _."
            value={name}
            onChange={setName}
            error={
              name === '' || nameForm.test(name) ? undefined : 'Lower-case letters, digits, - and _ only.'
            }
            mono
            autoFocus
          />
          <ChoiceList label="Kind of key" choices={algorithms} value={algorithm} onChange={setAlgorithm} />
        </>
      )}
      <SlotField contents={contents} value={slot} onChange={setSlot} />
      <TouchField device={device} value={touch} onChange={setTouch} />
      {state.kind === 'failed' && <Problem error={state.error} />}
    </Sheet>
  );
}
