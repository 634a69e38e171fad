/** Pushes a local image through the docker engine, as `docker push` does. Command line and main. */
import type { Sha256Hex } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import {
  askEngine,
  authFor,
  type EngineOptions,
  engineSocket,
  escapeName,
  messagesOf,
} from './engine-api.ts';
import type { ImageReference } from './image-reference.ts';

/** What the registry took. */
export interface PushedImage {
  readonly sha256: Sha256Hex;
  /** Bytes of the manifest. */
  readonly size: number;
}

/**
 * @param image must have a tag
 * @throws `engine/unavailable`, `engine/image-not-found`, `engine/error`
 */
export async function pushThroughEngine(image: ImageReference, options: EngineOptions): Promise<PushedImage> {
  const socketPath = engineSocket(options.env);
  await mustExist(socketPath, `${image.gun}:${image.tag ?? ''}`);
  const path = `/images/${escapeName(image.gun)}/push?tag=${encodeURIComponent(image.tag ?? '')}`;
  const answer = await askEngine(socketPath, 'POST', path, await authFor(image.registry, options));
  let pushed: PushedImage | undefined;
  // The last word on what was pushed is in `aux`.
  for await (const { aux } of messagesOf(answer)) pushed = pushedIn(aux) ?? pushed;
  if (pushed === undefined)
    throw new AppError('engine/error', { reason: 'it named no digest for what it pushed' });
  return pushed;
}

async function mustExist(socketPath: string, name: string): Promise<void> {
  const answer = await askEngine(socketPath, 'GET', `/images/${escapeName(name)}/json`, {});
  const { statusCode } = answer;
  answer.resume();
  if (statusCode === 404) throw new AppError('engine/image-not-found', { reference: name });
  if (statusCode !== 200) throw new AppError('engine/error', { reason: `it answered ${String(statusCode)}` });
}

function pushedIn(aux: unknown): PushedImage | undefined {
  if (typeof aux !== 'object' || aux === null) return undefined;
  const { Digest: digest, Size: size } = aux as { Digest?: unknown; Size?: unknown };
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest) || typeof size !== 'number')
    return undefined;
  return { sha256: digest.slice('sha256:'.length) as Sha256Hex, size };
}
