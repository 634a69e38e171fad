/** Tokens over time: every change is told, with the keys that came or went, and a token that cannot be read has none. */
import { describe, expect, it, vi } from 'vitest';
import type { YubikeyState } from '../../../shared/ipc/yubikey.ts';
import { AppError } from '../../../shared/errors.ts';
import type { TokenDesk } from '../../../electron/yubikey/token-desk.ts';
import type { TokenState } from '../../../electron/yubikey/token-finder.ts';
import type { TokenKey } from '../../../electron/yubikey/token-keys.ts';
import { TokenWatch } from '../../../electron/yubikey/token-watch.ts';

const ready: TokenState = { kind: 'ready', library: '/lib/x.so', devices: [] };
const key = { serial: '1', slot: '9a', keyId: 'ab'.repeat(32), isCertain: true } as TokenKey;

function open() {
  let tell: (state: TokenState) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const desk = {
    look: vi.fn(() => Promise.resolve<TokenState>({ kind: 'no-service' })),
    keys: vi.fn(() => Promise.resolve<readonly TokenKey[]>([])),
    factoryValues: () => [],
    watch: vi.fn((onChanged: typeof tell, onError: typeof fail) => {
      tell = onChanged;
      fail = onError;
    }),
  };
  const heard: YubikeyState['kind'][] = [];
  const onKeys = vi.fn();
  const onProblem = vi.fn();
  const watch = new TokenWatch({
    desk: desk as unknown as TokenDesk,
    onChanged: ({ kind }) => heard.push(kind),
    onKeys,
    onProblem,
  });
  return {
    desk,
    heard,
    onKeys,
    onProblem,
    watch,
    tell: (state: TokenState) => tell(state),
    fail: () => fail('x'),
  };
}

describe('watching tokens', () => {
  it('begins with the first question, and once', async () => {
    const { watch, desk } = open();
    expect(desk.watch).not.toHaveBeenCalled();
    expect(await watch.state()).toEqual({ kind: 'no-service' });
    await watch.state();
    expect(desk.watch).toHaveBeenCalledOnce();
  });

  it('begins anew after it ended', async () => {
    const { watch, desk, fail, onProblem } = open();
    await watch.state();
    fail();
    expect(onProblem).toHaveBeenCalledWith('x');
    await watch.state();
    expect(desk.watch).toHaveBeenCalledTimes(2);
  });

  it('tells of a token at once, and again when its keys are known', async () => {
    const { watch, desk, heard, onKeys, tell } = open();
    await watch.state();
    desk.keys.mockResolvedValue([key]);
    tell(ready);
    expect(heard).toEqual(['ready']);
    await vi.waitFor(() => expect(heard).toEqual(['ready', 'ready']));
    expect(onKeys).toHaveBeenCalledOnce();
    expect(watch.keys).toEqual([key]);
    tell(ready);
    await vi.waitFor(() => expect(heard).toHaveLength(3));
    expect(onKeys).toHaveBeenCalledOnce();
  });

  it('has no keys any more when the token left', async () => {
    const { watch, desk, onKeys, tell } = open();
    await watch.state();
    desk.keys.mockResolvedValue([key]);
    tell(ready);
    await vi.waitFor(() => expect(watch.keys).toEqual([key]));
    tell({ kind: 'no-token', library: '/lib/x.so' });
    await vi.waitFor(() => expect(watch.keys).toEqual([]));
    expect(onKeys).toHaveBeenCalledTimes(2);
  });

  it('offers nothing from a token that cannot be read, and says why', async () => {
    const { watch, desk, onProblem, tell } = open();
    await watch.state();
    const error = new AppError('yubikey/not-responding', { seconds: 30 });
    desk.keys.mockRejectedValue(error);
    tell(ready);
    await vi.waitFor(() => expect(onProblem).toHaveBeenCalledWith(error));
    expect(watch.keys).toEqual([]);
  });
});
