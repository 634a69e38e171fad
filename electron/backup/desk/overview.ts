/** The records of backups and offline keys as the window shows them. Pure: records and keys in, a value out. */
import type { CopyView, KeyBackupView, OfflineKeyView, Overview } from '../../../shared/ipc/backups.ts';
import type { KeyListing, StoredKey } from '../../keystore/key-directory.ts';
import { type BackupRecord, type OfflineKey, placeName } from '../backup-records.ts';
import { interruptedWrites } from '../record-writing.ts';
import { copyStanding, holderText, keyBackupState, keyStanding, provenKeys } from '../copy-standing.ts';
import { leaveOf, leavingCopies } from '../leaving-copies.ts';
import type { PlacedRecords } from '../real-places.ts';
import { keyNameOf } from './desk-setup.ts';

export interface OverviewParts {
  readonly records: PlacedRecords;
  /** Keys on this computer. */
  readonly keys: readonly StoredKey[];
  /** Files among them that are no usable keys. */
  readonly unreadable: KeyListing['unreadable'];
  /** Repositories by the ID of a key that they name. */
  readonly uses: ReadonlyMap<string, readonly string[]>;
  /** Repositories with trust metadata here. */
  readonly repositories: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function toOverview(parts: OverviewParts): Overview {
  const { records, keys, now } = parts;
  const here = new Set<string>(keys.map(({ id }) => id));
  return {
    copies: records.backups.map((record) => toCopyView(record, now)).sort((a, b) => b.created - a.created),
    keys: keys.map((key) => toKeyView(key, parts)),
    unreadable: parts.unreadable.map(({ path, reason }) => ({ file: path, reason })),
    offline: records.offline.map((key) => toOfflineView(key, here.has(key.id), parts)),
    interrupted: interruptedWrites(records, now).map(({ id, place, since }) => {
      return { id, label: placeName(place), since: Date.parse(since) };
    }),
    proven: [...provenKeys(records, keys, now)],
    repositories: [...parts.repositories],
  };
}

/** One copy. `now` is in milliseconds. */
export function toCopyView(record: BackupRecord, now: number): CopyView {
  const { id, file, created, protection, place, keys } = record;
  return {
    id,
    name: file.name,
    created: Date.parse(created),
    size: file.size,
    seal: protection,
    place: {
      kind: place.kind,
      label: placeName(place),
      ...(place.medium === undefined ? {} : { medium: place.medium }),
    },
    keys: keys.map(keyNameOf),
    standing: copyStanding(record, now),
  };
}

function toKeyView(key: StoredKey, { records, uses, now }: OverviewParts): KeyBackupView {
  const { lastProof, ...state } = keyBackupState(records, key.id, now);
  return {
    ...keyNameOf(key),
    usedBy: [...(uses.get(key.id) ?? [])],
    ...state,
    leave: leaveOf(leavingCopies(records, key.id, now)),
    ...(lastProof === undefined ? {} : { provenAt: Date.parse(lastProof) }),
  };
}

function toOfflineView(key: OfflineKey, isHere: boolean, { records, now }: OverviewParts): OfflineKeyView {
  const on = records.backups
    .filter((record) => keyStanding(record, key.id, now).at !== undefined)
    .map((record) => holderText(record, key.id, now));
  return {
    ...keyNameOf(key),
    since: Date.parse(key.since),
    state: offlineState(key.state, isHere),
    ...(key.until === undefined ? {} : { until: key.until }),
    ...(key.isDone === undefined ? {} : { isDone: key.isDone }),
    ...(key.usedAt === undefined ? {} : { usedAt: Date.parse(key.usedAt) }),
    on: [...new Set(on)],
  };
}

/** What the record says and what the key store says, together. */
function offlineState(state: OfflineKey['state'], isHere: boolean): OfflineKeyView['state'] {
  switch (state) {
    case 'away':
      return isHere ? 'returned' : 'away';
    case 'leaving':
      return isHere ? 'leaving' : 'away';
    case 'visiting':
      return isHere ? 'visiting' : 'arriving';
  }
}
