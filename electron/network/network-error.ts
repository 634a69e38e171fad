/**
 * Turns what sockets, TLS and the HTTP parser throw into coded outcomes. Main process and command line; no I/O.
 * Every code names what a person can act on; the original error stays as `cause`.
 */
import { AppError, isAppError } from '../../shared/errors.ts';

export interface Peer {
  readonly host: string;
  readonly port: number;
}

const dnsCodes = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME', 'ENODATA']);
const unreachableCodes = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ENETDOWN', 'EHOSTDOWN']);

/** Any error of a connection or an exchange as an `AppError` of the `network/` group. */
export function toNetworkError(error: unknown, peer: Peer): AppError {
  if (isAppError(error)) return error;
  const code = errorCode(error);
  const cause = { cause: error };
  if (dnsCodes.has(code)) return new AppError('network/dns', { host: peer.host }, cause);
  if (code === 'ECONNREFUSED')
    return new AppError('network/refused', { host: peer.host, port: peer.port }, cause);
  if (code === 'ETIMEDOUT') return new AppError('network/timeout', { host: peer.host, seconds: 0 }, cause);
  if (unreachableCodes.has(code))
    return new AppError('network/unreachable', { host: peer.host, reason: code }, cause);
  if (isTlsCode(code))
    return new AppError('network/tls', { host: peer.host, reason: tlsReason(error) }, cause);
  return new AppError('network/interrupted', { host: peer.host, reason: plainReason(error, code) }, cause);
}

/** The system's or OpenSSL's code; of several attempts (IPv6 and IPv4) the last one's. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors.at(-1));
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

function isTlsCode(code: string): boolean {
  return (
    code === 'EPROTO' ||
    code.startsWith('ERR_SSL_') ||
    code.startsWith('ERR_TLS_') ||
    code.startsWith('ERR_OSSL_')
  );
}

function tlsReason(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  if (/wrong version number|packet length too long|http request/i.test(text))
    return 'the server does not speak TLS';
  if (/alert bad certificate|certificate required|alert unknown ca|handshake failure/i.test(text))
    return 'the server refused the handshake; it may ask for a client certificate';
  return /:SSL routines:[^:]*:([^:]+)/.exec(text)?.[1] ?? text.split('\n')[0] ?? 'handshake failed';
}

function plainReason(error: unknown, code: string): string {
  if (code.startsWith('HPE_')) return 'the answer is not HTTP';
  if (code !== '') return code;
  return error instanceof Error ? error.message : 'unknown';
}
