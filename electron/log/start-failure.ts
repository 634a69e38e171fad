/**
 * Why the app could not start, in words: what stands in a dialog or on the terminal when there is no window to say it in.
 * Runs in the privileged process of the window. Pure.
 */
import { isAppError } from '../../shared/errors.ts';
import { textOf } from '../../shared/error-texts.ts';

/** The sentence and its fix. Never a stack; what nobody foresaw is named as the system named it. */
export function startFailure(error: unknown): string {
  if (isAppError(error)) {
    const { title, fix } = textOf(error);
    return `${title} ${fix}`;
  }
  if (!(error instanceof Error)) return 'Trustdesk could not start, and no reason was given.';
  const { code, path } = error as NodeJS.ErrnoException;
  return code !== undefined && path !== undefined
    ? `${path} cannot be used: ${code}. Correct the owner or permissions of that folder, or name another one with TRUSTDESK_HOME.`
    : `Trustdesk could not start because of an internal error: ${error.message}`;
}
