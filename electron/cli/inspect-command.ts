/**
 * `trustdesk inspect [--pretty] IMAGE[:TAG]...`, in the place of `docker trust inspect`. Command line.
 * Staged changes stay as they are (docker drops them), and nothing is created for a repository that is not there.
 */
import { isAppError } from '../../shared/errors.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import { type ImageReference, parseImageReference } from '../registry/image-reference.ts';
import { inspect } from '../trust/inspect.ts';
import type { Inspection } from '../trust/inspection.ts';
import { isOn, type RunCommand } from './command.ts';
import { openDockerReader, type ReadRepository } from './docker-reader.ts';
import { explanation, toJson } from './failure.ts';
import { inParallel } from '../trust/in-parallel.ts';
import { notaryWords } from './original-words.ts';
import { inspectionAsText, inspectionsAsJson } from './print-inspection.ts';
import { type Terminal, writeAll, writeAllChecked } from './terminal.ts';
import { sayWarnings } from './warnings.ts';

/** Repositories read at the same time. */
const atOnce = 16;

interface Inspected {
  readonly inspection: Inspection;
  readonly repository: VerifiedRepository;
}

export const runInspect: RunCommand = async (args, terminal) => {
  const read = await openDockerReader(terminal);
  const inspected = inParallel(args.operands, atOnce, (image) => inspectImage(image, read));
  const asJson = isOn(args, 'json');
  return isOn(args, 'pretty') && !asJson
    ? printTexts(args.operands, inspected, terminal)
    : printJson(args.operands, inspected, asJson, terminal);
};

async function inspectImage(image: string, read: ReadRepository): Promise<Inspected> {
  const reference = parseImageReference(image);
  const repository = await read(reference.gun);
  return { repository, inspection: inspect(repository, image, wantedTag(reference), nodeCrypto) };
}

/** docker: a reference with a digest means the whole repository, whatever its tag. */
function wantedTag({ tag, digest }: ImageReference): string | undefined {
  return digest === undefined ? tag : undefined;
}

/** docker: one after the other, two line feeds in between, and the first failure ends it. */
async function printTexts(
  images: readonly string[],
  inspected: readonly Promise<Inspected>[],
  terminal: Terminal,
): Promise<number> {
  for (const [index, one] of inspected.entries()) {
    const result = await settle(one);
    if ('error' in result) return sayFailure(images[index] ?? '', result.error, terminal);
    sayWarnings(result.value.repository, terminal);
    writeAll(terminal.stdout, inspectionAsText(result.value.inspection));
    if (index < images.length - 1) terminal.stdout.write('\n\n');
  }
  return 0;
}

/** docker: what could be read is printed, then what could not be is said. */
async function printJson(
  images: readonly string[],
  inspected: readonly Promise<Inspected>[],
  asJson: boolean,
  terminal: Terminal,
): Promise<number> {
  const say = asJson ? sayFailureAsJson : sayFailure;
  const results = await Promise.all(inspected.map(settle));
  const good = results.flatMap((result) => ('value' in result ? [result.value] : []));
  for (const repository of new Set(good.map((one) => one.repository))) sayWarnings(repository, terminal);
  writeAllChecked(terminal.stdout, inspectionsAsJson(good.map(({ inspection }) => inspection)));
  for (const [index, result] of results.entries()) {
    if ('error' in result) say(images[index] ?? '', result.error, terminal);
  }
  return good.length === results.length ? 0 : 1;
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

async function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { error };
  }
}

/** docker's words first, for scripts; then what is wrong and what to do. */
function sayFailure(image: string, error: unknown, terminal: Terminal): number {
  const words = dockerRefusal(error) ?? `no signatures or cannot access ${image}`;
  terminal.stderr.write(`${words}\n${explanation(error, words)}`);
  return 1;
}

function sayFailureAsJson(image: string, error: unknown, terminal: Terminal): void {
  terminal.stderr.write(`${JSON.stringify({ image, ...toJson(error) })}\n`);
}

/** What docker says as it is; everything that reading runs into has the same words. */
function dockerRefusal(error: unknown): string | undefined {
  const asItIs = isAppError(error) && ['reference/malformed', 'notary/not-https'].includes(error.code);
  return asItIs ? notaryWords(error) : undefined;
}
