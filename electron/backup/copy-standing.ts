/**
 * What a copy is worth today: one answer for lists, for the guide when keys are lost, and for whether a key may leave.
 * Pure. A proof lasts a year: drives age and passphrases fade.
 */
import { type CopyStanding, PROOF_LASTS, type ProvenKey } from '../../shared/copy-standing.ts';
import { type BackupRecord, type BackupRecords, placeName } from './backup-records.ts';
import { neverCounts } from './medium.ts';

type Proof = BackupRecord['proofs'][number];

/** The drills that still count: those after the last one that found damage, which itself proves nothing. */
export function countingProofs({ proofs }: BackupRecord): readonly Proof[] {
  const last = proofs.findLastIndex(({ failed }) => failed === true);
  return proofs.slice(last + 1);
}

/** A whole copy. `now` is in milliseconds. */
export function copyStanding(record: BackupRecord, now: number): CopyStanding {
  if (record.proofs.at(-1)?.failed === true) return { kind: 'damaged' };
  const counting = countingProofs(record);
  const whole = counting.findLast(({ complete }) => complete);
  if (whole !== undefined) return ofProof(whole, now);
  return { kind: counting.some(({ keys }) => keys.length > 0) ? 'partly' : 'unproven' };
}

/** One key in a copy that holds it. With a digest only drills that opened that very key file count. */
export function keyStanding(record: BackupRecord, key: string | WantedKey, now: number): CopyStanding {
  if (record.proofs.at(-1)?.failed === true) return { kind: 'damaged' };
  const wanted = typeof key === 'string' ? { id: key } : key;
  const last = countingProofs(record).findLast((proof) => isProvenBy(proof, wanted));
  return last === undefined ? { kind: 'unproven' } : ofProof(last, now);
}

/** SECURITY: one of the days to come was noted by a wrong clock, so that nobody knows how old it is: it would never lapse. */
const CLOCKS_DIFFER = 24 * 60 * 60 * 1000;

function ofProof({ at }: Proof, now: number): CopyStanding {
  const provenAt = Date.parse(at);
  if (provenAt - now > CLOCKS_DIFFER) return { kind: 'unproven' };
  return { kind: now - provenAt > PROOF_LASTS ? 'lapsed' : 'proven', at: provenAt };
}

/** Whether a file of exactly these bytes was proven whole, at any of its places and however long ago. */
export function isProvenFile(backups: readonly BackupRecord[], sha256: string): boolean {
  return backups.some(
    (record) => record.file.sha256 === sha256 && countingProofs(record).some(({ complete }) => complete),
  );
}

/** How well one key is backed up. */
export interface KeyBackupState {
  /** Copies at different places that hold it, proven or not. */
  readonly copies: number;
  /** Those of them from which it was decrypted and signed within a year. */
  readonly provenCopies: number;
  /** The last drill, RFC 3339. */
  readonly lastProof: string | undefined;
  /** True when it has copies and none of them was proven within a year. */
  readonly drillDue: boolean;
  /** Set where every proven copy lies on the disk of the keys: that computer lost, all is lost. */
  readonly besideKeys?: true;
}

/** A key, and the digest of its file here where only copies of that very file are to count as proven. */
export interface WantedKey {
  readonly id: string;
  readonly sha256: string;
}

function isProvenBy(
  { keys, files = [] }: Proof,
  { id, sha256 }: { readonly id: string; readonly sha256?: string },
): boolean {
  if (sha256 === undefined) return keys.includes(id);
  const opened = files.filter((file) => file.id === id);
  // SECURITY: a drill that did not note which file it opened may have opened one under a passphrase that nobody knows any more.
  return keys.includes(id) && opened.length > 0 && opened.every((file) => file.sha256 === sha256);
}

/** Whether the last drill of a key is of an earlier version, which did not note the file: good until a file is asked for. */
export function isProvenWithoutFile(record: BackupRecord, keyId: string, now: number): boolean {
  const last = countingProofs(record).findLast(({ keys }) => keys.includes(keyId));
  const isNamed = last?.files?.some(({ id }) => id === keyId) === true;
  return !isNamed && keyStanding(record, keyId, now).kind === 'proven';
}

/** `now` is in milliseconds. What is in memory is no copy. Places are told apart by their IDs: see `withDisks` for folders on one disk. */
export function keyBackupState(records: BackupRecords, key: string | WantedKey, now: number): KeyBackupState {
  const id = typeof key === 'string' ? key : key.id;
  const holding = records.backups
    .filter(({ keys, place }) => keys.some((held) => held.id === id) && !neverCounts(place.medium))
    .map((backup) => ({
      place: backup.place.id,
      medium: backup.place.medium,
      standing: keyStanding(backup, key, now),
    }));
  const places = (some: typeof holding): number => new Set(some.map(({ place }) => place)).size;
  const proven = holding.filter(({ standing }) => standing.kind === 'proven');
  const isBeside = proven.length > 0 && proven.every(({ medium }) => medium === 'own-disk');
  const last = Math.max(...holding.map(({ standing }) => standing.at ?? -Infinity));
  return {
    copies: places(holding),
    provenCopies: places(proven),
    lastProof: Number.isFinite(last) ? new Date(last).toISOString() : undefined,
    drillDue: holding.length > 0 && proven.length === 0,
    ...(isBeside ? { besideKeys: true } : {}),
  };
}

/** Keys with a proven copy, of those that are here or kept offline; each once. */
export function provenKeys(
  records: BackupRecords,
  here: readonly { readonly id: string; readonly role: string }[],
  now: number,
): readonly ProvenKey[] {
  const all = new Map([...records.offline, ...here].map(({ id, role }) => [id, role]));
  return [...all].flatMap(([id, role]) => {
    const { lastProof } = keyBackupState(records, id, now);
    return lastProof === undefined ? [] : [{ id, role, provenAt: Date.parse(lastProof) }];
  });
}

/** The place of a copy that held a proven key, and when that is too long ago to count. `now` is in milliseconds. */
export function holderText(record: BackupRecord, keyId: string, now: number): string {
  const name = placeName(record.place);
  return keyStanding(record, keyId, now).kind === 'lapsed' ? `${name} (not checked for over a year)` : name;
}
