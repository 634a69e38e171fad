/**
 * Delegations changed by the window's plans beside the real notary's own commands: the same steps on two repositories of
 * one server, and notary lists the same of both after each.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CanonicalKeyId } from '../../shared/brands.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { PlansUnderReview } from '../../electron/trust/plan/plans-under-review.ts';
import { WindowDelegations } from '../../electron/trust/plan/window-delegations.ts';
import { readRepository } from '../../electron/trust/read-repository.ts';
import { parseGun, parseRoleName } from '../../electron/tuf/names.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import { openPlanningDesk } from './planning-desk.ts';

const people = ['jeff', 'kim', 'lee'] as const;
type Person = (typeof people)[number];

describeWithPeers('delegations from the window beside notary', ['docker', 'notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const owner = await makeWorkstation(scope, { notary });
    for (const name of people)
      await owner.must.docker(['trust', 'key', 'generate', name, '--dir', owner.home]);
    return { owner, desk: await openPlanningDesk(owner) };
  });

  const guns = {
    notary: 'registry.example.test:5000/acme/by-notary',
    window: 'registry.example.test:5000/acme/by-window',
  };
  const gun = parseGun(guns.window);
  const at = (name: string) => ({ gun, role: parseRoleName(name) });

  const list = async (of: keyof typeof guns): Promise<string> =>
    (await lab().owner.must.notary(['delegation', 'list', guns[of]])).stdout;

  /** The full ID behind a role's first key, as notary lists it. */
  const idOf = async (role: string): Promise<CanonicalKeyId> => {
    const found = new RegExp(`^${role} .*?([0-9a-f]{64})`, 'm').exec(await list('notary'))?.[1];
    return (found ?? `no key of ${role}`) as CanonicalKeyId;
  };

  const files = async (...names: readonly Person[]) => ({
    files: await Promise.all(
      names.map(async (name) => ({
        label: `${name}.pub`,
        content: (await readFile(join(lab().owner.home, `${name}.pub`))).toString('base64'),
      })),
    ),
    keyIds: [],
  });

  /** notary does what it is told; the window plans, and its plan is published. Then notary is asked of both. */
  async function step(
    told: readonly (readonly string[])[],
    plan: (delegations: WindowDelegations) => Promise<{ readonly id: string }>,
  ): Promise<string> {
    const { owner, desk } = lab();
    for (const [command = '', ...words] of told)
      await owner.must.notary(['delegation', command, guns.notary, ...words, '-p']);
    const connector = await desk.services.connectorFor(gun);
    const verified = await readRepository(connector, gun, { now: new Date(), from: 'server' });
    const review = new PlansUnderReview(desk.planner);
    const setup = { review, verified: () => [verified], crypto: nodeCrypto, now: () => new Date() };
    const { id } = await plan(new WindowDelegations(setup));
    await desk.publish(review.plan(id));
    const shown = await list('notary');
    expect(await list('window')).toBe(shown);
    return shown;
  }

  test('keys, paths and roles come and go, step by step', async () => {
    const { owner } = lab();
    for (const name of Object.values(guns)) {
      await owner.must.notary(['init', '-p', name]);
      await owner.must.notary(['key', 'rotate', name, 'snapshot', '-r']);
    }
    const [jeff, kim, deputy] = [at('targets/jeff'), at('targets/kim'), at('targets/jeff/deputy')];
    await step([['add', 'targets/jeff', 'jeff.pub', '--paths', 'a,b']], async (window) =>
      window.add(jeff, await files('jeff'), ['a', 'b']),
    );
    await step([['add', 'targets/kim', 'kim.pub', '--all-paths']], async (window) =>
      window.add(kim, await files('kim'), 'all'),
    );
    const kimId = await idOf('targets/kim');
    const both = await step([['add', 'targets/jeff', 'kim.pub']], (window) =>
      window.addKeys(jeff, { files: [], keyIds: [kimId] }),
    );
    expect(both.split(kimId)).toHaveLength(3);
    const other = [
      ['add', 'targets/jeff', '--paths', 'c'],
      ['remove', 'targets/jeff', '--paths', 'b'],
    ];
    expect(await step(other, (window) => window.changePaths(jeff, ['a', 'b'], ['a', 'c']))).toMatch(/\bc\b/);
    await step([['add', 'targets/jeff/deputy', 'lee.pub', '--paths', 'a/b']], async (window) =>
      window.add(deputy, await files('lee'), ['a/b']),
    );
    await step([['remove', 'targets/jeff', '--all-paths']], (window) =>
      window.changePaths(jeff, ['a', 'c'], []),
    );
    await step([['remove', 'targets/jeff', kimId]], (window) => window.removeKeys(jeff, [kimId]));
    const purged = await step([['purge', '--key', kimId]], (window) => window.purge({ gun }, [kimId]));
    expect(purged).not.toContain(kimId);
    expect(await step([['remove', 'targets/jeff', '-y']], (window) => window.remove(jeff))).not.toContain(
      'jeff',
    );
  });
});
