/**
 * The demo in the hands of the real docker, notary and engine: everything it shows is really so, its keys sign, its
 * images pull by the digests that were signed, and a real push is signed and can be pulled again.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { demoPassphrase, demoRepositories } from '../../electron/sandbox/demo-content.ts';
import { makeDemoImage } from '../../electron/sandbox/demo-images.ts';
import { startSandbox } from '../../electron/sandbox/sandbox.ts';
import type { Sandbox } from '../../electron/sandbox/sandbox.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startDockerEngine } from '../lab/docker-engine.ts';
import type { DockerEngine } from '../lab/docker-engine.ts';
import type { Scope } from '../lab/scope.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import type { Workstation } from '../lab/workstation.ts';

const webshop = demoRepositories[0]!;
const demoPassphrases = Object.fromEntries(
  [
    'DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE',
    'DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE',
    'NOTARY_ROOT_PASSPHRASE',
    'NOTARY_TARGETS_PASSPHRASE',
    'NOTARY_DELEGATION_PASSPHRASE',
    'NOTARY_SNAPSHOT_PASSPHRASE',
  ].map((name) => [name, demoPassphrase]),
);

async function open(scope: Scope): Promise<Sandbox> {
  const sandbox = await startSandbox({ folder: join(scope.folder, 'sandbox') });
  scope.defer(() => sandbox.stop());
  return sandbox;
}

/** A computer with the sandbox's keys in docker's own folder. */
async function station(scope: Scope, sandbox: Sandbox, engine?: DockerEngine): Promise<Workstation> {
  const notary = {
    url: sandbox.trustServerUrl,
    host: new URL(sandbox.trustServerUrl).host,
    caPem: sandbox.caPem,
    caPath: sandbox.caPath,
  };
  const made = await makeWorkstation(scope, { notary, ...(engine && { engine }) });
  await cp(join(sandbox.trustDirectory, 'private'), join(made.trustDirectory, 'private'), {
    recursive: true,
  });
  return made;
}

const row = (tag: string, digest: string, signers: string): string =>
  `${tag.padEnd(12)} ${digest.slice('sha256:'.length)}   ${signers}`;

describeWithPeers('the demo with docker and notary', ['docker', 'notary'], () => {
  const lab = useScope(async (scope) => {
    const sandbox = await open(scope);
    return { sandbox, me: await station(scope, sandbox), gun: `${sandbox.registryHost}/demo/webshop` };
  });

  it('shows every tag that was released, and by whom', async () => {
    const { me, gun } = lab();
    const { stdout } = await me.must.docker(['trust', 'inspect', '--pretty', gun]);
    for (const { tag, kind, text, signedBy } of webshop.tags) {
      const { digest } = makeDemoImage(kind, text).top;
      const names = signedBy.filter((role) => role === 'alice' || role === 'bob').join(', ');
      const isShown = signedBy.includes('releases') || signedBy.includes('admin');
      expect(stdout.includes(row(tag, digest, names === '' ? '(Repo Admin)' : names)), tag).toBe(isShown);
    }
    expect(stdout).toMatch(/\nalice {5}[0-9a-f]{12}, [0-9a-f]{12}\nbob {7}[0-9a-f]{12}\n/);
  });

  it('is found without being told the trust server', async () => {
    const { me, gun } = lab();
    const env = { DOCKER_CONTENT_TRUST_SERVER: '' };
    const { stdout } = await me.must.docker(['trust', 'inspect', '--pretty', gun], { env });
    expect(stdout).toContain(`Signatures for ${gun}`);
  });

  it('has one repository without trust data', async () => {
    const { me, sandbox } = lab();
    const { status, stderr } = await me.docker(['trust', 'inspect', `${sandbox.registryHost}/demo/plain`]);
    expect([status, stderr]).toEqual([1, expect.stringContaining('no signatures or cannot access')]);
  });

  it('warns of the repository whose files are about to expire', async () => {
    const { me, sandbox } = lab();
    const { stderr } = await me.must.docker(['trust', 'inspect', `${sandbox.registryHost}/demo/tools`]);
    expect(stderr).toContain('targets metadata is nearing expiry');
  });

  it('is signed further with its own keys', async () => {
    const { me, gun } = lab();
    const env = demoPassphrases;
    await me.must.notary(
      ['addhash', '-p', '-r', 'targets/releases', gun, '9.9', '7', '--sha256', 'b'.repeat(64)],
      { env },
    );
    await me.must.docker(['trust', 'sign', `${gun}:9.9`], { env });
    const { stdout } = await me.must.docker(['trust', 'inspect', '--pretty', `${gun}:9.9`]);
    expect(stdout).toContain(row('9.9', `sha256:${'b'.repeat(64)}`, 'alice, bob').replace(/^9\.9 +/, ''));
    await me.must.docker(['trust', 'revoke', '-y', `${gun}:9.9`], { env });
    expect((await me.docker(['trust', 'inspect', '--pretty', `${gun}:9.9`])).stdout).not.toContain(
      'b'.repeat(64),
    );
  });

  it('lets its root key rotate keys', async () => {
    const { me, sandbox } = lab();
    const gun = `${sandbox.registryHost}/demo/tools`;
    await me.must.notary(['key', 'rotate', gun, 'timestamp', '-r'], { env: demoPassphrases });
    await me.must.notary(['key', 'rotate', gun, 'targets'], { env: demoPassphrases });
    const { stdout } = await me.must.notary(['list', gun]);
    expect(stdout).toContain('backup');
  });
});

