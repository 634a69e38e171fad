/** Moments and spans as people say them. Pure; every instant is milliseconds since the epoch. */
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** The largest unit that fits: `41 days`, `3 hours`, `2 minutes`. */
export function spanText(span: number): string {
  if (span >= 730 * day) return counted(Math.floor(span / (365.25 * day)), 'year');
  if (span >= 2 * day) return counted(Math.floor(span / day), 'day');
  if (span >= day) return counted(1, 'day');
  if (span >= hour) return counted(Math.floor(span / hour), 'hour');
  return counted(Math.max(1, Math.floor(span / minute)), 'minute');
}

/** `just now`, `2 minutes ago`, `5 days ago`. */
export function ageText(at: number, now: number): string {
  return now - at < minute ? 'just now' : `${spanText(now - at)} ago`;
}

/** For a table cell: `2 min ago`, `3 h ago`. */
export function shortAgeText(at: number, now: number): string {
  return ageText(at, now)
    .replace(/ minutes?/, ' min')
    .replace(/ hours?/, ' h');
}

/** `in 41 days`, or `3 days ago` when it has passed. */
export function untilText(at: number, now: number): string {
  return at > now ? `in ${spanText(at - now)}` : ageText(at, now);
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-12-31`, in the time zone of this computer. */
export function dayText(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `2026-12-31 14:05`, in the time zone of this computer. */
export function minuteText(at: number): string {
  const date = new Date(at);
  return `${dayText(at)} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** How urgent an expiry is: notary and docker renew yearly, so a month is the moment to act. */
export function expiryTone(at: number, now: number): 'bad' | 'warn' | 'muted' {
  if (at <= now) return 'bad';
  return at - now < 45 * day ? 'warn' : 'muted';
}
