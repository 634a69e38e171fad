/**
 * Brings an opened backup back: onto an empty computer or into an existing trust directory, whole or in part.
 * Privileged process. Nothing that is there is overwritten unless it was named; every conflict is listed first.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError } from '../../shared/errors.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { fileReason, isMissing, systemCode } from '../files/file-failure.ts';
import { pemHeaders } from '../keystore/key-block.ts';
import { listKeys } from '../keystore/key-directory.ts';
import { encodePem } from '../keystore/pem.ts';
import { privateDirectory } from '../keystore/key-directory.ts';
import { writeKeyFile } from '../keystore/store-key.ts';
import { toFolderName } from '../notary/repository-folder.ts';
import { assertSettings } from '../settings/settings-file.ts';
import { isUnusableOnWindows } from './archive-entry.ts';
import type { BackupSources } from './collect.ts';
import { sha256Hex } from './manifest.ts';
import type { BackupKey, BackupMetadata, OpenedBackup } from './read-backup.ts';
import { keepAside, replacedKeysFolder } from './replaced-keys.ts';

export interface RestoreItem {
  readonly kind: 'key' | 'metadata' | 'settings';
  /** Its path in the archive, by which it is chosen. */
  readonly file: string;
  /** Where it goes. */
  readonly target: string;
  /** Only for keys. */
  readonly key: { readonly id: string; readonly role: string; readonly gun: string | undefined } | undefined;
  readonly state: RestoreState;
  /** SHA-256 of what is there now, lower-case hex; undefined when nothing is, or it is no file. */
  readonly present: string | undefined;
}

export type RestoreState =
  | 'new'
  /** The very same bytes are there. */
  | 'identical'
  /** The same key is there, under another passphrase or role; or other bytes of the same metadata or settings. */
  | 'different'
  /** A file is in the way that is no key. */
  | 'blocked';

/** What restoring would do, item by item. Changes nothing. Throws `keystore/unreadable`, `config/unreadable`. */
export async function planRestore(
  backup: OpenedBackup,
  into: BackupSources,
): Promise<readonly RestoreItem[]> {
  const prepared = await prepare(backup, into);
  return prepared.map(({ item }) => item);
}

export interface RestoreChoice {
  /** Archive paths to restore. */
  readonly files: readonly string[];
  /** Those of them that may replace what is there. Only after the person said so for each. */
  readonly replace: readonly string[];
  /** The plan that the person saw: what is no longer as it was then is not replaced. */
  readonly shown?: readonly RestoreItem[];
}

export type Restored =
  | {
      readonly item: RestoreItem;
      readonly outcome: 'restored' | 'identical' | 'kept';
      /** Where the key files are that were replaced. */
      readonly keptAside?: readonly string[];
    }
  | { readonly item: RestoreItem; readonly outcome: 'failed'; readonly error: AppError };

/**
 * Restores the chosen files. `kept` are those that would have replaced something and were not allowed to; a failure
 * does not stop the others. Each file is written atomically, so an interruption leaves whole files only. Keys that are
 * replaced are kept aside first.
 */
export async function restoreBackup(
  backup: OpenedBackup,
  into: BackupSources,
  choice: RestoreChoice,
): Promise<readonly Restored[]> {
  const [chosen, mayReplace] = [new Set(choice.files), new Set(choice.replace)];
  const results: Restored[] = [];
  for (const prepared of await prepare(backup, into)) {
    const { file } = prepared.item;
    if (!chosen.has(file)) continue;
    const shown = choice.shown?.find((item) => item.file === file);
    results.push(await restoreItem(prepared, mayReplace.has(file), shown));
  }
  return results;
}

/** Answers where the key files are kept that it replaced. */
type Write = (replace: boolean) => Promise<readonly string[]>;

