/** Every tag that an edit changes is found, whatever else the lists hold. */
import { expect, test } from 'vitest';
import type { RoleName } from '../../../shared/brands.ts';
import { touchedTags } from '../../../electron/trust/plan/touched-tags.ts';
import type { TargetEntry, TargetsBody } from '../../../electron/tuf/model.ts';

const entry = (name: string): TargetEntry => ({ name, length: 1, sha256: 'AAAA' });
const [a, b, c, d] = [entry('a'), entry('b'), entry('c'), entry('d')];
const body = (targets: readonly TargetEntry[]): TargetsBody => ({
  type: 'Targets',
  version: 1,
  expires: '',
  expiresAt: 0,
  targets,
  delegationKeys: new Map(),
  delegations: [],
});
const other = { ...b, length: 2 };

const cases: readonly [string, readonly TargetEntry[], readonly TargetEntry[], readonly string[]][] = [
  ['nothing', [a, b, c], [a, b, c], []],
  ['one replaced', [a, b, c], [a, other, c], ['b']],
  ['one added at the end', [a, b], [a, b, c], ['c']],
  ['one added in front', [b, c], [a, b, c], ['a']],
  ['one removed in the middle', [a, b, c], [a, c], ['b']],
  ['removed and added', [a, b, c], [b, c, d], ['a', 'd']],
  ['all new', [], [a, b], ['a', 'b']],
  ['all gone', [a, b], [], ['a', 'b']],
  ['moved only', [a, b, c], [c, a, b], []],
];
test.each(cases)('%s', (_, before, after, names) => {
  const role = 'targets/releases' as RoleName;
  const touched = touchedTags(new Map([[role, body(before)]]), new Map([[role, body(after)]]));
  expect([...touched].sort()).toEqual(names);
});

test('a role that comes or goes takes all its tags with it', () => {
  const [mine, theirs] = ['targets/me' as RoleName, 'targets/them' as RoleName];
  const touched = touchedTags(new Map([[mine, body([a, b])]]), new Map([[theirs, body([c])]]));
  expect([...touched].sort()).toEqual(['a', 'b', 'c']);
});
