/** The store of one repository over a fake privileged side: what it asks, keeps and forgets. */
import { describe, expect, test, vi } from 'vitest';
import { createRepositoryStore } from '../../../renderer/features/repository/repository-store.ts';
import { AppError } from '../../../shared/errors.ts';
import { fakeBridge, type Handlers } from '../../fakes/bridge.ts';
import { acmeApp, detailOf, largeTable, rows, smallTable, today } from '../../fakes/trust-data.ts';

const row = rows().find(({ gun }) => gun === acmeApp)!;

function opened(change: Handlers = {}) {
  const side = fakeBridge({
    'repositories.detail': () => detailOf(row),
    'repositories.tags': () => smallTable(),
    'repositories.refresh': () => undefined,
    'repositories.registryDigests': ({ tags }) => tags.map((tag) => ({ kind: 'absent', tag })),
    'repositories.unsignedTags': () => ({ kind: 'tags', tags: ['edge'], unreleased: [] }),
    'repositories.rawMetadata': ({ role, version }) => ({ text: `{"${role}":${version ?? 0}}`, bytes: 9 }),
    ...change,
  });
  const store = createRepositoryStore(side.bridge, acmeApp);
  const asked = (name: string) => side.calls.filter((call) => call.name === name).map(({ input }) => input);
  return { side, store, asked, state: () => store.getState() };
}

const down = () => {
  throw new AppError('network/refused', { host: 'notary.example.com', port: 443 });
};

describe('loading', () => {
  test('facts and tags come in, each by its own call', async () => {
    const { state, asked } = opened();
    await state().load();
    expect(state().detail).toMatchObject({ kind: 'ready', value: { row: { gun: acmeApp } } });
    expect(state().tags).toMatchObject({ kind: 'ready', value: { table: smallTable() } });
    expect(asked('repositories.tags')).toEqual([{ gun: acmeApp }]);
  });

  test('tags stay on the screen when only the facts fail', async () => {
    const { state } = opened({ 'repositories.detail': down });
    await state().load();
    expect(state().detail).toMatchObject({ kind: 'failed', error: { code: 'network/refused' } });
    expect(state().tags.kind).toBe('ready');
  });

  test('what was ready is not taken away while it is asked again', async () => {
    const { state, store } = opened();
    await state().load();
    const kinds: string[] = [];
    store.subscribe(({ detail }) => kinds.push(detail.kind));
    await state().load();
    expect(new Set(kinds)).toEqual(new Set(['ready']));
  });
});

describe('ticked tags', () => {
  test('that are gone after a refresh are ticked no more', async () => {
    const tables = [smallTable(), { ...smallTable(), tags: smallTable().tags.map((tag) => `new-${tag}`) }];
    const { state } = opened({ 'repositories.tags': () => tables.shift() ?? smallTable() });
    await state().load();
    state().select(new Set(smallTable().tags));
    await state().refresh();
    expect(state().selected.size).toBe(0);
  });

  test('that are signed by now are ticked no more in the list of unsigned ones', async () => {
    const answers = [['edge', 'next'], ['next']];
    const { state } = opened({
      'repositories.unsignedTags': () => ({ kind: 'tags', tags: answers.shift() ?? [], unreleased: [] }),
    });
    await state().load();
    state().setSegment('unsigned');
    await state().loadUnsigned();
    state().select(new Set(['edge', 'next']));
    await state().loadUnsigned();
    expect([...state().selected]).toEqual(['next']);
  });
});

describe('refreshing', () => {
  test('asks main for this repository only, then forgets what the registry said', async () => {
    const { state, asked } = opened();
    await state().load();
    await state().compare(['1.0']);
    await state().refresh();
    expect(asked('repositories.refresh')).toEqual([{ guns: [acmeApp] }]);
    expect(state().registry.size).toBe(0);
    expect(state().refreshing).toBe(false);
  });

  test('a failure is said and leaves everything as it was', async () => {
    const { state } = opened({ 'repositories.refresh': down });
    await state().load();
    const before = state().detail;
    await state().refresh();
    expect(state().refreshError).toMatchObject({ code: 'network/refused' });
    expect(state().detail).toBe(before);
    expect(state().refreshing).toBe(false);
  });

  test('a second press while one is under way asks nothing', async () => {
    const { state, asked } = opened();
    await Promise.all([state().refresh(), state().refresh()]);
    expect(asked('repositories.refresh')).toHaveLength(1);
  });
});

