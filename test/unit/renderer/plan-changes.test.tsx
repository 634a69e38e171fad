/** What a plan's lines say in the window. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Changes } from '../../../renderer/features/plans/plan-changes.tsx';
import type { PlanView } from '../../../shared/ipc/plans.ts';

const textWith = (paths: readonly string[]): string => {
  const line = { kind: 'delegation-added', role: 'targets/ci', keyIds: [], paths: [...paths] } as const;
  return renderToStaticMarkup(<Changes plan={{ lines: [line] } as unknown as PlanView} />).replaceAll(
    /<[^>]*>/g,
    '',
  );
};

test.each([
  [[''], false],
  [['ci/'], true],
  [[], true],
])('a delegation that is added for the paths %j: they are told: %s', (paths, told) => {
  expect(textWith(paths).includes(`, paths ${paths.length === 0 ? 'none' : '“ci/”'}`)).toBe(told);
});
