/** The list of repositories: search, filters, order. */
import { describe, expect, test } from 'vitest';
import {
  needsAttention,
  type RowFilter,
  type RowSort,
  viewRows,
} from '../../../renderer/features/repositories/row-order.ts';
import { acmeApp, day, rows, today } from '../../fakes/trust-data.ts';

const noData = { code: 'trust/no-data', details: { gun: 'a/b', server: 'n' } } as const;

const view = (change: { query?: string; filter?: RowFilter; sort?: RowSort }): readonly string[] =>
  viewRows(rows(), {
    query: '',
    filter: 'all',
    sort: { column: 'gun', descending: false },
    now: today,
    ...change,
  }).map(({ gun }) => gun.slice(gun.lastIndexOf('/') + 1));

describe('search', () => {
  test.each<[query: string, names: readonly string[]]>([
    ['acme/app', ['app']],
    ['PLATFORM', ['base', 'gateway']],
    ['notary.docker.io', ['legacy', 'alpine']],
    ['release-bot', ['frontend']],
    ['acme work', ['worker']],
    ['nothing-like-it', []],
  ])('%j', (query, names) => {
    expect(view({ query })).toEqual(names);
  });
});

describe('filters', () => {
  test.each<[filter: RowFilter, names: readonly string[]]>([
    ['attention', ['app', 'migrate', 'base', 'gateway']],
    ['sign', ['hello', 'app', 'frontend', 'worker']],
    ['watch', ['legacy', 'alpine', 'migrate', 'base', 'gateway']],
  ])('%s', (filter, names) => {
    expect(view({ filter })).toEqual(names);
  });
});

test.each([
  ['from the cache', { kind: 'cached', at: today, reason: noData }],
  ['as read before', { kind: 'failed', at: today, error: noData }],
] as const)('what its server deleted needs attention and signs nothing, known %s', (_, freshness) => {
  const row = { ...rows().find(({ abilities }) => abilities.administer)!, freshness, warnings: [] };
  const shown = (filter: RowFilter) =>
    viewRows([row], { query: '', filter, sort: { column: 'gun', descending: false }, now: today }).length;
  expect([shown('attention'), shown('sign'), shown('watch')]).toEqual([1, 0, 1]);
  const unreachable = { code: 'network/refused', details: { host: 'h', port: 443 } } as const;
  expect(
    needsAttention({ ...row, freshness: { ...freshness, kind: 'cached', reason: unreachable } }, today),
  ).toBe(true);
});

describe('order', () => {
  test.each<[column: RowSort['column'], descending: boolean, first: string, last: string]>([
    ['gun', false, 'legacy', 'gateway'],
    ['gun', true, 'gateway', 'legacy'],
    ['tags', true, 'frontend', 'legacy'],
    ['tags', false, 'hello', 'legacy'],
    ['signers', false, 'alpine', 'legacy'],
    ['expiry', false, 'migrate', 'legacy'],
    ['expiry', true, 'hello', 'legacy'],
    ['checked', false, 'alpine', 'legacy'],
  ])('by %s, descending %s: unknown values stay last', (column, descending, first, last) => {
    const names = view({ sort: { column, descending } });
    expect([names[0], names.at(-1)]).toEqual([first, last]);
  });

  test('numbers in names are numbers', () => {
    const [row] = rows();
    const named = ['r/v10', 'r/v9', 'r/v1'].map((gun) => ({ ...row!, gun }));
    const options = {
      query: '',
      filter: 'all',
      sort: { column: 'gun', descending: false },
      now: today,
    } as const;
    expect(viewRows(named, options).map(({ gun }) => gun)).toEqual(['r/v1', 'r/v9', 'r/v10']);
  });
});

test('an expiry that has passed needs attention even without a warning', () => {
  const row = rows().find(({ gun }) => gun === acmeApp)!;
  const quiet = { ...row, warnings: [], nextExpiry: { role: 'targets', at: today + day } };
  expect([needsAttention(quiet, today), needsAttention(quiet, today + 2 * day)]).toEqual([false, true]);
});
