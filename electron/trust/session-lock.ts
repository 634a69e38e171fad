/**
 * The session lock of the window: whose passphrases are remembered, until when, and forgetting them. Privileged process.
 */
import type { LockState } from '../../shared/ipc/lock.ts';
import { PassphraseMemory, startRealTimer } from '../keystore/passphrase-memory.ts';

/** Everything is forgotten after a quarter of an hour without use. */
export const AUTO_LOCK_MS = 15 * 60 * 1000;

export class SessionLock {
  readonly memory: PassphraseMemory;
  readonly #owners = new Map<string, string>();
  readonly #now: () => Date;
  #locksAt: number | undefined;

  constructor(now: () => Date, onChanged: (state: LockState) => void) {
    this.#now = now;
    this.memory = new PassphraseMemory({
      autoLockMs: AUTO_LOCK_MS,
      // The memory starts its timer anew at every use: that is when the state changes.
      startTimer: (ms, work) => {
        this.#locksAt = this.#now().getTime() + ms;
        const cancel = startRealTimer(ms, work);
        queueMicrotask(() => onChanged(this.state()));
        return cancel;
      },
      onLocked: () => onChanged(this.state()),
    });
  }

  /** Remembers what a key is called, for the state that the window shows. */
  name(keyId: string, owner: string): void {
    this.#owners.set(keyId, owner);
  }

  state(): LockState {
    const unlocked = this.memory.keyIds.map((keyId) => ({ keyId, owner: this.#owners.get(keyId) ?? 'key' }));
    if (unlocked.length === 0 || this.#locksAt === undefined) return { unlocked };
    return { unlocked, locksAt: this.#locksAt };
  }

  lock(): LockState {
    this.memory.lock();
    return this.state();
  }
}
