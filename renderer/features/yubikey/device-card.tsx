/** One token: who it is, its PIN, and what can be done with it. Gets data and callbacks; knows no store. */
import { Lock, LockOpen, Pencil, RotateCcw, Settings2, ShieldCheck } from 'lucide-react';
import type { TokenDeviceView } from '../../../shared/ipc/yubikey.ts';
import { ActionMenu, type MenuAct } from '../../ui/action-menu.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Pill, Status } from '../../ui/status.tsx';
import { deviceTitle, factoryText, pinWords } from './yubikey-words.ts';

export interface DeviceActs {
  readonly name: () => void;
  readonly changePin: () => void;
  readonly changePuk: () => void;
  readonly unblock: () => void;
  readonly lock: () => void;
}

interface DeviceCardProps {
  readonly device: TokenDeviceView;
  readonly acts: DeviceActs;
}

export function DeviceCard({ device, acts }: DeviceCardProps) {
  const { serial, name, model, firmware, tries, isUnlocked, isPiv } = device;
  const { tone, word, sentence } = pinWords(tries);
  return (
    <section className="device" aria-label={`Token ${serial}`}>
      <div className="device-who">
        <h2 className="device-name selectable">{deviceTitle(device)}</h2>
        <p className="muted selectable">
          {name !== undefined && `${model}, `}serial <span className="mono">{serial}</span>
          {firmware !== '' && `, firmware ${firmware}`}
        </p>
      </div>
      <dl className="device-facts">
        <div>
          <dt className="overline">PIN</dt>
          <dd>
            <Status tone={tone} title={sentence} isQuiet={tone === 'ok'}>
              {word}
            </Status>
          </dd>
        </div>
        <div>
          <dt className="overline">Lock</dt>
          <dd>
            {isUnlocked ? (
              <Pill icon={LockOpen} tone="warn">
                Unlocked
              </Pill>
            ) : (
              <Status tone="muted" icon={Lock} isQuiet>
                Locked
              </Status>
            )}
          </dd>
        </div>
      </dl>
      <div className="device-acts">
        {isUnlocked && (
          <Button size="small" icon={Lock} onPress={acts.lock}>
            Lock
          </Button>
        )}
        {tries === 'none' && isPiv ? (
          <Button size="small" tone="primary" onPress={acts.unblock}>
            Unblock PIN…
          </Button>
        ) : (
          <Button size="small" onPress={acts.changePin}>
            Change PIN…
          </Button>
        )}
        <ActionMenu label={`More for ${deviceTitle(device)}`} icon={Settings2} acts={menuOf(device, acts)} />
      </div>
    </section>
  );
}

function menuOf({ isPiv, tries }: TokenDeviceView, acts: DeviceActs): readonly MenuAct[] {
  return [
    { id: 'name', label: 'Name…', icon: Pencil, run: acts.name },
    ...(isPiv
      ? [
          { id: 'puk', label: 'Change PUK…', icon: ShieldCheck, run: acts.changePuk },
          ...(tries === 'none'
            ? []
            : [{ id: 'unblock', label: 'Unblock PIN…', icon: RotateCcw, run: acts.unblock }]),
        ]
      : []),
  ];
}

/** What should not stay as it is, worst first. */
export function DeviceWarnings({ device, acts }: DeviceCardProps) {
  const { tries, factory, serial } = device;
  const known = factoryText(factory);
  return (
    <>
      {(tries === 'last' || tries === 'none') && (
        <Banner tone="bad" title={tries === 'none' ? 'The PIN is blocked.' : 'One try is left for the PIN.'}>
          {pinWords(tries).sentence}
        </Banner>
      )}
      {known !== '' && (
        <Banner
          tone="warn"
          title={`The ${known} of this token is the one that every token comes with.`}
          action={
            <Button size="small" onPress={factory.includes('PIN') ? acts.changePin : acts.changePuk}>
              Change {factory.includes('PIN') ? 'PIN' : 'PUK'}…
            </Button>
          }
        >
          Whoever finds the token can sign with it.
        </Banner>
      )}
      {known === '' && factory.includes('management key') && (
        <Banner tone="info" title="Its management key is the one from the factory.">
          Whoever holds the token can overwrite its keys, though not use them.{' '}
          <span className="mono">yubico-piv-tool -a set-mgm-key</span> changes it for token {serial}.
        </Banner>
      )}
    </>
  );
}
