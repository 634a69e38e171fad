/** The smaller stores: what they ask main, and that a failure or a change of mind is said as such. */
import { describe, expect, test } from 'vitest';
import { createAppStore } from '../../../renderer/app/app-store.ts';
import { createStores } from '../../../renderer/app/stores.ts';
import { createDoctorStore } from '../../../renderer/features/doctor/doctor-store.ts';
import { createKeysStore } from '../../../renderer/features/keys/keys-store.ts';
import { createPlanStore } from '../../../renderer/features/plans/plan-store.ts';
import { createPromptsStore, draftFor } from '../../../renderer/features/prompts/prompts-store.ts';
import { createRepositoriesStore } from '../../../renderer/features/repositories/repositories-store.ts';
import { createSandboxStore } from '../../../renderer/features/sandbox/sandbox-store.ts';
import { createSettingsStore } from '../../../renderer/features/settings/settings-store.ts';
import { AppError } from '../../../shared/errors.ts';
import { fakeBridge } from '../../fakes/bridge.ts';
import { privilegedSide } from '../../fakes/privileged-side.ts';
import { acmeApp, keyList, rows } from '../../fakes/trust-data.ts';

const refuse = () => {
  throw new AppError('notary/not-https', { url: 'http://notary.example.com' });
};
const cancel = () => {
  throw new AppError('prompt/cancelled', {});
};
const breakDown = () => {
  throw new TypeError('a bug');
};

describe('repositories', () => {
  const side = () =>
    fakeBridge({ 'repositories.list': () => rows(), 'repositories.refresh': () => undefined });

  test('a list that cannot be read is a failure, not an empty list', async () => {
    const store = createRepositoriesStore(fakeBridge({ 'repositories.list': refuse }).bridge);
    await store.getState().load();
    expect(store.getState().rows).toMatchObject({ kind: 'failed', error: { code: 'notary/not-https' } });
  });

  test('a bug on the way is an internal error without its message', async () => {
    const store = createRepositoriesStore(fakeBridge({ 'repositories.list': breakDown }).bridge);
    await store.getState().load();
    expect(store.getState().rows).toEqual({
      kind: 'failed',
      error: { code: 'app/internal', details: { id: 'window' } },
    });
  });

  test('progress counts up while refreshing, and rows come in one by one', async () => {
    const { bridge, emit } = side();
    const store = createRepositoriesStore(bridge);
    await store.getState().load();
    const refreshing = store.getState().refreshAll();
    const row = { ...rows()[0]!, signedTags: 99 };
    emit('repositories.refreshed', { done: 4, total: 9, row });
    expect(store.getState().refresh).toEqual({ kind: 'running', done: 4, total: 9 });
    expect(store.getState().rows).toMatchObject({
      value: { 0: { gun: acmeApp, signedTags: 99 }, length: 9 },
    });
    await refreshing;
    expect(store.getState().refresh).toEqual({ kind: 'idle' });
  });

  test('progress of a refresh that was not asked for here shows no bar', async () => {
    const { bridge, emit } = side();
    const store = createRepositoriesStore(bridge);
    await store.getState().load();
    emit('repositories.refreshed', { done: 1, total: 1, row: rows()[1]! });
    expect(store.getState().refresh).toEqual({ kind: 'idle' });
  });

  test('a new repository that main found is added', async () => {
    const { bridge, emit } = side();
    const store = createRepositoriesStore(bridge);
    await store.getState().load();
    emit('repositories.refreshed', { done: 1, total: 1, row: { ...rows()[0]!, gun: 'docker.io/new/one' } });
    expect(store.getState().rows).toMatchObject({ value: { length: 10, 9: { gun: 'docker.io/new/one' } } });
  });

  test('what main takes only a part of is sent in parts', async () => {
    const many = Array.from({ length: 2001 }, (_, at) => `docker.io/acme/app${at}`);
    const never = many.map((gun) => ({ ...rows()[0]!, gun, freshness: { kind: 'never' as const } }));
    const { bridge, calls } = fakeBridge({
      'repositories.list': () => never,
      'repositories.refresh': () => undefined,
      'repositories.add': ({ references }) =>
        references.map((reference) => ({ ok: true as const, reference, gun: reference })),
    });
    const store = createRepositoriesStore(bridge);
    await store.getState().load();
    await store.getState().readNew();
    expect(await store.getState().add(many)).toHaveLength(2001);
    const sent = (name: string): unknown[] =>
      calls
        .filter((call) => call.name === name)
        .map(({ input }) => Object.values(input as Record<string, unknown>)[0]);
    const parts = [many.slice(0, 1000), many.slice(1000, 2000), many.slice(2000)];
    expect(sent('repositories.refresh')).toEqual(parts);
    expect(sent('repositories.add')).toEqual(parts);
  });

  test('what was never read is asked for once, by name', async () => {
    const { bridge, calls } = side();
    const store = createRepositoriesStore(bridge);
    await store.getState().readNew();
    await store.getState().load();
    await Promise.all([store.getState().readNew(), store.getState().readNew()]);
    const asked = calls.filter(({ name }) => name === 'repositories.refresh');
    expect(asked.map(({ input }) => input)).toEqual([{ guns: ['docker.io/acme/legacy'] }]);
  });

  test('the same column again turns the order round, another starts anew', () => {
    const store = createRepositoriesStore(side().bridge);
    const sort = () => store.getState().sort;
    store.getState().sortBy('gun');
    expect(sort()).toEqual({ column: 'gun', descending: true });
    store.getState().sortBy('tags');
    expect(sort()).toEqual({ column: 'tags', descending: false });
  });
});

