/**
 * The images that a Dockerfile is built from: FROM, `COPY --from`, `RUN --mount=from`, and the image that reads it.
 * Stages of the file itself and `scratch` are none. Pure. Rules: BuildKit's dockerfile2llb.
 */
import { AppError, isAppError } from '../../../shared/errors.ts';
import { mostReferences } from '../../../shared/verify-limits.ts';
import { refuseDoubtful } from './dockerfile-doubts.ts';
import { type DockerfileText, readDockerfile } from './dockerfile-lines.ts';
import { splitFlags, splitWords, unquoted } from './dockerfile-words.ts';
import { type Dialect, fillIn } from './fill-in-variables.ts';
import { type FoundReference, lineCounter, type PinPlace, pinPlaceOf } from './found-reference.ts';
import { throughVariable, type Tracked, trackedSlice, textOfTracked } from './tracked-text.ts';

/** What the file said so far. */
interface Reading {
  readonly file: DockerfileText;
  /** What whoever builds gives for ARGs. */
  readonly given: ReadonlyMap<string, string>;
  /** ARGs before the first FROM, as far as they have a value. */
  readonly values: Map<string, Tracked>;
  /** ARGs before the first FROM whose value cannot be told here: they are neither empty nor unset. */
  readonly unknown: Set<string>;
  /** ARGs of a stage that take over the value of one before the first FROM: what else it is used for is not known. */
  readonly inherited: Set<string>;
  /** Names of stages in lower case, with the number of the first that has it. */
  readonly stages: Map<string, number>;
  stageCount: number;
  /** Characters of all values: variables that hold variables must not fill the memory. */
  valueCharacters: number;
  readonly wishes: Wish[];
  readonly refuse: (reason: string) => never;
}

const mostValueCharacters = 500_000;

/** A word that names an image, unless it is the name of a stage. */
interface Wish {
  readonly word: Tracked;
  /** FROM: variables are filled in. */
  readonly filled: boolean;
  /** Only stages with a number below count. */
  readonly stagesBefore: number;
  /** COPY: a stage may be called by its number. */
  readonly byNumber?: boolean;
  /** The stage that it stands in. */
  readonly within?: number;
}

/** A word that names a stage of the file, or `scratch`. */
export interface StageWord {
  readonly offset: number;
  readonly length: number;
  readonly name: string;
}

/** An image that a stage begins with. */
export interface BaseImage {
  readonly reference: string;
  /** Of the stage, from 0. */
  readonly stage: number;
}

export interface DockerfileImages {
  readonly bases: readonly BaseImage[];
  /** Names of stages in lower case, with the number of the first that has it. */
  readonly stages: ReadonlyMap<string, number>;
  readonly references: readonly FoundReference[];
  readonly stageWords: readonly StageWord[];
  /** It copies from a stage that is not finished there: the older builder takes its name for an image's. */
  readonly needsLaterStages: boolean;
  /** The older builder takes their lines for instructions. */
  readonly hasHeredocs: boolean;
}

interface Located extends FoundReference {
  /** The variables that it is made of. */
  readonly variables: ReadonlySet<string>;
  /** The number of the stage that begins with it. */
  readonly base: number | undefined;
}

/**
 * @param given values of `--build-arg`, which go before those of the file
 * @throws `reference/file-doubtful`, `reference/file-malformed`
 */
export function dockerfileReferences(
  text: string,
  name: string,
  given: ReadonlyMap<string, string> = new Map(),
): readonly FoundReference[] {
  return dockerfileImages(text, name, given).references;
}

/** Stages that are there before a text begins. */
export interface EarlierStages {
  readonly stages: ReadonlyMap<string, number>;
  readonly count: number;
}

const noStages: EarlierStages = { stages: new Map(), count: 0 };

/** The same, with the words that name no image. @throws `reference/file-doubtful`, `reference/file-malformed` */
export function dockerfileImages(
  text: string,
  name: string,
  given: ReadonlyMap<string, string>,
  earlier = noStages,
): DockerfileImages {
  const file = readDockerfile(text);
  refuseDoubtful(text, file, name);
  const reading: Reading = {
    file,
    given,
    values: new Map(),
    unknown: new Set(),
    inherited: new Set(),
    stages: new Map(earlier.stages),
    stageCount: earlier.count,
    valueCharacters: 0,
    wishes: [],
    refuse: (reason) => {
      throw new AppError('reference/file-malformed', { name, reason });
    },
  };
  if (file.syntax !== undefined) wish(reading, { word: file.syntax, filled: false, stagesBefore: 0 });
  for (const instruction of file.instructions) readInstruction(instruction, reading);
  const lineOf = lineCounter(text);
  const located = reading.wishes.flatMap((one) => locate(one, reading, lineOf));
  const found = located.flatMap((one) => ('stage' in one ? [] : [one]));
  const stageWords = located.flatMap((one) => ('stage' in one ? [one.stage] : []));
  return {
    bases: found.flatMap(({ reference, base }) => (base === undefined ? [] : [{ reference, stage: base }])),
    stages: reading.stages,
    references: found.map((one) => toFound(one, found, reading)),
    stageWords,
    needsLaterStages: stageWords.some(({ isLater }) => isLater),
    hasHeredocs: file.hasHeredocs,
  };
}

