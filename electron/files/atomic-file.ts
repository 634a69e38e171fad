/**
 * Writing files so that a crash at any line leaves the old content or the new, never a mixture. Privileged side only.
 * Temporary file in the same folder, flushed, renamed over, folder flushed. 0600 in 0700 unless the caller says whose file
 * is replaced: everything else that is written here lives beside private keys.
 */
import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { chmod, chown, close, fsync, link, open, rename, unlink, writeFile } from './file-calls.ts';

export interface AtomicWrite {
  /** Fails with EEXIST (as `cause`) instead of replacing; for keys, which are never overwritten silently. */
  readonly exclusive?: boolean;
  /**
   * False for what can be fetched again: a process that is killed still leaves the old content or the new; only when
   * the whole computer stops may the file be empty afterwards. `content`: never empty or torn, but a whole computer that
   * stops within seconds may leave the old content.
   */
  readonly flush?: boolean | 'content';
  /** The name of the temporary file, where the caller has noted it; must be used by nobody else. */
  readonly temporaryName?: string | undefined;
  /** A file of the person's own that is replaced: it keeps its mode and owner, or is not written. */
  readonly like?: Belonging | undefined;
}

export interface Belonging {
  readonly mode: number;
  /** Whoever writes, when undefined. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/**
 * Replaces (or with `exclusive` creates) `file` with `bytes`.
 * @throws `files/disk-full`, `files/write-failed`; the old content is untouched then
 */
export async function writeFileAtomically(
  file: string,
  bytes: Uint8Array | string,
  options: AtomicWrite = {},
): Promise<void> {
  const folder = path.dirname(file);
  const { temporaryName = `.${path.basename(file)}.${randomUUID()}.tmp` } = options;
  const temporary = path.join(folder, temporaryName);
  const { flush = true } = options;
  try {
    await inFolder(folder, () => writeTemporary(temporary, bytes, flush !== false));
    if (options.like !== undefined) await makeLike(temporary, options.like);
    if (options.exclusive === true) await moveExclusively(temporary, file);
    else await rename(temporary, file);
    if (flush === true) await flushFolder(folder);
  } catch (error) {
    // The failure that matters is the first one; a left-over temporary file is only untidy.
    await unlink(temporary).catch(() => undefined);
    throw writeError(file, error);
  }
}

/** Whether a file of this name was made to become `file` (with no `temporaryName`), and is there because its writer was killed or is at work. */
export function isTemporaryOf(file: string, name: string): boolean {
  const start = `.${path.basename(file)}.`;
  return (
    name.startsWith(start) &&
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.test(name.slice(start.length))
  );
}

/** Nothing to wait for: what is small and not flushed is written at once, as in read-whole.ts. */
const largestAtOnce = 64 * 1024;

async function writeTemporary(file: string, bytes: Uint8Array | string, flush: boolean): Promise<void> {
  const how = { flag: 'wx', mode: 0o600 };
  if (flush || bytes.length > largestAtOnce) await writeFile(file, bytes, { ...how, flush });
  else writeFileSync(file, bytes, how);
}

/** The owner first: giving a file away takes bits from its mode. */
async function makeLike(file: string, { mode, uid, gid }: Belonging): Promise<void> {
  const made = statSync(file); // a folder may give its group to what is made in it
  const isElsewhere = uid !== undefined && gid !== undefined && (uid !== made.uid || gid !== made.gid);
  if (process.platform !== 'win32' && isElsewhere) await chown(file, uid, gid);
  await chmod(file, mode & 0o7777);
}

/** Makes the folder when it turns out to be missing: it nearly always is there. */
async function inFolder(folder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(folder, { recursive: true, mode: 0o700 }); // at once: Node goes through its pool for every level
    await write();
  }
}

/** What file systems without hard links (vfat and exFAT on drives, some network shares) answer to `link`. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

async function moveExclusively(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await replaceClaim(temporary, file);
    return;
  }
  await unlink(temporary);
}

/** Claims the name with an empty file, and replaces that: two writers cannot both succeed here either. */
async function replaceClaim(temporary: string, file: string): Promise<void> {
  try {
    await makeEmpty(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isDeadClaim(file)) throw error;
    await takeOver(temporary, file);
    return;
  }
  await rename(temporary, file);
}

async function makeEmpty(file: string): Promise<void> {
  await close(await open(file, 'wx', 0o600));
}

/** From claim to replacement a writer takes a moment; one that was killed in between leaves the claim. */
const CLAIM_LASTS_MS = 60_000;

function isDeadClaim(file: string): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size === 0 && Date.now() - found.mtimeMs > CLAIM_LASTS_MS;
}

/** One after the other, and never by removing the claim: of several who find it dead, one succeeds. */
async function takeOver(temporary: string, file: string): Promise<void> {
  const turn = await takeTurn(file);
  try {
    if (!isDeadClaim(file)) throw Object.assign(new Error('it was taken meanwhile'), { code: 'EEXIST' });
    await rename(temporary, file);
  } finally {
    // What the dead left is only untidy once the claim is gone; until then it says whose turn it is not.
    for (let each = turn; each >= 0; each--)
      if (each === turn || !isDeadClaim(file)) await unlink(turnFile(file, each)).catch(() => undefined);
  }
}

/**
 * The first turn that nobody had, behind those of dead writers only. A dead turn is passed over, not removed: another one
 * could have removed it already and be at work under its name.
 */
async function takeTurn(file: string): Promise<number> {
  for (let turn = 0; ; turn++) {
    try {
      await makeEmpty(turnFile(file, turn));
      return turn;
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EEXIST';
      if (!isTaken || !isDeadClaim(turnFile(file, turn))) throw error;
    }
  }
}

function turnFile(file: string, turn: number): string {
  const name = `.${path.basename(file)}.claim`;
  return path.join(path.dirname(file), turn === 0 ? name : `${name}-${turn}`);
}

/** Makes a rename or an unlink in `folder` last. Windows has no such call and needs none. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const descriptor = await open(folder, 'r');
  try {
    await fsync(descriptor);
  } finally {
    await close(descriptor);
  }
}

function writeError(file: string, error: unknown): AppError {
  const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
  if (reason === 'ENOSPC' || reason === 'EDQUOT')
    return new AppError('files/disk-full', { path: file }, { cause: error });
  return new AppError('files/write-failed', { path: file, reason }, { cause: error });
}
