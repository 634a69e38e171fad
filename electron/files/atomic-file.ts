/**
 * Writing so that nothing is lost: whoever reads sees the old file or the new one, also after a crash.
 * Main process and command line. Everything it creates is for the owner only (0600, directories 0700).
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError, isAppError } from '../../shared/errors.ts';

/**
 * Writes `bytes` to `file` by way of a temporary file in the same folder: written, flushed, renamed, folder flushed.
 * Missing folders are made (0700). An existing symbolic link is replaced, not followed.
 * Throws `files/disk-full` or `files/write-failed`; then the old file is untouched and nothing is left behind.
 */
export async function writeFileAtomically(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await makePrivateDirectory(path.dirname(file));
    await writeFlushed(temporary, bytes);
    await rename(temporary, file);
    await flushDirectory(path.dirname(file));
  } catch (error) {
    await unlink(temporary).catch(() => undefined); // it may never have come to be
    throw toFileError(error, file);
  }
}

/** Makes a folder and its missing parents, 0700. One that exists keeps its mode. */
export async function makePrivateDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toFileError(error, directory);
  }
}

async function writeFlushed(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the rename itself durable. Windows and some network file systems cannot; their rename is what it is. */
async function flushDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (systemCode(error) !== 'EINVAL' && systemCode(error) !== 'ENOTSUP') throw error;
  } finally {
    await handle.close();
  }
}

/** What writing `file` failed with, as an outcome that names the file. */
export function toFileError(error: unknown, file: string): AppError {
  if (isAppError(error)) return error;
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('files/disk-full', { path: file }, { cause: error });
  return new AppError('files/write-failed', { path: file, reason: fileReason(code) }, { cause: error });
}

/** The system's code of a failed file operation, or ''. */
export function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** Plain words for the codes that people can act on. */
export function fileReason(code: string): string {
  return reasons.get(code) ?? (code === '' ? 'unknown' : code);
}

const reasons = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['ELOOP', 'too many symbolic links'],
  ['EIO', 'the disk reported an error'],
]);
