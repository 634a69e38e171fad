/**
 * A lock file that keeps the window and the command line from writing the same file at once.
 * The lock names its owner's pid; one left behind by a killed process is taken over.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';

const RETRY_MS = 20;
const GIVE_UP_MS = 10_000;

/**
 * Runs `work` while holding the lock at `file`.
 * @throws `files/locked` when another live process keeps it for ten seconds.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await acquire(file);
  try {
    return await work();
  } finally {
    await unlink(file);
  }
}

async function acquire(file: string): Promise<void> {
  for (let waited = 0; waited <= GIVE_UP_MS; waited += RETRY_MS) {
    if (await tryCreate(file)) return;
    if (!(await removeAbandoned(file))) await delay(RETRY_MS);
  }
  throw new AppError('files/locked', { path: file });
}

/** Written aside and linked into place, so that a lock is never seen without its owner's pid. */
async function tryCreate(file: string): Promise<boolean> {
  const mine = `${file}.${String(process.pid)}.${randomUUID()}`;
  await writeFile(mine, String(process.pid), { mode: 0o600, flag: 'wx' });
  try {
    await link(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(mine);
  }
}

/** Takes a dead owner's lock away. Moved aside first: if it turns out to be a live one, it is put back. */
async function removeAbandoned(file: string): Promise<boolean> {
  if (!isDead(await readFile(file, 'utf8').catch(emptyWhenMissing))) return false;
  const aside = `${file}.${randomUUID()}.stale`;
  await rename(file, aside).catch(ignoreMissing);
  const text = await readFile(aside, 'utf8').catch(emptyWhenMissing);
  if (text !== '' && !isDead(text)) await link(aside, file).catch(ignoreExisting);
  await unlink(aside).catch(ignoreMissing);
  return true;
}

function isDead(owner: string): boolean {
  const pid = Number(owner);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function emptyWhenMissing(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') throw error;
  return '';
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
