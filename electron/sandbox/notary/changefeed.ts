/** The change feed: which records a request asks for, and their JSON (notary server/storage, GetChanges). Pure. */
import { goJson } from '../exchange.ts';
import { NotaryError } from './notary-errors.ts';
import type { Change } from './notary-store.ts';

/** `records=0` means this many. */
const DEFAULT_PAGE = 100;
const INT32_MAX = 2_147_483_647;

interface NumberedChange extends Change {
  readonly id: number;
}

export interface ChangefeedQuery {
  /** Negative: the newest ones before `changeId`. */
  readonly records: number;
  readonly changeId: number | undefined;
  readonly gun: string | undefined;
}

/** Reads `records` (mandatory) and `change_id`. Throws INVALID_PARAMETERS with the texts of Go's strconv. */
export function parseChangefeedQuery(query: URLSearchParams, gun: string | undefined): ChangefeedQuery {
  const records = query.get('records') ?? '';
  const problem = int32Problem(records);
  if (problem !== undefined) {
    const detail = `invalid records parameter: strconv.ParseInt: parsing ${JSON.stringify(records)}: ${problem}`;
    throw new NotaryError('INVALID_PARAMETERS', detail);
  }
  const changeId = query.get('change_id') ?? '';
  if (changeId !== '' && int32Problem(changeId) !== undefined)
    throw new NotaryError('INVALID_PARAMETERS', {});
  return {
    records: Number(records) === 0 ? DEFAULT_PAGE : Number(records),
    changeId: changeId === '' ? undefined : Number(changeId),
    gun,
  };
}

function int32Problem(text: string): string | undefined {
  if (!/^[-+]?[0-9]+$/.test(text)) return 'invalid syntax';
  const value = Number(text);
  return value > INT32_MAX || value < -INT32_MAX - 1 ? 'value out of range' : undefined;
}

/** The chosen records, oldest first. */
export function selectChanges(changes: readonly Change[], query: ChangefeedQuery): readonly NumberedChange[] {
  const numbered = changes.map((change, index) => ({ ...change, id: index + 1 }));
  const matching = numbered.filter(({ gun }) => query.gun === undefined || gun === query.gun);
  const from = query.changeId ?? 0;
  const count = Math.abs(query.records);
  // A negative change_id asks for the newest ones, like a negative number of records.
  if (query.records > 0 && from >= 0) return matching.filter(({ id }) => id > from).slice(0, count);
  // Without change_id, "before" starts at the end; the real memory storage drops the connection here.
  const before = query.changeId === undefined || from < 0 ? Infinity : from;
  return matching.filter(({ id }) => id < before).slice(-count);
}

/** The body. An unfiltered feed without records is `null`, as Go prints a slice that was never made. */
export function changefeedJson(changes: readonly NumberedChange[]): string {
  const records = changes.map((change) => ({
    ID: String(change.id),
    CreatedAt: new Date(change.createdAt).toISOString(),
    GUN: change.gun,
    Version: change.version,
    SHA256: change.sha256,
    Category: change.category,
  }));
  return goJson({ count: records.length, records: records.length === 0 ? null : records });
}
