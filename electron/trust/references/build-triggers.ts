/**
 * What an image tells the next build to do (`ONBUILD`), once that build begins with it. Pure.
 *
 * SECURITY: these lines stand in no Dockerfile at hand, so no digest can be written into them. The image is signed, what a
 * tag in them names at the time of the build is not.
 */
import { AppError, isAppError } from '../../../shared/errors.ts';
import { textOf } from '../../../shared/error-texts.ts';
import { parseImageReference } from '../../registry/image-reference.ts';
import type { BuildText } from './build-text.ts';
import { dockerfileImages, type EarlierStages } from './dockerfile-references.ts';

/**
 * @param image as it is called in what is said
 * @param stage the number of the one that begins with the image
 * @throws `reference/trigger-unsigned`
 */
export function refuseUnsignedTriggers(
  image: string,
  triggers: readonly string[],
  stage: number,
  { stages }: Pick<BuildText, 'stages'>,
): void {
  const earlier = { stages: new Map([...stages].filter(([, number]) => number < stage)), count: stage };
  for (const trigger of triggers) {
    const reason = doubtIn(trigger, earlier);
    if (reason === undefined) continue;
    throw new AppError('reference/trigger-unsigned', { image, trigger: trigger.slice(0, 200), reason });
  }
}

/** Each is a text of its own for a builder. */
function doubtIn(trigger: string, earlier: EarlierStages): string | undefined {
  try {
    const { references, hasHeredocs } = dockerfileImages(trigger, 'ONBUILD', new Map(), earlier);
    if (hasHeredocs) return 'not every builder knows the here-document in it';
    const unresolved = references.find(({ problem }) => problem !== undefined)?.problem;
    if (unresolved !== undefined) throw unresolved;
    const bare = references.find(({ reference }) => !hasDigest(reference));
    return bare && `nobody can tell what ${bare.reference.slice(0, 100)} is by then`;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return textOf(error).title.replace(/\.$/, '');
  }
}

/** As for an image of the Dockerfile itself: what has a digest is what it says. */
function hasDigest(reference: string): boolean {
  return parseImageReference(reference).digest !== undefined;
}
