/** Questions to the window: one ID, one answer, and an end whatever happens. */
import { describe, expect, it, vi } from 'vitest';
import { ANSWER_MS, createBroker, MAX_OPEN, type Question } from '../../../electron/prompts/broker.ts';
import { windowConfirm } from '../../../electron/prompts/window-prompts.ts';
import { manualTimers } from '../../fakes/manual-timers.ts';

const question: Question = {
  kind: 'confirm',
  title: 'Remove signer',
  text: 'Removes jeff.',
  confirmLabel: 'Remove signer jeff',
  destructive: true,
};
const choose: Question = { kind: 'choose-file', title: 'CA', want: 'file', place: '/', entries: [] };
const cancelled = { code: 'prompt/cancelled' };

function brokerWithWindow() {
  const emit = vi.fn();
  const timers = manualTimers();
  let last = 0;
  const broker = createBroker({ emit, newId: () => `id-${++last}`, timers });
  const closed = () =>
    emit.mock.calls.filter(([name]) => name === 'prompts.closed').map(([, { id }]) => id as string);
  return { broker, emit, timers, closed };
}

describe('a question', () => {
  it('is asked with its ID and ends with its answer', async () => {
    const { broker, emit, timers, closed } = brokerWithWindow();
    const asked = broker.ask(question);
    expect(emit).toHaveBeenCalledExactlyOnceWith('prompts.asked', { ...question, id: 'id-1' });
    broker.answer({ id: 'id-1', value: { kind: 'confirm' } });
    await expect(asked).resolves.toEqual({ kind: 'confirm' });
    expect([closed(), timers.pending()]).toEqual([['id-1'], 0]);
  });

  it('is answered each by itself', async () => {
    const { broker } = brokerWithWindow();
    const first = broker.ask(question);
    const second = broker.ask(choose);
    broker.answer({ id: 'id-2', value: { kind: 'choose', entries: ['a'] } });
    broker.answer({ id: 'id-1', value: { kind: 'cancel' } });
    await expect(second).resolves.toEqual({ kind: 'choose', entries: ['a'] });
    await expect(first).rejects.toMatchObject(cancelled);
  });

  it('passes through the port', async () => {
    const { broker } = brokerWithWindow();
    const { kind: _kind, ...confirmation } = question;
    const confirmed = windowConfirm(broker).confirm(confirmation);
    broker.answer({ id: 'id-1', value: { kind: 'confirm' } });
    await expect(confirmed).resolves.toBeUndefined();
  });
});

describe('an answer is refused', () => {
  const refused = expect.objectContaining({ code: 'ipc/refused' }) as Error;
  it.each(['id-2', '', 'constructor', '__proto__', 'ID-1'])('to the unknown ID %j', async (id) => {
    const { broker, timers } = brokerWithWindow();
    const asked = broker.ask(question);
    expect(() => broker.answer({ id, value: { kind: 'confirm' } })).toThrow(refused);
    expect(timers.pending()).toBe(1);
    broker.cancelAll();
    await expect(asked).rejects.toMatchObject(cancelled);
  });

  it('the second time', async () => {
    const { broker } = brokerWithWindow();
    const asked = broker.ask(question);
    broker.answer({ id: 'id-1', value: { kind: 'cancel' } });
    expect(() => broker.answer({ id: 'id-1', value: { kind: 'confirm' } })).toThrow(refused);
    await expect(asked).rejects.toMatchObject(cancelled);
  });

  it.each<[string, Question, Parameters<ReturnType<typeof createBroker>['answer']>[0]['value']]>([
    ['a file for a decision', question, { kind: 'choose', entries: ['x'] }],
    ['a folder for a decision', question, { kind: 'enter', entry: 'x' }],
    ['a passphrase for a decision', question, { kind: 'passphrase', passphrase: 'x', remember: 'no' }],
    ['a decision for a file', choose, { kind: 'confirm' }],
  ])('when it is %s; the question stays open', async (_what, asking, value) => {
    const { broker, closed } = brokerWithWindow();
    const asked = broker.ask(asking);
    expect(() => broker.answer({ id: 'id-1', value })).toThrow(refused);
    expect(closed()).toEqual([]);
    broker.cancelAll();
    await expect(asked).rejects.toMatchObject(cancelled);
  });
});

describe('a question is cancelled', () => {
  it('when its time is over, and not before', async () => {
    const { broker, timers, closed } = brokerWithWindow();
    const asked = broker.ask(question);
    timers.advance(ANSWER_MS - 1);
    expect(closed()).toEqual([]);
    timers.advance(1);
    await expect(asked).rejects.toMatchObject(cancelled);
    expect(closed()).toEqual(['id-1']);
  });

  it('with all others when nobody is there', async () => {
    const { broker, timers, closed } = brokerWithWindow();
    const asked = [broker.ask(question), broker.ask(choose)];
    broker.cancelAll();
    for (const one of asked) await expect(one).rejects.toMatchObject(cancelled);
    expect([closed(), timers.pending()]).toEqual([['id-1', 'id-2'], 0]);
  });

  it('by whoever asked', async () => {
    const { broker, closed } = brokerWithWindow();
    const by = new AbortController();
    const asked = broker.ask(question, by.signal);
    by.abort();
    await expect(asked).rejects.toMatchObject(cancelled);
    expect(closed()).toEqual(['id-1']);
  });

  it('before it is asked, when it was cancelled already', async () => {
    const { broker, emit } = brokerWithWindow();
    await expect(broker.ask(question, AbortSignal.abort())).rejects.toMatchObject(cancelled);
    expect(emit).not.toHaveBeenCalled();
  });

  it('when too many are open', async () => {
    const { broker, emit } = brokerWithWindow();
    const open = Array.from({ length: MAX_OPEN }, () => broker.ask(question));
    await expect(broker.ask(question)).rejects.toMatchObject(cancelled);
    expect(emit).toHaveBeenCalledTimes(MAX_OPEN);
    broker.cancelAll();
    await Promise.allSettled(open);
  });
});
