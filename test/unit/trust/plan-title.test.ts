/** The line that names a saved plan follows from what it does, and says no more than that. */
import { expect, test } from 'vitest';
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import type { PlanLine } from '../../../electron/trust/plan/plan.ts';
import { titleOf } from '../../../electron/trust/plan/carried/plan-title.ts';

const key = (digit: string) => digit.repeat(64) as CanonicalKeyId;
const role = (name: string) => name as RoleName;
const jeff = { role: role('targets/jeff'), keyIds: [key('a')] };
const releases = role('targets/releases');
const added = (line: typeof jeff): PlanLine => ({ kind: 'delegation-added', ...line, paths: [''] });
const removed: PlanLine = { kind: 'delegation-removed', ...jeff };
const again: PlanLine = { kind: 'signed-again', role: releases };
const keyLine = (kind: 'key-added' | 'key-removed', digit: string): PlanLine => ({
  kind,
  role: releases,
  keyId: key(digit),
});

test.each<[string, readonly PlanLine[]]>([
  ['Add signer jeff', [added(jeff), keyLine('key-added', 'a')]],
  ['Add signer jeff', [added(jeff), added({ role: releases, keyIds: [key('a')] })]],
  ['Remove signer jeff', [removed]],
  ['Remove signer jeff', [keyLine('key-removed', 'a'), removed, again]],
  // Whatever else happens is not the signer's coming or going.
  ['Make 2 changes', [added(jeff), keyLine('key-added', 'b')]],
  [
    'Make 3 changes',
    [added(jeff), keyLine('key-added', 'a'), { kind: 'signed-again', role: role('targets') }],
  ],
  ['Make 2 changes', [removed, keyLine('key-removed', 'b')]],
  ['Make 2 changes', [removed, added({ ...jeff, role: role('targets/mia') })]],
  ['Make 1 change', [added({ ...jeff, role: role('targets/team/jeff') })]],
  ['Make 1 change', [added({ ...jeff, role: releases })]],
])('%s', (title, lines) => {
  expect(titleOf(lines)).toBe(title);
});
