/** Backups in the window: what is chosen, what main is asked for, what is said of copies, keys and places. */
import { describe, expect, test } from 'vitest';
import {
  contentsText,
  destinationNotes,
  keyStateWords,
  lossText,
  offlineWords,
  proofWords,
} from '../../../renderer/features/backups/backup-words.ts';
import { createBackupsStore } from '../../../renderer/features/backups/backups-store.ts';
import { chosenKeys, repositoriesOf } from '../../../renderer/features/backups/key-choice.ts';
import { createRestoreStore } from '../../../renderer/features/backups/restore-store.ts';
import {
  copiesOf,
  createWizardStore,
  recipientsIn,
} from '../../../renderer/features/backups/wizard-store.ts';
import { AppError } from '../../../shared/errors.ts';
import type {
  CopyView,
  DestinationView,
  DrillView,
  KeyBackupView,
  Overview,
  RestorePlan,
  WriteOrder,
} from '../../../shared/ipc/backups.ts';
import { fakeBridge, type Handlers } from '../../fakes/bridge.ts';
import { hex } from '../../fakes/trust-data.ts';

const key = (role: string, more: Partial<KeyBackupView> = {}): KeyBackupView => ({
  id: hex(role),
  role,
  usedBy: [],
  copies: 0,
  provenCopies: 0,
  drillDue: false,
  leave: 'not-yet',
  ...more,
});
const root = key('root', { usedBy: ['acme/app', 'acme/web'] });
const targets = key('targets', { gun: 'acme/app', usedBy: ['acme/app'] });
const jeff = key('jeff', { usedBy: ['acme/web'] });
const overview: Overview = {
  copies: [],
  keys: [root, targets, jeff],
  offline: [],
  proven: [],
  interrupted: [],
  unreadable: [],
  repositories: ['acme/app', 'acme/old'],
};
const place = (id: string, more: Partial<DestinationView> = {}): DestinationView => ({
  id,
  kind: 'drive',
  label: id,
  where: `/media/${id}`,
  freeBytes: 1e9,
  readOnly: false,
  keepsPermissions: true,
  ...more,
});
const copyOn = (label: string, more: Partial<CopyView> = {}): CopyView => ({
  id: label,
  name: 'trustdesk-backup-2026-11-24.tar.gz.age',
  created: 0,
  size: 900,
  seal: 'passphrase',
  place: { kind: 'drive', label },
  keys: [{ id: root.id, role: 'root' }],
  standing: { kind: 'unproven' },
  ...more,
});
const drillOf = (copy: string): DrillView => ({
  copy,
  name: 'x',
  label: copy,
  size: 1,
  seal: 'passphrase',
  at: 0,
  complete: true,
  keys: [],
  problems: [],
});

/** A main side that writes wherever it is asked to, and remembers what it was asked for. */
function main(more: Handlers = {}) {
  const orders: WriteOrder[] = [];
  const side = fakeBridge({
    'backups.open': () => [place('BLUE'), place('GREEN')],
    'backups.leave': () => undefined,
    'backups.stop': () => undefined,
    'backups.list': () => overview,
    'backups.write': ({ order }) => {
      orders.push(order);
      return order.to.map((to) => ({ ok: true as const, to, copy: copyOn(to) }));
    },
    'backups.prove': ({ copy }) => drillOf(copy),
    ...more,
  });
  const backups = createBackupsStore(side.bridge);
  return { ...side, orders, backups, wizard: createWizardStore(side.bridge, backups) };
}

async function opened(more: Handlers = {}) {
  const side = main(more);
  side.backups.getState().show({ kind: 'wizard' });
  await expect.poll(() => side.backups.getState().destinations.length).toBe(2);
  return side;
}

describe('keys of a backup', () => {
  test('are the root keys, all, or those of some repositories', () => {
    expect(chosenKeys(overview, 'root', new Set())).toEqual([root]);
    expect(chosenKeys(overview, 'all', new Set())).toEqual([root, targets, jeff]);
    expect(chosenKeys(overview, 'repositories', new Set(['acme/web']))).toEqual([root, jeff]);
    expect(chosenKeys(overview, 'repositories', new Set())).toEqual([]);
    expect(repositoriesOf(overview)).toEqual(['acme/app', 'acme/old', 'acme/web']);
  });
});

