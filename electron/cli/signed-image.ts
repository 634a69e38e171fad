/** From the name of an image to the content that is signed for it: what docker believes with content trust. Command line. */
import type { Gun } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { familiarName, type ImageReference } from '../registry/image-reference.ts';
import { type PulledTarget, pulledTarget, pulledTargets } from '../trust/pulled-targets.ts';
import type { TargetsFiles } from '../tuf/delegations.ts';
import { openDockerReader } from './docker-reader.ts';
import type { Terminal } from './terminal.ts';
import { sayWarnings } from './warnings.ts';

/** Reads each repository once, and says its warnings once. */
export interface SignedImages {
  /** @throws `trust/no-signed-tag`, and as `readRepository` */
  readonly find: (image: Pick<ImageReference, 'gun'>, tag: string) => Promise<PulledTarget>;
  /** Every one of its tags that is. @throws as `readRepository` */
  readonly findAll: (image: Pick<ImageReference, 'gun'>) => Promise<readonly PulledTarget[]>;
}

/** @throws `config/*` */
export async function openSignedImages(terminal: Terminal): Promise<SignedImages> {
  const read = await openDockerReader(terminal);
  const said = new Set<Gun>();
  const targetsOf = async (gun: Gun): Promise<TargetsFiles> => {
    const repository = await read(gun);
    if (!said.has(gun)) sayWarnings(repository, terminal);
    said.add(gun);
    return repository.targets;
  };
  return {
    find: async ({ gun }, tag) => {
      const found = pulledTarget(await targetsOf(gun), tag);
      if (found === undefined) throw new AppError('trust/no-signed-tag', { gun, tag });
      return found;
    },
    findAll: async ({ gun }) => pulledTargets(await targetsOf(gun)),
  };
}

/** As docker shows content that is named by its digest. */
export function withDigest({ gun }: ImageReference, { digest }: Pick<PulledTarget, 'digest'>): string {
  return `${familiarName(gun)}@${digest}`;
}
