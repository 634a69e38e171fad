/**
 * Why a metadata file is refused, in the words of notary-server, which clients print as they are. Pure.
 * The rules are the trust core's; here its outcomes are put into Go's sentences.
 */
import type { AppError } from '../../../shared/errors.ts';
import { isAppError, hasCode } from '../../../shared/errors.ts';

/** A file of an update was refused; `message` is what the server says. Which file decides the fault's name. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Go's words for an outcome of the trust core; undefined when the error is something else. */
export function refusalText(error: unknown, expires: string | undefined): string | undefined {
  if (!isAppError(error)) return undefined;
  if (hasCode(error, 'trust/expired')) return `${error.details.role} expired at ${goDate(expires ?? '')}`;
  if (hasCode(error, 'trust/no-signatures')) return 'tuf: data has no signatures';
  if (hasCode(error, 'trust/threshold-not-met')) {
    return `valid signatures did not meet threshold for ${error.details.role}`;
  }
  if (hasCode(error, 'trust/key-id-mismatch')) return 'key ID is not valid for key content';
  if (hasCode(error, 'trust/rollback')) {
    return `version ${error.details.got} is lower than current version ${error.details.have}`;
  }
  return rootRefusal(error);
}

function rootRefusal(error: AppError): string | undefined {
  if (hasCode(error, 'trust/root-not-trusted')) {
    return `could not validate the path to a trusted root: ${error.details.reason}`;
  }
  if (hasCode(error, 'trust/root-rotation-refused')) {
    return `could not rotate trust to a new trusted root: ${error.details.reason}`;
  }
  return undefined;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** An RFC 3339 time as Go's layout `Mon Jan 2 15:04:05 MST 2006` prints it, in the offset of the text. */
export function goDate(text: string): string {
  const [, date = '', time = '', zone = 'Z'] =
    /^([0-9-]+)T([0-9:]{8})(?:\.[0-9]+)?(Z|[-+][0-9:]{5})$/.exec(text) ?? [];
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return text;
  const name = zone === 'Z' ? 'UTC' : zone.replace(':', '');
  const weekday = DAYS[day.getUTCDay()] ?? '';
  const month = MONTHS[day.getUTCMonth()] ?? '';
  return `${weekday} ${month} ${day.getUTCDate()} ${time} ${name} ${day.getUTCFullYear()}`;
}
