/** Words that a command does not understand end it as they end the one that it stands in for: scripts tell them apart. */
import { expect, test } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';

/** docker's words without `docker` or `docker trust`, and what ours puts there. */
const asDocker: readonly (readonly [theirs: readonly string[], ours: readonly string[]])[] = [
  ...['inspect', 'sign', 'revoke', 'signer add', 'signer remove', 'key generate', 'key load'].map(
    (name) => [['trust', ...name.split(' ')], name.split(' ')] as const,
  ),
  ...['pull', 'push', 'build', 'create', 'run'].map((name) => [[name], ['docker', name]] as const),
];
const asNotary = [
  ...['list', 'lookup', 'verify', 'init', 'delete', 'witness', 'key list', 'key import', 'key remove'],
  ...[
    'key passwd',
    'key rotate',
    'delegation list',
    'delegation add',
    'delegation remove',
    'delegation purge',
  ],
];

describeWithPeers('exit codes', ['docker', 'notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => makeWorkstation(scope, { notary: await startNotaryServer(scope) }));

  test.each(asDocker.map(([theirs, ours]) => ({ theirs, ours })))(
    'docker $theirs',
    async ({ theirs, ours }) => {
      const usual = [[], ['--nope', 'x'], ['-Z']];
      const takesMore = ['create', 'run'].includes(theirs.at(-1) ?? '');
      for (const words of takesMore ? [...usual, ['--rm'], ['--'], ['-e']] : usual) {
        const { status } = await lab().docker([...theirs, ...words]);
        expect([words, (await lab().trustdesk([...ours, ...words])).status]).toEqual([words, status]);
        expect(status).toBe(words.some((word) => /^(?:--nope|-Z|-e)$/.test(word)) ? 125 : 1);
      }
    },
  );

  test.each(asNotary)('notary %s', async (name) => {
    const without = name === 'key list' ? [] : [[]];
    for (const words of [...without, ['--nope', 'x'], ['-Z']]) {
      const theirs = await lab().notary([...name.split(' '), ...words]);
      const ours = await lab().trustdesk([...name.split(' '), ...words]);
      expect([words, ours.status, theirs.status]).toEqual([words, 1, 1]);
    }
  });

  test.each([[['--nope']], [['-Z']], [['nosuch']], [['key', '--nope']], [[]], [['key']]])(
    'docker trust %j',
    async (words) => {
      const { status } = await lab().docker(['trust', ...words]);
      expect((await lab().trustdesk(words)).status).toBe(status);
    },
  );

  test('commands of our own: 125 for an option, 1 for the rest', async () => {
    for (const name of ['pin', 'restore', 'renew', 'doctor', 'backup write', 'plan show', 'yubikey import']) {
      const [option, operands] = [
        await lab().trustdesk([...name.split(' '), '--nope']),
        await lab().trustdesk([...name.split(' '), ...'abcdefgh'.split('')]),
      ];
      expect([name, option.status, operands.status]).toEqual([name, 125, 1]);
    }
  });
});
