/**
 * Taking a key off this computer once its copies are proven, bringing it back for one operation, and sending it away
 * again. Privileged process. The records are written before the key store is touched, so that after a crash the
 * next start knows what was under way.
 */
import { join } from 'node:path';
import { AppError, hasCode } from '../../shared/errors.ts';
import { findKey, removeKey, removeLeftovers, writeKeyFile } from '../keystore/store-key.ts';
import type { StoredKey } from '../keystore/key-directory.ts';
import { listKeys, privateDirectory } from '../keystore/key-directory.ts';
import {
  type BackupRecords,
  loadBackupRecords,
  type OfflineKey,
  updateBackupRecords,
  type VisitEnd,
} from './backup-records.ts';
import type { Drive } from './drives.ts';
import { type IsMeant, type KeyFile, readKeyFiles } from './files-of-key.ts';
import type { OpenedBackup } from './read-backup.ts';
import { assertCopies, type CopiesWanted } from './recheck-copies.ts';

export interface OfflinePlaces {
  readonly trustDir: string;
  readonly recordsFile: string;
  /** Those that are plugged in: copies on them are looked at before a key goes. */
  readonly drives: readonly Drive[];
}

/**
 * Removes a key here. What stops working is for the caller to say first (`key-impact.ts`). `elsewhere` are folders on the
 * keys' own disk that the person said are kept elsewhere, too.
 *
 * Throws `backup/not-proven` unless two copies that count are proven for this very key, within a year, `backup/on-own-disk`
 * where the person's word is wanting, `backup/copies-not-at-hand` when they cannot be looked at now,
 * `backup/other-file-of-key` where another file here promises its ID, `keystore/key-not-found`, and what removing and
 * writing throw.
 */
export async function takeOffline(
  places: OfflinePlaces,
  keyId: string,
  now: Date,
  elsewhere: readonly string[] = [],
): Promise<void> {
  const stored = await findKey(places.trustDir, keyId);
  const { isMeant } = await assertProven(places, stored, now, { elsewhere });
  const { id, role, gun } = stored;
  const leaving = { id, role, gun, elsewhere };
  await setState(places, toOfflineKey(leaving, 'leaving', now));
  await removeKey(places.trustDir, keyId, isMeant);
  await setState(places, toOfflineKey(leaving, 'away', now));
}

/**
 * The key's file, for which its copies are proven; what else lies here under its ID is the same.
 * Throws `backup/other-file-of-key`, `keystore/unreadable`, and what `assertCopies` throws.
 */
export async function assertProven(
  { recordsFile, drives, trustDir }: OfflinePlaces,
  key: StoredKey,
  now: Date,
  options: CopiesWanted = {},
): Promise<KeyFile> {
  const file = await readKeyFiles(key);
  // SECURITY: copies under an earlier passphrase are of no use to somebody who knows the present one.
  await assertCopies({ recordsFile, drives, trustDir, now }, { id: key.id, sha256: file.sha256 }, options);
  return file;
}

/**
 * Folders on the keys' own disk whose copies would make enough, once the person says that they are kept elsewhere, too;
 * none where the copies are enough without. Throws as `assertProven` where not even those would do.
 */
export async function foldersInDoubt(
  places: OfflinePlaces,
  key: StoredKey,
  now: Date,
): Promise<readonly string[]> {
  try {
    await assertProven(places, key, now);
    return [];
  } catch (error) {
    if (!hasCode(error, 'backup/on-own-disk')) throw error;
    const { folders } = error.details;
    await assertProven(places, key, now, { elsewhere: folders });
    return folders;
  }
}

/**
 * Brings a key back from an opened backup for one operation, under the passphrase it has there. It stays `visiting`
 * until `sendAway`, also over a restart. The key is checked against its ID whenever it is opened.
 *
 * Throws `backup/no-such-key`, `keystore/key-exists` when it is here already, and what writing throws.
 */
export async function bringBack(
  places: OfflinePlaces,
  backup: OpenedBackup,
  keyId: string,
  { until, now }: { readonly until: VisitEnd; readonly now: Date },
): Promise<StoredKey> {
  const found = backup.keys.find(({ id }) => id === keyId);
  if (found === undefined) throw new AppError('backup/no-such-key', { keyId, path: backup.path });
  await assertAbsent(places.trustDir, keyId);
  const { role, gun } = found;
  const { offline } = await loadBackupRecords(places.recordsFile);
  const elsewhere = offline.find(({ id }) => id === keyId)?.elsewhere;
  await setState(places, { ...toOfflineKey({ id: keyId, role, gun, elsewhere }, 'visiting', now), until });
  await writeKeyFile(places.trustDir, keyId, found.bytes);
  return findKey(places.trustDir, keyId);
}

