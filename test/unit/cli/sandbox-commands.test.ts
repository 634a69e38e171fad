/** The command line with a sandbox that runs elsewhere: its own keys, server and cache, and nobody's real folder. */
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../../electron/sandbox/sandbox.ts';
import { demoPassphrase } from '../../../electron/sandbox/demo-content.ts';
import { type Desk, makeDesk, useCommandLab } from './command-lab.ts';

useCommandLab();

let running: Sandbox | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** docker's own server is nowhere: whatever is answered comes from the sandbox. */
async function sitDown(): Promise<{ desk: Desk; webshop: string; run: Desk['run'] }> {
  const desk = await makeDesk({ url: 'https://127.0.0.1:9', host: '127.0.0.1:9' });
  running = await startSandbox({ folder: join(desk.home, 'trustdesk', 'sandbox') });
  desk.env['DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE'] = demoPassphrase;
  const run: Desk['run'] = (...words) => desk.runAt(new Date(), ...words);
  return { desk, webshop: `${running.registryHost}/demo/webshop`, run };
}

describe('a repository of the sandbox', () => {
  test('is read, signed and revoked with what belongs to the sandbox; the real trust directory stays as it is', async () => {
    const { desk, webshop, run } = await sitDown();
    const shown = await run('inspect', '--pretty', webshop);
    expect([shown.exitCode, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toContain('alice');
    const signed = await run('sign', `${webshop}:nightly`, '--as', 'alice');
    expect(signed).toMatchObject({ exitCode: 0 });
    expect((await run('list', webshop)).stdout).toMatch(/nightly .*targets\/alice/);
    const revoked = await run('revoke', `${webshop}:nightly`, '--as', 'alice');
    expect(revoked.stdout).toContain(`Successfully deleted signature for ${webshop}:nightly`);
    expect((await run('lookup', webshop, 'nightly')).exitCode).toBe(1);
    const examined = await run('doctor', webshop);
    expect(examined.stdout).toContain('Everything works.');
    expect(await desk.trustTree()).toEqual([]);
  });

  test('takes a new signer, whose key is made for the sandbox', async () => {
    const { desk, webshop, run } = await sitDown();
    expect(await run('key', 'generate', 'carol', '--sandbox')).toMatchObject({ exitCode: 0, stderr: '' });
    await run('signer', 'add', '--key', 'carol.pub', 'carol', webshop);
    const signed = await run('sign', `${webshop}:nightly`, '--as', 'carol');
    expect(signed.stdout).toContain(`Successfully signed ${webshop}:nightly`);
    const removed = await run('signer', 'remove', 'bob', webshop, '--dry-run');
    expect(removed.stdout).toContain('1.10, 2.0, 2.1 are no longer signed by bob; alice still does.');
    expect(removed.stdout).toMatch(
      /latest are no longer signed by bob; nobody is named .*"\(Repo Admin\)"\.\n/,
    );
    expect(await desk.trustTree()).toEqual([]);
  });

  test('takes the beginning of the ID of a root key, of which there are several', async () => {
    const { desk, webshop, run } = await sitDown();
    desk.env['DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE'] = demoPassphrase;
    expect(await run('key', 'generate', 'root', '--sandbox')).toMatchObject({ exitCode: 0 });
    const another = webshop.replace(/webshop$/, 'another');
    const { stderr } = await run('init', another, '--dry-run');
    const [id = ''] = /[0-9a-f]{64}/.exec(stderr) ?? [];
    const planned = await run('init', another, '--dry-run', '--root-key', id.slice(0, 7));
    expect(planned).toMatchObject({ exitCode: 0, stderr: '' });
    expect(planned.stdout).toContain(`by root ${id.slice(0, 12)} (key file)`);
    const refused = async (given: string): Promise<string> =>
      (await run('init', another, '--dry-run', '--root-key', given)).stdout;
    expect(await refused('nothex')).toContain('invalid key ID provided: nothex');
    expect(await refused(id.startsWith('0000000') ? '1111111' : '0000000')).toContain('is not here');
  });

  test('says that the sandbox is not running, in every command, rather than that the network is down', async () => {
    const { webshop, run } = await sitDown();
    await running?.stop();
    running = undefined;
    for (const words of [
      ['inspect', webshop],
      ['list', webshop],
      ['sign', `${webshop}:nightly`],
      ['doctor', webshop],
    ]) {
      const { exitCode, stderr } = await run(...words);
      expect([words[0], exitCode]).toEqual([words[0], 1]);
      expect(stderr).toContain('The sandbox is not running');
      expect(stderr).toContain('Settings, Sandbox');
    }
  });

  test('and its trust server, named by its address, is examined with the certificate of the sandbox', async () => {
    const { run } = await sitDown();
    const server = running?.trustServerUrl ?? '';
    const examined = await run('doctor', server);
    expect(examined).toMatchObject({ exitCode: 0, stderr: '' });
    expect(examined.stdout).toContain('issued by CN=');
    await running?.stop();
    running = undefined;
    expect((await run('doctor', server)).stdout).toContain(
      'failed   Connection       Nothing answers at localhost',
    );
  });

  test('that has an unfinished publish holds up nobody else while the sandbox is stopped', async () => {
    const { desk, webshop, run } = await sitDown();
    const plan = { id: 'p', gun: webshop, title: 'Sign 1 tag', server: running?.trustServerUrl, staged: [] };
    await desk.write('trustdesk/publishing/p.json', JSON.stringify({ plan, uploads: {}, pid: 999_999_999 }));
    await running?.stop();
    running = undefined;
    const { stderr } = await run('revoke', '127.0.0.2:9/acme/app:1.0');
    expect(stderr).toContain('Sign 1 tag');
    expect(stderr).toContain('Nothing answers at 127.0.0.1, port 9.');
  });

  test('is nobody else: another registry on this computer is asked for as before', async () => {
    const { run } = await sitDown();
    const { exitCode, stderr } = await run('inspect', 'localhost:9/acme/app');
    expect(exitCode).toBe(1);
    expect(stderr).not.toContain('sandbox');
  });
});
