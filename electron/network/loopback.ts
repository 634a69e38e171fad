/** Which host names mean "this computer" without asking a resolver. Pure. */
import { ipFamily } from './ip-address.ts';

/**
 * True for `localhost`, 127.0.0.0/8 and ::1 as literals, with or without a port.
 * SECURITY: a name that merely resolves to loopback is not enough: a resolver would then decide whether
 * certificates are checked.
 */
export function isLoopbackHost(hostWithPort: string): boolean {
  const host = hostWithoutPort(hostWithPort).toLowerCase();
  if (host === 'localhost' || host === '::1') return true;
  return ipFamily(host) === 4 && host.startsWith('127.');
}

/**
 * The addresses of `localhost`, which no resolver is asked for (RFC 6761 6.3); empty for every other name.
 * SECURITY: certificates of `localhost` may be excused, so the name must never lead to another computer.
 */
export function loopbackAddresses(host: string): readonly string[] {
  return host.toLowerCase() === 'localhost' ? ['127.0.0.1', '::1'] : [];
}

/** `[::1]:5000` -> `::1`, `localhost:5000` -> `localhost`. */
export function hostWithoutPort(hostWithPort: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(hostWithPort);
  if (bracketed) return bracketed[1] ?? '';
  if (ipFamily(hostWithPort) === 6) return hostWithPort;
  return hostWithPort.replace(/:\d*$/, '');
}
