/**
 * Reading with Trustdesk against reading with docker and notary: the same state, the same bytes, the same exit codes,
 * and the same cache left behind, on a server that signs alone and on one with notary-signer.
 */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { openScope } from '../lab/scope.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import type { Workstation } from '../lab/workstation.ts';
import { guns, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

const unknown = 'registry.example.test:5000/none/none';

/** Arguments of `docker trust inspect`. */
const inspections: readonly (readonly string[])[] = [
  ...Object.values(guns).flatMap((gun) => [[gun], ['--pretty', gun]]),
  [`${guns.app}:1.10`],
  ['--pretty', `${guns.app}:1.10`],
  [`${guns.app}:ops-only`],
  ['--pretty', `${guns.app}:admin-tag`],
  [`${guns.app}:no-such-tag`],
  ['--pretty', `${guns.app}:no-such-tag`],
  [`${guns.app}:unreleased`],
  [`${guns.app}:__proto__`],
  ['tool'],
  ['--pretty', 'tool:3.1'],
  ['docker.io/tool:latest'],
  [guns.app, guns.adminOnly],
  ['--pretty', guns.app, guns.adminOnly],
  [guns.app, unknown, `${guns.app}:no-such-tag`],
  [unknown],
  ['--pretty', unknown],
];

/** Arguments that notary and trustdesk share. */
const notaryCommands: readonly (readonly string[])[] = [
  ...Object.values(guns).flatMap((gun) => [
    ['list', gun],
    ['delegation', 'list', gun],
  ]),
  ['list', guns.app, '-r', 'targets/releases'],
  ['list', guns.app, '-r', 'targets/releases', '-r', 'targets'],
  ['list', guns.app, '-r', 'targets/releases,targets'],
  ['list', guns.nested, '-r', 'targets/jeff'],
  ['list', guns.app, '-r', 'targets/no-such-role'],
  ['lookup', guns.app, '1.10'],
  ['lookup', guns.app, 'admin-tag'],
  ['lookup', guns.app, 'mismatch'],
  ['lookup', guns.nested, 'team-1'],
];

/** What notary refuses is refused in its words; what to do about it follows on stderr. */
const refusals: readonly (readonly string[])[] = [
  ['lookup', guns.app, 'no-such-tag'],
  ['list', unknown],
  ['lookup', unknown, '1.0'],
  ['delegation', 'list', unknown],
];

/** Every file below `metadata/`, by its path. */
async function cachedMetadata(desk: Workstation, gun: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(desk.trustDirectory, 'tuf', ...gun.split('/'), 'metadata');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json')).sort();
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return new Map(names.map((name, index) => [name, files[index] ?? '']));
}

const newDesk = async (stage: Stage) => {
  const scope = await openScope();
  return { scope, desk: await makeWorkstation(scope, { notary: stage.notary }) };
};

describeWithPeers(
  'reading beside docker and notary',
  ['docker', 'notary', 'notary-server', 'notary-signer'],
  () => {
    describe.each(['local', 'remote'] as const)('with %s signing', (signing) => {
      const stage = useScope((scope) => setStage(scope, signing));
      const theirs = useScope((scope) => makeWorkstation(scope, { notary: stage().notary }));
      const ours = useScope((scope) => makeWorkstation(scope, { notary: stage().notary }));

      it.each(inspections)('inspect %s %s %s', async (...args) => {
        const expected = await theirs().docker(['trust', 'inspect', ...args]);
        const actual = await ours().trustdesk(['inspect', ...args]);
        expect(actual.stdout).toBe(expected.stdout);
        expect(actual.status).toBe(expected.status);
        // docker's log lines carry the time; its own words do not.
        const words = expected.stderr.split('\n').filter((line) => !line.startsWith('time='));
        for (const line of words) expect(actual.stderr).toContain(line);
      });

      it.each(notaryCommands)('%s %s %s %s %s %s', async (...args) => {
        const expected = await theirs().notary(args);
        const actual = await ours().trustdesk(args);
        expect(actual.stdout).toBe(expected.stdout);
        expect(actual.status).toBe(expected.status);
      });

      it.each(refusals)('refuses as notary does: %s %s %s', async (...args) => {
        const expected = await theirs().notary(args);
        const actual = await ours().trustdesk(args);
        expect([actual.status, actual.stdout]).toEqual([1, expected.stdout]);
        expect(actual.stderr).not.toBe('');
      });

      it.each(Object.values(guns))('leaves the cache of %s as docker leaves it', async (gun) => {
        const { scope, desk } = await newDesk(stage());
        const other = await makeWorkstation(scope, { notary: stage().notary });
        await desk.must.trustdesk(['inspect', gun]);
        await other.must.docker(['trust', 'inspect', gun]);
        const mine = await cachedMetadata(desk, gun);
        const real = await cachedMetadata(other, gun);
        // A delegation that the snapshot announces and nobody may sign is kept too, to be said again offline.
        const more = gun === guns.lastSignerGone ? ['targets/releases.json'] : [];
        expect([...mine.keys()].filter((name) => !real.has(name))).toEqual(more);
        for (const [name, text] of real) expect(mine.get(name), name).toBe(text);
        const again = await desk.must.docker(['trust', 'inspect', gun]);
        expect(again.stdout).toBe((await other.must.docker(['trust', 'inspect', gun])).stdout);
        await scope.close();
      });

      it('reads on from a cache that docker made, and docker from ours', async () => {
        const { scope, desk } = await newDesk(stage());
        const first = await desk.docker(['trust', 'inspect', guns.app]);
        const second = await desk.trustdesk(['inspect', guns.app]);
        const third = await desk.docker(['trust', 'inspect', guns.app]);
        expect(second.stdout).toBe(first.stdout);
        expect(third.stdout).toBe(first.stdout);
        await scope.close();
      });

      it('lists the very keys that notary lists', async () => {
        const args = ['key', 'list'];
        const expected = await stage().owner.notary(args);
        const actual = await stage().owner.trustdesk(args);
        expect(actual.stdout).toBe(expected.stdout);
        expect(expected.stdout).toMatch(/root +[0-9a-f]{64}/);
      });

      it('says what notary says where there are no keys', async () => {
        const { scope, desk } = await newDesk(stage());
        const [expected, actual] = [
          await desk.notary(['key', 'list']),
          await desk.trustdesk(['key', 'list']),
        ];
        expect(actual.stdout).toBe(expected.stdout);
        await scope.close();
      });

      it('does not touch what notary staged', async () => {
        const { scope, desk } = await newDesk(stage());
        await desk.must.docker(['trust', 'inspect', guns.app]);
        const hash = '0'.repeat(64);
        await desk.must.notary(['addhash', guns.app, 'staged', '10', '--sha256', hash, '-r', 'targets/jeff']);
        const before = await desk.must.notary(['status', guns.app]);
        await desk.must.trustdesk(['inspect', guns.app]);
        await desk.must.trustdesk(['list', guns.app]);
        const after = await desk.must.notary(['status', guns.app]);
        expect(before.stdout).toContain('staged');
        expect(after.stdout).toBe(before.stdout);
        await scope.close();
      });
    });
  },
);
