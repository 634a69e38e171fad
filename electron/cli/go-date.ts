/** Dates as Go's `Mon Jan 2 15:04:05 MST 2006` prints them. Command line; pure. */

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 3339 text in its own offset; anything else is answered as it is. Go names the zone where it knows it. */
export function goDate(rfc3339: string): string {
  const [, , offset] = /^(.*?)(Z|[+-]\d{2}:\d{2})$/.exec(rfc3339) ?? [];
  const instant = Date.parse(rfc3339);
  if (offset === undefined || Number.isNaN(instant)) return rfc3339;
  const local = new Date(instant + offsetMinutes(offset) * 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
  const day = `${days[local.getUTCDay()] ?? ''} ${months[local.getUTCMonth()] ?? ''} ${String(local.getUTCDate())}`;
  const zone = offsetMinutes(offset) === 0 ? 'UTC' : offset.replace(':', '');
  return `${day} ${time} ${zone} ${String(local.getUTCFullYear())}`;
}

function offsetMinutes(offset: string): number {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return offset.startsWith('-') ? -minutes : minutes;
}
