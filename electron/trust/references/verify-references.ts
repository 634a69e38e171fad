/**
 * Looks up what is signed for every reference that was found, and what pinning would write. Privileged process; shared by
 * the window and the command line. A repository is read once, however many of its tags are asked for.
 */
import type { Gun } from '../../../shared/brands.ts';
import { AppError, isAppError } from '../../../shared/errors.ts';
import type { VerifiedRepository } from '../../notary/verified-repository.ts';
import { type ImageReference, parseImageReference } from '../../registry/image-reference.ts';
import { inParallel } from '../in-parallel.ts';
import type { FoundReference } from './found-reference.ts';
import { judgeReference, type Verdict } from './judge-reference.ts';
import type { Pin } from './pin-text.ts';

export interface VerifiedReference {
  readonly found: FoundReference;
  /** Undefined for what is no reference. */
  readonly image: ImageReference | undefined;
  readonly verdict: Verdict;
  /** What it was looked up in: how fresh it is, and what is to be warned of. Undefined when nothing could be read. */
  readonly repository: VerifiedRepository | undefined;
}

export interface VerifyOptions {
  /** @throws as `readRepository` */
  readonly read: (gun: Gun) => Promise<VerifiedRepository>;
  /** Called after each repository. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Repositories read at the same time. */
const atOnce = 16;

/** In the order of `found`. A failure belongs to its reference alone. */
export async function verifyReferences(
  found: readonly FoundReference[],
  { read, onProgress = () => undefined }: VerifyOptions,
): Promise<readonly VerifiedReference[]> {
  const parsed = found.map((one) => ({ found: one, image: parse(one) }));
  const guns = [...new Set(parsed.flatMap(({ image }) => (image instanceof AppError ? [] : [image.gun])))];
  let done = 0;
  onProgress(done, guns.length);
  const readings = inParallel(guns, atOnce, async (gun) => {
    const outcome = await read(gun).catch(asOutcome);
    onProgress(++done, guns.length);
    return [gun, outcome] as const;
  });
  const repositories = new Map(await Promise.all(readings));
  return parsed.map(({ found: one, image }) =>
    image instanceof AppError ? unreadable(one, image) : judged(one, image, repositories.get(image.gun)),
  );
}

function parse({ reference, problem }: FoundReference): ImageReference | AppError {
  if (problem !== undefined) return problem;
  try {
    return parseImageReference(reference);
  } catch (error) {
    return asOutcome(error);
  }
}

function asOutcome(error: unknown): AppError {
  if (isAppError(error)) return error;
  throw error;
}

function unreadable(found: FoundReference, error: AppError): VerifiedReference {
  return { found, image: undefined, verdict: { kind: 'refused', error }, repository: undefined };
}

function judged(
  found: FoundReference,
  image: ImageReference,
  repository: VerifiedRepository | AppError | undefined,
): VerifiedReference {
  if (repository === undefined) throw new Error('a repository was not read');
  if (isAppError(repository))
    return { found, image, verdict: { kind: 'refused', error: repository }, repository: undefined };
  return { found, image, verdict: judgeReference(image, repository), repository };
}

/** What pinning does with a reference. */
export type Pinning =
  | { readonly kind: 'pin'; readonly pin: Pin }
  /** It has the right digest. */
  | { readonly kind: 'pinned' }
  | { readonly kind: 'cannot'; readonly error: AppError };

/** @param update a digest that is not the signed one is replaced */
export function pinningOf({ found, image, verdict }: VerifiedReference, update: boolean): Pinning {
  const { signed } = verdict;
  if (verdict.kind === 'refused' && !(update && signed !== undefined))
    return { kind: 'cannot', error: verdict.error };
  if (verdict.kind === 'signed' && image?.digest !== undefined) return { kind: 'pinned' };
  if (found.pinning.kind === 'impossible') {
    const { reason } = found.pinning;
    return {
      kind: 'cannot',
      error: new AppError('reference/not-pinnable', { reference: found.reference, reason }),
    };
  }
  return { kind: 'pin', pin: { found, digest: signed?.digest ?? '' } };
}

/** True when docker with content trust would take it as it stands. */
export function isSigned({ verdict }: VerifiedReference): boolean {
  return verdict.kind === 'signed';
}
