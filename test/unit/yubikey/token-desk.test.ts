/** Tokens from a person's view: keys onto them, PINs, signatures, and everything that goes wrong in between. */
import { expect, describe, it } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { hasCode } from '../../../shared/errors.ts';
import { TouchTally } from '../../../electron/yubikey/touch-tally.ts';
import type { CanonicalKeyId } from '../../../shared/brands.ts';
import { FakeToken, failure } from '../../fakes/fake-token.ts';
import { consent, type DeskLab, openDeskLab, useDeskLab } from './desk-lab.ts';

useDeskLab();

async function put({ desk }: DeskLab, slot: string | undefined, role = 'jeff', more = {}) {
  const key = await generateKey();
  try {
    return await desk.importKey({ device: await desk.choose(undefined), slot, role, ...more }, key);
  } finally {
    key.wipe();
  }
}

const message = new Uint8Array([1, 2, 3]);
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing went wrong',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

async function signWith(lab: DeskLab, keyId: Awaited<ReturnType<typeof put>>['keyId'], signatures = 1) {
  const signer = await lab.desk.openSigner(keyId, lab.token.serial, { ...consent, signatures });
  const { signature, method } = await signer.sign(message);
  expect(nodeCrypto.verify(signer.key, method, message, signature)).toBe(true);
  return signer;
}

describe('what is plugged in', () => {
  it.each([
    ['not-built', 'yubikey/not-built'],
    ['failed', 'yubikey/library-failed'],
  ] as const)('is %s when the token process says so', async (kind, code) => {
    const lab = await openDeskLab();
    lab.reader.beforeCall = () => {
      throw Object.assign(new Error(code), { name: 'AppError', code, details: { path: 'x', reason: 'y' } });
    };
    expect((await lab.desk.look()).kind).toBe(kind);
  });

  it('is told apart: no service, no token, several tokens with their names', async () => {
    const lab = await openDeskLab(new FakeToken('1001'), new FakeToken('1002', [4, 35]));
    lab.reader.hasService = false;
    expect((await lab.desk.look()).kind).toBe('no-service');
    lab.reader.hasService = true;
    for (const token of lab.tokens) token.unplug();
    expect((await lab.desk.look()).kind).toBe('no-token');
    for (const token of lab.tokens) token.plugIn();
    await lab.desk.name('1002', 'Release key');
    expect(await lab.desk.look()).toMatchObject({
      kind: 'ready',
      devices: [
        { serial: '1001', name: undefined, firmware: '5.4.3', pin: 'all', puk: 'unknown' },
        { serial: '1002', name: 'Release key', firmware: '4.3.5' },
      ],
    });
    expect(await codeOf(lab.desk.choose(undefined))).toBe('yubikey/choose');
    expect((await lab.desk.choose('Release key')).serial).toBe('1002');
    expect(await codeOf(lab.desk.choose('1003'))).toBe('yubikey/not-plugged-in');
  });

  it('changes are told, once each', async () => {
    const lab = await openDeskLab();
    const kinds: string[] = [];
    const seen = new Promise<void>((resolve) => {
      lab.desk.watch(
        ({ kind }) => {
          kinds.push(kind);
          if (kinds.length === 1) lab.token.unplug();
          if (kinds.length === 2) lab.token.plugIn();
          if (kinds.length === 3) resolve();
        },
        (error) => expect.fail(String(error)),
      );
    });
    await seen;
    expect(kinds).toEqual(['ready', 'no-token', 'ready']);
  });

  it('is looked for so often that a token is noticed within a second, also where the service comes with it', async () => {
    const lab = await openDeskLab();
    const kinds: string[] = [];
    const acts = [
      () => lab.token.unplug(),
      () => (lab.reader.hasService = false),
      () => {
        lab.reader.hasService = true;
        lab.token.plugIn();
      },
    ];
    await new Promise<void>((resolve) => {
      lab.desk.watch(
        ({ kind }) => {
          kinds.push(kind);
          acts[kinds.length - 1]?.();
          if (kinds.length > acts.length) resolve();
        },
        (error) => expect.fail(String(error)),
      );
    });
    expect(kinds).toEqual(['ready', 'no-token', 'no-service', 'ready']);
    // What is left of the second is for the look itself, which takes some ten milliseconds.
    expect(lab.pauses.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...lab.pauses)).toBeLessThanOrEqual(750);
  });

  it.each(['', 'a\nb', 'x'.repeat(61)])('names are refused or taken away: %j', async (name) => {
    const lab = await openDeskLab();
    await lab.desk.name('1001', 'First');
    if (name === '') await lab.desk.name('1001', name);
    else expect(await codeOf(lab.desk.name('1001', name))).toBe('yubikey/invalid-name');
    expect((await lab.desk.choose('1001')).name).toBe(name === '' ? undefined : 'First');
  });
});