describe('keys', () => {
  test('files that are not keys are kept beside the keys', async () => {
    const store = createKeysStore(fakeBridge({ 'keys.list': () => keyList() }).bridge);
    await store.getState().load();
    expect(store.getState().list).toMatchObject({ value: { unreadable: [{ file: 'private/notes.key' }] } });
  });
});

describe('settings', () => {
  test('an act answers with the new view', async () => {
    const store = createSettingsStore(privilegedSide().bridge);
    await store.getState().load();
    expect(await store.getState().setTheme('dark')).toBe(true);
    expect(store.getState().view).toMatchObject({ value: { theme: 'dark' } });
  });

  test('a refusal is said and changes nothing', async () => {
    const { bridge } = fakeBridge({ 'settings.addServer': refuse });
    const store = createSettingsStore(bridge);
    const done = await store.getState().addServer({ registry: '*', url: 'http://notary.example.com' });
    expect([done, store.getState().failure?.code]).toEqual([false, 'notary/not-https']);
  });

  test('a change of mind is no failure', async () => {
    const store = createSettingsStore(fakeBridge({ 'settings.removeServer': cancel }).bridge);
    expect(await store.getState().removeServer('acme')).toBe(false);
    expect(store.getState().failure).toBeUndefined();
  });
});

describe('sandbox', () => {
  test('answers whether it runs', async () => {
    const store = createSandboxStore(privilegedSide({ firstRun: true }).bridge);
    expect(await store.getState().start()).toBe(true);
    expect(store.getState()).toMatchObject({ pending: undefined, status: { value: { kind: 'running' } } });
  });

  test('a start that fails says why and is no longer pending', async () => {
    const { bridge } = fakeBridge({
      'sandbox.start': () => {
        throw new AppError('sandbox/start-failed', { reason: 'no port' });
      },
    });
    const store = createSandboxStore(bridge);
    expect(await store.getState().start()).toBe(false);
    expect(store.getState().pending).toBeUndefined();
    expect(store.getState().status).toMatchObject({
      value: { kind: 'failed', error: { code: 'sandbox/start-failed', details: { reason: 'no port' } } },
    });
  });

  test('a reset that was called off leaves the state as it was', async () => {
    const { bridge } = fakeBridge({ 'sandbox.status': () => ({ kind: 'stopped' }), 'sandbox.reset': cancel });
    const store = createSandboxStore(bridge);
    await store.getState().load();
    await store.getState().reset();
    expect(store.getState().status).toMatchObject({ value: { kind: 'stopped' } });
  });
});

