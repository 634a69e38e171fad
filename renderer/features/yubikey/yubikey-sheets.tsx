/** The sheet of what is being done with a token; opened from its page, and from anywhere by the command palette. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { TokenDeviceView } from '../../../shared/ipc/yubikey.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Waiting } from '../../ui/surface.tsx';
import { GenerateSheet } from './generate-sheet.tsx';
import { NameSheet } from './name-sheet.tsx';
import { PutSheet } from './put-sheet.tsx';
import { devicesOf, type YubikeyAct, type YubikeyStore } from './yubikey-store.ts';
import './yubikey.css';

interface YubikeySheetsProps {
  readonly store: YubikeyStore;
  /** Where backups are made. */
  readonly onBackUp?: (() => void) | undefined;
}

export function YubikeySheets({ store, onBackUp }: YubikeySheetsProps) {
  const current = useStore(store);
  const { act, end } = current;
  const pluggedIn = devicesOf(current).find(({ serial }) => serial === act?.serial);
  // Unplugged in the middle of it: the sheet stays, and says what came of it.
  const [seen, setSeen] = useState(pluggedIn);
  if (pluggedIn !== undefined && pluggedIn !== seen) setSeen(pluggedIn);
  if (act === undefined) return null;
  const device = pluggedIn ?? (seen?.serial === act.serial ? seen : undefined);
  if (device === undefined) return <Gone serial={act.serial} onClose={end} />;
  if (act.kind === 'name') return <NameSheet store={store} device={device} onClose={end} />;
  const backUp =
    onBackUp &&
    (() => {
      end();
      onBackUp();
    });
  return <WithSlots store={store} act={act} device={device} onBackUp={backUp} />;
}

interface WithSlotsProps {
  readonly store: YubikeyStore;
  readonly act: Exclude<YubikeyAct, { kind: 'name' }>;
  readonly device: TokenDeviceView;
  readonly onBackUp: (() => void) | undefined;
}

function WithSlots({ store, act, device, onBackUp }: WithSlotsProps) {
  const { contents, loadSlots, end } = useStore(store);
  const { serial } = device;
  const read = contents.get(serial);
  useEffect(() => {
    if (store.getState().contents.get(serial)?.kind !== 'ready') void loadSlots(serial);
  }, [store, loadSlots, serial]);
  if (read?.kind === 'ready') {
    const common = { store, device, contents: read.value, onClose: end };
    return act.kind === 'put' ? (
      <PutSheet {...common} slot={act.slot} wanted={act.key} onBackUp={onBackUp} />
    ) : (
      <GenerateSheet {...common} />
    );
  }
  return (
    <Sheet isOpen onClose={end} title="One moment" actions={<Button onPress={end}>Close</Button>}>
      {read?.kind === 'failed' ? <Problem error={read.error} /> : <Waiting>Reading the slots</Waiting>}
    </Sheet>
  );
}

function Gone({ serial, onClose }: { readonly serial: string; readonly onClose: () => void }) {
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title="The token is gone"
      actions={<Button onPress={onClose}>Close</Button>}
    >
      <Problem error={{ code: 'yubikey/not-plugged-in', details: { serial } }} />
    </Sheet>
  );
}
