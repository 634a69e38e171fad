/**
 * Canonical JSON (OLPC style, as notary signs it) and strict parsing. Pure.
 * Canonical: members sorted by UTF-8 bytes, no white space, only `"` and `\` escaped, integers only.
 */
import { AppError } from '../../shared/errors.ts';
import { JsonError } from './json-error.ts';
import { JsonReader } from './json-reader.ts';
import { compareUtf8, fromUtf8, isWellFormed, toUtf8 } from './utf8.ts';

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [member: string]: JsonValue };

/** Runs `read` and turns what the reader refuses into `trust/malformed` for `role`. */
export function orMalformed<T>(role: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new AppError('trust/malformed', { role, reason: error.message }, { cause: error });
  }
}

/** A reader over the text of `bytes`. Throws JsonError when they are not UTF-8. */
export function readerOf(bytes: Uint8Array): { readonly reader: JsonReader; readonly text: string } {
  const text = fromUtf8(bytes);
  if (text === undefined) throw new JsonError('not UTF-8');
  return { text, reader: new JsonReader(text, text.length === bytes.length) };
}

/**
 * The value that `bytes` hold. Objects have no prototype.
 * Throws `trust/malformed` (with `what` as the role) for duplicate members, bytes that are not UTF-8,
 * half surrogate pairs, data behind the value, or plain bad syntax.
 */
export function parseJson(bytes: Uint8Array, what = 'json'): JsonValue {
  return orMalformed(what, () => {
    const { reader } = readerOf(bytes);
    const value = reader.value();
    reader.end();
    return value;
  });
}

/** The bytes that are signed and hashed. Throws `trust/malformed` for fractions, numbers past 2^53, half surrogates. */
export function canonicalBytes(value: JsonValue): Uint8Array {
  return toUtf8(orMalformed('json', () => canonicalText(value)));
}

/** Canonical form as text. Throws JsonError. */
export function canonicalText(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (typeof value === 'string') return canonicalString(value);
  if (isList(value)) return `[${value.map(canonicalText).join(',')}]`;
  const names = Object.keys(value).sort(compareUtf8);
  return `{${names.map((name) => `${canonicalString(name)}:${canonicalText(value[name] ?? null)}`).join(',')}}`;
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

/** notary: "json: unsupported value" for fractions; beyond 2^53 Go's float64 would sign another number. */
export function canonicalNumber(value: number): string {
  if (!Number.isSafeInteger(value)) throw new JsonError(`${value} is not a whole number within 2^53`);
  return String(value === 0 ? 0 : value);
}

/** Only the quote and the backslash are escaped; even control characters stand as they are. */
export function canonicalString(text: string): string {
  if (!isWellFormed(text)) throw new JsonError('a string with half a surrogate pair');
  return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;
}

const HTML = /[<>&\u2028\u2029]/;

/** Canonical text as Go puts it on the wire: HTML characters and the two line separators escaped, lower case. */
export function wireText(canonical: string): string {
  if (!HTML.test(canonical)) return canonical;
  const escape = (found: string): string => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return canonical.replace(/[<>&\u2028\u2029]/g, escape);
}
