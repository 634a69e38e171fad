/**
 * Names that only notary can sign, and several images at once, beside the real docker and notary: the same bytes on
 * standard output and the same exit codes.
 */
import { describe, expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { stageTags } from '../lab/many-tags.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import type { Scope } from '../lab/scope.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';

const gun = 'registry.example.test:5000/acme/names';
const unknown = 'registry.example.test:5000/none/none';
const names = [
  '1',
  '01',
  '001',
  '10',
  '2',
  '1.10',
  '1.9',
  'a<b>&c',
  'größe-änderung',
  '日本語タグ',
  'cafe\u0301',
  'release-🚀',
  'with space',
  'quote"back\\slash',
  '__proto__',
];

/** notary published these tags; a computer of each kind looks at them. */
async function published(scope: Scope, tags: readonly string[]) {
  const notary = await startNotaryServer(scope);
  const owner = await makeWorkstation(scope, { notary });
  await owner.must.notary(['init', gun]);
  await stageTags(
    owner,
    gun,
    tags.map((name) => ({ name, content: name, size: 12 })),
  );
  await owner.must.notary(['publish', gun]);
  return { theirs: owner, ours: await makeWorkstation(scope, { notary }) };
}

describeWithPeers('unusual names beside docker and notary', ['docker', 'notary', 'notary-server'], () => {
  describe('one repository', () => {
    const lab = useScope((scope) => published(scope, names));

    it.each([
      [['inspect', gun]],
      [['inspect', '--pretty', gun]],
      [['inspect', '--pretty', `${gun}:1.10`, `${gun}:nope`, gun]],
      [['inspect', '--pretty', gun, unknown, gun]],
      [['inspect', unknown, gun, 'BAD/x/Y', `${gun}:2`]],
      [['inspect', `${gun}:1.10@sha256:${'0'.repeat(64)}`]],
    ])('docker trust %s', async (args) => {
      const expected = await lab().theirs.docker(['trust', ...args]);
      const actual = await lab().ours.trustdesk(args);
      expect(actual.stdout).toBe(expected.stdout);
      expect(actual.status).toBe(expected.status);
    });

    it.each([[['list', gun]], ...names.map((name) => [['lookup', gun, '--', name]])])(
      'notary %s',
      async (args) => {
        const expected = await lab().theirs.notary(args);
        const actual = await lab().ours.trustdesk(args);
        expect(actual.stdout).toBe(expected.stdout);
        expect(actual.status).toBe(expected.status);
      },
    );
  });

  describe('names that drive a terminal or turn the direction of writing', () => {
    const tricks = ['v1\u202egpj', '\u2066v2\u2069', 'v3\u200f', 'v4\u009b2J'];
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    const trick = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200f\u202e\u2066\u2069]/;
    const lab = useScope((scope) => published(scope, tricks));

    it('are the same JSON as docker’s, without those characters', async () => {
      const expected = await lab().theirs.docker(['trust', 'inspect', gun]);
      const { stdout } = await lab().ours.trustdesk(['inspect', gun]);
      expect(expected.stdout).toMatch(trick);
      expect(stdout).not.toMatch(trick);
      expect(JSON.parse(stdout)).toEqual(JSON.parse(expected.stdout));
    });

    it.each([[['list', gun]], [['list', '--json', gun]], [['inspect', '--pretty', gun]]])(
      '%j prints them as escapes',
      async (args) => {
        const { stdout } = await lab().ours.trustdesk(args);
        expect(stdout).not.toMatch(trick);
        for (const name of tricks) expect(stdout).toContain(/v\d/.exec(name)?.[0]);
        expect(stdout).toContain('\\u202e');
      },
    );
  });
});
