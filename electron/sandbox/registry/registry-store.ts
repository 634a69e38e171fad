/**
 * Where the registry keeps images: the port, and what is common to its implementations. Blobs are content;
 * which repository has which of them is the state. No I/O here.
 */

export interface BlobFile {
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

export interface StoredManifest {
  /** `sha256:<hex>` */
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface RepositoryContent {
  readonly blobs: ReadonlySet<string>;
  /** Digest to media type. */
  readonly manifests: ReadonlyMap<string, string>;
  /** Tag to digest. */
  readonly tags: ReadonlyMap<string, string>;
}

export type RegistryState = ReadonlyMap<string, RepositoryContent>;

export const emptyRepository: RepositoryContent = { blobs: new Set(), manifests: new Map(), tags: new Map() };

export interface RegistryStore {
  readonly state: RegistryState;
  /** A new state is there for good when the promise resolves. */
  commit(change: (state: RegistryState) => RegistryState): Promise<void>;
  blob(digest: string): Promise<BlobFile | undefined>;
  putBytes(digest: string, bytes: Uint8Array): Promise<void>;
  startUpload(): Promise<string>;
  /** Bytes received so far, or undefined when there is no such upload. */
  uploadSize(id: string): Promise<number | undefined>;
  /** Appends and answers the new size. Throws BodyTooLarge. */
  appendUpload(id: string, chunks: AsyncIterable<Uint8Array>, limitBytes: number): Promise<number>;
  /** Turns an upload into a blob; false (and the upload stays) when its content has another digest. */
  finishUpload(id: string, digest: string): Promise<boolean>;
  cancelUpload(id: string): Promise<void>;
}

export function withRepository(
  state: RegistryState,
  name: string,
  change: (content: RepositoryContent) => RepositoryContent,
): RegistryState {
  return new Map(state).set(name, change(state.get(name) ?? emptyRepository));
}

export function withBlob(state: RegistryState, name: string, digest: string): RegistryState {
  return withRepository(state, name, (content) => ({
    ...content,
    blobs: new Set(content.blobs).add(digest),
  }));
}

export function withManifest(
  state: RegistryState,
  name: string,
  manifest: Pick<StoredManifest, 'digest' | 'mediaType'>,
  tag: string | undefined,
): RegistryState {
  return withRepository(state, name, (content) => ({
    ...content,
    manifests: new Map(content.manifests).set(manifest.digest, manifest.mediaType),
    tags: tag === undefined ? content.tags : new Map(content.tags).set(tag, manifest.digest),
  }));
}

/** Without a tag, or without a manifest and every tag of it. */
export function withoutReference(state: RegistryState, name: string, reference: string): RegistryState {
  return withRepository(state, name, (content) => ({
    ...content,
    manifests: new Map([...content.manifests].filter(([digest]) => digest !== reference)),
    tags: new Map([...content.tags].filter(([tag, digest]) => tag !== reference && digest !== reference)),
  }));
}

export function withoutBlob(state: RegistryState, name: string, digest: string): RegistryState {
  return withRepository(state, name, (content) => ({
    ...content,
    blobs: new Set([...content.blobs].filter((blob) => blob !== digest)),
  }));
}
