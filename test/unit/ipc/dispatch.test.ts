/** One call from untrusted input to encoded answer. */
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { createDispatch } from '../../../electron/ipc/dispatch.ts';
import { isModest, MAX_CHARACTERS, MAX_DEPTH, MAX_VALUES } from '../../../electron/ipc/input-size.ts';
import { createEmit } from '../../../electron/ipc/outgoing.ts';
import { AppError } from '../../../shared/errors.ts';
import { recordingLog } from '../../fakes/recording-log.ts';

const small = {
  keys: {
    count: {
      kind: 'call',
      input: z.strictObject({ role: z.string().check(z.maxLength(10)) }),
      output: z.strictObject({ count: z.int() }),
    },
    changed: { kind: 'event', payload: z.int() },
  },
} as const;

type Count = (input: { role: string }) => { count: number } | Promise<{ count: number }>;

function dispatching(count: Count) {
  const log = recordingLog();
  const dispatch = createDispatch({ keys: { count } }, { log, newId: () => 'a1', calls: small });
  return { dispatch, log };
}

describe('start', () => {
  const options = { log: recordingLog(), newId: () => 'a1', calls: small };
  it.each([
    ['a missing noun', {}, 'No handler for keys.count'],
    ['a missing verb', { keys: {} }, 'No handler for keys.count'],
    ['a handler that is none', { keys: { count: 7 } }, 'No handler for keys.count'],
    [
      'an inherited handler',
      { keys: Object.create({ count: () => 1 }) as object },
      'No handler for keys.count',
    ],
    ['a handler too many', { keys: { count: () => 1, wipe: () => 1 } }, 'keys.wipe, which is no call'],
    [
      'a handler for an event',
      { keys: { count: () => 1, changed: () => 1 } },
      'keys.changed, which is no call',
    ],
    [
      'a noun too many',
      { keys: { count: () => 1 }, files: { read: () => 1 } },
      'files.read, which is no call',
    ],
  ])('fails with %s', (_what, handlers, message) => {
    expect(() => createDispatch(handlers as never, options)).toThrow(message);
  });
});

describe('a call', () => {
  it('is answered with what the handler gives', async () => {
    const { dispatch } = dispatching(({ role }) => Promise.resolve({ count: role.length }));
    await expect(dispatch('keys.count', { role: 'root' })).resolves.toEqual({
      ok: true,
      value: { count: 4 },
    });
  });

  it.each([
    'keys.wipe',
    'keys.changed',
    'keys.constructor',
    '__proto__.toString',
    'keys',
    '',
    'x'.repeat(5000),
  ])('that does not exist is refused: %.20s', async (name) => {
    const { dispatch } = dispatching(() => ({ count: 0 }));
    const reply = await dispatch(name, { role: 'root' });
    expect(reply).toEqual({
      ok: false,
      error: { code: 'ipc/refused', details: { channel: name.slice(0, 100) } },
    });
  });

  it('says where the input is wrong without repeating it', async () => {
    const { dispatch, log } = dispatching(() => ({ count: 0 }));
    const reply = await dispatch('keys.count', { role: 'my-passphrase-in-the-wrong-field' });
    expect(reply).toMatchObject({
      error: { code: 'ipc/invalid-input', details: { reason: 'role: too_big' } },
    });
    expect(JSON.stringify([reply, log.lines])).not.toContain('my-passphrase');
  });

  it('carries an outcome with its details and without its cause', async () => {
    const { dispatch, log } = dispatching(() => {
      throw new AppError(
        'keystore/key-not-found',
        { keyId: 'ab' },
        { cause: new Error('/home/kim/.docker') },
      );
    });
    const reply = await dispatch('keys.count', { role: 'root' });
    expect(reply).toEqual({ ok: false, error: { code: 'keystore/key-not-found', details: { keyId: 'ab' } } });
    expect(log.lines).toEqual([]);
  });

  it.each<[string, Count]>([
    [
      'throws',
      () => {
        throw new Error('secret detail');
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret detail'))],
    [
      'throws a text',
      () => {
        throw 'secret detail' as unknown as Error;
      },
    ],
    ['answers another shape', () => ({ total: 'secret detail' }) as never],
    ['answers nothing', () => undefined as never],
    ['answers a member too many', () => ({ count: 1, token: 'secret detail' })],
  ])('whose handler %s is an internal error with an ID, and a line in the log', async (_what, handler) => {
    const { dispatch, log } = dispatching(handler);
    const reply = await dispatch('keys.count', { role: 'root' });
    expect(reply).toEqual({ ok: false, error: { code: 'app/internal', details: { id: 'a1' } } });
    expect(log.lines).toMatchObject([{ level: 'error', message: 'keys.count failed: internal error a1' }]);
  });
});

describe('a modest input', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an object', { a: [1, 'x', true, null] }],
    ['an object without prototype', Object.create(null)],
    ['1,000 long references', Array<string>(1000).fill('r'.repeat(4096))],
    ['the deepest', deep(MAX_DEPTH)],
  ])('is %s', (_what, input) => expect(isModest(input)).toBe(true));

  it.each([
    ['too deep', deep(MAX_DEPTH + 1)],
    ['too long a text', 'x'.repeat(MAX_CHARACTERS + 1)],
    ['too many texts', Array<string>(9).fill('x'.repeat(500_001))],
    ['too long a name', { ['x'.repeat(MAX_CHARACTERS + 1)]: 1 }],
    ['too many values', Array<number>(MAX_VALUES).fill(1)],
    ['a cycle', cycle],
    ['bytes', new Uint8Array(1)],
    ['a map', new Map()],
    ['an object of a class', new URL('app://x')],
    ['a bigint', 1n],
    ['a symbol', Symbol('x')],
    ['a function', () => 1],
  ])('is not %s', (_what, input) => expect(isModest(input)).toBe(false));
});

describe('an event', () => {
  const status = { kind: 'stopped' } as const;

  it('is sent when it matches the contract', () => {
    const send = vi.fn();
    createEmit(send, recordingLog())('sandbox.changed', status);
    expect(send).toHaveBeenCalledExactlyOnceWith('sandbox.changed', status);
  });

  it.each([
    ['sandbox.changed', { kind: 'stopped', caKey: 'x' }],
    ['sandbox.changed', 'stopped'],
    ['sandbox.exploded', status],
    ['sandbox.start', undefined],
    ['constructor', undefined],
  ])('%s with %j is a bug: not sent, logged without its content', (name, payload) => {
    const send = vi.fn();
    const log = recordingLog();
    createEmit(send, log)(name as never, payload as never);
    expect(send).not.toHaveBeenCalled();
    expect(log.lines).toMatchObject([{ level: 'error' }]);
    expect(JSON.stringify(log.lines)).not.toContain('caKey');
  });
});
