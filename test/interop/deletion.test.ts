/**
 * `trustdesk delete` against the real server: what it deletes is gone for docker and notary, nobody without the right can,
 * and the name can be started over by every tool.
 */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mustRun } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { stageTags } from '../lab/many-tags.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { startTokenServer } from '../lab/token-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';

const remote = 'registry.example.test:5000';
const gunOf = (name: string): string => `${remote}/acme/${name}`;

describeWithPeers('deletion', ['docker', 'notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const owner = await makeWorkstation(scope, { notary });
    await owner.must.docker(['trust', 'key', 'generate', 'jeff', '--dir', owner.home]);
    return { scope, notary, owner };
  });

  /** As docker makes it, with one signed tag; a consumer knows it. */
  const repository = async (name: string) => {
    const { owner, scope, notary } = lab();
    const gun = gunOf(name);
    await owner.must.docker(['trust', 'signer', 'add', '--key', join(owner.home, 'jeff.pub'), 'jeff', gun]);
    await stageTags(
      owner,
      gun,
      [{ name: '1.0', content: '1.0', size: 12 }],
      ['targets/jeff', 'targets/releases'],
    );
    await owner.must.notary(['publish', gun]);
    const consumer = await makeWorkstation(scope, { notary });
    await consumer.must.docker(['trust', 'inspect', gun]);
    const folder = join(owner.trustDirectory, 'tuf', ...gun.split('/'), 'metadata');
    const root = () => readFile(join(folder, 'root.json'), 'utf8');
    return { gun, consumer, root };
  };
  const keys = () => readdir(join(lab().owner.trustDirectory, 'private'));
  const typed = (gun: string) => ({ input: `${gun}\n` });

  test('what is only planned, or whose name is not typed, stays', async () => {
    const { owner } = lab();
    const { gun } = await repository('stays');
    const before = (await owner.must.docker(['trust', 'inspect', gun])).stdout;
    const planned = await owner.must.trustdesk(['delete', gun, '--dry-run']);
    expect(planned.stdout).toContain(`- repository ${gun}: all its trust data`);
    expect(planned.stdout).toContain('1.0 can no longer be pulled with content trust.');
    for (const input of ['yes\n', '']) {
      const declined = await owner.trustdesk(['delete', gun], { input });
      expect([declined.status, declined.stdout]).toEqual([1, expect.stringContaining('nothing was deleted')]);
    }
    const none = await owner.trustdesk(['delete', gunOf('never'), '--yes']);
    expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('does not have trust data')]);
    expect((await owner.must.docker(['trust', 'inspect', gun])).stdout).toBe(before);
  });

  test('it is gone for everybody, keys and the trusted root stay, and we start it over', async () => {
    const { owner, scope, notary } = lab();
    const { gun, consumer, root } = await repository('started-over');
    const [files, cached] = [await keys(), await root()];
    const done = await owner.must.trustdesk(['delete', gun, '--remote'], typed(gun));
    expect(done.stdout).toContain(`Successfully deleted remote trust data for repository ${gun}\n`);
    expect(done.stdout).toContain('no trust data any more.');
    expect(done.stdout).toContain(`rm -r ~/.docker/trust/tuf/${gun}`);
    expect([await keys(), await root()]).toEqual([files, cached]);
    const newcomer = await makeWorkstation(scope, { notary });
    const listed = await newcomer.notary(['list', gun]);
    expect([listed.status, listed.stdout + listed.stderr]).toEqual([
      1,
      expect.stringContaining('does not have trust data'),
    ]);
    await owner.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', '--root-key', 'new', 'jeff', gun]);
    await stageTags(
      owner,
      gun,
      [{ name: '2.0', content: '2.0', size: 12 }],
      ['targets/jeff', 'targets/releases'],
    );
    await owner.must.notary(['publish', gun]);
    const fresh = (await newcomer.must.docker(['trust', 'inspect', '--pretty', gun])).stdout;
    expect(fresh).toMatch(/^2\.0 /m);
    expect((await owner.must.trustdesk(['inspect', '--pretty', gun])).stdout).toBe(fresh);
    // Who trusted the old root is protected from the new one until it is forgotten.
    expect((await consumer.docker(['trust', 'inspect', '--pretty', gun])).status).not.toBe(0);
    expect((await consumer.trustdesk(['inspect', '--pretty', gun])).status).not.toBe(0);
    await mustRun('/bin/sh', ['-c', `rm -r ~/.docker/trust/tuf/${gun}`], {
      cwd: consumer.home,
      env: consumer.environment,
    });
    expect((await consumer.must.docker(['trust', 'inspect', '--pretty', gun])).stdout).toBe(fresh);
  });

  test('deleted by somebody else, it is not made anew by signing; created on purpose, every tool goes on', async () => {
    const { owner, scope, notary } = lab();
    const { gun } = await repository('by-somebody-else');
    const other = await makeWorkstation(scope, { notary });
    await other.must.notary(['delete', gun, '--remote']);
    const before = await keys();
    for (const words of [
      ['sign', `${gun}:1.0`, '--digest', `sha256:${'a'.repeat(64)}`, '--size', '12'],
      ['signer', 'add', '--key', 'jeff.pub', 'jeff', gun],
    ]) {
      const refused = await owner.trustdesk(words);
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining(`trustdesk init ${gun}`)]);
    }
    expect(await keys()).toEqual(before);
    const made = await owner.must.trustdesk(['init', gun, '--root-key', 'new']);
    expect(made.stderr).toContain('Another root of this name was trusted before');
    await owner.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', gun]);
    const newcomer = await makeWorkstation(scope, { notary });
    const fresh = await newcomer.must.docker(['trust', 'inspect', '--pretty', gun]);
    expect(fresh.stdout).toContain('jeff');
    expect((await owner.must.docker(['trust', 'inspect', '--pretty', gun])).stdout).toBe(fresh.stdout);
    await owner.must.notary(['addhash', gun, '2.0', '12', '--sha256', 'b'.repeat(64), '-p']);
  });

  test('notary makes it again on the very computer that deleted it', async () => {
    const { owner } = lab();
    const { gun } = await repository('same-computer');
    await owner.must.trustdesk(['delete', gun, '--yes']);
    await owner.must.notary(['init', gun]);
    await owner.must.notary(['publish', gun]);
    await owner.must.docker(['trust', 'signer', 'add', '--key', join(owner.home, 'jeff.pub'), 'jeff', gun]);
    expect((await owner.must.trustdesk(['inspect', '--pretty', gun])).stdout).toContain('jeff');
  });

  test('notary and docker make it again where we deleted it, and we read what they made', async () => {
    const { owner, scope, notary } = lab();
    const [first, second] = [await repository('by-notary'), await repository('by-docker')];
    for (const { gun } of [first, second]) await owner.must.trustdesk(['delete', gun, '--yes']);
    const again = await makeWorkstation(scope, { notary });
    await again.must.docker(['trust', 'key', 'generate', 'kim', '--dir', again.home]);
    await again.must.notary(['init', first.gun, '-p']);
    await again.must.docker([
      'trust',
      'signer',
      'add',
      '--key',
      join(again.home, 'kim.pub'),
      'kim',
      second.gun,
    ]);
    for (const { gun } of [first, second]) await again.must.trustdesk(['inspect', '--pretty', gun]);
    // This computer knew another root: it says so, and can delete what it does not trust.
    const refused = await owner.trustdesk(['inspect', first.gun]);
    expect(refused.status).not.toBe(0);
    const forced = await owner.must.trustdesk(['delete', first.gun, '--dry-run']);
    expect(forced.stdout).toContain('no restore point can be kept');
  });
});

