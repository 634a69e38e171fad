/**
 * PKCS#8 EncryptedPrivateKeyInfo (RFC 8018): opens what other tools write, writes what docker and notary can open.
 * Privileged process. Bytes in, bytes out; no files, no PEM.
 */
import { createCipheriv, createDecipheriv, createPrivateKey, pbkdf2, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { type CbcCipher, oids, pbes2Ciphers, prfDigests } from './algorithms.ts';
import { DerError, DerReader, der, derInteger, derOid, tag } from '../crypto/der.ts';
import { SecretBytes } from './secret-bytes.ts';

/** PBKDF2 rounds above this are refused: at about a million per second a forged file could block us for hours. */
const MAX_ROUNDS = 10_000_000;
/** The schemes of old files are OpenSSL's to undo, and nothing else runs meanwhile. */
const MAX_OLD_ROUNDS = 2_000_000;
/** scrypt work (128·N·r·p bytes, and as much memory where p is 1) above this is refused. */
const MAX_SCRYPT_BYTES = 1024 * 1024 * 1024;

/** What notary writes and the only thing it reads: 2048 rounds of PBKDF2-HMAC-SHA-1, 8 bytes of salt, AES-256-CBC. */
export const notaryRounds = 2048;

/** The passphrase is wrong, or the ciphertext was changed: without a MAC nobody can tell which. */
export class DecryptionFailed extends Error {
  override readonly name = 'DecryptionFailed';
}

/** The encryption is well-formed but cannot be undone here; `message` names the algorithm. */
export class UnsupportedEncryption extends Error {
  override readonly name = 'UnsupportedEncryption';
}

interface Kdf {
  derive(password: Uint8Array, keyBytes: number): Promise<Uint8Array>;
}

/**
 * Opens an EncryptedPrivateKeyInfo. Answers the PrivateKeyInfo DER; the caller wipes it.
 * Throws `DecryptionFailed`, `UnsupportedEncryption` or `DerError`.
 */
export async function decryptPkcs8(encrypted: Uint8Array, passphrase: SecretBytes): Promise<SecretBytes> {
  const { scheme, info, algorithm } = readScheme(encrypted);
  if (scheme !== oids.pbes2) {
    assertOldRounds(scheme, algorithm);
    return decryptWithOpenssl(encrypted, scheme, passphrase);
  }
  const { kdf, cipher, iv, ciphertext } = readPbes2(info, algorithm);
  const key = await passphrase.use((password) => kdf.derive(password, cipher.keyBytes));
  try {
    return decryptCbc(cipher, key, iv, ciphertext);
  } finally {
    key.fill(0);
  }
}

/**
 * Whether an EncryptedPrivateKeyInfo is whole and its encryption one that is known, without opening it.
 * Throws `UnsupportedEncryption` or `DerError`.
 */
export function assertWholePkcs8(encrypted: Uint8Array): void {
  const { scheme, info, algorithm } = readScheme(encrypted);
  if (scheme === oids.pbes2) {
    const { cipher, ciphertext } = readPbes2(info, algorithm);
    assertWholeBlocks(ciphertext, cipher.blockBytes);
    return;
  }
  assertOldRounds(scheme, algorithm);
  // PBES1 and PKCS#12: 8-byte blocks.
  assertWholeBlocks(info.read(tag.octetString), 8);
  info.end();
}

/** PBES1 and PKCS#12 (RFC 8018 A.3, RFC 7292 C): a salt and the rounds. Whatever has other parameters is not known. */
function assertOldRounds(scheme: string, algorithm: DerReader): void {
  if (algorithm.peek() !== tag.sequence) throw new UnsupportedEncryption(`scheme ${scheme}`);
  const parameters = algorithm.enter(tag.sequence);
  algorithm.end();
  if (parameters.peek() !== tag.octetString) throw new UnsupportedEncryption(`scheme ${scheme}`);
  parameters.read(tag.octetString);
  const rounds = parameters.readSmallInteger();
  parameters.end();
  if (rounds > MAX_OLD_ROUNDS)
    throw new UnsupportedEncryption(`scheme ${scheme} with ${String(rounds)} rounds`);
}

function assertWholeBlocks({ length }: Uint8Array, blockBytes: number): void {
  if (length === 0 || length % blockBytes !== 0)
    throw new DerError('the ciphertext is no number of whole blocks');
}

/** `info` stands behind the algorithm, `algorithm` behind the name of the scheme. */
function readScheme(encrypted: Uint8Array) {
  const outer = new DerReader(encrypted);
  const info = outer.enter(tag.sequence);
  outer.end();
  const algorithm = info.enter(tag.sequence);
  return { scheme: algorithm.readOid(), info, algorithm };
}

function readPbes2(info: DerReader, algorithm: DerReader) {
  const parameters = algorithm.enter(tag.sequence);
  const kdf = readKdf(parameters.enter(tag.sequence));
  const { cipher, iv } = readCipher(parameters.enter(tag.sequence));
  parameters.end();
  algorithm.end();
  const ciphertext = info.read(tag.octetString);
  info.end();
  return { kdf, cipher, iv, ciphertext };
}

function readKdf(reader: DerReader): Kdf {
  const name = reader.readOid();
  if (name === oids.pbkdf2) return readPbkdf2(reader.enter(tag.sequence));
  if (name === oids.scrypt) return readScrypt(reader.enter(tag.sequence));
  throw new UnsupportedEncryption(`key derivation ${name}`);
}

function readPbkdf2(reader: DerReader): Kdf {
  if (reader.peek() !== tag.octetString) throw new UnsupportedEncryption('PBKDF2 with a salt source');
  const salt = reader.read(tag.octetString);
  const rounds = reader.readSmallInteger();
  const keyLength = reader.peek() === tag.integer ? reader.readSmallInteger() : undefined;
  const digest = reader.atEnd ? 'sha1' : readPrf(reader.enter(tag.sequence));
  reader.end();
  if (rounds < 1) throw new DerError('no PBKDF2 rounds');
  if (rounds > MAX_ROUNDS) throw new UnsupportedEncryption(`PBKDF2 with ${String(rounds)} rounds`);
  return {
    derive: (password, keyBytes) => {
      assertKeyLength(keyLength, keyBytes);
      return orUnsupported(digest, () => promisify(pbkdf2)(password, salt, rounds, keyBytes, digest));
    },
  };
}

/** Electron's BoringSSL knows fewer digests and ciphers than OpenSSL; that is an outcome, not a crash. */
async function orUnsupported<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ERR_CRYPTO_INVALID_DIGEST' && code !== 'ERR_CRYPTO_UNKNOWN_CIPHER') throw error;
    throw new UnsupportedEncryption(name, { cause: error });
  }
}

