/**
 * Opens an address in the person's browser. Runs in browser mode's process.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, withoutSecrets } from '../files/child-environment.ts';

const openers: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'open', win32: 'explorer' };

/** False when nothing here could show a page: then the person opens the address by hand. */
export function canShowPages(platform: string, env: NodeJS.ProcessEnv): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY']);
}

/**
 * Resolves with true when the system took `target` (an address or a file of ours). Its program goes on by itself.
 * SECURITY: never a program from the folder that one happens to be in.
 */
export async function openInBrowser(
  target: string,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  const program = await findProgram(openers[platform] ?? 'xdg-open', process.env, platform);
  if (program === undefined) return false;
  return new Promise((resolve) => {
    const child = spawn(program, [target], {
      stdio: 'ignore',
      detached: true,
      env: withoutSecrets(process.env),
    });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

/**
 * Writes a page in `folder`, readable by this user only, that leads to `address`. Resolves with its path.
 * SECURITY: the arguments of a program can be read by every user of the computer, and the address holds the token.
 */
export async function writeWayIn(folder: string, address: string): Promise<string> {
  const path = join(folder, `open-${randomBytes(6).toString('hex')}.html`);
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Trustdesk</title><meta http-equiv="refresh" content="0;url=${address}">\n`;
  await writeFile(path, page, { mode: 0o600, flag: 'wx' });
  return path;
}

/** Removes it; it may be gone already. */
export const removeWayIn = (path: string): Promise<void> => rm(path, { force: true });
