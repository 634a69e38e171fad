/**
 * Small real images, the same bytes on every machine: one layer with one text file. Pure apart from digests.
 * They pull and inspect like any image; there is no program in them to run.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { mediaTypes } from './registry/manifest-rules.ts';

export interface Content {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

export interface Manifest extends Content {
  readonly mediaType: string;
}

/** Everything to upload for one image: blobs first, then manifests, the one to tag last. */
export interface DemoImage {
  readonly blobs: readonly Content[];
  readonly manifests: readonly Manifest[];
  readonly top: Manifest;
}

/** `docker` and `oci` are one platform each; the others hold an image per platform. */
export type ImageKind = 'docker' | 'oci' | 'docker-list' | 'oci-index';

const PLATFORMS = ['amd64', 'arm64'] as const;
const CREATED = '2026-01-01T00:00:00Z';
const TAR_BLOCK = 512;

const formats = {
  docker: {
    manifest: mediaTypes.dockerManifest,
    config: mediaTypes.dockerConfig,
    layer: mediaTypes.dockerLayer,
  },
  oci: { manifest: mediaTypes.ociManifest, config: mediaTypes.ociConfig, layer: mediaTypes.ociLayer },
} as const;

/** The image of a kind whose only file says `text`. */
export function makeDemoImage(kind: ImageKind, text: string): DemoImage {
  if (kind === 'docker' || kind === 'oci') return singleImage(kind, text, 'amd64');
  const format = kind === 'docker-list' ? 'docker' : 'oci';
  const images = PLATFORMS.map((architecture) => ({
    architecture,
    ...singleImage(format, text, architecture),
  }));
  const top = manifest(kind === 'docker-list' ? mediaTypes.dockerList : mediaTypes.ociIndex, {
    manifests: images.map((image) => ({
      ...descriptor(image.top.mediaType, image.top),
      platform: { architecture: image.architecture, os: 'linux' },
    })),
  });
  return {
    blobs: images.flatMap((image) => image.blobs),
    manifests: [...images.flatMap((image) => image.manifests), top],
    top,
  };
}

function singleImage(format: keyof typeof formats, text: string, architecture: string): DemoImage {
  const types = formats[format];
  const tar = tarOf('about.txt', `${text} (linux/${architecture})\n`);
  const layer = content(gzipStored(tar));
  const config = content(json(imageConfig(architecture, content(tar).digest)));
  const top = manifest(types.manifest, {
    config: descriptor(types.config, config),
    layers: [descriptor(types.layer, layer)],
  });
  return { blobs: [layer, config], manifests: [top], top };
}

function imageConfig(architecture: string, diffId: string) {
  return {
    architecture,
    config: { Cmd: ['/about.txt'] },
    created: CREATED,
    history: [{ created: CREATED, created_by: 'COPY about.txt /' }],
    os: 'linux',
    rootfs: { diff_ids: [diffId], type: 'layers' },
  };
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const content = (bytes: Uint8Array): Content => ({
  bytes,
  digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
});

const descriptor = (mediaType: string, { digest, bytes }: Content) => ({
  mediaType,
  digest,
  size: bytes.length,
});

const manifest = (mediaType: string, members: object): Manifest => ({
  mediaType,
  ...content(json({ schemaVersion: 2, mediaType, ...members })),
});

/** gzip without compression and with a fixed header: other zlib versions must not make other digests. */
function gzipStored(bytes: Uint8Array): Uint8Array {
  const zipped = gzipSync(bytes, { level: 0 });
  const operatingSystem = 9;
  zipped[operatingSystem] = 255;
  return zipped;
}

/** A POSIX ustar archive of one file, owned by root, of no particular time. */
function tarOf(name: string, text: string): Uint8Array {
  const data = Buffer.from(text);
  const header = Buffer.alloc(TAR_BLOCK);
  const put = (offset: number, value: string): void => void header.write(value, offset, 'latin1');
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  put(0, name);
  put(100, octal(0o644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(data.length, 11));
  put(136, octal(0, 11));
  put(148, '        ');
  put(156, '0');
  put(257, 'ustar\u000000');
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  put(148, `${checksum.toString(8).padStart(6, '0')}\0 `);
  const padding = Buffer.alloc((TAR_BLOCK - (data.length % TAR_BLOCK)) % TAR_BLOCK);
  return Buffer.concat([header, data, padding, Buffer.alloc(2 * TAR_BLOCK)]);
}
