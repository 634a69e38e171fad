/**
 * Strings as Go's encoding/json writes them (docker's inspect output). Command line; pure.
 */
import { printableLines } from '../../shared/printable.ts';

/** Nearly every name: nothing to escape. */
const PLAIN = /^[\w.:/@+ -]*$/;

/** What stands between the quotes of `goJsonString`, for each of many texts, which are looked at once, together. */
export function insideGoString(texts: readonly string[]): (text: string) => string {
  return PLAIN.test(texts.join('')) ? (text) => text : (text) => goJsonString(text).slice(1, -1);
}

/**
 * A JSON string with Go's HTML escapes: `<`, `>`, `&` and the two line separators never appear raw.
 * SECURITY: nor does a character that drives a terminal; docker prints those.
 */
export function goJsonString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  const json = printableLines(JSON.stringify(text));
  return /[<>&\u2028\u2029]/.test(json) ? json.replace(/[<>&\u2028\u2029]/g, toEscape) : json;
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
