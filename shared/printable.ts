/**
 * Text from elsewhere as it may be shown: names of tags, files, certificates and tokens may hold anything. Pure.
 * SECURITY: control characters drive a terminal, and those that turn the direction of writing let a name look like
 * another one, also in a window. Both are shown as escapes. Letters of every script stay as they are.
 */

const plain = /^[\x20-\x7e]*$/;
/** U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. */
const turning = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
const hidden = new RegExp(`[\\0-\\x1f\\x7f-\\x9f${turning}]`, 'g');
const hiddenInLines = new RegExp(`[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f${turning}]|\\r(?!\\n)`, 'g');
const anyInLines = new RegExp(hiddenInLines.source);

/** One line: `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return plain.test(text) ? text : text.replace(hidden, toEscape);
}

/** The same for each line of a text of our own. */
export function printableEach(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/**
 * Text that may have lines and tabs of its own; what goes back in its line and writes over it is hidden, too. Escapes are
 * those of JSON, which stays the same JSON.
 */
export function printableLines(text: string): string {
  return anyInLines.test(text) ? text.replace(hiddenInLines, toJsonEscape) : text;
}

function toEscape(character: string): string {
  const code = character.charCodeAt(0);
  return code > 0xff ? toJsonEscape(character) : `\\x${code.toString(16).padStart(2, '0')}`;
}

function toJsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
