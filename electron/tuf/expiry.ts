/** Expiry times as Go writes them (RFC 3339 with nanoseconds, any offset) and as we do (UTC, whole seconds). Pure. */

const RFC3339 =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?:Z|([-+])([0-9]{2}):([0-9]{2}))$/;

/** Milliseconds since the epoch, rounded down, or undefined when the text is not a time. */
export function parseExpiry(text: string): number | undefined {
  const found = RFC3339.exec(text);
  if (found === null) return undefined;
  const part = (index: number): number => Number(found[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 59 || part(9) > 23 || part(10) > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const milliseconds = Number((found[7] ?? '').padEnd(3, '0').slice(0, 3));
  const offset = (part(9) * 60 + part(10)) * 60_000 * (found[8] === '-' ? -1 : 1);
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds - offset;
}

/** `2029-11-19T18:00:00Z`. Go prints no fraction for whole seconds, so its re-serialisation is the same text. */
export function formatExpiry(milliseconds: number): string {
  const whole = new Date(Math.floor(milliseconds / 1000) * 1000);
  return whole.toISOString().replace('.000Z', 'Z');
}

/** True when Go would print the time exactly like this; otherwise uploads become unreadable (RFC3339Nano). */
export function isGoTimeText(text: string): boolean {
  return parseExpiry(text) !== undefined && !/\.[0-9]*0(?:Z|[-+])|[-+]00:00$/.test(text);
}
