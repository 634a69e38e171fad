/**
 * The part of ASN.1 DER that key files and certificates use: a strict reader and a writer. Pure bytes; runs anywhere;
 * knows no keys.
 *
 * Own code on purpose: these bytes decide what a key is, so each is accounted for. Strict means definite, minimal
 * lengths and no surplus bytes where the caller says `end()`.
 */

export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context1: 0xa1,
} as const;

/** The bytes are not the DER they were expected to be. Callers turn it into an outcome that names the file. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** Walks the elements at one level of nesting. Views share memory with the input: wipe the input, not the views. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The tag of the next element, or undefined at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The content of the next element, which must have tag `expected`. */
  read(expected: number): Uint8Array {
    const found = this.peek();
    if (found !== expected) throw new DerError(`expected tag ${hex(expected)}, found ${hex(found)}`);
    this.#at++;
    const length = this.#readLength();
    const content = this.#bytes.subarray(this.#at, this.#at + length);
    if (content.length !== length) throw new DerError('element is longer than its container');
    this.#at += length;
    return content;
  }

  /** The next element with its header, whatever it is. */
  readAny(): Uint8Array {
    const start = this.#at;
    const found = this.peek();
    if (found === undefined) throw new DerError('expected an element, found the end');
    this.read(found);
    return this.#bytes.subarray(start, this.#at);
  }

  /** A reader over the content of the next element. */
  enter(expected: number): DerReader {
    return new DerReader(this.read(expected));
  }

  /** Non-negative INTEGER that fits 31 bits (versions, rounds, scrypt parameters). */
  readSmallInteger(): number {
    const content = this.read(tag.integer);
    assertMinimalInteger(content);
    if (content.length > 4 || (content[0] ?? 0) > 0x7f) throw new DerError('integer out of range');
    return content.reduce((value, byte) => value * 256 + byte, 0);
  }

  /** Magnitude of a positive INTEGER, without the sign byte. */
  readUnsigned(): Uint8Array {
    const content = this.read(tag.integer);
    assertMinimalInteger(content);
    if ((content[0] ?? 0) > 0x7f) throw new DerError('negative integer');
    return content[0] === 0 ? content.subarray(1) : content;
  }

  /** OBJECT IDENTIFIER in dotted form. */
  readOid(): string {
    return oidText(this.read(tag.oid));
  }

  /** BIT STRING of whole bytes. */
  readBitString(): Uint8Array {
    const content = this.read(tag.bitString);
    if (content[0] !== 0) throw new DerError('bit string is not a number of whole bytes');
    return content.subarray(1);
  }

  /** Throws when anything is left. */
  end(): void {
    if (!this.atEnd) throw new DerError('surplus bytes after the last element');
  }

  #readLength(): number {
    const first = this.#next();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new DerError('indefinite or huge length');
    let length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + this.#next();
    if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('length is not minimal');
    return length;
  }

  #next(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new DerError('element is cut short');
    return byte;
  }
}

/** One element with everything around it, for formats that are walked by position. */
export interface DerValue {
  readonly tag: number;
  /** Content octets. */
  readonly content: Uint8Array;
  /** The whole encoding: tag, length, content. */
  readonly whole: Uint8Array;
}

/** The elements that follow one another in `bytes`. @throws `DerError` */
export function readDer(bytes: Uint8Array): readonly DerValue[] {
  const reader = new DerReader(bytes);
  const values: DerValue[] = [];
  for (let found = reader.peek(); found !== undefined; found = reader.peek()) {
    if ((found & 0x1f) === 0x1f) throw new DerError('tag numbers above 30 are not read');
    const whole = reader.readAny();
    values.push({ tag: found, content: new DerReader(whole).read(found), whole });
  }
  return values;
}

function assertMinimalInteger(content: Uint8Array): void {
  const [first, second] = content;
  if (first === undefined) throw new DerError('empty integer');
  if (second === undefined) return;
  if ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)) {
    throw new DerError('integer is not minimal');
  }
}

/** Dotted form of the content of an OBJECT IDENTIFIER. @throws `DerError` */
export function oidText(content: Uint8Array): string {
  const arcs: number[] = [];
  let value = 0;
  let inside = false;
  for (const byte of content) {
    if (!inside && byte === 0x80) throw new DerError('object identifier is not minimal');
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER) throw new DerError('object identifier out of range');
    inside = (byte & 0x80) !== 0;
    if (!inside) {
      arcs.push(value);
      value = 0;
    }
  }
  const [first, ...rest] = arcs;
  if (first === undefined || inside) throw new DerError('object identifier is cut short');
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
}

/** One element: header and the parts of its content, copied. */
export function der(elementTag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const header = [elementTag, ...lengthBytes(length)];
  const element = new Uint8Array(header.length + length);
  element.set(header);
  let at = header.length;
  for (const part of parts) {
    element.set(part, at);
    at += part.length;
  }
  return element;
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** INTEGER from a small non-negative number. */
export function derInteger(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return der(tag.integer, Uint8Array.from((bytes[0] ?? 0x80) > 0x7f ? [0, ...bytes] : bytes));
}

/** A non-negative INTEGER from big-endian octets: shortest form, with a zero in front where the top bit is set. */
export function derUnsigned(magnitude: Uint8Array): Uint8Array {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1;
  const shortest = magnitude.length === 0 ? Uint8Array.of(0) : magnitude.subarray(start);
  const isNegative = (shortest[0] ?? 0) > 0x7f;
  return der(tag.integer, ...(isNegative ? [Uint8Array.of(0)] : []), shortest);
}

/** OBJECT IDENTIFIER from dotted form. */
export function derOid(dotted: string): Uint8Array {
  const [top = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [top * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc % 128];
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128))
      groups.unshift((high % 128) | 0x80);
    return groups;
  });
  return der(tag.oid, Uint8Array.from(bytes));
}

/** BIT STRING of whole bytes. */
export function derBitString(bytes: Uint8Array): Uint8Array {
  return der(tag.bitString, Uint8Array.of(0), bytes);
}

function hex(value: number | undefined): string {
  return value === undefined ? 'the end' : `0x${value.toString(16).padStart(2, '0')}`;
}