async function restoreItem(
  { item, write }: Prepared,
  replace: boolean,
  shown: RestoreItem | undefined,
): Promise<Restored> {
  if (item.state === 'identical') return { item, outcome: 'identical' };
  if (item.state !== 'new' && !replace) return { item, outcome: 'kept' };
  try {
    if (shown !== undefined && shown.present !== item.present) {
      throw new AppError('backup/changed-meanwhile', { path: item.target });
    }
    const keptAside = await write(item.state !== 'new');
    return { item, outcome: 'restored', ...(keptAside.length === 0 ? {} : { keptAside }) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { item, outcome: 'failed', error };
  }
}

interface Prepared {
  readonly item: RestoreItem;
  readonly write: Write;
}

async function prepare(backup: OpenedBackup, into: BackupSources): Promise<readonly Prepared[]> {
  const keys = await prepareKeys(backup.keys, into);
  const metadata = await Promise.all(backup.metadata.map((file) => prepareMetadata(file, into.trustDir)));
  const settings =
    backup.settings === undefined ? [] : [await prepareSettings(backup.settings, into.settingsFile)];
  return [...keys, ...metadata, ...settings];
}

async function prepareKeys(keys: readonly BackupKey[], into: BackupSources): Promise<readonly Prepared[]> {
  const { trustDir } = into;
  const listing = await listKeys(trustDir);
  const present = new Map<string, string>(listing.keys.map(({ id, path }) => [id, path]));
  return Promise.all(
    keys.map(async (key) => {
      const target = join(privateDirectory(trustDir), `${key.id}.key`);
      const bytes = keyFileBytes(key);
      const there = present.get(key.id) ?? target;
      const { state, present: digest } = await stateOf(there, bytes);
      const isBlocked = state === 'different' && !present.has(key.id);
      const { id, role, gun, file } = key;
      const item = {
        kind: 'key' as const,
        file,
        target,
        key: { id, role, gun },
        state: isBlocked ? ('blocked' as const) : state,
        present: digest,
      };
      return {
        item,
        write: async (replace: boolean) => {
          const kept = replace ? await keepAll(into, id, [there, target]) : [];
          await writeKeyFile(trustDir, id, bytes, { replace });
          return kept;
        },
      };
    }),
  );
}

async function keepAll(
  into: BackupSources,
  id: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const kept = new Set<string>();
  for (const path of paths) {
    const aside = await keepAside(replacedKeysFolder(into), id, path);
    if (aside !== undefined) kept.add(aside);
  }
  return [...kept];
}

/** As it was stored; out of old layouts with the role and GUN that only its place told. */
function keyFileBytes(key: BackupKey): Buffer {
  const { block } = key.entry;
  if (key.storePath === `${key.id}.key` || block === undefined) return Buffer.from(key.bytes);
  const headers = new Map([...block.headers, ...pemHeaders(key)]);
  return Buffer.from(encodePem({ ...block, headers }));
}

async function prepareMetadata(metadata: BackupMetadata, trustDir: string): Promise<Prepared> {
  const parts = metadata.storePath.split('/').map((part) => toFolderName(part, process.platform));
  const target = join(trustDir, ...parts);
  const unusable = process.platform === 'win32' ? parts.find(isUnusableOnWindows) : undefined;
  if (unusable !== undefined) return refusedName(metadata.file, target, unusable);
  const found = await stateOf(target, metadata.bytes);
  const item = { kind: 'metadata' as const, file: metadata.file, target, key: undefined, ...found };
  return { item, write: writeTo(target, metadata.bytes) };
}

/** SECURITY: not even looked at: a device answers to its name in every folder. */
function refusedName(file: string, target: string, name: string): Prepared {
  const item = { kind: 'metadata' as const, file, target, key: undefined, state: 'new' as const };
  const error = new AppError('backup/unusable-name', { path: file, name });
  return { item: { ...item, present: undefined }, write: () => Promise.reject(error) };
}

async function prepareSettings(bytes: Uint8Array, target: string): Promise<Prepared> {
  const found = await stateOf(target, bytes);
  const file = 'trustdesk-backup/settings.json';
  const item = { kind: 'settings' as const, file, target, key: undefined, ...found };
  const write = writeTo(target, bytes);
  return {
    item,
    write: async (replace) => {
      // Settings that cannot be read would keep Trustdesk from starting.
      assertSettings(bytes, file);
      return write(replace);
    },
  };
}

function writeTo(target: string, bytes: Uint8Array): Write {
  return async (replace) => {
    await writeFileAtomically(target, bytes, { exclusive: !replace });
    return [];
  };
}

async function stateOf(path: string, bytes: Uint8Array): Promise<Pick<RestoreItem, 'state' | 'present'>> {
  try {
    const there = await readFile(path);
    return { state: there.equals(bytes) ? 'identical' : 'different', present: sha256Hex(there) };
  } catch (error) {
    if (isMissing(error)) return { state: 'new', present: undefined };
    if (systemCode(error) === 'EISDIR') return { state: 'blocked', present: undefined };
    throw new AppError(
      'config/unreadable',
      { path, reason: fileReason(systemCode(error)) },
      { cause: error },
    );
  }
}
