/** What a trust server says when it does not do what it was asked, as coded outcomes. Pure. */
import { AppError } from '../../shared/errors.ts';

export interface ServerRefusal {
  readonly server: string;
  readonly status: number;
  readonly body: Uint8Array;
}

interface WireError {
  readonly code: string;
  readonly message: string;
  readonly detail: string | undefined;
}

const longestText = 500;

/** The outcome for any status but success, 401 and 404, which need to know what was asked for. */
export function toServerError(refusal: ServerRefusal): AppError {
  const { server, status } = refusal;
  if (status >= 500) return new AppError('notary/server-error', { server, status });
  const first = parseErrors(refusal.body)[0];
  if (first === undefined) return new AppError('notary/server-error', { server, status });
  const { code, message, detail } = first;
  return new AppError('notary/rejected', {
    server,
    status,
    code,
    message,
    ...(detail === undefined ? {} : { detail }),
  });
}

/** `{"errors":[{"code","message","detail"}]}`; anything else is an empty list. */
function parseErrors(body: Uint8Array): readonly WireError[] {
  const errors = memberOf(parseJson(body), 'errors');
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((error: unknown) => {
    const code = memberOf(error, 'code');
    if (typeof code !== 'string') return [];
    return [
      {
        code: cut(code),
        message: textOf(memberOf(error, 'message')) ?? '',
        detail: detailOf(memberOf(error, 'detail')),
      },
    ];
  });
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined; // a proxy's page, a cut body: the status alone must do
  }
}

/** notary: INVALID_UPDATE has `{Name, Error: {Msg}}`; others a text, an object or nothing. */
function detailOf(detail: unknown): string | undefined {
  if (detail === undefined || detail === null) return undefined;
  if (typeof detail === 'string') return cut(detail);
  const name = memberOf(detail, 'Name');
  const reason = memberOf(memberOf(detail, 'Error'), 'Msg');
  if (typeof name === 'string' && typeof reason === 'string') return cut(`${name}: ${reason}`);
  const text = JSON.stringify(detail);
  return text === '{}' || text === '[]' ? undefined : cut(text);
}

function memberOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isObject ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? cut(value) : undefined;
}

/** Printed in terminals: control characters are not passed on. */
function cut(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.slice(0, longestText).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
