/** One process per folder (a sandbox's, browser mode's data): two would overwrite each other's state. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileLock } from '../activity/file-lock.ts';

/** Waits a few seconds for another owner to leave; answers how to give the folder up. Throws `files/locked`. */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return new Promise((resolve, reject) => {
    const lock: Promise<void> = withFileLock(
      join(folder, 'running.lock'),
      () =>
        new Promise<void>((giveUp) => {
          resolve(() => {
            giveUp();
            return lock;
          });
        }),
    );
    lock.catch(reject);
  });
}
