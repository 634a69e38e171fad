/**
 * A Dockerfile as it is built with content trust: every image in it by its digest, with no variable left. Pure.
 * SECURITY: what is looked up here must be what the builder takes, so whatever it could read otherwise is refused.
 */
import { AppError } from '../../../shared/errors.ts';
import { readDockerfile, splitWords } from './dockerfile-lines.ts';
import { dockerfileReferences } from './dockerfile-references.ts';
import type { FoundReference } from './found-reference.ts';
import { textOfTracked } from './tracked-text.ts';

export interface BuildText {
  /** In the order of the text. */
  readonly references: readonly FoundReference[];
  /** Only BuildKit may build it: the older builder takes the lines of a here-document for instructions. */
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
  const references = dockerfileReferences(text, name, buildArgs);
  const unresolved = references.find(({ problem }) => problem !== undefined);
  if (unresolved?.problem !== undefined) throw unresolved.problem;
  return { references, needsBuildKit: file.hasHeredocs };
}

/** @param pinned for each reference what stands in its place: `registry.example.test/app:1.0@sha256:<hex>` */
export function writeBuildText(
  text: string,
  { references }: BuildText,
  pinned: ReadonlyMap<FoundReference, string>,
): string {
  const pieces: string[] = [];
  let from = 0;
  for (const one of [...references].sort((a, b) => a.offset - b.offset)) {
    pieces.push(text.slice(from, one.offset), pinned.get(one) ?? one.reference);
    from = one.offset + one.length;
  }
  return pieces.join('') + text.slice(from);
}
