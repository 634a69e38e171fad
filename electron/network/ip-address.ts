/** Which texts are IP addresses. Pure. */
import { isIPv4, isIPv6 } from 'node:net';

/**
 * 4, 6, or 0 for a name: the answer of `net.isIP`. That one holds every name against a long pattern for IPv6, which
 * takes milliseconds at the start of a program; a name without a colon cannot be one.
 */
export function ipFamily(host: string): 0 | 4 | 6 {
  if (host.includes(':')) return isIPv6(host) ? 6 : 0;
  return /^[0-9.]+$/.test(host) && isIPv4(host) ? 4 : 0;
}
