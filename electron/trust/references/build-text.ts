/**
 * A Dockerfile as it is built with content trust: every image in it by its digest, with no variable left. Pure.
 * SECURITY: what is looked up here must be what the builder takes, so whatever it could read otherwise is refused.
 */
import { type BaseImage, dockerfileImages, type StageWord } from './dockerfile-references.ts';
import type { FoundReference } from './found-reference.ts';
import { edited } from './pin-text.ts';

export interface BuildText {
  /** In the order of the text. */
  readonly references: readonly FoundReference[];
  readonly stageWords: readonly StageWord[];
  /** What stages begin with, none for `scratch` and other stages. */
  readonly bases: readonly BaseImage[];
  /** Names of stages in lower case, with the number of the first that has it. */
  readonly stages: ReadonlyMap<string, number>;
  /**
   * Only BuildKit may build it: the older builder takes the lines of a here-document for instructions, and the name of a
   * stage further down for an image's.
   */
  readonly needsBuildKit: boolean;
}

/**
 * @param buildArgs values of `--build-arg`
 * @throws `reference/file-doubtful`, `reference/file-malformed`, `reference/unresolvable`
 */
export function readBuildText(text: string, name: string, buildArgs: ReadonlyMap<string, string>): BuildText {
  const { references, needsLaterStages, hasHeredocs, ...others } = dockerfileImages(text, name, buildArgs);
  const unresolved = references.find(({ problem }) => problem !== undefined);
  if (unresolved?.problem !== undefined) throw unresolved.problem;
  return { references, ...others, needsBuildKit: hasHeredocs || needsLaterStages };
}

/** @param pinned for each reference what stands in its place: `registry.example.test/app:1.0@sha256:<hex>` */
export function writeBuildText(
  text: string,
  { references, stageWords }: Pick<BuildText, 'references' | 'stageWords'>,
  pinned: ReadonlyMap<FoundReference, string>,
): string {
  // SECURITY: the names of stages, too: with another value of a variable they would be images.
  const stages = stageWords.map(({ name, ...place }) => ({ ...place, insert: name }));
  const images = references.map((one) => ({ ...one, insert: pinned.get(one) ?? one.reference }));
  return edited(text, [...images, ...stages]);
}