describe('doctor', () => {
  const step = { id: 'dns', status: 'ok', found: 'found' } as const;

  test('steps of the target under examination come in, those of another do not', async () => {
    let end: () => void = () => undefined;
    const side = fakeBridge({
      'doctor.run': ({ target }) =>
        new Promise((resolve) => {
          end = () => resolve({ target, healthy: true, steps: [step] });
        }),
    });
    const store = createDoctorStore(side.bridge);
    store.getState().open('a.example/x');
    side.emit('doctor.step', { target: 'b.example/y', step });
    side.emit('doctor.step', { target: 'a.example/x', step });
    expect(store.getState().examination).toMatchObject({ kind: 'running', steps: [step] });
    end();
    await expect.poll(() => store.getState().examination.kind).toBe('ready');
  });

  test('the answer to an earlier examination does not replace a later one', async () => {
    const ends = new Map<string, () => void>();
    const side = fakeBridge({
      'doctor.run': ({ target }) =>
        new Promise((resolve) => ends.set(target, () => resolve({ target, healthy: true, steps: [] }))),
    });
    const store = createDoctorStore(side.bridge);
    store.getState().open('first');
    store.getState().open('second');
    ends.get('first')?.();
    await Promise.resolve();
    expect(store.getState().examination).toMatchObject({ kind: 'running', target: 'second' });
  });

  test('trusting a CA names server and fingerprint, then examines again', async () => {
    const side = privilegedSide();
    const store = createDoctorStore(side.bridge);
    store.getState().setTarget(acmeApp);
    await store.getState().trustCa('notary.example.com', 'f'.repeat(64));
    expect(side.calls.map(({ name }) => name)).toEqual(['settings.trustShownCa', 'doctor.run']);
    expect(side.calls[0]?.input).toEqual({ server: 'notary.example.com', sha256: 'f'.repeat(64) });
  });

  test('an empty target asks nothing', async () => {
    const side = privilegedSide();
    const store = createDoctorStore(side.bridge);
    store.getState().setTarget('   ');
    await store.getState().run();
    expect(side.calls).toEqual([]);
  });
});

describe('prompts', () => {
  const prompt = {
    kind: 'confirm',
    id: 'p1',
    title: 't',
    text: 'x',
    confirmLabel: 'c',
    destructive: false,
  } as const;
  const side = () => fakeBridge({ 'prompts.answer': () => undefined });

  test('wait in line and go when answered', async () => {
    const { bridge, emit, calls } = side();
    const store = createPromptsStore(bridge);
    emit('prompts.asked', prompt);
    emit('prompts.asked', { ...prompt, id: 'p2' });
    await store.getState().answer('p1', { kind: 'confirm' });
    expect(calls).toEqual([{ name: 'prompts.answer', input: { id: 'p1', value: { kind: 'confirm' } } }]);
    expect(store.getState().queue.map(({ id }) => id)).toEqual(['p2']);
  });

  test('go when main takes them back', () => {
    const { bridge, emit } = side();
    const store = createPromptsStore(bridge);
    emit('prompts.asked', prompt);
    emit('prompts.closed', { id: 'p1' });
    expect(store.getState().queue).toEqual([]);
  });

  test('go with the connection', () => {
    const { bridge, emit } = side();
    const store = createPromptsStore(bridge);
    emit('prompts.asked', prompt);
    emit('prompts.asked', { ...prompt, id: 'p2' });
    store.getState().dropAll();
    expect(store.getState()).toMatchObject({ queue: [], draft: '' });
  });

  test('asked again with the same ID, the new form replaces the old', () => {
    const { bridge, emit } = side();
    const store = createPromptsStore(bridge);
    emit('prompts.asked', prompt);
    emit('prompts.asked', { ...prompt, title: 'again' });
    expect(store.getState().queue).toMatchObject([{ title: 'again' }]);
  });
});

