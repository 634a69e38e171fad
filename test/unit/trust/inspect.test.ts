/** Which tags are released and who stands for them, row by row of docker's rule. */
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { inspect, signedTags, signersOf } from '../../../electron/trust/inspect.ts';
import type { SignedTags } from '../../../electron/trust/inspection.ts';
import { targetOf } from '../../simulator/repository-builder.ts';
import { type Contents, filesWith, role, type Shape } from './files-with.ts';

/** `tag: signer, signer`; the digest's beginning where a tag has several. */
function rowsOf(tags: SignedTags): string[] {
  return tags.tags.map((tag, row) => `${tag}: ${(tags.signerSets[tags.signers[row]!] ?? []).join(', ')}`);
}

describe('released tags', () => {
  it.each<[string, Contents, Shape, readonly string[]]>([
    ['nothing', {}, {}, []],
    ['only the administrator', { targets: ['b', 'a'] }, {}, ['a: ', 'b: ']],
    ['a signer and releases', { 'targets/releases': ['1'], 'targets/jeff': ['1'] }, {}, ['1: jeff']],
    ['a signer alone releases nothing', { 'targets/jeff': ['1'] }, {}, []],
    ['releases alone is the administrator’s', { 'targets/releases': ['1'] }, {}, ['1: ']],
    [
      'signers in the order of the role tree',
      { 'targets/releases': ['1'], 'targets/zoe': ['1'], 'targets/abe': ['1'] },
      {},
      ['1: zoe, abe'],
    ],
    [
      'a signer of another digest is no signer',
      { 'targets/releases': [['1', 'x']], 'targets/jeff': [['1', 'y']] },
      {},
      ['1: '],
    ],
    [
      'the same digest in targets and releases is one row',
      { targets: ['1'], 'targets/releases': ['1'], 'targets/jeff': ['1'] },
      {},
      ['1: jeff'],
    ],
    [
      'two digests are two rows, the released one first',
      { targets: [['1', 'old']], 'targets/releases': [['1', 'new']], 'targets/jeff': [['1', 'new']] },
      {},
      ['1: jeff', '1: '],
    ],
    [
      'each of two digests has its own signers',
      {
        targets: [['1', 'old']],
        'targets/releases': [['1', 'new']],
        'targets/jeff': [['1', 'old']],
        'targets/ops': [['1', 'new']],
      },
      {},
      ['1: ops', '1: jeff'],
    ],
    [
      'nested signers keep their path',
      { 'targets/releases': ['1'], 'targets/jeff': ['1'], 'targets/jeff/deputy': ['1'] },
      {},
      ['1: jeff, jeff/deputy'],
    ],
    [
      'below releases there are signers too',
      { 'targets/releases': ['1'], 'targets/releases/x': ['1'] },
      {},
      ['1: releases/x'],
    ],
    [
      'a role that is not believed does not count, nor what it delegates',
      { 'targets/releases': ['1'], 'targets/jeff': ['1'], 'targets/jeff/deputy': ['1'] },
      { without: ['targets/jeff'] },
      ['1: '],
    ],
    [
      'names that JavaScript knows',
      { 'targets/releases': ['__proto__', 'constructor'], 'targets/__proto__': ['__proto__'] },
      {},
      ['__proto__: __proto__', 'constructor: '],
    ],
    [
      'without a tag docker does not ask for paths',
      { 'targets/releases': ['1'], 'targets/jeff': ['1'] },
      { paths: { 'targets/jeff': ['other'] } },
      ['1: jeff'],
    ],
  ])('%s', async (_, contents, shape, rows) => {
    const { targets } = await filesWith(contents, shape);
    expect(rowsOf(signedTags(targets))).toEqual(rows);
  });

  describe('of one tag', () => {
    let targets: Awaited<ReturnType<typeof filesWith>>['targets'];
    beforeAll(async () => {
      const contents = {
        targets: ['admin'],
        'targets/releases': ['1', '2'],
        'targets/jeff': ['1', '2'],
        'targets/ops': ['1'],
      };
      ({ targets } = await filesWith(contents, { paths: { 'targets/jeff': ['2'], 'targets/ops': [] } }));
    });
    it.each([
      ['1', ['1: ']],
      ['2', ['2: jeff']],
      ['admin', ['admin: ']],
      ['nope', []],
      ['toString', []],
    ])('%s: only roles that may name it', (tag, rows) => {
      expect(rowsOf(signedTags(targets, tag))).toEqual(rows);
    });
  });

  it('shows digest and size, and no digest where there is no SHA-256', async () => {
    const { targets } = await filesWith({ targets: [['1', 'hello']] });
    const tags = signedTags(targets);
    expect(tags.digests.at(0)).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    expect(tags.sizes).toEqual([5]);
    const file = targets.get(role('targets'))!;
    const { sha256: _, ...bare } = targetOf('x', 'x');
    const without = new Map([[role('targets'), { body: { ...file.body, targets: [bare] } }]]);
    expect(signedTags(without).digests.at(0)).toBe('');
  });

  it('shares the sets of signers between rows', async () => {
    const many = Array.from({ length: 50 }, (_, i) => `v${i}`);
    const { targets } = await filesWith({
      'targets/releases': many,
      'targets/jeff': many.slice(0, 25),
      'targets/ops': many.slice(10),
    });
    expect(signedTags(targets).signerSets.length).toBeLessThanOrEqual(4);
  });
});

describe('signers and administrators', () => {
  it('releases is nobody; everyone else is listed with canonical IDs', async () => {
    const files = await filesWith({ 'targets/releases': [], 'targets/jeff': [], 'targets/jeff/deputy': [] });
    const view = inspect(files, 'app', undefined, nodeCrypto);
    expect(view.signers.map(({ name }) => name).sort()).toEqual(['jeff', 'jeff/deputy']);
    for (const { keyIds } of view.signers) expect(keyIds).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(view.rootKeys).toEqual(files.root.body.roles.get('root')?.keyids);
    expect(view.repositoryKeys).toEqual(files.root.body.roles.get('targets')?.keyids);
  });

  it('shows no signers when a key among them cannot be read, as docker', async () => {
    const { targets } = await filesWith({ 'targets/jeff': [] });
    const file = targets.get(role('targets'))!;
    const [id] = [...file.body.delegationKeys.keys()];
    const broken = new Map([[id!, { keytype: 'ecdsa-x509' as const, publicBase64: 'bm9wZQ==' }]]);
    const files = new Map([[role('targets'), { body: { ...file.body, delegationKeys: broken } }]]);
    expect(signersOf(files, nodeCrypto)).toEqual([]);
  });
});
