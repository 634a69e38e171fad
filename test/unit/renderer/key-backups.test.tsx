/** The keys on this computer on the page Backups: which of them can be taken offline from there. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { createBackupsStore } from '../../../renderer/features/backups/backups-store.ts';
import { KeyBackups } from '../../../renderer/features/backups/key-backups.tsx';
import type { KeyBackupView } from '../../../shared/ipc/backups.ts';
import { fakeBridge } from '../../fakes/bridge.ts';
import { hex } from '../../fakes/trust-data.ts';

const key = (leave: KeyBackupView['leave'], provenCopies: number): KeyBackupView => ({
  id: hex('root'),
  role: 'root',
  usedBy: [],
  copies: provenCopies,
  provenCopies,
  drillDue: false,
  leave,
});

const offersToLeave = (one: KeyBackupView, visiting: readonly string[] = []): boolean => {
  const state = createBackupsStore(fakeBridge({}).bridge).getState();
  const html = renderToStaticMarkup(<KeyBackups state={state} keys={[one]} visiting={visiting} />);
  return html.includes('Take offline…');
};

test('a key is offered to leave as in the last step of the wizard, also where that needs a word of the person', () => {
  expect(offersToLeave(key('ready', 2))).toBe(true);
  // Two folders on the disk of the keys are one place.
  expect(offersToLeave(key('on-your-word', 1))).toBe(true);
  expect(offersToLeave(key('not-yet', 2))).toBe(false);
  expect(offersToLeave(key('ready', 2), [hex('root')])).toBe(false);
});
