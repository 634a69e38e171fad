/**
 * Who may hold browser mode's one window, and when nobody does any more. Does no I/O: time and chance are given.
 *
 * SECURITY: every secret opens the door once. The window that is let in gets the next one, for a reload; when it leaves,
 * the person gets another by the terminal, for a tab that was closed by mistake. Both end with the next that is used.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { halvesOf } from '../../shared/ipc/socket.ts';
import type { Timers } from '../prompts/timers.ts';

/** A reload is back by then; after that the person is told how to come back. */
export const AWAY_MS = 3_000;
/** Counted from the moment when the window left. */
export const GONE_MS = 60_000;

/** SECURITY: both sides are hashed, so that neither length nor content shows in the time that this takes. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(a), digest(b));
}

export interface Sessions {
  /** The one-time token of the first address. */
  readonly firstToken: string;
  /**
   * Lets a window in that shows the first half of a secret, with the other half and the secret for its next time; or says why
   * not. The right one alone learns of `busy`.
   */
  readonly admit: (greeting: string) => Welcome | 'refused' | 'busy';
  /** The window that was let in has left. */
  readonly leave: () => void;
  /** Stops the clocks. */
  readonly end: () => void;
}

export interface Welcome {
  readonly welcome: string;
  readonly proof: string;
}

export interface SessionEvents {
  /** The window is not back yet; `token` opens a new one. */
  readonly onAway: (token: string) => void;
  readonly onGone: () => void;
}

/** `newToken` must be unguessable: 256 random bits. */
export function createSessions(
  newToken: () => string,
  timers: Timers,
  { onAway, onGone }: SessionEvents,
): Sessions {
  const firstToken = newToken();
  let secrets: readonly string[] = [firstToken];
  let taken = false;
  let stopClocks: readonly (() => void)[] = [];
  const end = () => {
    for (const stop of stopClocks) stop();
    stopClocks = [];
  };

  return {
    firstToken,
    admit: (greeting) => {
      // every secret is compared, whichever fits
      const [fitting] = secrets.map(halvesOf).filter((known) => sameSecret(known.greeting, greeting));
      if (fitting === undefined) return 'refused';
      if (taken) return 'busy';
      end();
      taken = true;
      const welcome = newToken();
      secrets = [welcome];
      return { welcome, proof: fitting.proof };
    },
    leave: () => {
      taken = false;
      const away = () => {
        const token = newToken();
        secrets = [...secrets, token];
        onAway(token);
      };
      stopClocks = [timers.after(AWAY_MS, away), timers.after(GONE_MS, onGone)];
    },
    end,
  };
}
