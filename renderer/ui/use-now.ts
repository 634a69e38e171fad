/** The clock of the window: one timer for everything that shows an age. */
import { useSyncExternalStore } from 'react';

const tick = 15_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function advance(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(advance, tick);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

function read(): number {
  return now;
}

/** Milliseconds since the epoch, renewed every 15 seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read, read);
}
