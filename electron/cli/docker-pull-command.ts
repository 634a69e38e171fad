/**
 * `trustdesk docker pull IMAGE[:TAG]`, in the place of `docker pull` with content trust: the engine pulls the digest that
 * is signed, and then calls it by its tag. Command line. Output as docker's where no terminal is.
 */
import { dockerCredentials } from '../registry/credentials.ts';
import type { EngineOptions } from '../registry/engine-api.ts';
import { pullThroughEngine, tagInEngine } from '../registry/engine-pull.ts';
import {
  familiarName,
  type ImageReference,
  isTagName,
  parseImageReference,
} from '../registry/image-reference.ts';
import { resolvePaths } from '../settings/paths.ts';
import type { PulledTarget } from '../trust/pulled-targets.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { printable } from './columns.ts';
import { openSignedImages, type SignedImages, withDigest } from './signed-image.ts';
import { slowHelperSayer, surroundingsOf, type Terminal } from './terminal.ts';

export const runDockerPull: RunCommand = async (args, terminal) => {
  const image = parsePulled(args);
  const all = isOn(args, 'all-tags');
  const isQuiet = isOn(args, 'quiet') || isOn(args, 'json');
  const { tag = 'latest' } = image;
  if (image.tag === undefined && !all && !isQuiet) terminal.stdout.write('Using default tag: latest\n');
  const images = await openSignedImages(terminal);
  const wanted = all ? await findAll(image, images, terminal) : [await images.find(image, tag)];
  const pulling = { image, args, terminal, engine: engineOf(terminal) };
  for (const [at, one] of wanted.entries())
    await pullOne(one, `${String(at + 1)} of ${String(wanted.length)}`, pulling);
  const reference = all ? image.gun : `${image.gun}:${tag}`;
  const shown = wanted.map((one) => asShown(image, one));
  if (isOn(args, 'json')) terminal.stdout.write(`${JSON.stringify(all ? shown : shown[0], undefined, 4)}\n`);
  else terminal.stdout.write(`${printable(reference)}\n`);
  return 0;
};

/** Not what has no tag's name: no registry has it, and no engine could call it so. */
async function findAll(
  image: ImageReference,
  images: SignedImages,
  terminal: Terminal,
): Promise<readonly PulledTarget[]> {
  const signed = await images.findAll(image);
  for (const { tag } of signed.filter((one) => !isTagName(one.tag)))
    terminal.stderr.write(`Skipping ${printable(JSON.stringify(tag))}, which is not the name of a tag\n`);
  return signed.filter(({ tag }) => isTagName(tag));
}

/** In docker's words what it does not take. */
function parsePulled(args: Arguments): ImageReference {
  const image = parseImageReference(args.operands[0] ?? '');
  if (isOn(args, 'all-tags') && (image.tag ?? image.digest) !== undefined)
    throw usage("tag can't be used with --all-tags/-a");
  if (image.digest !== undefined)
    throw usage('a digest says already which content is meant, and needs no signature: docker pulls it');
  return image;
}

interface Pulling {
  readonly image: ImageReference;
  readonly args: Arguments;
  readonly terminal: Terminal;
  readonly engine: EngineOptions;
}

async function pullOne(
  found: PulledTarget,
  count: string,
  { image, args, terminal, engine }: Pulling,
): Promise<void> {
  const { tag, digest } = found;
  const name = familiarName(image.gun);
  const isJson = isOn(args, 'json');
  const say = (line: string): void => {
    terminal.stdout.write(`${printable(line)}\n`);
  };
  if (!isJson) say(`Pull (${count}): ${name}:${tag}@${digest}`);
  const wish = { image, digest, platform: valueOf(args, 'platform') };
  await pullThroughEngine(wish, engine, (line) => {
    if (!isJson && !isOn(args, 'quiet')) say(line);
  });
  if (!isJson)
    terminal.stderr.write(printable(`Tagging ${withDigest(image, found)} as ${name}:${tag}`) + '\n');
  await tagInEngine(wish, tag, engine);
}

function asShown({ gun }: ImageReference, { tag, digest, role }: PulledTarget): object {
  return { reference: `${gun}:${tag}`, digest, role };
}

function engineOf(terminal: Terminal): EngineOptions {
  const { dockerConfigFile } = resolvePaths(surroundingsOf(terminal));
  const onSlow = slowHelperSayer(terminal);
  return {
    env: terminal.env,
    credentials: dockerCredentials(dockerConfigFile, terminal.env, { onSlow }),
  };
}
