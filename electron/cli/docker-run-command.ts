/**
 * `trustdesk docker create | run [OPTIONS] IMAGE [COMMAND]`, in the place of docker's with content trust: the image is
 * found by its signature, and docker is given the digest. Command line.
 *
 * docker does the rest, because only it knows how a container is connected to a terminal. Its output is docker's; what is
 * said here goes to stderr.
 */
import { familiarName, type ImageReference, parseImageReference } from '../registry/image-reference.ts';
import { printable } from './columns.ts';
import type { RunCommand } from './command.ts';
import { type ContainerWords, splitAtImage } from './docker-options.ts';
import { openDockerProgram, type RunDocker } from './docker-program.ts';
import { findSigned, withDigest } from './signed-image.ts';
import type { Terminal } from './terminal.ts';

/**
 * @param name of docker's command
 * @param notStarted its exit code when it could not begin
 */
export function runWithDocker(name: 'create' | 'run', notStarted: number): RunCommand {
  return async ({ operands }, terminal) => {
    const words = splitAtImage(operands);
    const image = parseImageReference(words.image);
    const docker = await openDockerProgram(terminal);
    const content = image.digest === undefined ? await signedContent(image, terminal) : undefined;
    if (content !== undefined && !(await bring(content, words, docker))) return notStarted;
    const { options, command } = words;
    return docker([name, ...options, content?.name ?? words.image, ...command], 'inherit');
  };
}

interface SignedContent {
  /** `registry.example.test/app@sha256:<hex>` */
  readonly name: string;
  /** `registry.example.test/app:1.0` */
  readonly tagged: string;
}

async function signedContent(image: ImageReference, terminal: Terminal): Promise<SignedContent> {
  const { tag = 'latest' } = image;
  const found = await findSigned(image, tag, terminal);
  const tagged = `${familiarName(image.gun)}:${tag}`;
  terminal.stderr.write(`${printable(`${tagged} is ${found.digest}, signed in ${found.role}`)}\n`);
  return { name: withDigest(image, found), tagged };
}

/** Pulled unless it is there, and called by its tag, as docker does with content trust. True when docker can begin. */
async function bring(
  { name, tagged }: SignedContent,
  { values }: ContainerWords,
  docker: RunDocker,
): Promise<boolean> {
  const [pull = 'missing', platform] = [values.get('--pull'), values.get('--platform')];
  if (pull !== 'missing' || (await docker(['image', 'inspect', name], 'ignore')) === 0) return true;
  const options = platform === undefined ? [] : ['--platform', platform];
  // On stderr, because stdout is the container's.
  if ((await docker(['pull', ...options, name], ['ignore', 2, 2])) !== 0) return false;
  return (await docker(['tag', name, tagged], ['ignore', 2, 2])) === 0;
}
