/** Names, expiry times, key IDs, base64 and hex. */
import { describe, expect, test } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { base64Length, fromBase64, hexOfBase64, toBase64 } from '../../../electron/tuf/base64.ts';
import { formatExpiry, isGoTimeText, parseExpiry } from '../../../electron/tuf/expiry.ts';
import { fromHex, toHex } from '../../../electron/tuf/hex.ts';
import { canonicalKeyId, tufKeyId } from '../../../electron/tuf/key-id.ts';
import type { PublicKey } from '../../../electron/tuf/model.ts';
import {
  delegationDepth,
  isDelegation,
  parentRole,
  parseGun,
  parseRoleName,
  pathCovers,
} from '../../../electron/tuf/names.ts';

describe('GUN', () => {
  test.each([
    'docker.io/library/alpine',
    'registry.example.test:5000/acme/app',
    'localhost:5000/x',
    'Foo/bar',
    '[::1]:5000/app',
    '127.0.0.1:5000/app',
    'example.com/collection',
    'a',
    'docker.com/notary0.3/tst',
    'ünï.test/app',
  ])('%s', (text) => {
    expect(parseGun(text)).toBe(text);
  });
  test.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    'a/..',
    '../a',
    'a/../../b',
    'a/./b',
    'a\\b',
    'a/..\\b',
    'C:/a',
    'a/b:1',
    'a:b:c/d',
    'a:/b',
    'a:x/b',
    ':5000/b',
    'a:123456/b',
    'a b',
    'a\nb',
    'a\u0000b',
    'a\u007fb',
    'a*',
    'a?b',
    'a"b',
    'a<b',
    'a|b',
    'con',
    'a/NUL',
    'a/aux.txt',
    'a/com1',
    'a/LPT9.x',
    'a./b',
    'a/b.',
    'x'.repeat(1025),
  ])('not %j', (text) => {
    expect(() => parseGun(text)).toThrow(/reference\/invalid-gun/);
  });
});

describe('roles', () => {
  test.each([
    'root',
    'targets',
    'snapshot',
    'timestamp',
    'targets/a',
    'targets/a/b-c_9',
    'targets/__proto__',
    'targets/releases',
  ])('%s', (text) => {
    expect(parseRoleName(text)).toBe(text);
  });
  test.each([
    '',
    'Root',
    'target',
    'targets/',
    'targets//a',
    'targets/A',
    'targets/a/',
    'targets/.',
    'targets/..',
    'targets/a/../b',
    'targets/a.b',
    'targets/*',
    'targets/ü',
    'targets/a b',
    'targets/a\n',
    'root/a',
    '/targets/a',
    'mirror',
    `targets/${'a'.repeat(248)}`,
  ])('not %j', (text) => {
    expect(() => parseRoleName(text)).toThrow(/reference\/invalid-role/);
  });
  test('parents and depth', () => {
    expect(parentRole(parseRoleName('targets/a/b'))).toBe('targets/a');
    expect(parentRole(parseRoleName('targets/a'))).toBe('targets');
    for (const base of ['root', 'targets', 'snapshot', 'timestamp']) {
      expect(parentRole(parseRoleName(base))).toBe('root');
      expect(isDelegation(base)).toBe(false);
    }
    expect([
      delegationDepth(parseRoleName('targets')),
      delegationDepth(parseRoleName('targets/a/b')),
    ]).toEqual([0, 2]);
  });
  test.each<[readonly string[], string, boolean]>([
    [[''], 'anything', true],
    [[''], '', true],
    [[], 'anything', false],
    [['v1'], 'v1.0', true],
    [['v1'], 'v', false],
    [['v1', 'v2'], 'v2', true],
    [['V1'], 'v1', false],
    [['*'], 'v1', false],
    [['a/'], 'a', false],
  ])('paths %j cover %j: %s', (paths, name, expected) => {
    expect(pathCovers(paths, name)).toBe(expected);
  });
});

