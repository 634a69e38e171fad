/**
 * Bounds what the window may send, before anything looks at its meaning. Pure.
 * SECURITY: a schema walks its input; this keeps that walk short whatever the input is.
 */
/** Characters of all strings and member names together. The longest honest input is 1,000 image references. */
export const MAX_CHARACTERS = 4_500_000;
/** Strings, numbers, arrays, objects and their members together. */
export const MAX_VALUES = 10_000;
export const MAX_DEPTH = 16;

/** True when `input` is plain data within the bounds above; other things (bytes, maps, cycles) are not data. */
export function isModest(input: unknown): boolean {
  let characters = 0;
  let values = 0;
  const visit = (value: unknown, depth: number): boolean => {
    values += 1;
    if (values > MAX_VALUES || depth > MAX_DEPTH) return false;
    if (typeof value === 'string') {
      characters += value.length;
      return characters <= MAX_CHARACTERS;
    }
    if (Array.isArray(value)) return value.every((entry) => visit(entry, depth + 1));
    if (typeof value === 'object' && value !== null) {
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) return false;
      return Object.entries(value).every(
        ([name, entry]) => visit(name, depth + 1) && visit(entry, depth + 1),
      );
    }
    return value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean';
  };
  return visit(input, 0);
}
