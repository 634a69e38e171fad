/** What is remembered is exactly what cannot come out differently. */
import { expect, test } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { rememberCrypto } from '../../../electron/crypto/remembered-crypto.ts';
import type { PublicKey, SignatureMethod } from '../../../electron/tuf/model.ts';

interface Check {
  readonly key: PublicKey;
  readonly method: SignatureMethod;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

const first: Check = {
  key: { keytype: 'ecdsa', publicBase64: 'QUFB' },
  method: 'ecdsa',
  message: Buffer.from('message'),
  signature: Buffer.from('signature'),
};

const others: readonly [string, Check][] = [
  ['another key', { ...first, key: { keytype: 'ecdsa', publicBase64: 'QkJC' } }],
  ['another type of key', { ...first, key: { keytype: 'rsa', publicBase64: 'QUFB' } }],
  ['another method', { ...first, method: 'rsapss' }],
  ['another message', { ...first, message: Buffer.from('massage') }],
  ['an array of its own with the same message', { ...first, message: Buffer.from('message') }],
  ['another signature', { ...first, signature: Buffer.from('signaturf') }],
];

test.each(others)('a signature is checked anew for %s', (_, other) => {
  const asked: Check[] = [];
  const crypto = rememberCrypto({
    ...nodeCrypto,
    verify: (key, method, message, signature) => {
      asked.push({ key, method, message, signature });
      return asked.length % 2 === 0;
    },
  });
  const check = ({ key, method, message, signature }: Check): boolean =>
    crypto.verify(key, method, message, signature);
  expect([check(first), check(other), check(first), check(other)]).toEqual([false, true, false, true]);
  expect(asked).toEqual([first, other]);
});

test('facts of certificates are read once per text, and a text that cannot be read is refused every time', () => {
  let reads = 0;
  const crypto = rememberCrypto({
    ...nodeCrypto,
    readCertificates: (pem) => {
      reads += 1;
      return nodeCrypto.readCertificates(pem);
    },
  });
  const read = (): unknown => crypto.readCertificates('no certificate');
  expect(read).toThrow('trust/invalid-certificate');
  expect(read).toThrow('trust/invalid-certificate');
  expect(reads).toBe(2);
});

test('whether a chain holds depends on the time and is asked every time', () => {
  let asked = 0;
  const crypto = rememberCrypto({ ...nodeCrypto, chainsToAuthority: (_a, _b, now) => now > ++asked });
  expect([crypto.chainsToAuthority('a', 'b', 2), crypto.chainsToAuthority('a', 'b', 2)]).toEqual([
    true,
    false,
  ]);
});
