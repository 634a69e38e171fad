/**
 * `delegation add`, `remove`, `purge` and `verify` beside the real notary's: the same steps on two repositories of one
 * server leave the same delegations, and refusals and answers are the same.
 */
import { execFileSync } from 'node:child_process';
import { lstat, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import type { Result } from '../lab/child.ts';
import { digestOf, stageTags } from '../lab/many-tags.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';

const gunOf = (name: string): string => `registry.example.test:5000/acme/${name}`;
const people = ['jeff', 'kim', 'lee'] as const;
/** Docker's file names the ID in no header; notary lists it. */
const idIn = (list: string, role: string): string =>
  new RegExp(`^${role} .*?([0-9a-f]{64})`, 'm').exec(list)?.[1] ?? `no key of ${role}`;

describeWithPeers('delegations beside notary', ['docker', 'notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const owner = await makeWorkstation(scope, { notary });
    for (const name of people)
      await owner.must.docker(['trust', 'key', 'generate', name, '--dir', owner.home]);
    return { scope, notary, owner };
  });

  type Tool = 'notary' | 'trustdesk';
  const tools: readonly Tool[] = ['notary', 'trustdesk'];

  /** The same repository twice: one that notary goes on with, one that Trustdesk does. */
  const twins = async (name: string): Promise<Readonly<Record<Tool, string>>> => {
    const { owner } = lab();
    const guns = { notary: gunOf(`${name}-notary`), trustdesk: gunOf(`${name}-trustdesk`) };
    for (const gun of Object.values(guns)) {
      await owner.must.notary(['init', '-p', gun]);
      await owner.must.notary(['key', 'rotate', gun, 'snapshot', '-r']);
    }
    return guns;
  };

  /** What the real notary shows of both afterwards. */
  const step = async (guns: Readonly<Record<Tool, string>>, ...words: readonly string[]): Promise<string> => {
    const { owner } = lab();
    const [command = '', ...rest] = words;
    for (const tool of tools) {
      const args = ['delegation', command, guns[tool], ...rest, '-p'];
      await owner.must[tool](args);
    }
    const shown = await Promise.all(
      tools.map(async (tool) => (await owner.must.notary(['delegation', 'list', guns[tool]])).stdout),
    );
    expect(shown[1]).toBe(shown[0]);
    const ours = await owner.must.trustdesk(['delegation', 'list', guns.trustdesk]);
    expect(ours.stdout).toBe(shown[0]);
    return shown[0] ?? '';
  };

  test('keys and paths come and go, step by step', async () => {
    const guns = await twins('steps');
    const first = await step(guns, 'add', 'targets/jeff', 'jeff.pub', '--paths', 'a,b');
    expect(first).toMatch(/^targets\/jeff +a /m);
    const both = await step(guns, 'add', 'targets/jeff', 'kim.pub');
    expect(both).toContain(idIn(first, 'targets/jeff'));
    expect(await step(guns, 'add', 'targets/jeff', '--all-paths')).toContain('"" <all paths>');
    expect(await step(guns, 'add', 'targets/kim', 'kim.pub', '--paths', 'k', '--paths', 'l')).toContain(
      'targets/kim',
    );
    // The role's own key signs what lies below it.
    const nested = await step(guns, 'add', 'targets/jeff/deputy', 'lee.pub', '--paths', 'a/b');
    expect(nested).toContain('targets/jeff/deputy');
    expect(await step(guns, 'remove', 'targets/jeff', '--paths', 'b')).not.toMatch(/^targets\/jeff +b /m);
    const kim = idIn(nested, 'targets/kim');
    expect(await step(guns, 'remove', 'targets/jeff', kim)).toMatch(/^targets\/kim +k +[0-9a-f]{64}/m);
    expect(await step(guns, 'remove', 'targets/jeff', '--all-paths')).not.toContain('<all paths>');
    const left = await step(guns, 'remove', 'targets/jeff/deputy', '-y');
    expect(left).not.toContain('deputy');
    expect(await step(guns, 'remove', 'targets/jeff', '-y')).not.toContain('targets/jeff');
  });

  test('a key is taken from every delegation', async () => {
    const guns = await twins('purge');
    await step(guns, 'add', 'targets/jeff', 'jeff.pub', 'kim.pub', '--all-paths');
    const before = await step(guns, 'add', 'targets/releases', 'jeff.pub', 'kim.pub', '--all-paths');
    const { owner } = lab();
    const jeff = (await readFile(join(owner.home, 'jeff.pub'), 'utf8')).trim();
    expect(jeff).toContain('BEGIN PUBLIC KEY');
    const id = idIn(before, 'targets/jeff');
    const after = await step(guns, 'purge', '--key', id);
    expect(after).not.toContain(id);
    const again = await owner.trustdesk(['delegation', 'purge', guns.trustdesk, '--key', id]);
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('already so')]);
  });

  test('what cannot be signed from here is left out of a purge when that is asked for, as by notary', async () => {
    const guns = await twins('partial');
    await step(guns, 'add', 'targets/jeff', 'jeff.pub', '--all-paths');
    await step(guns, 'add', 'targets/kim', 'kim.pub', '--all-paths');
    const all = await step(guns, 'add', 'targets/jeff/deputy', 'kim.pub', '--all-paths');
    const { owner } = lab();
    const [jeff, kim] = [idIn(all, 'targets/jeff'), idIn(all, 'targets/kim')];
    const file = join(owner.trustDirectory, 'private', `${jeff}.key`);
    await rename(file, join(owner.home, 'away.key'));
    const purge = ['delegation', 'purge', guns.trustdesk, '--key', kim];
    try {
      const refused = await owner.trustdesk(purge);
      expect([refused.status, refused.stderr]).toEqual([
        1,
        expect.stringContaining('No key for targets/jeff'),
      ]);
      expect((await owner.must.notary(['delegation', 'list', guns.trustdesk])).stdout).toBe(all);
      const rehearsed = await owner.must.trustdesk([...purge, '--skip-unsignable', '--dry-run']);
      expect(rehearsed.stdout).toContain('Take keys from every delegation but those of targets/jeff in');
      const left = await owner.must.trustdesk([...purge, '--skip-unsignable', '-y']);
      expect(left.stderr).toContain(
        `Left out the delegations of targets/jeff: no key for it is here (${jeff}).`,
      );
      await owner.must.notary(['delegation', 'purge', guns.notary, '--key', kim, '-p']);
    } finally {
      await rename(join(owner.home, 'away.key'), file);
    }
    const [theirs = '', ours = ''] = await Promise.all(
      tools.map(async (tool) => (await owner.must.notary(['delegation', 'list', guns[tool]])).stdout),
    );
    expect(ours).toBe(theirs);
    expect(ours).toMatch(new RegExp(`^targets/jeff/deputy .*${kim}`, 'm'));
    expect(ours).not.toMatch(new RegExp(`^targets/kim .*${kim}`, 'm'));
  });

  test('a signer made here signs with docker, and what becomes unpullable is asked about first', async () => {
    const { owner, scope, notary } = lab();
    const gun = gunOf('asked');
    await owner.must.trustdesk(['init', '-p', gun, '--root-key', 'new']);
    for (const role of ['targets/jeff', 'targets/releases'])
      await owner.must.trustdesk(['delegation', 'add', gun, role, 'jeff.pub', '--all-paths']);
    await stageTags(owner, gun, [{ name: '1.0' }], ['targets/jeff', 'targets/releases']);
    await owner.must.notary(['publish', gun]);
    const consumer = await makeWorkstation(scope, { notary });
    const pretty = async (): Promise<string> =>
      (await consumer.must.docker(['trust', 'inspect', '--pretty', gun])).stdout;
    expect(await pretty()).toMatch(/^1\.0 +[0-9a-f]{64} +jeff$/m);

    const id = idIn((await owner.must.notary(['delegation', 'list', gun])).stdout, 'targets/jeff');
    const purge = ['delegation', 'purge', gun, '--key', id];
    const declined = await owner.trustdesk(purge, { input: 'no\n' });
    expect([declined.status, declined.stdout]).toEqual([1, expect.stringContaining('(yes/no)')]);
    const unasked = await owner.trustdesk(purge, { input: '' });
    expect(unasked.status).toBe(1);
    expect(declined.stderr).toContain('1.0 can no longer be pulled with content trust.');
    const rehearsed = await owner.must.trustdesk([...purge, '--dry-run']);
    expect(rehearsed.stdout).toContain(id.slice(0, 7));
    expect(await pretty()).toMatch(/^1\.0 +[0-9a-f]{64} +jeff$/m);
    await owner.must.trustdesk([...purge, '-y']);
    expect((await owner.must.notary(['delegation', 'list', gun])).stdout).not.toContain(id);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['nothing to add', ['add', 'GUN', 'targets/new'], /must specify/],
    ['too few words', ['add', 'GUN'], /must specify the Global Unique Name and the role/],
    [
      'an empty path',
      ['add', 'GUN', 'targets/new', 'jeff.pub', '--paths', ''],
      /--paths holds an empty item/,
    ],
    [
      'a path and a comma',
      ['add', 'GUN', 'targets/new', 'jeff.pub', '--paths', 'a,'],
      /--paths holds an empty/,
    ],
    ['a new role without keys', ['add', 'GUN', 'targets/new', '--all-paths'], /needs at least as many keys/],
    ['a base role', ['add', 'GUN', 'snapshot', 'jeff.pub', '--all-paths'], /not a delegation/],
    ['a role of another name', ['add', 'GUN', 'jeff', 'jeff.pub', '--all-paths'], /a role is root, targets/],
    ['a file that is no key', ['add', 'GUN', 'targets/new', 'none.pub', '--all-paths'], /none\.pub/],
    ['a role that is not there', ['remove', 'GUN', 'targets/nobody', '-y'], /does not exist/],
    ['part of a key ID', ['remove', 'GUN', 'targets/jeff', 'abcd'], /invalid key ID provided: abcd/],
    ['a purge of nothing', ['purge', 'GUN'], /Please provide key IDs to be removed using the --key flag/],
    [
      'paths outside the parent',
      ['add', 'GUN', 'targets/jeff/x', 'kim.pub', '--paths', 'z'],
      /do not cover "z"/,
    ],
  ])('%s is refused, and nothing changes', async (_name, words, reason) => {
    const { owner } = lab();
    const gun = gunOf('refusals');
    if ((await owner.notary(['list', gun])).status !== 0) {
      await owner.must.trustdesk(['init', gun, '--root-key', 'new']);
      await owner.must.trustdesk(['delegation', 'add', gun, 'targets/jeff', 'jeff.pub', '--paths', 'a']);
    }
    const before = (await owner.must.notary(['delegation', 'list', gun])).stdout;
    const refused = await owner.trustdesk([
      'delegation',
      ...words.map((word) => (word === 'GUN' ? gun : word)),
    ]);
    expect([refused.status, refused.stderr + refused.stdout]).toEqual([1, expect.stringMatching(reason)]);
    expect((await owner.must.notary(['delegation', 'list', gun])).stdout).toBe(before);
  });

  describeWithPeers('verify', ['notary'], () => {
    const prepared = async (): Promise<string> => {
      const { owner } = lab();
      const gun = gunOf('verified');
      if ((await owner.notary(['list', gun])).status !== 0) {
        await owner.must.notary(['init', '-p', gun]);
        await writeFile(join(owner.home, 'data'), 'exactly this\n');
        await owner.must.notary(['add', gun, 'data', 'data', '-p']);
        await stageTags(owner, gun, [{ name: 'long', content: 'abc', size: 4 }]);
        await owner.must.notary(['publish', gun]);
      }
      return gun;
    };
    test.each<[string, readonly string[], string]>([
      ['what was signed goes through', ['data'], 'exactly this\n'],
      ['quietly', ['data', '-q'], 'exactly this\n'],
      ['out of a file', ['data', '-i', 'data'], ''],
      ['other data does not', ['data'], 'exactly that\n'],
      ['nor more', ['data'], 'exactly this\nand more'],
      ['nor less', ['data'], 'exactly'],
      ['nor nothing', ['data'], ''],
      ['nor a name that nobody signed', ['none'], 'exactly this\n'],
    ])('%s', async (_name, words, input) => {
      const { owner } = lab();
      const gun = await prepared();
      const [theirs, ours] = [
        await owner.notary(['verify', gun, ...words], { input }),
        await owner.trustdesk(['verify', gun, ...words], { input }),
      ];
      // Which of the two hashes notary names changes from run to run.
      const shown = ({ status, stdout }: Result): unknown => [
        status,
        status === 0
          ? stdout
          : /data not present in the trusted collection|No valid trust data for none/.exec(stdout)?.[0],
      ];
      expect(shown(ours)).toEqual(shown(theirs));
      if (ours.status !== 0) expect(ours.stdout).toMatch(/^\n\* fatal: [^\n]+\n$/);
    });
    test('into a file, and only what was signed', async () => {
      const { owner } = lab();
      const gun = await prepared();
      const out = join(owner.home, 'out');
      const refused = await owner.trustdesk(['verify', gun, 'data', '-o', 'out'], {
        input: 'exactly that\n',
      });
      expect([refused.status, refused.stdout]).toEqual([
        1,
        '\n* fatal: data not present in the trusted collection\n',
      ]);
      expect(refused.stderr).toContain('its SHA-256 is another one');
      await expect(readFile(out)).rejects.toMatchObject({ code: 'ENOENT' });
      await owner.must.trustdesk(['verify', gun, 'data', '-o', 'out'], { input: 'exactly this\n' });
      expect(await readFile(out, 'utf8')).toBe('exactly this\n');
    });
    test('into a pipe, and through a link, which stay what they are', async () => {
      const { owner } = lab();
      const gun = await prepared();
      const [pipe, link, behind] = ['pipe', 'link', 'behind'].map((name) => join(owner.home, name)) as [
        string,
        string,
        string,
      ];
      execFileSync('mkfifo', [pipe]);
      await writeFile(behind, 'old');
      await symlink(behind, link);
      const input = 'exactly this\n';
      const [read] = await Promise.all([
        readFile(pipe, 'utf8'),
        owner.must.trustdesk(['verify', gun, 'data', '-o', 'pipe'], { input }),
      ]);
      await owner.must.trustdesk(['verify', gun, 'data', '-o', 'link'], { input });
      expect([read, await readFile(behind, 'utf8')]).toEqual([input, input]);
      expect([(await lstat(pipe)).isFIFO(), (await lstat(link)).isSymbolicLink()]).toEqual([true, true]);
      const both = await owner.trustdesk(['verify', gun, 'data', '-q', '-o', 'out'], { input });
      expect(both.status).toBe(1);
    });
    test('a length that is not the signed one counts too, which notary lets through', async () => {
      const { owner } = lab();
      const gun = await prepared();
      expect(digestOf({ name: 'long', content: 'abc' })).toHaveLength(32);
      expect((await owner.notary(['verify', gun, 'long'], { input: 'abc' })).status).toBe(0);
      const ours = await owner.trustdesk(['verify', gun, 'long'], { input: 'abc' });
      expect([ours.status, ours.stderr]).toEqual([
        1,
        expect.stringContaining('it has 3 bytes, 4 are signed'),
      ]);
    });
  });
});
