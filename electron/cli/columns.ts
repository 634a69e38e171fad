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
  const widths = columnWidths(style, rows);
  let text = '';
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      text += column === row.length - 1 ? printable(cell) : padded(style, cell, widths[column] ?? 0);
    }
    text += '\n';
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

function columnWidths(style: TableStyle, rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      const width = widthOf(style, cell) + style.gap;
      if (width > (widths[column] ?? style.minimum)) widths[column] = width;
    }
  }
  return (rows[0] ?? []).map((_, column) => widths[column] ?? style.minimum);
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
