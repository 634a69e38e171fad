/**
 * Reading a JSON file that a person or another tool wrote. Main process and command line.
 * The file is only ever read; what is wrong with it is said with its path.
 */
import { AppError } from '../../shared/errors.ts';
import { fileReason, isMissing, systemCode } from '../files/file-failure.ts';
import { readWhole } from '../files/read-whole.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const largestFile = 16 * 1024 * 1024;

/**
 * The object in `file`, or undefined when there is no such file.
 * Throws `config/unreadable` (exists, cannot be read) or `config/malformed` (not a JSON object).
 */
export async function readJsonObject(file: string): Promise<JsonObject | undefined> {
  const text = await readTextFile(file);
  if (text === undefined) return undefined;
  const value = parseJsonText(text.replace(/^\uFEFF/, ''), file);
  if (isObject(value)) return value;
  throw malformedConfig(file, 'not a JSON object');
}

/** The text of `file`, or undefined when there is none. Throws `config/unreadable`. */
export async function readTextFile(file: string): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readWhole(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    const reason = fileReason(systemCode(error));
    throw new AppError('config/unreadable', { path: file, reason }, { cause: error });
  }
  if (bytes.length > largestFile) throw malformedConfig(file, 'too large');
  return bytes.toString('utf8');
}

/** SECURITY: the parser's message quotes the text, which may hold credentials: it is not passed on. */
function parseJsonText(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformedConfig(file, 'not JSON');
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function malformedConfig(file: string, reason: string): AppError<'config/malformed'> {
  return new AppError('config/malformed', { path: file, reason });
}

/** A string member; undefined when absent or empty. Throws `config/malformed` for another type. */
export function stringMember(object: JsonObject, name: string, file: string): string | undefined {
  const value = own(object, name);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw malformedConfig(file, `"${name}" is not a text`);
}

/** An object member; undefined when absent. Throws `config/malformed` for another type. */
export function objectMember(object: JsonObject, name: string, file: string): JsonObject | undefined {
  const value = own(object, name);
  if (value === undefined || value === null) return undefined;
  if (isObject(value)) return value;
  throw malformedConfig(file, `"${name}" is not an object`);
}

/** Own members only: a file may name anything, `__proto__` too. */
function own(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
