/**
 * What we know of backups and of keys that are kept elsewhere: one small, versioned JSON file in our own folder, 0600,
 * written atomically under a lock. Privileged process. Holds IDs, dates and places; no secrets.
 */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, relative, sep } from 'node:path';
import { z } from 'zod/mini';
import { withFileLock } from '../activity/file-lock.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import type { Medium } from '../../shared/place-words.ts';
import { malformedConfig, readJsonObject } from '../settings/json-file.ts';
import type { Drive } from './drives.ts';
import type { BackupProof } from './prove-backup.ts';
import type { WrittenBackup } from './write-backup.ts';

const hex64 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const time = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));

const place = z.object({
  kind: z.enum(['drive', 'folder']),
  /** What the person knows it by: the drive's label, or the folder. */
  label: z.string(),
  /** Names the device or folder, to tell two places apart. */
  id: z.string(),
  /** The folder on the drive, with forward slashes; absent at its top, and from older records. */
  folder: z.optional(z.string()),
  /** What speaks against it, as it was when it was last seen; absent for nothing, and from older records. */
  medium: z.optional(z.enum(['memory', 'layer', 'own-disk'])),
  /** The disk's name for good; absent where none is known, and from older records. See disk-identity.ts. */
  disk: z.optional(z.string()),
});
export type BackupPlace = z.infer<typeof place>;

const proof = z.object({
  at: time,
  place,
  /** IDs of the keys that were decrypted and signed. */
  keys: z.array(hex64),
  complete: z.boolean(),
  /** The key files that were opened; absent from older records. Under a new passphrase the same key is another file. */
  files: z.optional(z.array(z.object({ id: hex64, sha256: hex64 }))),
  /** Whether the drive was unplugged before it was read; absent from older records. */
  replugged: z.optional(z.boolean()),
  /** The copy is damaged, or a key in it does not work: whatever was proven before no longer counts. */
  failed: z.optional(z.boolean()),
});

const record = z.object({
  id: z.string(),
  created: time,
  file: z.object({ name: z.string(), sha256: hex64, size: z.number() }),
  protection: z.enum(['passphrase', 'recipients', 'plain']),
  place,
  keys: z.array(z.object({ id: hex64, role: z.string(), gun: z.optional(z.string()) })),
  proofs: z.array(proof),
});
export type BackupRecord = z.infer<typeof record>;

const offlineKey = z.object({
  id: hex64,
  role: z.string(),
  gun: z.optional(z.string()),
  since: time,
  /**
   * `leaving`: about to be removed here; `away`: removed; `visiting`: brought back for one operation.
   * After a crash, the first and last say what is still to be done.
   */
  state: z.enum(['leaving', 'away', 'visiting']),
  /** How long a visit is meant to last; absent from older records, which meant until it is sent away. */
  until: z.optional(z.enum(['publish', 'sent-away'])),
  /** What it came for was published: it should leave. */
  isDone: z.optional(z.boolean()),
  /** When a publish that it signed began to be uploaded: after a crash nothing else says that it should leave. */
  usedAt: z.optional(time),
  /** Folders on the keys' own disk that the person said are kept elsewhere, too: their copies count for this key. */
  elsewhere: z.optional(z.array(z.string())),
});
export type OfflineKey = z.infer<typeof offlineKey>;
export type VisitEnd = NonNullable<OfflineKey['until']>;

/** A copy that is being written. One that is still here at the next start was cut off. */
const writing = z.object({
  /** Also names the temporary file: see `temporaryName`. */
  id: z.string(),
  since: time,
  place,
  processId: z.number(),
  /** The computer of the process: a folder of records may be shared. Absent from older records. */
  host: z.optional(z.string()),
  /** The person has read that it was cut off; it stays for what it left behind. */
  isSettled: z.optional(z.boolean()),
});
export type BackupBeingWritten = z.infer<typeof writing>;

const recordsFile = z.object({
  version: z.literal(1),
  backups: z.array(record),
  offline: z.array(offlineKey),
  writing: z.optional(z.array(writing)),
});

export interface BackupRecords {
  readonly backups: readonly BackupRecord[];
  readonly offline: readonly OfflineKey[];
  /** Absent means none. */
  readonly writing?: readonly BackupBeingWritten[];
}

const none: BackupRecords = { backups: [], offline: [] };

/** The records, or empty ones when there is no file yet. Throws `config/unreadable`, `config/malformed`. */
export async function loadBackupRecords(file: string): Promise<BackupRecords> {
  const object = await readJsonObject(file);
  if (object === undefined) return none;
  const parsed = recordsFile.safeParse(object);
  if (parsed.success) {
    const { backups, offline, writing: underWay = [] } = parsed.data;
    return { backups, offline, ...(underWay.length === 0 ? {} : { writing: underWay }) };
  }
  // SECURITY: starting over would call proven backups unproven and forget where an offline key is.
  throw malformedConfig(file, `"${parsed.error.issues[0]?.path.join('.') ?? ''}" is not as expected`);
}

/** Reads, changes and writes; what another process writes meanwhile is not lost. Throws as load and write do. */
export async function updateBackupRecords(
  file: string,
  change: (now: BackupRecords) => BackupRecords,
): Promise<BackupRecords> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  return withFileLock(`${file}.lock`, async () => {
    const changed = change(await loadBackupRecords(file));
    await writeFileAtomically(file, `${JSON.stringify({ version: 1, ...changed }, undefined, 2)}\n`);
    return changed;
  });
}

