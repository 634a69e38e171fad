/** Standard padded base64 (RFC 4648 §4), the only form Notary metadata uses. Pure. */
import { toHex } from './hex.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const INVALID = 255;
/** Value of every UTF-16 unit below 256; what lies above reads as undefined. */
const values = new Uint8Array(256).fill(INVALID);
for (let i = 0; i < ALPHABET.length; i++) values[ALPHABET.charCodeAt(i)] = i;

function valueAt(text: string, at: number): number {
  return values[text.charCodeAt(at)] ?? INVALID;
}

/** One native look: a loop over a certificate's text takes a millisecond in a program that has just started. */
const OTHER_CHARACTER = /[^A-Za-z0-9+/]/;

/** Number of bytes that `text` encodes, or undefined when it is not canonical padded base64. */
export function base64Length(text: string): number | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  if (OTHER_CHARACTER.test(text.slice(0, digits))) return undefined;
  // Bits that no byte uses must be zero, or two texts would mean the same bytes.
  const unused = [0, 0x03, 0x0f][padding] ?? 0;
  return (valueAt(text, digits - 1) & unused) === 0 ? (text.length / 4) * 3 - padding : undefined;
}

/** Bytes of canonical padded base64; undefined for anything else (white space, URL alphabet, stray bits). */
export function fromBase64(text: string): Uint8Array | undefined {
  const length = base64Length(text);
  if (length === undefined) return undefined;
  const bytes = new Uint8Array(length);
  let out = 0;
  for (let i = 0; i < text.length; i += 4) {
    const bits =
      (valueAt(text, i) << 18) |
      (valueAt(text, i + 1) << 12) |
      ((valueAt(text, i + 2) & 63) << 6) |
      (valueAt(text, i + 3) & 63);
    if (out < length) bytes[out++] = (bits >> 16) & 255;
    if (out < length) bytes[out++] = (bits >> 8) & 255;
    if (out < length) bytes[out++] = bits & 255;
  }
  return bytes;
}

/** Padded base64 of any bytes. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    text += left > 1 ? ALPHABET.charAt((bits >> 6) & 63) : '=';
    text += left > 2 ? ALPHABET.charAt(bits & 63) : '=';
  }
  return text;
}

/** Hex of a digest that parsed metadata carries in base64. Throws TypeError for text that is not base64. */
export function hexOfBase64(text: string): string {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new TypeError('not base64');
  return toHex(bytes);
}
