/**
 * Text tables as Go's tabwriter aligns them for docker and notary. Command line; pure.
 * A column is as wide as its widest cell plus the gap; the last column is not padded.
 */
import { printable } from '../../shared/printable.ts';
import { cellWidth, countRunes } from './cell-width.ts';

/** docker and notary print such characters raw: a deliberate difference. */
export { printable };

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
  const columns = (rows[0] ?? []).map((_, column) => columnOf([], (row) => rows[row]?.[column] ?? ''));
  yield* columnLines(style, rows.length, columns);
}

/** Cells below each other. Each is asked for when its row is written, so that 10,000 of them need not be kept. */
export interface Column {
  /** Rows above the cells; printable ASCII. */
  readonly header: readonly string[];
  readonly cellAt: (row: number) => string;
  /** Length of the longest cell, where all are known to hold nothing but printable ASCII: nobody looks at them first. */
  readonly longest: number | undefined;
}

export function columnOf(header: readonly string[], cellAt: Column['cellAt'], longest?: number): Column {
  return { header, cellAt, longest };
}

/** The same from columns of `rows` cells each below equally many rows of header: a long table has no list per row. */
export function* columnLines(
  style: TableStyle,
  rows: number,
  columns: readonly Column[],
): Generator<string, void, void> {
  const padded = columns.map((column, at) => padColumn(style, rows, column, at === columns.length - 1));
  const above = columns[0]?.header.length ?? 0;
  const headers = padded.map(({ header, width }) => ({ cellAt: (row: number) => header[row] ?? '', width }));
  if (above > 0) yield piece(headers, 0, above);
  const rowLength = padded.reduce((sum, { longest }) => sum + longest + style.gap, 1);
  const rowsPerPiece = Math.max(1, Math.floor(pieceLength / rowLength));
  for (let from = 0; from < rows; from += rowsPerPiece) {
    yield piece(padded, from, Math.min(rows, from + rowsPerPiece));
  }
}
const pieceLength = 65_536;

/** Cells that are to be filled up to so many UTF-16 units, unless they stand in the last column. */
interface Padded {
  readonly cellAt: (row: number) => string;
  readonly width: number;
}

/** Rows `from` to `to`, column by column and joined at once: adding cell to cell makes a tree of texts first. */
function piece(columns: readonly Padded[], from: number, to: number): string {
  const partsPerRow = 2 * columns.length;
  const parts = new Array<string>((to - from) * partsPerRow);
  for (const [column, { cellAt, width }] of columns.entries()) {
    const isLast = column === columns.length - 1;
    let at = 2 * column;
    for (let row = from; row < to; row += 1, at += partsPerRow) {
      const cell = cellAt(row);
      parts[at] = cell;
      parts[at + 1] = isLast ? '\n' : filler(width - cell.length);
    }
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

/** A header of notary's tables: the names, then as many dashes below each. */
export function withRule(header: readonly string[]): (readonly string[])[] {
  return [header, header.map((name) => '-'.repeat(name.length))];
}

interface PaddedColumn extends Padded {
  readonly header: readonly string[];
  readonly longest: number;
}

function padColumn(
  style: TableStyle,
  rows: number,
  { header, cellAt, longest }: Column,
  isLast: boolean,
): PaddedColumn {
  if (longest !== undefined) return padPlain(style, header, cellAt, longest);
  const cells = Array.from({ length: rows }, (_, row) => cellAt(row));
  const shown = isPlain(cells) ? cells : cells.map(printable);
  // Nothing is filled up in the last column, however wide its characters are.
  if (isLast || shown === cells || isPlain(shown))
    return padPlain(style, header, (row) => shown[row] ?? '', longestOf(shown));
  return padAny(style, header, shown);
}

function padPlain(
  style: TableStyle,
  header: readonly string[],
  cellAt: Column['cellAt'],
  longestCell: number,
): PaddedColumn {
  const longest = Math.max(longestCell, longestOf(header));
  return { header, cellAt, longest, width: Math.max(style.minimum, longest + style.gap) };
}

/** Where characters are wider than one column each, the cells are filled up one by one. */
function padAny(style: TableStyle, header: readonly string[], cells: readonly string[]): PaddedColumn {
  const all = [...header, ...cells];
  const widths = all.map(style.widthOf);
  const width = widths.reduce((most, one) => Math.max(most, one + style.gap), style.minimum);
  const filled = all.map((cell, row) => cell + ' '.repeat(Math.max(0, width - (widths[row] ?? 0))));
  const above = header.length;
  return {
    header: filled.slice(0, above),
    cellAt: (row) => filled[above + row] ?? '',
    longest: longestOf(filled),
    width: 0,
  };
}

function longestOf(cells: readonly string[]): number {
  let longest = 0;
  for (let row = 0; row < cells.length; row += 1) longest = Math.max(longest, cells[row]?.length ?? 0);
  return longest;
}

/** Nearly every column: what is printed is what it is, one place per character. One look at all cells is the quickest. */
const isPlain = (cells: readonly string[]): boolean => plain.test(cells.join(''));
const plain = /^[\x20-\x7e]*$/;