describe('the text of a recovery sheet', () => {
  const problem = { code: 'backup/code-unreadable', details: { reason: 'a slip' } };
  const sheet = {
    kind: 'printed-text' as const,
    id: 's1',
    what: 'sheet-code' as const,
    purpose: [] as string[],
    have: 0,
  };
  const text = (words: string) => ({ kind: 'text', text: words }) as const;
  const begin = () => {
    const { bridge, emit } = fakeBridge({ 'prompts.answer': () => undefined });
    const store = createPromptsStore(bridge);
    const ask = (prompt: Parameters<typeof draftFor>[0]) => {
      emit('prompts.asked', prompt);
      return draftFor(prompt, store.getState().draft);
    };
    return { store, ask, taken: () => emit('prompts.textTaken', {}) };
  };

  test('comes back to be corrected, with the parts that were taken before', async () => {
    const { store, ask } = begin();
    expect(ask(sheet)).toBe('');
    await store.getState().answer('s1', text('one'));
    expect(ask({ ...sheet, id: 's2', problem, have: 1 })).toBe('');
    await store.getState().answer('s2', text('two'));
    expect(ask({ ...sheet, id: 's3', problem })).toBe('one\ntwo');
  });

  test.each<[string, Parameters<typeof draftFor>[0]]>([
    ['another sheet', { ...sheet, id: 's2' }],
    ['a share', { ...sheet, id: 's2', what: 'share', problem }],
  ])('is gone when main asks for %s', async (_, next) => {
    const { store, ask } = begin();
    ask(sheet);
    await store.getState().answer('s1', text('one'));
    expect([ask(next), store.getState().draft]).toEqual(['', '']);
  });

  test('is gone as soon as main has taken it, without another question', async () => {
    const { store, ask, taken } = begin();
    ask(sheet);
    await store.getState().answer('s1', text('one'));
    expect(store.getState().draft).toBe('one');
    taken();
    expect(store.getState().draft).toBe('');
  });

  test('a share is not kept', async () => {
    const { store, ask } = begin();
    ask({ ...sheet, what: 'share' });
    await store.getState().answer('s1', text('TD1-ABCD'));
    expect(store.getState().draft).toBe('');
  });
});

describe('following main', () => {
  test.each<
    [what: string, tell: (side: ReturnType<typeof privilegedSide>) => void, asked: readonly string[]]
  >([
    [
      'a stopped sandbox',
      ({ emit }) => emit('sandbox.changed', { kind: 'stopped' }),
      ['backups.list', 'keys.list', 'repositories.list'],
    ],
    ['a starting one, not yet', ({ emit }) => emit('sandbox.changed', { kind: 'starting' }), []],
  ])('repositories and keys are asked for again after %s', (_, tell, asked) => {
    const side = privilegedSide();
    createStores(side.bridge);
    tell(side);
    expect(side.calls.map(({ name }) => name).sort()).toEqual(asked);
  });
});

describe('the window', () => {
  test('opens the welcome page on first run only', async () => {
    const first = createAppStore(privilegedSide({ firstRun: true }).bridge);
    const later = createAppStore(privilegedSide().bridge);
    await Promise.all([first.getState().loadInfo(), later.getState().loadInfo()]);
    expect([first.getState().route.screen, later.getState().route.screen]).toEqual([
      'welcome',
      'repositories',
    ]);
  });

  test('stays where somebody went before it was known that this is the first run', async () => {
    const store = createAppStore(privilegedSide({ firstRun: true }).bridge);
    const asked = store.getState().loadInfo();
    store.getState().go({ screen: 'repositories' });
    await asked;
    expect(store.getState().route).toEqual({ screen: 'repositories' });
  });

  test('does not lead back to the welcome page when asked again', async () => {
    const store = createAppStore(privilegedSide({ firstRun: true }).bridge);
    await store.getState().loadInfo();
    store.getState().go({ screen: 'settings' });
    await store.getState().loadInfo();
    expect(store.getState().route).toEqual({ screen: 'settings' });
  });

  test('goes back the way it came, and not further', () => {
    const store = createAppStore(privilegedSide().bridge);
    store.getState().go({ screen: 'keys' });
    store.getState().go({ screen: 'settings' });
    store.getState().back();
    expect(store.getState().route).toEqual({ screen: 'keys' });
    store.getState().back();
    store.getState().back();
    expect(store.getState().route).toEqual({ screen: 'repositories' });
  });
});

