/**
 * The rules that decide whether one metadata file is believed: signatures, version, expiry, announced length and
 * hashes. Pure; every function throws the outcome when a rule is broken.
 */
import type { CanonicalKeyId, TufKeyId } from '../../shared/brands.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import { hexOfBase64, toBase64 } from './base64.ts';
import { canonicalKeyId, tufKeyId } from './key-id.ts';
import type { FileMeta, MetadataFile, PublicKey, Signature } from './model.ts';
import type { TufCrypto } from './ports.ts';
import { isValidSignature } from './signature.ts';

/** A role as its parent names it: which keys count, and how many must sign. */
export interface RoleAuthority {
  readonly keys: ReadonlyMap<TufKeyId, PublicKey>;
  readonly keyids: readonly TufKeyId[];
  readonly threshold: number;
}

type SignedFile = Pick<MetadataFile, 'role' | 'message' | 'signatures'>;

/** A signature that verifies, with both names of the key that made it. */
export interface ValidSignature {
  readonly signature: Signature;
  readonly canonicalId: CanonicalKeyId;
}

/**
 * The signatures of `file` that verify, one per key. Unknown keys and signatures that fail are passed over, as
 * notary does. Throws `trust/key-id-mismatch` when a key that signed is filed under an ID that is not its own.
 */
export function validSignatures(
  file: SignedFile,
  role: RoleAuthority,
  crypto: TufCrypto,
): readonly ValidSignature[] {
  const valid = new Map<CanonicalKeyId, ValidSignature>();
  const allowed = new Set(role.keyids);
  for (const signature of file.signatures) {
    const key = allowed.has(signature.keyid) ? role.keys.get(signature.keyid) : undefined;
    if (key === undefined) continue;
    if (tufKeyId(key, crypto) !== signature.keyid) {
      throw new AppError('trust/key-id-mismatch', { role: file.role, keyId: signature.keyid });
    }
    // SECURITY: distinct keys count, not distinct IDs: one key under two certificates is still one key.
    const canonicalId = canonicalIdOf(key, crypto);
    if (canonicalId === undefined || valid.has(canonicalId)) continue;
    if (isValidSignature(signature, key, file.message, crypto))
      valid.set(canonicalId, { signature, canonicalId });
  }
  return [...valid.values()];
}

/** A certificate that cannot be read cannot have signed anything. */
function canonicalIdOf(key: PublicKey, crypto: TufCrypto): CanonicalKeyId | undefined {
  try {
    return canonicalKeyId(key, crypto);
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

/** Canonical IDs of the distinct keys that signed `file` validly. Throws as `validSignatures`. */
export function validSignerIds(
  file: SignedFile,
  role: RoleAuthority,
  crypto: TufCrypto,
): ReadonlySet<CanonicalKeyId> {
  return new Set(validSignatures(file, role, crypto).map((valid) => valid.canonicalId));
}

/**
 * Canonical IDs of the keys that signed, which are enough of them.
 * Throws `trust/no-signatures`, `trust/key-id-mismatch` or `trust/threshold-not-met`.
 * notary: threshold < 1 is refused, whatever signed it.
 */
export function verifySignatures(
  file: SignedFile,
  role: RoleAuthority,
  crypto: TufCrypto,
): ReadonlySet<CanonicalKeyId> {
  if (file.signatures.length === 0) throw new AppError('trust/no-signatures', { role: file.role });
  const signers = validSignerIds(file, role, crypto);
  if (role.threshold < 1 || signers.size < role.threshold) {
    throw new AppError('trust/threshold-not-met', {
      role: file.role,
      have: signers.size,
      need: role.threshold,
    });
  }
  return signers;
}

/** Canonical IDs of the role's keys; keys that cannot be read are left out, as they cannot sign. */
export function canonicalIdsOf(role: RoleAuthority, crypto: TufCrypto): ReadonlySet<CanonicalKeyId> {
  const keys = role.keyids.map((id) => role.keys.get(id)).filter((key) => key !== undefined);
  return new Set(keys.map((key) => canonicalIdOf(key, crypto)).filter((id) => id !== undefined));
}

/** TUF 5.4.3.1, 5.5.5, 5.6.4 rollback: a version never goes below one that was believed before. */
export function verifyVersion(role: string, got: number, have: number): void {
  if (got < have) throw new AppError('trust/rollback', { role, have, got });
}

/** TUF 5.4.4 freeze: expired at its very expiry, as the TUF specification has it. */
export function verifyExpiry(file: Pick<MetadataFile, 'role' | 'body'>, now: Date): void {
  if (file.body.expiresAt > now.getTime()) return;
  const expiredAt = new Date(file.body.expiresAt).toISOString();
  throw new AppError('trust/expired', { role: file.role, expiredAt });
}

/**
 * Length and hashes as announced by snapshot or timestamp; every hash that is announced must match.
 * Throws `trust/length-mismatch`, `trust/hash-mismatch`.
 */
export function verifyAnnounced(role: string, bytes: Uint8Array, meta: FileMeta, crypto: TufCrypto): void {
  if (bytes.length !== meta.length) {
    throw new AppError('trust/length-mismatch', { role, expected: meta.length, got: bytes.length });
  }
  verifyHash(role, 'sha256', meta.sha256, () => crypto.sha256(bytes));
  verifyHash(role, 'sha512', meta.sha512, () => crypto.sha512(bytes));
  if (meta.sha256 === undefined && meta.sha512 === undefined) {
    throw new AppError('trust/hash-mismatch', { role, algorithm: 'sha256', expected: '' });
  }
}

function verifyHash(
  role: string,
  algorithm: string,
  expected: string | undefined,
  digest: () => Uint8Array,
): void {
  if (expected === undefined || toBase64(digest()) === expected) return;
  throw new AppError('trust/hash-mismatch', { role, algorithm, expected: hexOfBase64(expected) });
}
