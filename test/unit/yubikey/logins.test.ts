/** Who may use a token that somebody unlocked, and that nothing stays unlocked behind those who are done. */
import { describe, expect, it } from 'vitest';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { Logins } from '../../../electron/yubikey/logins.ts';
import { FakeReader, FakeToken, failure } from '../../fakes/fake-token.ts';
import { consent, type DeskLab, openDeskLab, useDeskLab } from './desk-lab.ts';

useDeskLab();

const message = new Uint8Array([1, 2, 3]);
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

async function put(lab: DeskLab, slot = '9a', serial?: string) {
  const key = await generateKey();
  const device = await lab.desk.choose(serial);
  const { keyId } = await lab.desk.importKey({ device, slot, role: 'jeff' }, key);
  key.wipe();
  lab.person.asked.length = 0;
  return keyId;
}

const isUnlocked = async (lab: DeskLab) => (await lab.desk.choose('1001')).isLoggedIn;

/** Locked as the app shows it, and as whoever reaches the card finds it. */
async function expectLocked(lab: DeskLab): Promise<void> {
  expect([await isUnlocked(lab), lab.token.loggedIn, lab.token.isVerified]).toEqual([
    false,
    undefined,
    false,
  ]);
}

describe('a token that came while it was read', () => {
  it('is read anew before its key is said not to be there', async () => {
    const lab = await openDeskLab();
    const keyId = await put(lab);
    lab.token.halfReads = 2;
    const signer = await lab.desk.openSigner(keyId, '1001', consent);
    expect((await signer.sign(message)).signature.length).toBeGreaterThan(0);
    signer.wipe();
    await expectLocked(lab);
  });
});

describe('a token that was reached while it came', () => {
  it('is reached anew, under its own number', async () => {
    const lab = await openDeskLab();
    const keyId = await put(lab);
    lab.token.isUnread = true;
    expect((await lab.desk.keys()).map((key) => [key.serial, key.keyId])).toEqual([['1001', keyId]]);
  });

  it('is not listed while another is in use, whose login stays', async () => {
    const lab = await openDeskLab(new FakeToken('1001'), new FakeToken('1002'));
    const signer = await lab.desk.openSigner(await put(lab, '9a', '1002'), '1002', consent);
    lab.token.isUnread = true;
    expect(await codeOf(lab.desk.choose('1001'))).toBe('yubikey/not-plugged-in');
    expect((await signer.sign(message)).signature.length).toBeGreaterThan(0);
    signer.wipe();
    expect(await codeOf(lab.desk.choose('1001'))).toBe('done');
  });
});

describe('a token that left and came between two looks of its reader', () => {
  it('is read by a library that began anew', async () => {
    const lab = await openDeskLab();
    const keyId = await put(lab);
    lab.token.isStale = true;
    expect((await lab.desk.keys()).map((key) => key.keyId)).toEqual([keyId]);
  });

  it('while another is in use, it is refused rather than shown as empty, or the other one locked', async () => {
    const lab = await openDeskLab(new FakeToken('1001'), new FakeToken('1002'));
    const keyId = await put(lab, '9a', '1001');
    const signer = await lab.desk.openSigner(await put(lab, '9a', '1002'), '1002', consent);
    lab.token.isStale = true;
    const slots = async () => lab.desk.slots(await lab.desk.choose('1001'));
    expect(await codeOf(slots())).toBe('yubikey/refused');
    expect((await signer.sign(message)).signature.length).toBeGreaterThan(0);
    signer.wipe();
    expect((await slots()).map((slot) => slot.keyId)).toEqual([keyId]);
  });
});

