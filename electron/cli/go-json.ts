/**
 * Strings as Go's encoding/json writes them (docker's inspect output). Command line; pure.
 */

/** A JSON string with Go's HTML escapes: `<`, `>`, `&` and the two line separators never appear raw. */
export function goJsonString(text: string): string {
  if (/^[\w.:/@+ -]*$/.test(text)) return `"${text}"`; // nearly every name: nothing to escape
  const json = JSON.stringify(text);
  return /[<>&\u2028\u2029]/.test(json) ? json.replace(/[<>&\u2028\u2029]/g, toEscape) : json;
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