/** What is known of the ground under a place: see `factsAt`. */
export interface PlaceFacts {
  readonly medium?: Medium | undefined;
  readonly identity?: string | undefined;
}

/** Where a backup was written or read, for the records. */
export function placeOf(path: string, drive: Drive | undefined, facts: PlaceFacts = {}): BackupPlace {
  const { medium, identity } = facts;
  const known = {
    ...(medium === undefined ? {} : { medium }),
    ...(identity === undefined ? {} : { disk: identity }),
  };
  if (drive === undefined)
    return { kind: 'folder', label: dirname(path), id: `folder:${dirname(path)}`, ...known };
  const folder = relative(drive.mountPoint, dirname(path)).split(sep).join('/');
  const place = { kind: 'drive' as const, label: drive.label, id: `drive:${drive.id}`, ...known };
  return folder === '' ? place : { ...place, folder };
}

/** What the person knows the place by: `BLUE`, `BLUE, folder keys/2026`, `/srv/backups`. */
export function placeName({ label, folder }: BackupPlace): string {
  return folder === undefined ? label : `${label}, folder ${folder}`;
}

/** The same folder of the same drive, or the same folder. */
export function isSameFolder(one: BackupPlace, other: BackupPlace): boolean {
  return one.id === other.id && one.folder === other.folder;
}

/** Notes that a copy is about to be written, so that a crash in the middle does not go unsaid. */
export function beginWriting(
  records: BackupRecords,
  about: { readonly id: string; readonly where: BackupPlace; readonly at: Date },
): BackupRecords {
  const { id, where, at } = about;
  const added = { id, since: at.toISOString(), place: where, processId: process.pid, host: hostname() };
  return { ...records, writing: [...(records.writing ?? []), added] };
}

/**
 * Notes a backup that was written. What was cut off in the same folder before is no news any more; the next sweep ends the
 * note, once nothing is left of it. `now` in milliseconds.
 */
export function completeWriting(
  records: BackupRecords,
  id: string,
  done: { readonly written: WrittenBackup; readonly where: BackupPlace; readonly now: number },
): BackupRecords {
  const { written, where, now } = done;
  const writing = (records.writing ?? []).map((entry) =>
    isSameFolder(entry.place, where) && isCutOff(entry, now) ? { ...entry, isSettled: true } : entry,
  );
  return endWriting(addBackup({ ...records, writing }, written, where), id);
}

/** The person has read that the writing was cut off. */
export function settleWriting(records: BackupRecords, id: string): BackupRecords {
  const all = records.writing ?? [];
  return {
    ...records,
    writing: all.map((entry) => (entry.id === id ? { ...entry, isSettled: true } : entry)),
  };
}

/** The copy was written, or certainly not. */
export function endWriting(records: BackupRecords, id: string): BackupRecords {
  return { ...records, writing: (records.writing ?? []).filter((entry) => entry.id !== id) };
}

/** No drive takes this long for a file that fits into memory; a process ID may belong to somebody else by then. */
const LONGEST_WRITE_MS = 60 * 60 * 1000;

/** Copies whose writing was cut off, as far as nobody has read that yet. `now` is in milliseconds. */
export function interruptedWrites(
  { writing: underWay = [] }: BackupRecords,
  now: number,
): readonly BackupBeingWritten[] {
  return underWay.filter((entry) => entry.isSettled !== true && isCutOff(entry, now));
}

/** The process is gone. Of another computer's only the time is known. `now` is in milliseconds. */
export function isCutOff({ processId, since, host = hostname() }: BackupBeingWritten, now: number): boolean {
  if (now - Date.parse(since) > LONGEST_WRITE_MS) return true;
  return host === hostname() && !isProcessRunning(processId);
}

function isProcessRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Notes a backup that was written; unproven until `addProof`. It was written under a name that was free, so an older one
 * that is recorded under that name in that folder is gone.
 */
export function addBackup(records: BackupRecords, written: WrittenBackup, where: BackupPlace): BackupRecords {
  const { path, sha256, size, created, protection } = written;
  const name = fileNameOf(path);
  const keys = written.keys.map(({ id, role, gun }) =>
    gun === undefined ? { id, role } : { id, role, gun },
  );
  const added = {
    id: randomUUID(),
    created,
    file: { name, sha256, size },
    protection,
    place: where,
    keys,
    proofs: [],
  };
  const isGone = (old: BackupRecord): boolean => isSameFolder(old.place, where) && old.file.name === name;
  const still = records.backups.filter((old) => !isGone(old));
  return { ...records, backups: [...still, added] };
}

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
  const here = same.find(({ id }) => id === recordId) ?? same.find(({ place: at }) => at.id === where.id);
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
      const isSameName = id === recordId || (isSameFolder(old, where) && file.name === fileNameOf(path));
      return isSameName && file.sha256 !== sha256 && proofs.at(-1)?.failed !== true;
    })
    .reduce((now, { id }) => addFailure(now, id, new Date(at)), records);
}

function fileNameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
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
  const keys = drill.keys.map(({ id: key, role, gun }) =>
    gun === undefined ? { id: key, role } : { id: key, role, gun },
  );
  const file = { name, sha256: drill.sha256, size: drill.size };
  return { id, created: drill.created ?? drill.at, file, protection: drill.protection, keys };
}

/** Forgets a backup that no longer exists. */
export function removeBackup(records: BackupRecords, id: string): BackupRecords {
  return { ...records, backups: records.backups.filter((backup) => backup.id !== id) };
}
