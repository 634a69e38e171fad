/** `trustdesk docker build` with the real docker: what is built is made of what is signed, or nothing is built. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { enginePeers, openEngineDesk } from './engine-desk.ts';

const saying = (word: string): string => `#include <stdio.h>\nint main(void) { puts("${word}"); return 0; }`;

describeWithPeers('building from what is signed', enginePeers, () => {
  const lab = useScope(async (scope) => {
    const { desk, registry, engine } = await openEngineDesk(scope);
    const image = `${registry.host}/acme/base`;
    await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
    for (const tag of ['1.0', '2.0']) {
      await engine.importProgram(`${image}:${tag}`, saying(`signed ${tag}`));
      await desk.must.trustdesk(['docker', 'push', `${image}:${tag}`]);
      // By now engine and registry call another one so.
      await engine.importProgram(`${image}:${tag}`, saying(`another ${tag}`));
      await desk.must.docker(['push', '-q', `${image}:${tag}`]);
    }
    const folder = path.join(desk.home, 'source');
    await mkdir(folder);
    return { desk, engine, image, folder };
  });

  /** What the built image says when it runs. */
  const said = async (dockerfile: string, words: readonly string[] = []) => {
    const { desk, folder } = lab();
    await writeFile(path.join(folder, 'Dockerfile'), dockerfile);
    const built = await desk.trustdesk(['docker', 'build', '-t', 'built', ...words, '.'], { cwd: folder });
    expect([built.stderr, built.status]).toEqual([expect.anything(), 0]);
    const ran = await desk.must.docker(['run', '--rm', '--network', 'none', 'built', '/program']);
    return { says: ran.stdout.trim(), stderr: built.stderr };
  };

  test('FROM a tag that moved', async () => {
    const { image } = lab();
    const { says, stderr } = await said(`FROM ${image}:1.0\nLABEL a=b\n`);
    expect(says).toBe('signed 1.0');
    expect(stderr).toMatch(/base:1\.0 is \S+base:1\.0@sha256:[0-9a-f]{64}\n/);
  });

  test('a stage, a copy from an image, and variables', async () => {
    const { image } = lab();
    const dockerfile = [
      `ARG TAG=1.0`,
      `FROM ${image}:$TAG AS base`,
      'FROM scratch',
      'COPY --from=base /program /',
    ];
    expect((await said(dockerfile.join('\n'))).says).toBe('signed 1.0');
    expect((await said(dockerfile.join('\n'), ['--build-arg', 'TAG=2.0'])).says).toBe('signed 2.0');
    expect((await said(`FROM scratch\nCOPY --from=${image}:2.0 /program /\n`)).says).toBe('signed 2.0');
  });

  test('another Dockerfile, outside of the folder', async () => {
    const { desk, image, folder } = lab();
    const file = path.join(desk.home, 'Other.dockerfile');
    await writeFile(file, `FROM ${image}:2.0\nCOPY content /content\n`);
    await writeFile(path.join(folder, 'content'), 'x');
    const built = await desk.must.trustdesk(['docker', 'build', '-q', '-f', file, folder]);
    expect(built.stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    const ran = await desk.must.docker(['run', '--rm', '--network=none', built.stdout.trim(), '/program']);
    expect(ran.stdout).toBe('signed 2.0\n');
  });

  describe('what a signed image tells the build to do', () => {
    /** Signs an image with such a line as `base:TAG`, and removes it here. */
    const signTrigger = async (tag: string, line: string): Promise<string> => {
      const { desk, image, folder } = lab();
      const name = `${image}:${tag}`;
      await writeFile(path.join(folder, 'Dockerfile'), `FROM ${image}:1.0\nONBUILD ${line}\n`);
      // Ours would put a digest there.
      await desk.must.docker(['build', '-q', '-t', name, folder]);
      await desk.must.trustdesk(['docker', 'push', name]);
      await desk.must.docker(['rmi', '-f', name]);
      return name;
    };
    const from = async (base: string, more = '', words: readonly string[] = []) => {
      const { desk, folder } = lab();
      await writeFile(path.join(folder, 'Dockerfile'), `FROM ${base}\n${more}`);
      await desk.docker(['rmi', '-f', 'triggered']);
      return desk.trustdesk(['docker', 'build', '-t', 'triggered', ...words, '.'], { cwd: folder });
    };

    test.each<[string, readonly string[]]>([
      ['plain', []],
      ['with a platform', ['--platform', 'linux/amd64']],
    ])('a copy from what nobody signed is refused before anything is built, %s', async (_, words) => {
      const { desk, image } = lab();
      const base = await signTrigger('tagged', `COPY --from=${image}:2.0 /program /program`);
      // The engine would: its own 2.0 is another one than what is signed.
      const refused = await from(base, '', words);
      expect([refused.status, refused.stdout]).toEqual([1, expect.not.stringContaining('Step')]);
      expect(refused.stderr).toContain(`ONBUILD COPY --from=${image}:2.0 /program /program`);
      expect(refused.stderr).toContain('trustdesk docker build');
      expect((await desk.must.docker(['images', '-q', 'triggered'])).stdout).toBe('');
      // It is there now, and is looked into all the same.
      expect((await from(base, '', words)).status).toBe(1);
      expect((await from('scratch', `COPY --from=${base} / /\n`)).status).toBe(0);
    });

    test('a copy from a digest and a line that needs no image are taken', async () => {
      const { desk, image } = lab();
      const inspected = await desk.must.trustdesk(['inspect', image]);
      const [{ SignedTags: rows } = { SignedTags: [] }] = JSON.parse(inspected.stdout) as {
        SignedTags: { SignedTag: string; Digest: string }[];
      }[];
      const hex = rows.find(({ SignedTag }) => SignedTag === '2.0')?.Digest ?? '';
      const base = await signTrigger('by-digest', `COPY --from=${image}@sha256:${hex} /program /copied`);
      const built = await from(base, '', ['-q']);
      expect([built.stderr, built.status]).toEqual([expect.anything(), 0]);
      expect(built.stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
      const ran = await desk.must.docker(['run', '--rm', '--network=none', 'triggered', '/copied']);
      expect(ran.stdout).toBe('signed 2.0\n');
      expect((await from(await signTrigger('user', 'USER 1000'))).status).toBe(0);
    });

    test('when docker cannot pull the image, it says why, and nothing is built', async () => {
      const { desk, image } = lab();
      const name = image.replace('acme/base', 'acme/none');
      const refused = await from(`${name}@sha256:${'0'.repeat(64)}`);
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('none')]);
      expect((await desk.must.docker(['images', '-q', 'triggered'])).stdout).toBe('');
    });
  });

  describe('builds nothing', () => {
    test.each<[string, (image: string) => string, string]>([
      ['from a tag that nobody signed', (image) => `FROM ${image}:3.0\n`, 'No valid trust data for 3.0'],
      [
        'when one of several is not signed',
        (image) => `FROM ${image}:1.0\nCOPY --from=${image}:3.0 / /\n`,
        '3.0',
      ],
      ['with a variable that nobody gave', (image) => `ARG V\nFROM ${image}:$V\n`, '$V'],
      ['of what is no Dockerfile', () => 'services: {}\n', 'no instruction'],
    ])('%s', async (_, textOf, words) => {
      const { desk, image, folder } = lab();
      await writeFile(path.join(folder, 'Dockerfile'), textOf(image));
      const refused = await desk.trustdesk(['docker', 'build', '-t', 'never', folder]);
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining(words)]);
      expect((await desk.must.docker(['images', '-q', 'never'])).stdout).toBe('');
    });

    test('without a Dockerfile, and where docker fails with its own code', async () => {
      const { desk, image, folder } = lab();
      const missing = await desk.trustdesk(['docker', 'build', path.join(folder, 'none')]);
      expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining('no such file')]);
      await symlink('/dev/zero', path.join(folder, 'endless'));
      const endless = await desk.trustdesk(['docker', 'build', '-f', path.join(folder, 'endless'), folder]);
      expect([endless.status, endless.stderr]).toEqual([1, expect.stringContaining('it has more than')]);
      await writeFile(path.join(folder, 'Dockerfile'), `FROM ${image}:1.0\nCOPY nothing /\n`);
      const failed = await desk.trustdesk(['docker', 'build', folder]);
      expect([failed.status, failed.stderr]).toEqual([1, expect.stringContaining('nothing')]);
    });
  });
});
