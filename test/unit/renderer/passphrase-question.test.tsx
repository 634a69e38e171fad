/** Where a passphrase is kept: what is offered, and what stays chosen. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Prompt } from '../../../shared/ipc/prompts.ts';
import { PassphraseQuestion } from '../../../renderer/features/prompts/passphrase-question.tsx';

const question: Extract<Prompt, { kind: 'passphrase' }> = {
  kind: 'passphrase',
  id: 'x',
  isNew: false,
  keyId: 'ab',
  owner: 'jeff',
  purpose: [],
  attempt: 1,
  problem: 'wrong',
  canRemember: ['no', 'session', 'key-chain'],
};

/** The label of the choice that is checked. */
function checked(more: Partial<typeof question>): string | undefined {
  const html = renderToStaticMarkup(
    <PassphraseQuestion prompt={{ ...question, ...more }} onAnswer={() => 0} />,
  );
  return /<input[^>]*checked=""[^>]*\/>([^<]+)</.exec(html)?.[1];
}

describe('the choice where a passphrase is kept', () => {
  it('is kept after a wrong passphrase', () => {
    expect(checked({})).toBe('Only this time');
    expect(checked({ remember: 'session' })).toBe('For 15 minutes of use');
    expect(checked({ remember: 'key-chain' })).toBe('In the system’s key chain');
  });

  it('falls back where the key chain is not offered any more', () => {
    expect(checked({ remember: 'key-chain', canRemember: ['no', 'session'] })).toBe('Only this time');
  });
});
