/** `trustdesk pin` on repositories that docker and notary made, with a real notary-server: what it finds is what docker says. */
import { chmod, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import { killedAtEachStep } from './at-terminal.ts';
import { guns, setStage } from './stage.ts';

const other = `sha256:${'0'.repeat(64)}`;

describeWithPeers('pinning files', ['docker', 'notary', 'notary-server', 'notary-signer'], () => {
  const lab = useScope(async (scope) => {
    const { owner, notary } = await setStage(scope, 'local');
    const { stdout } = await owner.must.docker(['trust', 'inspect', guns.app]);
    const [{ SignedTags: rows } = { SignedTags: [] }] = JSON.parse(stdout) as {
      SignedTags: { SignedTag: string; Digest: string; Signers: string[] }[];
    }[];
    const digestOf = (tag: string): string =>
      `sha256:${rows.find(({ SignedTag }) => SignedTag === tag)?.Digest ?? ''}`;
    return { desk: await makeWorkstation(scope, { notary }), digestOf, rows };
  });

  const put = async (name: string, text: string): Promise<string> => {
    const file = join(lab().desk.home, name);
    await writeFile(file, text);
    return file;
  };

  test('a Dockerfile is looked up, then pinned in place with everything else as it was', async () => {
    const { desk, digestOf } = lab();
    const text = `# build\r\nFROM ${guns.app}:1.10 AS build\r\nFROM ${guns.app}\r\nCOPY --from=build / /\r\nCOPY --from=${guns.app}:admin-tag / /`;
    const file = await put('Dockerfile', text);
    await chmod(file, 0o640);
    const looked = await desk.trustdesk(['pin', file]);
    expect([looked.status, await readFile(file, 'utf8')]).toEqual([0, text]);
    const short = (tag: string): string => digestOf(tag).slice(0, 19);
    expect(looked.stdout.split('\n').map((line) => line.split(/ {3,}/))).toEqual([
      ['LINE', 'REFERENCE', 'SIGNED DIGEST', 'SIGNERS'],
      ['2', `${guns.app}:1.10`, short('1.10'), 'jeff, ops'],
      ['3', guns.app, short('latest'), 'jeff'],
      ['5', `${guns.app}:admin-tag`, short('admin-tag'), '(Repo Admin)'],
      [''],
    ]);
    const dry = await desk.trustdesk(['pin', '--write', '--dry-run', file]);
    expect([dry.status, await readFile(file, 'utf8')]).toEqual([0, text]);
    await desk.must.trustdesk(['pin', '--write', file]);
    const pinned = text
      .replace(':1.10 ', `:1.10@${digestOf('1.10')} `)
      .replace(`${guns.app}\r`, `${guns.app}:latest@${digestOf('latest')}\r`)
      .replace(':admin-tag', `:admin-tag@${digestOf('admin-tag')}`);
    expect(await readFile(file, 'utf8')).toBe(pinned);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    // What is pinned already is signed, and stays.
    const again = await desk.must.trustdesk(['pin', '--write', '--json', file]);
    expect(JSON.parse(again.stdout)).toMatchObject([
      { written: false, references: [{ pinning: 'pinned' }, {}, {}] },
    ]);
  });

  test.each<[what: string, reference: string, words: string]>([
    ['a tag that nobody signed', `${guns.app}:no-such-tag`, 'has no such signed tag'],
    ["a tag of a signer's own role alone", `${guns.app}:unreleased`, 'has no such signed tag'],
    [
      'a repository without trust data',
      'registry.example.test:5000/none/none',
      'does not have trust data for',
    ],
    ['a digest that is not the signed one', `${guns.app}:1.10@${other}`, 'is not what is signed as 1.10'],
    ['a digest that nobody signed', `${guns.app}@${other}`, 'is not one that docker would believe'],
    ['what is no reference', 'Not:a:ref', 'must be lowercase'],
    ['a variable without a default', '${IMAGE}', 'which has no value in this file'],
  ])('%s: exit code 1, and nothing is written', async (_, reference, words) => {
    const { desk, digestOf } = lab();
    const text = `services:\n  good:\n    image: ${guns.app}:1.0\n  bad:\n    image: "${reference}" # why\n`;
    const file = await put('compose.yaml', text);
    const refused = await desk.trustdesk(['pin', '--write', file]);
    expect([refused.status, await readFile(file, 'utf8')]).toEqual([1, text]);
    expect(refused.stdout).toContain('(no, see below)');
    expect(refused.stderr).toContain(words);
    expect(refused.stderr).toContain('was not written');
    const partial = await desk.trustdesk(['pin', '--write', '--partial', file]);
    expect([partial.status, await readFile(file, 'utf8')]).toEqual([
      1,
      text.replace(':1.0', `:1.0@${digestOf('1.0')}`),
    ]);
  });

  test('a digest is replaced when it is asked for, and found under another tag', async () => {
    const { desk, digestOf } = lab();
    const file = await put(
      'list.txt',
      `${guns.app}:1.10@${digestOf('1.0')}\n${guns.app}@${digestOf('2.0')}\n`,
    );
    const looked = await desk.trustdesk(['pin', file]);
    expect([looked.status, looked.stderr]).toEqual([1, expect.stringContaining('it is signed there as 1.0')]);
    await desk.must.trustdesk(['pin', '--write', '--update', file]);
    expect(await readFile(file, 'utf8')).toBe(
      `${guns.app}:1.10@${digestOf('1.10')}\n${guns.app}@${digestOf('2.0')}\n`,
    );
  });

  test('from standard input to standard output; a link is followed', async () => {
    const { desk, digestOf } = lab();
    const piped = await desk.must.trustdesk(['pin', '-o', '-', '-'], { input: `FROM ${guns.app}:1.0` });
    expect(piped.stdout).toBe(`FROM ${guns.app}:1.0@${digestOf('1.0')}`);
    const file = await put('real', `FROM ${guns.app}:1.0`);
    const link = join(desk.home, 'Dockerfile.link');
    await symlink(file, link);
    await desk.must.trustdesk(['pin', '--write', link]);
    expect(await readFile(file, 'utf8')).toBe(piped.stdout);
    expect((await stat(link)).isFile()).toBe(true);
  });

  test('a write that is killed at any step leaves the old file or the new one, with its mode', async () => {
    const { desk, digestOf } = lab();
    const old = `FROM ${guns.app}:1.0\n`;
    const file = await put('Dockerfile', old);
    await chmod(file, 0o640);
    const states = new Set<string>();
    const options = { env: { ...desk.environment, PATH: process.env['PATH'] ?? '' }, cwd: desk.home };
    const kills = await killedAtEachStep(['pin', '--write', file], options, async () => {
      states.add(`${((await stat(file)).mode & 0o777).toString(8)} ${await readFile(file, 'utf8')}`);
      await writeFile(file, old);
      await chmod(file, 0o640);
    });
    expect(kills).toBeGreaterThan(3);
    expect([...states].sort()).toEqual([`640 ${old}`, `640 FROM ${guns.app}:1.0@${digestOf('1.0')}\n`]);
  });

  test('a file without references, or that cannot be read, is a failure of its own', async () => {
    const { desk } = lab();
    const [empty, good] = [
      await put('empty.txt', '# nothing\n'),
      await put('Dockerfile', `FROM ${guns.app}:1.0`),
    ];
    const ran = await desk.trustdesk(['pin', good, empty, join(desk.home, 'none')]);
    expect([ran.status, ran.stdout]).toEqual([1, expect.stringContaining(`${guns.app}:1.0`)]);
    expect(ran.stderr).toContain('No image reference was found in');
    expect(ran.stderr).toContain('there is no such file');
    for (const words of [
      ['-o', 'x', good, good],
      ['--write', '-'],
      ['--partial', good],
      ['--type', 'x', good],
    ])
      expect((await desk.trustdesk(['pin', ...words])).status).toBe(1);
  });

  test('without the server the cache answers, and its age is said; without a cache it is unreachable', async () => {
    const { desk } = lab();
    const file = await put('Dockerfile', `FROM ${guns.app}:1.0`);
    await desk.must.trustdesk(['pin', file]);
    const env = { DOCKER_CONTENT_TRUST_SERVER: 'https://localhost:1' };
    const cached = await desk.trustdesk(['pin', file], { env });
    expect([cached.status, cached.stderr]).toEqual([0, expect.stringContaining('last confirmed')]);
    const unknown = await put('Dockerfile', 'FROM registry.example.test:5000/none/other');
    const offline = await desk.trustdesk(['pin', '--json', unknown], { env });
    expect([offline.status, JSON.parse(offline.stdout)]).toMatchObject([
      1,
      [{ references: [{ isSigned: false, error: { code: 'network/refused' } }] }],
    ]);
  });
});
