/**
 * The current timestamp and snapshot: renewed on request when they have expired and the server holds the keys
 * (notary server/timestamp, server/snapshot). What is made is stored before it is given away.
 */
import { isAppError } from '../../../shared/errors.ts';
import { hexOfBase64 } from '../../tuf/base64.ts';
import type { MetadataFile, SnapshotBody, TimestampBody } from '../../tuf/model.ts';
import { ROOT, SNAPSHOT, TIMESTAMP } from '../../tuf/names.ts';
import { parseSnapshot, parseTimestamp } from '../../tuf/parse.ts';
import { NotaryError } from './notary-errors.ts';
import type { MetadataUpdate, StoredMetadata } from './notary-store.ts';
import { RepositoryBuilder } from './repository-builder.ts';
import { KeysMissing, signSnapshot, signTimestamp } from './server-signing.ts';
import { Refused } from './update-faults.ts';
import type { ValidationContext } from './update-validation.ts';

/** The stored file, or a fresh one. undefined when there is none. Throws UNKNOWN when it cannot be renewed. */
export async function currentServerFile(
  role: 'snapshot' | 'timestamp',
  context: ValidationContext,
): Promise<StoredMetadata | undefined> {
  const { store, gun, now } = context;
  const stored = store.current(gun, TIMESTAMP);
  if (stored === undefined) return undefined;
  const timestamp = parseTimestamp(stored.bytes);
  const announced = announcedSnapshot(timestamp.body, context);
  if (announced === undefined) return undefined;
  const updates = await renewed(timestamp, parseSnapshot(announced.bytes), context);
  if (updates.length > 0) await store.updateMany(gun, updates, now.getTime());
  if (role === TIMESTAMP) return store.current(gun, TIMESTAMP);
  return updates.length > 0 ? store.current(gun, SNAPSHOT) : announced;
}

/** The snapshot that the timestamp names, which need not be the newest one stored. */
function announcedSnapshot(
  timestamp: TimestampBody,
  { store, gun }: ValidationContext,
): StoredMetadata | undefined {
  const sha256 = hexOfBase64(timestamp.meta.get(SNAPSHOT)?.sha256 ?? '');
  return store.byHash(gun, SNAPSHOT, sha256);
}

/** Files to store; none when both are in date. A new snapshot needs a new timestamp. */
async function renewed(
  timestamp: MetadataFile<TimestampBody>,
  snapshot: MetadataFile<SnapshotBody>,
  context: ValidationContext,
): Promise<readonly MetadataUpdate[]> {
  const isExpired = (file: MetadataFile): boolean => file.body.expiresAt < context.now.getTime();
  if (!isExpired(timestamp) && !isExpired(snapshot)) return [];
  try {
    const builder = loadRoot(context);
    const renewSnapshot = isExpired(snapshot);
    if (renewSnapshot) builder.acceptSnapshot(await signSnapshot(builder, snapshot.body, context));
    else builder.loadSnapshot(snapshot.bytes, 'must-be-fresh');
    const made = await signTimestamp(builder, timestamp.body, context);
    return [...(renewSnapshot ? [toUpdate(builder.snapshot ?? snapshot)] : []), toUpdate(made)];
  } catch (error) {
    if (error instanceof Refused || error instanceof KeysMissing || isAppError(error)) {
      throw new NotaryError('UNKNOWN', {}, { cause: error });
    }
    throw error;
  }
}

function loadRoot(context: ValidationContext): RepositoryBuilder {
  const builder = new RepositoryBuilder(context);
  const stored = context.store.current(context.gun, ROOT);
  if (stored !== undefined) builder.loadRoot(stored.bytes, 1, 'must-be-fresh');
  return builder;
}

const toUpdate = (file: MetadataFile): MetadataUpdate => ({
  role: file.role,
  version: file.body.version,
  bytes: file.bytes,
});
