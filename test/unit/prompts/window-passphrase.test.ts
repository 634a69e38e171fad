/** What is typed in the window counts as it would on a terminal. */
import { describe, expect, it } from 'vitest';
import { createBroker } from '../../../electron/prompts/broker.ts';
import { windowPassphrase } from '../../../electron/prompts/window-passphrase.ts';
import type { PassphraseQuestion } from '../../../electron/keystore/unlock.ts';
import { withoutBlanksAround } from '../../../shared/passphrase-rules.ts';
import { manualTimers } from '../../fakes/manual-timers.ts';

async function typed(passphrase: string, more: Partial<PassphraseQuestion>): Promise<string> {
  const emit = (name: string, payload: unknown): void => {
    if (name !== 'prompts.asked') return;
    const { id } = payload as { readonly id: string };
    queueMicrotask(() => broker.answer({ id, value: { kind: 'passphrase', passphrase, remember: 'no' } }));
  };
  const broker = createBroker({ emit, newId: () => 'id', timers: manualTimers() });
  const question = {
    kind: 'unlock',
    keyId: 'ab',
    role: 'root',
    purpose: [],
    attempt: 0,
    canRemember: [],
    ...more,
  };
  const answer = await windowPassphrase(broker).askPassphrase(question as unknown as PassphraseQuestion);
  return answer.passphrase.use((bytes) => Buffer.from(bytes).toString());
}

describe('a passphrase from the window', () => {
  it.each([
    [' \tpass phrase \t', 'pass phrase'],
    ['   ', ''],
    ['\u00a0pass\u00a0', '\u00a0pass\u00a0'],
  ])('of a key loses the blanks around it: %j', async (text, expected) => {
    expect(await typed(text, {})).toBe(expected);
    expect(await typed(text, { kind: 'create' })).toBe(expected);
    expect(withoutBlanksAround(text)).toBe(expected);
  });

  it('that is made for a backup does too; that of a backup which is opened counts as it is', async () => {
    const subject = 'the backup';
    expect(await typed(' a ', { kind: 'create', subject })).toBe('a');
    expect(await typed(' a ', { subject })).toBe(' a ');
  });
});
