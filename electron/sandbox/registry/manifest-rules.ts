/** What a manifest must be to be stored: JSON of a known kind whose parts are there. Pure. */
import { RegistryError } from './registry-errors.ts';
import type { RepositoryContent } from './registry-store.ts';

export const mediaTypes = {
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

const single: ReadonlySet<string> = new Set([mediaTypes.dockerManifest, mediaTypes.ociManifest]);
const lists: ReadonlySet<string> = new Set([mediaTypes.dockerList, mediaTypes.ociIndex]);

interface Descriptor {
  readonly digest?: unknown;
  readonly urls?: readonly unknown[];
}
interface ManifestJson {
  readonly schemaVersion?: unknown;
  readonly mediaType?: unknown;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

/**
 * The media type under which to store a manifest.
 * Throws MANIFEST_INVALID or MANIFEST_BLOB_UNKNOWN naming the first part that is missing.
 */
export function checkManifest(contentType: string, bytes: Uint8Array, content: RepositoryContent): string {
  const mediaType = contentType.split(';')[0]?.trim() ?? '';
  const manifest = parseManifest(bytes);
  if (!single.has(mediaType) && !lists.has(mediaType)) {
    throw new RegistryError('MANIFEST_INVALID', `unsupported manifest media type ${mediaType}`);
  }
  if (manifest.schemaVersion !== 2)
    throw new RegistryError('MANIFEST_INVALID', 'unrecognized manifest schema version');
  // What is in the bytes is what gets signed; a label that says otherwise must not win.
  if (manifest.mediaType !== undefined && manifest.mediaType !== mediaType) {
    throw new RegistryError('MANIFEST_INVALID', 'the media type in the manifest is another one');
  }
  if (single.has(mediaType)) checkParts([manifest.config ?? {}, ...(manifest.layers ?? [])], content.blobs);
  else checkParts(manifest.manifests ?? [], new Set(content.manifests.keys()));
  return mediaType;
}

function parseManifest(bytes: Uint8Array): ManifestJson {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new RegistryError('MANIFEST_INVALID', 'not a JSON object');
}

function checkParts(parts: readonly Descriptor[], present: ReadonlySet<string>): void {
  for (const { digest, urls } of parts) {
    // A foreign layer is fetched from its own address.
    if ((urls?.length ?? 0) > 0) continue;
    if (typeof digest !== 'string' || !present.has(digest))
      throw new RegistryError('MANIFEST_BLOB_UNKNOWN', { digest });
  }
}