describe('comparing with the registry', () => {
  test('asks for each tag once', async () => {
    const { state, asked } = opened();
    await state().load();
    await Promise.all([state().compare(['1.0', '1.2']), state().compare(['1.2', '1.9'])]);
    expect(asked('repositories.registryDigests')).toEqual([
      { gun: acmeApp, tags: ['1.0', '1.2'] },
      { gun: acmeApp, tags: ['1.9'] },
    ]);
  });

  test('never asks for more than the contract allows', async () => {
    const { state, asked } = opened({ 'repositories.tags': () => largeTable(900) });
    await state().load();
    await state().compare(largeTable(900).tags);
    expect((asked('repositories.registryDigests')[0] as { tags: string[] }).tags).toHaveLength(500);
  });

  test('a failed call leaves no tag "asking"', async () => {
    const { state } = opened({ 'repositories.registryDigests': down });
    await state().load();
    await state().compare(['1.0', '1.2']);
    expect([...state().registry.values()].map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
  });

  test('all of them, in batches, with progress', async () => {
    const { state, store, asked } = opened({ 'repositories.tags': () => largeTable(450) });
    await state().load();
    const seen: number[] = [];
    store.subscribe(({ comparing }) => {
      if (comparing.kind === 'running') seen.push(comparing.done);
    });
    await state().compareAll();
    expect(asked('repositories.registryDigests')).toHaveLength(3);
    expect([...new Set(seen)]).toEqual([0, 200, 400, 450]);
    expect(state().registry.size).toBe(450);
    expect(state().comparing.kind).toBe('idle');
  });

  test('stops when told to', async () => {
    const { state, asked } = opened({
      'repositories.tags': () => largeTable(1000),
      'repositories.registryDigests': ({ tags }) => {
        state().stopComparing();
        return tags.map((tag) => ({ kind: 'absent', tag }));
      },
    });
    await state().load();
    await state().compareAll();
    expect(asked('repositories.registryDigests')).toHaveLength(1);
  });
});

describe('raw metadata', () => {
  test('the file asked for last is the one shown, whichever arrives first', async () => {
    let late: (value: { text: string; bytes: number }) => void = () => undefined;
    const { state } = opened({
      'repositories.rawMetadata': ({ role }) =>
        role === 'root'
          ? new Promise((resolve) => {
              late = resolve;
            })
          : { text: '{"targets":1}', bytes: 13 },
    });
    const first = state().showRaw('root');
    await state().showRaw('targets');
    late({ text: '{"root":1}', bytes: 10 });
    await first;
    expect(state().raw).toMatchObject({ role: 'targets', content: { kind: 'ready', value: { bytes: 13 } } });
  });

  test('an older root is asked for by its version', async () => {
    const { state, asked } = opened();
    await state().showRaw('root', 2);
    expect(asked('repositories.rawMetadata')).toEqual([{ gun: acmeApp, role: 'root', version: 2 }]);
  });
});

describe('news from main', () => {
  const later = { ...row, freshness: { kind: 'verified', at: today } } as const;

  test.each([
    ['a later check is taken over', [later], 2],
    ['the same check is not', [row], 1],
    ['another repository’s is not', [{ ...later, gun: 'docker.io/library/alpine' }], 1],
  ])('%s', async (_, news, loads) => {
    const { state, side, asked } = opened();
    await state().load();
    side.emit('repositories.changed', news);
    await vi.waitFor(() => expect(asked('repositories.detail')).toHaveLength(loads));
  });

  test('a store that was let go listens no more', async () => {
    const { state, side, asked } = opened();
    await state().load();
    state().dispose();
    side.emit('repositories.changed', [later]);
    expect(asked('repositories.detail')).toHaveLength(1);
  });
});

test('another segment forgets the chosen tag, not the filter', () => {
  const { state } = opened();
  state().setQuery('1.');
  state().setActive('1.0');
  state().select(new Set(['1.0']));
  state().setSegment('different');
  expect(state()).toMatchObject({ query: '1.', active: undefined, segment: 'different' });
});
