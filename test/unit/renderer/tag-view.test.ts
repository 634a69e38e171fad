/** Filtering of the tag table: what is found, in which order, and that nothing is invented. */
import { describe, expect, test } from 'vitest';
import {
  filterNames,
  filterTags,
  indexTags,
  onlyDifferent,
  pinnedReference,
  type RegistryState,
} from '../../../renderer/features/repository/tag-view.ts';
import { hex, largeTable, smallTable } from '../../fakes/trust-data.ts';

const table = smallTable();
const found = (query: string): readonly string[] =>
  [...filterTags(indexTags(table), query)].map((at) => table.tags[at]!);

describe('filterTags', () => {
  test.each<[what: string, query: string, tags: readonly string[]]>([
    ['everything, in the order of inspect, for no query', '', table.tags],
    ['everything for blanks', '   ', table.tags],
    ['a part of a tag', 'rc', ['2.0-rc.1']],
    ['upper case as lower case', 'HOTFIX', ['1.4-hotfix']],
    ['tags by a signer', 'ops', ['1.10', '2.0', 'latest']],
    ['tags of the repository key', 'admin', ['1.4-hotfix']],
    ['several words, each of which must be there', '2.0 ops', ['2.0']],
    ['both tags with the digest', hex('2.0').slice(0, 10), ['2.0', 'latest']],
    ['a digest as docker writes it', `sha256:${hex('1.9')}`, ['1.9']],
    ['no digest by fewer than six digits', hex('1.9').slice(0, 5), []],
    ['no digest by its middle', hex('1.9').slice(10, 30), []],
    ['no signer and tag run together', 'latestjeff', []],
    ['nothing for what is not there', 'nobody', []],
  ])('finds %s', (_, query, tags) => {
    expect(found(query)).toEqual(tags);
  });

  test('treats names that objects have of their own as names', () => {
    const odd = { ...table, tags: ['__proto__', 'constructor', 'toString'] };
    expect([...filterTags(indexTags(odd), '__proto__')]).toEqual([0]);
  });

  test('finds the same among many tags as a plain search does', () => {
    const many = largeTable(5000);
    const plain = many.tags.flatMap((tag, at) => (tag.includes('1.3') ? [at] : []));
    expect([...filterTags(indexTags(many), '1.3')]).toEqual(plain);
  });

  test('shows the tags of a table whose signer sets are cut short as the repository key’s', () => {
    const broken = { ...table, signerSets: [] };
    expect(filterTags(indexTags(broken), 'repo admin')).toHaveLength(table.tags.length);
  });
});

test('only tags known to differ are shown as different', () => {
  const registry = new Map<string, RegistryState>([
    ['1.0', { kind: 'absent' }],
    ['1.2', { kind: 'same' }],
    ['1.9', { kind: 'different', digest: hex('moved') }],
    ['2.0', { kind: 'unknown', error: { code: 'registry/error', details: {} } }],
    ['latest', { kind: 'asking' }],
  ]);
  const all = Uint32Array.from(table.tags.keys());
  expect([...onlyDifferent(all, table, registry)].map((at) => table.tags[at])).toEqual(['1.9']);
});

test.each<[query: string, names: readonly string[]]>([
  ['', ['edge', 'Nightly-2', 'pr-1']],
  ['night 2', ['Nightly-2']],
  ['zzz', []],
])('names are filtered by %j', (query, names) => {
  expect(filterNames(['edge', 'Nightly-2', 'pr-1'], query)).toEqual(names);
});

test('a pinned reference names the digest and no tag', () => {
  expect(pinnedReference('registry.example.com:5000/a/b', hex('x'))).toBe(
    `registry.example.com:5000/a/b@sha256:${hex('x')}`,
  );
});
