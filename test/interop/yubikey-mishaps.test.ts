/**
 * What people get wrong and what happens to tokens, with Trustdesk's own services over the real libykcs11: wrong PINs to
 * the end and back, touches late and never, a token pulled out while it blinks, full ones, hollow ones, two at once.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CanonicalKeyId } from '../../shared/brands.ts';
import { until } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { openDesk } from '../lab/yubikey-desk.ts';
import { startYubikeyStack, yubikeyPeers, type YubikeyStack } from '../lab/yubikey-stack.ts';
import { makeCertifiedKey } from '../simulator/yubikey/host-certificates.ts';
import { factory } from '../simulator/yubikey/piv-state.ts';
import { consent, deviceOf, outcomeOf, put, SERIAL, sign, slotsOf, type Bench } from './yubikey-acts.ts';

const OTHER = SERIAL + 1;

interface Lab extends Bench {
  readonly stack: YubikeyStack;
  readonly other: Bench['key'];
}

describeWithPeers('a token in clumsy hands', [...yubikeyPeers, 'yubico-piv-tool'], () => {
  const lab = useScope(async (scope): Promise<Lab> => {
    const devices = [{ serial: SERIAL }, { serial: OTHER, firmware: '4.3.5' as const }];
    const stack = await startYubikeyStack(scope, { devices });
    const [key, other] = stack.keys;
    return { ...(await openDesk(scope, stack)), stack, key: key!, other: other! };
  });

  beforeEach(async () => {
    const { key, other, person, restart, plan } = lab();
    for (const one of [key, other]) {
      await one.insert();
      await one.restore();
      await one.finger({ kind: 'after', ms: 0 });
    }
    plan();
    await restart();
    person.forget();
    person.fresh = '';
    person.pins = { PIN: [factory.pin], PUK: [factory.puk], 'management key': [] };
  });
  afterEach(() => lab().desk.look());

  const piv = (args: readonly string[], input: string) =>
    lab().stack.mustRun('yubico-piv-tool', ['-r', 'OTP+FIDO+CCID 00 00', ...args], { input });

  /** A key that wants a touch: no library of this age can ask for that, its own tool can. */
  async function putTouchKey(): Promise<CanonicalKeyId> {
    const made = await makeCertifiedKey('ops');
    await piv(['-a', 'import-key', '-s', '9a', '--touch-policy=always'], made.privatePem);
    await piv(['-a', 'import-certificate', '-s', '9a'], made.certificatePem);
    return (await slotsOf(lab())).find(({ slot }) => slot === '9a')!.keyId!;
  }

  it('wrong PINs: says how near the end is, blocks, and is unblocked with the PUK', async () => {
    const bench = lab();
    const keyId = await put(bench, '9a');
    bench.person.forget();
    bench.person.pins.PIN = ['111111', '222222', '333333'];
    expect(await outcomeOf(() => sign(bench, keyId))).toBe('yubikey/pin-locked');
    expect(bench.person.asked.map(({ left, problem }) => [left, problem])).toEqual([
      ['all', undefined],
      ['fewer', 'wrong'],
      ['last', 'wrong'],
    ]);
    expect(bench.person.confirmations.map(({ title }) => title)).toEqual(['Last try for the PIN']);
    expect(await bench.key.state()).toMatchObject({ pinTries: 0, pukTries: 3 });

    bench.person.fresh = '246802';
    await bench.desk.unblockPin(await deviceOf(bench));
    bench.person.pins.PIN = ['246802'];
    expect(await sign(bench, keyId)).toBe(true);
    expect(await bench.key.state()).toMatchObject({ pinTries: 3, pukTries: 3 });
  });

  it('wrong PUKs: the last one needs a second yes, and whoever refuses keeps it', async () => {
    const bench = lab();
    bench.person.fresh = '246802';
    bench.person.refuses = /^Last try for the PUK$/;
    bench.person.pins.PUK = ['11111111', '22222222', '33333333'];
    const unblock = async () => bench.desk.unblockPin(await deviceOf(bench));
    expect(await outcomeOf(unblock)).toBe('prompt/cancelled');
    expect((await bench.key.state()).pukTries).toBe(1);
    bench.person.refuses = undefined;
    expect(await outcomeOf(unblock)).toBe('yubikey/pin-locked');
    expect((await bench.key.state()).pukTries).toBe(0);
  });

  it('changes PIN and PUK, and takes the new ones only', async () => {
    const bench = lab();
    const keyId = await put(bench, '9a');
    bench.person.fresh = '246802';
    await bench.desk.changePin(await deviceOf(bench));
    bench.person.fresh = '86428642';
    await bench.desk.changePuk(await deviceOf(bench));
    bench.person.pins.PIN = ['246802'];
    expect(await sign(bench, keyId)).toBe(true);
    bench.person.pins.PUK = ['86428642'];
    bench.person.fresh = '135791';
    await bench.desk.unblockPin(await deviceOf(bench));
    expect((await bench.key.state()).pukTries).toBe(3);
  });

  it('touched late: waits, shows what is signed, and signs', async () => {
    const bench = lab();
    const keyId = await putTouchKey();
    await bench.key.finger({ kind: 'after', ms: 2_000 });
    expect(await sign(bench, keyId)).toBe(true);
    expect(bench.person.touches).toEqual([
      expect.objectContaining({ slot: '9a', gun: consent.gun, tags: ['1.0'], roles: ['targets/ops'] }),
    ]);
  });

  it('never touched: is no wrong PIN; another try is offered and goes through', async () => {
    const bench = lab();
    const keyId = await putTouchKey();
    // Some seconds less than a real one: more than any signature takes without a touch.
    await bench.key.finger({ kind: 'never' }, 9_000);
    bench.person.onConfirm = () => bench.key.finger({ kind: 'after', ms: 0 });
    expect(await sign(bench, keyId)).toBe(true);
    expect(bench.person.confirmations.map(({ title }) => title)).toEqual(['The token was not touched']);
    expect(bench.person.asked.filter(({ problem }) => problem === 'wrong')).toEqual([]);
    expect(await bench.key.state()).toMatchObject({ pinTries: 3 });
  });

  it('given up while it blinks: ends at once, and signs the next time', async () => {
    const bench = lab();
    const keyId = await putTouchKey();
    await bench.key.finger({ kind: 'never' });
    const giveUp = new AbortController();
    bench.person.onTouch = () => giveUp.abort();
    const signer = await bench.desk.openSigner(keyId, String(SERIAL), consent, giveUp.signal);
    const outcome = await outcomeOf(() => signer.sign(new Uint8Array(8)));
    signer.wipe();
    expect(outcome).toBe('prompt/cancelled');
    bench.person.forget();
    await bench.key.finger({ kind: 'after', ms: 0 }, 1_000);
    // The key itself blinks on until its own limit, or until it is pulled out.
    await bench.key.remove();
    await bench.key.insert();
    expect(await sign(bench, keyId)).toBe(true);
  });

  it('pulled out while it blinks: the plan waits, and goes on when it is back', async () => {
    const bench = lab();
    const keyId = await putTouchKey();
    await bench.key.finger({ kind: 'never' });
    bench.person.onTouch = () => {
      bench.person.onTouch = () => undefined;
      void bench.key.remove();
    };
    bench.person.onMissing = () =>
      void bench.key.finger({ kind: 'after', ms: 0 }).then(() => bench.key.insert());
    expect(await sign(bench, keyId)).toBe(true);
    expect(bench.person.missing).toEqual([expect.objectContaining({ purpose: consent.purpose })]);
    expect((await bench.key.state()).pinTries).toBe(3);
  });

  it('full: says so, and overwrites nothing', async () => {
    const bench = lab();
    const retired = Array.from({ length: 20 }, (_, index) => (0x82 + index).toString(16));
    for (const slot of ['9a', '9c', '9d', '9e', ...retired])
      await piv(['-a', 'generate', '-s', slot, '-A', 'ECCP256'], '');
    const before = await slotsOf(bench);
    expect(before).toHaveLength(24);
    const { generateKey } = await import('../../electron/keystore/generate-key.ts');
    const key = await generateKey();
    const device = await deviceOf(bench);
    const free = outcomeOf(() => bench.desk.importKey({ device, role: 'ops' }, key));
    expect(await free).toBe('yubikey/slots-full');
    const taken = outcomeOf(() => bench.desk.importKey({ device, slot: '9a', role: 'ops' }, key));
    expect(await taken).toBe('yubikey/slot-occupied');
    expect((await slotsOf(bench)).map(({ keyId }) => keyId)).toEqual(before.map(({ keyId }) => keyId));
    key.wipe();
  });

  it('with a certificate that has no key: is told apart, and signs nothing', async () => {
    const bench = lab();
    const made = await makeCertifiedKey('root');
    await piv(['-a', 'import-certificate', '-s', '9c'], made.certificatePem);
    const [phantom] = await slotsOf(bench);
    expect(phantom).toMatchObject({ slot: '9c', state: 'phantom', role: 'root' });
    expect(await outcomeOf(() => sign(bench, phantom!.keyId!))).toBe('keystore/key-not-found');
    // An older key does not tell; the first signature does.
    await lab().stack.mustRun(
      'yubico-piv-tool',
      ['-r', 'YubiKey FIDO+CCID', '-a', 'import-certificate', '-s', '9a'],
      { input: made.certificatePem },
    );
    const [maybe] = await slotsOf(bench, OTHER);
    expect(maybe).toMatchObject({ state: 'key', isCertain: false });
    expect(await outcomeOf(() => sign(bench, maybe!.keyId!, OTHER))).toBe('yubikey/phantom');
  });

  it('beside another: each signs with its own key, whichever was pulled out meanwhile', async () => {
    const bench = lab();
    const mine = await put(bench, '9a');
    const theirs = await put(bench, '9a', { serial: OTHER });
    expect(await outcomeOf(() => bench.desk.choose(undefined))).toBe('yubikey/choose');
    expect([await sign(bench, mine), await sign(bench, theirs, OTHER)]).toEqual([true, true]);
    await bench.other.remove();
    expect(await sign(bench, mine)).toBe(true);
    await bench.other.insert();
    await bench.key.remove();
    expect(await sign(bench, theirs, OTHER)).toBe(true);
    await bench.key.insert();
    expect([await sign(bench, mine), await sign(bench, theirs, OTHER)]).toEqual([true, true]);
  });

  it('without its PC/SC service: says that, and works when it is there again', async () => {
    const bench = lab();
    const keyId = await put(bench, '9a');
    await bench.stack.stopService();
    expect((await bench.desk.look()).kind).toBe('no-service');
    await bench.stack.startService();
    for (const one of bench.stack.keys) {
      await one.remove();
      await one.insert();
    }
    await until(
      async () => (await bench.desk.look()).kind === 'ready',
      () => 'the tokens did not come back',
    );
    expect(await sign(bench, keyId)).toBe(true);
  });
});