describe('putting a key on a token', () => {
  it('writes the key before the certificate, proves it, and says in the certificate whose it is', async () => {
    const lab = await openDeskLab();
    const done = await put(lab, undefined, 'root');
    expect(done.slot).toBe('9a');
    const writes = lab.reader.calls.filter((call) => call === 'create' || call === 'sign');
    expect(writes).toEqual(['create', 'create', 'sign']);
    expect(await lab.desk.keys()).toMatchObject([
      { keyId: done.keyId, slot: '9a', role: 'root', commonName: 'root', isCertain: true, notaryUses: true },
    ]);
  });

  it('tells the repository of a repository key', async () => {
    const lab = await openDeskLab();
    await put(lab, '9d', 'targets', { gun: 'registry.example.test/app' });
    expect(await lab.desk.keys()).toMatchObject([{ role: 'targets', gun: 'registry.example.test/app' }]);
  });

  it('never overwrites a slot silently', async () => {
    const lab = await openDeskLab();
    const first = await put(lab, '9a');
    expect(await codeOf(put(lab, '9a'))).toBe('yubikey/slot-occupied');
    expect((await lab.desk.keys()).map(({ keyId }) => keyId)).toEqual([first.keyId]);
    const second = await put(lab, '9a', 'kim', { replace: true });
    expect((await lab.desk.keys()).map(({ keyId }) => keyId)).toEqual([second.keyId]);
  });

  it('asks before it uses a slot of which an older device does not tell whether it is empty', async () => {
    const lab = await openDeskLab(new FakeToken('1001', [4, 35]));
    lab.person.agrees = false;
    expect(await codeOf(put(lab, '9a'))).toBe('prompt/cancelled');
    expect(lab.person.confirmed[0]?.text).toContain('does not show keys that have no certificate');
    expect(lab.token.keys.size).toBe(0);
  });

  it('takes the next free slot, never 9c or 9e, and says when none is free', async () => {
    const lab = await openDeskLab();
    const slots: string[] = [];
    for (let i = 0; i < 22; i++) slots.push((await put(lab, undefined)).slot);
    expect(slots.slice(0, 3)).toEqual(['9a', '9d', '82']);
    expect(slots).not.toContain('9c');
    expect(slots).not.toContain('9e');
    expect(await codeOf(put(lab, undefined))).toBe('yubikey/slots-full');
  }, 60_000);

  it('fills the slot in which notary left a certificate of the key', async () => {
    const lab = await openDeskLab();
    const key = await generateKey();
    const device = await lab.desk.choose(undefined);
    await lab.desk.importKey({ device, slot: '9c', role: 'root' }, key);
    lab.token.keys.delete('02');
    expect(await lab.desk.slots(device)).toMatchObject([{ slot: '9c', state: 'phantom' }]);
    expect(await lab.desk.keys()).toEqual([]);
    expect((await lab.desk.importKey({ device, role: 'root' }, key)).slot).toBe('9c');
    expect(await lab.desk.keys()).toMatchObject([{ slot: '9c', state: 'key' }]);
    key.wipe();
  });

  it('finishes what was interrupted between key and certificate', async () => {
    const lab = await openDeskLab();
    const key = await generateKey();
    const wish = { device: await lab.desk.choose(undefined), slot: '9a', role: 'jeff' };
    let writes = 0;
    lab.reader.beforeCall = (call) => {
      if (call === 'create' && (writes += 1) === 2) {
        lab.token.unplug();
        throw failure('C_CreateObject', 'CKR_DEVICE_ERROR');
      }
    };
    expect(await codeOf(lab.desk.importKey(wish, key))).toBe('yubikey/removed');
    lab.reader.beforeCall = () => undefined;
    lab.token.plugIn();
    expect(await lab.desk.slots(wish.device)).toMatchObject([{ slot: '9a', state: 'key-only' }]);
    await lab.desk.importKey(wish, key);
    expect(await lab.desk.slots(wish.device)).toMatchObject([{ slot: '9a', state: 'key' }]);
    key.wipe();
  });

  it('makes a key on the device only after the warning, and certifies it with the key itself', async () => {
    const lab = await openDeskLab();
    const wish = { device: await lab.desk.choose(undefined), role: 'kim' };
    lab.person.agrees = false;
    expect(await codeOf(lab.desk.generateKey(wish, 'ECDSA P-256'))).toBe('prompt/cancelled');
    expect(lab.token.keys.size).toBe(0);
    lab.person.agrees = true;
    const done = await lab.desk.generateKey(wish, 'ECDSA P-256');
    expect(lab.person.confirmed.at(-1)?.text).toContain('can never leave it');
    expect(await lab.desk.keys()).toMatchObject([{ keyId: done.keyId, role: 'kim', state: 'key' }]);
  });

  it('refuses kinds of keys that no PIV token has, before anything is written', async () => {
    const lab = await openDeskLab();
    const key = await generateKey('Ed25519');
    const device = await lab.desk.choose(undefined);
    expect(await codeOf(lab.desk.importKey({ device, role: 'jeff' }, key))).toBe('yubikey/unsupported');
    expect(lab.reader.calls).not.toContain('create');
    key.wipe();
  });
});