function readPrf(reader: DerReader): string {
  const name = reader.readOid();
  const digest = prfDigests.get(name);
  if (digest === undefined) throw new UnsupportedEncryption(`PBKDF2 with PRF ${name}`);
  return digest;
}

function readScrypt(reader: DerReader): Kdf {
  const salt = reader.read(tag.octetString);
  const [N, r, p] = [reader.readSmallInteger(), reader.readSmallInteger(), reader.readSmallInteger()];
  const keyLength = reader.atEnd ? undefined : reader.readSmallInteger();
  reader.end();
  if (N < 2 || (N & (N - 1)) !== 0 || r < 1 || p < 1) throw new DerError('malformed scrypt parameters');
  if (128 * N * r * p > MAX_SCRYPT_BYTES) {
    throw new UnsupportedEncryption(`scrypt with N=${String(N)}, r=${String(r)}, p=${String(p)}`);
  }
  return {
    derive: (password, keyBytes) => {
      assertKeyLength(keyLength, keyBytes);
      return deriveScrypt(password, salt, keyBytes, { N, r, p });
    },
  };
}

function deriveScrypt(
  password: Uint8Array,
  salt: Uint8Array,
  keyBytes: number,
  cost: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Uint8Array> {
  const options = { ...cost, maxmem: 2 * MAX_SCRYPT_BYTES };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  }).catch((error: unknown) => {
    // Parameters that OpenSSL refuses, or more memory than there is.
    const { N, r, p } = cost;
    throw new UnsupportedEncryption(`scrypt with N=${String(N)}, r=${String(r)}, p=${String(p)}`, {
      cause: error,
    });
  }) as Promise<Uint8Array>;
}

function assertKeyLength(stated: number | undefined, needed: number): void {
  if (stated !== undefined && stated !== needed) throw new DerError('key length does not fit the cipher');
}

function readCipher(reader: DerReader): { readonly cipher: CbcCipher; readonly iv: Uint8Array } {
  const name = reader.readOid();
  const cipher = pbes2Ciphers.get(name);
  if (cipher === undefined) throw new UnsupportedEncryption(`cipher ${name}`);
  const iv = reader.read(tag.octetString);
  reader.end();
  if (iv.length !== cipher.blockBytes) throw new DerError('initialisation vector has the wrong length');
  return { cipher, iv };
}