describe('a login', () => {
  it('is for the one who made it: another piece of work has to enter the PIN', async () => {
    const lab = await openDeskLab();
    const keyId = await put(lab);
    const first = await lab.desk.openSigner(keyId, '1001', consent);
    const second = await lab.desk.openSigner(keyId, '1001', consent);
    expect(lab.person.asked).toHaveLength(2);
    await first.sign(message);
    await second.sign(message);
    expect(lab.person.asked).toHaveLength(2);
    first.wipe();
    await second.sign(message);
    expect(lab.person.asked).toHaveLength(2);
    second.wipe();
    await expectLocked(lab);
  });

  it('of one is worth nothing to the other, whatever that one asks the token process for', async () => {
    const lab = await openDeskLab();
    const keyId = await put(lab);
    const first = await lab.desk.openSigner(keyId, '1001', consent);
    lab.person.types = ['999999'];
    lab.token.pinTries = 2;
    lab.person.agrees = false;
    expect(await codeOf(lab.desk.openSigner(keyId, '1001', consent))).toBe('prompt/cancelled');
    const asked = lab.person.asked.length;
    lab.person.agrees = true;
    // The wrong PIN locked the token for both.
    await first.sign(message);
    expect(lab.person.asked).toHaveLength(asked + 1);
    first.wipe();
    await expectLocked(lab);
  });

  it('that is kept is everybody’s until it is locked, also for those who sign at that moment', async () => {
    const lab = await openDeskLab();
    const keyId = await put(lab);
    lab.person.keep = true;
    const first = await lab.desk.openSigner(keyId, '1001', consent);
    lab.person.keep = false;
    const second = await lab.desk.openSigner(keyId, '1001', consent);
    expect(lab.person.asked).toHaveLength(1);
    await lab.desk.lock();
    await expectLocked(lab);
    await first.sign(message);
    await second.sign(message);
    expect(lab.person.asked).toHaveLength(3);
    for (const signer of [first, second]) signer.wipe();
    await expectLocked(lab);
  });

  it('that is not kept is ended by locking too', async () => {
    const lab = await openDeskLab();
    const signer = await lab.desk.openSigner(await put(lab), '1001', consent);
    await lab.desk.lock();
    await expectLocked(lab);
    signer.wipe();
  });

  it('of 9c is for that signer alone as well', async () => {
    const lab = await openDeskLab();
    const keyId = await put(lab, '9c');
    const other = await put(lab, '9a');
    const open = await lab.desk.openSigner(other, '1001', consent);
    const always = await lab.desk.openSigner(keyId, '1001', consent);
    await always.sign(message);
    always.wipe();
    await open.sign(message);
    expect(lab.person.asked).toHaveLength(2);
    open.wipe();
    await expectLocked(lab);
  });

  it('is known by holder', () => {
    const logins = new Logins();
    expect([logins.isEmpty, logins.allows('a')]).toEqual([true, false]);
    logins.add('a', false);
    expect([logins.allows('a'), logins.allows('b'), logins.isKept]).toEqual([true, false, false]);
    const restore = logins.snapshot();
    logins.clear();
    expect(logins.isEmpty).toBe(true);
    restore();
    logins.add('c', true);
    logins.remove('a');
    expect([logins.allows('b'), logins.isEmpty]).toEqual([true, false]);
    logins.remove(undefined);
    expect(logins.allows('c')).toBe(false);
  });
});

