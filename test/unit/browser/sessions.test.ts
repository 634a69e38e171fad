/** Who may hold the one window of browser mode, and when it ends. */
import { describe, expect, it, vi } from 'vitest';
import { AWAY_MS, createSessions, GONE_MS, sameSecret } from '../../../electron/browser/sessions.ts';
import { manualTimers } from '../../fakes/manual-timers.ts';

function sessions() {
  const timers = manualTimers();
  const onAway = vi.fn<(token: string) => void>();
  const onGone = vi.fn();
  let last = 0;
  const made = createSessions(() => secretOf(`token-${++last}`), timers, { onAway, onGone });
  return { timers, onAway, onGone, ...made, admit: (name: string) => made.admit(greetingOf(name)) };
}

/** As long as a real one, with halves that differ. */
const secretOf = (name: string): string => `${name.padEnd(22, '-')}proof-of-${name}`;
const greetingOf = (name: string): string => name.padEnd(22, '-');
const welcomeOf = (name: string, next: string) => ({ welcome: secretOf(next), proof: `proof-of-${name}` });

describe('a window', () => {
  it('comes in with the first token and gets the secret for its next time', () => {
    const { admit, firstToken } = sessions();
    expect(firstToken).toBe(secretOf('token-1'));
    expect(admit('token-1')).toEqual(welcomeOf('token-1', 'token-2'));
  });

  it.each(['', 'token-', 'token-11', 'TOKEN-1', 'token-2', 'constructor', 'x'.repeat(100_000)])(
    'does not come in with %.12j',
    (secret) => {
      const { admit } = sessions();
      expect(admit(secret)).toBe('refused');
      expect(admit('token-1')).toEqual(welcomeOf('token-1', 'token-2'));
    },
  );

  it('does not come in with a whole secret, its second half, or nothing', () => {
    const { admit, firstToken } = sessions();
    for (const shown of [firstToken, 'proof-of-token-1']) expect(admit(shown)).toBe('refused');
  });

  it('cannot use the token twice', () => {
    const { admit, leave } = sessions();
    admit('token-1');
    expect(admit('token-1')).toBe('refused');
    leave();
    expect(admit('token-1')).toBe('refused');
    expect(admit('token-2')).toEqual(welcomeOf('token-2', 'token-3'));
    leave();
    expect(admit('token-2')).toBe('refused');
  });

  it('is the only one: a second is told so only with the right secret', () => {
    const { admit, leave } = sessions();
    admit('token-1');
    expect(admit('token-2')).toBe('busy');
    expect(admit('guess')).toBe('refused');
    leave();
    expect(admit('token-2')).toEqual(welcomeOf('token-2', 'token-3'));
  });
});

describe('a window that left', () => {
  it('ends everything after a minute', () => {
    const { admit, leave, timers, onGone } = sessions();
    admit('token-1');
    timers.advance(10 * GONE_MS);
    leave();
    timers.advance(GONE_MS - 1);
    expect(onGone).not.toHaveBeenCalled();
    timers.advance(1);
    expect(onGone).toHaveBeenCalledOnce();
  });

  it('ends nothing when it comes back, and the clock starts anew', () => {
    const { admit, leave, timers, onGone, onAway } = sessions();
    admit('token-1');
    leave();
    timers.advance(AWAY_MS - 1);
    admit('token-2');
    timers.advance(10 * GONE_MS);
    expect([onAway.mock.calls.length, onGone.mock.calls.length, timers.pending()]).toEqual([0, 0, 0]);
    leave();
    timers.advance(GONE_MS);
    expect(onGone).toHaveBeenCalledOnce();
  });

  it('can be opened anew from the terminal; what was valid before ends then', () => {
    const { admit, leave, timers, onAway, onGone } = sessions();
    admit('token-1');
    leave();
    timers.advance(AWAY_MS);
    expect(onAway.mock.calls).toEqual([[secretOf('token-3')]]);
    expect(admit('token-3')).toEqual(welcomeOf('token-3', 'token-4'));
    leave();
    expect(admit('token-2')).toBe('refused');
    expect(onGone).not.toHaveBeenCalled();
  });

  it('was never there: nothing ends before the first window', () => {
    const { timers, onGone } = sessions();
    timers.advance(100 * GONE_MS);
    expect(onGone).not.toHaveBeenCalled();
  });

  it('leaves no clock behind at the end', () => {
    const { admit, leave, end, timers } = sessions();
    admit('token-1');
    leave();
    end();
    expect(timers.pending()).toBe(0);
  });
});

it.each([
  ['same', 'same', true],
  ['same', 'samE', false],
  ['same', 'sam', false],
  ['', '', true],
  ['', 'x', false],
  ['é', 'e\u0301', false],
])('%j and %j: %s', (a, b, same) => expect(sameSecret(a, b)).toBe(same));
