/** The end of a file of lines, read without the rest of it: what appending needs to know. Privileged process. */
import type { FileHandle } from 'node:fs/promises';

export interface LogTail<Entry> {
  /** The last line that could be read. */
  readonly last: Entry | undefined;
  /** Bytes up to the end of the last whole line; a crash may have left a part of another one after it. */
  readonly wholeBytes: number;
  readonly isCutShort: boolean;
}

const FIRST_READ_BYTES = 64 * 1024;
const NEW_LINE = 10;

/** @param parse undefined for a line that is no entry: then the one before it counts */
export async function readLogTail<Entry>(
  handle: FileHandle,
  parse: (line: string) => Entry | undefined,
): Promise<LogTail<Entry>> {
  const { size } = await handle.stat();
  for (let wanted = FIRST_READ_BYTES; ; wanted *= 4) {
    const start = Math.max(0, size - wanted);
    const bytes = await readFrom(handle, start, size);
    const end = bytes.lastIndexOf(NEW_LINE) + 1;
    const last = lastEntry(bytes.subarray(lineStart(bytes, start), end), parse);
    // A line longer than what was read, or none that can be read: further back.
    if ((last === undefined || end === 0) && start > 0) continue;
    return { last, wholeBytes: start + end, isCutShort: start + end < size };
  }
}

/** Only the first line of the file begins where the reading began. */
function lineStart(bytes: Uint8Array, start: number): number {
  return start === 0 ? 0 : bytes.indexOf(NEW_LINE) + 1;
}

function lastEntry<Entry>(bytes: Uint8Array, parse: (line: string) => Entry | undefined): Entry | undefined {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  for (const line of lines.reverse()) {
    const entry = line === '' ? undefined : parse(line);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

async function readFrom(handle: FileHandle, start: number, size: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(size - start);
  // Some file systems give less than they are asked for: what is left out would pass for cut off, and be removed.
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}
