/**
 * Who may use a token that is logged in. Token process; no I/O.
 * SECURITY: PKCS#11 logs in a whole process, so that one piece of work that entered the PIN would unlock the token for all
 * that run at the same time. Here a login belongs to the one who made it, unless the person wanted it kept for everybody.
 */
export class Logins {
  readonly #holders = new Set<string>();
  #isKept = false;

  /** Nobody may. */
  get isEmpty(): boolean {
    return !this.#isKept && this.#holders.size === 0;
  }

  get isKept(): boolean {
    return this.#isKept;
  }

  allows(holder: string): boolean {
    return this.#isKept || this.#holders.has(holder);
  }

  add(holder: string, keep: boolean): void {
    this.#holders.add(holder);
    if (keep) this.#isKept = true;
  }

  /** Of one, or of everybody. */
  remove(holder: string | undefined): void {
    if (holder === undefined) this.clear();
    else this.#holders.delete(holder);
  }

  clear(): void {
    this.#holders.clear();
    this.#isKept = false;
  }

  /** Those of before, after the library had to be logged out for a moment. */
  snapshot(): () => void {
    const [holders, isKept] = [[...this.#holders], this.#isKept];
    return () => {
      for (const holder of holders) this.#holders.add(holder);
      this.#isKept ||= isKept;
    };
  }
}