describe('the wizard', () => {
  test('orders what was chosen, by ID, and keeps each result', async () => {
    const { wizard, orders } = await opened();
    wizard.getState().togglePlace('BLUE');
    wizard.getState().togglePlace('GREEN');
    wizard.getState().change({ withMetadata: true, withSettings: true });
    await wizard.getState().write(overview);
    expect(orders).toEqual([
      {
        keys: [root.id],
        repositories: ['acme/app', 'acme/old'],
        settings: true,
        to: ['BLUE', 'GREEN'],
        seal: { kind: 'passphrase' },
      },
    ]);
    expect(copiesOf(wizard.getState()).map(({ place: { label } }) => label)).toEqual(['BLUE', 'GREEN']);
  });

  test('writes only the places that failed when it is tried again, and none that were pulled out', async () => {
    let isFull = true;
    const { wizard, orders, emit } = await opened({
      'backups.write': ({ order }) => {
        orders.push(order);
        return order.to.map((to) =>
          to === 'GREEN' && isFull
            ? {
                ok: false as const,
                to,
                label: to,
                error: { code: 'files/disk-full' as const, details: { path: to } },
              }
            : { ok: true as const, to, copy: copyOn(to) },
        );
      },
    });
    for (const id of ['BLUE', 'GREEN']) wizard.getState().togglePlace(id);
    await wizard.getState().write(overview);
    expect(copiesOf(wizard.getState())).toHaveLength(1);
    isFull = false;
    await wizard.getState().write(overview);
    expect(orders.map(({ to }) => to)).toEqual([['BLUE', 'GREEN'], ['GREEN']]);
    expect(copiesOf(wizard.getState())).toHaveLength(2);
    emit('backups.destinations', []);
    wizard.getState().togglePlace('RED');
    await wizard.getState().write(overview);
    expect(orders).toHaveLength(2);
  });

  test('shows a failure in its step; cancelling is none', async () => {
    const failing = await opened({
      'backups.write': () => {
        throw new AppError('backup/nothing-chosen', {});
      },
    });
    failing.wizard.getState().togglePlace('BLUE');
    await failing.wizard.getState().write(overview);
    expect(failing.wizard.getState()).toMatchObject({
      isBusy: false,
      error: { code: 'backup/nothing-chosen' },
    });
    const cancelled = await opened({
      'backups.write': () => {
        throw new AppError('prompt/cancelled', {});
      },
    });
    cancelled.wizard.getState().togglePlace('BLUE');
    await cancelled.wizard.getState().write(overview);
    expect(cancelled.wizard.getState().error).toBeUndefined();
    expect(cancelled.backups.getState().isWorking).toBe(false);
  });

  test('gives up waiting for the drive without losing the drill', async () => {
    const waiting: (() => void)[] = [];
    const asked: boolean[] = [];
    const { wizard } = await opened({
      'backups.prove': ({ copy, replug }) => {
        asked.push(replug);
        if (!replug) return drillOf(copy);
        return new Promise((_, reject) => waiting.push(() => reject(new AppError('prompt/cancelled', {}))));
      },
      'backups.stop': () => {
        for (const cancel of waiting.splice(0)) cancel();
        return undefined;
      },
    });
    wizard.getState().togglePlace('BLUE');
    await wizard.getState().write(overview);
    const first = wizard.getState().prove(true);
    await expect.poll(() => waiting.length).toBe(1);
    await wizard.getState().proveWithoutReplug();
    await first;
    expect(asked).toEqual([true, false]);
    expect([...wizard.getState().drills.keys()]).toEqual(['BLUE']);
    expect(wizard.getState().error).toBeUndefined();
  });

  test('leaves main when it closes: drives are not watched, nothing typed is kept', async () => {
    const { backups, calls } = await opened();
    await backups.getState().close();
    expect(calls.map(({ name }) => name)).toEqual(['backups.open', 'backups.leave']);
    expect(backups.getState()).toMatchObject({ sheet: { kind: 'none' }, destinations: [] });
  });

  test('takes public keys one to a line', () => {
    expect(recipientsIn(' age1a\n\nage1b  \n')).toEqual(['age1a', 'age1b']);
  });
});

