/** Time-outs as a port, so that tests need no waiting. Runs in the privileged process. */
export interface Timers {
  /** Calls `action` after `ms` unless the returned function was called before. */
  readonly after: (ms: number, action: () => void) => () => void;
}

export const processTimers: Timers = {
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
