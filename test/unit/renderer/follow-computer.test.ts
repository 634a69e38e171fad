/** What comes into the trust directory, or goes, while the window is seen. */
import { describe, expect, test } from 'vitest';
import { lookAround } from '../../../renderer/app/follow-computer.ts';
import { createStores } from '../../../renderer/app/stores.ts';
import { fakeBridge } from '../../fakes/bridge.ts';
import { keyList, rows } from '../../fakes/trust-data.ts';

function seen() {
  const found = { repositories: 0, keys: 0 };
  const { bridge, calls } = fakeBridge({
    'app.info': () => ({
      version: '1',
      mode: 'browser',
      platform: 'linux',
      trustDirectory: '/home/jeff/.docker/trust',
      dataDirectory: '/home/jeff/.local/share/trustdesk',
      firstRun: false,
      found: { ...found },
    }),
    'repositories.list': () => rows(),
    'keys.list': () => keyList(),
  });
  const asked = () => calls.map(({ name }) => name).filter((name) => name !== 'app.info');
  return { stores: createStores(bridge), found, asked };
}

describe('looking around', () => {
  test('reads nothing anew while nothing came or went', async () => {
    const { stores, asked } = seen();
    await lookAround(stores);
    await lookAround(stores);
    expect(asked()).toEqual([]);
  });

  test.each(['repositories', 'keys'] as const)('reads everything anew when %s came', async (what) => {
    const { stores, found, asked } = seen();
    await lookAround(stores);
    found[what] += 1;
    await lookAround(stores);
    expect(asked()).toEqual(['repositories.list', 'keys.list', 'backups.list']);
  });

  test('says of an open repository anew what can be done with it', async () => {
    const { stores, found, asked } = seen();
    stores.repository('docker.io/acme/app');
    await lookAround(stores);
    found.keys += 1;
    await lookAround(stores);
    expect(asked()).toContain('repositories.detail');
  });

  test('reads everything anew when the person comes back', async () => {
    const { stores, asked } = seen();
    await lookAround(stores, true);
    expect(asked()).toEqual(['repositories.list', 'keys.list', 'backups.list']);
  });
});