function wish({ wishes, refuse }: Reading, one: Wish): void {
  if (wishes.push(one) > mostReferences) refuse(`it names more than ${String(mostReferences)} images`);
}

function readInstruction(instruction: Tracked, reading: Reading): void {
  const words = [...splitWords(instruction, reading.file.escape)];
  while (nameOf(words[0]) === 'onbuild') words.shift();
  const [first, ...others] = words;
  const { flags, rest } = splitFlags(others);
  const name = nameOf(first);
  if (name === 'from') readFrom(rest, reading);
  if (name === 'arg') for (const word of rest) readArg(word, reading);
  if (name === 'copy') for (const flag of flags) readCopyFrom(flag, reading);
  if (name === 'run') for (const flag of flags) readMount(flag, reading);
}

const nameOf = (word: Tracked | undefined): string => textOfTracked(word ?? []).toLowerCase();

/** `FROM image [AS name]` */
function readFrom([image, as, stage]: readonly Tracked[], reading: Reading): void {
  if (image === undefined) return;
  const number = reading.stageCount++;
  wish(reading, { word: image, filled: true, stagesBefore: number });
  const name = nameOf(stage);
  if (nameOf(as) === 'as' && name !== '' && !reading.stages.has(name)) reading.stages.set(name, number);
}

/** `ARG name[=value]` */
function readArg(word: Tracked, reading: Reading): void {
  const { file, given, values, unknown, inherited, stageCount } = reading;
  const equals = word.findIndex(({ char }) => char === '=');
  const name = textOfTracked(equals === -1 ? word : word.slice(0, equals));
  if (stageCount > 0) {
    if (equals === -1) inherited.add(name);
    return;
  }
  const override = given.get(name);
  if (override !== undefined) {
    unknown.delete(name);
    values.set(name, throughVariable(trackedSlice(override, 0, override.length), name));
    return;
  }
  // One that is said again without a value keeps what it had.
  if (equals === -1) return;
  try {
    const value = fillIn(word.slice(equals + 1), dialectOf(file, values, unknown));
    unknown.delete(name);
    reading.valueCharacters += value.length;
    values.set(name, value);
  } catch (error) {
    if (!isAppError(error)) throw error;
    values.delete(name);
    unknown.add(name);
  }
  if (reading.valueCharacters > mostValueCharacters) reading.refuse('its variables hold too much text');
}

/** `--from=image`; variables are not filled in there. */
function readCopyFrom(flag: Tracked, reading: Reading): void {
  const isFrom = /^--from=./.test(textOfTracked(flag));
  const words = isFrom ? [flag.slice('--from='.length)] : [];
  const [, ...taken] = /^--from=(.+)$/s.exec(unquoted(flag, reading.file.escape)) ?? [];
  refuseOtherwiseRead(flag, words, taken, reading);
  for (const word of words) wishUnfilled(word, true, reading);
}

/** `--mount=type=bind,from=image,target=/x` */
function readMount(flag: Tracked, reading: Reading): void {
  const words = mountWords(flag);
  // What is left of quotes there is the list's.
  const plain = unquoted(flag, reading.file.escape).replaceAll('"', '');
  const list = /^--mount=(.*)$/s.exec(plain)?.[1]?.split(',') ?? [];
  const taken = list.flatMap((field) => /^[\t-\r ]*from=(.+)$/is.exec(field)?.[1] ?? []);
  refuseOtherwiseRead(flag, words, taken, reading);
  for (const word of words) wishUnfilled(word, false, reading);
}

function mountWords(flag: Tracked): readonly Tracked[] {
  const text = textOfTracked(flag);
  const words: Tracked[] = [];
  if (!/^--mount=/i.test(text)) return words;
  let at = '--mount='.length;
  for (const field of text.slice(at).split(',')) {
    const lead = /^"?from=/i.exec(field)?.[0].length;
    const end = field.endsWith('"') ? field.length - 1 : field.length;
    if (lead !== undefined && end > lead) words.push(flag.slice(at + lead, at + end));
    at += field.length + 1;
  }
  return words;
}

/** SECURITY: quotes and escapes may stand anywhere in an option, so that it has another name than it shows. */
function refuseOtherwiseRead(
  flag: Tracked,
  words: readonly Tracked[],
  taken: readonly string[],
  { file, refuse }: Reading,
): void {
  const read = words.map((word) => unquoted(word, file.escape));
  if (JSON.stringify(read) !== JSON.stringify(taken))
    refuse(`the image in ${textOfTracked(flag).slice(0, 100)} is hidden by quotes, write it without`);
}

