/** Key files that ask for hours of work or for more than OpenSSL gives: refused at once, as outcomes. */
import forge from 'node-forge';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { der, derInteger, derOid, tag } from '../../../electron/crypto/der.ts';
import { oids } from '../../../electron/keystore/algorithms.ts';
import { assertWholePkcs8, decryptPkcs8, UnsupportedEncryption } from '../../../electron/keystore/pbes2.ts';
import { openPkcs12 } from '../../../electron/keystore/pkcs12.ts';
import { loadKeyFile } from '../../../electron/keystore/private-key-file.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { hasCode } from '../../../shared/errors.ts';

const salt = new Uint8Array(8);
const pass = () => SecretBytes.fromText('pass');
const octets = (length: number) => der(tag.octetString, new Uint8Array(length));

function oldScheme(oid: string, ...parameters: readonly Uint8Array[]): Uint8Array {
  return der(tag.sequence, der(tag.sequence, derOid(oid), ...parameters), octets(160));
}

function scrypt(...numbers: readonly number[]): Uint8Array {
  const parameters = der(tag.sequence, der(tag.octetString, salt), ...numbers.map(derInteger));
  const kdf = der(tag.sequence, derOid(oids.scrypt), parameters);
  const cipher = der(tag.sequence, derOid(oids.aes256Cbc), octets(16));
  const scheme = der(tag.sequence, derOid(oids.pbes2), der(tag.sequence, kdf, cipher));
  return der(tag.sequence, scheme, octets(160));
}

const triple = '1.2.840.113549.1.12.1.3';
const rounds = (count: number) => der(tag.sequence, der(tag.octetString, salt), derInteger(count));

describe('encrypted PKCS#8', () => {
  it.each([
    ['two thousand million rounds of an old scheme', oldScheme(triple, rounds(2 ** 31 - 1))],
    ['an old scheme without parameters', oldScheme(triple)],
    ['an old scheme with other parameters', oldScheme(triple, der(tag.sequence, rounds(1)))],
    ['the largest scrypt many times over', scrypt(2 ** 17, 8, 64)],
    ['scrypt with parameters that OpenSSL refuses', scrypt(2 ** 17, 1, 1)],
  ])('%s', async (_, bytes) => {
    const start = performance.now();
    await expect(decryptPkcs8(bytes, pass())).rejects.toBeInstanceOf(UnsupportedEncryption);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('is seen without a passphrase, too', () => {
    expect(() => assertWholePkcs8(oldScheme(triple, rounds(2 ** 31 - 1)))).toThrow(UnsupportedEncryption);
  });
});

describe('PKCS#12', () => {
  const legacy = readFileSync(join(import.meta.dirname, 'fixtures/legacy.p12'));

  /** The rounds of its check, which is the last number in the file. */
  function withRounds(count: number): Uint8Array {
    const file = forge.asn1.fromDer(legacy.toString('latin1'));
    const numberIn = (value: forge.asn1.Asn1, at: number) => (value.value as forge.asn1.Asn1[])[at]!;
    numberIn(numberIn(file, 2), 2).value = forge.asn1.integerToDer(count).getBytes();
    return Buffer.from(forge.asn1.toDer(file).getBytes(), 'latin1');
  }

  it('with millions of rounds is refused at once, and the next is opened', () => {
    const start = performance.now();
    let refusal: unknown;
    try {
      openPkcs12('x', withRounds(50_000_000), pass());
    } catch (error) {
      refusal = error;
    }
    expect(hasCode(refusal, 'keystore/unsupported-encryption')).toBe(true);
    expect(performance.now() - start).toBeLessThan(1000);
    openPkcs12('x', legacy, pass()).wipe();
  });
});

it('a pipe in the place of a key file keeps nobody waiting', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trustdesk-pipe-'));
  try {
    const pipe = join(folder, 'jeff.pem');
    execFileSync('mkfifo', ['-m', '600', pipe]);
    const error: unknown = await loadKeyFile(pipe).catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'keystore/not-a-key') && error.details.reason).toBe('it is no regular file');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
