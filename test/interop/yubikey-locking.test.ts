/**
 * That a token is locked again when whoever unlocked it is done, as the card itself sees it: Yubico's library ends a login
 * without telling the card, which then serves every program that reaches it.
 */
import { beforeEach, expect, it } from 'vitest';
import { until } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { openDesk } from '../lab/yubikey-desk.ts';
import { startYubikeyStack, yubikeyPeers } from '../lab/yubikey-stack.ts';
import { factory } from '../simulator/yubikey/piv-state.ts';
import { consent, deviceOf, outcomeOf, put, SERIAL, sign, type Bench } from './yubikey-acts.ts';

const message = new TextEncoder().encode('a release');

describeWithPeers('a token that was unlocked', yubikeyPeers, () => {
  const lab = useScope(async (scope) => {
    const stack = await startYubikeyStack(scope, { devices: [{ serial: SERIAL }] });
    const bench: Bench = { ...(await openDesk(scope, stack)), key: stack.keys[0]! };
    bench.person.pins = { PIN: [factory.pin], PUK: [factory.puk], 'management key': [] };
    return { scope, stack, bench, keyId: await put(bench, '9a') };
  });
  beforeEach(async () => {
    await lab().bench.key.insert();
    lab().bench.person.forget();
  });

  const isVerified = async () => (await lab().bench.key.state()).isPinVerified;
  const open = (): ReturnType<Bench['desk']['openSigner']> =>
    lab().bench.desk.openSigner(lab().keyId, String(SERIAL), consent);

  /** What the window shows, and what the card would do for another program. */
  async function expectLocked(): Promise<void> {
    const { isLoggedIn } = await deviceOf(lab().bench);
    expect({ isLoggedIn, isVerified: await isVerified() }).toEqual({ isLoggedIn: false, isVerified: false });
  }

  it('is locked after a publish, after a key was made on it, and after its PIN was changed', async () => {
    const { bench, keyId } = lab();
    await expectLocked();
    const signer = await open();
    await signer.sign(message);
    expect(await isVerified()).toBe(true);
    signer.wipe();
    await expectLocked();
    bench.person.forget();
    const device = await deviceOf(bench);
    await bench.desk.generateKey({ device, slot: '9d', role: 'kim' }, 'ECDSA P-256');
    expect(bench.person.asked).toHaveLength(1);
    await expectLocked();
    bench.person.fresh = '246802';
    await bench.desk.changePin(device);
    await expectLocked();
    bench.person.pins.PIN = ['246802'];
    expect(await sign(bench, keyId)).toBe(true);
    await expectLocked();
  });

  it('stays so when the person wants that, and is locked by the lock', async () => {
    const { bench, keyId } = lab();
    bench.person.keep = true;
    expect([await sign(bench, keyId), await sign(bench, keyId)]).toEqual([true, true]);
    expect(bench.person.asked).toHaveLength(1);
    expect([(await deviceOf(bench)).isKept, await isVerified()]).toEqual([true, true]);
    await bench.desk.lock();
    await expectLocked();
    bench.person.keep = false;
    expect(await sign(bench, keyId)).toBe(true);
    expect(bench.person.asked).toHaveLength(2);
  });

  it('serves nobody else meanwhile, and is asked for again by whoever was locked out', async () => {
    const { bench } = lab();
    const first = await open();
    const second = await open();
    expect(bench.person.asked).toHaveLength(2);
    await first.sign(message);
    first.wipe();
    await second.sign(message);
    expect(bench.person.asked).toHaveLength(2);
    await bench.desk.lock();
    await expectLocked();
    await second.sign(message);
    expect(bench.person.asked).toHaveLength(3);
    second.wipe();
    await expectLocked();
  });

  it('is locked by pulling it out, however soon it is back', async () => {
    const { bench, keyId } = lab();
    bench.person.keep = true;
    expect(await sign(bench, keyId)).toBe(true);
    await bench.key.remove();
    await bench.key.insert();
    await expectLocked();
    bench.person.keep = false;
    expect(await sign(bench, keyId)).toBe(true);
    expect(bench.person.asked).toHaveLength(2);
  });

  it('is locked when what is under way is given up or does not end', async () => {
    const { bench, keyId } = lab();
    const giveUp = new AbortController();
    const signer = await bench.desk.openSigner(keyId, String(SERIAL), consent, giveUp.signal);
    await bench.key.fail({ kind: 'stall', ins: 0x87, ms: 500 });
    bench.person.onTouch = () => giveUp.abort();
    expect(await outcomeOf(() => signer.sign(message))).toBe('prompt/cancelled');
    signer.wipe();
    await expectLocked();
    // The lock does not wait for a signature that hangs.
    const other = await open();
    await bench.key.fail({ kind: 'stall', ins: 0x87, ms: 3_500 });
    const isHanging = new Promise<void>((resolve) => (bench.person.onTouch = resolve));
    const hanging = outcomeOf(() => other.sign(message));
    await isHanging;
    await bench.desk.lock();
    await expectLocked();
    expect(await hanging).toBe('yubikey/process-ended');
    other.wipe();
    expect(await sign(bench, keyId)).toBe(true);
  });

  it('is locked when Trustdesk ends', async () => {
    const { scope, stack, bench, keyId } = lab();
    const other = await openDesk(scope, stack);
    other.person.pins = bench.person.pins;
    other.person.keep = true;
    expect(await sign({ ...other, key: bench.key }, keyId)).toBe(true);
    expect(await isVerified()).toBe(true);
    other.desk.close();
    // Not only when the reader takes the power away, which it does after five seconds of its own.
    const begin = performance.now();
    await until(
      async () => !(await isVerified()),
      () => 'the card is still unlocked',
    );
    expect(performance.now() - begin).toBeLessThan(2_500);
  });
});
