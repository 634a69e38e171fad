/**
 * Where the trust server keeps metadata: the port, and the in-memory implementation with the rules of
 * notary's server/storage. No I/O here; `disk-notary-store.ts` keeps the same state in a folder.
 */
import { createHash } from 'node:crypto';

/** One stored version of one role. */
export interface StoredMetadata {
  readonly role: string;
  readonly version: number;
  /** Lower-case hex over `bytes`; hashed file names use it. */
  readonly sha256: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly bytes: Uint8Array;
}

/** One file of an update. */
export interface MetadataUpdate {
  readonly role: string;
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** One line of the change feed; its ID is its place in the list, from 1. */
export interface Change {
  readonly gun: string;
  /** 0 for a deletion. */
  readonly version: number;
  /** Of the timestamp file; '' for a deletion. */
  readonly sha256: string;
  readonly category: 'update' | 'deletion';
  readonly createdAt: number;
}

export interface NotaryStore {
  current(gun: string, role: string): StoredMetadata | undefined;
  byHash(gun: string, role: string, sha256: string): StoredMetadata | undefined;
  byVersion(gun: string, role: string, version: number): StoredMetadata | undefined;
  guns(): readonly string[];
  changes(): readonly Change[];
  /**
   * Stores all files or none. Throws OldVersion when one of them is not newer than what is stored.
   * The promise resolves once everything would survive a crash.
   */
  updateMany(gun: string, updates: readonly MetadataUpdate[], now: number): Promise<void>;
  /** Forgets a repository; nothing happens (and no change is recorded) when it is unknown. */
  delete(gun: string, now: number): Promise<void>;
}

/** notary storage.ErrOldVersion: a version must be greater than every stored one of its role. */
export class OldVersion extends Error {
  override readonly name = 'OldVersion';
}

export const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** GUN to role to versions, ascending. Values are never changed in place: a new state replaces the old one. */
export interface NotaryState {
  readonly repositories: ReadonlyMap<string, ReadonlyMap<string, readonly StoredMetadata[]>>;
  readonly changes: readonly Change[];
}

export const emptyNotaryState: NotaryState = { repositories: new Map(), changes: [] };

/** The state after an update. Throws OldVersion; the old state is untouched. */
export function withUpdates(
  state: NotaryState,
  gun: string,
  updates: readonly MetadataUpdate[],
  now: number,
): NotaryState {
  const roles = new Map(state.repositories.get(gun));
  const seen = new Set<string>();
  for (const { role, version } of updates) {
    const stored = state.repositories.get(gun)?.get(role)?.at(-1)?.version ?? -Infinity;
    if (stored >= version || seen.has(`${role} ${version}`)) throw new OldVersion(`${role} ${version}`);
    seen.add(`${role} ${version}`);
  }
  const added = updates.map((update) => ({ ...update, sha256: sha256Hex(update.bytes), createdAt: now }));
  for (const entry of added) {
    const versions = [...(roles.get(entry.role) ?? []), entry];
    roles.set(
      entry.role,
      versions.sort((a, b) => a.version - b.version),
    );
  }
  // One record for each timestamp written, as the real storage does.
  const changes = added
    .filter(({ role }) => role === 'timestamp')
    .map(({ version, sha256 }): Change => ({ gun, version, sha256, category: 'update', createdAt: now }));
  return {
    repositories: new Map(state.repositories).set(gun, roles),
    changes: [...state.changes, ...changes],
  };
}

/** The state without a repository; the same object when there was none. */
export function withoutRepository(state: NotaryState, gun: string, now: number): NotaryState {
  if (!state.repositories.has(gun)) return state;
  const repositories = new Map(state.repositories);
  repositories.delete(gun);
  const change: Change = { gun, version: 0, sha256: '', category: 'deletion', createdAt: now };
  return { repositories, changes: [...state.changes, change] };
}

/** Reads a state; what writes it decides how long it lives. */
export abstract class NotaryStateReader {
  protected abstract get state(): NotaryState;

  current(gun: string, role: string): StoredMetadata | undefined {
    return this.#versions(gun, role).at(-1);
  }

  byHash(gun: string, role: string, sha256: string): StoredMetadata | undefined {
    return this.#versions(gun, role).find((entry) => entry.sha256 === sha256);
  }

  byVersion(gun: string, role: string, version: number): StoredMetadata | undefined {
    return this.#versions(gun, role).find((entry) => entry.version === version);
  }

  guns(): readonly string[] {
    return [...this.state.repositories.keys()];
  }

  changes(): readonly Change[] {
    return this.state.changes;
  }

  #versions(gun: string, role: string): readonly StoredMetadata[] {
    return this.state.repositories.get(gun)?.get(role) ?? [];
  }
}

/** Everything is gone with the process: for tests. */
export class MemoryNotaryStore extends NotaryStateReader implements NotaryStore {
  #state: NotaryState = emptyNotaryState;

  protected override get state(): NotaryState {
    return this.#state;
  }

  updateMany(gun: string, updates: readonly MetadataUpdate[], now: number): Promise<void> {
    return Promise.resolve().then(() => {
      this.#state = withUpdates(this.#state, gun, updates, now);
    });
  }

  delete(gun: string, now: number): Promise<void> {
    this.#state = withoutRepository(this.#state, gun, now);
    return Promise.resolve();
  }
}
