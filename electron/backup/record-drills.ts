/**
 * Drills in the records: which copy was opened, what it proved, and what was found damaged. Pure; privileged process.
 */
import { randomUUID } from 'node:crypto';
import {
  type BackupPlace,
  type BackupRecord,
  type BackupRecords,
  fileNameOf,
  isSameFolder,
  mayBeAt,
  recordedKeys,
} from './backup-records.ts';
import type { BackupProof } from './prove-backup.ts';

/** How a drilled file was found. */
export interface DrillFacts {
  /** The record by which it was found. */
  readonly recordId?: string | undefined;
  /** True when its drive was unplugged and plugged in again before it was read. */
  readonly replugged?: boolean;
}

/**
 * Notes a drill. It belongs to the record of the same file (by digest) and place; a copy at a place not known yet
 * becomes a record of its own, since it is one more copy. A record whose file has made way for this one loses its proofs.
 */
export function addProof(
  before: BackupRecords,
  drill: BackupProof,
  where: BackupPlace,
  { recordId, replugged = false }: DrillFacts = {},
): BackupRecords {
  const records = failReplaced(before, drill, where, recordId);
  const noted = { ...toProof(drill, where), replugged };
  const same = records.backups.filter(({ file }) => file.sha256 === drill.sha256);
  const here =
    same.find(({ id, place }) => id === recordId && mayBeAt(place, where)) ??
    same.find(({ place: at }) => at.id === where.id);
  if (here !== undefined) {
    // Where it was found: it may have been moved into another folder of its drive.
    const proven = {
      ...here,
      place: here.place.id === where.id ? where : here.place,
      proofs: [...here.proofs, noted],
    };
    return { ...records, backups: records.backups.map((backup) => (backup === here ? proven : backup)) };
  }
  return {
    ...records,
    backups: [...records.backups, { ...copyOf(same[0], drill), place: where, proofs: [noted] }],
  };
}

/**
 * Notes a copy that was opened to restore from it. It was read and decrypted, but its keys were not opened: that is no proof.
 * A copy that is known stays as it is.
 */
export function addOpened(
  before: BackupRecords,
  opened: OpenedCopy,
  where: BackupPlace,
  at: Date,
): BackupRecords {
  const { path, sha256, size, seal, manifest, keys } = opened;
  const records = failReplaced(before, { path, sha256, at: at.toISOString() }, where, undefined);
  const same = records.backups.filter(({ file }) => file.sha256 === sha256);
  if (same.some(({ place: known }) => known.id === where.id)) return records;
  const facts = {
    path,
    sha256,
    size,
    protection: seal,
    created: manifest?.created,
    at: at.toISOString(),
    keys,
  };
  return {
    ...records,
    backups: [...records.backups, { ...copyOf(same[0], facts), place: where, proofs: [] }],
  };
}

/** What a record takes from an opened backup. */
interface OpenedCopy {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly seal: BackupRecord['protection'];
  readonly manifest: { readonly created: string } | undefined;
  readonly keys: KeysOf;
}

type KeysOf = readonly { readonly id: string; readonly role: string; readonly gun: string | undefined }[];

function toProof(drill: BackupProof, where: BackupPlace): BackupRecord['proofs'][number] {
  const isBad = drill.problems.length > 0 || drill.keys.some(({ outcome }) => isBadOutcome(outcome));
  const keys = isBad ? [] : provenKeys(drill);
  const files = drill.keys.filter(({ id }) => keys.includes(id)).map(({ id, sha256 }) => ({ id, sha256 }));
  const base = { at: drill.at, place: where, keys, complete: drill.complete, files };
  return isBad ? { ...base, failed: true } : base;
}

/** SECURITY: other bytes under the recorded name mean that the copy which was proven is not there any more. */
function failReplaced(
  records: BackupRecords,
  { path, sha256, at }: Pick<BackupProof, 'path' | 'sha256' | 'at'>,
  where: BackupPlace,
  recordId: string | undefined,
): BackupRecords {
  return records.backups
    .filter(({ id, place: old, file, proofs }) => {
      const isFound = id === recordId && mayBeAt(old, where);
      const isSameName = isFound || (isSameFolder(old, where) && file.name === fileNameOf(path));
      return isSameName && file.sha256 !== sha256 && proofs.at(-1)?.failed !== true;
    })
    .reduce((now, { id }) => addFailure(now, id, new Date(at)), records);
}

/** SECURITY: nobody knows which of two entries a restore takes, so an ID is proven only when each of its entries is. */
function provenKeys({ keys }: BackupProof): string[] {
  const open = new Set(keys.filter(({ outcome }) => outcome !== 'proven').map(({ id }) => id));
  return [...new Set(keys.map(({ id }) => id).filter((id) => !open.has(id)))];
}

/** Nobody giving a passphrase says nothing about the copy. */
function isBadOutcome(outcome: BackupProof['keys'][number]['outcome']): boolean {
  return outcome === 'damaged' || outcome === 'other-key';
}

/** Notes that a known copy could not be opened any more because it is damaged. */
export function addFailure(records: BackupRecords, id: string, at: Date): BackupRecords {
  return {
    ...records,
    backups: records.backups.map((backup) => {
      if (backup.id !== id) return backup;
      const failure = { at: at.toISOString(), place: backup.place, keys: [], complete: false, failed: true };
      return { ...backup, proofs: [...backup.proofs, failure] };
    }),
  };
}

function copyOf(
  known: BackupRecord | undefined,
  drill: Omit<BackupProof, 'keys' | 'problems' | 'complete'> & { readonly keys: KeysOf },
): Omit<BackupRecord, 'place' | 'proofs'> {
  const id = randomUUID();
  if (known !== undefined) return { ...known, id };
  const name = fileNameOf(drill.path);
  const keys = recordedKeys(drill.keys);
  const file = { name, sha256: drill.sha256, size: drill.size };
  return { id, created: drill.created ?? drill.at, file, protection: drill.protection, keys };
}
