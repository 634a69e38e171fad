/**
 * The images that the services of a compose file run: `services.*.image`, also where it comes from a merge or an alias.
 * Pure. The file is never turned into a value: what an alias repeats a thousand times is looked at once.
 */
import type * as yamlLibrary from 'yaml';
import type { Alias, Document, Node, Scalar, YAMLMap } from 'yaml';
import { AppError, isAppError } from '../../../shared/errors.ts';
import { fillIn } from './fill-in-variables.ts';
import { type FoundReference, lineCounter, pinPlaceOf } from './found-reference.ts';
import { type Tracked, textOfTracked, trackedSlice } from './tracked-text.ts';

type Yaml = typeof yamlLibrary;

/** What an alias stands for; undefined when its anchor is not there. */
type Anchors = ReadonlyMap<Alias, Node>;

interface Reading {
  readonly yaml: Yaml;
  readonly text: string;
  readonly anchors: Anchors;
  /** What was looked up already: a map may be merged into thousands of services. */
  readonly images: Map<YAMLMap, Node | undefined>;
}

/** A text written as base64 reads otherwise than it stands there. */
const BINARY = 'tag:yaml.org,2002:binary';

/** @throws `reference/file-malformed` */
export async function composeReferences(text: string, name: string): Promise<readonly FoundReference[]> {
  // Loaded when it is needed: the commands that read no compose file start without it.
  const yaml = await import('yaml');
  try {
    // Every key compared with every other takes minutes for a hostile file; `pairsOf` refuses keys given twice.
    const documents = yaml.parseAllDocuments(text, {
      uniqueKeys: false,
      logLevel: 'silent',
      prettyErrors: false,
    });
    const lineOf = lineCounter(text);
    const nodes = [...documents].flatMap((document) => imagesOf(document, { yaml, text }, lineOf));
    const found = [...new Set(nodes)].map((node) => toFound(node, text, lineOf));
    return found.sort((one, other) => one.offset - other.offset);
  } catch (error) {
    if (error instanceof RangeError) throw malformed(name, 'it is nested too deeply');
    if (isAppError(error) && error.code === 'reference/file-malformed')
      throw malformed(name, (error as AppError<'reference/file-malformed'>).details.reason);
    throw error;
  }
}

function malformed(name: string, reason: string): AppError {
  return new AppError('reference/file-malformed', { name, reason });
}

function imagesOf(
  document: Document.Parsed,
  { yaml, text }: Pick<Reading, 'yaml' | 'text'>,
  lineOf: (offset: number) => number,
): readonly Scalar[] {
  const [problem] = document.errors;
  if (problem !== undefined) {
    const line = String(lineOf(problem.pos[0]));
    throw malformed('', `line ${line}: ${problem.code.toLowerCase().replaceAll('_', ' ')}`);
  }
  const reading: Reading = { yaml, text, anchors: anchorsOf(yaml, document, lineOf), images: new Map() };
  if (!yaml.isMap(document.contents)) return [];
  const services = resolved(pairsOf(document.contents, reading).get('services')?.at(0), reading);
  if (!yaml.isMap(services)) return [];
  return [...pairsOf(services, reading).values()].flat().flatMap((service) => {
    const image = imageOf(service, reading);
    // What is no text is refused by compose, and must not pass for a service without an image.
    if (image !== undefined && (!yaml.isScalar(image) || image.tag === BINARY))
      throw malformed('', 'an image in it is no text');
    return image === undefined || image.value === null || image.value === '' ? [] : [image];
  });
}

/** An alias means the last node before it that has its anchor. @throws `reference/file-malformed` when there is none */
function anchorsOf(yaml: Yaml, document: Document.Parsed, lineOf: (offset: number) => number): Anchors {
  const latest = new Map<string, Node>();
  const anchors = new Map<Alias, Node>();
  yaml.visit(document, {
    Node: (_, node) => {
      if (yaml.isAlias(node)) {
        const meant = latest.get(node.source);
        if (meant === undefined) {
          const line = String(lineOf(node.range?.[0] ?? 0));
          throw malformed('', `line ${line}: nothing before it has the anchor ${node.source.slice(0, 100)}`);
        }
        anchors.set(node, meant);
      } else if (node.anchor !== undefined) latest.set(node.anchor, node);
    },
  });
  return anchors;
}

