/** Commands and answers of ISO 7816-4, short form only. Part of the software YubiKey; pure. */

export interface Command {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Buffer;
}

export const sw = {
  ok: 0x9000,
  bytesRemaining: 0x6100,
  wrongLength: 0x6700,
  securityStatus: 0x6982,
  blocked: 0x6983,
  conditions: 0x6985,
  wrongData: 0x6a80,
  notSupported: 0x6a81,
  notFound: 0x6a82,
  noSpace: 0x6a84,
  wrongParameters: 0x6a86,
  referenceNotFound: 0x6a88,
  instruction: 0x6d00,
  class: 0x6e00,
} as const;

export interface Answer {
  readonly sw: number;
  readonly data: Buffer;
}

/**
 * What a command comes to: an answer, or one that depends on whether the key is touched. Time is not the applet's
 * business: who carries the APDU waits, and then calls `finish`.
 */
export type Outcome = Answer | TouchNeeded;
export interface TouchNeeded {
  readonly finish: (touched: boolean) => Answer;
}

/** An answer that is not 9000, thrown from wherever it is found out. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly sw: number;
  constructor(status: number) {
    super(status.toString(16));
    this.sw = status;
  }
}

export const done = (data: Buffer = Buffer.alloc(0)): Answer => ({ sw: sw.ok, data });

export function refuse(status: number): never {
  throw new Refusal(status);
}

/** 63Cx: so many tries are left. */
export const triesLeft = (tries: number): number => 0x63c0 | Math.min(tries, 0x0f);

/** Five bytes end with Le, longer ones carry Lc and data, perhaps Le. Undefined where the lengths do not agree. */
export function parseCommand(bytes: Buffer): Command | undefined {
  const [cla, ins, p1, p2, length = 0] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  if (bytes.length <= 5) return { cla, ins, p1, p2, data: Buffer.alloc(0) };
  const rest = bytes.length - 5 - length;
  if (length === 0 || rest < 0 || rest > 1) return undefined;
  return { cla, ins, p1, p2, data: bytes.subarray(5, 5 + length) };
}

export function encodeAnswer({ sw: status, data }: Answer): Buffer {
  return Buffer.concat([data, Buffer.from([status >> 8, status & 0xff])]);
}
