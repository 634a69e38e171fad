/** The sandbox with token authentication, asked by the real docker and notary with and without credentials. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startSandbox } from '../../electron/sandbox/sandbox.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { basicAuth } from '../lab/token-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';

const registry = 'registry.example.test:5000';
const accounts = [
  { user: 'reader', password: 'readpass1', actions: ['pull'] },
  { user: 'writer', password: 'writepass1', actions: ['pull', 'push'] },
  { user: 'owner', password: 'ownpass1', actions: ['*'] },
] as const;
type User = (typeof accounts)[number]['user'];

describeWithPeers('a sandbox that asks who is there', ['docker', 'notary'], () => {
  const lab = useScope(async (scope) => {
    const sandbox = await startSandbox({
      folder: join(scope.folder, 'sandbox'),
      demo: false,
      auth: { accounts },
    });
    scope.defer(() => sandbox.stop());
    const notary = {
      url: sandbox.trustServerUrl,
      host: new URL(sandbox.trustServerUrl).host,
      caPem: sandbox.caPem,
      caPath: sandbox.caPath,
    };
    const computer = (user?: User) => {
      const account = accounts.find((one) => one.user === user);
      const logins = account === undefined ? {} : { [registry]: account };
      return makeWorkstation(scope, { notary, logins });
    };
    return { computer, owner: await computer('owner') };
  });

  const authOf = (user: User): Record<string, string> => {
    const { password } = accounts.find((account) => account.user === user)!;
    return { NOTARY_AUTH: basicAuth(user, password) };
  };

  it('lets an owner make, read and delete a repository', async () => {
    const { owner } = lab();
    const gun = `${registry}/acme/owned`;
    const env = authOf('owner');
    await owner.must.notary(['init', '-p', gun], { env });
    await owner.must.notary(['key', 'rotate', gun, 'snapshot', '-r'], { env });
    expect((await owner.must.notary(['list', gun], { env })).stdout).toContain('No targets present');
    await owner.must.notary(['delete', '--remote', gun], { env });
  });

  it('lets a writer publish, but not rotate server keys or delete', async () => {
    const { computer } = lab();
    const writer = await computer('writer');
    const gun = `${registry}/acme/written`;
    const env = authOf('writer');
    await writer.must.notary(['init', '-p', gun], { env });
    for (const command of [
      ['key', 'rotate', gun, 'timestamp', '-r'],
      ['delete', '--remote', gun],
    ]) {
      const { status, stdout } = await writer.notary(command, { env });
      expect([status, stdout]).toEqual([
        1,
        expect.stringContaining('you are not authorized to perform this operation'),
      ]);
    }
  });

  it('lets a reader read only', async () => {
    const { computer, owner } = lab();
    const gun = `${registry}/acme/read`;
    await owner.must.notary(['init', '-p', gun], { env: authOf('owner') });
    const reader = await computer('reader');
    expect((await reader.notary(['list', gun], { env: authOf('reader') })).status).toBe(0);
    const { status, stdout } = await reader.notary(['init', '-p', `${gun}-two`], { env: authOf('reader') });
    expect([status, stdout]).toEqual([1, expect.stringContaining('you are not authorized')]);
  });

  it('lets docker in with the credentials of the registry', async () => {
    const { owner, computer } = lab();
    const gun = `${registry}/acme/docker`;
    await owner.must.docker(['trust', 'key', 'generate', 'jeff', '--dir', owner.home]);
    await owner.must.docker(['trust', 'signer', 'add', '--key', join(owner.home, 'jeff.pub'), 'jeff', gun]);
    const reader = await computer('reader');
    expect((await reader.must.docker(['trust', 'inspect', '--pretty', gun])).stdout).toContain('jeff');
    const nobody = await computer();
    const refused = await nobody.docker(['trust', 'inspect', '--pretty', gun]);
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringContaining('no signatures or cannot access'),
    ]);
  });
});
