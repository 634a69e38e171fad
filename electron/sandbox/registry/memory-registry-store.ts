/** The registry's content in memory: for tests, and to make the demo before it is written in one go. */
import { createHash, randomUUID } from 'node:crypto';
import { chunksOf, readBody } from '../exchange.ts';
import type { BlobFile, RegistryState, RegistryStore } from './registry-store.ts';

export class MemoryRegistryStore implements RegistryStore {
  #state: RegistryState = new Map();
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #uploads = new Map<string, Uint8Array>();

  get state(): RegistryState {
    return this.#state;
  }

  commit(change: (state: RegistryState) => RegistryState): Promise<void> {
    this.#state = change(this.#state);
    return Promise.resolve();
  }

  blob(digest: string): Promise<BlobFile | undefined> {
    const bytes = this.#blobs.get(digest);
    return Promise.resolve(
      bytes === undefined ? undefined : { size: bytes.length, open: () => chunksOf(bytes) },
    );
  }

  putBytes(digest: string, bytes: Uint8Array): Promise<void> {
    this.#blobs.set(digest, bytes);
    return Promise.resolve();
  }

  startUpload(): Promise<string> {
    const id = randomUUID();
    this.#uploads.set(id, new Uint8Array());
    return Promise.resolve(id);
  }

  uploadSize(id: string): Promise<number | undefined> {
    return Promise.resolve(this.#uploads.get(id)?.length);
  }

  async appendUpload(id: string, chunks: AsyncIterable<Uint8Array>, limitBytes: number): Promise<number> {
    const before = this.#uploads.get(id) ?? new Uint8Array();
    const added = await readBody(chunks, limitBytes - before.length);
    this.#uploads.set(id, Buffer.concat([before, added]));
    return before.length + added.length;
  }

  finishUpload(id: string, digest: string): Promise<boolean> {
    const bytes = this.#uploads.get(id) ?? new Uint8Array();
    const matches = `sha256:${createHash('sha256').update(bytes).digest('hex')}` === digest;
    if (matches) {
      this.#blobs.set(digest, bytes);
      this.#uploads.delete(id);
    }
    return Promise.resolve(matches);
  }

  cancelUpload(id: string): Promise<void> {
    this.#uploads.delete(id);
    return Promise.resolve();
  }
  /** Puts everything into another store, which must be empty. */
  async copyTo(store: RegistryStore): Promise<void> {
    await Promise.all([...this.#blobs].map(([digest, bytes]) => store.putBytes(digest, bytes)));
    await store.commit(() => this.#state);
  }
}