describe('interrupted publishes', () => {
  const found = (outcome: 'published' | 'not-published' | 'unknown', title = 'Sign 1 tag') => ({
    gun: acmeApp,
    title,
    outcome,
  });

  test('stay until they were seen, also when main has nothing new to tell', async () => {
    const answers = [[found('published')], []];
    const { bridge } = fakeBridge({ 'plans.unfinished': () => answers.shift() ?? [] });
    const store = createPlanStore(bridge, () => undefined);
    await store.getState().askInterrupted();
    await store.getState().askInterrupted();
    expect(store.getState().interrupted).toEqual([found('published')]);
    store.getState().dismissInterrupted();
    expect(store.getState().interrupted).toEqual([]);
  });

  test('an outcome that was unknown gives way to what is known now', async () => {
    const answers = [[found('unknown'), found('published', 'Another')], [found('not-published')]];
    const { bridge } = fakeBridge({ 'plans.unfinished': () => answers.shift() ?? [] });
    const store = createPlanStore(bridge, () => undefined);
    await store.getState().askInterrupted();
    await store.getState().askInterrupted();
    expect(store.getState().interrupted).toEqual([found('published', 'Another'), found('not-published')]);
  });

  test('a main that refuses leaves what is shown', async () => {
    const store = createPlanStore(fakeBridge({ 'plans.unfinished': refuse }).bridge, () => undefined);
    await store.getState().askInterrupted();
    expect(store.getState().interrupted).toEqual([]);
  });
});

describe('a plan that several signers could sign', () => {
  test('is made again with the one that the person chose', async () => {
    const { bridge, calls } = fakeBridge({
      'plans.revoke': ({ signAs }) => {
        if (signAs === undefined)
          throw new AppError('signer/choose', { gun: acmeApp, names: ['alice', 'bob'] });
        throw new AppError('plan/nothing-to-do', { gun: acmeApp });
      },
    });
    const store = createPlanStore(bridge, () => undefined);
    await store
      .getState()
      .make('Revoke 1 tag', (plans, { signAs }) =>
        plans.revoke({ gun: acmeApp, tags: ['1.0'], ...(signAs === undefined ? {} : { signAs }) }),
      );
    const { review } = store.getState();
    if (review.kind !== 'refused') throw new Error('it is not refused');
    expect(review.choices).toEqual({ kind: 'signAs', options: ['alice', 'bob'] });
    await review.choose('bob');
    expect(calls.map(({ input }) => (input as { signAs?: string }).signAs)).toEqual([undefined, 'bob']);
    expect(store.getState().review).toMatchObject({ kind: 'refused', choices: undefined });
  });

  test('asks one thing after the other and keeps what was answered', async () => {
    const { bridge, calls } = fakeBridge({
      'plans.sign': ({ signAs, rootKey }) => {
        if (rootKey === undefined)
          throw new AppError('plan/choose-root-key', { gun: acmeApp, keyIds: ['r1', 'r2'] });
        if (signAs === undefined) throw new AppError('signer/choose', { gun: acmeApp, names: ['a', 'b'] });
        throw new AppError('plan/nothing-to-do', { gun: acmeApp });
      },
    });
    const store = createPlanStore(bridge, () => undefined);
    await store
      .getState()
      .make('Sign 1 tag', (plans, chosen) => plans.sign({ gun: acmeApp, tags: [{ tag: '1.0' }], ...chosen }));
    const choose = async (option: string): Promise<readonly string[]> => {
      const { review } = store.getState();
      if (review.kind !== 'refused' || review.choices === undefined) throw new Error('nothing to choose');
      await review.choose(option);
      return review.choices.options;
    };
    expect(await choose('r2')).toEqual(['r1', 'r2', 'new']);
    expect(await choose('b')).toEqual(['a', 'b']);
    expect(calls.at(-1)?.input).toMatchObject({ signAs: 'b', rootKey: 'r2' });
  });
});
