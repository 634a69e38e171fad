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
    (rows[0] ?? []).map((_, column) => ({ cells: rows.map((row) => row[column] ?? '') })),
  );
}

/** Cells below each other; `plain` says that all are known to hold nothing but printable ASCII, so nobody looks. */
export interface Column {
  readonly cells: readonly string[];
  readonly plain?: boolean;
}

/**
 * The same from columns of equally many cells: a long table is looked at once per column, and has no list per row.
 */
export function* columnLines(style: TableStyle, columns: readonly Column[]): Generator<string, void, void> {
  const shown = columns.map(toShown);
  const last = shown.pop()?.cells ?? [];
  const padded = shown.map((column) => padColumn(style, column));
  const rowLength =
    padded.reduce(
      (sum, { cells, width }) => sum + (width === 0 ? longestOf(cells) : width),
      longestOf(last),
    ) + 1;
  const rowsPerPiece = Math.max(1, Math.floor(pieceLength / rowLength));
  for (let from = 0; from < last.length; from += rowsPerPiece) {
    yield piece(padded, last, from, Math.min(last.length, from + rowsPerPiece));
  }
}
const pieceLength = 65_536;

/** Rows `from` to `to`, column by column and joined at once: adding cell to cell makes a tree of texts first. */
function piece(padded: readonly Padded[], last: readonly string[], from: number, to: number): string {
  const partsPerRow = 2 * padded.length + 2;
  const parts = new Array<string>((to - from) * partsPerRow);
  for (const [column, { cells, width }] of padded.entries()) {
    let at = 2 * column;
    for (let row = from; row < to; row += 1) {
      const cell = cells[row] ?? '';
      parts[at] = cell;
      parts[at + 1] = filler(width - cell.length);
      at += partsPerRow;
    }
  }
  for (let row = from, at = 2 * padded.length; row < to; row += 1, at += partsPerRow) {
    parts[at] = last[row] ?? '';
    parts[at + 1] = '\n';
  }
  return parts.join('');
}

const fillers: string[] = [];

/** So many blanks; none for a negative number. */
function filler(missing: number): string {
  if (missing > longestKept) return ' '.repeat(missing);
  return missing <= 0 ? '' : (fillers[missing] ??= ' '.repeat(missing));
}
const longestKept = 1000;

function longestOf(cells: readonly string[]): number {
  let longest = 0;
  for (let row = 0; row < cells.length; row += 1) longest = Math.max(longest, cells[row]?.length ?? 0);
  return longest;
}

/** A header of notary's tables: the names, then as many dashes below each. */
export function withRule(header: readonly string[]): (readonly string[])[] {
  return [header, header.map((name) => '-'.repeat(name.length))];
}

/** Every character as what it prints, and whether each takes one place. */
function toShown({ cells, plain }: Column): Required<Column> {
  if (plain === true || isPlain(cells)) return { cells, plain: true };
  const printed = cells.map(printable);
  return { cells: printed, plain: isPlain(printed) };
}

/** Cells that are to be filled up to so many UTF-16 units. */
interface Padded {
  readonly cells: readonly string[];
  readonly width: number;
}

function padColumn(style: TableStyle, { cells, plain }: Required<Column>): Padded {
  if (!plain) return { cells: padAny(style, cells), width: 0 };
  return { cells, width: Math.max(style.minimum, longestOf(cells) + style.gap) };
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
