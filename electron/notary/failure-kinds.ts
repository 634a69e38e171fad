/** Which failures are the network's or the server's, and which are somebody's invalid data. Pure. */
import { type AppError, type ErrorCode, isAppError } from '../../shared/errors.ts';

/**
 * The server could not be asked, or did not answer with data.
 * SECURITY: `network/too-large`, `network/redirect-refused` and everything `trust/` are answers, and bad ones:
 * the cache never stands in for them.
 */
const failuresToReach: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'network/dns',
  'network/refused',
  'network/unreachable',
  'network/timeout',
  'network/interrupted',
  'network/proxy',
  'network/unknown-ca',
  'network/tls',
  'notary/metadata-missing',
  'notary/server-error',
  'notary/unauthorised',
  'registry/error',
  'config/credential-helper',
]);

export function isFailureToReach(error: unknown): error is AppError {
  return isAppError(error) && failuresToReach.has(error.code);
}

/** notary: whatever is wrong below the root may be so because the root is old. A missing file may have been replaced. */
export function isWorthAnotherRoot(error: unknown): boolean {
  return isAppError(error) && (error.code.startsWith('trust/') || error.code === 'notary/metadata-missing');
}
