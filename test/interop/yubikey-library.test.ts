/**
 * What the real libykcs11 and Debian's notary do with the software YubiKey: the facts that the token adapter and its
 * tests are built on. Every PKCS#11 call is made by a process inside the isolated machine.
 */
import { createPublicKey, verify } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { listKeys } from '../../electron/keystore/key-directory.ts';
import { openKey } from '../../electron/keystore/open-key.ts';
import { toKeyObject } from '../../electron/keystore/private-key.ts';
import { until } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { peerPath } from '../lab/peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, type Workstation } from '../lab/workstation.ts';
import type { Step, StepResult } from '../lab/yubikey-session.ts';
import { startYubikeyStack, yubikeyPeers, type YubikeyStack } from '../lab/yubikey-stack.ts';
import { certifyKey, makeCertifiedKey, type CertifiedKey } from '../simulator/yubikey/host-certificates.ts';
import { factory } from '../simulator/yubikey/piv-state.ts';
import { labPassphrase } from './keystore-tools.ts';

const client = fileURLToPath(new URL('../lab/yubikey-session.ts', import.meta.url));

/** One client process from initialisation to the end. */
async function session(stack: YubikeyStack, steps: readonly Step[]): Promise<readonly StepResult[]> {
  const answer = await stack.runScript(client, [peerPath('libykcs11.so')], { input: JSON.stringify(steps) });
  if (answer.status !== 0) throw new Error(answer.stderr);
  return JSON.parse(answer.stdout) as StepResult[];
}
const refusals = (results: readonly StepResult[]) => results.map(({ rv }) => rv);

const open: Step = { do: 'open' };
const asUser: Step = { do: 'login', as: 'user', pin: factory.pin };
const asAdministrator: Step = { do: 'login', as: 'administrator', pin: factory.managementKey };
const scalarOf = ({ jwk }: CertifiedKey) => Buffer.from(jwk.d!, 'base64url').toString('hex');
/** Key first, certificate second: the other way round leaves a phantom when the key is refused. */
const putSteps = (id: number, key: CertifiedKey): readonly Step[] => [
  { do: 'importKey', id, scalar: scalarOf(key) },
  { do: 'importCertificate', id, der: key.certificateDer.toString('hex') },
];

function isSignedBy(key: CertifiedKey, text: string, result: StepResult | undefined): boolean {
  const signature = Buffer.from(String(result?.value), 'hex');
  const options = { key: createPublicKey(key.certificatePem), dsaEncoding: 'ieee-p1363' } as const;
  return verify('sha256', Buffer.from(text), options, signature);
}

