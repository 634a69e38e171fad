/** Multipart bodies: what Go's reader takes, and what is refused rather than guessed. */
import { describe, expect, it } from 'vitest';
import { boundaryOf, parseHeaderValue, parseMultipart } from '../../../electron/sandbox/notary/multipart.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const bodies = (text: string): readonly string[] | undefined =>
  parseMultipart(bytes(text), 'b')?.map(({ body }) => Buffer.from(body).toString('utf8'));

describe('a body', () => {
  it.each([
    ['two parts', '--b\r\nA: 1\r\n\r\none\r\n--b\r\nA: 2\r\n\r\ntwo\r\n--b--\r\n', ['one', 'two']],
    ['no parts', '--b--\r\n', []],
    ['a preamble', 'ignored\r\n--b\r\nA: 1\r\n\r\none\r\n--b--', ['one']],
    ['an epilogue', '--b\r\nA: 1\r\n\r\none\r\n--b--\r\nignored', ['one']],
    ['an empty part', '--b\r\nA: 1\r\n\r\n\r\n--b--', ['']],
    ['a part without headers', '--b\r\n\r\none\r\n--b--', ['one']],
    ['white space behind the boundary', '--b \t\r\nA: 1\r\n\r\none\r\n--b--', ['one']],
    ['line feeds inside', '--b\r\nA: 1\r\n\r\none\r\n\r\n--c\r\n\r\n--b--', ['one\r\n\r\n--c\r\n']],
  ])('%s', (_, text, expected) => {
    expect(bodies(text)).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['no boundary', 'one'],
    ['no end', '--b\r\nA: 1\r\n\r\none'],
    ['an end without its dashes', '--b\r\nA: 1\r\n\r\none\r\n--b\r\n'],
    ['headers without an end', '--b\r\nA: 1\r\n--b--'],
    ['a header without a colon', '--b\r\nA\r\n\r\none\r\n--b--'],
    ['text behind the boundary', '--b x\r\nA: 1\r\n\r\none\r\n--b--'],
  ])('is refused: %s', (_, text) => {
    expect(bodies(text)).toBeUndefined();
  });

  it('keeps bytes that are no text', () => {
    const part = Buffer.from([0, 255, 13, 10, 128]);
    const body = Buffer.concat([bytes('--b\r\nA: 1\r\n\r\n'), part, bytes('\r\n--b--')]);
    expect(Buffer.from(parseMultipart(body, 'b')![0]!.body)).toEqual(part);
  });
});

describe('a content type', () => {
  it.each([
    ['multipart/form-data; boundary=x', 'x'],
    ['Multipart/Form-Data; Boundary="x y"', 'x y'],
    ['multipart/mixed;boundary=x', 'x'],
    ['multipart/form-data', undefined],
    ['application/json; boundary=x', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary);
  });
});

describe('a header value', () => {
  it.each([
    ['form-data; name="files"; filename="targets/jeff"', 'targets/jeff'],
    ['form-data; filename=root', 'root'],
    ['form-data; filename="a\\"b"', 'a"b'],
    ['form-data; filename="a\\b"', 'a\\b'],
    ['form-data; filename=""', ''],
    ['form-data; filename="a;b=c"', 'a;b=c'],
    ['form-data;', undefined],
    ['form-data', undefined],
  ])('%s', (text, filename) => {
    expect(parseHeaderValue(text)?.parameters.get('filename')).toBe(filename);
  });

  it.each([
    '',
    '; filename=x',
    'form-data; filename="x',
    'form-data; filename=a; filename=b',
    'form-data; "x"',
  ])('is refused: %s', (text) => {
    expect(parseHeaderValue(text)).toBeUndefined();
  });
});
