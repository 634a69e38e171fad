/** The app's end of the token process: time limits, crashes, nonsense, cancelling, and secrets that do not stay. */
import { expect, describe, it } from 'vitest';
import { TokenClient } from '../../../electron/yubikey/token-client.ts';
import type { TokenLink } from '../../../electron/yubikey/token-link.ts';

interface Process {
  readonly sent: { number: number; request: { op: string } }[];
  readonly answer: (value: unknown) => void;
  readonly end: (reason: string) => void;
  isKilled: boolean;
}

/** A client whose processes do what the test says; `open` is answered by itself. */
function openClient(onSent: (process: Process, number: number, op: string) => void = () => undefined) {
  const processes: Process[] = [];
  const timers: { ms: number; fire: () => void; isOff: boolean }[] = [];
  const client = new TokenClient(
    () => {
      let answer: (value: unknown) => void = () => undefined;
      let ended: (reason: string) => void = () => undefined;
      const process: Process = {
        sent: [],
        answer: (value) => answer(value),
        end: (reason) => ended(reason),
        isKilled: false,
      };
      processes.push(process);
      return {
        send: (value) => {
          const message = structuredClone(value) as Process['sent'][number];
          process.sent.push(message);
          const { number, request } = message;
          queueMicrotask(() => {
            if (request.op === 'open') {
              const facts = { manufacturer: 'm', description: 'd', version: '2.20' };
              answer({ ok: true, number, answer: facts });
            } else onSent(process, number, request.op);
          });
        },
        onMessage: (listener) => void (answer = listener),
        onEnd: (listener) => void (ended = listener),
        kill: () => {
          process.isKilled = true;
          ended('SIGKILL');
        },
      } satisfies TokenLink;
    },
    (ms, fire) => {
      const timer = { ms, fire, isOff: false };
      timers.push(timer);
      return () => void (timer.isOff = true);
    },
  );
  return { client, processes, timers };
}

const answered = (process: Process, number: number) => process.answer({ ok: true, number, answer: [] });
const devices = { op: 'devices' } as const;

