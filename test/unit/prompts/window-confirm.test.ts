/** A decision in the window, and what has to be typed before it counts. */
import { describe, expect, it, vi } from 'vitest';
import { createBroker } from '../../../electron/prompts/broker.ts';
import type { Confirmation } from '../../../electron/prompts/prompts.ts';
import { windowConfirm } from '../../../electron/prompts/window-prompts.ts';
import { manualTimers } from '../../fakes/manual-timers.ts';

const removal: Confirmation = {
  title: 'Remove jeff’s key',
  text: 'It is deleted.',
  confirmLabel: 'Remove key',
  destructive: true,
  typed: 'jeff',
};

function asking(question: Confirmation) {
  const emit = vi.fn();
  const broker = createBroker({ emit, newId: () => 'id-1', timers: manualTimers() });
  return { emit, broker, decided: windowConfirm(broker).confirm(question) };
}

describe('a typed confirmation', () => {
  it('tells the window what is to be typed', () => {
    const { emit, decided, broker } = asking(removal);
    expect(emit).toHaveBeenCalledWith('prompts.asked', { kind: 'confirm', id: 'id-1', ...removal });
    decided.catch(() => undefined);
    broker.cancelAll();
  });

  it('counts when exactly that was typed', async () => {
    const { broker, decided } = asking(removal);
    broker.answer({ id: 'id-1', value: { kind: 'confirm', typed: 'jeff' } });
    await expect(decided).resolves.toBeUndefined();
  });

  it.each([undefined, '', 'jef', 'Jeff', 'jeff '])('is refused when it was not: %j', async (typed) => {
    const { broker, decided } = asking(removal);
    const refused = expect(decided).rejects.toMatchObject({ code: 'ipc/refused' });
    broker.answer({ id: 'id-1', value: { kind: 'confirm', ...(typed === undefined ? {} : { typed }) } });
    await refused;
  });

  it('is not asked of a plain decision', async () => {
    const { broker, decided } = asking({ ...removal, typed: undefined });
    broker.answer({ id: 'id-1', value: { kind: 'confirm' } });
    await expect(decided).resolves.toBeUndefined();
  });
});
