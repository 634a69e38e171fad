import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeFirstPemBlock, decodePemBlocks, encodePem } from '../../../electron/keystore/pem.ts';
import { dockerTrust, readVector } from './vectors.ts';

const body = (text: string) => Buffer.from(text).toString('base64');
const block = (inner: string, type = 'X') => `-----BEGIN ${type}-----\n${inner}\n-----END ${type}-----\n`;

describe('what Go wrote is written again byte for byte', () => {
  const files = [
    ...readdirSync(join(dockerTrust, 'keys')).map((name) => join('keys', name)),
    ...['notary-export-bundle.pem', 'out1.pem', 'out1-key.pem', 'migrated-legacy-root-DEK.key'].map((name) =>
      join('key-formats', name),
    ),
    'key-formats/migrated-legacy-targets-DEK.key',
    'key-formats/migrated-legacy-unencrypted.key',
    'signer-files/jeff.pub',
  ];
  it.each(files)('%s', (file) => {
    const text = readVector(file).toString();
    expect(decodePemBlocks(text).map(encodePem).join('')).toBe(text);
  });
});

describe('reading', () => {
  it.each([
    ['no header', block(body('abc')), {}, 'abc'],
    ['headers', block(`role: jeff\ngun: a/b\n\n${body('abc')}`), { role: 'jeff', gun: 'a/b' }, 'abc'],
    ['headers without an empty line', block(`role: jeff\n${body('abc')}`), { role: 'jeff' }, 'abc'],
    ['a value with colons', block(`gun: host:5000/a:b\n\n${body('abc')}`), { gun: 'host:5000/a:b' }, 'abc'],
    ['a repeated header: the last one counts', block(`role: a\nrole: b\n\n${body('x')}`), { role: 'b' }, 'x'],
    ['a header called __proto__', block(`__proto__: a\n\n${body('x')}`), { ['__proto__']: 'a' }, 'x'],
    ['an empty value', block(`role:\n\n${body('x')}`), { role: '' }, 'x'],
    ['CRLF', block(`role: jeff\n\n${body('abc')}`).replaceAll('\n', '\r\n'), { role: 'jeff' }, 'abc'],
    ['spaces and tabs in the body', block(`YW \tJj`), {}, 'abc'],
    ['short and long lines', block('Y\nWJj\nYWJjYWJj'), {}, 'abcabcabc'],
    ['no final line break', block(body('abc')).trimEnd(), {}, 'abc'],
    ['text before', `hello\n\n${block(body('abc'))}`, {}, 'abc'],
    ['trailing blanks after the dashes', `-----BEGIN X----- \nYWJj\n-----END X-----\t\n`, {}, 'abc'],
    ['an empty body', block(''), {}, ''],
  ])('%s', (_name, text, headers, expected) => {
    const found = decodeFirstPemBlock(text);
    expect(Buffer.from(found!.bytes).toString()).toBe(expected);
    expect([...found!.headers]).toEqual(Object.entries(headers));
  });

  it.each([
    ['nothing', ''],
    ['text', 'no key here'],
    ['no end', '-----BEGIN X-----\nYWJj\n'],
    ['another end', '-----BEGIN X-----\nYWJj\n-----END Y-----\n'],
    ['surplus after the end', '-----BEGIN X-----\nYWJj\n-----END X-----x\n'],
    ['an indented beginning', ` ${block(body('abc'))}`],
    ['four dashes', '-----BEGIN X----\nYWJj\n-----END X----\n'],
    ['a cut quantum', block('YWJ')],
    ['padding inside', block('YW==YWJj')],
    ['URL-safe alphabet', block('-_-_')],
    ['a foreign letter', block('YWJ*')],
    ['a zero byte', block('YWJj\0')],
  ])('finds no block in %s', (_name, text) => {
    expect(decodePemBlocks(text)).toEqual([]);
  });

  it('goes on after a malformed block', () => {
    const text = `${block('***')}${block(body('good'))}`;
    expect(decodePemBlocks(text).map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['good']);
  });

  it('reads every block of a bundle in order', () => {
    const types = decodePemBlocks(`${block('YQ==', 'A')}text\n${block('Yg==', 'B')}`).map(({ type }) => type);
    expect(types).toEqual(['A', 'B']);
  });
});

describe('writing', () => {
  const bytes = new Uint8Array(100).fill(7);

  it('sorts headers, puts Proc-Type first, and breaks lines at 64', () => {
    const headers = new Map([
      ['role', 'root'],
      ['Proc-Type', '4,ENCRYPTED'],
      ['gun', 'g'],
      ['DEK-Info', 'x'],
    ]);
    const lines = encodePem({ type: 'X', headers, bytes }).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      '-----BEGIN X-----',
      'Proc-Type: 4,ENCRYPTED',
      'DEK-Info: x',
      'gun: g',
      'role: root',
      '',
    ]);
    expect(lines.slice(6, -2).map((line) => line.length)).toEqual([64, 64, 8]);
    expect(lines.slice(-2)).toEqual(['-----END X-----', '']);
  });

  it.each([
    ['a line break in a value', 'role', 'jeff\ngun: other'],
    ['a carriage return in a value', 'role', 'jeff\rgun: other'],
    ['a colon in a name', 'a:b', 'c'],
    ['a line break in a name', 'a\nb', 'c'],
    ['no name', '', 'c'],
  ])('refuses %s', (_name, name, value) => {
    expect(() => encodePem({ type: 'X', headers: new Map([[name, value]]), bytes })).toThrow(/PEM header/);
  });
});

describe('a hostile file takes no longer to read than it is long', () => {
  const size = 250_000;
  const lines = (line: string) => `${line}\n`.repeat(size / line.length);
  it.each([
    ['blanks before something else', `${' '.repeat(size)}x`],
    ['openings without an end', lines('-----BEGIN X-----')],
    ['openings with an end of another kind', `${lines('-----BEGIN X-----')}-----END Y-----\n`],
    ['openings that could be headers', lines('-----BEGIN :-----')],
    [
      'the same before a body that is none',
      `${lines('-----BEGIN :-----')}${lines('YWJj')}Y\n-----END :-----\n`,
    ],
    ['one long body that is none', block(`${'A'.repeat(12_000_000)}=A`)],
  ])('%s', (_, text) => {
    const start = performance.now();
    expect(decodePemBlocks(text)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('and a very long body is read', () => {
    expect(decodeFirstPemBlock(block('A'.repeat(12_000_000)))?.bytes).toHaveLength(9_000_000);
  });
});