describe('requests to the token process', () => {
  it('start it once, and again for another library', async () => {
    const { client, processes } = openClient(answered);
    await client.request('/a', devices);
    await client.request('/a', devices);
    expect(processes).toHaveLength(1);
    await client.request('/b', devices);
    expect(processes.map(({ isKilled }) => isKilled)).toEqual([true, false]);
  });

  it('go out one after the other, each with its own time', async () => {
    const waiting: (() => void)[] = [];
    const { client, processes, timers } = openClient((process, number) => {
      waiting.push(() => answered(process, number));
    });
    const both = [client.request('/a', devices), client.request('/a', devices)];
    await expect.poll(() => waiting.length).toBe(1);
    expect(client.isBusy).toBe(true);
    expect(timers.filter(({ isOff }) => !isOff)).toHaveLength(1);
    waiting[0]?.();
    await expect.poll(() => waiting.length).toBe(2);
    waiting[1]?.();
    await Promise.all(both);
    expect(client.isBusy).toBe(false);
    expect(processes[0]?.sent.map(({ request }) => request.op)).toEqual(['open', 'devices', 'devices']);
    expect(timers.every(({ isOff }) => isOff)).toBe(true);
  });

  it('fail when it blocks; it is killed, and the next request starts another', async () => {
    let isBlocked = true;
    const { client, processes, timers } = openClient((process, number) => {
      if (!isBlocked) answered(process, number);
      else queueMicrotask(() => timers.at(-1)?.fire());
    });
    await expect(client.request('/a', devices)).rejects.toMatchObject({
      code: 'yubikey/not-responding',
      details: { seconds: 10 },
    });
    expect(processes[0]?.isKilled).toBe(true);
    isBlocked = false;
    await expect(client.request('/a', devices)).resolves.toEqual([]);
    expect(processes).toHaveLength(2);
  });

  it('fail when it crashes, with why; the next request starts another', async () => {
    const { client, processes } = openClient((process, number) => {
      if (processes.length === 1) process.end('SIGSEGV');
      else answered(process, number);
    });
    await expect(client.request('/a', devices)).rejects.toMatchObject({
      code: 'yubikey/process-ended',
      details: { reason: 'SIGSEGV' },
    });
    await expect(client.request('/a', devices)).resolves.toEqual([]);
  });

  it.each([
    ['nonsense', 'hello'],
    ['a reply without a number', { ok: true, answer: [] }],
    [
      'an error that is no outcome of tokens',
      { ok: false, number: 2, error: { code: '__proto__', details: {} } },
    ],
    ['an answer of another shape', { ok: true, number: 2, answer: [{ serial: 1 }] }],
  ])('are not taken in by %s', async (_, reply) => {
    const { client } = openClient((process) => process.answer(reply));
    await expect(client.request('/a', devices)).rejects.toThrow();
  });

  it('end with the process when they are cancelled: a touch cannot be called back', async () => {
    const controller = new AbortController();
    const { client, processes } = openClient((_, __, op) => {
      if (op === 'sign') controller.abort();
    });
    const request = { op: 'sign', holder: 'a', serial: '1', id: '01', digest: new Uint8Array(32) } as const;
    await expect(client.request('/a', request, controller.signal)).rejects.toMatchObject({
      code: 'prompt/cancelled',
    });
    expect(processes[0]?.isKilled).toBe(true);
    await expect(client.request('/a', request, controller.signal)).rejects.toMatchObject({
      code: 'prompt/cancelled',
    });
  });

  it('zero their secrets when they are over, and nothing else', async () => {
    const { client } = openClient((process, number, op) =>
      process.answer({ ok: true, number, answer: op === 'sign' ? { signature: new Uint8Array(64) } : {} }),
    );
    const pin = new TextEncoder().encode('123456');
    const scalar = new Uint8Array(32).fill(7);
    const digest = new Uint8Array(32).fill(9);
    await client.request('/a', { op: 'sign', holder: 'a', serial: '1', id: '01', digest, pin });
    const key = { kind: 'ec', curve: 'P-256', scalar } as const;
    await client.request('/a', {
      op: 'put',
      holder: 'a',
      serial: '1',
      id: '01',
      label: 'x',
      key,
      replace: false,
    });
    await client.request('/a', { op: 'logout' });
    expect([...pin, ...scalar].every((byte) => byte === 0)).toBe(true);
    expect([...digest].every((byte) => byte === 9)).toBe(true);
  });

  it('end the process when it could not lock its tokens', async () => {
    const { client, processes } = openClient((process, number, op) => {
      const error = { code: 'yubikey/refused', details: { serial: '1', call: 'C_Logout', reason: 'x' } };
      if (op === 'logout') process.answer({ ok: false, number, error });
      else answered(process, number);
    });
    await expect(client.request('/a', { op: 'logout' })).rejects.toMatchObject({ code: 'yubikey/refused' });
    expect([processes[0]?.isKilled, client.isRunning]).toEqual([true, false]);
  });

  it('have it lock its tokens before it is ended, and end it all the same when it does not answer', async () => {
    let isAnswering = true;
    const { client, processes, timers } = openClient((process, number, op) => {
      if (op === 'close' && isAnswering) process.answer({ ok: true, number, answer: {} });
      else if (op === 'devices') answered(process, number);
    });
    await client.request('/a', devices);
    client.end();
    await expect.poll(() => processes[0]?.isKilled).toBe(true);
    expect(processes[0]?.sent.at(-1)?.request.op).toBe('close');
    isAnswering = false;
    await client.request('/a', devices);
    client.close();
    expect(processes[1]?.isKilled).toBe(false);
    timers.at(-1)?.fire();
    await expect.poll(() => processes[1]?.isKilled).toBe(true);
    await expect(client.request('/a', devices)).rejects.toMatchObject({ code: 'yubikey/process-ended' });
    expect(processes).toHaveLength(2);
  });
});