describeWithPeers('libykcs11', yubikeyPeers, () => {
  const lab = useScope(async (scope) => ({ stack: await startYubikeyStack(scope) }));

  it('signs with a key that was put on the device, in this session and in the next', async () => {
    const { stack } = lab();
    const key = await makeCertifiedKey('root');
    const sign: Step = { do: 'sign', id: 1, text: 'text' };
    const put = await session(stack, [
      open,
      asAdministrator,
      ...putSteps(1, key),
      { do: 'logout' },
      asUser,
      sign,
    ]);
    expect(refusals(put)).toEqual(Array(put.length).fill(undefined));
    expect(isSignedBy(key, 'text', put.at(-1))).toBe(true);
    const next = await session(stack, [open, asUser, sign, { do: 'objects' }]);
    expect(isSignedBy(key, 'text', next[2])).toBe(true);
    expect(next[3]?.value).toEqual(expect.arrayContaining(['certificate 1', 'private 1']));
  });

  it('refuses the template that notary uses for keys', async () => {
    const { stack } = lab();
    const key = await makeCertifiedKey('root');
    const extra: Step = { do: 'importKey', id: 3, scalar: scalarOf(key), extra: true };
    const results = await session(stack, [open, asAdministrator, extra]);
    expect(refusals(results)).toEqual([undefined, undefined, 'CKR_ATTRIBUTE_VALUE_INVALID']);
    expect((await stack.keys[0]!.state()).keys).not.toHaveProperty('9d');
  });

  it('wants the PIN again for each signature of 9C', async () => {
    const { stack } = lab();
    const key = await makeCertifiedKey('root');
    await session(stack, [open, asAdministrator, ...putSteps(2, key)]);
    const sign = (pin?: string): Step => ({
      do: 'sign',
      id: 2,
      text: 'text',
      ...(pin === undefined ? {} : { pin }),
    });
    const results = await session(stack, [open, asUser, sign(factory.pin), sign(factory.pin), sign()]);
    expect(refusals(results)).toEqual([undefined, undefined, undefined, undefined, 'CKR_USER_NOT_LOGGED_IN']);
    expect(isSignedBy(key, 'text', results[3])).toBe(true);
  });

  it.each(['6983', '63c0'] as const)('sees the last try when it answers %s', async (lastTry) => {
    const { stack } = lab();
    await stack.keys[0]!.restore();
    const wrong: Step = { do: 'login', as: 'user', pin: '000000' };
    const flags: Step = { do: 'flags' };
    await stack.keys[0]!.lastTry(lastTry);
    const results = await session(stack, [open, flags, wrong, flags, wrong, flags, wrong, flags, asUser]);
    expect(refusals(results).filter((rv) => rv !== undefined)).toEqual([
      'CKR_PIN_INCORRECT',
      'CKR_PIN_INCORRECT',
      lastTry === '6983' ? 'CKR_PIN_LOCKED' : 'CKR_PIN_INCORRECT',
      'CKR_PIN_LOCKED',
    ]);
    const [none, low, last, locked] = [1, 3, 5, 7].map((index) => Number(results[index]?.value) & 0x70000);
    expect([none, low, last, locked]).toEqual([0, 0x10000, 0x20000, 0x40000]);
    await stack.keys[0]!.restore();
  });

  it('unblocks with the PUK, and uses up no try for a PIN that is too short', async () => {
    const { stack } = lab();
    const [key] = stack.keys;
    const wrong: Step = { do: 'login', as: 'user', pin: '000000' };
    const short: Step = { do: 'login', as: 'user', pin: '12345' };
    expect(refusals(await session(stack, [open, short]))).toEqual([undefined, 'CKR_ARGUMENTS_BAD']);
    expect((await key!.state()).pinTries).toBe(3);
    await session(stack, [open, wrong, wrong, wrong]);
    expect((await key!.state()).pinTries).toBe(0);
    const unblock: Step = { do: 'setPin', old: `puk:${factory.puk}`, fresh: 'pin:654321' };
    const results = await session(stack, [open, unblock, { do: 'login', as: 'user', pin: '654321' }]);
    expect(refusals(results)).toEqual([undefined, undefined, undefined]);
    await key!.restore();
  });
});

describeWithPeers('libykcs11 and a finger', [...yubikeyPeers, 'yubico-piv-tool'], () => {
  const lab = useScope(async (scope) => ({ stack: await startYubikeyStack(scope) }));
  const sign: Step = { do: 'sign', id: 1, text: 'text' };

  const withTouchKey = async () => {
    const { stack } = lab();
    const key = await makeCertifiedKey('root');
    const policy = ['--touch-policy=always', '-s', '9a'];
    await stack.mustRun('yubico-piv-tool', ['-a', 'import-key', ...policy], { input: key.privatePem });
    const input = key.certificatePem;
    await stack.mustRun('yubico-piv-tool', ['-a', 'import-certificate', '-s', '9a'], { input });
    return { stack, key, device: stack.keys[0]! };
  };

  it('waits until the key is touched, and signs', async () => {
    const { stack, key, device } = await withTouchKey();
    await device.finger({ kind: 'after', ms: 700 });
    const [, , signed] = await session(stack, [open, asUser, sign]);
    expect(isSignedBy(key, 'text', signed)).toBe(true);
    expect(signed?.ms).toBeGreaterThanOrEqual(690);
  });

  it('says "not logged in" when nobody touches it, and can be used again', async () => {
    const { stack, key, device } = await withTouchKey();
    await device.finger({ kind: 'never' }, 500);
    expect((await session(stack, [open, asUser, sign]))[2]?.rv).toBe('CKR_USER_NOT_LOGGED_IN');
    await device.finger({ kind: 'after', ms: 0 });
    expect(isSignedBy(key, 'text', (await session(stack, [open, asUser, sign]))[2])).toBe(true);
  });

  it('fails at once when it is pulled out while it waits, and the key is there again when it is back', async () => {
    const { stack, key, device } = await withTouchKey();
    await device.finger({ kind: 'never' });
    const asked = (await device.state()).touchesAsked;
    const running = session(stack, [open, asUser, sign, { do: 'slots' }]);
    await until(
      async () => (await device.state()).touchesAsked > asked,
      () => 'nobody waited for a touch',
    );
    await device.remove();
    const results = await running;
    expect(results[2]).toMatchObject({ rv: 'CKR_DEVICE_ERROR' });
    expect(results[2]?.ms).toBeLessThan(10_000);
    await device.insert();
    await device.finger({ kind: 'after', ms: 0 });
    expect(isSignedBy(key, 'text', (await session(stack, [open, asUser, sign]))[2])).toBe(true);
  });
});

