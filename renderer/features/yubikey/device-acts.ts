/** What is done with a token at once: main asks for PIN and PUK, and what came of it is said. */
import type { TokenDeviceView } from '../../../shared/ipc/yubikey.ts';
import type { DeviceActs } from './device-card.tsx';
import type { YubikeyStore } from './yubikey-store.ts';
import { deviceName } from './yubikey-words.ts';

type Run = (work: () => Promise<void>) => void;

export function deviceActs(
  store: YubikeyStore,
  device: TokenDeviceView,
  say: (text: string) => void,
  run: Run,
): DeviceActs {
  const { changePin, changePuk, unblock, lock, begin } = store.getState();
  const { serial } = device;
  const name = deviceName(device);
  const thenSay = (work: () => Promise<void>, words: string) => (): void =>
    run(async () => {
      await work();
      say(words);
    });
  return {
    name: () => begin({ kind: 'name', serial }),
    changePin: thenSay(() => changePin(serial), `${name} has a new PIN`),
    changePuk: thenSay(() => changePuk(serial), `${name} has a new PUK`),
    unblock: thenSay(() => unblock(serial), `${name} has a new PIN, and all its tries`),
    lock: thenSay(lock, 'Every token is locked'),
  };
}
