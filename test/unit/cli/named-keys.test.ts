/** The keys that are named by --key, among those of a backup or a sheet. */
import { expect, test } from 'vitest';
import { namedKeys } from '../../../electron/cli/named-keys.ts';

const keys = ['aaaa1', 'aaaa2', 'bbbb1', 'bbbb1'].map((id, at) => ({ id, at }));
const named = (...wanted: readonly string[]) => namedKeys(wanted, keys, ({ id }) => id, 'SOURCE');

test('each that is named, once', () => {
  expect(named('bbbb', 'aaaa1', 'bbbb1').map(({ at }) => at)).toEqual([2, 3, 0]);
});

test.each([
  ['aaaa', { code: 'keystore/ambiguous-id', details: { given: 'aaaa', keyIds: ['aaaa1', 'aaaa2'] } }],
  ['cccc', { code: 'backup/no-such-key', details: { keyId: 'cccc', path: 'SOURCE' } }],
  ['bbb', { code: 'backup/no-such-key' }],
])('%s is refused', (given, refusal) => {
  expect(() => named(given)).toThrow(expect.objectContaining(refusal) as Error);
});
