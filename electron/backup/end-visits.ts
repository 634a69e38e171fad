/**
 * A key that was brought back until the next publish goes away again once it signed one. Privileged process. That its
 * task is done is written down first: after a crash in between, the next start still says so.
 */
import { type AppError, isAppError } from '../../shared/errors.ts';
import { loadBackupRecords, type OfflineKey, updateBackupRecords } from './backup-records.ts';
import { type OfflinePlaces, sendAway } from './offline-keys.ts';

export interface EndedVisit {
  readonly key: OfflineKey;
  /** Why it is still here; absent when it left. */
  readonly error?: AppError;
}

/**
 * Ends the visits of those of `usedKeys` that came for one publish. One that cannot leave stays, and its record says that
 * it should. Throws `config/*`, `files/*` of the records.
 */
export async function endVisits(
  places: OfflinePlaces,
  usedKeys: readonly string[],
  now: Date,
): Promise<readonly EndedVisit[]> {
  const { offline } = await loadBackupRecords(places.recordsFile);
  const isOver = isVisitFor(usedKeys);
  const over = offline.filter(isOver);
  if (over.length === 0) return [];
  await updateBackupRecords(places.recordsFile, (records) => ({
    ...records,
    offline: records.offline.map((key) => (isOver(key) ? { ...key, isDone: true } : key)),
  }));
  const ended: EndedVisit[] = [];
  for (const key of over) ended.push(await end(places, key, now));
  return ended;
}

/**
 * Notes that a publish signed by `usedKeys` is about to be uploaded: should everything stop before `endVisits`, the next
 * start knows that a visitor of theirs should have left. Writes nothing without one. Throws as `endVisits`.
 */
export async function noteUse(recordsFile: string, usedKeys: readonly string[], now: Date): Promise<void> {
  const isUsed = isVisitFor(usedKeys);
  if (!(await loadBackupRecords(recordsFile)).offline.some(isUsed)) return;
  await updateBackupRecords(recordsFile, (records) => ({
    ...records,
    offline: records.offline.map((key) => (isUsed(key) ? { ...key, usedAt: now.toISOString() } : key)),
  }));
}

/** Visitors that signed what they came for and did not leave. `here`: IDs of the keys on this computer. */
export function overdueVisits(
  offline: readonly OfflineKey[],
  here: ReadonlySet<string>,
): readonly OfflineKey[] {
  return offline.filter(
    ({ id, state, isDone, usedAt }) =>
      state === 'visiting' && here.has(id) && (isDone === true || usedAt !== undefined),
  );
}

function isVisitFor(usedKeys: readonly string[]): (key: OfflineKey) => boolean {
  return ({ id, state, until }) => state === 'visiting' && until === 'publish' && usedKeys.includes(id);
}

async function end(places: OfflinePlaces, key: OfflineKey, now: Date): Promise<EndedVisit> {
  try {
    await sendAway(places, key.id, now);
    return { key };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { key, error };
  }
}