describe('expiry times', () => {
  test.each([
    ['2036-11-17T18:48:17.041797695Z', '2036-11-17T18:48:17.041Z'],
    ['2036-11-17T19:50:14.2946321+01:00', '2036-11-17T18:50:14.294Z'],
    ['2036-11-17T19:50:14.999999999-07:30', '2036-11-18T03:20:14.999Z'],
    ['2029-11-19T18:00:00Z', '2029-11-19T18:00:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.5+00:00', '9999-12-31T23:59:59.500Z'],
    ['2026-12-31T23:30:00-01:00', '2027-01-01T00:30:00.000Z'],
    ['2027-01-01T00:30:00+23:59', '2026-12-31T00:31:00.000Z'],
  ])('%s is %s', (text, utc) => {
    expect(parseExpiry(text)).toBe(Date.parse(utc));
  });
  test.each([
    '',
    '2029',
    '2029-11-19',
    '2029-11-19T18:00Z',
    '2029-11-19T18:00:00',
    '2029-11-19 18:00:00Z',
    '2029-11-19t18:00:00z',
    '2029-13-01T00:00:00Z',
    '2029-00-01T00:00:00Z',
    '2029-02-29T00:00:00Z',
    '2029-04-31T00:00:00Z',
    '2029-01-00T00:00:00Z',
    '2029-01-01T24:00:00Z',
    '2029-01-01T00:60:00Z',
    '2029-01-01T23:59:60Z',
    '2029-01-01T00:00:00+24:00',
    '2029-01-01T00:00:00+01:60',
    '2029-01-01T00:00:00+0100',
    '2029-01-01T00:00:00.Z',
    '2029-01-01T00:00:00,5Z',
    '2029-01-01T00:00:00.1234567890Z',
    '+12029-01-01T00:00:00Z',
    '29-01-01T00:00:00Z',
    ' 2029-01-01T00:00:00Z',
    '2029-01-01T00:00:00Z\n',
  ])('%j is none', (text) => {
    expect(parseExpiry(text)).toBeUndefined();
  });
  test('written in whole seconds of UTC, rounded down', () => {
    for (const milliseconds of [0, 1, 99, 100, 120, 500, 999]) {
      const text = formatExpiry(Date.parse('2029-11-19T18:00:00Z') + milliseconds);
      expect(text).toBe('2029-11-19T18:00:00Z');
      expect(isGoTimeText(text)).toBe(true);
    }
  });
  test.each([
    ['2029-11-19T18:00:00Z', true],
    ['2029-11-19T18:00:00.12Z', true],
    ['2029-11-19T18:00:00+01:00', true],
    ['2029-11-19T18:00:00.5-01:00', true],
    ['2029-11-19T18:00:00.120Z', false],
    ['2029-11-19T18:00:00.000Z', false],
    ['2029-11-19T18:00:00.0Z', false],
    ['2029-11-19T18:00:00.10+01:00', false],
    ['2029-11-19T18:00:00+00:00', false],
    ['2029-11-19T18:00:00-00:00', false],
    ['soon', false],
  ])('Go prints %s the same way: %s', (text, expected) => {
    expect(isGoTimeText(text)).toBe(expected);
  });
});

describe('key IDs', () => {
  const jeff: PublicKey = {
    keytype: 'ecdsa',
    publicBase64:
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENvebky+pP9Ol7p7Yf0obKcvn9qma2cVJRvjycwohWNxvxM9fs7ux6YVFvebts7qbg6XqtteH2/5hEolJcTluHg==',
  };
  test('the worked example: SHA-256 over the canonical key object', () => {
    const id = '570adc0f67263a14dc4e60d654516757c54f050cfb5e07578c7f2b52c7eb6b76';
    expect(tufKeyId(jeff, nodeCrypto)).toBe(id);
    expect(canonicalKeyId(jeff, nodeCrypto)).toBe(id);
  });
  test('the type is part of the ID', () => {
    expect(tufKeyId({ ...jeff, keytype: 'rsa' }, nodeCrypto)).not.toBe(tufKeyId(jeff, nodeCrypto));
  });
  test.each(['', 'AAAA', '!', Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64')])(
    'a certificate key of %j has no canonical ID',
    (publicBase64) => {
      expect(() => canonicalKeyId({ keytype: 'ecdsa-x509', publicBase64 }, nodeCrypto)).toThrow(
        /trust\/invalid-certificate/,
      );
    },
  );
});

describe('base64 and hex', () => {
  test('agree with the platform for every length', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
      const text = Buffer.from(bytes).toString('base64');
      expect(toBase64(bytes)).toBe(text);
      expect(base64Length(text)).toBe(length);
      expect(Buffer.from(fromBase64(text) ?? []).equals(bytes)).toBe(true);
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
      expect(Buffer.from(fromHex(toHex(bytes)) ?? []).equals(bytes)).toBe(true);
      expect(hexOfBase64(text)).toBe(toHex(bytes));
    }
  });
  test.each([
    'A',
    'AA',
    'AAA',
    'AAAAA',
    'A===',
    '====',
    '==',
    'AA=A',
    'A=AA',
    'AB==',
    'AAB=',
    'AA\n=',
    'AA_-',
    ' AAA',
    'AAAé',
    'AAAA=',
    '😀AA',
  ])('not base64: %j', (text) => {
    expect(fromBase64(text)).toBeUndefined();
    expect(() => hexOfBase64(text)).toThrow(TypeError);
  });
  test.each(['a', 'abc', 'zz', '0x', ' 00'])('not hex: %j', (text) => {
    expect(fromHex(text)).toBeUndefined();
  });
});
