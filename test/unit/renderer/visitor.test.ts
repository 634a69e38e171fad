/** When a key that was brought back is said to leave. */
import { expect, it } from 'vitest';
import { visitText } from '../../../renderer/features/backups/visitor-banner.tsx';
import type { OfflineKeyView } from '../../../shared/ipc/backups.ts';

const visitor: OfflineKeyView = {
  id: 'a'.repeat(64),
  role: 'root',
  since: 0,
  state: 'visiting',
  until: 'publish',
  on: [],
};

it('a key that signs a publish is not sent away before that is over', () => {
  const used = { ...visitor, usedAt: 1000 };
  expect(visitText(used, true)).toContain('when the publish that it signs is over');
  expect(visitText(used, false)).toContain('should have left after it');
  expect(visitText(visitor, false)).toContain('after the next publish');
});
