/** What the window says on every page of a key that is only visiting. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { createBackupsStore } from '../../../renderer/features/backups/backups-store.ts';
import { VisitorBanner } from '../../../renderer/features/backups/visitor-banner.tsx';
import type { OfflineKeyView } from '../../../shared/ipc/backups.ts';
import { fakeBridge } from '../../fakes/bridge.ts';
import { hex } from '../../fakes/trust-data.ts';

const visitor = (more: Partial<OfflineKeyView>): OfflineKeyView => ({
  id: hex('root'),
  role: 'root',
  since: 0,
  state: 'visiting',
  until: 'publish',
  on: [],
  ...more,
});

async function banner(key: OfflineKeyView): Promise<string> {
  const overview = {
    copies: [],
    keys: [],
    offline: [key],
    interrupted: [],
    unreadable: [],
    proven: [],
    repositories: [],
  };
  const { bridge } = fakeBridge({ 'backups.list': () => overview });
  const store = createBackupsStore(bridge);
  await store.getState().load();
  // A page that is rendered to text shows what a store began with.
  const read = createStore(() => store.getState());
  return renderToStaticMarkup(<VisitorBanner isPublishing={false} store={read} onShow={() => undefined} />);
}

test.each<[string, Partial<OfflineKeyView>, string]>([
  ['that is expected to sign', {}, 'It goes away by itself after the next publish that it signs.'],
  ['whose publish was cut off', { usedAt: Date.UTC(2026, 10, 24, 12) }, 'and should have left after it'],
  ['that could not leave', { isDone: true }, 'could not leave by itself'],
])('a key %s is named with the way out', async (_, more, says) => {
  const html = await banner(visitor(more));
  expect(html).toContain(says);
  expect(html).toContain('Send it away');
});

test('a key that is away needs no banner', async () => {
  expect(await banner(visitor({ state: 'away' }))).toBe('');
});
