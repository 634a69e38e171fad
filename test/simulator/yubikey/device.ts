/**
 * One software YubiKey: card, finger, planned failures and a log, plugged into a virtual reader or lying on the table.
 * Test code. The log names commands and answers, never what they carried.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Card, ins } from './card.ts';
import { makeFailurePlan, type Failure } from './failures.ts';
import { makePivState, type PivOptions } from './piv-state.ts';
import { makeTouchSensor } from './touch.ts';
import { plugIn, type Plugged } from './vpcd.ts';

export interface LogEntry {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** How many bytes the command carried. */
  readonly length: number;
  /** Status as hex; undefined when the card left without an answer. */
  readonly sw: string | undefined;
}

export interface DeviceState {
  readonly serial: number;
  readonly firmware: string;
  readonly isPlugged: boolean;
  readonly isWaitingForTouch: boolean;
  readonly touchesAsked: number;
  readonly pinTries: number;
  readonly pukTries: number;
  /** Whoever reaches the card now can use its keys without a PIN. */
  readonly isPinVerified: boolean;
  /** VERIFY commands that carried a PIN: each could have used up a try. */
  readonly pinsSent: number;
  readonly apdus: number;
  readonly keys: Readonly<
    Record<
      string,
      { readonly algorithm: string; readonly origin: string; readonly pin: string; readonly touch: string }
    >
  >;
  /** IDs of data objects that are there. */
  readonly objects: readonly string[];
}

/** The reader looks every 400 ms: a key that was away for less was never away to it, and gets no power again. */
const UNNOTICED_MS = 600;
/** How often a reader that has too much to do may miss that the key was away. */
const LONGEST_BLINDNESS = 10;
/** Power comes with the next look; without it, it is tried again. */
const POWER_LIMIT_MS = 2_000;
const LONGEST_LOG = 5_000;

export class Device {
  readonly card: Card;
  readonly touch = makeTouchSensor();
  readonly failures = makeFailurePlan();
  readonly #port: number;
  #plugged: Plugged | undefined;
  #removedAt = -Infinity;
  #log: LogEntry[] = [];
  #apdus = 0;
  #pinsSent = 0;
  #inserting: Promise<void> | undefined;

  constructor(port: number, options: PivOptions = {}) {
    this.#port = port;
    this.card = new Card(makePivState(options));
  }

  /** Resolves when the reader has given it power: from then on clients find it. */
  insert(): Promise<void> {
    this.#inserting ??= this.#untilNoticed().finally(() => (this.#inserting = undefined));
    return this.#inserting;
  }

  async #untilNoticed(): Promise<void> {
    for (let tries = 0; tries < LONGEST_BLINDNESS && this.#plugged === undefined; tries++) {
      await pause(Math.max(0, this.#removedAt + UNNOTICED_MS - performance.now()));
      const began = await this.#plugIn();
      if (began === 'on') return;
      this.remove();
      if (began === undefined) throw new Error('the reader gave no power');
    }
    if (this.#plugged === undefined) throw new Error('the reader does not notice that the key was away');
  }

  /**
   * The first thing that the reader did to it: a reader that noticed it gives power. One that resets it, because a client
   * wants that, believes that it was there all the time, and is as yet to find out otherwise. Undefined: nothing in time.
   */
  async #plugIn(): Promise<'on' | 'reset' | 'off' | undefined> {
    let began: (event: 'on' | 'reset' | 'off') => void = () => undefined;
    const first = new Promise<'on' | 'reset' | 'off'>((resolve) => (began = resolve));
    let wasOn = false;
    const plugged: Plugged = await plugIn(this.#port, {
      atr: () => this.card.atr,
      onPower: (event) => {
        this.card.reset();
        began(event);
        // What was not noticed must not answer any client.
        if (event === 'on') wasOn = true;
        else if (!wasOn) plugged.unplug();
      },
      onApdu: (apdu) => this.#answer(apdu),
      // An older connection may end after the next one has begun.
      onGone: () => {
        if (this.#plugged === plugged) this.remove();
      },
    });
    this.#plugged = plugged;
    const limit = new AbortController();
    const tooLate = pause(POWER_LIMIT_MS, undefined, { signal: limit.signal }).catch(() => undefined);
    const event = await Promise.race([first, tooLate]);
    limit.abort();
    return event;
  }

  remove(): void {
    const plugged = this.#plugged;
    if (plugged !== undefined) this.#removedAt = performance.now();
    this.#plugged = undefined;
    this.touch.leave();
    this.card.reset();
    plugged?.unplug();
  }

  get log(): readonly LogEntry[] {
    return this.#log;
  }

  clearLog(): void {
    this.#log = [];
    this.#apdus = 0;
    this.#pinsSent = 0;
  }

  fail(failure: Failure | undefined): void {
    this.failures.set(failure);
  }

  /** The status of the try that blocks PIN or PUK. */
  setLastTry(status: '6983' | '63c0'): void {
    for (const reference of [this.card.piv.pin, this.card.piv.puk])
      reference.lastTry = Number.parseInt(status, 16);
  }

  get state(): DeviceState {
    const { piv } = this.card;
    const keys = [...piv.keys].map(([slot, key]) => {
      const { material, origin, pinPolicy: pin, touchPolicy: touch } = key;
      return [slot.toString(16), { algorithm: material.algorithm, origin, pin, touch }] as const;
    });
    return {
      ...{ serial: piv.serial, firmware: piv.firmware, isPlugged: this.#plugged !== undefined },
      ...{ isWaitingForTouch: this.touch.isWaiting, touchesAsked: this.touch.asked },
      ...{ pinTries: piv.pin.triesLeft, pukTries: piv.puk.triesLeft },
      isPinVerified: piv.session.pinVerified,
      ...{ pinsSent: this.#pinsSent, apdus: this.#apdus },
      keys: Object.fromEntries(keys),
      objects: [...piv.objects.keys()],
    };
  }

  async #answer(apdu: Buffer): Promise<Buffer | undefined> {
    const answer = await this.#carryOut(apdu);
    this.#note(apdu, answer);
    return answer;
  }

  async #carryOut(apdu: Buffer): Promise<Buffer | undefined> {
    const failure = this.failures.next(apdu);
    if (failure?.kind === 'status') return Buffer.from(failure.status ?? '6f00', 'hex');
    if (failure?.kind === 'stall') await pause(failure.ms ?? 0);
    if (failure?.kind === 'unplug-before') this.remove();
    if (this.#plugged === undefined) return undefined;
    const reply = this.card.transmit(apdu);
    const answer = Buffer.isBuffer(reply) ? reply : await this.#touched(reply.finish);
    if (failure?.kind !== 'unplug-after') return answer;
    this.remove();
    return undefined;
  }

  async #touched(finish: (touched: boolean) => Buffer): Promise<Buffer | undefined> {
    const touched = await this.touch.wait();
    return touched === undefined ? undefined : finish(touched);
  }

  #note(apdu: Buffer, answer: Buffer | undefined): void {
    const [cla = 0, code = 0, p1 = 0, p2 = 0, length = 0] = apdu;
    this.#apdus += 1;
    if (code === ins.verify && apdu.length > 5) this.#pinsSent += 1;
    const status = answer?.subarray(-2).toString('hex');
    this.#log.push({ cla, ins: code, p1, p2, length: apdu.length > 5 ? length : 0, sw: status });
    if (this.#log.length > LONGEST_LOG) this.#log.shift();
  }
}
