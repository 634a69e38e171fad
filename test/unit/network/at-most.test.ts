import { describe, expect, test } from 'vitest';
import { AtMost } from '../../../electron/network/at-most.ts';

/** Work that ends when it is told to, and says what is under way. */
function workshop() {
  const running = new Set<string>();
  let most = 0;
  const ends = new Map<string, () => void>();
  const work = (name: string) => (): Promise<string> => {
    running.add(name);
    most = Math.max(most, running.size);
    return new Promise((resolve) => {
      ends.set(name, () => {
        running.delete(name);
        resolve(name);
      });
    });
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { work, end, running: () => [...running], most: () => most };
}

describe('at most two at a time', () => {
  test('the others follow in their order', async () => {
    const turns = new AtMost(2);
    const { work, end, running, most } = workshop();
    const all = ['a', 'b', 'c', 'd'].map((name) => turns.run(work(name)));
    expect(running()).toEqual(['a', 'b']);
    await end('b');
    expect(running()).toEqual(['a', 'c']);
    await end('a');
    expect(running()).toEqual(['c', 'd']);
    await end('c');
    await end('d');
    expect([await Promise.all(all), most()]).toEqual([['a', 'b', 'c', 'd'], 2]);
  });

  test('a failure gives its place on', async () => {
    const turns = new AtMost(1);
    const fails = turns.run(() => Promise.reject(new Error('no')));
    const follows = turns.run(() => Promise.resolve('yes'));
    await expect(fails).rejects.toThrow('no');
    expect(await follows).toBe('yes');
  });

  test('who is cancelled while waiting never begins, and holds up nobody', async () => {
    const turns = new AtMost(1);
    const { work, end, running } = workshop();
    const cancel = new AbortController();
    const first = turns.run(work('first'));
    const cancelled = turns.run(work('cancelled'), cancel.signal);
    const last = turns.run(work('last'));
    const late = new AbortController();
    late.abort(new Error('too late'));
    const never = turns.run(work('never'), late.signal);
    cancel.abort(new Error('enough'));
    await expect(cancelled).rejects.toThrow('enough');
    await expect(never).rejects.toThrow('too late');
    await end('first');
    expect(running()).toEqual(['last']);
    await end('last');
    expect([await first, await last]).toEqual(['first', 'last']);
  });
});