async function assertAbsent(trustDir: string, keyId: string): Promise<void> {
  const { keys } = await listKeys(trustDir);
  if (keys.some(({ id }) => id === keyId)) throw new AppError('keystore/key-exists', { keyId });
}

/**
 * Ends a visit, or a departure that was cut off: removes the key. One that is gone already is fine.
 * Throws `backup/not-visiting`, `backup/not-proven`, `backup/copies-not-at-hand`, and what removing and writing throw.
 */
export async function sendAway(places: OfflinePlaces, keyId: string, now: Date): Promise<void> {
  const records = await loadBackupRecords(places.recordsFile);
  const visitor = records.offline.find(({ id, state }) => id === keyId && state !== 'away');
  // SECURITY: only what was taken off before may be removed this way, not a key that was never meant to go.
  if (visitor === undefined) throw new AppError('backup/not-visiting', { keyId });
  const { keys } = await listKeys(places.trustDir);
  const here = keys.find(({ id }) => id === keyId);
  if (here !== undefined) await removeProven(places, here, visitor, now);
  // A return that was cut off may have left the key under another name.
  else await removeLeftovers(join(privateDirectory(places.trustDir), `${keyId}.key`));
  await setState(places, toOfflineKey({ ...visitor, gun: visitor.gun }, 'away', now));
}

/**
 * SECURITY: copies may have been found damaged, or been forgotten, since the key was allowed to leave. Those that are at
 * hand are looked at again. A visitor was away before on the word of the same copies: not all of them have to be here.
 */
async function removeProven(
  places: OfflinePlaces,
  key: StoredKey,
  { state, elsewhere = [] }: OfflineKey,
  now: Date,
): Promise<void> {
  const { isMeant } = await assertProven(places, key, now, { atHand: state !== 'visiting', elsewhere });
  await removeIfThere(places.trustDir, key.id, isMeant);
}

/** Keeps a key here for good: it is no longer counted as offline. */
export async function keepHere(places: Pick<OfflinePlaces, 'recordsFile'>, keyId: string): Promise<void> {
  await updateBackupRecords(places.recordsFile, (records) => ({
    ...records,
    offline: records.offline.filter(({ id }) => id !== keyId),
  }));
}

async function removeIfThere(trustDir: string, keyId: string, isMeant: IsMeant): Promise<void> {
  try {
    // SECURITY: another program may have changed the passphrase since, and no copy is under the new one.
    await removeKey(trustDir, keyId, isMeant);
  } catch (error) {
    if (!hasCode(error, 'keystore/key-not-found')) throw error;
  }
}

/** A key whose record and whose presence disagree: a visit or a departure that was interrupted, or a restore. */
export interface UnsettledKey {
  readonly key: OfflineKey;
  readonly isHere: boolean;
}

/** What the person should settle at the next start, with `sendAway` or `keepHere`. */
export async function unsettledKeys(places: Omit<OfflinePlaces, 'drives'>): Promise<readonly UnsettledKey[]> {
  const [{ offline }, { keys }] = await Promise.all([
    loadBackupRecords(places.recordsFile),
    listKeys(places.trustDir),
  ]);
  const here = new Set<string>(keys.map(({ id }) => id));
  return offline
    .map((key) => ({ key, isHere: here.has(key.id) }))
    .filter(({ key, isHere }) => isHere || key.state !== 'away');
}

function toOfflineKey(
  key: {
    readonly id: string;
    readonly role: string;
    readonly gun: string | undefined;
    readonly elsewhere?: readonly string[] | undefined;
  },
  state: OfflineKey['state'],
  now: Date,
): OfflineKey {
  const { id, role, gun, elsewhere = [] } = key;
  const said = elsewhere.length === 0 ? {} : { elsewhere: [...elsewhere] };
  const common = { id, role, since: now.toISOString(), state, ...said };
  return gun === undefined ? common : { ...common, gun };
}

function setState(places: OfflinePlaces, key: OfflineKey): Promise<BackupRecords> {
  return updateBackupRecords(places.recordsFile, (records) => ({
    ...records,
    offline: [...records.offline.filter(({ id }) => id !== key.id), key],
  }));
}

/** IDs of the root keys that are kept offline, visiting or not. @throws `config/unreadable`, `config/malformed` */
export async function offlineRootIds(recordsFile: string): Promise<readonly string[]> {
  const { offline } = await loadBackupRecords(recordsFile);
  return offline.filter(({ role }) => role === 'root').map(({ id }) => id);
}
