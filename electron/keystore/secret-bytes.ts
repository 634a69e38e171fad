/**
 * Secret bytes (private keys, passphrases, derived keys) in a type that does not travel: it cannot be printed,
 * serialised or cloned, and it can be wiped. Privileged process only; must never be sent over the bridge.
 *
 * What this cannot do: a JavaScript string that a passphrase came from, and copies OpenSSL keeps while it works,
 * are out of reach. So keep secrets in here from the first moment, for as short as possible.
 */
import { inspect } from 'node:util';

const REDACTED = '[secret]';

export class SecretBytes {
  // SECURITY: a true private field; invisible to inspect, Object.keys, JSON and spread.
  #bytes: Uint8Array | undefined;

  /** SECURITY: an own enumerable function makes structuredClone, postMessage and v8.serialize throw. */
  readonly doesNotTravel = (): never => {
    throw new Error('secret bytes do not travel');
  };

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Takes ownership: the caller must not keep or change `bytes`, which are zeroed by `wipe`. */
  static take(bytes: Uint8Array): SecretBytes {
    return new SecretBytes(bytes);
  }

  /** Copies; the caller stays responsible for wiping its own bytes. */
  static copyOf(bytes: Uint8Array): SecretBytes {
    return new SecretBytes(Uint8Array.from(bytes));
  }

  /** The UTF-8 bytes of a passphrase, as docker and notary use it (no normalisation, no trimming). */
  static fromText(text: string): SecretBytes {
    return new SecretBytes(new TextEncoder().encode(text));
  }

  /**
   * Lends the bytes to `work`, which must neither keep nor return them. Throws after `wipe`.
   * This is the one way to the bytes, so an auditor can list every use.
   */
  use<T>(work: (bytes: Uint8Array) => T): T {
    if (this.#bytes === undefined) throw new Error('secret bytes were used after being wiped');
    return work(this.#bytes);
  }

  get length(): number {
    return this.use((bytes) => bytes.length);
  }

  get isWiped(): boolean {
    return this.#bytes === undefined;
  }

  /** An independent copy with a life of its own. */
  copy(): SecretBytes {
    return this.use((bytes) => SecretBytes.copyOf(bytes));
  }

  /** Equality without an early exit; lengths may differ. */
  equals(other: SecretBytes): boolean {
    return this.use((a) =>
      other.use((b) => {
        let difference = a.length ^ b.length;
        for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
        return difference === 0;
      }),
    );
  }

  /** Overwrites the bytes with zeros and forgets them. Safe to call twice. */
  wipe(): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
