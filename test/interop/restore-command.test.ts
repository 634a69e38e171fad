/** `trustdesk restore`: what was signed before an earlier publish comes back, and docker sees it. */
import { expect, test } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';

const image = 'registry.example.test/acme/restored';
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

describeWithPeers('the restore command', ['docker', 'notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const desk = await makeWorkstation(scope, { notary: await startNotaryServer(scope) });
    await desk.must.trustdesk(['key', 'generate', 'jeff']);
    await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
    const sign = (tag: string, digit: string) =>
      desk.must.trustdesk(['sign', `${image}:${tag}`, '--digest', digest(digit), '--size', '10']);
    await sign('1.0', 'a');
    await sign('1.0', 'b');
    await desk.must.trustdesk(['revoke', `${image}:1.0`]);
    await sign('2.0', 'c');
    return { desk };
  });

  const tagsOfDocker = async (): Promise<Readonly<Record<string, string>>> => {
    const { stdout } = await lab().desk.must.docker(['trust', 'inspect', image]);
    const [found] = JSON.parse(stdout) as { SignedTags: { SignedTag: string; Digest: string }[] }[];
    return Object.fromEntries(found?.SignedTags.map((tag) => [tag.SignedTag, tag.Digest[0] ?? '']) ?? []);
  };
  interface Point {
    readonly id: string;
    readonly before: string;
    readonly at: string;
  }
  const points = async (): Promise<readonly Point[]> =>
    JSON.parse((await lab().desk.must.trustdesk(['restore', image, '--json'])).stdout) as Point[];
  const pointBefore = async (what: RegExp): Promise<string> =>
    (await points()).find(({ before }) => what.test(before))?.id ?? '';

  test('lists the points, the newest first, and those of no other repository', async () => {
    const { desk } = lab();
    const { stdout } = await desk.must.trustdesk(['restore', image]);
    expect(stdout.split('\n')[0]).toMatch(/^POINT +KEPT \(UTC\) +BEFORE$/);
    const listed = await points();
    expect(listed.map(({ before }) => before)).toEqual([
      'Sign 1 tag',
      'Revoke 1 tag',
      'Sign 1 tag',
      'Sign 1 tag',
    ]);
    expect([...listed].sort((a, b) => b.at.localeCompare(a.at))).toEqual(listed);
    for (const { id } of listed) expect(stdout).toContain(id.slice(0, 8));
    const none = await desk.must.trustdesk(['restore', `${image}-other`]);
    expect(none.stdout).toContain('No restore points');
  });

  test('shows what would change, and asks; nothing changes before', async () => {
    const { desk } = lab();
    const point = (await pointBefore(/Revoke/)).slice(0, 8);
    const shown = await desk.must.trustdesk(['restore', image, point, '--dry-run']);
    expect(shown.stdout).toContain(`+ 1.0 ${'b'.repeat(64)}`);
    expect(shown.stdout).toContain(`- 2.0 ${'c'.repeat(64)}`);
    for (const input of ['n\n', '']) {
      const declined = await desk.trustdesk(['restore', image, point], { input });
      expect([declined.status, declined.stdout]).toEqual([1, expect.stringContaining('Restore this?')]);
    }
    expect(await tagsOfDocker()).toEqual({ '2.0': 'c' });
  });

  test('brings it back, and what it takes away comes back the same way', async () => {
    const { desk } = lab();
    const done = await desk.must.trustdesk(['restore', image, await pointBefore(/Revoke/)], { input: 'y\n' });
    expect(done.stdout).toContain(`Restored ${image}`);
    expect(await tagsOfDocker()).toEqual({ '1.0': 'b' });
    await desk.must.trustdesk(['restore', image, await pointBefore(/Restore/), '-y']);
    expect(await tagsOfDocker()).toEqual({ '2.0': 'c' });
    const again = await desk.trustdesk(['restore', image, (await points())[0]?.id ?? '', '-y', '--dry-run']);
    expect(again.status).toBe(0);
  });

  test.each([
    ['a point that is not there', [image, 'ffffffff'], 'is not there'],
    ['too little of an ID', [image, 'f'], 'is not there'],
    ['a tag', [`${image}:1.0`], 'name it without a tag'],
    ['no image', [], 'requires an image'],
  ])('refuses %s', async (_name, words, refusal) => {
    const refused = await lab().desk.trustdesk(['restore', ...words]);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining(refusal)]);
  });
});
