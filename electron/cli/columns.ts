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
  const shown = columns.map((column) => (isPlain(column) ? column : column.map(printable)));
  const last = shown.pop() ?? [];
  const padded = shown.map((column) => padColumn(style, column));
  const fillers: string[] = [];
  let text = '';
  for (let row = 0; row < last.length; row += 1) {
    for (const { cells, width } of padded) {
      const cell = cells[row] ?? '';
      const missing = Math.max(0, width - cell.length);
      text += cell + (fillers[missing] ??= ' '.repeat(missing));
    }
    text += `${last[row] ?? ''}\n`;
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

/** Cells that are to be filled up to so many UTF-16 units. */
interface Column {
  readonly cells: readonly string[];
  readonly width: number;
}

function padColumn(style: TableStyle, cells: readonly string[]): Column {
  if (!isPlain(cells)) return { cells: padAny(style, cells), width: 0 };
  let longest = 0;
  for (const { length } of cells) if (length > longest) longest = length;
  return { cells, width: Math.max(style.minimum, longest + style.gap) };
}

/** Where characters are wider than one column each, the cells are filled up one by one. */
function padAny({ minimum, gap, widthOf }: TableStyle, cells: readonly string[]): readonly string[] {
  const widths = cells.map(widthOf);
  const width = widths.reduce((most, one) => Math.max(most, one + gap), minimum);
  return cells.map((cell, row) => cell + ' '.repeat(Math.max(0, width - (widths[row] ?? 0))));
}

/** Nearly every column: what is printed is what it is, one place per character. One look at all cells is the quickest. */
const isPlain = (cells: readonly string[]): boolean => plain.test(cells.join(''));
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
