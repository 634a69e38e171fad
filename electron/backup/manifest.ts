/**
 * What a backup says about itself: which keys and files it holds, with their digests. Pure but for the hash.
 * It lies in the archive as plain JSON, for people as much as for programs.
 */
import { createHash } from 'node:crypto';
import { type ArchiveEntry, OWN_FOLDER, pathProblem } from './archive-entry.ts';

export const MANIFEST_PATH = `${OWN_FOLDER}/manifest.json`;
const FORMAT = 'trustdesk-backup';
const VERSION = 1;

export interface ManifestKey {
  /** Canonical key ID: 64 lower-case hex digits. */
  readonly id: string;
  /** The role header: `root`, `targets`, a signer's name, or ''. */
  readonly role: string;
  readonly gun?: string | undefined;
  /** Path in the archive. */
  readonly file: string;
}

export interface ManifestFile {
  readonly file: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface Manifest {
  /** RFC 3339, UTC. */
  readonly created: string;
  /** The program that wrote it, with its version. */
  readonly writer: string;
  readonly keys: readonly ManifestKey[];
  /** Every file of the archive but the manifest itself, keys included. */
  readonly files: readonly ManifestFile[];
}

export function makeManifest(
  entries: readonly ArchiveEntry[],
  keys: readonly ManifestKey[],
  about: { readonly created: Date; readonly writer: string },
): Manifest {
  const files = entries.map(({ path, bytes }) => ({
    file: path,
    size: bytes.length,
    sha256: sha256Hex(bytes),
  }));
  return { created: about.created.toISOString(), writer: about.writer, keys, files };
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  const text = JSON.stringify({ format: FORMAT, version: VERSION, ...manifest }, undefined, 2);
  return new TextEncoder().encode(`${text}\n`);
}

/** The manifest is missing, of another version, or not what it should be. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** Throws `ManifestError`. */
export function parseManifest(bytes: Uint8Array): Manifest {
  const value = parseJson(bytes);
  if (!isRecord(value) || value['format'] !== FORMAT)
    throw new ManifestError('the manifest is of another kind');
  if (value['version'] !== VERSION) throw new ManifestError('the manifest is of a newer version');
  const { created, writer, keys, files } = value;
  if (typeof created !== 'string' || Number.isNaN(Date.parse(created)) || typeof writer !== 'string') {
    throw new ManifestError('the manifest lacks its date or writer');
  }
  return { created, writer, keys: list(keys).map(parseKey), files: list(files).map(parseFile) };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ManifestError('the manifest is not JSON', { cause: error });
  }
}

function parseKey(value: unknown): ManifestKey {
  if (!isRecord(value)) throw new ManifestError('a key in the manifest is malformed');
  const { id, role, gun, file } = value;
  if (typeof id !== 'string' || !/^[0-9a-f]{64}$/.test(id) || typeof role !== 'string') {
    throw new ManifestError('a key in the manifest is malformed');
  }
  if (gun !== undefined && typeof gun !== 'string')
    throw new ManifestError('a key in the manifest is malformed');
  return { id, role, gun, file: parsePath(file) };
}

function parseFile(value: unknown): ManifestFile {
  if (!isRecord(value)) throw new ManifestError('a file in the manifest is malformed');
  const { size, sha256, file } = value;
  if (typeof size !== 'number' || typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new ManifestError('a file in the manifest is malformed');
  }
  return { file: parsePath(file), size, sha256 };
}

function parsePath(value: unknown): string {
  if (typeof value !== 'string' || pathProblem(value) !== undefined) {
    throw new ManifestError('a path in the manifest is malformed');
  }
  return value;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new ManifestError('a list in the manifest is malformed');
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the archive lacks, has too much of, or has changed, as sentences; empty when it is as announced. */
export function compareWithManifest(manifest: Manifest, entries: readonly ArchiveEntry[]): readonly string[] {
  const present = new Map(entries.map((entry) => [entry.path, entry]));
  const announced = new Map(manifest.files.map((file) => [file.file, file]));
  const missing = [...announced.keys()]
    .filter((path) => !present.has(path))
    .map((path) => `${path} is missing`);
  const surplus = [...present.keys()]
    .filter((path) => path !== MANIFEST_PATH && !announced.has(path))
    .map((path) => `${path} was added`);
  const changed = manifest.files
    .filter(
      ({ file, sha256 }) =>
        present.has(file) && sha256Hex(present.get(file)?.bytes ?? new Uint8Array()) !== sha256,
    )
    .map(({ file }) => `${file} was changed`);
  const unlisted = manifest.keys
    .filter(({ file }) => !announced.has(file))
    .map(({ file }) => `${file} is named as a key and is no file`);
  return [...missing, ...surplus, ...changed, ...unlisted];
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
