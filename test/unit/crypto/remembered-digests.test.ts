/** Digests are computed once per array, and every array has its own. */
import { expect, test } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { rememberDigests } from '../../../electron/crypto/remembered-digests.ts';

test.each(['sha256', 'sha512'] as const)('%s is computed once per array, not per content', (algorithm) => {
  const asked: Uint8Array[] = [];
  const digest = (bytes: Uint8Array): Uint8Array => {
    asked.push(bytes);
    return nodeCrypto[algorithm](bytes);
  };
  const crypto = rememberDigests({ ...nodeCrypto, [algorithm]: digest });
  const [a, same, b] = [Buffer.from('a'), Buffer.from('a'), Buffer.from('b')];
  for (const bytes of [a, a, same, b, a]) {
    expect(Buffer.from(crypto[algorithm](bytes))).toEqual(nodeCrypto[algorithm](bytes));
  }
  expect(asked).toEqual([a, same, b]);
});

test('signatures are checked every time', () => {
  let checks = 0;
  const crypto = rememberDigests({ ...nodeCrypto, verify: () => ++checks > 1 });
  const check = (): boolean =>
    crypto.verify({ keytype: 'ed25519', publicBase64: '' }, 'eddsa', new Uint8Array(), new Uint8Array());
  expect([check(), check()]).toEqual([false, true]);
});
