import { describe, expect, it } from 'vitest';
import {
  DerError,
  DerReader,
  der,
  derBitString,
  derInteger,
  derOid,
  tag,
} from '../../../electron/crypto/der.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');

describe('reading', () => {
  it.each([
    ['indefinite length', '30 80 00 00'],
    ['five bytes of length', '30 85 00 00 00 00 01 00'],
    ['a long form that fits the short one', '30 81 02 05 00'],
    ['a length with a leading zero', '30 82 00 80' + '00'.repeat(128)],
    ['a length beyond the end', '30 03 05 00'],
    ['a missing length', '30'],
    ['a cut length', '30 82 01'],
    ['nothing', ''],
    ['another tag', '31 00'],
  ])('refuses %s', (_name, input) => {
    expect(() => new DerReader(bytes(input)).read(tag.sequence)).toThrow(DerError);
  });

  it.each([
    ['02 01 00', 0],
    ['02 01 7f', 127],
    ['02 02 00 80', 128],
    ['02 02 08 00', 2048],
    ['02 04 7f ff ff ff', 2 ** 31 - 1],
  ])('small integer %s', (input, expected) => {
    expect(new DerReader(bytes(input)).readSmallInteger()).toBe(expected);
    expect(hex(derInteger(expected))).toBe(input.replaceAll(' ', ''));
  });

  it.each([
    ['negative', '02 01 ff'],
    ['empty', '02 00'],
    ['not minimal', '02 02 00 01'],
    ['not minimal, negative', '02 02 ff 80'],
    ['too large', '02 05 00 80 00 00 00'],
    ['too large', '02 05 01 00 00 00 00'],
  ])('refuses a %s small integer', (_name, input) => {
    expect(() => new DerReader(bytes(input)).readSmallInteger()).toThrow(DerError);
  });

  it('reads magnitudes without their sign byte', () => {
    expect(hex(new DerReader(bytes('02 03 00 ff 01')).readUnsigned())).toBe('ff01');
    expect(() => new DerReader(bytes('02 01 80')).readUnsigned()).toThrow(/negative/);
  });

  it.each([
    ['06 09 2a864886f70d01050d', '1.2.840.113549.1.5.13'],
    ['06 03 2b6570', '1.3.101.112'],
    ['06 05 2b81040022', '1.3.132.0.34'],
    ['06 09 6086480165030401 2a', '2.16.840.1.101.3.4.1.42'],
    ['06 09 2b06010401da470f01', '1.3.6.1.4.1.11591.15.1'],
    ['06 03 883703', '2.999.3'],
  ])('object identifier %s', (input, expected) => {
    expect(new DerReader(bytes(input)).readOid()).toBe(expected);
    expect(hex(derOid(expected))).toBe(input.replaceAll(' ', ''));
  });

  it.each([
    ['empty', '06 00'],
    ['cut short', '06 02 2a 86'],
    ['padded', '06 03 2a 80 01'],
    ['absurd', '06 0b 2a ffffffffffffffffff7f'],
  ])('refuses an %s object identifier', (_name, input) => {
    expect(() => new DerReader(bytes(input)).readOid()).toThrow(DerError);
  });

  it('takes bit strings of whole bytes only', () => {
    expect(hex(new DerReader(bytes('03 03 00 0405')).readBitString())).toBe('0405');
    expect(() => new DerReader(bytes('03 02 01 80')).readBitString()).toThrow(DerError);
    expect(() => new DerReader(bytes('03 00')).readBitString()).toThrow(DerError);
  });

  it('knows the end, and what is left before it', () => {
    const reader = new DerReader(bytes('05 00 0c 01 41'));
    expect(hex(reader.read(tag.null))).toBe('');
    expect(() => reader.end()).toThrow(/surplus/);
    expect(hex(reader.readAny())).toBe('0c0141');
    reader.end();
    expect(reader.peek()).toBeUndefined();
    expect(() => reader.readAny()).toThrow(DerError);
  });
});

describe('writing', () => {
  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536])('a length of %d reads back', (length) => {
    const content = new Uint8Array(length).fill(5);
    const reader = new DerReader(der(tag.octetString, content));
    expect(reader.read(tag.octetString)).toEqual(content);
    reader.end();
  });

  it('nests', () => {
    const encoded = der(tag.sequence, derInteger(1), derBitString(Uint8Array.of(4)), der(tag.null));
    expect(hex(encoded)).toBe('3009020101030200040500');
  });
});
