/** JSON strings with escapes in them, which are rare in metadata. Pure. */
import { JsonError } from './json-error.ts';
import { isWellFormed } from './utf8.ts';

const QUOTE = 34;
const BACKSLASH = 92;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);
/**
 * The string whose content begins at `start`, up to its closing quote. `canonical` is false when it has any escape
 * but those of the quote and the backslash. Throws JsonError, also for half a surrogate pair.
 */
export function readEscaped(
  text: string,
  start: number,
): { readonly value: string; readonly end: number; readonly canonical: boolean } {
  let value = '';
  let canonical = true;
  for (let at = start; ;) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      if (!isWellFormed(value)) throw new JsonError('a string with half a surrogate pair');
      return { value, end: at + 1, canonical };
    }
    if (!(unit >= 32)) throw new JsonError(`control character or end of text in a string at ${at}`);
    const piece = unit === BACKSLASH ? readEscape(text, at) : { value: text.charAt(at), length: 1 };
    if (unit === BACKSLASH && piece.value !== '"' && piece.value !== '\\') canonical = false;
    // `\u0022` means a quote too, but canonical JSON writes it with two characters.
    if (piece.length === 6) canonical = false;
    value += piece.value;
    at += piece.length;
  }
}

function readEscape(text: string, at: number): { readonly value: string; readonly length: number } {
  const letter = text.charAt(at + 1);
  if (letter === 'u') {
    const digits = text.slice(at + 2, at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new JsonError(`expected four hex digits at ${at}`);
    return { value: String.fromCharCode(Number.parseInt(digits, 16)), length: 6 };
  }
  const value = ESCAPES.get(letter);
  if (value === undefined) throw new JsonError(`expected an escape sequence at ${at}`);
  return { value, length: 2 };
}
