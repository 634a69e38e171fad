/**
 * One PEM block as a private key: how it is encrypted, opening it, and writing it as notary does. Privileged process.
 * No file access: paths appear only in errors.
 */
import { AppError } from '../../shared/errors.ts';
import { DerError } from '../crypto/der.ts';
import { encryptionOf, isRepositoryRole } from './key-headers.ts';
import type { KeyHeaders } from './key-names.ts';
import {
  assertWholePkcs8,
  decryptPkcs8,
  DecryptionFailed,
  encryptPkcs8ForNotary,
  type EncryptionRandom,
  UnsupportedEncryption,
} from './pbes2.ts';
import { encodePem, type PemBlock } from './pem.ts';
import type { PrivateKey } from './private-key.ts';
import {
  fromNotaryEd25519,
  fromPkcs1,
  fromPkcs8,
  fromSec1,
  toNotaryPkcs8,
  UnusableKey,
} from './private-key-formats.ts';
import { assertWholeRfc1423, decryptRfc1423 } from './rfc1423.ts';
import type { SecretBytes } from './secret-bytes.ts';

/** What errors say about where a block came from. */
export interface BlockOrigin {
  readonly path: string;
  /** The ID the file name promises, or '' when it promises none. */
  readonly keyId: string;
}

/**
 * Opens a block. `passphrase` may be missing for plain keys only.
 * Throws `keystore/wrong-passphrase`, `keystore/unsupported-encryption` or `keystore/not-a-key`.
 */
export async function openKeyBlock(
  block: PemBlock,
  passphrase: SecretBytes | undefined,
  origin: BlockOrigin,
): Promise<PrivateKey> {
  const encryption = encryptionOf(block);
  if (encryption === 'none') return asOutcome(origin, () => parsePlain(block.type, block.bytes));
  if (passphrase === undefined) throw new AppError('keystore/wrong-passphrase', { keyId: origin.keyId });
  const plain = await asOutcome(origin, () =>
    encryption === 'rfc1423' ? decryptRfc1423(block, passphrase) : decryptPkcs8(block.bytes, passphrase),
  );
  const type = encryption === 'rfc1423' ? block.type : 'PRIVATE KEY';
  try {
    return await asOutcome(origin, () => plain.use((bytes) => parseDecrypted(type, bytes)));
  } finally {
    plain.wipe();
  }
}

/**
 * Whether a block is a whole key, as far as that can be told without a passphrase: a mistyped letter inside the
 * ciphertext cannot. Throws `keystore/unsupported-encryption`, `keystore/unusable-key` or `keystore/not-a-key`.
 */
export function assertWholeBlock(block: PemBlock, origin: BlockOrigin = { path: '', keyId: '' }): void {
  try {
    const encryption = encryptionOf(block);
    if (encryption === 'pkcs8') assertWholePkcs8(block.bytes);
    else if (encryption === 'rfc1423') assertWholeRfc1423(block);
    else parsePlain(block.type, block.bytes).wipe();
  } catch (error) {
    throw toOutcome(origin, error);
  }
}

function parsePlain(type: string, bytes: Uint8Array): PrivateKey {
  switch (type) {
    case 'EC PRIVATE KEY':
      return fromSec1(bytes);
    case 'RSA PRIVATE KEY':
      return fromPkcs1(bytes);
    case 'ED25519 PRIVATE KEY':
      return fromNotaryEd25519(bytes);
    case 'PRIVATE KEY':
      return fromPkcs8(bytes);
    default:
      throw new DerError(`it is a PEM block of type ${type}`);
  }
}

/** One wrong passphrase in 256 leaves valid padding; then the bytes make no sense, which means the same thing. */
function parseDecrypted(type: string, bytes: Uint8Array): PrivateKey {
  try {
    return parsePlain(type, bytes);
  } catch (error) {
    if (error instanceof DerError)
      throw new DecryptionFailed('the decrypted bytes are no key', { cause: error });
    throw error;
  }
}

async function asOutcome<T>(origin: BlockOrigin, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toOutcome(origin, error);
  }
}

function toOutcome(origin: BlockOrigin, error: unknown): unknown {
  const { path, keyId } = origin;
  if (error instanceof DecryptionFailed)
    return new AppError('keystore/wrong-passphrase', { keyId }, { cause: error });
  if (error instanceof UnsupportedEncryption) {
    return new AppError(
      'keystore/unsupported-encryption',
      { path, algorithm: error.message },
      { cause: error },
    );
  }
  if (error instanceof UnusableKey) {
    return new AppError('keystore/unusable-key', { path, reason: error.message }, { cause: error });
  }
  if (error instanceof DerError) return notAKey(path, error.message, error);
  return error;
}

function notAKey(path: string, reason: string, cause: unknown): AppError {
  return new AppError('keystore/not-a-key', { path, reason }, { cause });
}

/**
 * The text of a `.key` file as notary writes it. An empty passphrase leaves the key unencrypted, as notary does
 * when it is given none. `random` is for tests.
 */
export async function encodeKeyFile(
  key: PrivateKey,
  headers: KeyHeaders,
  passphrase: SecretBytes,
  random?: EncryptionRandom,
): Promise<string> {
  const info = toNotaryPkcs8(key);
  try {
    if (passphrase.length === 0) {
      return info.use((bytes) => encodePem({ type: 'PRIVATE KEY', headers: pemHeaders(headers), bytes }));
    }
    const bytes = await encryptPkcs8ForNotary(info, passphrase, random);
    return encodePem({ type: 'ENCRYPTED PRIVATE KEY', headers: pemHeaders(headers), bytes });
  } finally {
    info.wipe();
  }
}

/** notary: only keys of the base roles other than root belong to a repository; any other key's GUN is dropped. */
export function pemHeaders({ role, gun }: KeyHeaders): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  if (role !== '') headers.set('role', role);
  if (gun !== undefined && gun !== '' && isRepositoryRole(role)) headers.set('gun', gun);
  return headers;
}
