/** Which repositories are shown, and in which order. Pure. */
import { isGone, isInStoppedSandbox, isWithoutTrustData } from '../../copy/trust-words.ts';
import type { RepositoryRow } from '../../../shared/ipc/repositories.ts';

export type RowFilter = 'all' | 'attention' | 'sign' | 'watch';
export type SortColumn = 'gun' | 'server' | 'tags' | 'signers' | 'expiry' | 'checked';

export interface RowSort {
  readonly column: SortColumn;
  readonly descending: boolean;
}

const collator = new Intl.Collator('en', { numeric: true });

/** Failed, stale, expiring or otherwise worth a look. */
export function needsAttention(row: RepositoryRow, now: number): boolean {
  const { freshness, warnings, nextExpiry } = row;
  if (isGone(row)) return true;
  if (isWithoutTrustData(row) || isInStoppedSandbox(row)) return false;
  if (freshness.kind === 'failed' || freshness.kind === 'cached') return true;
  return warnings.length > 0 || (nextExpiry !== undefined && nextExpiry.at <= now);
}

/** With keys of what was deleted on its server nothing is signed. */
const canSign = (row: RepositoryRow): boolean =>
  !isGone(row) && (row.abilities.signAs.length > 0 || row.abilities.administer);

function passes(row: RepositoryRow, filter: RowFilter, now: number): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'attention':
      return needsAttention(row, now);
    case 'sign':
      return canSign(row);
    case 'watch':
      return !canSign(row);
  }
}

/** Unknown values come last in either direction. */
function compareBy(column: SortColumn, descending: boolean): (a: RepositoryRow, b: RepositoryRow) => number {
  const turn = descending ? -1 : 1;
  const byNumber =
    (of: (row: RepositoryRow) => number | undefined) => (a: RepositoryRow, b: RepositoryRow) => {
      const [x, y] = [of(a), of(b)];
      if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
      return turn * (x - y);
    };
  switch (column) {
    case 'gun':
      return (a, b) => turn * collator.compare(a.gun, b.gun);
    case 'server':
      return (a, b) => turn * collator.compare(a.server, b.server);
    case 'tags':
      return byNumber(({ signedTags }) => signedTags);
    case 'signers':
      return byNumber(({ signers }) => signers);
    case 'expiry':
      return byNumber(({ nextExpiry }) => nextExpiry?.at);
    case 'checked':
      return byNumber(({ freshness }) => (freshness.kind === 'never' ? undefined : freshness.at));
  }
}

export interface RowView {
  readonly query: string;
  readonly filter: RowFilter;
  readonly sort: RowSort;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Every word of the query must be in the name, the server or a signer the person can sign as. */
export function viewRows(
  rows: readonly RepositoryRow[],
  { query, filter, sort, now }: RowView,
): RepositoryRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const compare = compareBy(sort.column, sort.descending);
  return rows
    .filter((row) => {
      const text = `${row.gun} ${row.server} ${row.abilities.signAs.join(' ')}`.toLowerCase();
      return passes(row, filter, now) && words.every((word) => text.includes(word));
    })
    .sort((a, b) => compare(a, b) || collator.compare(a.gun, b.gun));
}