describeWithPeers('deletion with rights', ['notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const accounts = [
      { user: 'signer', password: 'spass', actions: ['pull', 'push'] },
      { user: 'owner', password: 'opass', actions: ['pull', 'push', '*'] },
    ];
    const auth = await startTokenServer(scope, { accounts, anonymous: [] });
    const notary = await startNotaryServer(scope, { auth });
    const login = (user: string, password: string) => ({ logins: { [remote]: { user, password } } });
    const owner = await makeWorkstation(scope, { notary, ...login('owner', 'opass') });
    const signer = await makeWorkstation(scope, { notary, ...login('signer', 'spass') });
    return { auth, owner, signer };
  });

  describe('an account', () => {
    test('without the right to delete is told which it lacks; with it, it is asked for by name', async () => {
      const { auth, owner, signer } = lab();
      const gun = gunOf('private');
      await owner.must.trustdesk(['init', gun, '--root-key', 'new']);
      const refused = await signer.trustdesk(['delete', gun, '--yes']);
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining(`repository:${gun}:*`)]);
      await owner.must.trustdesk(['inspect', gun]);
      await owner.must.trustdesk(['delete', gun, '--yes']);
      expect(auth.requests.some(({ scopes }) => scopes.includes(`repository:${gun}:*`))).toBe(true);
      const again = await owner.trustdesk(['delete', gun, '--yes']);
      expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('does not have trust data')]);
    });
  });
});
