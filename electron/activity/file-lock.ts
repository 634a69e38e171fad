/**
 * A lock that keeps the window and the command line from writing the same file at once: a folder, in which its owner is
 * named by an entry of its own. A folder with something in it can be neither replaced nor removed, on any file system, and
 * an owner's entry is of no other owner's name: so nobody can take a lock for another one than the one that was looked at.
 * One left behind by a killed process is taken over.
 */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import { readFile, rename, unlink } from '../files/file-calls.ts';
import { systemCode, toWriteError } from '../files/file-failure.ts';
import { mkdir, readdir, rmdir } from '../files/folder-calls.ts';

const RETRY_MS = 20;
const GIVE_UP_MS = 10_000;

/**
 * Runs `work` while holding the lock at `file`.
 * @throws `files/locked` when another live process keeps it for ten seconds; `files/write-failed`, `files/disk-full`
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const owner = `${String(process.pid)}.${randomUUID()}`;
  await asOutcome(file, () => acquire(file, owner));
  try {
    return await work();
  } finally {
    await asOutcome(file, () => removeFolders(file, owner));
  }
}

async function asOutcome(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw toWriteError(error, file);
  }
}

async function acquire(file: string, owner: string): Promise<void> {
  for (let waited = 0; waited <= GIVE_UP_MS; waited += RETRY_MS) {
    if ((await isFree(file)) && (await tryTake(file, owner))) return;
    await delay(RETRY_MS);
  }
  throw new AppError('files/locked', { path: file });
}

/** Made aside and moved into place, so that a lock is never seen without its owner. */
async function tryTake(file: string, owner: string): Promise<boolean> {
  const mine = `${file}.${owner}`;
  await mkdir(mine, { mode: 0o700 });
  try {
    await mkdir(path.join(mine, owner), { mode: 0o700 });
    await rename(mine, file);
    return true;
  } catch (error) {
    await removeFolders(mine, owner);
    if (TAKEN.has(systemCode(error))) return false;
    throw error;
  }
}

/** What moving a folder to where there is one answers, unless that is empty; ENOTDIR: where there is a file. */
const TAKEN: ReadonlySet<string> = new Set([
  'ENOTEMPTY',
  'EEXIST',
  'ENOTDIR',
  ...(process.platform === 'win32' ? ['EPERM', 'EACCES'] : []),
]);

/** The entry of one owner, and the folder unless somebody else came into it meanwhile. */
async function removeFolders(folder: string, owner: string): Promise<void> {
  await rmdir(path.join(folder, owner)).catch(ignore('ENOENT', 'ENOTDIR'));
  await rmdir(folder).catch(ignore('ENOENT', ...TAKEN));
}

/** Whether it is worth trying, once the entries of dead owners are removed. */
async function isFree(file: string): Promise<boolean> {
  const owners = await ownersOf(file);
  if (owners === undefined) return removeFileOfDead(file);
  const dead = owners.filter(isDead);
  for (const owner of dead) await rmdir(path.join(file, owner)).catch(ignore('ENOENT', 'ENOTDIR'));
  if (dead.length < owners.length) return false;
  // Not every file system replaces an empty folder.
  await rmdir(file).catch(ignore('ENOENT', ...TAKEN));
  return true;
}

/** undefined where it is a file. */
async function ownersOf(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    if (systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** A lock of earlier versions: a file that holds its owner. If a folder took its place meanwhile, that stays. */
async function removeFileOfDead(file: string): Promise<boolean> {
  const owner = await readFile(file, 'utf8').catch(ignore('ENOENT', 'EISDIR'));
  if (owner === undefined) return true;
  if (!isDead(owner) && !(owner === '' && (await isForsaken(file)))) return false;
  await unlink(file).catch(ignore('ENOENT', 'EISDIR', 'EPERM'));
  return true;
}

/** Its owner was killed before it wrote down who it is, which takes no time. */
async function isForsaken(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.size === 0 && Date.now() - found.mtimeMs > GIVE_UP_MS;
}

function isDead(owner: string): boolean {
  const pid = Number(owner.split('.')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function ignore(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (!codes.includes(systemCode(error))) throw error;
  };
}