describeWithPeers('the demo with the docker engine', ['docker', 'dockerd'], () => {
  const lab = useScope(async (scope) => {
    const sandbox = await open(scope);
    const engine = await startDockerEngine(scope, sandbox.registryHost);
    return {
      sandbox,
      engine,
      me: await station(scope, sandbox, engine),
      gun: `${sandbox.registryHost}/demo/webshop`,
    };
  });
  const env = { ...demoPassphrases, DOCKER_CONTENT_TRUST: '1' };

  it.each(['1.0', '2.0', '3.0-rc1', 'base', 'edge'])(
    'pulls %s by the digest that was signed',
    async (tag) => {
      const { me, gun } = lab();
      const { kind, text } = webshop.tags.find((entry) => entry.tag === tag)!;
      const { digest } = makeDemoImage(kind, text).top;
      const { stdout } = await me.must.docker(['pull', `${gun}:${tag}`], { env });
      expect(stdout).toContain(`Pull (1 of 1): ${gun}:${tag}@${digest}`);
      expect(stdout).toContain(`Digest: ${digest}`);
    },
  );

  it.each([
    ['nightly', 'No valid trust data for nightly'],
    ['candidate', 'No trust data for candidate'],
  ])('does not pull %s, which nobody released', async (tag, reason) => {
    const { me, gun } = lab();
    const { status, stderr } = await me.docker(['pull', `${gun}:${tag}`], { env });
    expect([status, stderr]).toEqual([1, expect.stringContaining(reason)]);
  });

  it('pulls what moved by its new digest where nobody asks for trust', async () => {
    const { me, gun } = lab();
    const { kind, movedTo } = webshop.tags.find(({ tag }) => tag === 'edge')!;
    const { stdout } = await me.must.docker(['pull', `${gun}:edge`], { env: { DOCKER_CONTENT_TRUST: '0' } });
    expect(stdout).toContain(makeDemoImage(kind, movedTo!).top.digest);
  });

  it('takes a push, has it signed, and gives it back', async () => {
    const { me, gun, engine } = lab();
    const image = `${gun}:pushed`;
    await engine.importImage(image);
    const pushed = await me.must.docker(['push', image], { env });
    expect(pushed.stdout).toContain(`Successfully signed ${image}`);
    const digest = /digest: (sha256:[0-9a-f]{64})/.exec(pushed.stdout)?.[1] ?? '';
    await me.must.docker(['rmi', image]);
    const pulled = await me.must.docker(['pull', image], { env });
    expect(pulled.stdout).toContain(`Digest: ${digest}`);
    const { stdout } = await me.must.docker(['trust', 'inspect', '--pretty', image]);
    expect(stdout).toContain(digest.slice('sha256:'.length));
  });

  it('has the same image pushed again without sending a layer', async () => {
    const { me, gun, sandbox } = lab();
    const copy = `${sandbox.registryHost}/demo/copy:1`;
    await me.must.docker(['tag', `${gun}:pushed`, copy]);
    const { stdout } = await me.must.docker(['push', copy], { env: { DOCKER_CONTENT_TRUST: '0' } });
    expect(stdout).toMatch(/Mounted from demo\/webshop|Layer already exists/);
  });
});
