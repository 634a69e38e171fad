/**
 * The trust server's metadata in a folder: the files by their hash, and one index that says which of them count.
 * An update writes its files first and then replaces the index, so a crash leaves the old state or the new one.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { writeFileAtomically } from '../../files/atomic-file.ts';
import { IndexFile, loadIndexJson } from '../index-file.ts';
import {
  NotaryStateReader,
  emptyNotaryState,
  sha256Hex,
  withUpdates,
  withoutRepository,
} from './notary-store.ts';
import type { Change, MetadataUpdate, NotaryState, NotaryStore, StoredMetadata } from './notary-store.ts';

interface IndexJson {
  readonly repositories: readonly (readonly [
    gun: string,
    roles: readonly (readonly [role: string, Entry[]])[],
  ])[];
  readonly changes: readonly Change[];
}
type Entry = Pick<StoredMetadata, 'version' | 'sha256' | 'createdAt'>;

export class DiskNotaryStore extends NotaryStateReader implements NotaryStore {
  readonly #folder: string;
  readonly #index: IndexFile<NotaryState>;

  private constructor(folder: string, index: IndexFile<NotaryState>) {
    super();
    this.#folder = folder;
    this.#index = index;
  }

  /** Opens the store of a folder, which may be empty. Throws `config/malformed` when what is there is damaged. */
  static async open(folder: string): Promise<DiskNotaryStore> {
    const path = join(folder, 'index.json');
    const state = await loadState(folder, await loadIndexJson(path));
    return new DiskNotaryStore(folder, new IndexFile(path, state, toJson));
  }

  protected override get state(): NotaryState {
    return this.#index.state;
  }

  updateMany(gun: string, updates: readonly MetadataUpdate[], now: number): Promise<void> {
    return this.#index.commit(async (state) => {
      const next = withUpdates(state, gun, updates, now);
      for (const { bytes } of updates)
        await writeFileAtomically(metadataPath(this.#folder, sha256Hex(bytes)), bytes);
      return next;
    });
  }

  delete(gun: string, now: number): Promise<void> {
    return this.#index.commit((state) => withoutRepository(state, gun, now));
  }
}

const metadataPath = (folder: string, sha256: string): string => join(folder, 'metadata', sha256);

function toJson(state: NotaryState): IndexJson {
  const toEntry = ({ version, sha256, createdAt }: StoredMetadata): Entry => ({ version, sha256, createdAt });
  // Lists of pairs: a repository or role may be called `__proto__`.
  const repositories = [...state.repositories].map(
    ([gun, roles]) => [gun, [...roles].map(([role, list]) => [role, list.map(toEntry)] as const)] as const,
  );
  return { repositories, changes: state.changes };
}

async function loadState(folder: string, json: unknown): Promise<NotaryState> {
  if (json === undefined) return emptyNotaryState;
  const index = json as IndexJson;
  const repositories = new Map<string, ReadonlyMap<string, readonly StoredMetadata[]>>();
  for (const [gun, roles] of index.repositories) {
    const versions = new Map<string, readonly StoredMetadata[]>();
    for (const [role, entries] of roles) versions.set(role, await loadEntries(folder, role, entries));
    repositories.set(gun, versions);
  }
  return { repositories, changes: index.changes };
}

function loadEntries(
  folder: string,
  role: string,
  entries: readonly Entry[],
): Promise<readonly StoredMetadata[]> {
  return Promise.all(
    entries.map(async (entry) => ({ role, ...entry, bytes: await loadMetadata(folder, entry.sha256) })),
  );
}

async function loadMetadata(folder: string, sha256: string): Promise<Uint8Array> {
  const path = metadataPath(folder, sha256);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new AppError('config/unreadable', { path, reason: 'a metadata file is missing' }, { cause: error });
  });
  if (sha256Hex(bytes) !== sha256)
    throw new AppError('config/malformed', { path, reason: 'its content has changed' });
  return new Uint8Array(bytes);
}
