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
import type { BackupSources } from './collect.ts';
import type { BackupKey, BackupMetadata, OpenedBackup } from './read-backup.ts';

export interface RestoreItem {
  readonly kind: 'key' | 'metadata' | 'settings';
  /** Its path in the archive, by which it is chosen. */
  readonly file: string;
  /** Where it goes. */
  readonly target: string;
  /** Only for keys. */
  readonly key: { readonly id: string; readonly role: string; readonly gun: string | undefined } | undefined;
  readonly state: RestoreState;
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
}

export type Restored =
  | { readonly item: RestoreItem; readonly outcome: 'restored' | 'identical' | 'kept' }
  | { readonly item: RestoreItem; readonly outcome: 'failed'; readonly error: AppError };

/**
 * Restores the chosen files. `kept` are those that would have replaced something and were not allowed to; a failure
 * does not stop the others. Each file is written atomically, so an interruption leaves whole files only.
 */
export async function restoreBackup(
  backup: OpenedBackup,
  into: BackupSources,
  choice: RestoreChoice,
): Promise<readonly Restored[]> {
  const [chosen, mayReplace] = [new Set(choice.files), new Set(choice.replace)];
  const results: Restored[] = [];
  for (const { item, write } of await prepare(backup, into)) {
    if (!chosen.has(item.file)) continue;
    results.push(await restoreItem(item, write, mayReplace.has(item.file)));
  }
  return results;
}

type Write = (replace: boolean) => Promise<unknown>;

async function restoreItem(item: RestoreItem, write: Write, replace: boolean): Promise<Restored> {
  if (item.state === 'identical') return { item, outcome: 'identical' };
  if (item.state !== 'new' && !replace) return { item, outcome: 'kept' };
  try {
    await write(item.state !== 'new');
    return { item, outcome: 'restored' };
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
  const keys = await prepareKeys(backup.keys, into.trustDir);
  const metadata = await Promise.all(backup.metadata.map((file) => prepareMetadata(file, into.trustDir)));
  const settings =
    backup.settings === undefined ? [] : [await prepareSettings(backup.settings, into.settingsFile)];
  return [...keys, ...metadata, ...settings];
}

async function prepareKeys(keys: readonly BackupKey[], trustDir: string): Promise<readonly Prepared[]> {
  const listing = await listKeys(trustDir);
  const present = new Map<string, string>(listing.keys.map(({ id, path }) => [id, path]));
  return Promise.all(
    keys.map(async (key) => {
      const target = join(privateDirectory(trustDir), `${key.id}.key`);
      const bytes = keyFileBytes(key);
      const state = await stateOf(present.get(key.id) ?? target, bytes);
      const isBlocked = state === 'different' && !present.has(key.id);
      const { id, role, gun, file } = key;
      const item = {
        kind: 'key' as const,
        file,
        target,
        key: { id, role, gun },
        state: isBlocked ? ('blocked' as const) : state,
      };
      return {
        item,
        write: (replace: boolean) => writeKeyFile(trustDir, id, bytes.toString('utf8'), { replace }),
      };
    }),
  );
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
  const state = await stateOf(target, metadata.bytes);
  const item = { kind: 'metadata' as const, file: metadata.file, target, key: undefined, state };
  return { item, write: (replace) => writeFileAtomically(target, metadata.bytes, { exclusive: !replace }) };
}

async function prepareSettings(bytes: Uint8Array, target: string): Promise<Prepared> {
  const state = await stateOf(target, bytes);
  const item = {
    kind: 'settings' as const,
    file: 'trustdesk-backup/settings.json',
    target,
    key: undefined,
    state,
  };
  return { item, write: (replace) => writeFileAtomically(target, bytes, { exclusive: !replace }) };
}

async function stateOf(path: string, bytes: Uint8Array): Promise<RestoreState> {
  try {
    return (await readFile(path)).equals(bytes) ? 'identical' : 'different';
  } catch (error) {
    if (isMissing(error)) return 'new';
    if (systemCode(error) === 'EISDIR') return 'blocked';
    throw new AppError(
      'config/unreadable',
      { path, reason: fileReason(systemCode(error)) },
      { cause: error },
    );
  }
}
