/** What docker pulls with content trust: only what is released, and what hides it. */
import { describe, expect, it } from 'vitest';
import { pulledTarget, pulledTargets } from '../../../electron/trust/pulled-targets.ts';
import { role, type Contents, filesWith } from './files-with.ts';

const rolesOf = async (contents: Contents) => {
  const { targets } = await filesWith(contents);
  return pulledTargets(targets).map(({ tag, role: from }) => `${tag}: ${from}`);
};

describe('what docker pulls', () => {
  it.each<[string, Contents, readonly string[]]>([
    [
      'what is released, before what the administrator signed',
      { targets: ['1', '2'], 'targets/releases': ['1'] },
      ['1: targets/releases', '2: targets'],
    ],
    [
      'not what a signer alone signed',
      { 'targets/releases': ['1'], 'targets/jeff': ['1', '2'] },
      ['1: targets/releases'],
    ],
    [
      'not what a role below releases signed, nor what that hides',
      { targets: ['1'], 'targets/releases': ['2'], 'targets/releases/x': ['1'] },
      ['2: targets/releases'],
    ],
    ['in natural order', { targets: ['1.10', '1.9'] }, ['1.9: targets', '1.10: targets']],
    ['nothing', {}, []],
  ])('%s', async (_, contents, rows) => {
    expect(await rolesOf(contents)).toEqual(rows);
    const { targets } = await filesWith(contents);
    const one = ['1', '2'].flatMap((tag) => pulledTarget(targets, tag) ?? []);
    expect(one).toEqual(pulledTargets(targets).filter(({ tag }) => !tag.includes('.')));
  });

  it('has the digest of the released entry, and nothing without a SHA-256', async () => {
    const { targets } = await filesWith({ targets: [['1', 'hello']] });
    expect(pulledTarget(targets, '1')?.digest).toBe(
      'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    );
    const { body } = targets.get(role('targets'))!;
    const bare = body.targets.map(({ sha256: _, ...rest }) => rest);
    const without = new Map([[role('targets'), { body: { ...body, targets: bare } }]]);
    expect([pulledTarget(without, '1'), pulledTargets(without)]).toEqual([undefined, []]);
  });
});
