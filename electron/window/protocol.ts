/**
 * Answers `app://bundle/...`, the only addresses that the window can load. Runs in Electron's main process.
 */
import type { Bundle } from './bundle.ts';
import { contentSecurityPolicy, fileHeaders, isBundleAddress } from './policy.ts';

/** `protocol.registerSchemesAsPrivileged` wants this before the app is ready. Never `bypassCSP`. */
export const bundleScheme = { scheme: 'app', privileges: { standard: true, secure: true } } as const;

const refused = (status: number): Response =>
  new Response(null, { status, headers: { 'Content-Security-Policy': contentSecurityPolicy() } });

/** The handler for `session.protocol.handle('app', ...)`: files of the bundle by exact address, by GET, nothing else. */
export function bundleHandler(bundle: Bundle): (request: Request) => Promise<Response> {
  return async ({ method, url }) => {
    if (method !== 'GET') return refused(405);
    if (!isBundleAddress(url)) return refused(403);
    const { pathname, search } = new URL(url);
    const file = search === '' ? bundle(pathname) : undefined;
    if (file === undefined) return refused(404);
    return new Response(await file.read(), { status: 200, headers: fileHeaders(file.type) });
  };
}
