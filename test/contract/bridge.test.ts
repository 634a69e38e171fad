/** The bridge that the window calls: exactly the contract's names, outcomes as `AppError`, nothing inherited. */
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import type * as z from 'zod/mini';
import {
  createBridge,
  exposedTransport,
  type Bridge,
  type Reply,
  type Transport,
} from '../../shared/ipc/bridge.ts';
import { callNames, channelOf, eventNames } from '../../shared/ipc/channels.ts';
import { contract } from '../../shared/ipc/contract.ts';
import type { list } from '../../shared/ipc/keys.ts';
import { hasCode } from '../../shared/errors.ts';

const replying = (reply: Reply): Transport => ({
  invoke: () => Promise.resolve(reply),
  listen: () => () => undefined,
});

describe('names', () => {
  it('are noun.verb, one channel each', () => {
    const all = [...callNames, ...eventNames];
    expect(all).toContain('repositories.registryDigests');
    expect(new Set(all.map(channelOf)).size).toBe(all.length);
    for (const name of all) expect(name).toMatch(/^[a-z]+\.[a-zA-Z]+$/);
  });

  it('are exactly what the bridge has', () => {
    expectTypeOf<Bridge['keys']['list']>().toEqualTypeOf<() => Promise<z.output<typeof list>>>();
    expectTypeOf<Parameters<Bridge['repositories']['detail']>>().toEqualTypeOf<[input: { gun: string }]>();
    expectTypeOf<Bridge['sandbox']>().not.toHaveProperty('changed');
    expectTypeOf<Parameters<Bridge['on']>[0]>().toEqualTypeOf<(typeof eventNames)[number]>();

    const bridge = createBridge(contract, replying({ ok: true, value: undefined }));
    const found = Object.entries(bridge).flatMap(([noun, verbs]) =>
      noun === 'on' ? [] : Object.keys(verbs).map((verb) => `${noun}.${verb}`),
    );
    expect(found.sort()).toEqual([...callNames].sort());
    expect(Object.isFrozen(bridge)).toBe(true);
  });
});

describe('calls', () => {
  it('bring name and input across and give the value back', async () => {
    const invoke = vi.fn(() => Promise.resolve({ ok: true as const, value: { tags: [] } }));
    const bridge = createBridge(contract, { ...replying({ ok: true, value: 0 }), invoke });
    await expect(bridge.repositories.tags({ gun: 'localhost:5000/app' })).resolves.toEqual({ tags: [] });
    expect(invoke).toHaveBeenCalledExactlyOnceWith('repositories.tags', { gun: 'localhost:5000/app' });
  });

  it('reject with the outcome of the other side', async () => {
    const error = { code: 'trust/expired', details: { role: 'targets', expiredAt: '2026-01-01' } } as const;
    const failure: unknown = await createBridge(contract, replying({ ok: false, error }))
      .keys.list()
      .catch((thrown: unknown) => thrown);
    expect(hasCode(failure, 'trust/expired') && failure.details).toEqual(error.details);
  });
});

describe('what the preload exposed', () => {
  it.each(['constructor', '__proto__', 'toString', 'keys.nope'])('does not answer to %s', async (name) => {
    const transport = exposedTransport({ calls: {}, events: {} });
    await expect(transport.invoke(name, undefined)).rejects.toThrow('not in the contract');
    expect(() => transport.listen(name, () => undefined)).toThrow('not in the contract');
  });
});