describe('nothing stays unlocked', () => {
  it('after a key was put on it, or made on it, which asks for the PIN once', async () => {
    const lab = await openDeskLab();
    await put(lab);
    await expectLocked(lab);
    const device = await lab.desk.choose(undefined);
    await lab.desk.generateKey({ device, slot: '9d', role: 'kim' }, 'ECDSA P-256');
    expect(lab.person.asked).toHaveLength(1);
    await expectLocked(lab);
  });

  it('after PIN or PUK were changed, rightly or not', async () => {
    const lab = await openDeskLab();
    const device = await lab.desk.choose(undefined);
    lab.person.types = ['246810', '123456'];
    await lab.desk.changePin(device);
    await expectLocked(lab);
    lab.person.types = ['135790'];
    lab.reader.beforeCall = (call) => {
      if (call === 'setPin') throw failure('C_SetPIN', 'CKR_FUNCTION_FAILED');
    };
    expect(await codeOf(lab.desk.changePin(device))).toBe('yubikey/refused');
    await expectLocked(lab);
  });

  it('when a signer cannot be opened after the PIN was entered', async () => {
    const lab = await openDeskLab();
    const keyId = await put(lab);
    lab.reader.beforeCall = (call) => {
      if (call === 'find' && lab.token.loggedIn === 'user')
        throw failure('C_FindObjects', 'CKR_FUNCTION_FAILED');
    };
    expect(await codeOf(lab.desk.openSigner(keyId, '1001', consent))).toBe('yubikey/refused');
    lab.reader.beforeCall = () => undefined;
    await expectLocked(lab);
  });

  it('when a login was made and said to have failed', async () => {
    const lab = await openDeskLab();
    const keyId = await put(lab);
    const { login } = FakeReader.prototype;
    lab.reader.login = (...args) => {
      login.apply(lab.reader, args);
      throw failure('C_Login', 'CKR_FUNCTION_FAILED');
    };
    expect(await codeOf(lab.desk.openSigner(keyId, '1001', consent))).toBe('yubikey/refused');
    await expectLocked(lab);
  });

  it('when the person gives up a touch, also of a token that was to stay unlocked', async () => {
    const lab = await openDeskLab();
    const keyId = await put(lab);
    lab.person.keep = true;
    const signer = await lab.desk.openSigner(keyId, '1001', consent);
    lab.token.finger = { after: 1 };
    lab.person.givesUp = true;
    expect(await codeOf(signer.sign(message))).toBe('prompt/cancelled');
    await expectLocked(lab);
    signer.wipe();
    await expectLocked(lab);
  });

  it('when it was pulled out and put back between two looks; its keys are found', async () => {
    const lab = await openDeskLab();
    const keyId = await put(lab);
    lab.person.keep = true;
    (await lab.desk.openSigner(keyId, '1001', consent)).wipe();
    expect(await isUnlocked(lab)).toBe(true);
    lab.token.unplug();
    lab.token.plugIn();
    await expectLocked(lab);
    expect((await lab.desk.keys()).map((key) => key.keyId)).toEqual([keyId]);
    lab.person.keep = false;
    (await lab.desk.openSigner(keyId, '1001', consent)).wipe();
    await expectLocked(lab);
  });

  it.each(['logout', 'restart', 'slotsWithToken', 'tokenFacts'] as const)(
    'when %s fails at the end: it is locked all the same',
    async (at) => {
      const lab = await openDeskLab();
      const signer = await lab.desk.openSigner(await put(lab), '1001', consent);
      let isDone = false;
      lab.reader.beforeCall = (call) => {
        if (call !== at || isDone) return;
        isDone = true;
        throw failure('C_Any', 'CKR_FUNCTION_FAILED');
      };
      signer.wipe();
      await expectLocked(lab);
      expect(isDone).toBe(true);
    },
  );

  it('while another token is in use, the first one waits for its card to be reset', async () => {
    const lab = await openDeskLab(new FakeToken('1001'), new FakeToken('1002'));
    const [one, two] = await Promise.all(
      ['1001', '1002'].map(async (serial) => {
        const key = await generateKey();
        const device = await lab.desk.choose(serial);
        return (await lab.desk.importKey({ device, slot: '9a', role: 'jeff' }, key)).keyId;
      }),
    );
    const first = await lab.desk.openSigner(one!, '1001', consent);
    const second = await lab.desk.openSigner(two!, '1002', consent);
    lab.person.asked.length = 0;
    first.wipe();
    await second.sign(message);
    expect([lab.person.asked, await isUnlocked(lab)]).toEqual([[], false]);
    second.wipe();
    await lab.desk.look();
    expect(lab.tokens.map(({ isVerified }) => isVerified)).toEqual([false, false]);
  });
});
