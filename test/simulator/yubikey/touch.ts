/** The finger: when it touches the software YubiKey. Test code with real time, because the reader's clients have it too. */

export const TOUCH_LIMIT_MS = 15_000;

/** `at once`, after some time, when told to, or not at all. */
export type Finger =
  { readonly kind: 'after'; readonly ms: number } | { readonly kind: 'by-hand' } | { readonly kind: 'never' };

export interface TouchSensor {
  /** True when it was touched in time, false when not, undefined when the card has left meanwhile. */
  wait(): Promise<boolean | undefined>;
  /** How many commands have asked for a touch so far. */
  readonly asked: number;
  readonly isWaiting: boolean;
  set(finger: Finger, limitMs?: number): void;
  /** Touches now, for `by-hand`. False when nothing waits for it. */
  touch(): boolean;
  leave(): void;
}

export function makeTouchSensor(): TouchSensor {
  let finger: Finger = { kind: 'after', ms: 0 };
  let limitMs = TOUCH_LIMIT_MS;
  let asked = 0;
  let settle: ((touched: boolean | undefined) => void) | undefined;
  const end = (touched: boolean | undefined): boolean => {
    const pending = settle;
    settle = undefined;
    pending?.(touched);
    return pending !== undefined;
  };
  return {
    get asked() {
      return asked;
    },
    get isWaiting() {
      return settle !== undefined;
    },
    wait: () => {
      asked += 1;
      return new Promise((resolve) => {
        const isTouched = finger.kind === 'after' && finger.ms <= limitMs;
        const wait = isTouched && finger.kind === 'after' ? finger.ms : limitMs;
        const timer = setTimeout(() => end(isTouched), wait);
        settle = (touched) => {
          clearTimeout(timer);
          resolve(touched);
        };
      });
    },
    set: (next, limit = TOUCH_LIMIT_MS) => {
      finger = next;
      limitMs = limit;
    },
    touch: () => end(true),
    leave: () => void end(undefined),
  };
}
