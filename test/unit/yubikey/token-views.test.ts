/** What the window is told of tokens: public facts, and never a member that has no value. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { TokenDevice } from '../../../electron/yubikey/token-finder.ts';
import type { TokenSlot } from '../../../electron/yubikey/token-keys.ts';
import { toSlotsView, toStateView } from '../../../electron/yubikey/token-views.ts';

const device: TokenDevice = {
  serial: '11111111',
  name: undefined,
  label: 'YubiKey PIV #11111111',
  model: 'YubiKey YK5',
  manufacturer: 'Yubico (www.yubico.com)',
  firmware: '5.4.3',
  isPiv: true,
  pin: 'fewer',
  puk: 'unknown',
  isLoggedIn: false,
  isKept: false,
  choosesTouch: true,
};

const slot = (name: string, more: Partial<TokenSlot> = {}): TokenSlot => ({
  serial: '11111111',
  id: '01',
  slot: name,
  state: 'key',
  keyId: 'ab'.repeat(32) as never,
  key: undefined,
  algorithm: 'ECDSA P-256',
  role: 'root',
  gun: undefined,
  commonName: 'root',
  certificateExpires: 1,
  madeOnDevice: undefined,
  pinPolicy: undefined,
  touchPolicy: undefined,
  isCertain: true,
  notaryUses: true,
  ...more,
});

describe('the state of tokens', () => {
  it.each(['not-built', 'no-service'] as const)('%s stays what it is', (kind) => {
    expect(toStateView({ kind }, () => [])).toEqual({ kind });
  });

  it('a library that is missing says where it was looked for', () => {
    expect(toStateView({ kind: 'no-library', looked: ['/usr/lib'] }, () => [])).toEqual({
      kind: 'no-library',
      looked: ['/usr/lib'],
    });
  });

  it('a failure is its code and details, without message or stack', () => {
    const error = new AppError('yubikey/process-ended', { reason: 'SIGSEGV' });
    expect(toStateView({ kind: 'failed', error }, () => [])).toEqual({
      kind: 'failed',
      error: { code: 'yubikey/process-ended', details: { reason: 'SIGSEGV' } },
    });
  });

  it('a device has its tries and its factory values, and a name only when it was given one', () => {
    const state = { kind: 'ready', library: '/lib/x.so', devices: [device] } as const;
    const view = toStateView(state, (serial) => (serial === device.serial ? ['PIN'] : []));
    expect(view).toEqual({
      kind: 'ready',
      library: '/lib/x.so',
      devices: [
        {
          serial: '11111111',
          model: 'YubiKey YK5',
          firmware: '5.4.3',
          isPiv: true,
          tries: 'fewer',
          unblockTries: 'unknown',
          isUnlocked: false,
          choosesTouch: true,
          factory: ['PIN'],
        },
      ],
    });
    const named = { ...state, devices: [{ ...device, name: 'blue' }] };
    expect(toStateView(named, () => [])).toMatchObject({ devices: [{ name: 'blue' }] });
  });
});

describe('the slots of a token', () => {
  it('come as people know them, 9a to 9e first', () => {
    const { slots } = toSlotsView(
      device,
      ['82', '9e', '95', '9a'].map((name) => slot(name)),
    );
    expect(slots.map((one) => one.slot)).toEqual(['9a', '9e', '82', '95']);
  });

  it('are free in the order in which they are offered; what is taken is not', () => {
    const { free } = toSlotsView(device, [slot('9a'), slot('82')]);
    expect(free.slice(0, 2)).toEqual(['9d', '83']);
    expect(free.slice(-2)).toEqual(['9c', '9e']);
    expect(free).toHaveLength(22);
  });

  it('have no names where a token numbers its own', () => {
    expect(toSlotsView({ isPiv: false }, []).free).toEqual([]);
  });

  it('say what is known of PIN and touch, and leave out what is not', () => {
    const known = toSlotsView(device, [slot('9a', { pinPolicy: 'always', touchPolicy: 'cached' })]).slots[0];
    expect(known).toMatchObject({ asks: 'always', touch: 'cached' });
    const [unknown] = toSlotsView(device, [slot('9a', { keyId: undefined, state: 'phantom' })]).slots;
    expect(Object.keys(unknown ?? {}).sort()).toEqual([
      'algorithm',
      'certificateUntil',
      'commonName',
      'isCertain',
      'notaryUses',
      'role',
      'slot',
      'state',
    ]);
  });
});
