/**
 * What the window's page may do, for Electron and browser mode alike. Pure.
 * SECURITY: a typing error here voids a defence silently; tests hold each text letter by letter.
 */
export const bundleProtocol = 'app:';
export const bundleHost = 'bundle';
export const startAddress = `${bundleProtocol}//${bundleHost}/index.html`;

/** The policy; `connect` is what scripts may talk to: nothing in Electron, one socket in browser mode. */
export function contentSecurityPolicy(connect = "'none'"): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

/** The headers of every answer that carries a file of the window. */
export function fileHeaders(type: string, connect?: string): Readonly<Record<string, string>> {
  return {
    'Content-Type': type,
    'Content-Security-Policy': contentSecurityPolicy(connect),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy':
      'camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), payment=(), serial=(), usb=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-store',
  };
}

/**
 * True for an address inside the window's bundle.
 * SECURITY: protocol and host are compared each by itself: in Node the origin of a custom scheme is the text `null`,
 * and two `null`s are equal.
 */
export function isBundleAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return (
    url.protocol === bundleProtocol && url.host === bundleHost && url.username === '' && url.password === ''
  );
}