/** Every stage of the file counts, also one below. */
function wishUnfilled(word: Tracked, byNumber: boolean, reading: Reading): void {
  const within = reading.stageCount - 1;
  if (word.length > 0) wish(reading, { word, filled: false, stagesBefore: Infinity, byNumber, within });
}

/** BuildKit sets these, whatever the file says. */
const platformArgument = /^(?:BUILD|TARGET)(?:PLATFORM|OS|ARCH|VARIANT|OSVERSION|STAGE)$/;

function dialectOf(
  { escape }: DockerfileText,
  values: ReadonlyMap<string, Tracked>,
  unknown: ReadonlySet<string>,
): Dialect {
  return {
    escape,
    valueOf: (name) => values.get(name),
    setBy: (name) => {
      if (platformArgument.test(name)) return 'is set by the platform that is built for';
      return unknown.has(name) ? 'has a value that cannot be filled in here' : undefined;
    },
  };
}

interface LocatedStage {
  readonly stage: StageWord & { readonly isLater: boolean };
}

function locate(
  wish: Wish,
  reading: Reading,
  lineOf: (offset: number) => number,
): readonly (Located | LocatedStage)[] {
  const { word, filled } = wish;
  const [first, last] = [word[0], word.at(-1)];
  if (first === undefined || last === undefined) return [];
  const place = { offset: first.at, length: last.at + 1 - first.at, line: lineOf(first.at) };
  const base = filled ? wish.stagesBefore : undefined;
  try {
    const marks = filled
      ? fillIn(word, dialectOf(reading.file, reading.values, reading.unknown))
      : unfilled(word, reading);
    const reference = textOfTracked(marks);
    const stage = ownStage(reference, wish, reading);
    if (stage !== undefined) {
      const isLater = stage >= (wish.within ?? Infinity);
      return [{ stage: { offset: place.offset, length: place.length, name: reference, isLater } }];
    }
    if (reference === '')
      throw new AppError('reference/unresolvable', { reference: textOfTracked(word), reason: 'it is empty' });
    const variables = new Set([...new Set(marks.map(({ via }) => via))].flatMap(variablesOf));
    return [{ ...place, base, reference, variables, problem: undefined, pinning: pinPlaceOf(marks) }];
  } catch (error) {
    if (!isAppError(error)) throw error;
    const reason = 'its variables cannot be filled in';
    const reference = textOfTracked(word);
    const pinning = { kind: 'impossible', reason } as const;
    return [{ ...place, base, reference, variables: new Set(), problem: error, pinning }];
  }
}

/** Those that stand in `ARG`, without defaults that belong to one place. */
function variablesOf(via: string): readonly string[] {
  return via === '' ? [] : via.split(' ').filter((name) => !name.includes('@'));
}

/** Quotes and escapes go; a variable is refused by BuildKit itself. */
function unfilled(word: Tracked, { file }: Reading): Tracked {
  const reference = textOfTracked(word);
  if (!reference.includes('$')) return fillIn(word, dialectOf(file, new Map(), new Set()));
  throw new AppError('reference/unresolvable', { reference, reason: 'variables are not filled in there' });
}

/** The number of a stage of the file, -1 for `scratch`; undefined for an image. */
function ownStage(
  reference: string,
  { stagesBefore, byNumber = false }: Wish,
  { stages, stageCount }: Reading,
): number | undefined {
  if (reference === 'scratch') return -1;
  const named = stages.get(reference.toLowerCase());
  if (named !== undefined && named < stagesBefore) return named;
  const isNumber = byNumber && /^\d{1,6}$/.test(reference) && Number(reference) < stageCount;
  return isNumber ? Number(reference) : undefined;
}

/** A default that several references are made of is changed only where the change is right for all of them. */
function toFound(one: Located, all: readonly Located[], { inherited }: Reading): FoundReference {
  const { variables: _, base: __, ...found } = one;
  return { ...found, pinning: pinningOf(one, all, inherited) };
}

function pinningOf(one: Located, all: readonly Located[], inherited: ReadonlySet<string>): PinPlace {
  const { pinning } = one;
  if (pinning.kind !== 'place') return pinning;
  const names = variablesOf(pinning.via);
  const used = names.find((name) => inherited.has(name));
  if (used !== undefined)
    return {
      kind: 'impossible',
      reason: `a stage takes over the value of ${used}, and what for is not known`,
    };
  const differs = all.some(
    ({ reference, variables }) => reference !== one.reference && names.some((name) => variables.has(name)),
  );
  if (!differs) return pinning;
  return { kind: 'impossible', reason: `other references are made of ${names.join(' and ')}, too` };
}
