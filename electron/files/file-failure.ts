/** Why a file operation failed, in plain words. Main process and command line; no I/O. */
import { AppError, isAppError } from '../../shared/errors.ts';

/** What writing `file` failed with, as an outcome that names the file. */
export function toWriteError(error: unknown, file: string): AppError {
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

/** True when the file or a folder on the way to it does not exist. */
export function isMissing(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Plain words for the codes that people can act on. */
export function fileReason(code: string): string {
  return reasons.get(code) ?? (code === '' ? 'unknown' : code);
}

const reasons = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['ELOOP', 'too many symbolic links'],
  ['EIO', 'the disk reported an error'],
]);
