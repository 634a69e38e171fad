/** The answers to the calls about tokens, one line each. Part of `handlers.ts`, for its size. */
import type { Handlers } from './handlers-of.ts';
import type { WindowServices } from './window-services.ts';

export function yubikeyHandlers(yubikey: WindowServices['yubikey']): Handlers['yubikey'] {
  return {
    state: yubikey.state,
    slots: ({ serial }) => yubikey.slots(serial),
    put: (wish) => yubikey.put(wish),
    generate: (wish) => yubikey.generate(wish),
    exportPublic: ({ serial, key }) => yubikey.exportPublic(serial, key),
    changePin: ({ serial }) => yubikey.changePin(serial),
    changePuk: ({ serial }) => yubikey.changePuk(serial),
    unblock: ({ serial }) => yubikey.unblock(serial),
    name: ({ serial, name }) => yubikey.name(serial, name),
    lock: yubikey.lock,
    chooseLibrary: yubikey.chooseLibrary,
    useUsualLibrary: yubikey.useUsualLibrary,
  };
}
