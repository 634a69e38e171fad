/** The machine with software YubiKeys: isolated, reachable where it should be, and gone when it should be. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort, startServer, until } from './child.ts';
import { describeWithPeers } from './describe-with-peers.ts';
import { get } from './https-get.ts';
import { openScope } from './scope.ts';
import { useScope } from './use-scope.ts';
import { startYubikeyStack, yubikeyPeers } from './yubikey-stack.ts';

/** Every process of this machine whose command line contains the text. */
function processesWith(text: string): readonly number[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(text) ? [Number(entry)] : [];
    } catch {
      return [];
    }
  });
}

async function serveText(port: number, text: string): Promise<Server> {
  const server = createServer((_, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

const isGone = (folder: string) =>
  until(
    () => Promise.resolve(processesWith(folder).length === 0),
    () => `still there: ${processesWith(folder).join(', ')}`,
  );

describeWithPeers('the machine with software YubiKeys', [...yubikeyPeers, 'yubico-piv-tool'], () => {
  const lab = useScope(async (scope) => ({
    scope,
    stack: await startYubikeyStack(scope, {
      devices: [{ serial: 7_000_001 }, { serial: 7_000_002, firmware: '4.3.5' }],
    }),
  }));

  it('shows two keys to the real tools, each under its own reader', async () => {
    const { stack } = lab();
    const readers = (await stack.mustRun('yubico-piv-tool', ['-a', 'list-readers'])).stdout.split('\n');
    expect(readers.filter((name) => name.endsWith('00 00'))).toEqual([
      'Yubico YubiKey OTP+FIDO+CCID 00 00',
      'Yubico YubiKey FIDO+CCID 00 00',
    ]);
    const status = async (reader: string) =>
      (await stack.mustRun('yubico-piv-tool', ['-r', reader, '-a', 'status'])).stdout;
    expect(await status('OTP+FIDO+CCID 00 00')).toMatch(/Version:\s+5\.4\.3\nSerial Number:\s+7000001\n/);
    expect(await status('YubiKey FIDO+CCID 00 00')).toMatch(/Version:\s+4\.3\.5\nSerial Number:\s+7000002\n/);
  });

  it('is seen by nobody outside, and sees nobody', async () => {
    const { stack } = lab();
    const outside = await freePort();
    const server = await serveText(outside, 'outside');
    const ask = `fetch('http://127.0.0.1:${outside}').then((a) => a.text()).then(console.log)`;
    const inside = await stack.run(process.execPath, ['-e', ask]);
    expect([inside.status, inside.stderr]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
    // The reader's port, listening; any connection may happen to have the same number at its own end.
    const listening = / [0-9A-F]{8}:8C7B [0-9A-F]{8}:[0-9A-F]{4} 0A /;
    expect(readFileSync('/proc/net/tcp', 'utf8')).not.toMatch(listening);
    expect((await stack.mustRun('cat', ['/proc/net/tcp'])).stdout).toMatch(listening);
    server.close();
  });

  it('reaches a server outside at its port, and offers one inside at the same', async () => {
    const { scope, stack } = lab();
    const port = await freePort();
    const server = await serveText(port, 'from outside');
    await stack.reach(port);
    const ask = `fetch('http://localhost:${port}').then((a) => a.text()).then(console.log)`;
    expect((await stack.mustRun(process.execPath, ['-e', ask])).stdout).toBe('from outside\n');
    server.close();

    const offered = await freePort();
    await stack.publish(offered);
    const script = join(scope.folder, 'serve.mjs');
    writeFileSync(
      script,
      `import { createServer } from 'node:http';
       createServer((_, answer) => answer.end('from inside')).listen(${offered}, '127.0.0.1');`,
    );
    const answers = () =>
      get(`http://127.0.0.1:${offered}/`).then(
        ({ body }) => body.toString() === 'from inside',
        () => false,
      );
    const within = await startServer(scope, stack.inside(process.execPath), [script], answers);
    expect(await answers()).toBe(true);
    await within.stop();
    await isGone(script);
  });

  it('keeps the working folder, input, output and status of what runs inside', async () => {
    const { scope, stack } = lab();
    const script = 'pwd; cat; echo trouble >&2; exit 7';
    const answer = await stack.run('sh', ['-c', script], { cwd: scope.folder, input: 'text' });
    expect(answer).toEqual({ status: 7, stdout: `${scope.folder}\ntext`, stderr: 'trouble\n' });
  });

  it('lets a key be pulled out and put back, with what is on it', async () => {
    const { stack } = lab();
    const [key] = stack.keys;
    const status = () => stack.run('yubico-piv-tool', ['-a', 'verify-pin', '-P', '000000', '-r', 'OTP+FIDO']);
    const wrong = await status();
    expect(wrong.stderr).toContain('2 tries left');
    await key!.remove();
    await until(
      async () => (await status()).stderr.includes('Failed to connect'),
      () => 'the key did not leave',
    );
    await key!.insert();
    expect((await status()).stderr).toContain('1 tries left');
    await key!.restore();
    expect((await key!.state()).pinTries).toBe(3);
  });

  it('can be without its PC/SC service', async () => {
    const { stack } = lab();
    await stack.stopService();
    expect((await stack.run('yubico-piv-tool', ['-a', 'list-readers'])).status).toBe(1);
    await stack.startService();
    await Promise.all(stack.keys.map((key) => key.remove().then(() => key.insert())));
    expect((await stack.run('yubico-piv-tool', ['-a', 'status', '-r', 'OTP+FIDO'])).stdout).toContain(
      '7000001',
    );
  });
});

describeWithPeers('the end of a machine with software YubiKeys', yubikeyPeers, () => {
  it.each(['stopped', 'killed outright', 'over its time limit'] as const)(
    '%s: nothing is left',
    async (how) => {
      const scope = await openScope('yk');
      const stack = await startYubikeyStack(scope, how === 'over its time limit' ? { limitMs: 3_000 } : {});
      const command = stack.run('sleep', ['1000']).catch(() => ({ status: -1 }));
      await until(
        () => Promise.resolve(processesWith('sleep\u00001000').length > 0),
        () => 'the command did not start',
      );
      expect(processesWith(scope.folder).length).toBeGreaterThanOrEqual(3);
      if (how === 'killed outright') process.kill(stack.pid, 'SIGKILL');
      if (how === 'stopped') await stack.stop();
      await isGone(scope.folder);
      expect((await command).status).not.toBe(0);
      await scope.close();
    },
  );
});