describe('PINs', () => {
  it('are typed by a person or not tried: nothing from the environment, nothing from the factory', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9a');
    lab.token.tried.length = 0;
    lab.person.types = ['135790'];
    lab.token.pin = '135790';
    await signWith(lab, keyId);
    expect(lab.token.tried).toEqual(['135790']);
  });

  it('cost no try when they cannot be right', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9a');
    lab.token.tried.length = 0;
    lab.person.types = ['', '12345', '123456789', '123456'];
    await signWith(lab, keyId);
    expect(lab.token.tried).toEqual(['123456']);
    expect(lab.person.asked.slice(-3).map(({ problem }) => problem)).toEqual([
      'malformed',
      'malformed',
      'malformed',
    ]);
  });

  it('say how near the end is, want a second yes for the last try, and stop when it is blocked', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9a');
    lab.person.asked.length = 0;
    lab.person.types = ['999991', '999992', '999993'];
    expect(await codeOf(lab.desk.openSigner(keyId, '1001', consent))).toBe('yubikey/pin-locked');
    expect(lab.person.asked.map(({ left, problem }) => [left, problem])).toEqual([
      ['all', undefined],
      ['fewer', 'wrong'],
      ['last', 'wrong'],
    ]);
    expect(lab.person.confirmed.map(({ title }) => title)).toEqual(['Last try for the PIN']);
    expect(await codeOf(lab.desk.openSigner(keyId, '1001', consent))).toBe('yubikey/pin-locked');
    expect(lab.person.asked).toHaveLength(3);
  });

  it('keep the last try for those who say no to it', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9a');
    lab.token.pinTries = 1;
    lab.person.agrees = false;
    lab.token.tried.length = 0;
    expect(await codeOf(lab.desk.openSigner(keyId, '1001', consent))).toBe('prompt/cancelled');
    expect(lab.token.tried).toEqual([]);
    expect(lab.token.pinTries).toBe(1);
  });

  it('are changed, unblocked with the PUK, and the factory’s is not taken as a new one', async () => {
    const lab = await openDeskLab();
    const device = await lab.desk.choose(undefined);
    lab.person.types = ['123456', '246810', '123456'];
    await lab.desk.changePin(device);
    expect(lab.person.asked.map(({ isNew, problem }) => [isNew, problem])).toEqual([
      [true, undefined],
      [true, 'factory'],
      [false, undefined],
    ]);
    expect(lab.token.pin).toBe('246810');
    lab.token.pinTries = 0;
    lab.person.types = ['864200', '12345678'];
    await lab.desk.unblockPin(device);
    expect([lab.token.pin, lab.token.pinTries]).toEqual(['864200', 3]);
    expect(lab.factory).toContain('1001 PUK');
    lab.person.types = ['87654321', '12345678'];
    await lab.desk.changePuk(device);
    expect(lab.token.puk).toBe('87654321');
  });

  it('count wrong PUKs here, because tokens do not tell', async () => {
    const lab = await openDeskLab();
    const device = await lab.desk.choose(undefined);
    lab.person.types = ['246810', '11111111', '22222222', '33333333'];
    expect(await codeOf(lab.desk.unblockPin(device))).toBe('yubikey/pin-locked');
    expect(lab.person.asked.slice(1).map(({ left }) => left)).toEqual(['unknown', 'fewer', 'last']);
    expect(lab.person.confirmed.map(({ title }) => title)).toEqual(['Last try for the PUK']);
  });

  it('are warned about when they are the factory’s, once', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9a');
    (await signWith(lab, keyId)).wipe();
    expect(lab.factory).toEqual(['1001 management key', '1001 PIN']);
    expect(lab.desk.factoryValues('1001')).toEqual(['management key', 'PIN']);
  });

  it('unlock for one piece of work, or until it is locked when the person wants that', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9a');
    (await signWith(lab, keyId)).wipe();
    expect((await lab.desk.choose('1001')).isLoggedIn).toBe(false);
    lab.person.keep = true;
    (await signWith(lab, keyId)).wipe();
    expect((await lab.desk.choose('1001')).isLoggedIn).toBe(true);
    const asked = lab.person.asked.length;
    (await signWith(lab, keyId)).wipe();
    expect(lab.person.asked).toHaveLength(asked);
    await lab.desk.lock();
    expect((await lab.desk.choose('1001')).isLoggedIn).toBe(false);
  });

  it('are asked for at every signature of 9c, and for no other', async () => {
    const lab = await openDeskLab();
    const always = await put(lab, '9c');
    const once = await put(lab, '9a');
    for (const [keyId, times] of [
      [always.keyId, 2],
      [once.keyId, 1],
    ] as const) {
      lab.person.asked.length = 0;
      const signer = await signWith(lab, keyId, 2);
      await signer.sign(message);
      signer.wipe();
      expect(lab.person.asked).toHaveLength(times);
    }
  });
});

