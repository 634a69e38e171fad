/**
 * Values as frames on a stream between the app and the token process: a length, JSON, then the raw bytes that the JSON
 * refers to. Plain Node; no I/O. Bytes never become text on the way, so that secrets among them can be zeroed.
 */

/** No message comes near; a process that sends more has gone mad. */
export const MAX_FRAME_BYTES = 1024 * 1024;
const PREFIX = 4;

export class BadFrame extends Error {}

/** SECURITY: the caller zeroes the frame once it was written. */
export function encodeFrame(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  // A Buffer turns itself into text before the replacer sees it: look at the member itself.
  const json = JSON.stringify(value, function (this: Record<string, unknown>, name, shown: unknown) {
    const member = this[name];
    if (!(member instanceof Uint8Array)) return shown;
    parts.push(member);
    at += member.length;
    return { $bytes: [at - member.length, member.length] };
  });
  const header = new TextEncoder().encode(json);
  const length = PREFIX + header.length + at;
  if (length > MAX_FRAME_BYTES) throw new BadFrame('the frame is too large');
  const frame = new Uint8Array(PREFIX + length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, length);
  view.setUint32(PREFIX, header.length);
  frame.set(header, 2 * PREFIX);
  let place = 2 * PREFIX + header.length;
  for (const part of parts) {
    frame.set(part, place);
    place += part.length;
  }
  return frame;
}

/** The value of a frame without its length prefix. Bytes are copies of their own. */
export function decodeFrame(body: Uint8Array): unknown {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  if (body.length < PREFIX || view.getUint32(0) > body.length - PREFIX) throw new BadFrame('a torn frame');
  const start = PREFIX + view.getUint32(0);
  const raw = body.subarray(start);
  try {
    return JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(body.subarray(PREFIX, start)),
      (_, v) => revive(v, raw),
    );
  } catch (cause) {
    throw cause instanceof BadFrame ? cause : new BadFrame('the frame holds no JSON', { cause });
  }
}

function revive(value: unknown, raw: Uint8Array): unknown {
  if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value;
  const place = value.$bytes;
  if (!Array.isArray(place)) throw new BadFrame('bytes without a place');
  const [from, length] = place as unknown[];
  const isWhole = (n: unknown): n is number => typeof n === 'number' && Number.isInteger(n) && n >= 0;
  if (!isWhole(from) || !isWhole(length) || from + length > raw.length) {
    throw new BadFrame('bytes outside of the frame');
  }
  return raw.slice(from, from + length);
}

/** Cuts a stream into values. */
export class FrameReader {
  #waiting = new Uint8Array();

  /** The values that are complete now. @throws BadFrame; the stream is of no use afterwards */
  push(chunk: Uint8Array): readonly unknown[] {
    const all = new Uint8Array(this.#waiting.length + chunk.length);
    all.set(this.#waiting);
    all.set(chunk, this.#waiting.length);
    this.#waiting.fill(0);
    chunk.fill(0);
    const values: unknown[] = [];
    let at = 0;
    for (let length = lengthAt(all, at); length !== undefined; length = lengthAt(all, at)) {
      values.push(decodeFrame(all.subarray(at + PREFIX, at + PREFIX + length)));
      at += PREFIX + length;
    }
    this.#waiting = all.slice(at);
    all.fill(0);
    return values;
  }
}

/** The length of the frame at `at` when it is all there. */
function lengthAt(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length - at < PREFIX) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0);
  if (length > MAX_FRAME_BYTES) throw new BadFrame('the frame is too large');
  return bytes.length - at - PREFIX < length ? undefined : length;
}
