/** The words of an outcome. The same table serves the command line, so both say the same. */
import { doctor, type ErrorText, errorTexts, textOf } from '../../shared/error-texts.ts';
import { AppError, type ErrorCode, isAppError, type WireError } from '../../shared/errors.ts';

/** What the schemas of the contract call an error: its code is a string until it was looked up. */
export interface CodedError {
  readonly code: string;
  readonly details: unknown;
}

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(errorTexts, code);

/** Title and fix. A code that this window does not know is named as it is, never hidden. */
export function errorText(error: CodedError): ErrorText {
  if (isKnown(error.code)) return inTheWindow(textOf({ code: error.code, details: error.details }));
  return { title: `Unknown outcome ${error.code}.`, fix: 'Update Trustdesk, then try again.' };
}

/** The window has a doctor of its own. */
const inTheWindow = ({ title, fix }: ErrorText): ErrorText => ({
  title,
  fix: fix.replace(doctor, '“Diagnose…” shows where it stops.'),
});

/** Any rejection as an outcome: a bug in the window itself becomes an internal error. */
export function toWireError(thrown: unknown): WireError {
  const error = isAppError(thrown) ? thrown : new AppError('app/internal', { id: 'window' });
  return { code: error.code, details: error.details };
}

/** Cancelling is an outcome, and nothing to tell. */
export function isCancelled(error: CodedError): boolean {
  return error.code === 'prompt/cancelled';
}
