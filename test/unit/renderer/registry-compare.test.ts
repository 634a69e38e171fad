/** What is said beside a signed digest about the registry: never "same" unless it is. */
import { describe, expect, test } from 'vitest';
import {
  differentTags,
  withAnswers,
  withAsking,
  withFailure,
} from '../../../renderer/features/repository/registry-compare.ts';
import type { RegistryState } from '../../../renderer/features/repository/tag-view.ts';
import { hex, smallTable } from '../../fakes/trust-data.ts';

const table = smallTable();
const none: ReadonlyMap<string, RegistryState> = new Map();
const digest = (tag: string, sha256: string) =>
  ({ kind: 'digest', tag, sha256, mediaType: 'application/vnd.oci.image.index.v1+json', size: 1 }) as const;
const error = { code: 'registry/error', details: { registry: 'r', status: 500 } } as const;

describe('withAnswers', () => {
  test.each<[what: string, answer: Parameters<typeof withAnswers>[2][number], state: RegistryState]>([
    ['the signed digest', digest('1.9', hex('1.9')), { kind: 'same' }],
    ['another digest', digest('1.9', hex('2.0')), { kind: 'different', digest: hex('2.0') }],
    ['no such tag', { kind: 'absent', tag: '1.9' }, { kind: 'absent' }],
    ['an error', { kind: 'unknown', tag: '1.9', error }, { kind: 'unknown', error }],
  ])('says %s', (_, answer, state) => {
    expect(withAnswers(none, table, [answer]).get('1.9')).toEqual(state);
  });

  test('a tag that is not signed is never the same', () => {
    const registry = withAnswers(none, table, [digest('unsigned', hex('1.9'))]);
    expect(registry.get('unsigned')?.kind).toBe('different');
  });

  test('leaves what was there before as it was', () => {
    const before = withAsking(none, ['1.0']);
    const after = withAnswers(before, table, [digest('1.9', hex('1.9'))]);
    expect([...after.keys()]).toEqual(['1.0', '1.9']);
    expect(before.size).toBe(1);
  });
});

test('a failed call makes every asked tag unknown, with the reason', () => {
  const registry = withFailure(withAsking(none, ['1.0', '1.2']), ['1.0', '1.2'], error);
  expect([...registry.values()]).toEqual([
    { kind: 'unknown', error },
    { kind: 'unknown', error },
  ]);
});

test('only different ones are counted', () => {
  const registry = withAnswers(none, table, [
    digest('1.0', hex('moved')),
    digest('1.2', hex('1.2')),
    { kind: 'absent', tag: '1.9' },
  ]);
  expect(differentTags(registry)).toEqual(['1.0']);
});
