/**
 * Writing several files that belong together so that a crash leaves all of them or none. Privileged side only.
 * They are written side by side into a folder of their own, flushed, and the folder is moved to its place: fewer waits
 * for the disk than one file after the other. 0600 in 0700.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { flushFolder } from './atomic-file.ts';
import { systemCode, toWriteError } from './file-failure.ts';

/**
 * Puts a folder with exactly `files` (relative names, `/` between the parts) in the place of `folder`.
 * @throws `files/disk-full`, `files/write-failed`; what was there before is untouched then
 */
export async function writeFolderAtomically(
  folder: string,
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<void> {
  const parent = path.dirname(folder);
  const temporary = path.join(parent, `.${path.basename(folder)}.${randomUUID()}.tmp`);
  try {
    const folders = new Set([...files.keys()].map((name) => path.dirname(path.join(temporary, name))));
    for (const one of folders) await mkdir(one, { recursive: true, mode: 0o700 });
    await Promise.all([...files].map(([name, content]) => writeFlushed(path.join(temporary, name), content)));
    await Promise.all([...folders].map(flushFolder));
    await moveOver(temporary, folder);
    await flushFolder(parent);
  } catch (error) {
    // The failure that matters is the first one; a left-over temporary folder is only untidy.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw toWriteError(error, folder);
  }
}

async function moveOver(temporary: string, folder: string): Promise<void> {
  try {
    await rename(temporary, folder);
  } catch (error) {
    if (!isThere(systemCode(error))) throw error;
    // No system replaces a folder that is not empty. The new one is whole already, under its temporary name.
    await rm(folder, { recursive: true });
    await rename(temporary, folder);
  }
}

/** Windows says EPERM. */
function isThere(code: string): boolean {
  return code === 'ENOTEMPTY' || code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32');
}

async function writeFlushed(file: string, content: Uint8Array | string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
