/** The YubiKey page's words and store: four different reasons for no token, and what is read again when. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { NoToken, type NoTokenState } from '../../../renderer/features/yubikey/no-token.tsx';
import { createYubikeyStore, deviceOf } from '../../../renderer/features/yubikey/yubikey-store.ts';
import {
  askText,
  notaryText,
  pinWords,
  slotTitle,
  slotWords,
  touchText,
} from '../../../renderer/features/yubikey/yubikey-words.ts';
import type { TokenDeviceView, YubikeyState } from '../../../shared/ipc/yubikey.ts';
import { fakeBridge } from '../../fakes/bridge.ts';

const device = (serial: string): TokenDeviceView => ({
  serial,
  model: 'YubiKey YK5',
  firmware: '5.4.3',
  isPiv: true,
  tries: 'all',
  unblockTries: 'unknown',
  isUnlocked: false,
  choosesTouch: false,
  factory: [],
});
const ready = (...serials: string[]): YubikeyState => ({
  kind: 'ready',
  library: '/lib/x.so',
  devices: serials.map(device),
});

const nothing = (): void => undefined;
const text = (state: NoTokenState, platform = 'linux'): string =>
  renderToStaticMarkup(
    <NoToken
      state={state}
      platform={platform}
      onLook={nothing}
      onChooseLibrary={nothing}
      onUsualLibrary={nothing}
    />,
  )
    .replace(/<svg[^>]*>.*?<\/svg>/g, '')
    .replace(/<[^>]+>/g, ' ');

describe('no token', () => {
  test.each<[state: NoTokenState, says: string]>([
    [{ kind: 'not-built' }, 'This installation cannot speak to tokens'],
    [{ kind: 'no-library', looked: ['/opt/somewhere'] }, '/opt/somewhere'],
    [{ kind: 'no-service' }, 'systemctl enable --now pcscd.socket'],
    [{ kind: 'no-token', library: '/lib/x.so' }, 'gpgconf --kill scdaemon'],
    [
      { kind: 'failed', error: { code: 'yubikey/library-refused', details: { path: '/x', reason: 'r' } } },
      'Use the usual one',
    ],
  ])('$kind says what to do', (state, says) => {
    expect(text(state)).toContain(says);
  });

  test.each([
    ['darwin', 'brew install yubico-piv-tool'],
    ['win32', 'YubiKey PIV Tool'],
  ])('on %s the library comes as it does there', (platform, says) => {
    expect(text({ kind: 'no-library', looked: [] }, platform)).toContain(says);
  });
});

describe('words', () => {
  test('tries are never a number: tokens tell none', () => {
    const words = (['all', 'fewer', 'last', 'none', 'unknown'] as const).map((tries) => pinWords(tries));
    expect(words.map(({ tone }) => tone)).toEqual(['ok', 'warn', 'bad', 'bad', 'muted']);
    expect(new Set(words.map(({ word }) => word)).size).toBe(5);
  });

  test('a certificate without its key is never called ready', () => {
    expect(slotWords({ state: 'phantom', isCertain: true })).toMatchObject({
      tone: 'warn',
      word: 'Key missing',
    });
    expect(slotWords({ state: 'key', isCertain: false }).word).toBe('Unproven');
    expect(slotWords({ state: 'key', isCertain: true }).word).toBe('Ready');
  });

  test('a slot is called by its role, or by what its certificate says', () => {
    expect(slotTitle({ role: 'root', state: 'key' })).toBe('Root key');
    expect(slotTitle({ role: 'jeff', state: 'key' })).toBe('Signer key jeff');
    expect(slotTitle({ role: '', commonName: 'Some CA', state: 'other' })).toBe('Certificate of Some CA');
  });

  test('what a token does not tell is not made up', () => {
    expect(touchText(undefined)).toBe('Not told by the token');
    expect(askText(undefined)).toContain('as far as is known');
    expect(notaryText({ notaryUses: true, role: 'jeff' })).toBe('Lists it, as a root key');
  });
});

describe('the store', () => {
  test('is told what is plugged in, and looks at the first device when the chosen one left', () => {
    const { bridge, emit } = fakeBridge({});
    const store = createYubikeyStore(bridge);
    expect(deviceOf(store.getState())).toBeUndefined();
    emit('yubikey.changed', ready('1', '2'));
    store.getState().choose('2');
    expect(deviceOf(store.getState())?.serial).toBe('2');
    emit('yubikey.changed', ready('1'));
    expect(deviceOf(store.getState())?.serial).toBe('1');
    emit('yubikey.changed', ready('1', '2'));
    expect(deviceOf(store.getState())?.serial).toBe('2');
  });

  test('after a key was put on a token its slot is looked at', async () => {
    const put = {
      serial: '1',
      slot: '9d',
      id: 'ab'.repeat(32),
      role: 'root',
      algorithm: 'ECDSA P-256' as const,
    };
    const { bridge, calls } = fakeBridge({
      'yubikey.put': () => put,
      'yubikey.slots': () => ({ slots: [], free: [] }),
    });
    const store = createYubikeyStore(bridge);
    await store.getState().put({ key: put.id, serial: '1', slot: '9d' });
    expect(calls.map(({ name }) => name)).toEqual(['yubikey.put', 'yubikey.slots']);
    expect(store.getState()).toMatchObject({ chosen: '1', slot: '9d' });
  });

  test('only keys in files of this computer can be put on a token', async () => {
    const row = (place: object, sandbox: boolean) => ({
      ...{
        id: 'ab'.repeat(32),
        role: 'root',
        algorithm: 'ECDSA P-256',
        location: '',
        encrypted: true,
        usedBy: [],
      },
      ...{ place, sandbox, backup: { copies: 0, provenCopies: 0, drillDue: false } },
    });
    const file = row({ kind: 'file' }, false);
    const keys = [file, row({ kind: 'file' }, true), row({ kind: 'yubikey', serial: '1' }, false)];
    const { bridge } = fakeBridge({ 'keys.list': () => ({ keys, unreadable: [] }) as never });
    expect(await createYubikeyStore(bridge).getState().ownKeys()).toEqual([file]);
  });
});
