/** What a benchmark found: one row per target, and the table that is printed of them. Pure. */

export interface Row {
  readonly what: string;
  /** Both figures with their units, as text: `123 ms`. The second is the real tool's, where there is one. */
  readonly ours: string;
  readonly theirs: string;
  /** The figure that the target is about (a ratio, ms or MB) and its upper bound. */
  readonly value: number;
  readonly limit: number;
  readonly unit: 'x' | 'ms' | 'MB' | 'rows';
}

export const isMet = (row: Row): boolean => row.value <= row.limit;

export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
export const megabytes = (value: number): string => `${value.toFixed(0)} MB`;

const figure = (value: number, unit: Row['unit']): string => {
  switch (unit) {
    case 'x':
      return `${value.toFixed(3)} x`;
    case 'ms':
      return ms(value);
    case 'MB':
      return megabytes(value);
    case 'rows':
      return `${value}`;
  }
};

const header = ['WHAT', 'TRUSTDESK', 'REAL TOOL', 'FIGURE', 'TARGET', 'VERDICT'] as const;

const cells = (row: Row): readonly string[] => [
  row.what,
  row.ours,
  row.theirs,
  figure(row.value, row.unit),
  `<= ${figure(row.limit, row.unit)}`,
  isMet(row) ? 'met' : 'MISSED',
];

/** An aligned text table, one line per row, ending in a line that counts the targets met. */
export function toTable(rows: readonly Row[]): string {
  const lines = [header, ...rows.map(cells)];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...text, '', `${rows.filter(isMet).length} of ${rows.length} targets met`, ''].join('\n');
}
