/** UTF-8 text: strict decoding and the byte order that canonical JSON sorts by. Pure. */

const encoder = new TextEncoder();

/** UTF-8 bytes; a lone surrogate becomes U+FFFD, so refuse those first where it matters. */
export function toUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of valid UTF-8 (a byte order mark stays visible as U+FEFF), or undefined. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/**
 * Orders by UTF-8 bytes, which is the order of code points. JavaScript's own order is that of UTF-16 units
 * and differs where characters outside the basic plane meet U+E000..U+FFFF.
 */
export function compareUtf8(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (isSurrogate(x) !== isSurrogate(y) && x >= 0xd800 && y >= 0xd800) return isSurrogate(x) ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

const HIGH = /[\ud800-\uffff]/;

/** A copy of `items` ordered by the UTF-8 bytes of their names; items with equal names keep their order. */
export function sortByUtf8<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  const names = items.map(nameOf);
  // Below U+D800 both orders are the same, and the language's own is many times faster.
  const compare = HIGH.test(names.join('')) ? compareUtf8 : compareUnits;
  // What Go wrote is in order already.
  if (isInOrder(names, compare)) return [...items];
  return [...items].sort((a, b) => compare(nameOf(a), nameOf(b)));
}

function isInOrder(names: readonly string[], compare: (a: string, b: string) => number): boolean {
  for (let at = 1; at < names.length; at += 1) {
    if (compare(names[at - 1] ?? '', names[at] ?? '') > 0) return false;
  }
  return true;
}

const compareUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** True when every surrogate is one of a pair, so that the text has a UTF-8 form. */
export function isWellFormed(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (!isSurrogate(unit)) continue;
    const next = text.charCodeAt(i + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false;
    i++;
  }
  return true;
}
