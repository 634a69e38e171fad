/**
 * The card as a reader sees it: applets to select, chained commands, answers in pieces. APDU in, APDU out; pure, with no
 * clock and no input or output of its own. The PIV commands are in `piv-*.ts`.
 */
import {
  Refusal,
  done,
  encodeAnswer,
  parseCommand,
  refuse,
  sw,
  type Answer,
  type Command,
  type Outcome,
} from './apdu.ts';
import { attestKey, describeSlot, generateKey, importKey, usePrivateKey } from './piv-keys.ts';
import { authenticateManagement, setManagementKey } from './piv-management.ts';
import { getData, putData } from './piv-objects.ts';
import { changeReference, resetApplet, resetRetryCounter, setRetries, verifyPin } from './piv-pin.ts';
import { isAtLeast, newSession, type PivState } from './piv-state.ts';
import { managementSlot } from './slots.ts';
import { BadTlv, tlv } from './tlv.ts';

export const ins = {
  otp: 0x01,
  verify: 0x20,
  change: 0x24,
  unblock: 0x2c,
  generate: 0x47,
  use: 0x87,
  select: 0xa4,
  more: 0xc0,
  getData: 0xcb,
  putData: 0xdb,
  metadata: 0xf7,
  serial: 0xf8,
  attest: 0xf9,
  retries: 0xfa,
  reset: 0xfb,
  version: 0xfd,
  importKey: 0xfe,
  setManagementKey: 0xff,
} as const;

const CHAINED = 0x10;
const LARGEST_ANSWER = 256;
const LARGEST_CHAIN = 4096;
const atrs = {
  4: '3bf81300008131fe15597562696b657934d4',
  5: '3bfd1300008131fe158073c021c057597562694b657940',
} as const;

type Applet = 'piv' | 'management' | 'otp';
const applets: readonly (readonly [Applet, string])[] = [
  ['piv', 'a000000308'],
  ['management', 'a000000527471117'],
  ['otp', 'a000000527200101'],
];
const pivSelected = tlv(
  0x61,
  tlv(0x4f, Buffer.from('000010000100', 'hex')),
  tlv(0x79, tlv(0x4f, Buffer.from('a000000308', 'hex'))),
);

const serialBytes = ({ serial }: PivState): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(serial);
  return bytes;
};

const versionOf = (state: PivState): Answer => done(Buffer.from(state.version));

function serialOf(state: PivState): Answer {
  return isAtLeast(state, 5, 0) ? done(serialBytes(state)) : refuse(sw.instruction);
}

function authenticate(state: PivState, command: Command): Outcome {
  return command.p2 === managementSlot
    ? authenticateManagement(state, command)
    : usePrivateKey(state, command);
}

type Handler = (state: PivState, command: Command) => Outcome;
const pivCommands: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [ins.verify, verifyPin],
  [ins.change, changeReference],
  [ins.unblock, resetRetryCounter],
  [ins.generate, generateKey],
  [ins.use, authenticate],
  [ins.getData, getData],
  [ins.putData, putData],
  [ins.metadata, describeSlot],
  [ins.serial, serialOf],
  [ins.attest, attestKey],
  [ins.retries, setRetries],
  [ins.reset, resetApplet],
  [ins.version, versionOf],
  [ins.importKey, importKey],
  [ins.setManagementKey, setManagementKey],
]);

/** Answers as bytes; `finish` once somebody has touched the key, or has not. */
export type Reply = Buffer | { readonly finish: (touched: boolean) => Buffer };

export class Card {
  readonly piv: PivState;
  #selected: Applet | undefined;
  #chain: { readonly header: string; readonly data: Buffer } | undefined;
  #rest: Buffer = Buffer.alloc(0);

  constructor(piv: PivState) {
    this.piv = piv;
  }

  get atr(): Buffer {
    return Buffer.from(this.piv.version[0] === 4 ? atrs[4] : atrs[5], 'hex');
  }

  /** Power, reset and unplugging: what is kept is only what is written in its memory. */
  reset(): void {
    this.#selected = undefined;
    this.#chain = undefined;
    this.#rest = Buffer.alloc(0);
    this.piv.session = newSession();
  }

  transmit(bytes: Buffer): Reply {
    const outcome = this.#guarded(() => this.#receive(bytes));
    if (!('finish' in outcome)) return this.#send(outcome);
    return { finish: (touched) => this.#send(this.#guarded(() => outcome.finish(touched)) as Answer) };
  }

  #guarded(work: () => Outcome): Outcome {
    try {
      return work();
    } catch (error) {
      if (error instanceof Refusal) return { sw: error.sw, data: Buffer.alloc(0) };
      if (error instanceof BadTlv) return { sw: sw.wrongData, data: Buffer.alloc(0) };
      throw error;
    }
  }

  #receive(bytes: Buffer): Outcome {
    const part = parseCommand(bytes) ?? refuse(sw.wrongLength);
    if (part.cla !== 0 && part.cla !== CHAINED) refuse(sw.class);
    if (part.ins === ins.more) return this.#more();
    this.#rest = Buffer.alloc(0);
    const command = this.#collect(part);
    if (command === undefined) return done();
    return command.ins === ins.select ? this.#select(command) : this.#dispatch(command);
  }

  /** Parts of one command have the same header; another command in between drops what was collected. */
  #collect(part: Command): Command | undefined {
    const header = [part.ins, part.p1, part.p2].join();
    const before = this.#chain?.header === header ? this.#chain.data : Buffer.alloc(0);
    const data = Buffer.concat([before, part.data]);
    this.#chain = undefined;
    if (data.length > LARGEST_CHAIN) refuse(sw.noSpace);
    if (part.cla !== CHAINED) return { ...part, data };
    this.#chain = { header, data };
    return undefined;
  }

  #select({ p1, data }: Command): Answer {
    const id = data.toString('hex');
    const [name] = applets.find(([, prefix]) => p1 === 4 && id.startsWith(prefix)) ?? refuse(sw.notFound);
    this.#selected = name;
    this.piv.session = newSession();
    if (name === 'piv') return done(pivSelected);
    return done(
      name === 'otp' ? Buffer.from([...this.piv.version, 0, 0, 0]) : Buffer.from(this.piv.firmware),
    );
  }

  #dispatch(command: Command): Outcome {
    const { piv } = this;
    // Firmware 4 tells its serial number in another applet.
    if (this.#selected === 'otp' && command.ins === ins.otp && command.p1 === 0x10)
      return done(serialBytes(piv));
    if (this.#selected !== 'piv') return refuse(sw.instruction);
    const handler = pivCommands.get(command.ins) ?? refuse(sw.instruction);
    const outcome = this.#guarded(() => handler(piv, command));
    // "Always" means the very next command: anything in between, good or bad, uses the PIN up.
    if (command.ins !== ins.verify) piv.session.pinFresh = false;
    return outcome;
  }

  #more(): Answer {
    if (this.#rest.length === 0) refuse(sw.conditions);
    return done(this.#rest);
  }

  #send(answer: Answer): Buffer {
    if (answer.data.length <= LARGEST_ANSWER) {
      this.#rest = Buffer.alloc(0);
      return encodeAnswer(answer);
    }
    this.#rest = answer.data.subarray(LARGEST_ANSWER);
    const remaining = sw.bytesRemaining | (this.#rest.length < 256 ? this.#rest.length : 0);
    return encodeAnswer({ sw: remaining, data: answer.data.subarray(0, LARGEST_ANSWER) });
  }
}
