/**
 * Changes that were staged with `notary add`, `notary delegation ...` and not published yet.
 * Main process and command line. Read only here: staged changes belong to the person and are never dropped.
 */
import { type Dirent, promises, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Gun } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { fileReason, isMissing, systemCode } from '../files/file-failure.ts';
import { isObject } from '../settings/json-file.ts';
import { repositoryFolder } from './repository-folder.ts';

/** One change as notary wrote it. `scope` is the role, or `targets/*` for a purge. */
export interface StagedChange {
  /** File name; the order of names is the order of application. */
  readonly file: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly scope: string;
  readonly type: 'target' | 'delegation' | 'witness' | 'role';
  /** Target name, or ''. */
  readonly path: string;
  /** Decoded JSON text, or undefined. */
  readonly data: Uint8Array | undefined;
}

export interface Changelist {
  readonly changes: readonly StagedChange[];
  /** Files that are no change; notary would refuse to publish because of them. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
}

const largestChange = 16 * 1024 * 1024;
const actions: ReadonlySet<unknown> = new Set(['create', 'update', 'delete']);
const types: ReadonlySet<unknown> = new Set(['target', 'delegation', 'witness', 'role']);

/** How many changes are staged; cheap. Throws `config/unreadable`. */
export function countStagedChanges(trustDirectory: string, gun: Gun): number {
  return listFiles(changelistFolder(trustDirectory, gun)).length;
}

/** Every staged change in order. Throws `config/unreadable`. */
export async function readChangelist(trustDirectory: string, gun: Gun): Promise<Changelist> {
  const folder = changelistFolder(trustDirectory, gun);
  const changes: StagedChange[] = [];
  const unreadable: { file: string; reason: string }[] = [];
  for (const file of listFiles(folder)) {
    const change = parseChange(file, await readChange(path.join(folder, file)));
    if (typeof change === 'string') unreadable.push({ file, reason: change });
    else changes.push(change);
  }
  return { changes, unreadable };
}

export function changelistFolder(trustDirectory: string, gun: Gun): string {
  return path.join(repositoryFolder(trustDirectory, gun), 'changelist');
}

/** notary reads every file of the folder, by name. */
function listFiles(folder: string): readonly string[] {
  let entries: Dirent[];
  try {
    // At once: there is hardly ever such a folder, and finding that out is no work.
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw unreadableFile(folder, error);
  }
  const names = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'));
  return names.map((entry) => entry.name).sort();
}

async function readChange(file: string): Promise<Uint8Array> {
  try {
    return await promises.readFile(file);
  } catch (error) {
    throw unreadableFile(file, error);
  }
}

function unreadableFile(file: string, error: unknown): AppError {
  return new AppError(
    'config/unreadable',
    { path: file, reason: fileReason(systemCode(error)) },
    { cause: error },
  );
}

/** The change, or what is wrong with the file. */
function parseChange(file: string, bytes: Uint8Array): StagedChange | string {
  if (bytes.length > largestChange) return 'it is too large';
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return 'it is not JSON';
  }
  if (!isObject(value)) return 'it is not a JSON object';
  const { action, role, type, path: name, data } = value;
  if (!actions.has(action)) return 'its action is unknown';
  if (!types.has(type)) return 'its type is unknown';
  if (typeof role !== 'string' || typeof name !== 'string') return 'it names no role or path';
  if (data !== null && data !== undefined && typeof data !== 'string') return 'its data is not base64';
  return {
    file,
    action: action as StagedChange['action'],
    scope: role,
    type: type as StagedChange['type'],
    path: name,
    data: typeof data === 'string' ? Buffer.from(data, 'base64') : undefined,
  };
}
