/** What the command palette offers, by where one is. */
import { describe, expect, test } from 'vitest';
import { type Action, actionsOf } from '../../../renderer/app/actions.ts';
import { createStores, type Stores } from '../../../renderer/app/stores.ts';
import { fakeBridge } from '../../fakes/bridge.ts';
import { privilegedSide } from '../../fakes/privileged-side.ts';
import type { SandboxStatus } from '../../../shared/ipc/sandbox.ts';
import { acmeApp } from '../../fakes/trust-data.ts';

const titled = (stores: Stores, title: string): Action => {
  const found = actionsOf(stores).find((action) => action.title === title);
  if (found === undefined) throw new Error(`There is no action ${title}`);
  return found;
};

describe('everywhere', () => {
  const stores = () => createStores(privilegedSide().bridge);

  test.each([
    'Repositories',
    'Add repositories…',
    'Add trust server…',
    'Choose another trust directory…',
    'Use the dark theme',
    'Export the activity log…',
    'Open a saved plan…',
    'Diagnose a connection…',
    'Back up keys…',
    'Generate key…',
  ])('%s', (title) => {
    expect(titled(stores(), title)).toBeDefined();
  });

  test('every action has an ID of its own', () => {
    const here = stores();
    here.app.getState().go({ screen: 'repository', gun: acmeApp, tab: 'tags' });
    const ids = actionsOf(here).map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test('a trust server is added on the page that lists them', () => {
    const here = stores();
    titled(here, 'Add trust server…').run();
    expect(here.app.getState().route).toEqual({ screen: 'settings' });
    expect(here.settings.getState().adding).toBe(true);
  });

  test('the trust directory that DOCKER_CONFIG names is not offered for choice', async () => {
    const { bridge } = fakeBridge({
      'settings.get': () => ({
        theme: 'system',
        trustDirectory: '/docker/trust',
        trustDirectorySource: 'DOCKER_CONFIG',
        servers: [],
      }),
    });
    const here = createStores(bridge);
    await here.settings.getState().load();
    expect(actionsOf(here).some(({ id }) => id === 'trust-directory')).toBe(false);
  });
});

describe('in a repository', () => {
  const opened = () => {
    const stores = createStores(privilegedSide().bridge);
    stores.app.getState().go({ screen: 'repository', gun: acmeApp, tab: 'signers' });
    return stores;
  };

  test('its other parts are shown', () => {
    const stores = opened();
    const tabs = actionsOf(stores).filter(({ id }) => id.startsWith('tab-'));
    expect(tabs.map(({ title }) => title)).toEqual([
      'Show signed tags',
      'Show administrative keys',
      'Show delegations',
      'Show metadata',
    ]);
    tabs[2]?.run();
    expect(stores.app.getState().route).toEqual({ screen: 'repository', gun: acmeApp, tab: 'delegations' });
  });

  test('hiding it leads back to the list', () => {
    const stores = opened();
    titled(stores, 'Hide this repository from the list').run();
    expect(stores.app.getState().route).toEqual({ screen: 'repositories' });
  });
});

test('a sandbox that stops takes the page of its repository with it, and no other', async () => {
  const { bridge, emit } = privilegedSide();
  const stores = createStores(bridge);
  stores.app.getState().go({ screen: 'repository', gun: acmeApp, tab: 'tags' });
  await stores.repository(acmeApp).getState().loadDetail();
  emit('sandbox.changed', { kind: 'stopped' });
  expect(stores.app.getState().route).toMatchObject({ gun: acmeApp });
  const { detail } = stores.repository(acmeApp).getState();
  if (detail.kind !== 'ready') throw new Error('the repository was not read');
  const row = { ...detail.value.row, sandbox: true };
  stores.repository(acmeApp).setState({ detail: { kind: 'ready', value: { ...detail.value, row } } });
  emit('sandbox.changed', { kind: 'stopped' });
  expect(stores.app.getState().route).toEqual({ screen: 'repositories' });
});

test('a reset gives the sandbox other addresses: the page of a repository at the old ones goes with them', async () => {
  const { bridge, emit } = privilegedSide();
  const stores = createStores(bridge);
  stores.app.getState().go({ screen: 'repository', gun: acmeApp, tab: 'tags' });
  await stores.repository(acmeApp).getState().loadDetail();
  const { detail } = stores.repository(acmeApp).getState();
  if (detail.kind !== 'ready') throw new Error('the repository was not read');
  const row = { ...detail.value.row, sandbox: true };
  stores.repository(acmeApp).setState({ detail: { kind: 'ready', value: { ...detail.value, row } } });
  const at = (host: string): SandboxStatus => ({
    kind: 'running',
    trustServer: 'https://localhost:1',
    registry: `https://${host}`,
    caSha256: 'a'.repeat(64),
    repositories: [],
    hints: [],
  });
  emit('sandbox.changed', { kind: 'starting' });
  emit('sandbox.changed', at(acmeApp.split('/')[0] ?? ''));
  expect(stores.app.getState().route).toMatchObject({ gun: acmeApp });
  emit('sandbox.changed', at('localhost:2'));
  expect(stores.app.getState().route).toEqual({ screen: 'repositories' });
});
