/**
 * The card's side of vpcd, the virtual reader: a TCP connection that carries frames of a two-byte length and bytes.
 * Connecting is plugging in, disconnecting is pulling out. Part of the software YubiKey; knows frames, not APDUs.
 */
import { connect, type Socket } from 'node:net';

const HEADER = 2;
/** Frames of one byte; anything longer is an APDU. Only `atr` is answered, and it is also the question "still there?". */
const controls: Readonly<Record<number, 'off' | 'on' | 'reset' | 'atr'>> = {
  0: 'off',
  1: 'on',
  2: 'reset',
  4: 'atr',
};

export interface CardSide {
  readonly atr: () => Buffer;
  /** Power on, power off, reset. */
  readonly onPower: (event: 'off' | 'on' | 'reset') => void;
  /** Undefined when there will be no answer, because the card has left. */
  readonly onApdu: (apdu: Buffer) => Promise<Buffer | undefined>;
  readonly onGone: () => void;
}

export interface Plugged {
  readonly unplug: () => void;
}

export function encodeFrame(bytes: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(bytes.length);
  return Buffer.concat([header, bytes]);
}

/** Takes what arrives in any pieces, gives whole frames. */
export function makeFrameReader(): (chunk: Buffer) => readonly Buffer[] {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    const frames: Buffer[] = [];
    while (pending.length >= HEADER) {
      const end = HEADER + pending.readUInt16BE();
      if (pending.length < end) break;
      frames.push(pending.subarray(HEADER, end));
      pending = pending.subarray(end);
    }
    return frames;
  };
}

async function answerFrame(socket: Socket, frame: Buffer, card: CardSide): Promise<void> {
  const control = frame.length === 1 ? controls[frame[0] ?? -1] : undefined;
  if (control === 'atr') socket.write(encodeFrame(card.atr()));
  else if (control !== undefined) card.onPower(control);
  else if (frame.length > 1) {
    const answer = await card.onApdu(frame);
    if (answer !== undefined && !socket.destroyed) socket.write(encodeFrame(answer));
  }
}

/** Connects to the reader. The reader asks one thing at a time, so frames are answered in their order. */
export function plugIn(port: number, card: CardSide): Promise<Plugged> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    const readFrames = makeFrameReader();
    let work = Promise.resolve();
    socket.on('data', (chunk) => {
      for (const frame of readFrames(chunk)) {
        work = work
          .then(() => answerFrame(socket, frame, card))
          .catch((error: unknown) => {
            socket.destroy(error instanceof Error ? error : undefined);
          });
      }
    });
    socket.once('connect', () => {
      socket.off('error', reject).on('error', () => undefined);
      resolve({ unplug: () => socket.destroy() });
    });
    socket.once('error', reject);
    socket.once('close', card.onGone);
  });
}
