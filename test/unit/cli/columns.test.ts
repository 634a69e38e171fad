/** Tables byte for byte as Go's tabwriter prints them, and nothing that could drive a terminal. */
import { describe, expect, it } from 'vitest';
import { dockerTable, notaryTable, printable, tableLines, withRule } from '../../../electron/cli/columns.ts';
import { goJsonString } from '../../../electron/cli/go-json.ts';

const print = (...args: Parameters<typeof tableLines>): string => [...tableLines(...args)].join('');

describe('tables', () => {
  it('docker: at least ten columns, three spaces, last column as it is', () => {
    expect(
      print(dockerTable, [
        ['SIGNER', 'KEYS'],
        ['jeff', '570adc0f6726'],
        ['a-longer-name', 'x'],
      ]),
    ).toBe('SIGNER          KEYS\njeff            570adc0f6726\na-longer-name   x\n');
    expect(print(dockerTable, [['a', 'b']])).toBe('a         b\n');
  });

  it('notary: four spaces, a rule below the header, continuation rows padded', () => {
    expect(
      print(notaryTable, [
        ...withRule(['ROLE', 'PATHS', 'N']),
        ['targets/a', '"" <all paths>', '1'],
        ['', 'x', ''],
      ]),
    ).toBe(
      [
        'ROLE         PATHS             N',
        '----         -----             -',
        'targets/a    "" <all paths>    1',
        '             x                 ',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['wide characters count twice for docker', dockerTable, '日本語タグ名', 12 + 3],
    ['and once for notary', notaryTable, '日本語タグ名', 6 + 4],
    ['a combining mark is no column for docker', dockerTable, 'cafe\u0301-latte', 10 + 3],
    ['but one for notary', notaryTable, 'cafe\u0301-latte', 11 + 4],
    ['an emoji is two columns for docker', dockerTable, 'release-🚀', 10 + 3],
    ['one for notary', notaryTable, 'release-🚀', 9 + 4],
    ['letters beyond ASCII are one', dockerTable, 'größe-änderung', 14 + 3],
  ])('%s', (_, style, cell, width) => {
    const [header, row] = print(style, [
      ['H', 'X'],
      [cell, 'X'],
    ]).split('\n');
    expect(header).toBe(`H${' '.repeat(width - 1)}X`);
    expect(row).toBe(`${cell}${' '.repeat(style.gap)}X`);
  });

  it('comes in pieces that together are the whole', () => {
    const rows = Array.from({ length: 3000 }, (_, i) => [`tag-${i}`, 'f'.repeat(64), 'ops']);
    const pieces = [...tableLines(dockerTable, rows)];
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.join('').split('\n')).toHaveLength(3001);
  });

  it('prints nothing for no rows', () => {
    expect(print(dockerTable, [])).toBe('');
  });

  it.each([
    ['colour', '\x1b[31mred', '\\x1b[31mred'],
    ['a tab would add a column', 'a\tb', 'a\\x09b'],
    ['a line feed would add a row', 'a\nb', 'a\\x0ab'],
    ['carriage return would overwrite', 'good\rbad', 'good\\x0dbad'],
    ['8-bit control', '\x9b2J', '\\x9b2J'],
    ['delete', 'a\x7f', 'a\\x7f'],
    ['writing turned around', 'v1\u202egpj.exe', 'v1\\u202egpj.exe'],
    ['an isolate', '\u2066a\u2069', '\\u2066a\\u2069'],
    ['marks of direction', '\u200ea\u200fb\u061c', '\\u200ea\\u200fb\\u061c'],
  ])('control characters are shown, not obeyed: %s', (_, cell, shown) => {
    expect(printable(cell)).toBe(shown);
    expect(print(dockerTable, [[cell, 'x']])).toContain(shown);
    expect(print(dockerTable, [['x', cell]])).toContain(shown);
  });
});

describe('strings as Go writes them', () => {
  it.each([
    ['plain', 'v1.0', '"v1.0"'],
    ['html', 'a<b>&c', '"a\\u003cb\\u003e\\u0026c"'],
    ['line separators', '\u2028\u2029', '"\\u2028\\u2029"'],
    ['quotes and backslash', '"\\', '"\\"\\\\"'],
    ['control', '\x01\x1f', '"\\u0001\\u001f"'],
    ['short escapes', '\b\f\n\r\t', '"\\b\\f\\n\\r\\t"'],
    ['delete', '\x7f', '"\\u007f"'],
    ['other scripts stay', 'größe 日本 🚀', '"größe 日本 🚀"'],
  ])('%s', (_, text, json) => {
    expect(goJsonString(text)).toBe(json);
    expect(JSON.parse(goJsonString(text))).toBe(text);
  });

  it('one very long cell makes pieces short, not long', () => {
    const rows = Array.from({ length: 600 }, (_, row) => [row === 7 ? 'x'.repeat(200_000) : 'x', 'y']);
    const pieces = [...tableLines(dockerTable, rows)];
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(300_000);
    expect(pieces.join('').split('\n')).toHaveLength(601);
  });
});
