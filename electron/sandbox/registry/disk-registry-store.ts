/**
 * The registry's content in a folder: blobs by digest, uploads under way, and an index of what each repository has.
 * A blob is moved into place only when its digest is right; the index names it only after that.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { flushFolder, writeFileAtomically } from '../../files/atomic-file.ts';
import { BodyTooLarge } from '../exchange.ts';
import { IndexFile, loadIndexJson } from '../index-file.ts';
import type { BlobFile, RegistryState, RegistryStore, RepositoryContent } from './registry-store.ts';

type ContentJson = readonly [
  name: string,
  content: {
    readonly blobs: readonly string[];
    readonly manifests: readonly (readonly [string, string])[];
    readonly tags: readonly (readonly [string, string])[];
  },
];

export class DiskRegistryStore implements RegistryStore {
  readonly #folder: string;
  readonly #index: IndexFile<RegistryState>;

  private constructor(folder: string, index: IndexFile<RegistryState>) {
    this.#folder = folder;
    this.#index = index;
  }

  /** Opens the store of a folder, which may be empty. What was left of unfinished uploads is removed. */
  static async open(folder: string): Promise<DiskRegistryStore> {
    const path = join(folder, 'index.json');
    const state = fromJson(await loadIndexJson(path));
    await rm(join(folder, 'uploads'), { recursive: true, force: true });
    for (const name of ['uploads', 'blobs'])
      await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
    return new DiskRegistryStore(folder, new IndexFile(path, state, toJson));
  }

  get state(): RegistryState {
    return this.#index.state;
  }

  commit(change: (state: RegistryState) => RegistryState): Promise<void> {
    return this.#index.commit(change);
  }

  async blob(digest: string): Promise<BlobFile | undefined> {
    const path = this.#blobPath(digest);
    const size = await sizeOf(path);
    return size === undefined ? undefined : { size, open: () => readChunks(path) };
  }

  putBytes(digest: string, bytes: Uint8Array): Promise<void> {
    return writeFileAtomically(this.#blobPath(digest), bytes);
  }

  async startUpload(): Promise<string> {
    const id = randomUUID();
    const handle = await open(this.#uploadPath(id), 'wx', 0o600);
    await handle.close();
    return id;
  }

  uploadSize(id: string): Promise<number | undefined> {
    return sizeOf(this.#uploadPath(id));
  }

  async appendUpload(id: string, chunks: AsyncIterable<Uint8Array>, limitBytes: number): Promise<number> {
    const path = this.#uploadPath(id);
    let size = (await sizeOf(path)) ?? 0;
    const handle = await open(path, 'a');
    try {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > limitBytes) throw new BodyTooLarge(limitBytes);
        await handle.writeFile(chunk);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    return size;
  }

  async finishUpload(id: string, digest: string): Promise<boolean> {
    const path = this.#uploadPath(id);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    if (`sha256:${hash.digest('hex')}` !== digest) return false;
    await rename(path, this.#blobPath(digest));
    await flushFolder(join(this.#folder, 'blobs'));
    return true;
  }

  cancelUpload(id: string): Promise<void> {
    return rm(this.#uploadPath(id), { force: true });
  }

  #blobPath(digest: string): string {
    return join(this.#folder, 'blobs', digest.slice('sha256:'.length));
  }

  #uploadPath(id: string): string {
    return join(this.#folder, 'uploads', id);
  }
}

/** Opens the file when the first chunk is asked for: a HEAD request must not leave it open. */
async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path)) yield chunk as Buffer;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function toJson(state: RegistryState): readonly ContentJson[] {
  const content = ({ blobs, manifests, tags }: RepositoryContent) => ({
    blobs: [...blobs],
    manifests: [...manifests],
    tags: [...tags],
  });
  return [...state].map(([name, entry]) => [name, content(entry)]);
}

function fromJson(json: unknown): RegistryState {
  const entries = (json ?? []) as readonly ContentJson[];
  return new Map(
    entries.map(([name, { blobs, manifests, tags }]) => [
      name,
      { blobs: new Set(blobs), manifests: new Map(manifests), tags: new Map(tags) },
    ]),
  );
}
