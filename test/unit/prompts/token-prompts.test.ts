/** PINs, touches and missing tokens as they are asked: on a terminal, and in the window. */
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createBroker } from '../../../electron/prompts/broker.ts';
import type { Terminal } from '../../../electron/prompts/terminal.ts';
import { terminalTokenPrompts } from '../../../electron/prompts/terminal-token.ts';
import { windowTokenPrompts } from '../../../electron/prompts/window-token.ts';
import type { PinQuestion, TouchQuestion } from '../../../electron/yubikey/token-prompts.ts';
import { manualTimers } from '../../fakes/manual-timers.ts';

const token = { serial: '1001', name: 'Release key', model: 'YubiKey YK5' };
const pinQuestion: PinQuestion = {
  token,
  slot: '9a',
  what: 'PIN',
  isNew: false,
  purpose: ['Sign 1 tag', 'Repository registry.example.test/app'],
  problem: undefined,
  left: 'all',
  canKeep: true,
};
const touchQuestion: TouchQuestion = {
  token,
  slot: '9a',
  purpose: ['Sign 7 tags'],
  gun: 'registry.example.test/app',
  roles: ['targets/jeff'],
  tags: ['1', '2', '3', '4', '5\u001b[2J', '6', '7'],
  following: 2,
  seconds: 15,
};
const cancelled = { code: 'prompt/cancelled' };

/** Every line is typed at a terminal that is opened anew. */
function atTerminal(...lines: readonly string[]) {
  const left = [...lines];
  const shown: string[] = [];
  const said: string[] = [];
  const prompts = terminalTokenPrompts(
    (line) => said.push(line),
    (): Terminal => {
      const input = Object.assign(new PassThrough(), { setRawMode: vi.fn() });
      const output = new PassThrough();
      output.on('data', (chunk: Buffer) => shown.push(chunk.toString()));
      input.write(`${left.shift() ?? ''}\r`);
      return { input, output, close: vi.fn() };
    },
  );
  return { prompts, shown: () => shown.join(''), said };
}

const textOf = (pin: { use: <T>(work: (bytes: Uint8Array) => T) => T }): string =>
  pin.use((bytes) => Buffer.from(bytes).toString());

describe('on a terminal', () => {
  it('a PIN is asked for with its token and purpose, and not shown', async () => {
    const { prompts, shown } = atTerminal('123456');
    const { pin } = await prompts.askPin(pinQuestion);
    expect(textOf(pin)).toBe('123456');
    expect(shown()).toContain(
      'Sign 1 tag\nRepository registry.example.test/app\nEnter PIN of Release key (1001): ',
    );
    expect(shown()).not.toContain('123456');
  });

  it.each([
    ['last', 'wrong', 'That was wrong.\nEnter PIN of Release key (1001) (last try): '],
    ['fewer', 'malformed', 'no try was used up.\nEnter PIN of Release key (1001) (some tries are used up): '],
  ] as const)('says %s and %s', async (left, problem, words) => {
    const { prompts, shown } = atTerminal('123456');
    await prompts.askPin({ ...pinQuestion, left, problem });
    expect(shown()).toContain(words);
  });

  it('a new PIN is typed twice, until both are the same', async () => {
    const { prompts, shown } = atTerminal('246810', '246811', '246810', '246810');
    const { pin } = await prompts.askPin({ ...pinQuestion, isNew: true });
    expect(textOf(pin)).toBe('246810');
    expect(shown()).toContain('They are not the same.\nEnter new PIN');
  });

  it('a touch says what it signs and how many follow, and what comes from elsewhere drives no terminal', async () => {
    const { prompts, said } = atTerminal();
    const over = new AbortController();
    const shown = prompts.showTouch(touchQuestion, over.signal);
    expect(said).toEqual([
      'Touch Release key (1001) now (2 more after this one).\n  Sign 7 tags\n  Tags 1, 2, 3, 4, 5\\x1b[2J and 2 more',
    ]);
    over.abort();
    await expect(shown).resolves.toBeUndefined();
  });

  it('a missing token is named by its model when it has no name', async () => {
    const { prompts, said } = atTerminal();
    const over = new AbortController();
    const question = { token: { ...token, name: undefined }, purpose: ['Sign 1 tag'] };
    const shown = prompts.showMissing(question, over.signal);
    over.abort();
    await shown;
    expect(said).toEqual(['Plug in YubiKey YK5 1001 to go on (Ctrl+C gives up).\n  Sign 1 tag']);
  });
});

describe('in the window', () => {
  function inWindow() {
    const emit = vi.fn();
    const broker = createBroker({ emit, newId: () => 'id-1', timers: manualTimers() });
    return { emit, broker, prompts: windowTokenPrompts(broker) };
  }

  it('a PIN comes in as the answer to its own question, and becomes secret bytes', async () => {
    const { emit, broker, prompts } = inWindow();
    const asked = prompts.askPin(pinQuestion);
    expect(emit).toHaveBeenCalledWith('prompts.asked', {
      kind: 'pin',
      id: 'id-1',
      device: { serial: '1001', name: 'Release key', model: 'YubiKey YK5' },
      slot: '9a',
      what: 'PIN',
      isNew: false,
      purpose: [...pinQuestion.purpose],
      left: 'all',
      canKeep: true,
    });
    broker.answer({ id: 'id-1', value: { kind: 'pin', pin: '123456', keep: true } });
    const { pin, keep } = await asked;
    expect([textOf(pin), keep]).toEqual(['123456', true]);
    expect(JSON.stringify(pin)).not.toContain('123456');
  });

  it.each([
    ['a passphrase', { kind: 'passphrase', passphrase: 'x', remember: 'no' }],
    ['a yes', { kind: 'confirm' }],
  ] as const)('%s is no answer to it, and neither is anything but giving up to a touch', (_, value) => {
    const { broker, prompts } = inWindow();
    prompts.askPin(pinQuestion).catch(() => undefined);
    expect(() => broker.answer({ id: 'id-1', value })).toThrow('ipc/refused');
    broker.cancelAll();
    prompts.showTouch(touchQuestion, new AbortController().signal).catch(() => undefined);
    expect(() => broker.answer({ id: 'id-1', value })).toThrow('ipc/refused');
    broker.cancelAll();
  });

  it('a touch and a missing token are shown until they are over, or given up', async () => {
    for (const show of ['showTouch', 'showMissing'] as const) {
      const { emit, broker, prompts } = inWindow();
      const over = new AbortController();
      const first = prompts[show](touchQuestion, over.signal);
      over.abort();
      await expect(first).rejects.toMatchObject(cancelled);
      expect(emit).toHaveBeenLastCalledWith('prompts.closed', { id: 'id-1' });
      const second = prompts[show](touchQuestion, new AbortController().signal);
      broker.answer({ id: 'id-1', value: { kind: 'cancel' } });
      await expect(second).rejects.toMatchObject(cancelled);
    }
  });
});
