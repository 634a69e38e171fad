/**
 * A Dockerfile as it is built with content trust: every image in it by its digest, with no variable left. Pure.
 * SECURITY: what is looked up here must be what the builder takes, so whatever it could read otherwise is refused.
 */
import { AppError } from '../../../shared/errors.ts';
import { isDoubtful } from './dockerfile-heredocs.ts';
import { type DockerfileText, readDockerfile } from './dockerfile-lines.ts';
import { dockerfileImages, type StageWord } from './dockerfile-references.ts';
import { splitFlags, splitWords } from './dockerfile-words.ts';
import type { FoundReference } from './found-reference.ts';
import { edited } from './pin-text.ts';
import { textOfTracked, type Tracked } from './tracked-text.ts';

export interface BuildText {
  /** In the order of the text. */
  readonly references: readonly FoundReference[];
  readonly stageWords: readonly StageWord[];
  /**
   * Only BuildKit may build it: the older builder takes the lines of a here-document for instructions, and the name of a
   * stage further down for an image's.
   */
  readonly needsBuildKit: boolean;
}

const instructions = new Set(
  (
    'add arg cmd copy entrypoint env expose from healthcheck label maintainer onbuild run shell stopsignal user ' +
    'volume workdir'
  ).split(' '),
);

/**
 * @param buildArgs values of `--build-arg`
 * @throws `reference/file-malformed`, `reference/unresolvable`
 */
export function readBuildText(text: string, name: string, buildArgs: ReadonlyMap<string, string>): BuildText {
  const file = readDockerfile(text);
  const doubt = doubtOf(text, file);
  if (doubt !== undefined) throw new AppError('reference/file-malformed', { name, reason: doubt });
  for (const instruction of file.instructions) {
    const [word = []] = splitWords(instruction, file.escape);
    const first = textOfTracked(word);
    // BuildKit also looks for the image that reads the file in first lines that are none of a Dockerfile's.
    if (!instructions.has(first.toLowerCase()))
      throw new AppError('reference/file-malformed', {
        name,
        reason: `${first.slice(0, 100)} is no instruction`,
      });
  }
  const { references, stageWords, needsLaterStages } = dockerfileImages(text, name, buildArgs);
  const unresolved = references.find(({ problem }) => problem !== undefined);
  if (unresolved?.problem !== undefined) throw unresolved.problem;
  return { references, stageWords, needsBuildKit: file.hasHeredocs || needsLaterStages };
}

/** What one builder reads in another way than the next, or another version of it. */
function doubtOf(text: string, file: DockerfileText): string | undefined {
  // A carriage return alone ends a line for some, and blanks of other scripts make a comment for some.
  if (/(?![\t\n\r])\p{Cc}|\r(?!\n)/u.test(text))
    return 'it holds control characters that not every builder reads alike';
  if (/^[ \t]*[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|\n[ \t]*\ufeff/m.test(text))
    return 'a line begins with a blank that not every builder takes for one';
  const { directives } = file;
  if (directives.includes('check') && directives.indexOf('check') < directives.indexOf('escape'))
    return 'its line # escape= stands behind # check=, where not every builder looks';
  if (file.hasOpenHeredoc) return 'a here-document has no end';
  const odd = file.instructions.find((one) => isDoubtful(one, file.escape));
  if (odd !== undefined)
    return `not every builder takes the same for a here-document in ${textOfTracked(odd).slice(0, 100)}`;
  // A stage that begins with this one reads it once more, and then with the usual escape.
  const isReread = (line: string): boolean => /^[\t-\r ]*onbuild[\t-\r ]/i.test(line) && line.includes('\\');
  if (file.escape !== '\\' && file.instructions.map(textOfTracked).some(isReread))
    return 'ONBUILD in it is read with another escape than the file';
  const flags = file.instructions.flatMap((one) => flagsOf(one, file.escape));
  // BuildKit takes bytes for characters there, and some of them for blanks.
  const foreign = flags.map(textOfTracked).find((flag) => /[^\0-\x7f]/.test(flag));
  return foreign === undefined ? undefined : `the option ${foreign.slice(0, 100)} has letters beyond ASCII`;
}

function flagsOf(instruction: Tracked, escape: string): readonly Tracked[] {
  const words = splitWords(instruction, escape);
  const first = words.findIndex((word) => textOfTracked(word).toLowerCase() !== 'onbuild');
  return splitFlags(words.slice(first + 1)).flags;
}

/** @param pinned for each reference what stands in its place: `registry.example.test/app:1.0@sha256:<hex>` */
export function writeBuildText(
  text: string,
  { references, stageWords }: BuildText,
  pinned: ReadonlyMap<FoundReference, string>,
): string {
  // SECURITY: the names of stages, too: with another value of a variable they would be images.
  const stages = stageWords.map(({ name, ...place }) => ({ ...place, insert: name }));
  const images = references.map((one) => ({ ...one, insert: pinned.get(one) ?? one.reference }));
  return edited(text, [...images, ...stages]);
}
