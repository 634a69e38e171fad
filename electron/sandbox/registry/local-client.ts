/** A client of the registry in the same process: pushes an image without a network. */
import type { DemoImage } from '../demo-images.ts';
import { bytesOf, toRequest } from '../exchange.ts';
import type { RegistryService } from './registry-service.ts';

const ORIGIN = 'https://localhost';

/** Uploads blobs and manifests and tags the last one. Throws with the registry's answer when it refuses. */
export async function pushImage(
  registry: RegistryService,
  name: string,
  tag: string,
  image: DemoImage,
): Promise<void> {
  for (const { digest, bytes } of image.blobs) {
    await send(
      registry,
      'POST',
      `${name}/blobs/uploads/?digest=${digest}`,
      'application/octet-stream',
      bytes,
    );
  }
  for (const { digest, mediaType, bytes } of image.manifests) {
    await send(registry, 'PUT', `${name}/manifests/${digest}`, mediaType, bytes);
  }
  await send(registry, 'PUT', `${name}/manifests/${tag}`, image.top.mediaType, image.top.bytes);
}

async function send(
  registry: RegistryService,
  method: string,
  path: string,
  contentType: string,
  body: Uint8Array,
): Promise<void> {
  const headers = { 'Content-Type': contentType };
  const response = await registry.handle(toRequest(method, `${ORIGIN}/v2/${path}`, { headers, body }));
  if (response.status === 201) return;
  const text = Buffer.from(await bytesOf(response)).toString('utf8');
  throw new Error(`${method} ${path} was refused: ${text}`);
}