describe('signing', () => {
  it('shows the touch with what it signs and how many follow', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9a');
    lab.person.touches.length = 0;
    lab.token.finger = { after: 4_000 };
    const signer = await signWith(lab, keyId, 2);
    await signer.sign(message);
    expect(
      lab.person.touches.map(({ following, tags, slot, token }) => [following, tags, slot, token.serial]),
    ).toEqual([
      [1, ['1.0'], '9a', '1001'],
      [0, ['1.0'], '9a', '1001'],
    ]);
  });

  it('counts the touches of every key in the same work, as far as they are known to be wanted', async () => {
    const lab = await openDeskLab();
    const [first, second] = [await put(lab, '9a'), await put(lab, '9d')];
    lab.person.touches.length = 0;
    lab.token.finger = { after: 4_000 };
    const tally = new TouchTally(new Map([[second.keyId, 3]]));
    const open = (keyId: CanonicalKeyId) =>
      lab.desk.openSigner(keyId, '1001', { ...consent, signatures: 1, tally });
    const one = await open(first.keyId);
    await one.sign(message);
    const two = await open(second.keyId);
    await two.sign(message);
    expect(lab.person.touches.map(({ following }) => following)).toEqual([3, 0]);
    one.wipe();
    two.wipe();
  });

  it('tells a touch that did not come from a PIN that is no longer good', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9a');
    const signer = await lab.desk.openSigner(keyId, '1001', consent);
    lab.token.finger = 'never';
    lab.person.agrees = false;
    expect(await codeOf(signer.sign(message))).toBe('prompt/cancelled');
    expect(lab.person.confirmed.map(({ title }) => title)).toEqual(['The token was not touched']);
    lab.token.finger = 'not-wanted';
    lab.token.loggedIn = undefined;
    const asked = lab.person.asked.length;
    await signer.sign(message);
    expect(lab.person.asked).toHaveLength(asked + 1);
  });

  it('ends when the person gives up', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9a');
    const signer = await lab.desk.openSigner(keyId, '1001', consent);
    lab.token.finger = { after: 1 };
    lab.person.givesUp = true;
    expect(await codeOf(signer.sign(message))).toBe('prompt/cancelled');
    lab.person.givesUp = false;
    lab.token.finger = 'not-wanted';
    await signWith(lab, keyId);
  });

  it('waits for a token that is not plugged in, and goes on when it comes', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9a');
    lab.token.unplug();
    lab.person.whenMissed = () => lab.token.plugIn();
    await signWith(lab, keyId);
    expect(lab.person.missed).toMatchObject([{ token: { serial: '1001' }, purpose: consent.purpose }]);
  });

  it.each(['signInit', 'sign', 'find', 'login', 'slotsWithToken'] as const)(
    'survives unplugging at %s, asks for the PIN again and signs',
    async (at) => {
      const lab = await openDeskLab();
      const { keyId } = await put(lab, '9a');
      const signer = await lab.desk.openSigner(keyId, '1001', consent);
      let isDone = false;
      lab.reader.beforeCall = (call) => {
        if (call !== at || isDone) return;
        isDone = true;
        lab.token.unplug();
        if (call !== 'slotsWithToken') throw failure('C_Any', 'CKR_DEVICE_ERROR');
      };
      lab.person.whenMissed = () => lab.token.plugIn();
      if (at === 'login') lab.token.loggedIn = undefined;
      const { signature, method } = await signer.sign(message);
      expect(nodeCrypto.verify(signer.key, method, message, signature)).toBe(true);
      expect(lab.person.missed).toHaveLength(1);
    },
  );

  it('says that a certificate without its key is one, when that shows at the first signature only', async () => {
    const lab = await openDeskLab(new FakeToken('1001', [4, 35]));
    const { keyId } = await put(lab, '9a');
    lab.token.keys.clear();
    await lab.desk.look();
    const other = await openDeskLab(lab.token);
    const signer = await other.desk.openSigner(keyId, '1001', consent);
    expect(await codeOf(signer.sign(message))).toBe('yubikey/phantom');
  });

  it('believes in a key of an older device once it has signed', async () => {
    const lab = await openDeskLab(new FakeToken('1001', [4, 35]));
    await put(lab, '9a');
    expect(await lab.desk.keys()).toMatchObject([{ isCertain: true }]);
    const other = await openDeskLab(lab.token);
    expect(await other.desk.keys()).toMatchObject([{ isCertain: false }]);
  });

  it('refuses a signature that does not verify', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9a');
    const signer = await lab.desk.openSigner(keyId, '1001', consent);
    const { sign } = lab.reader;
    lab.reader.sign = async (session, data) => (await sign.call(lab.reader, session, data)).reverse();
    expect(await codeOf(signer.sign(message))).toBe('yubikey/test-signature');
  });

  it('makes one signature after the other, however they are asked for', async () => {
    const lab = await openDeskLab();
    const { keyId } = await put(lab, '9c');
    const signer = await lab.desk.openSigner(keyId, '1001', { ...consent, signatures: 3 });
    const all = await Promise.all([1, 2, 3].map((n) => signer.sign(new Uint8Array([n]))));
    expect(
      all.map(({ signature, method }, i) =>
        nodeCrypto.verify(signer.key, method, new Uint8Array([i + 1]), signature),
      ),
    ).toEqual([true, true, true]);
  });
});

