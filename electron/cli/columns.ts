/**
 * Text tables as Go's tabwriter aligns them for docker and notary. Command line; pure.
 * A column is as wide as its widest cell plus the gap; the last column is not padded.
 */
import { cellWidth, countRunes } from './cell-width.ts';

/** How a program sets up its tabwriter. */
export interface TableStyle {
  /** Smallest width of a column, gap included. */
  readonly minimum: number;
  readonly gap: number;
  readonly widthOf: (cell: string) => number;
}
/** docker: columns of at least 10, three spaces between, wide characters count twice. */
export const dockerTable: TableStyle = { minimum: 10, gap: 3, widthOf: cellWidth };
/** notary: columns of at least 4, four spaces between, every code point counts once. */
export const notaryTable: TableStyle = { minimum: 4, gap: 4, widthOf: countRunes };

/** Rows of equally many cells as lines that end with a line feed, in pieces of some tens of kilobytes. */
export function* tableLines(
  style: TableStyle,
  rows: readonly (readonly string[])[],
): Generator<string, void, void> {
  const { widths, plainRows } = measure(style, rows);
  let text = '';
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? [];
    text += plainRows[at] === 1 ? plainLine(row, widths) : anyLine(style, row, widths);
    if (text.length > pieceLength) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}
const pieceLength = 65_536;

/** A header of notary's tables: the names, then as many dashes below each. */
export function withRule(header: readonly string[]): (readonly string[])[] {
  return [header, header.map((name) => '-'.repeat(name.length))];
}

/** The width of every column, and which rows hold nothing but printable ASCII: those need no second look. */
function measure(style: TableStyle, rows: readonly (readonly string[])[]) {
  const plainRows = new Uint8Array(rows.length);
  const widths = (rows[0] ?? []).map(() => style.minimum);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? [];
    const isPlain = plain.test(row.join(''));
    if (isPlain) plainRows[at] = 1;
    for (let column = 0; column < row.length; column++) {
      const cell = row[column] ?? '';
      const width = (isPlain ? cell.length : widthOf(style, cell)) + style.gap;
      if (width > (widths[column] ?? 0)) widths[column] = width;
    }
  }
  return { widths, plainRows };
}

function plainLine(row: readonly string[], widths: readonly number[]): string {
  const last = row.length - 1;
  let line = '';
  for (let column = 0; column < last; column++) line += (row[column] ?? '').padEnd(widths[column] ?? 0);
  return `${line}${row[last] ?? ''}\n`;
}

function anyLine(style: TableStyle, row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, column) =>
    column === row.length - 1 ? printable(cell) : padded(style, cell, widths[column] ?? 0),
  );
  return `${cells.join('')}\n`;
}

function padded(style: TableStyle, cell: string, width: number): string {
  return printable(cell) + ' '.repeat(Math.max(0, width - widthOf(style, cell)));
}

/** Nearly every cell: what is printed is what it is, one column per character. */
const plain = /^[\x20-\x7e]*$/;

function widthOf(style: TableStyle, cell: string): number {
  return plain.test(cell) ? cell.length : style.widthOf(printable(cell));
}

// eslint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\0-\x1f\x7f-\x9f]/g;

/**
 * SECURITY: names come from metadata and may hold anything. Control characters would drive the terminal and tear
 * the table apart, so they are shown as escapes. docker and notary print them raw: a deliberate difference.
 */
export function printable(text: string): string {
  return plain.test(text) ? text : text.replace(control, toEscape);
}

function toEscape(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
