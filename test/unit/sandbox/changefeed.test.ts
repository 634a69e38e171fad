/** The change feed's paging. */
import { describe, expect, it } from 'vitest';
import {
  changefeedJson,
  parseChangefeedQuery,
  selectChanges,
} from '../../../electron/sandbox/notary/changefeed.ts';
import { NotaryError } from '../../../electron/sandbox/notary/notary-errors.ts';
import type { Change } from '../../../electron/sandbox/notary/notary-store.ts';

const change = (gun: string, version: number): Change => ({
  gun,
  version,
  sha256: version === 0 ? '' : 'ab',
  category: version === 0 ? 'deletion' : 'update',
  createdAt: 0,
});
/** IDs 1 to 6. */
const changes = [
  change('a', 1),
  change('b', 1),
  change('a', 2),
  change('a', 0),
  change('b', 2),
  change('a', 1),
];

function idsOf(query: string, gun?: string): readonly number[] {
  return selectChanges(changes, parseChangefeedQuery(new URLSearchParams(query), gun)).map(({ id }) => id);
}

describe('changes', () => {
  it.each([
    ['records=0', undefined, [1, 2, 3, 4, 5, 6]],
    ['records=2', undefined, [1, 2]],
    ['records=%2B2', undefined, [1, 2]],
    ['records=2&change_id=0', undefined, [1, 2]],
    ['records=2&change_id=2', undefined, [3, 4]],
    ['records=9&change_id=6', undefined, []],
    ['records=9&change_id=99', undefined, []],
    ['records=-2', undefined, [5, 6]],
    ['records=-2&change_id=4', undefined, [2, 3]],
    ['records=-9&change_id=4', undefined, [1, 2, 3]],
    ['records=2&change_id=-1', undefined, [5, 6]],
    ['records=0', 'a', [1, 3, 4, 6]],
    ['records=2&change_id=1', 'a', [3, 4]],
    ['records=-2', 'a', [4, 6]],
    ['records=5', 'c', []],
  ])('%s of %s', (query, gun, ids) => {
    expect(idsOf(query, gun)).toEqual(ids);
  });

  it.each(['', 'records=', 'records=x', 'records=1.5', 'records=2147483648', 'records=1&change_id=x'])(
    'refuses %s',
    (query) => {
      expect(() => idsOf(query)).toThrow(NotaryError);
    },
  );

  it('are written as the real server writes them', () => {
    const query = parseChangefeedQuery(new URLSearchParams('records=1&change_id=3'), undefined);
    expect(changefeedJson(selectChanges(changes, query))).toBe(
      '{"count":1,"records":[{"ID":"4","CreatedAt":"1970-01-01T00:00:00.000Z","GUN":"a","Version":0,"SHA256":"","Category":"deletion"}]}',
    );
    expect(changefeedJson([])).toBe('{"count":0,"records":null}');
  });
});
