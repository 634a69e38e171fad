/** The wizard's first step: what it offers where there is no root key on this computer. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { createBackupsStore } from '../../../renderer/features/backups/backups-store.ts';
import { StepWhat } from '../../../renderer/features/backups/step-what.tsx';
import { StepWhere } from '../../../renderer/features/backups/step-where.tsx';
import { createWizardStore } from '../../../renderer/features/backups/wizard-store.ts';
import type { DestinationView, KeyBackupView, Overview } from '../../../shared/ipc/backups.ts';
import { fakeBridge } from '../../fakes/bridge.ts';
import { hex } from '../../fakes/trust-data.ts';

const key = (role: string): KeyBackupView => ({
  id: hex(role),
  role,
  usedBy: [],
  copies: 0,
  provenCopies: 0,
  drillDue: false,
  leave: 'not-yet',
});

async function firstStep(...roles: readonly string[]): Promise<{ html: string; what: string }> {
  return firstStepOf({}, ...roles);
}

async function firstStepOf(
  more: Partial<Overview>,
  ...roles: readonly string[]
): Promise<{ html: string; what: string }> {
  const overview: Overview = {
    copies: [],
    keys: roles.map(key),
    offline: [],
    proven: [],
    interrupted: [],
    unreadable: [],
    repositories: [],
    ...more,
  };
  const { bridge } = fakeBridge({ 'backups.list': () => overview });
  const backups = createBackupsStore(bridge);
  await backups.getState().load();
  const state = createWizardStore(bridge, backups).getState();
  return { html: renderToStaticMarkup(<StepWhat state={state} overview={overview} />), what: state.what };
}

const radio = (html: string, title: string): string =>
  html.split('<label').find((label) => label.includes(title)) ?? 'none';

describe('the first step of the wizard', () => {
  test('without a root key offers none, says so, and begins with all keys', async () => {
    const { html, what } = await firstStep('targets', 'jeff');
    expect(html).not.toContain('0 root keys');
    const roots = radio(html, 'Root keys alone');
    expect(roots).toContain('There is no root key on this computer.');
    expect(roots).toContain('disabled=""');
    expect(what).toBe('all');
  });

  test.each([
    [['root'], 'The root key alone'],
    [['root', 'root'], 'The 2 root keys alone'],
  ])('with %j begins with it', async (roles, title) => {
    const { html, what } = await firstStep(...roles);
    expect(radio(html, title)).not.toContain('disabled=""');
    expect(what).toBe('root');
  });

  test('without any key nothing can be chosen', async () => {
    const { html } = await firstStep();
    expect(html.match(/type="radio"[^>]*disabled=""/g)).toHaveLength(3);
  });

  test('names the files that cannot be read and are left out', async () => {
    const file = '/home/mia/.docker/trust/private/odd.key';
    const reason = 'the file holds no PEM block';
    const { html } = await firstStepOf({ unreadable: [{ file, reason }] }, 'root');
    expect(html).toContain(`${file} is not in the backup: ${reason}`);
    expect(html).toContain('move away what is no key');
    expect((await firstStep('root')).html).not.toContain('left out');
  });
});

test('the second step shows the whole path of a folder', () => {
  const folder = '/media/vault/safe';
  const place: DestinationView = {
    id: 'f',
    kind: 'folder',
    label: folder,
    where: folder,
    freeBytes: 5e9,
    readOnly: false,
    keepsPermissions: true,
  };
  const { bridge } = fakeBridge({});
  const state = createWizardStore(bridge, createBackupsStore(bridge)).getState();
  const html = renderToStaticMarkup(<StepWhere state={state} destinations={[place]} error={undefined} />);
  expect(html).toContain(`title="${folder}"`);
  expect(html.replaceAll(/<[^>]+>/g, '')).toContain(folder);
});
