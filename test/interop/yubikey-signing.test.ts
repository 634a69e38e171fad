/**
 * Keys on a YubiKey in the hands of a person at a terminal: Trustdesk's command line, the real notary and its server, a
 * software YubiKey behind the real PC/SC stack and Yubico's library.
 */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startDockerRegistry } from '../lab/docker-registry.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { type Answer, runTyped, type Typed } from '../lab/typed-terminal.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import { startYubikeyStack, yubikeyPeers } from '../lab/yubikey-stack.ts';

const trustdeskProgram = fileURLToPath(new URL('../../dist/cli/trustdesk.js', import.meta.url));
const pin = '123456';
const peers = [...yubikeyPeers, 'notary', 'notary-server', 'docker-registry', 'docker'] as const;

describeWithPeers('keys on a YubiKey', peers, () => {
  const lab = useScope(async (scope) => {
    const stack = await startYubikeyStack(scope, { devices: [{ serial: 7_000_001 }] });
    const [notary, registry] = await Promise.all([startNotaryServer(scope), startDockerRegistry(scope)]);
    await stack.reach(notary.port);
    await stack.reach(Number(registry.host.split(':')[1]));
    const desk = await makeWorkstation(scope, { notary, registries: [registry], inside: stack.inside });
    return { scope, stack, notary, registry, desk };
  });

  /** At the terminal, with the given answers; fails unless the command succeeds and asks exactly them. */
  const typed = async (args: readonly string[], answers: readonly Answer[]): Promise<Typed> => {
    const { desk, stack } = lab();
    const done = await runTyped([process.execPath, trustdeskProgram, ...args], {
      cwd: desk.home,
      env: desk.environment,
      answers,
      inside: stack.inside,
    });
    expect(done, done.screen).toMatchObject({ status: 0, unused: [] });
    return done;
  };

  interface Key {
    readonly role: string;
    readonly gun?: string;
    readonly id: string;
    readonly location: string;
  }

  const listed = async (): Promise<readonly Key[]> => {
    const { stdout } = await lab().desk.must.trustdesk(['key', 'list', '--json']);
    return JSON.parse(stdout) as Key[];
  };

  const keyIds = async (role: string, gun?: string): Promise<readonly string[]> =>
    (await listed())
      .filter((key) => key.role === role && key.location !== 'yubikey')
      .filter((key) => gun === undefined || key.gun === gun)
      .map(({ id }) => id);

  const onToken = async (role: string): Promise<readonly string[]> =>
    (await listed()).filter((key) => key.role === role && key.location === 'yubikey').map(({ id }) => id);

  test('a root key goes onto the token, is listed as notary lists it, and notary signs a rotation with it', async () => {
    const { desk, registry, stack } = lab();
    const gun = `${registry.host}/acme/rotated`;
    await desk.must.notary(['init', gun]);
    await desk.must.notary(['publish', gun]);
    const [root = ''] = await keyIds('root');

    // notary tried to put its new key on the token, was refused, and left the certificate there.
    const before = await desk.must.trustdesk(['yubikey', 'slots']);
    expect(before.stdout).toMatch(/^9c .* certificate without its key$/m);
    expect((await desk.must.trustdesk(['key', 'list'])).stdout).not.toContain('yubikey');

    const put = await typed(['yubikey', 'import', root], [[/Enter PIN of/, pin]]);
    expect(put.screen).toContain('is in slot 9c of token 7000001 now');
    expect(put.screen).toContain('the PIN of token 7000001 is the one every token comes with');
    expect((await stack.keys[0]!.state()).keys).toMatchObject({ '9c': { origin: 'imported' } });

    const ours = await desk.must.trustdesk(['key', 'list']);
    const theirs = await desk.must.notary(['key', 'list']);
    expect(ours.stdout).toBe(theirs.stdout);
    expect(ours.stdout).toMatch(new RegExp(`root +${root} +yubikey\n`));

    // The file is gone: only the token can have signed.
    await rm(join(desk.trustDirectory, 'private', `${root}.key`));
    await desk.must.notary(['key', 'rotate', gun, 'snapshot', '-r'], {
      env: { NOTARY_ROOT_PASSPHRASE: pin },
    });
    await desk.must.notary(['list', gun]);
  });

  test('a repository is made, and a release signed, with keys that are on the token only', async () => {
    const { desk, registry } = lab();
    const image = `${registry.host}/acme/app`;
    await registry.pushImage('acme/app', '1.0', 'content 1.0');
    await desk.must.trustdesk(['key', 'generate', 'jeff']);
    const [jeff = ''] = await keyIds('jeff');
    await typed(['yubikey', 'import', jeff, '--slot', '9d'], [[/Enter PIN of/, pin]]);
    await rename(join(desk.trustDirectory, 'private', `${jeff}.key`), join(desk.home, 'jeff.key.away'));

    // 9c: once for the root certificate, once for the root.
    const twice: readonly Answer[] = [
      [/Enter PIN of/, pin],
      [/Enter PIN of/, pin],
    ];
    await typed(['signer', 'add', '--key', 'jeff.pub', 'jeff', image], twice);
    const planned = await desk.must.trustdesk(['sign', '--dry-run', '--json', `${image}:1.0`]);
    expect(JSON.stringify(JSON.parse(planned.stdout))).toContain('{"kind":"yubikey","serial":"7000001"}');
    const signed = await typed(['sign', `${image}:1.0`], [[/Signs targets\/jeff.*Enter PIN of/s, pin]]);
    expect(signed.screen).toContain(`Successfully signed ${image}:1.0`);

    const ours = await desk.must.trustdesk(['inspect', '--pretty', image]);
    expect(ours.stdout).toBe((await desk.must.docker(['trust', 'inspect', '--pretty', image])).stdout);
    expect(ours.stdout).toMatch(/1\.0 +[0-9a-f]{64} +jeff\n/);
  });

  test('init, rotations and witness work with root and repository keys that are on the token only', async () => {
    const { desk, registry, stack } = lab();
    const gun = `${registry.host}/acme/kept`;
    const root = (await onToken('root'))[0] ?? '';
    // 9c: for the certificate and for the root.
    const twice = [
      [/Enter PIN of/, pin],
      [/Enter PIN of/, pin],
    ] as const;
    await typed(['init', gun, '--root-key', root], twice);
    // A repository key moves onto the token: notary knows no such thing, and reads what it signed all the same.
    const [targets = ''] = await keyIds('targets', gun);
    await typed(['yubikey', 'import', targets, '--slot', '82'], [[/Enter PIN of/, pin]]);
    await rm(join(desk.trustDirectory, 'private', `${targets}.key`));
    await typed(['witness', gun, 'targets'], [[/Signs targets.*Enter PIN of/s, pin]]);
    await typed(['key', 'rotate', gun, 'timestamp'], [[/Signs root.*Enter PIN of/s, pin]]);
    await typed(['key', 'rotate', gun, 'snapshot', '-r'], [[/Signs root.*Enter PIN of/s, pin]]);
    await desk.must.notary(['list', gun]);

    // The same key under a new certificate: certificate, root as the new one, root as the old one.
    await typed(['key', 'rotate', gun, 'root', '--key', root, '-y'], [...twice, [/Enter PIN of/, pin]]);
    await desk.must.docker(['trust', 'inspect', gun]);
    // From the token to a file, and back onto the token.
    await typed(['key', 'rotate', gun, 'root', '-y'], [[/Signs root.*Enter PIN of/s, pin]]);
    const [made = ''] = (await keyIds('root')).filter((id) => id !== root);
    await typed(['key', 'rotate', gun, 'root', '--key', root, '-y'], twice);
    const inspected = await desk.must.trustdesk(['inspect', '--pretty', gun]);
    expect(inspected.stdout).toBe((await desk.must.docker(['trust', 'inspect', '--pretty', gun])).stdout);
    await rm(join(desk.trustDirectory, 'private', `${made}.key`));
    // And the repository key from the token to a new file.
    await typed(['key', 'rotate', gun, 'targets'], [[/Signs root.*Enter PIN of/s, pin]]);
    expect(await keyIds('targets', gun)).not.toContain(targets);
    await desk.must.notary(['list', gun]);
    expect((await stack.keys[0]!.state()).pinTries).toBe(3);
  });

  test('a signature waits for the touch, a wrong PIN is asked again, and some keys ask every time', async () => {
    const { desk, registry, stack } = lab();
    const [key] = stack.keys;
    const image = `${registry.host}/acme/touched`;
    await registry.pushImage('acme/touched', '1.0', 'content 1.0');
    await stack.mustRun('yubico-piv-tool', [
      ...['-a', 'generate', '-s', '9a', '-A', 'ECCP256', '-o', join(desk.home, 'kim.pub')],
      ...['--touch-policy=always', '--pin-policy=always'],
    ]);
    const slots = await desk.must.trustdesk(['yubikey', 'slots']);
    expect(slots.stdout).toMatch(/^9a .* always +always .* made on the device/m);
    const twice: readonly Answer[] = [
      [/Enter PIN of/, pin],
      [/Enter PIN of/, pin],
    ];
    await typed(['signer', 'add', '--key', 'kim.pub', 'kim', image], twice);
    await key!.finger({ kind: 'after', ms: 600 });
    const asked = (await key!.state()).touchesAsked;
    const signed = await typed(
      ['sign', '--as', 'kim', `${image}:1.0`],
      [
        [/Enter PIN of/, '999999'],
        [/That was wrong.*Enter PIN of/s, pin],
        [/Touch .* now \(1 more after this one\).*Tags 1\.0.*Enter PIN of/s, pin],
      ],
    );
    expect(signed.screen.split('Touch YubiKey YK5 7000001 now')).toHaveLength(3);
    expect(signed.screen).toContain(`Successfully signed ${image}:1.0`);
    expect((await key!.state()).touchesAsked - asked).toBe(2);
    expect((await key!.state()).pinTries).toBe(3);
  });

  test('pulled out in the middle of signing, the plan waits and goes on', async () => {
    const { registry, stack, desk } = lab();
    const [key] = stack.keys;
    const image = `${registry.host}/acme/app`;
    await key!.finger({ kind: 'after', ms: 0 });
    await registry.pushImage('acme/app', '2.0', 'content 2.0');
    await key!.fail({ kind: 'unplug-before', ins: 0x87, after: 1 });
    const signed = await typed(
      ['sign', '--as', 'jeff', `${image}:2.0`],
      [
        [/Enter PIN of/, pin],
        [/Plug in .* to go on/, undefined, () => key!.insert()],
        [/Enter PIN of/, pin],
      ],
    );
    expect(signed.screen).toContain(`Successfully signed ${image}:2.0`);
    await desk.must.docker(['trust', 'inspect', image]);
  });

  test('no environment variable is ever tried as a PIN', async () => {
    const { desk, registry, stack } = lab();
    const [key] = stack.keys;
    await registry.pushImage('acme/app', '3.0', 'content 3.0');
    const { pinsSent } = await key!.state();
    const refused = await desk.trustdesk(['sign', '--as', 'jeff', `${registry.host}/acme/app:3.0`], {
      env: {
        DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: pin,
        NOTARY_DELEGATION_PASSPHRASE: pin,
        NOTARY_ROOT_PASSPHRASE: pin,
      },
    });
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('terminal');
    expect(await key!.state()).toMatchObject({ pinTries: 3, pinsSent });
  });
});

