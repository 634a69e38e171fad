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
  yield* columnLines(
    style,
    (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? '')),
  );
}

/**
 * The same from columns of equally many cells: a long table is looked at once per column, and has no list per row.
 */
export function* columnLines(
  style: TableStyle,
  columns: readonly (readonly string[])[],
): Generator<string, void, void> {
  const cells = columns.every((column) => plain.test(column.join('')))
    ? columns.map((column) => plainCells(style, column))
    : columns.map((column) => anyCells(style, column));
  const last = columns.length - 1;
  let text = '';
  for (let row = 0; row < (columns[0]?.length ?? 0); row += 1) {
    for (let column = 0; column < last; column += 1) text += cells[column]?.padded(row) ?? '';
    text += `${cells[last]?.bare(row) ?? ''}\n`;
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

/** A column's cells as they are printed: padded to its width, or bare where it is the last one. */
interface Cells {
  readonly padded: (row: number) => string;
  readonly bare: (row: number) => string;
}

/** Nothing but printable ASCII. */
function plainCells({ minimum, gap }: TableStyle, column: readonly string[]): Cells {
  let longest = 0;
  for (const { length } of column) if (length > longest) longest = length;
  const width = Math.max(minimum, longest + gap);
  return { padded: (row) => (column[row] ?? '').padEnd(width), bare: (row) => column[row] ?? '' };
}

function anyCells({ minimum, gap, widthOf }: TableStyle, column: readonly string[]): Cells {
  const shown = column.map(printable);
  const widths = shown.map((cell) => (plain.test(cell) ? cell.length : widthOf(cell)));
  const width = widths.reduce((most, one) => Math.max(most, one + gap), minimum);
  const bare = (row: number): string => shown[row] ?? '';
  return { padded: (row) => bare(row) + ' '.repeat(Math.max(0, width - (widths[row] ?? 0))), bare };
}

/** Nearly every cell: what is printed is what it is, one column per character. */
const plain = /^[\x20-\x7e]*$/;

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