/** CBC with PKCS#7 padding. Throws `DecryptionFailed`; the answer is the caller's to wipe. */
export function decryptCbc(
  cipher: CbcCipher,
  key: Uint8Array,
  iv: Uint8Array,
  ciphertext: Uint8Array,
): SecretBytes {
  const decipher = createDecipheriv(cipher.node, key, iv);
  const first = decipher.update(ciphertext);
  try {
    const last = decipher.final();
    const plain = new Uint8Array(first.length + last.length);
    plain.set(first);
    plain.set(last, first.length);
    last.fill(0);
    return SecretBytes.take(plain);
  } catch (error) {
    throw new DecryptionFailed('bad padding', { cause: error });
  } finally {
    first.fill(0);
  }
}

/** PBES1 and PKCS#12 schemes of old files: OpenSSL knows those its default provider still allows. */
function decryptWithOpenssl(encrypted: Uint8Array, scheme: string, passphrase: SecretBytes): SecretBytes {
  try {
    return passphrase.use((password) => {
      const key = createPrivateKey({
        key: Buffer.from(encrypted),
        format: 'der',
        type: 'pkcs8',
        passphrase: Buffer.from(password.buffer, password.byteOffset, password.length),
      });
      return SecretBytes.take(key.export({ format: 'der', type: 'pkcs8' }));
    });
  } catch (error) {
    if (/unsupported|unknown/i.test(String(error)))
      throw new UnsupportedEncryption(`scheme ${scheme}`, { cause: error });
    throw new DecryptionFailed('OpenSSL could not open it', { cause: error });
  }
}

export interface EncryptionRandom {
  /** 8 bytes. */
  readonly salt: Uint8Array;
  /** 16 bytes. */
  readonly iv: Uint8Array;
}

/**
 * Writes an EncryptedPrivateKeyInfo byte for byte as notary does, given the same salt and IV. `random` is for
 * tests only; the default is the system's generator.
 */
export async function encryptPkcs8ForNotary(
  privateKeyInfo: SecretBytes,
  passphrase: SecretBytes,
  random: EncryptionRandom = { salt: randomBytes(8), iv: randomBytes(16) },
): Promise<Uint8Array> {
  const key = await passphrase.use((password) =>
    promisify(pbkdf2)(password, random.salt, notaryRounds, 32, 'sha1'),
  );
  try {
    const ciphertext = encryptCbc('aes-256-cbc', key, random.iv, privateKeyInfo);
    // SECURITY: no PRF field. notary ignores it and assumes HMAC-SHA-1, so naming another one would lock it out.
    const kdf = derPbkdf2(der(tag.octetString, random.salt), derInteger(notaryRounds));
    return derEncryptedInfo(kdf, random.iv, ciphertext);
  } finally {
    key.fill(0);
  }
}

/** Rounds for other tools' files, after OWASP's advice for PBKDF2-HMAC-SHA-256. */
export const modernRounds = 600_000;

/**
 * Writes an EncryptedPrivateKeyInfo with today's parameters (PBKDF2-HMAC-SHA-256, AES-256-CBC) for OpenSSL and
 * others. docker and notary can not open it; never write it into a key store.
 */
export async function encryptPkcs8Modern(
  privateKeyInfo: SecretBytes,
  passphrase: SecretBytes,
): Promise<Uint8Array> {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const key = await passphrase.use((password) =>
    promisify(pbkdf2)(password, salt, modernRounds, 32, 'sha256'),
  );
  try {
    const prf = der(tag.sequence, derOid('1.2.840.113549.2.9'), der(tag.null));
    const kdf = derPbkdf2(der(tag.octetString, salt), derInteger(modernRounds), prf);
    return derEncryptedInfo(kdf, iv, encryptCbc('aes-256-cbc', key, iv, privateKeyInfo));
  } finally {
    key.fill(0);
  }
}

function derPbkdf2(...parameters: readonly Uint8Array[]): Uint8Array {
  return der(tag.sequence, derOid(oids.pbkdf2), der(tag.sequence, ...parameters));
}

function derEncryptedInfo(kdf: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const cipher = der(tag.sequence, derOid(oids.aes256Cbc), der(tag.octetString, iv));
  const algorithm = der(tag.sequence, derOid(oids.pbes2), der(tag.sequence, kdf, cipher));
  return der(tag.sequence, algorithm, der(tag.octetString, ciphertext));
}

function encryptCbc(cipher: string, key: Uint8Array, iv: Uint8Array, plain: SecretBytes): Uint8Array {
  return plain.use((bytes) => {
    const encryption = createCipheriv(cipher, key, iv);
    return Uint8Array.from(Buffer.concat([encryption.update(bytes), encryption.final()]));
  });
}
