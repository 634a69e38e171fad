/** Natural order as docker's, each row decided by its rule. */
import { describe, expect, it } from 'vitest';
import { compareNatural, sortNaturally } from '../../../electron/trust/natural-order.ts';

describe('natural order', () => {
  it.each<[string, readonly string[]]>([
    ['numbers by value', ['1.0', '1.2', '1.10', '2.0', 'admin-tag']],
    ['shorter first', ['', '0', 'a', 'a1', 'a1b', 'ab']],
    ['digits before every other character', ['a1', 'a!', 'a-', 'a.', 'aA', 'aa']],
    ['fewer leading zeros first', ['v1', 'v01', 'v001', 'v2', 'v02']],
    ['zeros decide before what follows', ['1b', '01a']],
    ['only zeros', ['0', '00', '000', '1']],
    [
      'many digits',
      [`v${'9'.repeat(254)}`, `v${'9'.repeat(255)}`, `v1${'0'.repeat(255)}`, `v1${'0'.repeat(600)}`],
    ],
    ['many zeros', [`${'0'.repeat(254)}1`, `${'0'.repeat(255)}1`, `${'0'.repeat(511)}1`]],
    ['upper before lower case', ['B', 'a', 'b']],
    ['UTF-8 bytes, not UTF-16 units', ['z', 'é', '￼', '😀']],
    ['control characters', ['1', '\0', '\0a', '\x01', '\x02', ' ']],
    ['NUL is not a number', ['a9', 'a\0', 'a\0\0', 'a\x01']],
    ['underscore and dash', ['1-rc1', '1-rc2', '1-rc10', '1.0', '1_0']],
  ])('%s', (_, names) => {
    for (const [i, a] of names.entries()) {
      for (const [j, b] of names.entries()) {
        expect(Math.sign(compareNatural(a, b)), `${a} ? ${b}`).toBe(Math.sign(i - j));
      }
    }
    expect(sortNaturally([...names].reverse(), (name) => name)).toEqual(names);
  });

  it('keeps the order of equal names', () => {
    const rows = [
      { tag: 'dual', from: 'releases' },
      { tag: 'a', from: 'x' },
      { tag: 'dual', from: 'targets' },
    ];
    expect(sortNaturally(rows, ({ tag }) => tag).map(({ from }) => from)).toEqual([
      'x',
      'releases',
      'targets',
    ]);
  });

  it('does not change what it is given', () => {
    const names = ['b', 'a'];
    sortNaturally(names, (name) => name);
    expect(names).toEqual(['b', 'a']);
  });
});