describeWithPeers('two YubiKeys', peers, () => {
  const lab = useScope(async (scope) => {
    const devices = [{ serial: 7_000_001 }, { serial: 7_000_002, firmware: '4.3.5' as const }];
    const stack = await startYubikeyStack(scope, { devices });
    const [notary, registry] = await Promise.all([startNotaryServer(scope), startDockerRegistry(scope)]);
    await stack.reach(notary.port);
    await stack.reach(Number(registry.host.split(':')[1]));
    const desk = await makeWorkstation(scope, { notary, registries: [registry], inside: stack.inside });
    return { stack, registry, desk };
  });

  const typed = async (args: readonly string[], answers: readonly Answer[]): Promise<Typed> => {
    const { desk, stack } = lab();
    const { home: cwd, environment: env } = desk;
    const words = [process.execPath, trustdeskProgram, ...args];
    const done = await runTyped(words, { cwd, env, answers, inside: stack.inside });
    expect(done, done.screen).toMatchObject({ status: 0, unused: [] });
    return done;
  };

  test('hold the same key: named by the person, told apart, and either one signs', async () => {
    const { desk, registry, stack } = lab();
    const image = `${registry.host}/acme/twice`;
    await desk.must.trustdesk(['yubikey', 'name', '--device', '7000001', 'At hand']);
    await desk.must.trustdesk(['yubikey', 'name', '--device', '7000002', 'In the safe']);
    const listed = await desk.must.trustdesk(['yubikey', 'list']);
    expect(listed.stdout).toMatch(
      /^7000001 +At hand +YubiKey YK5 +5\.4\.3 +all left\n7000002 +In the safe .* 4\.3\.5 /m,
    );
    const unclear = await desk.trustdesk(['yubikey', 'slots']);
    expect([unclear.status, unclear.stderr]).toEqual([1, expect.stringContaining('7000001, 7000002')]);

    await desk.must.trustdesk(['key', 'generate', 'jeff']);
    const keys = JSON.parse((await desk.must.trustdesk(['key', 'list', '--json'])).stdout) as {
      id: string;
    }[];
    const [{ id: jeff } = { id: '' }] = keys;
    await typed(
      ['yubikey', 'import', jeff, '--device', 'At hand'],
      [[/Enter PIN of At hand \(7000001\)/, pin]],
    );
    // Firmware 4 does not tell of keys without a certificate.
    await typed(
      ['yubikey', 'import', jeff, '--device', 'In the safe'],
      [
        [/looks empty.*\[y\/N\]/s, 'y'],
        [/Enter PIN of In the safe \(7000002\)/, pin],
      ],
    );
    await rm(join(desk.trustDirectory, 'private', `${jeff}.key`));
    await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
    for (const [at, device] of stack.keys.entries()) {
      const other = stack.keys[1 - at];
      await other?.remove();
      const signs = (await device.state()).pinsSent;
      await registry.pushImage('acme/twice', `${at}.0`, `content ${at}`);
      await typed(['sign', `${image}:${at}.0`], [[/Enter PIN of/, pin]]);
      expect((await device.state()).pinsSent).toBe(signs + 1);
      await other?.insert();
    }
    const shown = await desk.must.docker(['trust', 'inspect', '--pretty', image]);
    expect(shown.stdout).toMatch(/0\.0 +[0-9a-f]{64} +jeff\n1\.0 +[0-9a-f]{64} +jeff\n/);
  });

  test('a blocked PIN is said, and unblocked with the PUK', async () => {
    const { desk, stack } = lab();
    const [, second] = stack.keys;
    for (const wrong of ['000001', '000002', '000003']) {
      await stack.run('yubico-piv-tool', ['-a', 'verify-pin', '-P', wrong, '-r', 'YubiKey FIDO+CCID 00 00']);
    }
    expect((await second!.state()).pinTries).toBe(0);
    expect((await desk.must.trustdesk(['yubikey', 'list'])).stdout).toMatch(/^7000002 .* blocked$/m);
    const unblocked = await typed(
      ['yubikey', 'unblock', '--device', '7000002'],
      [
        [/Enter new PIN of/, '123456'],
        [/Repeat new PIN of/, '123456'],
        [/every token comes with.*Enter new PIN/s, '246810'],
        [/Repeat new PIN/, '246810'],
        [/Enter PUK of/, '12345678'],
      ],
    );
    expect(unblocked.screen).toContain('The token has a new PIN.');
    expect((await second!.state()).pinTries).toBe(3);
    await typed(
      ['yubikey', 'pin', '--device', '7000002'],
      [
        [/Enter new PIN/, '864208'],
        [/Repeat new PIN/, '864208'],
        [/Enter PIN of/, '246810'],
      ],
    );
  });
});
