/**
 * The order in which docker lists tags and signers: runs of digits by their value, everything else by byte.
 * Runs anywhere; pure. Rule: fvbommel/sortorder as docker vendors it (digits before other characters; where two
 * numbers are equal, the one with fewer leading zeros comes first).
 *
 * Each name is turned once into a key whose plain string order is that order: 100,000 names sort several times
 * faster than with a comparison that scans both names each time.
 */

/** The places of `names` in natural order; equal names keep their order. Undefined: they stand in it as they are. */
export function naturalOrder(names: readonly string[]): readonly number[] | undefined {
  // No number goes on behind a full stop, and of version numbers both sides of the last one recur from tag to tag.
  const seen = new Map<string, string>();
  const keyOf = (part: string): string => {
    const known = seen.get(part);
    if (known !== undefined) return known;
    const made = naturalKey(part);
    seen.set(part, made);
    return made;
  };
  const keys = names.map((name) => {
    const behindStop = name.lastIndexOf('.') + 1;
    return keyOf(name.slice(0, behindStop)) + keyOf(name.slice(behindStop));
  });
  if (keys.every((key, place) => place === 0 || (keys[place - 1] ?? '') <= key)) return undefined;
  const places = names.map((_, place) => place);
  return places.sort((a, b) => {
    const x = keys[a] ?? '';
    const y = keys[b] ?? '';
    return x < y ? -1 : x > y ? 1 : a - b;
  });
}

/** A copy of `items` in natural order of their names; items with equal names keep their order. */
export function sortNaturally<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  const order = naturalOrder(items.map(nameOf));
  return order === undefined ? [...items] : order.map((place) => items[place] as T);
}

/** Negative when `a` comes first, positive when `b` does, 0 only for equal names. */
export function compareNatural(a: string, b: string): number {
  const [x, y] = [naturalKey(a), naturalKey(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/**
 * A run of digits becomes NUL, the length of the number, its digits, the number of leading zeros: NUL sorts before
 * every other character, a shorter number before a longer one. NUL and SOH themselves are escaped out of the way, and
 * what is beyond ASCII is spelled as its UTF-8 bytes, whose order is not that of UTF-16 units.
 */
function naturalKey(name: string): string {
  // eslint-disable-next-line no-control-regex -- they are what the key is built with
  return name.replace(/[0-9]+|[^\x02-\x7e]/gu, toKeyPart);
}

const [zero, nine] = [48, 57];

function toKeyPart(part: string): string {
  const first = part.charCodeAt(0);
  if (first < 2) return `\x01${part}`;
  if (first > nine) return spelled(part);
  // Nearly every number; written out because it is made three times per tag.
  if (first > zero && part.length < 255) return `\0${counts[part.length] ?? ''}${part}\0`;
  let zeros = 0;
  while (part.charCodeAt(zeros) === zero) zeros++;
  return `\0${toCount(part.length - zeros)}${part.slice(zeros)}${toCount(zeros)}`;
}

/** Each byte as two letters behind DEL, in the order of the bytes; letters are no numbers. */
function spelled(character: string): string {
  const letter = (nibble: number): string => String.fromCharCode(97 + nibble);
  return [...Buffer.from(character, 'utf8')]
    .map((byte) => `\x7f${letter(byte >> 4)}${letter(byte & 15)}`)
    .join('');
}

const counts = Array.from({ length: 255 }, (_, count) => String.fromCharCode(count));

/** A count as characters whose order is the order of the counts: 255 means "255 and then some". */
function toCount(count: number): string {
  return counts[count] ?? `\xff${toCount(count - 255)}`;
}
