/**
 * What private keys a trust directory holds, read as docker and notary read it, but changing nothing: the layouts of
 * notary 0.1 to 0.3 are understood where they lie, and no file is hidden because it cannot be used.
 * Privileged process. Free of cryptography: `key list` must start fast.
 */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CanonicalKeyId } from '../../shared/brands.ts';
import { fileReason, systemCode } from '../files/file-failure.ts';
import { AppError } from '../../shared/errors.ts';
import type { KeyAlgorithm } from './algorithms.ts';
import { encryptionOf, isKeyBlock, type KeyEncryption, likelyAlgorithm } from './key-headers.ts';
import { decodeFirstPemBlock, type PemBlock } from './pem.ts';

/** Where in the trust directory a file lies, which decides how its name and folder are read. */
export type KeyLayout = 'current' | 'root_keys' | 'tuf_keys';

export interface StoredKey {
  /** The ID that the file name promises. Whether the key keeps the promise shows when it is opened. */
  readonly id: CanonicalKeyId;
  /** `root`, `targets`, `snapshot`, a signer's bare name, or '' when the file says nothing. Never restricts signing. */
  readonly role: string;
  /** Only on keys of one repository. */
  readonly gun: string | undefined;
  /** The file. */
  readonly path: string;
  /** The folder as `notary key list` prints it: `<trust directory>/private`. */
  readonly location: string;
  readonly layout: KeyLayout;
  readonly encryption: KeyEncryption;
  /** A guess when the key is encrypted; see `likelyAlgorithm`. */
  readonly algorithm: KeyAlgorithm | undefined;
  /** Milliseconds since the epoch, of the file's last change. */
  readonly modifiedAt: number;
  /** Permission bits, e.g. 0o600. Always 0o600 where the system has none. */
  readonly mode: number;
  /** Further files that promise the same ID (old layouts beside the new one, subfolders). */
  readonly copies: readonly string[];
}

/** A file that ends in `.key` and is not a usable key. */
export interface UnreadableKey {
  readonly path: string;
  readonly reason: string;
}

export interface KeyListing {
  /** Sorted like `notary key list`: root first, then by repository, role, ID. One entry per ID. */
  readonly keys: readonly StoredKey[];
  readonly unreadable: readonly UnreadableKey[];
}

/** A private key file is about 1 kB, an RSA-16384 key below 20 kB. */
export const MAX_KEY_FILE_BYTES = 256 * 1024;
/**
 * Read synchronously, some at a time: a file takes 0.03 ms that way and ten times as long through the thread pool,
 * and in between everything else gets its turn.
 */
const READS_PER_TURN = 64;

/** `<trust directory>/private`, where docker and notary keep key files. */
export function privateDirectory(trustDir: string): string {
  return join(trustDir, 'private');
}

/**
 * Lists the keys of a trust directory. A missing directory is an empty list. Throws `keystore/unreadable` only
 * when the folder itself cannot be read; everything else becomes an entry in `unreadable`.
 */
export async function listKeys(trustDir: string): Promise<KeyListing> {
  const base = privateDirectory(trustDir);
  const files = findKeyFiles(base);
  const found: (StoredKey | UnreadableKey)[] = [...files.unreadable];
  for (const [index, path] of files.paths.entries()) {
    if (index > 0 && index % READS_PER_TURN === 0) await nextTurn();
    found.push(readKeyFile(base, path));
  }
  return {
    keys: mergeCopies(found.filter((entry): entry is StoredKey => 'id' in entry)).sort(byNotaryOrder),
    unreadable: found.filter((entry): entry is UnreadableKey => !('id' in entry)),
  };
}

/** notary: every regular file below `private/` that ends in `.key`; symbolic links are passed over. */
function findKeyFiles(base: string): { paths: string[]; unreadable: UnreadableKey[] } {
  const paths: string[] = [];
  const unreadable: UnreadableKey[] = [];
  const walk = (directory: string): void => {
    for (const entry of readDirectory(directory, base, unreadable)) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && entry.name.endsWith('.key')) paths.push(path);
    }
  };
  walk(base);
  return { paths: paths.sort(), unreadable };
}

