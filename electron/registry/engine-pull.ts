/**
 * Pulls through the docker engine by digest, and gives the digest its tag: what `docker pull` does with content trust.
 * Command line and main. SECURITY: the engine compares what it gets with the digest; the tag of the registry is not asked.
 */
import { AppError } from '../../shared/errors.ts';
import {
  askEngine,
  authFor,
  type EngineOptions,
  engineSocket,
  escapeName,
  messagesOf,
  reasonOf,
} from './engine-api.ts';
import type { ImageReference } from './image-reference.ts';

export interface PullWish {
  readonly image: Pick<ImageReference, 'gun' | 'registry'>;
  /** `sha256:<hex>` */
  readonly digest: string;
  /** `linux/arm64` */
  readonly platform?: string | undefined;
}

/**
 * @param onLine given what docker prints where no terminal is: a line for each layer and outcome, no progress
 * @throws `engine/unavailable`, `engine/error`
 */
export async function pullThroughEngine(
  { image, digest, platform }: PullWish,
  options: EngineOptions,
  onLine: (line: string) => void,
): Promise<void> {
  const query = new URLSearchParams({ fromImage: image.gun, tag: digest });
  if (platform !== undefined) query.set('platform', platform);
  const headers = await authFor(image.registry, options);
  const path = `/images/create?${query.toString()}`;
  const answer = await askEngine(engineSocket(options.env), 'POST', path, headers);
  for await (const message of messagesOf(answer)) {
    const line = lineOf(message);
    if (line !== undefined) onLine(line);
  }
}

/** docker: `id: status`; messages that are about progress are for terminals. */
function lineOf({ id, status, progressDetail }: Readonly<Record<string, unknown>>): string | undefined {
  const { current = 0, total = 0 } = (progressDetail ?? {}) as { current?: unknown; total?: unknown };
  if (typeof status !== 'string' || Number(current) > 0 || Number(total) > 0) return undefined;
  return typeof id === 'string' && id !== '' ? `${id}: ${status}` : status;
}

/** @throws `engine/unavailable`, `engine/error`, which it also is when the engine has nothing of this digest */
export async function tagInEngine(
  { image, digest }: PullWish,
  tag: string,
  { env }: EngineOptions,
): Promise<void> {
  const query = new URLSearchParams({ repo: image.gun, tag });
  const path = `/images/${escapeName(`${image.gun}@${digest}`)}/tag?${query.toString()}`;
  const answer = await askEngine(engineSocket(env), 'POST', path, {});
  if (answer.statusCode !== 201) throw new AppError('engine/error', { reason: await reasonOf(answer) });
  answer.resume();
}
