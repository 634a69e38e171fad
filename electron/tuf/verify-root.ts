/**
 * Whether a root is believed: from its predecessor, or from a pin or first use; and always by itself. Pure.
 * The order and the rules are notary's ValidateRoot; see docs on trust pinning.
 */
import type { Gun } from '../../shared/brands.ts';
import { AppError, hasCode } from '../../shared/errors.ts';
import type { MetadataFile, RootBody } from './model.ts';
import { pinFor, type Pin, type TrustPinning } from './pinning.ts';
import type { TufCrypto } from './ports.ts';
import { rootCertificates, type RootCertificate } from './root-certificates.ts';
import { type RoleAuthority, verifySignatures, verifyVersion } from './verify.ts';

export interface RootContext {
  readonly gun: Gun;
  readonly now: Date;
  readonly pinning: TrustPinning;
  readonly crypto: TufCrypto;
}

/**
 * Verifies a root that comes from outside.
 * @param previous the root believed until now; its keys must have signed the new one
 * @throws `trust/root-rotation-refused` when the previous root's keys did not sign it (walk the versions between),
 *   `trust/root-not-trusted` when no certificate fits or its own signatures are missing, `trust/rollback`
 */
export function verifyNewRoot(
  root: MetadataFile<RootBody>,
  previous: MetadataFile<RootBody> | undefined,
  context: RootContext,
): void {
  const { gun, now, pinning, crypto } = context;
  const candidates = rootCertificates(root.body, gun, now.getTime(), crypto);
  if (candidates.length === 0) throw notTrusted(gun, 'unable to retrieve valid leaf certificates');
  if (previous !== undefined) verifyRotation(root, previous, context);
  const pin = pinFor(gun, pinning, previous !== undefined);
  if (pin.kind === 'refused') throw notTrusted(gun, 'invalid trust pinning specified');
  const trusted = candidates.filter((certificate) => satisfies(certificate, pin, context));
  if (trusted.length === 0) throw notTrusted(gun, 'unable to match any certificates to trust_pinning config');
  verifySelf(root, trusted, context);
}

/**
 * Verifies a root of the local cache, which is how trust is pinned: by itself only. Neither it nor its
 * certificates need be in date, for it may still serve to verify its successor.
 * @returns false when it can serve for nothing else any more (it or all its certificates have expired)
 */
export function verifyCachedRoot(root: MetadataFile<RootBody>, context: RootContext): boolean {
  const { gun, now, crypto } = context;
  const certificates = rootCertificates(root.body, gun, undefined, crypto);
  if (certificates.length === 0) throw notTrusted(gun, 'unable to retrieve valid leaf certificates');
  verifySelf(root, certificates, context);
  if (root.body.expiresAt <= now.getTime()) return false;
  const inDate = rootCertificates(root.body, gun, now.getTime(), crypto);
  return isEnough(() => {
    verifySelf(root, inDate, context);
  });
}

function isEnough(verify: () => void): boolean {
  try {
    verify();
    return true;
  } catch (error) {
    if (hasCode(error, 'trust/root-not-trusted')) return false;
    throw error;
  }
}

/** TUF 5.3.4: a threshold of the previous root's keys, whose certificates may have expired meanwhile. */
function verifyRotation(
  root: MetadataFile<RootBody>,
  previous: MetadataFile<RootBody>,
  { gun, crypto }: RootContext,
): void {
  const certificates = rootCertificates(previous.body, gun, undefined, crypto);
  try {
    verifySignatures(root, authority(previous, certificates), crypto);
  } catch (cause) {
    const reason = 'failed to validate data with current trusted certificates';
    if (isSignatureFailure(cause))
      throw new AppError('trust/root-rotation-refused', { gun, reason }, { cause });
    throw cause;
  }
  verifyVersion(root.role, root.body.version, previous.body.version);
}

function satisfies(certificate: RootCertificate, pin: Pin, { now, crypto }: RootContext): boolean {
  if (pin.kind === 'certificates') return pin.ids.has(certificate.id);
  if (pin.kind === 'authorities') return crypto.chainsToAuthority(certificate.pem, pin.pem, now.getTime());
  return pin.kind === 'first-use';
}

/** The root meets its own threshold counting only `certificates`. */
function verifySelf(
  root: MetadataFile<RootBody>,
  certificates: readonly RootCertificate[],
  { gun, crypto }: RootContext,
): void {
  try {
    verifySignatures(root, authority(root, certificates), crypto);
  } catch (cause) {
    const reason = 'failed to validate integrity of roots';
    if (isSignatureFailure(cause)) throw new AppError('trust/root-not-trusted', { gun, reason }, { cause });
    throw cause;
  }
}

const isSignatureFailure = (error: unknown): boolean =>
  hasCode(error, 'trust/threshold-not-met') || hasCode(error, 'trust/no-signatures');

function authority(root: MetadataFile<RootBody>, certificates: readonly RootCertificate[]): RoleAuthority {
  return {
    keys: new Map(certificates.map(({ id, key }) => [id, key])),
    keyids: certificates.map(({ id }) => id),
    threshold: root.body.roles.get('root')?.threshold ?? 0,
  };
}

function notTrusted(gun: Gun, reason: string): AppError {
  return new AppError('trust/root-not-trusted', { gun, reason });
}
