/**
 * The old PEM encryption (`Proc-Type: 4,ENCRYPTED`, `DEK-Info`) of RFC 1423, as OpenSSL and Go do it: the key is MD5
 * of passphrase and salt, one round. Read only: nobody should write it any more. Privileged process.
 */
import { createHash } from 'node:crypto';
import { decryptCbc, UnsupportedEncryption } from './pbes2.ts';
import type { PemBlock } from './pem.ts';
import { DerError } from '../crypto/der.ts';
import type { SecretBytes } from './secret-bytes.ts';

/** The five ciphers Go supports here. Single DES is EDE with one key three times, which OpenSSL 3 still offers. */
const ciphers: ReadonlyMap<
  string,
  { node: string; keyBytes: number; blockBytes: number; repeatKey: number }
> = new Map([
  ['DES-CBC', { node: 'des-ede3-cbc', keyBytes: 8, blockBytes: 8, repeatKey: 3 }],
  ['DES-EDE3-CBC', { node: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8, repeatKey: 1 }],
  ['AES-128-CBC', { node: 'aes-128-cbc', keyBytes: 16, blockBytes: 16, repeatKey: 1 }],
  ['AES-192-CBC', { node: 'aes-192-cbc', keyBytes: 24, blockBytes: 16, repeatKey: 1 }],
  ['AES-256-CBC', { node: 'aes-256-cbc', keyBytes: 32, blockBytes: 16, repeatKey: 1 }],
]);

/** Go: a block counts as encrypted when it has a `DEK-Info` header. */
export function isRfc1423Encrypted(block: PemBlock): boolean {
  return block.headers.has('DEK-Info');
}

/** Opens the body. Throws `DecryptionFailed`, `UnsupportedEncryption` or `DerError`; the caller wipes the answer. */
export function decryptRfc1423(block: PemBlock, passphrase: SecretBytes): SecretBytes {
  const { cipher, iv } = assertWholeRfc1423(block);
  const once = deriveKey(passphrase, iv.subarray(0, 8), cipher.keyBytes);
  const key = Buffer.concat(Array.from({ length: cipher.repeatKey }, () => once));
  try {
    return decryptCbc(cipher, key, iv, block.bytes);
  } finally {
    once.fill(0);
    key.fill(0);
  }
}

/** What the headers say, of a body of whole blocks. Throws `UnsupportedEncryption` or `DerError`. */
export function assertWholeRfc1423(block: PemBlock) {
  const [name = '', ivHex = ''] = (block.headers.get('DEK-Info') ?? '').split(',', 2);
  const cipher = ciphers.get(name.trim());
  if (cipher === undefined) throw new UnsupportedEncryption(`DEK-Info ${name.trim() || '(empty)'}`);
  const iv = Uint8Array.from(Buffer.from(ivHex.trim(), 'hex'));
  if (iv.length !== cipher.blockBytes) throw new DerError('initialisation vector has the wrong length');
  if (block.bytes.length === 0 || block.bytes.length % cipher.blockBytes !== 0) {
    throw new DerError('encrypted body is not a number of whole blocks');
  }
  return { cipher, iv };
}

/** OpenSSL's EVP_BytesToKey with MD5 and one round. */
function deriveKey(passphrase: SecretBytes, salt: Uint8Array, length: number): Uint8Array {
  const key = new Uint8Array(length);
  let digest: Uint8Array = new Uint8Array(0);
  for (let at = 0; at < length; at += digest.length) {
    const previous = digest;
    digest = passphrase.use((password) =>
      createHash('md5').update(previous).update(password).update(salt).digest(),
    );
    previous.fill(0);
    key.set(digest.subarray(0, length - at), at);
  }
  digest.fill(0);
  return key;
}
