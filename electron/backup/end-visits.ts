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
  const isOver = ({ id, state, until }: OfflineKey): boolean =>
    state === 'visiting' && until === 'publish' && usedKeys.includes(id);
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

async function end(places: OfflinePlaces, key: OfflineKey, now: Date): Promise<EndedVisit> {
  try {
    await sendAway(places, key.id, now);
    return { key };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { key, error };
  }
}
