/** Plugging in and out, as the watch sees it: the real pcscd and libykcs11 between a software token and Trustdesk's desk. */
import { expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { openDesk } from '../lab/yubikey-desk.ts';
import { startYubikeyStack, yubikeyPeers } from '../lab/yubikey-stack.ts';
import type { TokenState } from '../../electron/yubikey/token-finder.ts';

const blue = 7_654_321;
const grey = 7_654_322;

/** `7654321 7654322`, or the state there is none in. */
const pluggedIn = (state: TokenState): string =>
  state.kind === 'ready'
    ? state.devices
        .map(({ serial }) => serial)
        .sort()
        .join(' ')
    : state.kind;

describeWithPeers('plugging in and out', yubikeyPeers, () => {
  const lab = useScope(async (scope) => {
    const stack = await startYubikeyStack(scope, { devices: [{ serial: blue }, { serial: grey }] });
    const [first, second] = stack.keys;
    return { ...(await openDesk(scope, stack)), first: first!, second: second! };
  });

  it('is seen each time and within a second, with one token and with two', async () => {
    const { desk, first, second } = lab();
    const seen: { readonly what: string; readonly at: number }[] = [];
    const problems: unknown[] = [];
    desk.watch(
      (state) => seen.push({ what: pluggedIn(state), at: performance.now() }),
      (error) => problems.push(error),
    );
    const sees = (what: string) =>
      expect.poll(() => seen.at(-1)?.what, { interval: 20, timeout: 10_000 }).toBe(what);
    await sees(`${blue} ${grey}`);
    const took: number[] = [];
    for (const [act, what] of [
      [() => second.remove(), `${blue}`],
      [() => first.remove(), 'no-token'],
      [() => second.insert(), `${grey}`],
      [() => first.insert(), `${blue} ${grey}`],
      [() => first.remove(), `${grey}`],
      [() => first.insert(), `${blue} ${grey}`],
    ] as const) {
      const begun = performance.now();
      await act();
      await sees(what);
      took.push((seen.at(-1)?.at ?? Infinity) - begun);
    }
    // The quickest counts: what a busy machine adds to the others is no work of the watch's.
    expect(Math.min(...took)).toBeLessThan(1_000);
    expect(problems).toEqual([]);
  });
});