function readDirectory(directory: string, base: string, unreadable: UnreadableKey[]) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (directory === base && systemCode(error) === 'ENOENT') return [];
    if (directory === base) {
      throw new AppError(
        'keystore/unreadable',
        { path: base, reason: fileReason(systemCode(error)) },
        { cause: error },
      );
    }
    unreadable.push({
      path: directory,
      reason: `the folder cannot be read (${fileReason(systemCode(error))})`,
    });
    return [];
  }
}

function readKeyFile(base: string, path: string): StoredKey | UnreadableKey {
  try {
    const { bytes, stats } = readSmallFile(path);
    if (bytes === undefined) return { path, reason: 'the file is too large for a key' };
    const block = decodeFirstPemBlock(bytes);
    if (block === undefined) return { path, reason: 'the file holds no PEM block' };
    if (!isKeyBlock(block)) return { path, reason: `the file holds a PEM block of type ${block.type}` };
    return describe(base, path, block, stats);
  } catch (error) {
    return { path, reason: `the file cannot be read (${fileReason(systemCode(error))})` };
  }
}

function readSmallFile(path: string) {
  const descriptor = openSync(path, 'r');
  try {
    const stats = fstatSync(descriptor);
    return { stats, bytes: stats.size > MAX_KEY_FILE_BYTES ? undefined : readFileSync(descriptor) };
  } finally {
    closeSync(descriptor);
  }
}

function describe(
  base: string,
  path: string,
  block: PemBlock,
  stats: { readonly mtimeMs: number; readonly mode: number },
): StoredKey | UnreadableKey {
  const place = placeOf(base, path);
  const id = parseFileKeyId(place.id);
  if (id === undefined) return { path, reason: 'the file name is not a key ID' };
  return {
    id,
    role: place.role ?? block.headers.get('role') ?? '',
    gun: place.gun ?? presence(block.headers.get('gun')),
    path,
    location: base,
    layout: place.layout,
    encryption: encryptionOf(block),
    algorithm: likelyAlgorithm(block),
    modifiedAt: stats.mtimeMs,
    mode: process.platform === 'win32' ? 0o600 : stats.mode & 0o777,
    copies: [],
  };
}

interface Place {
  readonly layout: KeyLayout;
  readonly id: string;
  readonly role: string | undefined;
  readonly gun: string | undefined;
}

/**
 * notary 0.4's migration rules, without migrating: below `root_keys` and `tuf_keys` the folder names the repository,
 * and a name `<id>_<role>.key` names the role; both win over what the PEM headers say.
 */
function placeOf(base: string, path: string): Place {
  const parts = relative(base, path).slice(0, -'.key'.length).split(sep);
  const name = parts.at(-1) ?? '';
  const [layout] = parts;
  if (layout !== 'root_keys' && layout !== 'tuf_keys')
    return { layout: 'current', id: name, role: undefined, gun: undefined };
  const role = name.includes('_') ? name.split('_')[1] : undefined;
  const id = role === undefined || !name.endsWith(`_${role}`) ? name : name.slice(0, -(role.length + 1));
  return { layout, id, role, gun: presence(parts.slice(1, -1).join('/')) };
}

function parseFileKeyId(name: string): CanonicalKeyId | undefined {
  return /^[0-9a-f]{64}$/.test(name) ? (name as CanonicalKeyId) : undefined;
}

function presence(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** One entry per ID: the file docker and notary would open first, then old layouts, with the others named. */
function mergeCopies(found: readonly StoredKey[]): StoredKey[] {
  const byId = new Map<string, StoredKey[]>();
  for (const key of found) byId.set(key.id, [...(byId.get(key.id) ?? []), key]);
  return [...byId.values()].map((same) => {
    const [first, ...others] = same.sort((a, b) => rank(a) - rank(b)) as [StoredKey, ...StoredKey[]];
    return { ...first, copies: others.map((key) => key.path) };
  });
}

function rank(key: StoredKey): number {
  if (key.layout !== 'current') return key.layout === 'root_keys' ? 2 : 3;
  return key.path === join(key.location, `${key.id}.key`) ? 0 : 1;
}

function byNotaryOrder(a: StoredKey, b: StoredKey): number {
  return (
    Number(b.role === 'root') - Number(a.role === 'root') ||
    compare(a.gun ?? '', b.gun ?? '') ||
    compare(a.role, b.role) ||
    compare(a.id, b.id)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
