/** A clock that a test moves by hand. */
import type { Timers } from '../../electron/prompts/timers.ts';

export interface ManualTimers extends Timers {
  /** Lets `ms` pass and runs what is due, in order. */
  readonly advance: (ms: number) => void;
  readonly pending: () => number;
}

export function manualTimers(): ManualTimers {
  let now = 0;
  let waiting: { readonly at: number; readonly action: () => void }[] = [];
  return {
    after: (ms, action) => {
      const entry = { at: now + ms, action };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    advance: (ms) => {
      const end = now + ms;
      for (;;) {
        const due = waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        waiting = waiting.filter((other) => other !== due);
        now = due.at;
        due.action();
      }
      now = end;
    },
    pending: () => waiting.length,
  };
}
