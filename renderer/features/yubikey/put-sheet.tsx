/** "Put a key on it…": a key of this computer is copied onto a token. Main asks for its passphrase, and before replacing. */
import { useEffect, useState } from 'react';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import type { PutResult, TokenDeviceView, TokenSlots, TouchPolicy } from '../../../shared/ipc/yubikey.ts';
import { idle, type Loadable, loaded } from '../../bridge/loadable.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Waiting } from '../../ui/surface.tsx';
import { useAct } from '../../ui/use-act.ts';
import { OwnKeys } from './own-keys.tsx';
import { PutDone } from './put-done.tsx';
import { SlotField, TouchField } from './slot-field.tsx';
import type { YubikeyStore } from './yubikey-store.ts';
import { deviceName } from './yubikey-words.ts';

interface PutSheetProps {
  readonly store: YubikeyStore;
  readonly device: TokenDeviceView;
  readonly contents: TokenSlots;
  /** A slot whose certificate waits for its key, and the ID of that key. */
  readonly slot: string | undefined;
  readonly wanted: string | undefined;
  readonly onClose: () => void;
  readonly onBackUp: (() => void) | undefined;
}

export function PutSheet(props: PutSheetProps) {
  const { store, device, contents, onClose, onBackUp } = props;
  const [keys, setKeys] = useState<Loadable<readonly KeyRow[]>>(idle);
  const [chosen, setChosen] = useState(props.wanted);
  const [slot, setSlot] = useState(props.slot ?? contents.free[0] ?? contents.slots[0]?.slot);
  const [touch, setTouch] = useState<TouchPolicy>('always');
  const act = useAct<PutResult>();
  useEffect(() => {
    void loaded(store.getState().ownKeys()).then(setKeys);
  }, [store]);
  const { state } = act;
  if (state.kind === 'done') {
    return (
      <PutDone store={store} device={device} put={state.value} isCopy onClose={onClose} onBackUp={onBackUp} />
    );
  }
  const offered = keys.kind === 'ready' ? keys.value : [];
  const key = offered.find(({ id }) => id === chosen) ?? (chosen === undefined ? offered[0] : undefined);
  const isRunning = state.kind === 'running';
  const put = (): void => {
    if (key === undefined) return;
    const { serial, choosesTouch } = device;
    const where = slot === undefined ? {} : { slot };
    const how = choosesTouch ? { touch } : {};
    void act.run(() => store.getState().put({ key: key.id, serial, ...where, ...how }));
  };
  return (
    <Sheet
      isOpen
      isHeld={isRunning}
      onClose={onClose}
      title="Put a key on the token"
      purpose={`It is copied onto ${deviceName(device)}, gets a certificate there, and proves itself with a test signature.`}
      note="The key’s file stays on this computer."
      actions={
        <>
          <Button onPress={onClose} isDisabled={isRunning}>
            Cancel
          </Button>
          <Button tone="primary" isPending={isRunning} isDisabled={key === undefined} onPress={put}>
            {isRunning ? 'Writing' : 'Put it on the token…'}
          </Button>
        </>
      }
    >
      {(keys.kind === 'idle' || keys.kind === 'loading') && <Waiting>Reading the key store</Waiting>}
      {keys.kind === 'failed' && <Problem error={keys.error} />}
      {keys.kind === 'ready' && (
        <>
          <OwnKeys keys={offered} onToken={contents} chosen={key?.id} onChoose={setChosen} />
          {props.wanted !== undefined && key === undefined && (
            <Banner tone="warn" title="The key of this certificate is not on this computer.">
              Bring it back from a backup first, or put another key into the slot.
            </Banner>
          )}
          <SlotField contents={contents} value={slot} onChange={setSlot} />
          <TouchField device={device} value={touch} onChange={setTouch} />
        </>
      )}
      {state.kind === 'failed' && <Problem error={state.error} />}
    </Sheet>
  );
}
