/**
 * `trustdesk docker build [OPTIONS] PATH`, in the place of docker's with content trust: every image that the Dockerfile
 * names is found by its signature, and docker builds from a copy that names the digests. Command line.
 */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { isMissing } from '../files/file-failure.ts';
import { familiarName, parseImageReference } from '../registry/image-reference.ts';
import { inParallel } from '../trust/in-parallel.ts';
import { type BuildText, readBuildText, writeBuildText } from '../trust/references/build-text.ts';
import { readBuildWords } from './build-options.ts';
import { printable } from './columns.ts';
import type { RunCommand } from './command.ts';
import { openDockerProgram } from './docker-program.ts';
import { checkTriggers } from './docker-triggers.ts';
import { readInputText } from './pin-files.ts';
import { openSignedImages, type SignedImages } from './signed-image.ts';
import type { Terminal } from './terminal.ts';

/** docker's own exit code when it could not begin to build. */
const notStarted = 1;

/** References looked up at the same time. */
const atOnce = 8;

export const runDockerBuild: RunCommand = async ({ operands }, terminal) => {
  const { file, folder, buildArgs, platforms, options } = readBuildWords(operands, terminal.env);
  const inHere = (...parts: readonly string[]): string => path.resolve(terminal.workingDirectory, ...parts);
  const dockerfile = file === undefined ? inHere(folder, 'Dockerfile') : inHere(file);
  const { text } = await readInputText(dockerfile, terminal);
  const build = readBuildText(text, path.basename(dockerfile), buildArgs);
  const names = await pinAll(build, await openSignedImages(terminal), terminal);
  const pinned = new Map(build.references.map((one) => [one, names.get(one.reference) ?? one.reference]));
  const docker = await openDockerProgram(terminal, build.needsBuildKit ? { DOCKER_BUILDKIT: '1' } : {});
  const written = writeBuildText(text, build, pinned);
  refuseUnpinned(written, path.basename(dockerfile), buildArgs);
  const bases = build.bases.map(({ reference, stage }) => ({
    name: names.get(reference) ?? reference,
    stage,
  }));
  if (!(await checkTriggers(bases, build, platforms, docker))) return notStarted;
  return withCopy(dockerfile, written, (copy) =>
    // Its whole path, which docker cannot take for an address.
    docker(['build', ...options, '--file', copy, '--', inHere(folder)], 'inherit'),
  );
};

/** SECURITY: what was written must be read as it was meant. @throws `reference/file-malformed`, `reference/*` */
function refuseUnpinned(text: string, name: string, buildArgs: ReadonlyMap<string, string>): void {
  const { references } = readBuildText(text, name, buildArgs);
  const bare = references.find(({ reference }) => parseImageReference(reference).digest === undefined);
  if (bare === undefined) return;
  const reason = `${bare.reference.slice(0, 100)} would be built without a digest`;
  throw new AppError('reference/file-malformed', { name, reason });
}

/** What each reference is built as: with its digest, all of them, or nothing is built. @throws what the first that is not signed has */
async function pinAll(
  { references }: BuildText,
  images: SignedImages,
  terminal: Terminal,
): Promise<ReadonlyMap<string, string>> {
  const texts = [...new Set(references.map(({ reference }) => reference))];
  const pinned = await Promise.all(inParallel(texts, atOnce, (text) => pin(text, images)));
  const byText = new Map(texts.map((text, at) => [text, pinned[at] ?? text]));
  for (const [text, name] of byText) terminal.stderr.write(`${printable(`${text} is ${name}`)}\n`);
  return byText;
}

/** As with content trust: what has a digest is what it says. */
async function pin(text: string, { find }: SignedImages): Promise<string> {
  const image = parseImageReference(text);
  if (image.digest !== undefined) return text;
  const { tag = 'latest' } = image;
  return `${familiarName(image.gun)}:${tag}@${(await find(image, tag)).digest}`;
}

/** A copy for as long as docker works, with the list of files to leave out that BuildKit looks for beside it. */
async function withCopy(
  original: string,
  text: string,
  work: (copy: string) => Promise<number>,
): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trustdesk-build-'));
  try {
    const copy = path.join(folder, 'Dockerfile');
    await writeFile(copy, text, { mode: 0o600, flag: 'wx' });
    await copyFile(`${original}.dockerignore`, `${copy}.dockerignore`).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    return await work(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
