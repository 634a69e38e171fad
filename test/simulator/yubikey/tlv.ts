/** BER-TLV as PIV uses it: tags of one or two bytes, definite lengths. Part of the software YubiKey; pure. */

export interface Tlv {
  readonly tag: number;
  readonly value: Buffer;
}

/** What was read is not TLV. The applet answers it as wrong data. */
export class BadTlv extends Error {
  override readonly name = 'BadTlv';
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

/** One element; several contents are joined. */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(contents);
  const tagBytes = tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
  return Buffer.concat([Buffer.from([...tagBytes, ...lengthBytes(value.length)]), value]);
}

export const byteTlv = (tag: number, ...bytes: readonly number[]): Buffer => tlv(tag, Buffer.from(bytes));

function byteAt(bytes: Buffer, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new BadTlv('ends too early');
  return byte;
}

/** A tag whose five low bits are set goes on in a second byte. */
function readTag(bytes: Buffer, offset: number): readonly [tag: number, next: number] {
  const first = byteAt(bytes, offset);
  if ((first & 0x1f) !== 0x1f) return [first, offset + 1];
  return [(first << 8) | byteAt(bytes, offset + 1), offset + 2];
}

function readLength(bytes: Buffer, offset: number): readonly [length: number, next: number] {
  const first = byteAt(bytes, offset);
  if (first < 0x80) return [first, offset + 1];
  if (first === 0x81) return [byteAt(bytes, offset + 1), offset + 2];
  if (first === 0x82) return [(byteAt(bytes, offset + 1) << 8) | byteAt(bytes, offset + 2), offset + 3];
  throw new BadTlv('a length of this form is not used');
}

/** All elements, in order; throws `BadTlv` for anything left over. */
export function parseTlvs(bytes: Buffer): readonly Tlv[] {
  const elements: Tlv[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const [tag, afterTag] = readTag(bytes, offset);
    const [length, start] = readLength(bytes, afterTag);
    if (start + length > bytes.length) throw new BadTlv('ends too early');
    elements.push({ tag, value: bytes.subarray(start, start + length) });
    offset = start + length;
  }
  return elements;
}

/** The elements by tag; a tag that comes twice is refused, because nothing here repeats one. */
export function parseTlvMap(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const elements = parseTlvs(bytes);
  const byTag = new Map(elements.map(({ tag, value }) => [tag, value]));
  if (byTag.size !== elements.length) throw new BadTlv('a tag comes twice');
  return byTag;
}

/** The content of the one outer element, which must have this tag. */
export function unwrap(bytes: Buffer, tag: number): Buffer {
  const [only, ...more] = parseTlvs(bytes);
  if (only?.tag !== tag || more.length > 0) throw new BadTlv('another tag was expected');
  return only.value;
}
