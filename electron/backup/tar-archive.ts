/**
 * A tar archive, gzip inside, to and from memory. Privileged process. Standard `tar -xz` reads what this writes;
 * this reads what standard tools write, as far as it is plain files and folders. No file access.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ReadEntry } from 'tar';
import { type ArchiveEntry, MAX_ARCHIVE_BYTES, pathProblem } from './archive-entry.ts';

/** The bytes are no archive, or a damaged or dangerous one. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

const BLOCK = 512;

/** Files 0600 in folders 0700, owned by nobody in particular, all of the time `at`. */
export async function writeTarGz(entries: readonly ArchiveEntry[], at: Date): Promise<Uint8Array> {
  const { Header, Pax } = await import('tar');
  const parts: Buffer[] = [];
  const add = (type: 'File' | 'Directory', path: string, bytes: Uint8Array): void => {
    const mode = type === 'File' ? 0o600 : 0o700;
    const header = new Header({ path, mode, uid: 0, gid: 0, size: bytes.length, mtime: at, type });
    if (header.encode()) parts.push(new Pax({ path, size: bytes.length, mtime: at }).encode());
    parts.push(header.block ?? Buffer.alloc(0), Buffer.from(bytes), padding(bytes.length));
  };
  for (const folder of foldersOf(entries)) add('Directory', `${folder}/`, new Uint8Array());
  for (const { path, bytes } of entries) add('File', path, bytes);
  parts.push(Buffer.alloc(2 * BLOCK));
  const tar = Buffer.concat(parts);
  try {
    return await promisify(gzip)(tar, { level: 9 });
  } finally {
    tar.fill(0);
  }
}

function padding(length: number): Buffer {
  return Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK);
}

/** Every folder on the way to an entry, parents first: tar would make missing ones by its umask. */
function foldersOf(entries: readonly ArchiveEntry[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of entries) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++) folders.add(parts.slice(0, depth).join('/'));
  }
  return [...folders].sort();
}

/**
 * The files of an archive, gzip or not. Throws `ArchiveError` for damage, truncation, links, devices, names that
 * leave the archive, names that occur twice, and more than `MAX_ARCHIVE_BYTES`.
 */
export async function readTar(bytes: Uint8Array): Promise<readonly ArchiveEntry[]> {
  const tar = isGzip(bytes) ? await unzip(bytes) : Buffer.from(bytes);
  // SECURITY: the parser would unpack what is compressed once more, without our limit.
  if (isGzip(tar) || isZstd(tar)) throw new ArchiveError('it is compressed twice');
  assertEnds(tar);
  return parseTar(tar);
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function isZstd(bytes: Uint8Array): boolean {
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
}

async function unzip(bytes: Uint8Array): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MAX_ARCHIVE_BYTES });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    const reason =
      code === 'ERR_BUFFER_TOO_LARGE' ? 'it is too large' : 'its compression is damaged or cut short';
    throw new ArchiveError(reason, { cause: error });
  }
}

/** POSIX: two blocks of zeros. Without them the archive was cut between two files, which nothing else would show. */
function assertEnds(tar: Buffer): void {
  if (tar.length < 2 * BLOCK || tar.length % BLOCK !== 0) throw new ArchiveError('it is cut short');
  if (tar.subarray(-2 * BLOCK).some((byte) => byte !== 0)) throw new ArchiveError('its end is missing');
}

async function parseTar(tar: Buffer): Promise<readonly ArchiveEntry[]> {
  const { Parser } = await import('tar');
  const entries = new Map<string, ArchiveEntry>();
  return new Promise((resolve, reject) => {
    const fail = (reason: string, cause?: unknown): void => {
      reject(new ArchiveError(reason, { cause }));
    };
    // A damaged header is a warning to this parser and an error to us.
    const parser = new Parser({ strict: true, maxMetaEntrySize: 1024 * 1024 });
    parser.on('error', (error: unknown) => fail('it is damaged', error));
    // What it passes over: kinds of entries that it does not know, and names of a megabyte.
    parser.on('ignoredEntry', ({ type }: ReadEntry) => fail(`it has an entry that cannot be read (${type})`));
    parser.on('entry', (entry: ReadEntry) => {
      const problem = entryProblem(entry, entries);
      if (problem !== undefined) fail(`${printable(entry.path)}: ${problem}`);
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => chunks.push(chunk));
      entry.on('end', () => {
        if (entry.type === 'Directory' || problem !== undefined) return;
        const content = Buffer.concat(chunks);
        if (content.length !== entry.size) fail(`${printable(entry.path)}: it is cut short`);
        entries.set(entry.path, { path: entry.path, bytes: new Uint8Array(content) });
      });
    });
    parser.on('end', () => resolve([...entries.values()]));
    parser.end(tar);
  });
}

interface TarEntry {
  readonly path: string;
  readonly type: string;
}

function entryProblem({ path, type }: TarEntry, before: ReadonlyMap<string, unknown>): string | undefined {
  if (type === 'Directory') return pathProblem(path.replace(/^\.\/|\/+$/g, '') || 'x');
  // SECURITY: a link could make a later file land elsewhere; a key store has none.
  if (type !== 'File' && type !== 'OldFile') return `it is no regular file (${type})`;
  return pathProblem(path) ?? (before.has(path) ? 'it occurs twice' : undefined);
}

function printable(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
