/**
 * What docker and notary say for an outcome, word for word where scripts may look for it. Command line; pure.
 * Sources: notary client and tuf/signed errors, docker/cli cli/trust NotaryError.
 */
import { isAppError, type AppError, type ErrorCode, type ErrorDetails } from '../../shared/errors.ts';
import { textOf } from '../../shared/error-texts.ts';
import { printableEach } from '../../shared/printable.ts';
import { goDate } from './go-date.ts';

type Words = { readonly [C in ErrorCode]?: (details: ErrorDetails[C]) => string };

const offline = (): string => 'client is offline';
const unreachable = (status: number): string =>
  `unable to reach trust server at this time: ${String(status)}.`;
const badAnswer = (): string => 'trust server returned a bad response.';

const notary: Words = {
  'trust/expired': ({ role, expiredAt }) => `${role} expired at ${goDate(expiredAt)}`,
  'trust/threshold-not-met': ({ role }) => `valid signatures did not meet threshold for ${role}`,
  'trust/no-signatures': () => 'tuf: data has no signatures',
  'trust/rollback': ({ have, got }) => `version ${String(got)} is lower than current version ${String(have)}`,
  'trust/hash-mismatch': ({ role, algorithm, expected }) =>
    `${algorithm} checksum for ${role} did not match: expected ${expected}`,
  'trust/length-mismatch': badAnswer,
  'trust/root-not-trusted': ({ reason }) => `could not validate the path to a trusted root: ${reason}`,
  'trust/root-rotation-refused': () =>
    'could not rotate trust to a new trusted root: failed to validate data with current trusted certificates',
  'trust/no-data': ({ gun, server }) => `${hostOf(server)} does not have trust data for ${gun}`,
  'trust/no-signed-tag': ({ tag }) => `No valid trust data for ${tag}`,
  'trust/other-data': () => 'data not present in the trusted collection',
  'reference/malformed': ({ reason }) => reason,
  'notary/not-https': ({ url }) => `valid https URL required for trust server, got ${url}`,
  'notary/metadata-missing': ({ role }) =>
    `${role} trust data unavailable.  Has a notary repository been initialized?`,
  'notary/unauthorised': ({ status }) =>
    status === 403
      ? unreachable(403)
      : 'you are not authorized to perform this operation: server returned 401.',
  'notary/server-error': ({ status }) => unreachable(status),
  'network/dns': offline,
  'network/refused': offline,
  'network/timeout': offline,
  'network/unknown-ca': offline,
  'network/tls': offline,
  'network/unreachable': offline,
  'network/proxy': offline,
  'network/interrupted': offline,
  'network/too-large': badAnswer,
  'plan/rotation-refused': ({ role, reason }) => {
    if (reason.startsWith('the server')) return `notary does not permit the server managing the ${role} key`;
    if (reason.startsWith('only the server'))
      return `notary does not permit the client managing the ${role} key`;
    return `notary does not currently permit rotating the ${role} key`;
  },
  'cli/usage': ({ message }) => message,
};

/**
 * notary's sentence for an outcome; ours, without the full stop, where it has none.
 * SECURITY: details hold what servers and metadata say, and must not write to the terminal.
 */
export function notaryWords(error: unknown): string {
  return printableEach(rawWords(error));
}

function rawWords(error: unknown): string {
  if (!isAppError(error)) return error instanceof Error ? error.message : 'unknown error';
  return wordsOf(notary, error) ?? textOf(error).title.replace(/\.$/, '');
}

const error = (text: string): string => `Error: ${text}`;
const warning = (text: string): string => `Warning: potential malicious behavior - ${text}`;

/** docker's sentence for an outcome on repository `name` (its `NotaryError`). */
export function dockerWords(outcome: unknown, name: string): string {
  const original = notaryWords(outcome);
  if (!isAppError(outcome)) return original;
  switch (outcome.code) {
    case 'trust/malformed':
      return error(
        `no trust data available for remote repository ${name}. Try running notary server and setting DOCKER_CONTENT_TRUST_SERVER to its HTTPS address?`,
      );
    case 'trust/expired':
      return error(`remote repository ${name} out-of-date: ${original}`);
    case 'keystore/key-not-found':
      return error(`signing keys for remote repository ${name} not found: ${original}`);
    case 'network/interrupted':
      return error(`error contacting notary server: ${original}`);
    case 'notary/metadata-missing':
      return error(
        `trust data missing for remote repository ${name} or remote repository not found: ${original}`,
      );
    case 'trust/no-data':
      return error(`remote trust data does not exist for ${name}: ${original}`);
    case 'plan/cannot-sign':
      return error(
        `could not find signing keys for remote repository ${name}, or could not decrypt signing key: ${original}`,
      );
    case 'trust/rollback':
      return warning(`trust data version is lower than expected for remote repository ${name}: ${original}`);
    case 'trust/threshold-not-met':
      return warning(`trust data has insufficient signatures for remote repository ${name}: ${original}`);
    case 'trust/root-not-trusted':
    case 'trust/root-rotation-refused':
      // Meant by docker, though a slip in its code keeps it from ever saying so.
      return warning(`trust data mismatch for remote repository ${name}: ${original}`);
    default:
      return original;
  }
}

function wordsOf(words: Words, { code, details }: AppError): string | undefined {
  // The details of an outcome always belong to its code.
  const write = words[code] as ((details: unknown) => string) | undefined;
  return write?.(details);
}

/** Go's client names host and port only. */
function hostOf(server: string): string {
  return server.includes('://') && URL.canParse(server) ? new URL(server).host : server;
}
