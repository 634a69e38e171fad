/**
 * The generic part of tokens, with SoftHSM2 in the real token process: keys of every kind, a release signed against the
 * real server, and a library that blocks or crashes without harm to the one who called it.
 */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { childProcessLinks } from '../../electron/yubikey/child-link.ts';
import { TokenClient } from '../../electron/yubikey/token-client.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startDockerRegistry } from '../lab/docker-registry.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { makeSoftHsmToken, softHsmPeers } from '../lab/softhsm-token.ts';
import { type Answer, runTyped, type Typed } from '../lab/typed-terminal.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';

const program = fileURLToPath(new URL('../../dist/cli/trustdesk.js', import.meta.url));
const tokenProcess = fileURLToPath(new URL('../../dist/cli/token-process.js', import.meta.url));

describeWithPeers(
  'any PKCS#11 token',
  [...softHsmPeers, 'notary-server', 'docker-registry', 'docker'],
  () => {
    const lab = useScope(async (scope) => {
      const [notary, registry] = await Promise.all([startNotaryServer(scope), startDockerRegistry(scope)]);
      const hsm = await makeSoftHsmToken(scope);
      const desk = await makeWorkstation(scope, { notary, registries: [registry] });
      const env = { ...desk.environment, ...hsm.environment };
      await desk.must.trustdesk(['yubikey', 'library', '--yes', hsm.library], { env });
      return { desk, hsm, env, registry };
    });

    const typed = async (args: readonly string[], times: number): Promise<Typed> => {
      const { desk, env, hsm } = lab();
      const answers = Array.from({ length: times }, (): Answer => [/Enter PIN of/, hsm.pin]);
      const done = await runTyped([process.execPath, program, ...args], { cwd: desk.home, env, answers });
      expect(done, done.screen).toMatchObject({ status: 0, unused: [] });
      return done;
    };

    test('holds a signer’s key, and signs a release with it', async () => {
      const { desk, env, registry } = lab();
      const image = `${registry.host}/acme/generic`;
      await registry.pushImage('acme/generic', '1.0', 'content 1.0');
      await desk.must.trustdesk(['key', 'generate', 'jeff']);
      const listed = await desk.must.trustdesk(['key', 'list', '--json']);
      const jeff = (JSON.parse(listed.stdout) as { role: string; id: string }[]).find(
        (key) => key.role === 'jeff',
      );
      await typed(['yubikey', 'import', jeff?.id ?? ''], 1);
      await rename(
        join(desk.trustDirectory, 'private', `${jeff?.id ?? ''}.key`),
        join(desk.home, 'away.key'),
      );
      await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image], { env });
      await typed(['sign', `${image}:1.0`], 1);
      const shown = await desk.must.docker(['trust', 'inspect', '--pretty', image]);
      expect(shown.stdout).toMatch(/1\.0 +[0-9a-f]{64} +jeff\n/);
    });

    test.each(['p256', 'p384', 'rsa2048'])(
      'makes a %s key that is accepted as a signer’s',
      async (algorithm) => {
        const { desk, env, hsm, registry } = lab();
        const name = `made-${algorithm}`;
        const image = `${registry.host}/acme/${name}`;
        const words = ['yubikey', 'generate', '--algorithm', algorithm, name];
        const { screen } = await runTyped([process.execPath, program, ...words], {
          cwd: desk.home,
          env,
          answers: [
            [/\[y\/N\]/, 'y'],
            [/Enter PIN of/, hsm.pin],
          ],
        });
        expect(screen).toContain(`Corresponding public key available: ${join(desk.home, `${name}.pub`)}`);
        await registry.pushImage(`acme/${name}`, '1.0', `content of ${name}`);
        await desk.must.trustdesk(
          ['signer', 'add', '--key', `${name}.pub`, '--root-key', 'new', name, image],
          { env },
        );
        await typed(['sign', '--as', name, `${image}:1.0`], 1);
        const shown = await desk.must.docker(['trust', 'inspect', '--pretty', image]);
        expect(shown.stdout).toContain(name);
        const refused = await desk.trustdesk(['yubikey', 'generate', name], { env });
        expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining(`${name}.pub`)]);
        const slots = await desk.must.trustdesk(['yubikey', 'slots', '--json'], { env });
        const made = (JSON.parse(slots.stdout) as { slot: string; role: string }[]).find(
          ({ role }) => role === name,
        );
        const file = join(desk.home, `${name}.pub`);
        const first = await readFile(file, 'utf8');
        await rm(file);
        await desk.must.trustdesk(['yubikey', 'export', made?.slot ?? ''], { env });
        expect(await readFile(file, 'utf8')).toBe(first);
      },
    );

    test('a library that blocks is killed, one that crashes is started anew, and OpenSSL here stays clean', async () => {
      const { hsm } = lab();
      const links = childProcessLinks({ ...process.env, ...hsm.environment }, tokenProcess);
      const quick = (ms: number, work: () => void) => {
        // Looking is what is made to hang; starting a process takes its time.
        const timer = setTimeout(work, ms === 10_000 ? 1_000 : ms);
        return () => clearTimeout(timer);
      };
      const client = new TokenClient(links, quick);
      const look = () => client.request(hsm.library, { op: 'devices' });
      const [device] = await look();
      const serial = device?.serial ?? '';
      const holder = 'this test';
      await client.request(hsm.library, {
        op: 'login',
        serial,
        pin: Buffer.from(hsm.pin),
        holder,
        keep: false,
      });
      const [slot] = await client.request(hsm.library, { op: 'contents', serial, fresh: false });
      const sign = { op: 'sign', serial, holder, id: slot?.id ?? '', digest: new Uint8Array(32) } as const;
      expect((await client.request(hsm.library, sign)).signature.length).toBeGreaterThanOrEqual(64);
      const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
        format: 'pem',
        type: 'pkcs8',
      });
      expect(createPrivateKey(pem).asymmetricKeyType).toBe('ec');

      const [first = 0] = tokenProcesses();
      process.kill(first, 'SIGSTOP');
      await expect(look()).rejects.toMatchObject({ code: 'yubikey/not-responding' });
      await expect(look()).resolves.toHaveLength(1);
      await expect.poll(tokenProcesses).toHaveLength(1);
      const [second = 0] = tokenProcesses();
      expect(second).not.toBe(first);
      process.kill(second, 'SIGSTOP');
      const asked = look();
      process.kill(second, 'SIGKILL');
      await expect(asked).rejects.toMatchObject({
        code: 'yubikey/process-ended',
        details: { reason: 'SIGKILL' },
      });
      await expect(look()).resolves.toHaveLength(1);
      client.end();
      await expect.poll(tokenProcesses).toEqual([]);
    });
  },
);

/** Living children of this process that speak to tokens. */
function tokenProcesses(): readonly number[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const isOurs = Number(parent) === process.pid && state !== 'Z';
      return isOurs && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(tokenProcess)
        ? [Number(entry)]
        : [];
    } catch {
      return [];
    }
  });
}
