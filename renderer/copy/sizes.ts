/** Counts and byte sizes as people read them. Pure. */
const grouped = new Intl.NumberFormat('en-US');

/** `75,000`. */
export function countText(count: number): string {
  return grouped.format(count);
}

/** `75,000 tags`, `1 tag`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** `812 B`, `9.4 kB`, `8.1 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
