/** `trustdesk docker pull` beside `docker pull` with content trust: the same engine, registry and server, the same words. */
import { describe, expect, test } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { enginePeers, openEngineDesk } from './engine-desk.ts';

const trusted = { env: { DOCKER_CONTENT_TRUST: '1' } };

describeWithPeers('pulling what is signed', enginePeers, () => {
  const lab = useScope(async (scope) => {
    const { desk, registry, engine } = await openEngineDesk(scope);
    const image = `${registry.host}/acme/app`;
    await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
    for (const tag of ['1.0', 'latest']) {
      await engine.importImage(`${image}:${tag}`, `signed ${tag}`);
      await desk.must.trustdesk(['sign', '--local', `${image}:${tag}`]);
      await desk.must.docker(['rmi', `${image}:${tag}`]);
    }
    return { desk, registry, engine, image };
  });

  const digestsOf = async (reference: string): Promise<readonly string[]> => {
    const { stdout } = await lab().desk.must.docker(['image', 'inspect', reference]);
    return (JSON.parse(stdout) as { RepoDigests: string[] }[]).flatMap(({ RepoDigests }) => RepoDigests);
  };
  const signedDigest = async (tag: string): Promise<string> => {
    const { desk, image } = lab();
    const { stdout } = await desk.must.docker(['trust', 'inspect', `${image}:${tag}`]);
    const [found] = JSON.parse(stdout) as { SignedTags: { Digest: string }[] }[];
    return `sha256:${found?.SignedTags[0]?.Digest ?? ''}`;
  };

  test('says what docker says, and has the engine call the digest by its tag', async () => {
    const { desk, image } = lab();
    const first = await desk.must.trustdesk(['docker', 'pull', `${image}:1.0`]);
    expect(first.stdout).toContain('Status: Downloaded newer image');
    expect(await digestsOf(`${image}:1.0`)).toEqual([`${image}@${await signedDigest('1.0')}`]);
    const [ours, docker] = [
      await desk.must.trustdesk(['docker', 'pull', `${image}:1.0`]),
      await desk.must.docker(['pull', `${image}:1.0`], trusted),
    ];
    expect([ours.stdout, ours.stderr]).toEqual([docker.stdout, docker.stderr]);
  });

  test('without a tag it is latest; quiet is as quiet as docker', async () => {
    const { desk, image } = lab();
    await desk.must.trustdesk(['docker', 'pull', image]);
    for (const words of [[image], ['-q', image]]) {
      const ours = await desk.must.trustdesk(['docker', 'pull', ...words]);
      const docker = await desk.must.docker(['pull', ...words], trusted);
      expect([words, ours.stdout, ours.stderr]).toEqual([words, docker.stdout, docker.stderr]);
    }
  });

  test('a tag that moved in the registry: the signed content all the same', async () => {
    const { desk, registry, image } = lab();
    const signed = await signedDigest('1.0');
    await registry.pushImage('acme/app', '1.0', 'somebody else pushed this');
    const { stdout } = await desk.must.trustdesk(['docker', 'pull', '--json', `${image}:1.0`]);
    expect(JSON.parse(stdout)).toEqual({
      reference: `${image}:1.0`,
      digest: signed,
      role: 'targets/releases',
    });
    expect(await digestsOf(`${image}:1.0`)).toEqual([`${image}@${signed}`]);
  });

  test('every signed tag, as docker, whose order is random', async () => {
    const { desk, image } = lab();
    const lines = (text: string): readonly string[] =>
      text
        .split('\n')
        .map((line) => line.replace(/^Pull \(\d of/, 'Pull (n of'))
        .sort();
    const ours = await desk.must.trustdesk(['docker', 'pull', '-a', image]);
    const docker = await desk.must.docker(['pull', '-a', image], trusted);
    expect(lines(ours.stdout)).toEqual(lines(docker.stdout));
    expect(lines(ours.stderr)).toEqual(lines(docker.stderr));
    expect(ours.stdout.indexOf(':1.0@')).toBeLessThan(ours.stdout.indexOf(':latest@'));
  });

  test('a tag of a signer that nobody released is not pulled, by docker neither', async () => {
    const { desk, registry, image } = lab();
    await registry.pushImage('acme/app', 'inner', 'only jeff signed this');
    const hash = ['--sha256', 'c'.repeat(64)];
    await desk.must.notary(['addhash', image, 'inner', '9', ...hash, '-r', 'targets/jeff', '-p']);
    for (const tool of ['trustdesk', 'docker'] as const) {
      const words = tool === 'docker' ? ['pull'] : ['docker', 'pull'];
      const refused = await desk[tool]([...words, `${image}:inner`], trusted);
      expect([refused.status, refused.stderr]).toEqual([
        1,
        expect.stringMatching(/No (valid )?trust data for/),
      ]);
      const all = await desk.must[tool]([...words, '-a', image], trusted);
      expect(all.stdout).not.toContain('inner');
    }
  });

  describe('refuses', () => {
    test.each<[string, (image: string) => string, string]>([
      ['a tag that nobody signed', (image) => `${image}:2.0`, 'No valid trust data for 2.0'],
      ['a repository without trust data', (image) => `${image}-other:1.0`, 'does not have trust data for'],
      ['a digest', (image) => `${image}@sha256:${'0'.repeat(64)}`, 'needs no signature'],
      ['a tag beside all tags', (image) => `${image}:1.0 -a`, "tag can't be used with --all-tags/-a"],
      ['what is no reference', () => 'Not:a:reference', 'invalid reference format'],
    ])('%s, and pulls nothing', async (_name, referenceOf, words) => {
      const { desk, registry, image } = lab();
      await registry.pushImage('acme/app', '2.0', 'not signed');
      const refused = await desk.trustdesk(['docker', 'pull', ...referenceOf(image).split(' ')]);
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining(words)]);
      const { stdout } = await desk.must.docker(['image', 'ls', '-q', `${image}:2.0`]);
      expect(stdout).toBe('');
    });

    test('when no engine answers, and what the registry no longer has', async () => {
      const { desk, registry, image } = lab();
      const away = await desk.trustdesk(['docker', 'pull', `${image}:1.0`], {
        env: { DOCKER_HOST: `unix://${desk.home}/none.sock` },
      });
      expect([away.status, away.stderr]).toEqual([1, expect.stringContaining('No container engine answers')]);
      const gone = `${registry.host}/acme/gone`;
      await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', gone]);
      const digest = `sha256:${'ab'.repeat(32)}`;
      await desk.must.trustdesk(['sign', '--digest', digest, '--size', '10', `${gone}:1.0`]);
      const missing = await desk.trustdesk(['docker', 'pull', `${gone}:1.0`]);
      expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining('container engine')]);
      expect(missing.stderr).toContain('manifest');
    });
  });
});
