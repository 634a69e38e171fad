/** The tokens that are plugged in, and what is in their slots; or why there is none, and what to do about it. */
import { KeyRound, Usb, WandSparkles } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { TokenDeviceView } from '../../../shared/ipc/yubikey.ts';
import { countOf } from '../../copy/sizes.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Empty, PageBody, PageHead, Waiting } from '../../ui/surface.tsx';
import { useAct } from '../../ui/use-act.ts';
import { type DeviceActs, DeviceCard, DeviceWarnings } from './device-card.tsx';
import { DeviceChoice } from './device-choice.tsx';
import { NoToken } from './no-token.tsx';
import { SlotDetail } from './slot-detail.tsx';
import { SlotGrid } from './slot-grid.tsx';
import { deviceOf, devicesOf, type YubikeyStore } from './yubikey-store.ts';
import { deviceActs } from './device-acts.ts';
import './yubikey.css';

interface YubikeyScreenProps {
  readonly store: YubikeyStore;
  /** `linux`, `darwin`, `win32`; '' while unknown. */
  readonly platform: string;
  readonly say: (text: string) => void;
}

export function YubikeyScreen({ store, platform, say }: YubikeyScreenProps) {
  const current = useStore(store);
  const { state, load, begin } = current;
  const library = useAct<unknown>();
  useEffect(() => {
    void load();
  }, [load]);
  const device = deviceOf(current);
  const devices = devicesOf(current);
  const withLibrary = (work: () => Promise<void>): void => void library.run(work);
  return (
    <>
      <PageHead
        title="YubiKey"
        facts={
          state.kind === 'ready' &&
          state.value.kind === 'ready' && (
            <>
              <span>{countOf(devices.length, 'token')} plugged in</span>
              <span className="mono">{state.value.library}</span>
            </>
          )
        }
        actions={
          device !== undefined && (
            <>
              <Button icon={WandSparkles} onPress={() => begin({ kind: 'generate', serial: device.serial })}>
                Generate on the device…
              </Button>
              <Button
                tone="primary"
                icon={KeyRound}
                onPress={() => begin({ kind: 'put', serial: device.serial })}
              >
                Put a key on it…
              </Button>
            </>
          )
        }
      />
      <PageBody>
        {library.state.kind === 'failed' && <Problem error={library.state.error} />}
        {(state.kind === 'idle' || state.kind === 'loading') && <Waiting>Looking for tokens</Waiting>}
        {state.kind === 'failed' && (
          <Problem
            error={state.error}
            action={
              <Button size="small" onPress={() => void load()}>
                Try again
              </Button>
            }
          />
        )}
        {state.kind === 'ready' && state.value.kind !== 'ready' && (
          <NoToken
            state={state.value}
            platform={platform}
            onLook={() => void load()}
            onChooseLibrary={() => withLibrary(store.getState().chooseLibrary)}
            onUsualLibrary={() => withLibrary(store.getState().useUsualLibrary)}
          />
        )}
        {device !== undefined && <Device key={device.serial} store={store} device={device} say={say} />}
      </PageBody>
    </>
  );
}

interface DeviceProps {
  readonly store: YubikeyStore;
  readonly device: TokenDeviceView;
  readonly say: (text: string) => void;
}

function Device({ store, device, say }: DeviceProps) {
  const current = useStore(store);
  const act = useAct<unknown>();
  const acts: DeviceActs = deviceActs(store, device, say, (work) => void act.run(work));
  const devices = devicesOf(current);
  // That the PIN is blocked stands above already, with what to do.
  const isSaid = device.tries === 'none';
  const failure = act.state.kind === 'failed' && !isSaid ? act.state.error : undefined;
  return (
    <>
      {devices.length > 1 && (
        <DeviceChoice devices={devices} chosen={device.serial} onChoose={current.choose} />
      )}
      <DeviceWarnings device={device} acts={acts} />
      {failure !== undefined && <Problem error={failure} />}
      <DeviceCard device={device} acts={acts} />
      <Slots store={store} device={device} />
    </>
  );
}

function Slots({ store, device }: Omit<DeviceProps, 'say'>) {
  const { contents, slot, act, loadSlots, setSlot, begin, exportPublic } = useStore(store);
  const { serial } = device;
  const isActing = act !== undefined;
  // Read again whenever something about the token is new, but never while it is being written to.
  useEffect(() => {
    if (!isActing) void loadSlots(serial);
  }, [loadSlots, serial, device, isActing]);
  const exporting = useAct<string>();
  const read = contents.get(serial);
  if (read === undefined || read.kind === 'idle' || read.kind === 'loading')
    return <Waiting>Reading the slots</Waiting>;
  if (read.kind === 'failed') return <Problem error={read.error} />;
  const { slots } = read.value;
  const detail = slots.find((one) => one.slot === slot) ?? slots[0];
  return (
    <>
      {exporting.state.kind === 'failed' && <Problem error={exporting.state.error} />}
      <div className="split">
        <SlotGrid
          slots={slots}
          active={detail?.slot}
          onActive={setSlot}
          empty={
            <Empty icon={Usb} title="No keys on this token yet">
              Put a root key or a signer’s key on it: it then signs with its PIN, and with a touch where the
              token wants one.
            </Empty>
          }
        />
        {detail !== undefined && (
          <SlotDetail
            key={detail.slot}
            entry={detail}
            onPut={() =>
              begin({
                kind: 'put',
                serial,
                slot: detail.slot,
                ...(detail.id === undefined ? {} : { key: detail.id }),
              })
            }
            onExport={() => void exporting.run(() => exportPublic(serial, detail.id ?? ''))}
          />
        )}
      </div>
    </>
  );
}
