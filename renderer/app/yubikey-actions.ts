/** What can be done with the token that is looked at, for the command palette. */
import { KeyRound, Lock, Pencil, RotateCcw, type LucideIcon, ShieldCheck, WandSparkles } from 'lucide-react';
import { deviceActs } from '../features/yubikey/device-acts.ts';
import { deviceOf } from '../features/yubikey/yubikey-store.ts';
import { deviceTitle } from '../features/yubikey/yubikey-words.ts';
import type { Action } from './actions.ts';
import type { Stores } from './stores.ts';

export function yubikeyActions({ app, yubikey }: Stores): readonly Action[] {
  const { begin } = yubikey.getState();
  const device = deviceOf(yubikey.getState());
  if (device === undefined) return [];
  const { serial, isPiv } = device;
  const name = deviceTitle(device);
  const { go, say } = app.getState();
  // What fails is said in passing, unless the person cancelled.
  const acts = deviceActs(yubikey, device, say, (work) => void work());
  const show = (run: () => void) => (): void => {
    go({ screen: 'yubikey' });
    run();
  };
  const act = (id: string, title: string, icon: LucideIcon, run: () => void): Action => ({
    id: `yubikey-${id}`,
    title,
    icon,
    group: 'YubiKey',
    run,
  });
  return [
    act(
      'put',
      `Put a key on ${name}…`,
      KeyRound,
      show(() => begin({ kind: 'put', serial })),
    ),
    act(
      'generate',
      `Generate a key on ${name}…`,
      WandSparkles,
      show(() => begin({ kind: 'generate', serial })),
    ),
    act('name', `Name ${name}…`, Pencil, acts.name),
    act('pin', `Change the PIN of ${name}…`, ShieldCheck, acts.changePin),
    ...(isPiv
      ? [
          act('puk', `Change the PUK of ${name}…`, ShieldCheck, acts.changePuk),
          act('unblock', `Unblock the PIN of ${name}…`, RotateCcw, acts.unblock),
        ]
      : []),
    ...(device.isUnlocked ? [act('lock', 'Lock every token', Lock, acts.lock)] : []),
  ];
}
