/** A PIN or PUK with its tries. Part of the software YubiKey; pure. */
import { refuse, sw, triesLeft } from './apdu.ts';

export const REFERENCE_SIZE = 8;
const SHORTEST = 6;
const PADDING = 0xff;
export const FACTORY_TRIES = 3;

export const padReference = (text: string): Buffer =>
  Buffer.concat([Buffer.from(text), Buffer.alloc(REFERENCE_SIZE, PADDING)]).subarray(0, REFERENCE_SIZE);

export class PinReference {
  readonly #factory: Buffer;
  /** What the try answers that uses up the last one: 6983 or 63C0. Firmware differs, clients must take both. */
  lastTry: number;
  #value: Buffer;
  #most = FACTORY_TRIES;
  #left = FACTORY_TRIES;

  constructor(factory: string, lastTry: number) {
    this.#factory = padReference(factory);
    this.#value = this.#factory;
    this.lastTry = lastTry;
  }

  get triesLeft(): number {
    return this.#left;
  }

  get mostTries(): number {
    return this.#most;
  }

  get isBlocked(): boolean {
    return this.#left === 0;
  }

  get isFactory(): boolean {
    return this.#value.equals(this.#factory);
  }

  /** Uses up a try unless it is right. */
  check(candidate: Buffer): void {
    if (this.isBlocked) refuse(sw.blocked);
    if (candidate.equals(this.#value)) {
      this.#left = this.#most;
      return;
    }
    this.#left -= 1;
    refuse(this.#left === 0 ? this.lastTry : triesLeft(this.#left));
  }

  /** Sets a new value, with all its tries. Six to eight bytes, filled up with FF. */
  set(value: Buffer): void {
    const end = value.indexOf(PADDING);
    const length = end === -1 ? value.length : end;
    const isPadded = value.subarray(length).every((byte) => byte === PADDING);
    if (value.length !== REFERENCE_SIZE || length < SHORTEST || !isPadded) refuse(sw.wrongData);
    this.#value = Buffer.from(value);
    this.#left = this.#most;
  }

  /** Back to the factory's value, with so many tries. */
  restore(tries = FACTORY_TRIES): void {
    this.#value = this.#factory;
    this.#most = tries;
    this.#left = tries;
  }
}
