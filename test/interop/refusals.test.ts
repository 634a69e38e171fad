/**
 * What the changing commands refuse or cannot do, against the real servers: the words name what is wrong and what to
 * do, the trust server is as it was, keys and staged changes stay, and nothing is left half done.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { issue } from '../fakes/authority.ts';
import { mustRun, run } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startDockerRegistry } from '../lab/docker-registry.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { basicAuth, startTokenServer } from '../lab/token-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, type Workstation } from '../lab/workstation.ts';
import { digestOf } from './planning-desk.ts';

const remote = 'registry.example.test:5000';
const digest = ['--digest', `sha256:${digestOf('x')}`, '--size', '9'];

/** A memory disk of one page: full as soon as a second file is written. */
function canMountMemory(): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'td-full-'));
  const works = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status === 0;
  if (works) spawnSync('umount', [folder]);
  rmdirSync(folder);
  return works;
}

const keyFiles = (desk: Workstation) => readdir(join(desk.trustDirectory, 'private'));
const journal = (desk: Workstation) => readdir(join(desk.trustdeskHome, 'publishing')).catch(() => []);

describeWithPeers('keys that must not become signers', ['docker', 'notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const desk = await makeWorkstation(scope, { notary });
    await desk.must.trustdesk(['key', 'generate', 'jeff']);
    const image = `${remote}/acme/app`;
    await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
    const certificate = (name: string, bits: number, digestFlag: string) =>
      mustRun(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          `rsa:${String(bits)}`,
          '-nodes',
          digestFlag,
          '-subj',
          `/CN=${name}`,
          '-days',
          '90',
          '-keyout',
          `${name}.pem`,
          '-out',
          `${name}.crt`,
        ],
        { cwd: desk.home },
      );
    await certificate('small', 1024, '-sha256');
    await certificate('sha1', 2048, '-sha1');
    await mustRun('openssl', ['rsa', '-in', 'small.pem', '-pubout', '-out', 'small.pub'], { cwd: desk.home });
    const day = (text: string): Date => new Date(`${text}T00:00:00Z`);
    const old = { commonName: 'old', ca: false, notBefore: day('2020-01-01'), notAfter: day('2021-01-01') };
    await writeFile(join(desk.home, 'expired.crt'), (await issue(old)).pem);
    return { desk, image };
  });

  test.each([
    ['an RSA key below 2048 bits', 'small.pub', /2048/],
    ['a certificate over an RSA key below 2048 bits', 'small.crt', /2048/],
    ['a certificate signed with SHA-1', 'sha1.crt', /SHA-?1/i],
    ['a certificate that has expired', 'expired.crt', /expired|2021/],
  ])('%s', async (_, file, words) => {
    const { desk, image } = lab();
    const before = await desk.must.notary(['delegation', 'list', image]);
    const refused = await desk.trustdesk(['signer', 'add', '--key', file, 'eve', image]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(words);
    expect(refused.stderr).toContain(file);
    expect((await desk.must.notary(['delegation', 'list', image])).stdout).toBe(before.stdout);
    expect(await journal(desk)).toEqual([]);
  });
});

