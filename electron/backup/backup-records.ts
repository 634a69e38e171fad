/**
 * What we know of backups and of keys that are kept elsewhere: one small, versioned JSON file in our own folder, 0600,
 * written atomically under a lock. Privileged process. Holds IDs, dates and places; no secrets.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { z } from 'zod/mini';
import { withFileLock } from '../activity/file-lock.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import type { Medium } from '../../shared/place-words.ts';
import { malformedConfig, readJsonObject } from '../settings/json-file.ts';
import type { Drive } from './drives.ts';

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

/**
 * Whether what was found at `where` by the way to `known` can be that very copy.
 * SECURITY: another drive may be mounted where the one of the record was, with the same file on it. Folders may have names
 * that lead through links.
 */
export function mayBeAt(known: BackupPlace, where: BackupPlace): boolean {
  return known.kind === 'folder' || known.id === where.id;
}

/** Keys of a copy as records name them: without a member that has no value. */
export function recordedKeys(
  keys: readonly { readonly id: string; readonly role: string; readonly gun?: string | undefined }[],
): BackupRecord['keys'] {
  return keys.map(({ id, role, gun }) => (gun === undefined ? { id, role } : { id, role, gun }));
}

/** The name of the file, on whichever system it was written. */
export function fileNameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** Forgets a backup that no longer exists. */
export function removeBackup(records: BackupRecords, id: string): BackupRecords {
  return { ...records, backups: records.backups.filter((backup) => backup.id !== id) };
}
