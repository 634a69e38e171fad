/** Strict parsing, the canonical form and its wire form. */
import { describe, expect, test } from 'vitest';
import { canonicalBytes, type JsonValue, parseJson, wireText } from '../../../electron/tuf/canonical-json.ts';
import { MAX_JSON_DEPTH } from '../../../electron/tuf/limits.ts';
import { compareUtf8, sortByUtf8 } from '../../../electron/tuf/utf8.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const canonical = (value: JsonValue): string => Buffer.from(canonicalBytes(value)).toString();
const again = (text: string): string => canonical(parseJson(bytes(text)));

describe('parsing refuses', () => {
  test.each([
    '',
    ' ',
    '{',
    '}',
    '[1,]',
    '{"a":1,}',
    '{"a" 1}',
    '{a:1}',
    "{'a':1}",
    '{"a":1 "b":2}',
    '[1 2]',
    '{}{}',
    '{} x',
    'nul',
    'True',
    'undefined',
    'NaN',
    'Infinity',
    '01',
    '+1',
    '1.',
    '.5',
    '1e',
    '-',
    '--1',
    '0x10',
    '"',
    '"a',
    '"\\"',
    '"\\x41"',
    '"\\u12"',
    '"\\u12g4"',
    '"\\ud800"',
    '"\\udc00"',
    '"\\udc00\\ud800"',
    '"\\ud800x"',
    '"a\nb"',
    '"a\tb"',
    '"\u0000"',
    '\u00a0{}',
    '\ufeff{}',
    '/* */{}',
  ])('%j', (text) => {
    expect(() => parseJson(bytes(text))).toThrow(/trust\/malformed/);
  });

  test.each([
    '{"a":1,"a":1}',
    '{"a":1,"b":2,"a":3}',
    '{"b":1,"a":2,"b":3}',
    '{"x":{"a":1,"a":2}}',
    '[{"":1,"":2}]',
    '{"a":1,"\\u0061":2}',
    '{"__proto__":1,"__proto__":2}',
  ])('equal members: %s', (text) => {
    expect(() => parseJson(bytes(text))).toThrow(/occurs twice/);
  });

  test.each([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]])(
    'bytes that are not UTF-8: %j',
    (...inside) => {
      const text = Buffer.concat([Buffer.of(0x22), Buffer.from(inside), Buffer.of(0x22)]);
      expect(() => parseJson(text)).toThrow(/not UTF-8/);
    },
  );

  test('nesting beyond the limit, without exhausting the stack', () => {
    const nested = (depth: number): Uint8Array => bytes('['.repeat(depth) + ']'.repeat(depth));
    expect(() => parseJson(nested(MAX_JSON_DEPTH))).not.toThrow();
    expect(() => parseJson(nested(MAX_JSON_DEPTH + 1))).toThrow(/nested deeper/);
    expect(() => parseJson(bytes('['.repeat(1_000_000)))).toThrow(/nested deeper/);
  });
});

describe('parsing agrees with JSON.parse where that is not too lenient', () => {
  test.each([
    '{}',
    '[]',
    ' { "a" : [ 1 , -2.5 , 1e3 , true , false , null ] } ',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00"',
    '{"z":1,"a":2,"é":3,"😀":4,"":5}',
    '-0',
    '0',
    '123456789012345678901234567890',
    '"\u2028\u007f"',
    '[[[]],{"a":{}}]',
    '\r\n\t {}\n',
  ])('%j', (text) => {
    expect(JSON.stringify(parseJson(bytes(text)))).toBe(JSON.stringify(JSON.parse(text)));
  });
  test('a member called __proto__ is a member like any other', () => {
    const value = parseJson(bytes('{"__proto__":{"admin":true},"constructor":1}')) as Record<
      string,
      JsonValue
    >;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });
});

describe('canonical form', () => {
  test.each<[JsonValue, string]>([
    [{ b: 1, a: [true, false, null] }, '{"a":[true,false,null],"b":1}'],
    [{ aa: 1, a: 2, A: 3, '': 4 }, '{"":4,"A":3,"a":2,"aa":1}'],
    ['"\\/', '"\\"\\\\/"'],
    ['<>&\u2028\u2029é😀\u007f', '"<>&\u2028\u2029é😀\u007f"'],
    ['\n\t\u0000', '"\n\t\u0000"'],
    [-0, '0'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [-5, '-5'],
    [[], '[]'],
    [{}, '{}'],
  ])('%j', (value, expected) => {
    expect(canonical(value)).toBe(expected);
  });
  test('members sort by UTF-8 bytes, not by UTF-16 units', () => {
    const names = ['\u{10000}', '\uffff', '\ue000', '😀', 'z', 'é'];
    const expected = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect([...names].sort(compareUtf8)).toEqual(expected);
    expect(sortByUtf8(names, (name) => name)).toEqual(expected);
    expect([...names].sort()).not.toEqual(expected);
    const value = Object.fromEntries(names.map((name) => [name, 1]));
    expect(Object.keys(JSON.parse(canonical(value)) as object)).toEqual(expected);
  });
  test('the order of bytes holds for any two texts', () => {
    const alphabet = ['', 'a', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}'];
    const texts = alphabet.flatMap((a) => alphabet.map((b) => a + b));
    for (const a of texts) {
      for (const b of texts) {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }
    }
  });
  test.each([1.5, 1e300, 2 ** 53, -(2 ** 53), Number.NaN, Infinity])('refuses %d', (value) => {
    expect(() => canonicalBytes(value)).toThrow(/trust\/malformed/);
  });
  test.each(['\ud800', 'a\udc00b', '\udc00\ud800'])('refuses half surrogate pairs: %j', (value) => {
    expect(() => canonicalBytes(value)).toThrow(/trust\/malformed/);
    expect(() => canonicalBytes({ [value]: 1 })).toThrow(/trust\/malformed/);
  });
  test.each([
    ['{ "b" : 1.0, "a" : 1e3 }', '{"a":1000,"b":1}'],
    ['"\\u00e9\\/\\n"', '"é/\n"'],
    ['"\\u003c"', '"<"'],
  ])('%s is written anew as %j', (text, expected) => {
    expect(again(text)).toBe(expected);
  });
});

describe('wire form', () => {
  test('HTML characters and line separators are escaped in lower case, nothing else', () => {
    expect(wireText('"<>&\u2028\u2029é/\u007f"')).toBe('"\\u003c\\u003e\\u0026\\u2028\\u2029é/\u007f"');
  });
});