describeWithPeers(
  'what stands in the way of a publish',
  ['docker', 'notary', 'notary-server', 'docker-registry'],
  () => {
    const lab = useScope(async (scope) => {
      const [notary, registry] = await Promise.all([startNotaryServer(scope), startDockerRegistry(scope)]);
      const desk = await makeWorkstation(scope, { notary, registries: [registry] });
      await desk.must.trustdesk(['key', 'generate', 'jeff']);
      const image = `${registry.host}/acme/app`;
      await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
      await desk.must.trustdesk(['sign', `${image}:1.0`, ...digest]);
      const roles = 'targets/jeff,targets/releases';
      await desk.must.notary(['addhash', image, 'staged', '9', '--sha256', digestOf('staged'), '-r', roles]);
      return { scope, desk, image, notary };
    });
    /** Server, keys and staged changes before; the answer holds them against what is there afterwards. */
    const remember = async () => {
      const { desk, image } = lab();
      const state = async () => [
        (await desk.must.docker(['trust', 'inspect', image])).stdout,
        (await desk.must.notary(['status', image])).stdout,
        await keyFiles(desk),
      ];
      const before = await state();
      return async () => expect(await state()).toEqual(before);
    };

    test.each<readonly [string, readonly string[], RegExp]>([
      ['signing a tag that the registry does not have', ['sign', ':nowhere'], /nowhere/],
      ['revoking a tag that nobody signed', ['revoke', ':nowhere'], /nowhere/],
      ['acting as a signer whose key is elsewhere', ['sign', ':2.0', ...digest, '--as', 'eve'], /eve/],
      ['removing a signer who is none', ['signer', 'remove', 'eve', ''], /eve/],
    ])('%s', async (_, [command = '', ...words], said) => {
      const { desk, image } = lab();
      const unchanged = await remember();
      const isTag = (word: string): boolean => word === '' || word.startsWith(':');
      const refused = await desk.trustdesk([
        command,
        ...words.map((word) => (isTag(word) ? `${image}${word}` : word)),
      ]);
      expect(refused.status).toBe(1);
      expect(refused.stderr).toMatch(said);
      await unchanged();
      expect(await journal(desk)).toEqual([]);
    });

    if (canMountMemory()) {
      test('a full disk: nothing is published without a restore point', async () => {
        const { desk, image, scope } = lab();
        const unchanged = await remember();
        const full = join(scope.folder, 'full');
        mkdirSync(full);
        await mustRun('mount', ['-t', 'tmpfs', '-o', 'size=4096', 'tmpfs', full]);
        scope.defer(async () => {
          await run('umount', ['-l', full]);
        });
        const refused = await desk.trustdesk(['sign', `${image}:2.0`, ...digest], {
          env: { TRUSTDESK_HOME: full },
        });
        expect(refused.status).toBe(1);
        expect(refused.stderr).toMatch(/restore point/i);
        await unchanged();
      });
    }

    test('a server that is gone, and comes back', async () => {
      const { desk, image, notary } = lab();
      const [keys, staged] = [await keyFiles(desk), await desk.notary(['status', image])];
      await notary.stop();
      const refused = await desk.trustdesk(['sign', `${image}:3.0`, ...digest]);
      expect(refused.status).toBe(1);
      expect(refused.stderr).toMatch(/localhost/);
      expect([await keyFiles(desk), (await desk.notary(['status', image])).stdout]).toEqual([
        keys,
        staged.stdout,
      ]);
      expect(await journal(desk)).toEqual([]);
    });
  },
);

describeWithPeers('an account that may only read', ['notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const accounts = [
      { user: 'reader', password: 'rpass', actions: ['pull'] },
      { user: 'owner', password: 'opass', actions: ['pull', 'push', '*'] },
    ];
    const auth = await startTokenServer(scope, { accounts, anonymous: [] });
    const notary = await startNotaryServer(scope, { auth });
    const login = (user: string, password: string) => ({ logins: { [remote]: { user, password } } });
    const owner = await makeWorkstation(scope, { notary, ...login('owner', 'opass') });
    await owner.must.trustdesk(['key', 'generate', 'jeff']);
    const image = `${remote}/acme/private`;
    await owner.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
    // Its keys, with another account: what it lacks is the server's permission.
    const reader = await makeWorkstation(scope, { notary, ...login('reader', 'rpass') });
    await mkdir(reader.trustDirectory, { recursive: true });
    await mustRun('cp', ['-a', join(owner.trustDirectory, 'private'), reader.trustDirectory]);
    return { owner, reader, image };
  });

  describe('cannot', () => {
    test.each<readonly [string, (image: string) => readonly string[]]>([
      ['sign', (image) => ['sign', `${image}:1.0`, ...digest]],
      ['remove a signer', (image) => ['signer', 'remove', '-f', 'jeff', image]],
      ['create a repository', () => ['signer', 'add', '--key', 'jeff.pub', 'jeff', `${remote}/acme/new`]],
    ])('%s: it is told which account lacks which right', async (_, args) => {
      const { owner, reader, image } = lab();
      await mustRun('cp', [join(owner.home, 'jeff.pub'), reader.home]);
      const env = { NOTARY_AUTH: basicAuth('owner', 'opass') };
      const before = await owner.must.notary(['delegation', 'list', image], { env });
      const keys = await keyFiles(reader);
      const refused = await reader.trustdesk(args(image));
      expect(refused.status).toBe(1);
      expect(refused.stderr).toMatch(/reader/);
      expect(refused.stderr).toMatch(/push/);
      expect((await owner.must.notary(['delegation', 'list', image], { env })).stdout).toBe(before.stdout);
      expect(await keyFiles(reader)).toEqual(keys);
      expect(await journal(reader)).toEqual([]);
    });
  });
});
