/** From the library's refusals to outcomes that a person can act on. Token process; pure. */
import { AppError } from '../../shared/errors.ts';
import { Pkcs11Failure, type TokenFacts, tokenFlags } from './pkcs11-port.ts';
import type { TriesLeft } from './token-messages.ts';

/** The token, its reader or its session is gone, or behaves as if. */
const lost: ReadonlySet<string> = new Set([
  'CKR_DEVICE_REMOVED',
  'CKR_DEVICE_ERROR',
  'CKR_TOKEN_NOT_PRESENT',
  'CKR_TOKEN_NOT_RECOGNIZED',
  'CKR_SLOT_ID_INVALID',
  'CKR_SESSION_HANDLE_INVALID',
  'CKR_SESSION_CLOSED',
  'CKR_OBJECT_HANDLE_INVALID',
  'CKR_GENERAL_ERROR',
]);

/** A token that waited for a touch in vain says one of these, after its own fifteen seconds. */
const untouched: ReadonlySet<string> = new Set([
  'CKR_USER_NOT_LOGGED_IN',
  'CKR_FUNCTION_REJECTED',
  'CKR_FUNCTION_CANCELED',
  'CKR_DEVICE_ERROR',
  'CKR_GENERAL_ERROR',
  'CKR_FUNCTION_FAILED',
]);
/** Nothing else makes a signature wait this long. */
const touchWaitMs = 8_000;

export type SecretName = 'PIN' | 'PUK' | 'management key';

export function isLost(error: unknown): error is Pkcs11Failure {
  return error instanceof Pkcs11Failure && lost.has(error.rv);
}

export function isFailure(error: unknown, ...rvs: readonly string[]): error is Pkcs11Failure {
  return error instanceof Pkcs11Failure && rvs.includes(error.rv);
}

/** A wrong, blocked or malformed secret, or what was thrown. `left` is asked after the try. */
export function secretFailure(
  error: unknown,
  serial: string,
  what: SecretName,
  left: () => TriesLeft,
): unknown {
  if (!(error instanceof Pkcs11Failure)) return error;
  const options = { cause: error };
  switch (error.rv) {
    case 'CKR_PIN_INCORRECT':
      if (left() === 'none') return new AppError('yubikey/pin-locked', { serial, what }, options);
      return new AppError('yubikey/wrong-pin', { serial, what, left: triesText(left()) }, options);
    case 'CKR_PIN_LOCKED':
      return new AppError('yubikey/pin-locked', { serial, what }, options);
    case 'CKR_PIN_LEN_RANGE':
    case 'CKR_PIN_INVALID':
    case 'CKR_ARGUMENTS_BAD':
      return new AppError('yubikey/pin-malformed', { what, reason: 'it is too short or too long' }, options);
    default:
      return error;
  }
}

/** In the words of `yubikey/wrong-pin`. */
function triesText(left: TriesLeft): string {
  switch (left) {
    case 'all':
      return 'no try has been used up';
    case 'fewer':
      return 'some tries are used up';
    case 'last':
      return 'one try is left before it is blocked';
    case 'none':
      return 'no try is left';
    case 'unknown':
      return 'the token does not tell how many tries are left';
  }
}

/** What PKCS#11 tells: no number, only how near the end is. */
export function triesOf({ flags }: TokenFacts, which: 'pin' | 'puk'): TriesLeft {
  const user = which === 'pin';
  const has = (forUser: number, forAdministrator: number): boolean =>
    (flags & (user ? forUser : forAdministrator)) !== 0;
  if (has(tokenFlags.userPinLocked, tokenFlags.soPinLocked)) return 'none';
  if (has(tokenFlags.userPinFinalTry, tokenFlags.soPinFinalTry)) return 'last';
  return has(tokenFlags.userPinCountLow, tokenFlags.soPinCountLow) ? 'fewer' : 'all';
}

/** A touch that did not come is told from a PIN that is no longer verified by the time it took. */
export function signFailure(error: unknown, serial: string, tookMs: number): unknown {
  if (!(error instanceof Pkcs11Failure)) return error;
  const options = { cause: error };
  if (tookMs >= touchWaitMs && untouched.has(error.rv))
    return new AppError('yubikey/touch-timeout', { serial }, options);
  if (error.rv === 'CKR_USER_NOT_LOGGED_IN') return new AppError('yubikey/login-needed', { serial }, options);
  return error;
}

/** Any other refusal, with the library's own name for it. */
export function refused(error: unknown, serial: string): unknown {
  if (!(error instanceof Pkcs11Failure)) return error;
  const { call, rv } = error;
  return new AppError('yubikey/refused', { serial, call, reason: rv }, { cause: error });
}