/** The `image` of a service: its own, else that of what is merged into it, the first that has one. */
function imageOf(node: unknown, reading: Reading): Node | undefined {
  const map = resolved(node, reading);
  if (!reading.yaml.isMap(map)) return undefined;
  if (reading.images.has(map)) return reading.images.get(map);
  // A map that is merged into itself has none from there.
  reading.images.set(map, undefined);
  const pairs = pairsOf(map, reading);
  const own = pairs.get('image')?.at(0);
  const merged = (pairs.get('<<') ?? []).flatMap((value) => mergedMaps(value, reading));
  const image = own === undefined ? firstImage(merged, reading) : resolved(own, reading);
  reading.images.set(map, image);
  return image;
}

function firstImage(maps: readonly unknown[], reading: Reading): Node | undefined {
  for (const map of maps) {
    const image = imageOf(map, reading);
    if (image !== undefined) return image;
  }
  return undefined;
}

function mergedMaps(value: Node, reading: Reading): readonly unknown[] {
  const node = resolved(value, reading);
  return reading.yaml.isSeq(node) ? node.items : [node];
}

/** Only `<<` may be there several times. @throws `reference/file-malformed`, as compose refuses it */
function pairsOf(map: YAMLMap, reading: Reading): ReadonlyMap<string, readonly Node[]> {
  const { yaml, text } = reading;
  const pairs = new Map<string, readonly Node[]>();
  for (const { key: written, value } of map.items) {
    // SECURITY: compose takes what an alias stands for, so that `*x` can be `image`.
    const key = resolved(written, reading);
    if (!yaml.isScalar(key)) throw malformed('', 'a key in it is no text');
    const name = String(key.value);
    const before = pairs.get(name) ?? [];
    if (pairs.has(name) && name !== '<<') {
      const line = String(lineCounter(text)(key.range?.[0] ?? 0));
      throw malformed('', `line ${line}: ${name.slice(0, 100)} is there twice`);
    }
    pairs.set(name, yaml.isNode(value) ? [...before, value] : before);
  }
  return pairs;
}

function resolved(node: unknown, { yaml, anchors }: Reading): Node | undefined {
  if (yaml.isAlias(node)) return anchors.get(node);
  return yaml.isNode(node) ? node : undefined;
}

function toFound(node: Scalar, text: string, lineOf: (offset: number) => number): FoundReference {
  const [from, to] = rangeInside(node);
  const place = { offset: from, length: to - from, line: lineOf(from) };
  const raw = text.slice(from, to);
  const value = node.type === 'PLAIN' ? (node.source ?? '') : String(node.value);
  const isAsItStands = raw === value;
  // What stands there otherwise than it reads can be looked up, and has no place for a digest.
  const word: Tracked = isAsItStands
    ? trackedSlice(text, from, to)
    : Array.from(value, (char) => ({ char, at: from, via: '' }));
  try {
    const marks = fillIn(word, { valueOf: () => undefined });
    const reference = textOfTracked(marks).trim();
    if (isAsItStands && reference.length === marks.length)
      return { ...place, reference, problem: undefined, pinning: pinPlaceOf(marks) };
    const reason = 'it is written with escapes or over several lines';
    return { ...place, reference, problem: undefined, pinning: { kind: 'impossible', reason } };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const reason = 'its variables cannot be filled in';
    return { ...place, reference: value, problem: error, pinning: { kind: 'impossible', reason } };
  }
}

/** Without its quotes. */
function rangeInside({ range, type }: Scalar): readonly [from: number, to: number] {
  const [from, to] = range ?? [0, 0];
  const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
  return isQuoted ? [from + 1, to - 1] : [from, to];
}
