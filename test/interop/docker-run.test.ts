/** `trustdesk docker run | create | push` beside docker's own with content trust: the same engine, registry and server. */
import { describe, expect, test } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { enginePeers, openEngineDesk } from './engine-desk.ts';

const trusted = { env: { DOCKER_CONTENT_TRUST: '1' } };

/** Says who it is, what it was given and the variable WORD, and ends with the number of its arguments. */
const program = (name: string): string => `
  #include <stdio.h>
  #include <stdlib.h>
  int main(int count, char **words) {
    const char *word = getenv("WORD");
    printf("${name}");
    for (int at = 1; at < count; at++) printf(" [%s]", words[at]);
    printf(" %s\\n", word == NULL ? "" : word);
    return count - 1;
  }`;

describeWithPeers('containers of what is signed', enginePeers, () => {
  const lab = useScope(async (scope) => {
    const { desk, registry, engine } = await openEngineDesk(scope);
    const image = `${registry.host}/acme/tool`;
    await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
    await engine.importProgram(`${image}:1.0`, program('signed'));
    await desk.must.trustdesk(['docker', 'push', `${image}:1.0`]);
    // What the engine and the registry call 1.0 by now is another one.
    await engine.importProgram(`${image}:1.0`, program('another'));
    await desk.must.docker(['push', '-q', `${image}:1.0`]);
    return { desk, registry, engine, image };
  });

  const signedTags = async (): Promise<readonly { Digest: string; Signers: readonly string[] }[]> => {
    const { stdout } = await lab().desk.must.docker(['trust', 'inspect', `${lab().image}:1.0`]);
    const [found] = JSON.parse(stdout) as { SignedTags: { Digest: string; Signers: string[] }[] }[];
    return found?.SignedTags ?? [];
  };
  const signedName = async (): Promise<string> =>
    `${lab().image}@sha256:${(await signedTags())[0]?.Digest ?? ''}`;
  const imageId = async (name: string): Promise<string> => {
    const { stdout } = await lab().desk.must.docker(['image', 'inspect', '--format', '{{.Id}}', name]);
    return stdout.trim();
  };

  test('push signs what it pushed, for docker and notary to see', async () => {
    expect((await signedTags()).map(({ Signers }) => Signers)).toEqual([['jeff']]);
  });

  test('run starts the signed content, whatever the tag is now, with the words and the exit code of docker', async () => {
    const { desk, image } = lab();
    const words = ['--rm', '-e', 'WORD=given', '--network', 'none', `${image}:1.0`, '/program', '--rm', '-x'];
    const ours = await desk.trustdesk(['docker', 'run', ...words]);
    expect([ours.status, ours.stdout]).toEqual([2, 'signed [--rm] [-x] given\n']);
    expect(ours.stderr).toMatch(/:1\.0 is sha256:[0-9a-f]{64}, signed in targets\/releases\n/);
    const docker = await desk.docker(['run', ...words], trusted);
    expect([docker.status, docker.stdout]).toEqual([ours.status, ours.stdout]);
  });

  test('create names the same content as docker', async () => {
    const { desk, image } = lab();
    const imageOf = async (id: string) =>
      (await desk.must.docker(['inspect', '--format', '{{.Config.Image}} {{.Image}}', id.trim()])).stdout;
    const ours = await desk.must.trustdesk(['docker', 'create', `${image}:1.0`, '/program']);
    expect(ours.stdout).toMatch(/^[0-9a-f]{64}\n$/);
    const docker = await desk.must.docker(['create', `${image}:1.0`, '/program'], trusted);
    expect(await imageOf(ours.stdout)).toBe(await imageOf(docker.stdout));
    await desk.must.docker(['rm', ours.stdout.trim(), docker.stdout.trim()]);
  });

  test('what is not there is pulled by its digest, and called by its tag', async () => {
    const { desk, image } = lab();
    const name = await signedName();
    const id = await imageId(name);
    await desk.must.docker(['rmi', '-f', id]);
    const never = await desk.trustdesk(['docker', 'create', '--pull', 'never', `${image}:1.0`, '/program']);
    expect([never.status, never.stdout]).toEqual([1, '']);
    const created = await desk.must.trustdesk(['docker', 'create', `${image}:1.0`, '/program']);
    expect(created.stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect([await imageId(`${image}:1.0`), await imageId(name)]).toEqual([id, id]);
  });

  describe('refuses, with 125 as docker, and starts nothing', () => {
    test.each<[string, (image: string) => readonly string[], string]>([
      ['a tag that nobody signed', (image) => [`${image}:2.0`, '/program'], 'No valid trust data for 2.0'],
      ['a repository without trust data', (image) => [`${image}-other:1.0`], 'does not have trust data for'],
      ['an option that it does not know', (image) => ['--newer', `${image}:1.0`], 'unknown flag: --newer'],
      [
        'to leave content trust away',
        (image) => ['--disable-content-trust', `${image}:1.0`],
        'use docker itself',
      ],
    ])('%s', async (_name, wordsOf, words) => {
      const { desk, engine, image } = lab();
      await engine.importProgram(`${image}:2.0`, program('nobody signed this'));
      const refused = await desk.trustdesk(['docker', 'run', ...wordsOf(image)]);
      expect([refused.status, refused.stdout, refused.stderr]).toEqual([
        125,
        '',
        expect.stringContaining(words),
      ]);
    });

    test('when there is no docker', async () => {
      const { desk, image } = lab();
      const refused = await desk.trustdesk(['docker', 'run', `${image}:1.0`], { env: { PATH: desk.home } });
      expect([refused.status, refused.stderr]).toEqual([125, expect.stringContaining('cannot be started')]);
    });
  });

  test('content that is named by its digest is for docker to find, as with content trust', async () => {
    const words = ['--rm', '--network=none', await signedName(), '/program'];
    const ours = await lab().desk.trustdesk(['docker', 'run', ...words]);
    expect([ours.status, ours.stdout]).toEqual([0, 'signed \n']);
  });
});
