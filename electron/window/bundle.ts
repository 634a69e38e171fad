/**
 * The files of the window, as built into one folder. Runs in the privileged process, Electron and browser mode.
 * SECURITY: the files are listed once and looked up by exact name. A request never becomes a path, so there is nothing
 * to traverse; links are left out, so nothing leads out of the folder.
 */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export interface BundleFile {
  readonly type: string;
  readonly read: () => Promise<Uint8Array<ArrayBuffer>>;
}
/** Looks a file up by the path of its address, e.g. `/assets/index.js`; `/` is the page. */
export type Bundle = (pathname: string) => BundleFile | undefined;

function* filesUnder(folder: string, prefix: string): Generator<readonly [pathname: string, path: string]> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path, `${prefix}${entry.name}/`);
    else if (entry.isFile()) yield [`${prefix}${entry.name}`, path];
  }
}

/** Lists `folder` now. Files of a type that the window has no use for are unknown to it. Throws when it has no page. */
export function openBundle(folder: string): Bundle {
  const files = new Map<string, BundleFile>();
  for (const [pathname, path] of filesUnder(folder, '/')) {
    const type = types[extname(path)];
    if (type !== undefined)
      files.set(pathname, { type, read: async () => new Uint8Array(await readFile(path)) });
  }
  if (!files.has('/index.html'))
    throw new Error(`The window is not built: there is no index.html in ${folder}`);
  return (pathname) => files.get(pathname === '/' ? '/index.html' : pathname);
}
