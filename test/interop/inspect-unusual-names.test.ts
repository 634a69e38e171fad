/**
 * Names that only notary can sign, and several images at once, beside the real docker and notary: the same bytes on
 * standard output and the same exit codes.
 */
import { describe, expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { stageTags } from '../lab/many-tags.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
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

describeWithPeers('unusual names beside docker and notary', ['docker', 'notary', 'notary-server'], () => {
  describe('one repository', () => {
    const lab = useScope(async (scope) => {
      const notary = await startNotaryServer(scope);
      const owner = await makeWorkstation(scope, { notary });
      await owner.must.notary(['init', gun]);
      await stageTags(
        owner,
        gun,
        names.map((name) => ({ name, content: name, size: 12 })),
      );
      await owner.must.notary(['publish', gun]);
      return { theirs: owner, ours: await makeWorkstation(scope, { notary }) };
    });

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
});
