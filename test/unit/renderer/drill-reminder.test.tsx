/** The yearly reminder: its words, which the terminal has too, and the quiet line above the repositories. */
import { renderToStaticMarkup } from 'react-dom/server';
import { createStore } from 'zustand/vanilla';
import { describe, expect, test } from 'vitest';
import { createBackupsStore } from '../../../renderer/features/backups/backups-store.ts';
import { DrillReminder } from '../../../renderer/features/backups/drill-reminder.tsx';
import { drillReminder, type ProvenKey, PROOF_LASTS } from '../../../shared/copy-standing.ts';
import { fakeBridge } from '../../fakes/bridge.ts';
import { hex } from '../../fakes/trust-data.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.UTC(2026, 10, 29);
const provenDaysAgo = (role: string, days: number): ProvenKey => ({
  id: hex(role),
  role,
  provenAt: now - days * day,
});
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const root = hex('root').slice(0, 7);

describe('the reminder', () => {
  test.each<[string, readonly ProvenKey[], string | undefined]>([
    ['nothing', [], undefined],
    ['a proof with more than a month left', [provenDaysAgo('root', 334)], undefined],
    [
      'a proof that lapses within a month',
      [provenDaysAgo('root', 336)],
      `The proof of the copies of the root key ${root} lapses on 2026-12-28: check one before that.`,
    ],
    [
      'a proof of exactly a year',
      [provenDaysAgo('root', 365)],
      `The proof of the copies of the root key ${root} lapses on 2026-11-29: check one before that.`,
    ],
    [
      'a proof that lapsed',
      [provenDaysAgo('root', 366), provenDaysAgo('jeff', 340)],
      `The copies of the root key ${root} were last proven over a year ago: check one again.`,
    ],
    [
      'several',
      [provenDaysAgo('root', 400), provenDaysAgo('', 500), provenDaysAgo('jeff', 1)],
      'The copies of 2 keys were last proven over a year ago: check one again.',
    ],
  ])('of %s', (_, keys, says) => expect(drillReminder(keys, now, dayOf)).toBe(says));
});

test.each([
  ['is there when a proof has lapsed', PROOF_LASTS + day, true],
  ['is not there after a drill', 0, false],
])('the line above the repositories %s', async (_, age, isThere) => {
  const proven = [{ id: hex('root'), role: 'root', provenAt: Date.now() - age }];
  const overview = {
    copies: [],
    keys: [],
    offline: [],
    interrupted: [],
    unreadable: [],
    repositories: [],
    proven,
  };
  const { bridge } = fakeBridge({ 'backups.list': () => overview });
  const store = createBackupsStore(bridge);
  await store.getState().load();
  // A page that is rendered to text shows what a store began with.
  const read = createStore(() => store.getState());
  const html = renderToStaticMarkup(<DrillReminder store={read} onShow={() => undefined} />);
  expect(html.includes('were last proven over a year ago')).toBe(isThere);
  expect(html.includes('Backups')).toBe(isThere);
});
