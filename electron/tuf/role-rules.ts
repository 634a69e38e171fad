/**
 * What holds for a file because of the role it is of: how long it may be, who must sign it, and whether it may be left out. Pure;
 * the trusted repository applies it.
 */
import type { RoleName } from '../../shared/brands.ts';
import { AppError, type ErrorCode, isAppError } from '../../shared/errors.ts';
import { MAX_METADATA_BYTES, MAX_TIMESTAMP_BYTES } from './limits.ts';
import type { MetadataFile, RootBody } from './model.ts';
import { TIMESTAMP } from './names.ts';
import type { RoleAuthority } from './verify.ts';

/**
 * What is wrong with a delegation itself, its announced bytes being right: the role is skipped and said.
 * SECURITY: bytes that are not the announced ones, and rollbacks, are somebody's doing on the way; they end the
 * update, or whoever can spoil an answer could hide `targets/releases` and let a lower role answer for a tag.
 */
const SKIPPED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'trust/expired',
  'trust/threshold-not-met',
  'trust/no-signatures',
  'trust/key-id-mismatch',
  'trust/malformed',
  'trust/limit-exceeded',
]);

/** True for a delegation's failure that leaves the role out; every other one ends the update. */
export function isSkipped(error: unknown): error is AppError {
  return isAppError(error) && SKIPPED.has(error.code);
}

/** The keys that root names for a base role. */
export function baseAuthority(
  root: MetadataFile<RootBody>,
  role: 'root' | 'targets' | 'snapshot' | 'timestamp',
): RoleAuthority {
  const entry = root.body.roles.get(role);
  return { keys: root.body.keys, keyids: entry?.keyids ?? [], threshold: entry?.threshold ?? 0 };
}

/** The most bytes that the file of a role may have. */
export function limitOf(role: RoleName): number {
  return role === TIMESTAMP ? MAX_TIMESTAMP_BYTES : MAX_METADATA_BYTES;
}

/** The bytes, when they are not more than the role may have. Throws `trust/limit-exceeded`. */
export function sized(role: RoleName, bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.length <= limit) return bytes;
  throw new AppError('trust/limit-exceeded', { what: `bytes of ${role}`, limit });
}
