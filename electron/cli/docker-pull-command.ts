/**
 * `trustdesk docker pull IMAGE[:TAG]`, in the place of `docker pull` with content trust: the engine pulls the digest that
 * is signed, and then calls it by its tag. Command line. Output as docker's where no terminal is.
 */
import { AppError } from '../../shared/errors.ts';
import { dockerCredentials } from '../registry/credentials.ts';
import type { EngineOptions } from '../registry/engine-api.ts';
import { pullThroughEngine, tagInEngine } from '../registry/engine-pull.ts';
import { familiarName, type ImageReference, parseImageReference } from '../registry/image-reference.ts';
import { resolvePaths } from '../settings/paths.ts';
import { DOCKER_ROLES, findTarget, type TargetOfRole } from '../tuf/delegations.ts';
import { sha256Of } from '../trust/role-views.ts';
import { isOn, type RunCommand, usage, valueOf } from './command.ts';
import { printable } from './columns.ts';
import { openDockerReader } from './docker-reader.ts';
import { slowHelperSayer, surroundingsOf, type Terminal } from './terminal.ts';
import { sayWarnings } from './warnings.ts';

export const runDockerPull: RunCommand = async (args, terminal) => {
  const image = parseImageReference(args.operands[0] ?? '');
  if (image.digest !== undefined) {
    throw usage('a digest says already which content is meant, and needs no signature: docker pulls it');
  }
  const isQuiet = isOn(args, 'quiet') || isOn(args, 'json');
  const { tag = 'latest' } = image;
  if (image.tag === undefined && !isQuiet) terminal.stdout.write('Using default tag: latest\n');
  const found = await findSigned(image, tag, terminal);
  const wish = { image, digest: `sha256:${sha256Of(found)}`, platform: valueOf(args, 'platform') };
  const name = familiarName(image.gun);
  const say = (line: string): void => {
    terminal.stdout.write(`${printable(line)}\n`);
  };
  if (!isOn(args, 'json')) say(`Pull (1 of 1): ${name}:${tag}@${wish.digest}`);
  const engine = engineOf(terminal);
  await pullThroughEngine(wish, engine, (line) => {
    if (!isQuiet) say(line);
  });
  if (!isOn(args, 'json')) terminal.stderr.write(`Tagging ${name}@${wish.digest} as ${name}:${tag}\n`);
  await tagInEngine(wish, tag, engine);
  const reference = `${image.gun}:${tag}`;
  if (isOn(args, 'json')) {
    const { digest } = wish;
    terminal.stdout.write(`${JSON.stringify({ reference, digest, role: found.role }, undefined, 4)}\n`);
  } else say(reference);
  return 0;
};

/** What docker would believe: `targets/releases` before `targets`. @throws `trust/no-signed-tag`, and as `readRepository` */
async function findSigned({ gun }: ImageReference, tag: string, terminal: Terminal): Promise<TargetOfRole> {
  const read = await openDockerReader(terminal);
  const repository = await read(gun);
  sayWarnings(repository, terminal);
  const found = findTarget(repository.targets, tag, DOCKER_ROLES);
  if (found?.target.sha256 === undefined) throw new AppError('trust/no-signed-tag', { gun, tag });
  return found;
}

function engineOf(terminal: Terminal): EngineOptions {
  const { dockerConfigFile } = resolvePaths(surroundingsOf(terminal));
  const onSlow = slowHelperSayer(terminal);
  return {
    env: terminal.env,
    credentials: dockerCredentials(dockerConfigFile, terminal.env, { onSlow }),
  };
}
