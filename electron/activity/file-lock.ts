/**
 * A lock file that keeps the window and the command line from writing the same file at once.
 * The lock names its owner's pid; one left behind by a killed process is taken over.
 */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import { NO_LINKS } from '../files/atomic-file.ts';
import { link, readFile, rename, unlink, writeFile } from '../files/file-calls.ts';
import { systemCode, toWriteError } from '../files/file-failure.ts';

const RETRY_MS = 20;
const GIVE_UP_MS = 10_000;

/**
 * Runs `work` while holding the lock at `file`.
 * @throws `files/locked` when another live process keeps it for ten seconds; `files/write-failed`, `files/disk-full`
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await asOutcome(file, () => acquire(file));
  try {
    return await work();
  } finally {
    await asOutcome(file, () => unlink(file).catch(ignoreMissing));
  }
}

async function asOutcome(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw toWriteError(error, file);
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
    if (systemCode(error) === 'EEXIST') return false;
    if (NO_LINKS.has(systemCode(error))) return await createInPlace(file, String(process.pid));
    throw error;
  } finally {
    await unlink(mine);
  }
}

/** Where there are no hard links. For a moment such a lock names nobody: see `isForsaken`. */
async function createInPlace(file: string, owner: string): Promise<boolean> {
  return writeFile(file, owner, { mode: 0o600, flag: 'wx' }).then(
    () => true,
    (error: unknown) => {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Takes a dead owner's lock away. Moved aside first: if it turns out to be a live one, it is put back. */
async function removeAbandoned(file: string): Promise<boolean> {
  const owner = await readFile(file, 'utf8').catch(emptyWhenMissing);
  if (!isDead(owner) && !(owner === '' && (await isForsaken(file)))) return false;
  const aside = `${file}.${randomUUID()}.stale`;
  await rename(file, aside).catch(ignoreMissing);
  const text = await readFile(aside, 'utf8').catch(emptyWhenMissing);
  if (text !== '' && !isDead(text)) await putBack(aside, file, text);
  await unlink(aside).catch(ignoreMissing);
  return true;
}

async function putBack(aside: string, file: string, owner: string): Promise<void> {
  await link(aside, file).catch(async (error: unknown) => {
    if (NO_LINKS.has(systemCode(error))) await createInPlace(file, owner);
    else if (systemCode(error) !== 'EEXIST') throw error;
  });
}

/** Its owner was killed before it wrote down who it is, which takes no time. */
async function isForsaken(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.size === 0 && Date.now() - found.mtimeMs > GIVE_UP_MS;
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
