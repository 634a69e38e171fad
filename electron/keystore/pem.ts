/**
 * PEM as Go's `encoding/pem` reads and writes it, because docker and notary do: headers in alphabetical order
 * (`Proc-Type` first), 64 columns, `\n`. Pure bytes; no file access, no cryptography, no heavy import (`key list`
 * goes through here). OpenSSL's reader cannot be used: it refuses blocks with headers it does not know.
 */
import { Buffer } from 'node:buffer';

export interface PemBlock {
  /** The label, e.g. `ENCRYPTED PRIVATE KEY`. */
  readonly type: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Decoded body. May hold a private key: whoever decodes it wipes it. */
  readonly bytes: Uint8Array;
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';
/** One line of a body, blanks and all, and a whole body without them. */
const BODY_LINE = /^[A-Za-z0-9+/= \t\r]*$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Every well-formed block in order; text around blocks and malformed blocks are passed over, as Go does. So are those with
 * headers that could not be written again: a nameless one, or a carriage return inside.
 */
export function decodePemBlocks(input: Uint8Array | string): readonly PemBlock[] {
  const text =
    typeof input === 'string'
      ? input
      : Buffer.from(input.buffer, input.byteOffset, input.length).toString('utf8');
  const reading = new Reading(text.split('\n'));
  const blocks: PemBlock[] = [];
  for (let at = 0; at < reading.lines.length;) {
    const found = readBlock(reading, at);
    if (found.block !== undefined) blocks.push(found.block);
    at = found.next;
  }
  return blocks;
}

/** The first well-formed block, the only one that docker and notary look at in a stored key. */
export function decodeFirstPemBlock(input: Uint8Array | string): PemBlock | undefined {
  return decodePemBlocks(input)[0];
}

/**
 * The lines, and from each of them where the next of a kind is.
 * SECURITY: key files come from others: whatever is in one, each of its lines is looked at a fixed number of times.
 */
class Reading {
  readonly lines: readonly string[];
  /** Bodies, by their first lines, that are no base64: several openings may lead to one. */
  readonly malformed = new Set<number>();
  readonly #next = new Map<(line: string) => boolean, Uint32Array>();

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  /** The first line from `at` on that is such a one; one past the last where there is none. */
  find(at: number, isSuch: (line: string) => boolean): number {
    const next = this.#next.get(isSuch) ?? this.#index(isSuch);
    return next[at] ?? this.lines.length;
  }

  #index(isSuch: (line: string) => boolean): Uint32Array {
    const next = new Uint32Array(this.lines.length);
    for (let at = next.length - 1, last = next.length; at >= 0; at--) {
      if (isSuch(this.lines[at] ?? '')) last = at;
      next[at] = last;
    }
    this.#next.set(isSuch, next);
    return next;
  }
}

const isNoHeader = (line: string): boolean => !line.includes(':');
const isEnd = (line: string): boolean => line.startsWith(END);
const isNoBody = (line: string): boolean => !BODY_LINE.test(line);

function readBlock(reading: Reading, at: number): { block?: PemBlock; next: number } {
  const { lines } = reading;
  const none = { next: at + 1 };
  const type = openedType(lines[at] ?? '');
  if (type === undefined) return none;
  const bodyStart = reading.find(at + 1, isNoHeader);
  const end = reading.find(bodyStart, isEnd);
  if (trimRight(lines[end] ?? '') !== END + type + DASHES) return none;
  if (reading.malformed.has(bodyStart) || reading.find(bodyStart, isNoBody) < end) return none;
  const bytes = decodeBody(lines.slice(bodyStart, end));
  if (bytes === undefined) {
    reading.malformed.add(bodyStart);
    return none;
  }
  const headers = readHeaders(lines.slice(at + 1, bodyStart));
  if ([...headers].some(([name, value]) => name === '' || /\r/.test(name + value))) return { next: end + 1 };
  return { block: { type, headers, bytes }, next: end + 1 };
}

function openedType(line: string): string | undefined {
  if (!line.startsWith(BEGIN)) return undefined;
  const opening = trimRight(line);
  const isWhole = opening.endsWith(DASHES) && opening.length >= BEGIN.length + DASHES.length;
  return isWhole ? opening.slice(BEGIN.length, -DASHES.length) : undefined;
}

function readHeaders(lines: readonly string[]): ReadonlyMap<string, string> {
  const pairs = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const;
  });
  return new Map(pairs);
}

function decodeBody(lines: readonly string[]): Uint8Array | undefined {
  const body = lines.join('').replace(/[ \t\r]/g, '');
  if (body.length % 4 !== 0 || !BASE64.test(body)) return undefined;
  return new Uint8Array(Buffer.from(body, 'base64'));
}

/** By hand: a pattern begins anew at each of many blanks. */
function trimRight(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end--;
  return line.slice(0, end);
}

/**
 * Writes one block exactly as Go's `pem.Encode`. Throws a plain `Error` for a type or header that could not be
 * read back (line breaks, a colon in a name): callers only pass validated roles and GUNs, so that is a bug.
 */
export function encodePem(block: PemBlock): string {
  assertOneLine(block.type);
  const lines = [`${BEGIN}${block.type}${DASHES}`];
  for (const name of headerOrder(block.headers)) {
    const value = block.headers.get(name) ?? '';
    // SECURITY: a line break in a value would let a name smuggle in further headers.
    assertOneLine(value);
    if (name === '' || name.includes(':')) throw new Error('malformed PEM header name');
    assertOneLine(name);
    lines.push(`${name}: ${value}`);
  }
  if (block.headers.size > 0) lines.push('');
  const body = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length).toString('base64');
  for (let i = 0; i < body.length; i += 64) lines.push(body.slice(i, i + 64));
  lines.push(`${END}${block.type}${DASHES}`, '');
  return lines.join('\n');
}

/** Go: `Proc-Type` first (RFC 1421), the others sorted by bytes. */
function headerOrder(headers: ReadonlyMap<string, string>): readonly string[] {
  const names = [...headers.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return names.includes('Proc-Type') ? ['Proc-Type', ...names.filter((name) => name !== 'Proc-Type')] : names;
}

function assertOneLine(text: string): void {
  if (/[\r\n]/.test(text)) throw new Error('line break in a PEM header');
}
