import { createCipheriv, createPrivateKey, generateKeyPairSync, pbkdf2Sync, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { oids, pbes2Ciphers, prfDigests } from '../../../electron/keystore/algorithms.ts';
import { DerError, DerReader, der, derInteger, derOid, tag } from '../../../electron/crypto/der.ts';
import {
  DecryptionFailed,
  UnsupportedEncryption,
  decryptPkcs8,
  encryptPkcs8ForNotary,
  encryptPkcs8Modern,
} from '../../../electron/keystore/pbes2.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { hasWycheproof, repositoryPassphrase, vectorBlocks, wycheproof } from './vectors.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (secret: SecretBytes) => secret.use((own) => Buffer.from(own).toString('hex'));
const password = () => SecretBytes.fromText('correct horse');
const salt = bytes('0102030405060708');
const message = bytes('30030201ff');

function info(
  kdf: Uint8Array,
  cipherOid: string,
  iv: Uint8Array,
  ciphertext: Uint8Array,
  ...more: Uint8Array[]
) {
  const cipher = der(tag.sequence, derOid(cipherOid), der(tag.octetString, iv));
  const algorithm = der(tag.sequence, derOid(oids.pbes2), der(tag.sequence, kdf, cipher));
  return der(tag.sequence, algorithm, der(tag.octetString, ciphertext), ...more);
}

function pbkdf2Kdf(rounds: number, ...more: Uint8Array[]) {
  const parameters = der(tag.sequence, der(tag.octetString, salt), derInteger(rounds), ...more);
  return der(tag.sequence, derOid(oids.pbkdf2), parameters);
}

function encrypt(cipher: string, key: Uint8Array, iv: Uint8Array, plain = message) {
  const encryption = createCipheriv(cipher, key, iv);
  return Uint8Array.from(Buffer.concat([encryption.update(plain), encryption.final()]));
}

interface PbeTest {
  readonly tcId: number;
  readonly comment: string;
  readonly result: string;
  readonly [field: string]: unknown;
}

if (hasWycheproof)
  describe('Wycheproof pbes2_hmacsha1_aes_256', () => {
    const file = join(wycheproof, 'pbes2_hmacsha1_aes_256_test.json');
    const { testGroups } = JSON.parse(hasWycheproof ? readFileSync(file, 'utf8') : '{"testGroups":[]}') as {
      testGroups: { tests: PbeTest[] }[];
    };
    const tests = testGroups.flatMap((group) => group.tests);

    it.each(tests.map((test) => [test.tcId, test.comment, test] as const))(
      '%d %s',
      async (_id, _comment, test) => {
        const text = (name: string) => bytes(String(test[name]));
        const kdf = der(
          tag.sequence,
          derOid(oids.pbkdf2),
          der(tag.sequence, der(tag.octetString, text('salt')), derInteger(Number(test['iterationCount']))),
        );
        const encrypted = info(kdf, oids.aes256Cbc, text('iv'), text('ct'));
        const opened = decryptPkcs8(encrypted, SecretBytes.take(text('password'))).then(hex, () => 'refused');
        expect(await opened).toBe(test.result === 'valid' ? test['msg'] : 'refused');
      },
    );

    it('were found', () => expect(tests.length).toBeGreaterThan(80));
  });

describe('opening', () => {
  const combinations = [...prfDigests].flatMap(([prf, digest]) =>
    [...pbes2Ciphers].map(([cipher, { node }]) => [digest, node, prf, cipher] as const),
  );
  it.each(combinations)('PBKDF2-%s with %s', async (digest, node, prf, cipherOid) => {
    const { keyBytes, blockBytes } = pbes2Ciphers.get(cipherOid)!;
    const iv = new Uint8Array(blockBytes).fill(3);
    const key = pbkdf2Sync('correct horse', salt, 7, keyBytes, digest);
    const kdf = pbkdf2Kdf(7, derInteger(keyBytes), der(tag.sequence, derOid(prf), der(tag.null)));
    const opened = await decryptPkcs8(info(kdf, cipherOid, iv, encrypt(node, key, iv)), password());
    expect(hex(opened)).toBe('30030201ff');
  });

  it.each([
    [1024, 8, 1],
    [16_384, 8, 1],
    [2, 1, 16],
  ])('scrypt N=%d r=%d p=%d', async (N, r, p) => {
    const iv = new Uint8Array(16);
    const key = scryptSync('correct horse', salt, 32, { N, r, p });
    const parameters = [derInteger(N), derInteger(r), derInteger(p)];
    const kdf = der(
      tag.sequence,
      derOid(oids.scrypt),
      der(tag.sequence, der(tag.octetString, salt), ...parameters),
    );
    const opened = await decryptPkcs8(
      info(kdf, oids.aes256Cbc, iv, encrypt('aes-256-cbc', key, iv)),
      password(),
    );
    expect(hex(opened)).toBe('30030201ff');
  });
});

describe('refusing', () => {
  const iv = new Uint8Array(16).fill(1);
  const key = pbkdf2Sync('correct horse', salt, 7, 32, 'sha1');
  const ciphertext = encrypt('aes-256-cbc', key, iv);
  const good = info(pbkdf2Kdf(7), oids.aes256Cbc, iv, ciphertext);
  const scryptKdf = (...numbers: number[]) =>
    der(
      tag.sequence,
      derOid(oids.scrypt),
      der(tag.sequence, der(tag.octetString, salt), ...numbers.map((number) => derInteger(number))),
    );

  it('nothing when all is well', async () => {
    expect(hex(await decryptPkcs8(good, password()))).toBe('30030201ff');
  });

  it.each([
    [
      'a key derivation we do not know',
      info(der(tag.sequence, derOid('1.2.3')), oids.aes256Cbc, iv, ciphertext),
    ],
    [
      'a PRF we do not know',
      info(pbkdf2Kdf(7, der(tag.sequence, derOid('1.2.3'))), oids.aes256Cbc, iv, ciphertext),
    ],
    ['a cipher we do not know', info(pbkdf2Kdf(7), '1.2.840.113549.3.2', iv, ciphertext)],
    ['hours of rounds', info(pbkdf2Kdf(2 ** 31 - 1), oids.aes256Cbc, iv, ciphertext)],
    ['gigabytes of scrypt', info(scryptKdf(2 ** 30, 8, 1), oids.aes256Cbc, iv, ciphertext)],
    ['endless scrypt', info(scryptKdf(1024, 8, 2 ** 20), oids.aes256Cbc, iv, ciphertext)],
    [
      'an unknown scheme',
      der(tag.sequence, der(tag.sequence, derOid('1.2.3')), der(tag.octetString, ciphertext)),
    ],
  ])('%s: unsupported', async (_name, encrypted) => {
    await expect(decryptPkcs8(encrypted, password())).rejects.toThrow(UnsupportedEncryption);
  });

  it.each([
    ['no rounds', info(pbkdf2Kdf(0), oids.aes256Cbc, iv, ciphertext)],
    ['a short initialisation vector', info(pbkdf2Kdf(7), oids.aes256Cbc, iv.subarray(1), ciphertext)],
    [
      'a key length that fits another cipher',
      info(pbkdf2Kdf(7, derInteger(16)), oids.aes256Cbc, iv, ciphertext),
    ],
    ['scrypt with N not a power of two', info(scryptKdf(1000, 8, 1), oids.aes256Cbc, iv, ciphertext)],
    ['scrypt with N = 1', info(scryptKdf(1, 8, 1), oids.aes256Cbc, iv, ciphertext)],
    ['scrypt with r = 0', info(scryptKdf(1024, 0, 1), oids.aes256Cbc, iv, ciphertext)],
    ['surplus inside', info(pbkdf2Kdf(7), oids.aes256Cbc, iv, ciphertext, der(tag.null))],
    ['surplus behind', Uint8Array.of(...good, 0)],
    ['half of it', good.subarray(0, 40)],
    ['no bytes', new Uint8Array()],
  ])('%s: malformed', async (_name, encrypted) => {
    await expect(decryptPkcs8(encrypted, password())).rejects.toThrow(DerError);
  });

  it.each([
    ['an empty passphrase', ''],
    ['another passphrase', 'Correct horse'],
    ['a passphrase with a line break', 'correct horse\n'],
  ])('%s: failed', async (_name, text) => {
    await expect(decryptPkcs8(good, SecretBytes.fromText(text))).rejects.toThrow(DecryptionFailed);
  });

  it('a ciphertext of broken blocks: failed', async () => {
    const cut = info(pbkdf2Kdf(7), oids.aes256Cbc, iv, ciphertext.subarray(1));
    await expect(decryptPkcs8(cut, password())).rejects.toThrow(DecryptionFailed);
  });
});

describe('writing', () => {
  it('gives byte for byte what notary wrote, with its salt and IV', async () => {
    const [block] = vectorBlocks('key-formats', 'out1-key.pem');
    const algorithm = new DerReader(block!.bytes).enter(tag.sequence).enter(tag.sequence);
    algorithm.readOid();
    const parameters = algorithm.enter(tag.sequence);
    const kdf = parameters.enter(tag.sequence);
    kdf.readOid();
    const ownSalt = kdf.enter(tag.sequence).read(tag.octetString);
    const cipher = parameters.enter(tag.sequence);
    cipher.readOid();
    const random = { salt: ownSalt, iv: cipher.read(tag.octetString) };
    const passphrase = SecretBytes.fromText(repositoryPassphrase);
    const plain = await decryptPkcs8(block!.bytes, passphrase);
    expect(await encryptPkcs8ForNotary(plain, passphrase, random)).toEqual(block!.bytes);
  });

  it('never uses a salt or IV twice', async () => {
    const plain = SecretBytes.copyOf(message);
    const first = await encryptPkcs8ForNotary(plain, password());
    const second = await encryptPkcs8ForNotary(plain, password());
    const differing = first.filter((byte, index) => byte !== second[index]).length;
    expect(differing).toBeGreaterThan(30);
  });

  it('with modern parameters opens in OpenSSL', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const der8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    const encrypted = await encryptPkcs8Modern(SecretBytes.copyOf(der8), password());
    const key = createPrivateKey({
      key: Buffer.from(encrypted),
      format: 'der',
      type: 'pkcs8',
      passphrase: 'correct horse',
    });
    expect(key.export({ format: 'der', type: 'pkcs8' })).toEqual(der8);
    expect(hex(await decryptPkcs8(encrypted, password()))).toBe(der8.toString('hex'));
  });
});
