/** From the name of an image to the content that is signed for it: what docker believes with content trust. Command line. */
import { AppError } from '../../shared/errors.ts';
import { familiarName, type ImageReference } from '../registry/image-reference.ts';
import { type PulledTarget, pulledTarget, pulledTargets } from '../trust/pulled-targets.ts';
import type { TargetsFiles } from '../tuf/delegations.ts';
import { openDockerReader } from './docker-reader.ts';
import type { Terminal } from './terminal.ts';
import { sayWarnings } from './warnings.ts';

/** @throws `trust/no-signed-tag`, and as `readRepository` */
export async function findSigned(
  { gun }: ImageReference,
  tag: string,
  terminal: Terminal,
): Promise<PulledTarget> {
  const found = pulledTarget(await readTargets(gun, terminal), tag);
  if (found === undefined) throw new AppError('trust/no-signed-tag', { gun, tag });
  return found;
}

/** Every one of its tags that is. @throws as `readRepository` */
export async function findAllSigned(
  { gun }: ImageReference,
  terminal: Terminal,
): Promise<readonly PulledTarget[]> {
  return pulledTargets(await readTargets(gun, terminal));
}

/** As docker shows content that is named by its digest. */
export function withDigest({ gun }: ImageReference, { digest }: Pick<PulledTarget, 'digest'>): string {
  return `${familiarName(gun)}@${digest}`;
}

async function readTargets(gun: ImageReference['gun'], terminal: Terminal): Promise<TargetsFiles> {
  const read = await openDockerReader(terminal);
  const repository = await read(gun);
  sayWarnings(repository, terminal);
  return repository.targets;
}