describe('a call that fails', () => {
  const acts: readonly (readonly [string, (lab: DeskLab) => Promise<unknown>])[] = [
    ['importing', (lab) => put(lab, '82', 'kim', { replace: true })],
    ['signing', async (lab) => lab.desk.keys().then(([key]) => key && signWith(lab, key.keyId))],
    ['changing the PIN', async (lab) => lab.desk.changePin(await lab.desk.choose('1001'))],
    ['looking', async (lab) => lab.desk.slots(await lab.desk.choose('1001'))],
  ];
  it.each(acts)(
    'while %s, at any call: a coded outcome, and the token works afterwards',
    async (name, act) => {
      const lab = await openDeskLab();
      await put(lab, '9a');
      const start = lab.reader.calls.length;
      const typed = () => (name === 'changing the PIN' ? ['246810', lab.token.pin] : []);
      lab.person.types = typed();
      await act(lab);
      lab.token.pin = '123456';
      const calls = lab.reader.calls.length - start;
      expect(calls).toBeGreaterThan(5);
      for (let at = 1; at <= calls; at++) {
        let count = 0;
        lab.person.types = typed();
        lab.reader.beforeCall = (call) => {
          if ((count += 1) === at)
            throw failure(call, at % 2 === 0 ? 'CKR_DEVICE_ERROR' : 'CKR_FUNCTION_FAILED');
        };
        const outcome = await act(lab).catch((error: unknown) => error);
        if (outcome instanceof Error)
          expect(outcome.name, `call ${String(at)}: ${String(outcome)}`).toBe('AppError');
        lab.reader.beforeCall = () => undefined;
        lab.token.pin = '123456';
        lab.token.pinTries = 3;
        lab.person.types = [];
        const [key] = await lab.desk.keys();
        expect(key, `after call ${String(at)}`).toBeDefined();
        if (key !== undefined) (await signWith(lab, key.keyId)).wipe();
      }
    },
    60_000,
  );

  it('is no reason to believe in a wrong kind of answer', async () => {
    const lab = await openDeskLab();
    lab.reader.beforeCall = (call) => {
      if (call === 'facts') throw new TypeError('a bug');
    };
    await expect(lab.desk.look()).rejects.toThrow('in the token process: TypeError: a bug');
    expect(hasCode(new Error('x'), 'yubikey/refused')).toBe(false);
  });
});
