/**
 * Passphrases remembered for the session, per key, with an auto-lock timer. Privileged process; memory only.
 * SECURITY: everything in here is wiped when it is forgotten, locked or replaced.
 */
import type { SecretBytes } from './secret-bytes.ts';

/** Calls `work` after `ms`; the answer cancels. A port, so that tests need no waiting. */
export type StartTimer = (ms: number, work: () => void) => () => void;

export const startRealTimer: StartTimer = (ms, work) => {
  const timer = setTimeout(work, ms);
  // A remembered passphrase must not keep the command line running.
  timer.unref();
  return () => clearTimeout(timer);
};

export interface PassphraseMemoryOptions {
  /** Everything is forgotten after this long without use. `undefined`: only by `lock`. */
  readonly autoLockMs?: number | undefined;
  readonly startTimer?: StartTimer;
  /** Told whenever something was forgotten by the timer or by `lock`. */
  readonly onLocked?: () => void;
}

export class PassphraseMemory {
  readonly #passphrases = new Map<string, SecretBytes>();
  readonly #startTimer: StartTimer;
  readonly #onLocked: () => void;
  #autoLockMs: number | undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(options: PassphraseMemoryOptions = {}) {
    this.#autoLockMs = options.autoLockMs;
    this.#startTimer = options.startTimer ?? startRealTimer;
    this.#onLocked = options.onLocked ?? (() => undefined);
  }

  /** A copy for the caller to wipe, or undefined. Counts as use: the auto-lock timer starts anew. */
  recall(keyId: string): SecretBytes | undefined {
    const found = this.#passphrases.get(keyId)?.copy();
    if (found !== undefined) this.#restartTimer();
    return found;
  }

  /** Keeps a copy. */
  remember(keyId: string, passphrase: SecretBytes): void {
    this.#passphrases.get(keyId)?.wipe();
    this.#passphrases.set(keyId, passphrase.copy());
    this.#restartTimer();
  }

  has(keyId: string): boolean {
    return this.#passphrases.has(keyId);
  }

  /** Of whom something is remembered. */
  get keyIds(): readonly string[] {
    return [...this.#passphrases.keys()];
  }

  get size(): number {
    return this.#passphrases.size;
  }

  forget(keyId: string): void {
    this.#passphrases.get(keyId)?.wipe();
    this.#passphrases.delete(keyId);
    if (this.#passphrases.size === 0) this.#cancelTimer();
  }

  /** Forgets everything: the lock button, the lock screen, the end of the session. */
  lock(): void {
    this.#cancelTimer();
    const hadAny = this.#passphrases.size > 0;
    for (const passphrase of this.#passphrases.values()) passphrase.wipe();
    this.#passphrases.clear();
    if (hadAny) this.#onLocked();
  }

  /** Changes the time to auto-lock, counting from now. */
  setAutoLock(ms: number | undefined): void {
    this.#autoLockMs = ms;
    this.#restartTimer();
  }

  #restartTimer(): void {
    this.#cancelTimer();
    if (this.#autoLockMs === undefined || this.#passphrases.size === 0) return;
    this.#cancelTimer = this.#startTimer(this.#autoLockMs, () => this.lock());
  }
}