describe('restoring', () => {
  const item = (id: string, state: RestorePlan['items'][number]['state']) =>
    ({ id, kind: 'key', name: id, target: id, count: 1, state }) as const;
  const plan: RestorePlan = {
    id: 'plan',
    name: 'x.age',
    items: [item('a', 'new'), item('b', 'different'), item('c', 'identical')],
    problems: [],
  };

  test('takes what is new, and replaces only what was ticked', async () => {
    const orders: unknown[] = [];
    const { bridge, backups } = main({
      'backups.planRestore': () => plan,
      'backups.restore': (order) => {
        orders.push(order);
        return [];
      },
    });
    const store = createRestoreStore(bridge, backups);
    await store.getState().open({ from: 'chosen' }, 'typed');
    expect([...store.getState().chosen]).toEqual(['a']);
    await store.getState().restore();
    const [, different] = plan.items;
    if (different !== undefined) store.getState().toggle(different);
    await store.getState().restore();
    expect(orders).toEqual([
      { id: 'plan', items: ['a'], replace: [] },
      { id: 'plan', items: ['a', 'b'], replace: ['b'] },
    ]);
    if (different !== undefined) store.getState().toggle(different);
    expect(store.getState().replacing.size).toBe(0);
  });
});

describe('words', () => {
  test.each([
    [copyOn('BLUE'), 'warn', 'Unproven'],
    [copyOn('BLUE', { standing: { kind: 'partly' } }), 'warn', 'Proven in part only'],
    [copyOn('BLUE', { standing: { kind: 'damaged' } }), 'bad', 'Damaged at its last check'],
    [copyOn('BLUE', { standing: { kind: 'proven', at: 0 } }), 'ok', 'Proven 1970-01-01'],
    [
      copyOn('BLUE', { standing: { kind: 'lapsed', at: 0 } }),
      'warn',
      'Proven 1970-01-01, over a year ago: check it again',
    ],
  ])('of a copy %#', (copy, tone, text) => expect(proofWords(copy)).toEqual({ tone, text }));

  test('of keys', () => {
    expect(keyStateWords(root)).toEqual({ tone: 'warn', text: 'No backup' });
    expect(keyStateWords(key('root', { copies: 2, provenCopies: 1 }))).toEqual({
      tone: 'warn',
      text: 'At 2 places, 1 proven',
    });
    expect(keyStateWords(key('root', { copies: 2, provenCopies: 2 })).tone).toBe('ok');
    expect(keyStateWords(key('root', { copies: 1, provenCopies: 1, besideKeys: true }))).toEqual({
      tone: 'warn',
      text: 'At 1 place, 1 proven, on the disk of the keys',
    });
    expect(contentsText([root, targets, jeff])).toBe('3 keys: root, repository and 1 more');
    expect(lossText([root, jeff])).toEqual([
      'Without the root key no new repository can be made, and no key rotated in 2 repositories.',
      'A lost signer key is replaced by the owner of each repository.',
    ]);
  });

  test('of keys that are kept offline', () => {
    const entry = { id: root.id, role: 'root', since: 0, on: ['BLUE', 'safe'] };
    expect(offlineWords({ ...entry, state: 'away' }).text).toBe('Offline since 1970-01-01: on BLUE and safe');
    for (const state of ['visiting', 'leaving', 'arriving', 'returned'] as const) {
      expect(offlineWords({ ...entry, state }).tone).toBe('warn');
    }
    expect(offlineWords({ ...entry, on: [], state: 'away' }).text).toContain('no proven copy is known');
  });

  test('of places: what matters most first', () => {
    const notes = (more: Partial<DestinationView>) =>
      destinationNotes(place('x', more)).map(({ text }) => text);
    expect(notes({})).toEqual([]);
    expect(notes({ kind: 'folder', medium: 'own-disk' })).toEqual([
      'On the same disk as the keys themselves: lost together with them. When a key goes offline, it does not count.',
    ]);
    expect(notes({ kind: 'folder' })).toEqual(['Not a drive that can be unplugged.']);
    expect(destinationNotes(place('x', { kind: 'folder', medium: 'memory' }))).toEqual([
      {
        tone: 'bad',
        text: 'Kept in memory: gone when this computer is switched off. It never counts as a copy.',
      },
    ]);
    expect(notes({ readOnly: true, largestBytes: 4e9 })[0]).toMatch(/^Read-only/);
    expect(notes({ freeBytes: 100 })).toEqual(['Almost full.']);
    expect(notes({ keepsPermissions: false, largestBytes: 4e9 })).toHaveLength(2);
  });
});