/** The key of notary's that the lab's passphrase opens, as something to put on the device. */
async function rootOf(
  desk: Workstation,
): Promise<{ readonly key: CertifiedKey; readonly id: string; readonly path: string }> {
  const { keys } = await listKeys(desk.trustDirectory);
  const stored = keys.find(({ role }) => role === 'root')!;
  const opened = await openKey(stored, labPassphrase('root'));
  const jwk = toKeyObject(opened).export({ format: 'jwk' }) as JsonWebKey;
  return { key: await certifyKey(jwk, 'root'), id: stored.id, path: stored.path };
}

describeWithPeers('notary', [...yubikeyPeers, 'notary', 'notary-server'], () => {
  const gun = 'registry.example.test/acme/app';
  const lab = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const stack = await startYubikeyStack(scope);
    await stack.reach(notary.port);
    const outside = await makeWorkstation(scope, { notary });
    await outside.must.notary(['init', gun]);
    await outside.must.notary(['publish', gun]);
    const root = await rootOf(outside);
    await rm(root.path);
    const inside = await makeWorkstation(scope, { notary, inside: stack.inside }, outside);
    return { stack, outside, inside, root };
  });

  it('lists a root key that was put on the device, and signs a root rotation with it', async () => {
    const { stack, inside, outside, root } = lab();
    const [device] = stack.keys;
    expect(await outside.notary(['key', 'rotate', gun, 'snapshot', '-r'])).toMatchObject({ status: 1 });
    await session(stack, [open, asAdministrator, ...putSteps(1, root.key)]);
    expect((await inside.must.notary(['key', 'list'])).stdout).toMatch(
      new RegExp(`root +${root.id} +yubikey`),
    );
    await device!.clearLog();
    await inside.must.notary(['key', 'rotate', gun, 'snapshot', '-r']);
    const signatures = (await device!.log()).filter(({ ins, p2 }) => ins === 0x87 && p2 === 0x9a);
    expect(signatures.map(({ sw }) => sw)).toContain('9000');
    await inside.must.notary(['publish', gun]);
    // Whoever follows the repository without the device accepts the new root.
    expect((await outside.must.notary(['list', gun])).stdout).toContain('No targets present');
  });

  it('tries the factory PIN by itself: on a token with another PIN that costs a try', async () => {
    const { stack, inside, root } = lab();
    const [device] = stack.keys;
    await device!.restore();
    const change: Step = { do: 'setPin', old: factory.pin, fresh: '246802' };
    await session(stack, [open, asAdministrator, ...putSteps(1, root.key), { do: 'logout' }, change]);
    await inside.notary(['key', 'rotate', gun, 'snapshot', '-r']);
    expect((await device!.state()).pinTries).toBe(2);
  });

  it('leaves a phantom behind when it makes a root key itself: a certificate without its key', async () => {
    const { stack, inside } = lab();
    await stack.keys[0]!.restore();
    await inside.must.notary(['key', 'generate', 'ecdsa', '--role', 'root']);
    const { keys, objects } = await stack.keys[0]!.state();
    expect([Object.keys(keys), objects]).toEqual([['f9'], ['5fff01', '5fc10a']]);
    expect((await inside.must.notary(['key', 'list'])).stdout).toMatch(/root +[0-9a-f]{64} +yubikey/);
  });
});
