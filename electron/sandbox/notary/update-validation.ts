/**
 * Whether an update is taken, and what is stored then: notary's server/handlers/validation.go, step by step.
 * Reads the store, writes nothing: the caller stores the answer in one piece.
 */
import type { RoleName } from '../../../shared/brands.ts';
import type { SnapshotBody, TimestampBody } from '../../tuf/model.ts';
import { ROOT, SNAPSHOT, TARGETS, TIMESTAMP, delegationDepth, parentRole } from '../../tuf/names.ts';
import { parseSnapshot, parseTimestamp } from '../../tuf/parse.ts';
import { NotaryError, invalidUpdate } from './notary-errors.ts';
import type { UpdateFault } from './notary-errors.ts';
import type { MetadataUpdate, NotaryStore } from './notary-store.ts';
import { RepositoryBuilder } from './repository-builder.ts';
import type { BuilderContext } from './repository-builder.ts';
import { KeysMissing, signSnapshot, signTimestamp } from './server-signing.ts';
import type { SigningContext } from './server-signing.ts';
import { Refused } from './update-faults.ts';

export interface ValidationContext extends BuilderContext, SigningContext {
  readonly store: NotaryStore;
}

/**
 * The files to store: the accepted ones, the snapshot (uploaded or made here) and a new timestamp.
 * Throws INVALID_UPDATE with the fault that the real server names.
 */
export async function validateUpdate(
  uploaded: readonly MetadataUpdate[],
  context: ValidationContext,
): Promise<readonly MetadataUpdate[]> {
  // Of two files for one role the later one counts.
  const files = new Map(uploaded.map((file) => [file.role, file]));
  const { builder, accepted } = takeRoot(files, loadStoredRoot(context));
  accepted.push(...takeTargets(files, builder, context));
  accepted.push(await takeSnapshot(files.get(SNAPSHOT), builder, context));
  accepted.push(await makeTimestamp(builder, context));
  return accepted;
}

type Files = ReadonlyMap<string, MetadataUpdate>;

/** A stored root that is not believed any more makes every update invalid, without a reason given. */
function loadStoredRoot(context: ValidationContext): RepositoryBuilder {
  const builder = new RepositoryBuilder(context);
  const stored = context.store.current(context.gun, ROOT);
  if (stored !== undefined) withoutReason(() => builder.loadRoot(stored.bytes, 1, 'may-be-expired'));
  return builder;
}

function takeRoot(
  files: Files,
  current: RepositoryBuilder,
): { readonly builder: RepositoryBuilder; readonly accepted: MetadataUpdate[] } {
  const root = files.get(ROOT);
  if (root === undefined) {
    if (current.root !== undefined) return { builder: current, accepted: [] };
    throw invalidUpdate('ErrValidation', 'no pre-existing root and no root provided in update.');
  }
  const have = current.rootVersion;
  if (root.version !== have && root.version !== have + 1) {
    const message = `Root modifications must increment the version. Current ${have}, new ${root.version}`;
    throw invalidUpdate('ErrBadRoot', message);
  }
  const builder = current.successor();
  asFault('ErrBadRoot', () => builder.loadRoot(root.bytes, have, 'must-be-fresh'));
  return { builder, accepted: [root] };
}

/** Shallow roles first, so that a parent in the same update decides about its children. */
function takeTargets(
  files: Files,
  builder: RepositoryBuilder,
  context: ValidationContext,
): readonly MetadataUpdate[] {
  const targets = [...files.values()]
    .filter(({ role }) => role === TARGETS || role.startsWith('targets/'))
    .sort(
      (a, b) =>
        delegationDepth(a.role as RoleName) - delegationDepth(b.role as RoleName) || order(a.role, b.role),
    );
  for (const { role, bytes } of targets) {
    loadAncestors(role as RoleName, builder, context);
    asFault('ErrBadTargets', () => builder.loadTargets(role as RoleName, bytes, 'must-be-fresh'));
  }
  return targets;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Stored ancestors that are not loaded yet, from `targets` downwards; missing ones are found out about later. */
function loadAncestors(role: RoleName, builder: RepositoryBuilder, context: ValidationContext): void {
  if (role === TARGETS) return;
  const parent = parentRole(role);
  loadAncestors(parent, builder, context);
  const stored = builder.targets.has(parent) ? undefined : context.store.current(context.gun, parent);
  if (stored !== undefined) withoutReason(() => builder.loadTargets(parent, stored.bytes, 'may-be-expired'));
}

async function takeSnapshot(
  uploaded: MetadataUpdate | undefined,
  builder: RepositoryBuilder,
  context: ValidationContext,
): Promise<MetadataUpdate> {
  if (uploaded !== undefined) {
    asFault('ErrBadSnapshot', () => builder.loadSnapshot(uploaded.bytes, 'must-be-fresh'));
    return uploaded;
  }
  const previous = storedSnapshot(context);
  if (previous === undefined && !builder.targets.has(TARGETS)) {
    throw invalidUpdate('ErrValidation', 'targets must be loaded first');
  }
  try {
    const made = await signSnapshot(builder, previous, context);
    builder.acceptSnapshot(made);
    return { role: SNAPSHOT, version: made.body.version, bytes: made.bytes };
  } catch (error) {
    if (!(error instanceof KeysMissing)) throw error;
    const message =
      'no snapshot was included in update and server does not hold current snapshot key for repository';
    throw invalidUpdate('ErrBadHierarchy', message, SNAPSHOT);
  }
}

async function makeTimestamp(
  builder: RepositoryBuilder,
  context: ValidationContext,
): Promise<MetadataUpdate> {
  try {
    const made = await signTimestamp(builder, storedTimestamp(context), context);
    return { role: TIMESTAMP, version: made.body.version, bytes: made.bytes };
  } catch (error) {
    if (!(error instanceof KeysMissing)) throw error;
    // The two spaces are notary-server's.
    throw invalidUpdate('ErrBadRoot', 'no  timestamp keys exist on the server');
  }
}

function storedSnapshot({ store, gun }: ValidationContext): SnapshotBody | undefined {
  const stored = store.current(gun, SNAPSHOT);
  return stored === undefined ? undefined : parseSnapshot(stored.bytes).body;
}

function storedTimestamp({ store, gun }: ValidationContext): TimestampBody | undefined {
  const stored = store.current(gun, TIMESTAMP);
  return stored === undefined ? undefined : parseTimestamp(stored.bytes).body;
}

function asFault(fault: UpdateFault, load: () => void): void {
  try {
    load();
  } catch (error) {
    if (error instanceof Refused) throw invalidUpdate(fault, error.message);
    throw error;
  }
}

/** What goes wrong with stored files is no fault of the update; the server says only that it is invalid. */
function withoutReason(load: () => void): void {
  try {
    load();
  } catch (error) {
    if (error instanceof Refused) throw new NotaryError('INVALID_UPDATE', undefined, { cause: error });
    throw error;
  }
}
